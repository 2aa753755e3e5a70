"""Hash of the code that a step uses."""

from __future__ import annotations

import hashlib
from pathlib import Path

FLOORS = ("atlas", "report", "fit", "measure", "recordings", "statistics", "experiment", "physics", "tables")


def code_digest(floor: str) -> str:
    """Hash of the code of a floor and of all floors below it: a change there re-runs the steps that use it."""
    package = Path(__file__).parents[1]
    folders = [package / name for name in FLOORS[FLOORS.index(floor) :]]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".j2", ".css"}]
    digest = hashlib.sha256()
    for path in sorted([*files, *package.glob("*.py"), *package.glob("reference/*.tsv")]):
        digest.update(path.relative_to(package.parent).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
