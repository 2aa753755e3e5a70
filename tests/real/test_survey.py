"""The table of all public files: format, agreement of two readers, evidence of the command, and the reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from reversal.cli.main import main

pytestmark = pytest.mark.real
FORMATS = {"ABF", "AxoGraph", "HEKA", "Igor", "MAT", "NWB", "WaveSurfer", "WinWCP", "text"}


def rows_of(folders: list[Path], out: Path) -> list[dict[str, str]]:
    """Rows that the command prints for folders of recordings."""
    assert main(["survey", *map(str, folders), "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def assert_every_row_is_explained(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert row["reason"], row["file"]
        assert row["readers"] != "differ", row["file"]
        if row["status"] == "read":
            assert row["command_evidence"] in {"monitor", "verified", "reconstructed", "declared"}, row["file"]
            assert float(row["sample_rate_Hz"]) > 0
            assert int(row["sweeps"]) > 0
        else:
            assert row["command_evidence"] == "unknown"


@pytest.fixture
def cases(root: Path) -> Path:
    folder = root.parent / "shared" / "cases" / "reading"
    if not folder.is_dir():
        pytest.skip("the cases are not here: the folder shared/cases next to the project is absent")
    return folder


def test_every_file_of_the_cases_is_in_the_table(cases: Path, tmp_path: Path) -> None:
    rows = rows_of([cases], tmp_path / "table.csv")
    assert_every_row_is_explained(rows)
    assert {row["file"] for row in rows} == {path.name for path in cases.iterdir()}
    formats = {row["file"]: row["format"] for row in rows}
    assert (formats["wavesurfer.h5"], formats["polar-graphs-demo.pxp"]) == ("WaveSurfer", "Igor")


@pytest.mark.long
def test_every_public_file_is_in_the_table(shared_data: Path, cases: Path, tmp_path: Path) -> None:
    rows = rows_of([shared_data, cases], tmp_path / "table.csv")
    assert_every_row_is_explained(rows)
    assert {row["format"].split(" ")[0] for row in rows} >= FORMATS
    assert sum(row["status"] == "read" for row in rows) >= 62
    assert sum(row["readers"] == "agree" for row in rows) >= 50
    assert not [row["file"] for row in rows if row["file"].endswith((".md", ".xlsx", ".json", "LICENSE"))]
