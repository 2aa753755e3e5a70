"""Where a recording lies: always inside ``raw_dir``."""

from __future__ import annotations

from pathlib import Path

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused


def locate(raw_dir: Path, file: str) -> Path:
    """Path of a recording inside ``raw_dir``.

    Raises ConfigurationRefused for a path that leaves the folder and for a file that is not there.
    """
    if "\0" in file or Path(file).is_absolute() or ".." in Path(file).parts:
        raise ConfigurationRefused("the file must lie inside raw_dir", found=file, expected=f"a path below {raw_dir}")
    path = raw_dir / file
    if not path.is_file():
        there = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
        raise ConfigurationRefused("the file is missing", file=path, remedy=nearest(path.name, there))
    return path
