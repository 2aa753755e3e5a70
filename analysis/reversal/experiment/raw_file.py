"""The path of a recording, always inside ``raw_dir``."""

from __future__ import annotations

from pathlib import Path

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused


def recording_path(raw_dir: Path, file: str) -> Path:
    """Path of a recording inside ``raw_dir``.

    Raises ConfigurationRefused for a path outside the folder and for a missing file.
    """
    if "\0" in file or Path(file).is_absolute() or ".." in Path(file).parts:
        raise ConfigurationRefused(
            "the file must be inside raw_dir", found=file, expected=f"a path relative to {raw_dir}"
        )
    path = raw_dir / file
    if not path.is_file():
        there = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
        raise ConfigurationRefused("the file is missing", file=path, remedy=nearest(path.name, there))
    return path
