"""What the tests of reading share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recordings.abf1 import File1


@pytest.fixture
def abf1(tmp_path: Path) -> Callable[[File1], Path]:
    """Write an ABF 1 file and return where it is."""

    def write(file: File1, name: str = "file.abf") -> Path:
        path = tmp_path / name
        path.write_bytes(file.content())
        return path

    return write
