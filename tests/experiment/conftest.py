"""A valid project in a folder. Each test makes one part of it invalid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reversal.experiment.project import Project, load_project

VALID_ROW = {
    "recording": "r1",
    "cell": "c1",
    "file": "r1.abf",
    "bath": "K5",
    "pipette": "in",
    "temperature_C": "22",
    "channel": "",
    "inside": "",
    "sweeps": "",
    "rs_compensation": "0.8",
    "exclude": "",
    "note": "",
    "batch": "7",
}
HEADER = list(VALID_ROW)
SOLUTIONS = """
K5: {ions_mM: {K: 5, Na: 140, Cl: 145}}
in: {ions_mM: {K: 140, Cl: 10}, closed_by: gluconate}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Project]:
    """Write a sheet (each row as changes of a valid row), solutions and configuration, and load them."""

    def write_and_load(*changes: dict[str, str], solutions: str = SOLUTIONS, **configuration: Any) -> Project:
        (tmp_path / "raw").mkdir(exist_ok=True)
        for file in ("r1.abf", "second.abf"):
            (tmp_path / "raw" / file).write_bytes(b"ABF2")
        rows = [{**VALID_ROW, "recording": f"r{n}", **change} for n, change in enumerate(changes or ({},), start=1)]
        lines = ["\t".join(HEADER), *("\t".join(row[name] for name in HEADER) for row in rows)]
        (tmp_path / "recordings.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (tmp_path / "solutions.yaml").write_text(solutions, encoding="utf-8")
        paths = {"raw_dir": "raw", "recordings": "recordings.tsv", "solutions": "solutions.yaml"}
        document = {name: str(tmp_path / path) for name, path in paths.items()}
        return load_project({**document, **configuration}, "config.yaml")

    return write_and_load
