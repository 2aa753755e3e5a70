"""Independent calls on all cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

AnswerT = TypeVar("AnswerT")


def in_parallel(calls: Sequence[Callable[[], AnswerT]]) -> list[AnswerT]:
    """Answers of the calls, in their order; each call is made by one of as many processes as there are cores."""
    with ProcessPoolExecutor() as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
