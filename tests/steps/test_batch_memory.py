"""A cluster gives a job the memory that its largest recording needs."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import pytest

from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.dependencies import with_dependencies
from reversal.steps.batch_memory import memory_MB


def reading(**sizes_MB: float) -> ReadingSettings:
    files = {name: {"file": name.replace("_", "."), "size": round(size * 1e6)} for name, size in sizes_MB.items()}
    return ReadingSettings.model_validate({"cell": "a", "raw_dir": "raw", "files": files})


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([reading(a_abf=4.0, b_abf=8.0)], 502),
        ([reading(a_abf=1.0), reading(b_csv=100.0)], 525),
        ([reading(a_abf=100.0, b_nwb=2000.0)], 1000),
        ([reading(a_abf=3000.0, b_abf=40.0)], 510),  # above the limit: refused, not read
        ([reading()], 500),
    ],
)
def test_the_largest_file_of_the_batch_decides(cells: list[ReadingSettings], expected: int) -> None:
    assert memory_MB(cells) == expected


def test_linked_files_count_with_the_file_that_refers_to_them(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.nwb", "w") as file:
        file["acquisition"] = h5py.ExternalLink("b.h5", "/data")
    (tmp_path / "b.h5").touch()
    os.truncate(tmp_path / "b.h5", 100_000_000)
    named = {"cell": "a", "raw_dir": str(tmp_path), "files": {"r": {"file": "a.nwb"}}}
    refused, followed = (
        with_dependencies(ReadingSettings.model_validate(named | {"linked_files": links}))
        for links in ("refuse", "follow")
    )
    assert memory_MB([followed]) == memory_MB([refused]) + 25


def test_a_missing_file_needs_no_memory() -> None:
    settings = ReadingSettings.model_validate({"cell": "a", "raw_dir": "raw", "files": {"r": {"file": "none.abf"}}})
    assert memory_MB([settings]) == 500
