"""NWB files of a project, and the same reversal potentials from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.experiment.project import Project, load_project
from reversal.experiment.step_settings import CellsToMeasure, CellToMeasure
from reversal.steps.cell_files import CellFiles
from reversal.steps.measure_cells import measure_cells
from reversal.steps.nwb_export import NwbSettings, export_nwb
from reversal.tables.files import read_table
from reversal.tables.reversals_table import ReversalRow

pytest.importorskip("pynwb", reason="NWB files need the extra 'nwb'")
CELL = "cell06"  # two recordings
FACTS = {"species": "Homo sapiens"}


def measured(project: Project, folder: Path) -> list[ReversalRow]:
    cell = CellToMeasure(
        reading=project.reading_settings(CELL),
        measuring=project.measuring_settings(CELL),
        fitting=project.fitting_settings(CELL),
    )
    code = {"ingest": "i", "measure": "m", "fit": "f"}
    measure_cells(CellsToMeasure(cells=(cell,), code=code), folder, folder)
    return read_table(CellFiles(CELL, folder, folder).table("reversals"), ReversalRow)


@pytest.fixture(scope="module")
def document(synthetic_night: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Configuration of the demo with a sheet of one cell, whose animal is named."""
    lines = (synthetic_night / "recordings.tsv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split("\t").index("cell")
    rows = [f"{lines[0]}\tsubject", *(f"{line}\trat_7" for line in lines[1:] if line.split("\t")[column] == CELL)]
    sheet = tmp_path_factory.mktemp("sheet") / "one_cell.tsv"
    sheet.write_text("\n".join(rows) + "\n", encoding="utf-8")
    paths = {"raw_dir": synthetic_night, "recordings": sheet, "solutions": synthetic_night / "solutions.yaml"}
    return {key: str(path) for key, path in paths.items()} | {"nwb": FACTS}


def test_the_files_give_the_same_reversal_potentials(
    document: dict[str, object], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = load_project(document)
    first = measured(project, tmp_path / "results")
    written = export_nwb(NwbSettings.of(project), tmp_path / "results", tmp_path / "results")
    assert written == {CELL: "sub-rat-7/sub-rat-7_ses-cell06_icephys.nwb"}
    assert "DANDI asks for it" in caplog.text  # the age is not stated
    folder = tmp_path / "results" / "nwb"
    again = load_project(document | {"raw_dir": str(folder), "recordings": str(folder / "recordings.tsv")})
    assert again.faults == ()
    second = measured(again, tmp_path / "again")
    assert [row.recording for row in second] == [row.recording for row in first]
    for one, other in zip(first, second, strict=True):
        assert other.e_rev_mV == pytest.approx(one.e_rev_mV, abs=1e-6)
        assert (other.status, other.bath) == (one.status, one.bath)


def test_a_project_without_a_species_is_refused(document: dict[str, object], tmp_path: Path) -> None:
    project = load_project({key: value for key, value in document.items() if key != "nwb"})
    with pytest.raises(Refusal, match=r"species.*nwb: \{species: Rattus norvegicus\}"):
        export_nwb(NwbSettings.of(project), tmp_path, tmp_path)
