"""Calls of external libraries on the bytes of a file: on damaged bytes they can raise any exception."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from reversal.recordings.recording.recording import RecordingRefused

Result = TypeVar("Result")


def library_call(call: Callable[[], Result], what: str, file: Path, remedy: str | None = None) -> Result:
    """Result of one call of an external library. Raises RecordingRefused with its exception.

    The call contains nothing of this package, so that a bug here is never taken for damage of a file.
    """
    try:
        return call()
    except Exception as fault:
        raise RecordingRefused(what, file=file, found=f"{type(fault).__name__}: {fault}", remedy=remedy) from fault
