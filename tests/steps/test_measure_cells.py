"""The steps of a cell in a job: which of them are repeated after which change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import reversal.steps.measure_cells as job
from reversal.errors import Refusal
from reversal.experiment.project import Project, load_project
from reversal.experiment.step_settings import CellsToMeasure, CellToMeasure
from reversal.recordings.command.plausibility import checked_recording
from reversal.recordings.recording.recording import Recording
from reversal.steps.cell_files import CellFiles
from reversal.steps.cohort_tables import cohort_of, summary
from reversal.steps.last_lines import last_lines
from reversal.steps.measure_cells import measure_cells
from reversal.tables.files import write_json
from reversal.tables.status import Status

CELL = "cell06"  # two recordings
CODE = {"ingest": "i", "measure": "m", "fit": "f"}


@pytest.fixture(scope="module")
def project(synthetic_night: Path) -> Project:
    sheets = {"recordings": "recordings.tsv", "solutions": "solutions.yaml"}
    return load_project(
        {"raw_dir": str(synthetic_night), **{key: str(synthetic_night / file) for key, file in sheets.items()}}
    )


def to_measure(project: Project, code: dict[str, str] = CODE, *cells: str) -> CellsToMeasure:
    return CellsToMeasure(
        cells=tuple(
            CellToMeasure(
                reading=project.reading_settings(cell),
                measuring=project.measuring_settings(cell),
                fitting=project.fitting_settings(cell),
            )
            for cell in cells or (CELL,)
        ),
        code=code,
    )


@pytest.fixture
def steps_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[CellsToMeasure], list[str]]:
    """Work on a batch; the steps that ran."""
    ran: list[str] = []

    def watched(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*values: object, **named: object) -> object:
            ran.append(name)
            return function(*values, **named)

        return call

    for name in ("ingest_cell", "measure_cell", "fit_cell"):
        monkeypatch.setattr(job, name, watched(name.removesuffix("_cell"), getattr(job, name)))

    def steps(batch: CellsToMeasure) -> list[str]:
        ran.clear()
        made_from = measure_cells(batch, tmp_path / "results", tmp_path / "reports")
        assert all(set(of) == set(CODE) for of in made_from.values())
        return list(ran)

    return steps


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in CellFiles(CELL, folder / "results", folder / "reports").tables()}


def test_only_the_steps_whose_code_input_or_files_changed_are_repeated(
    project: Project, steps_of: Callable[[CellsToMeasure], list[str]], tmp_path: Path
) -> None:
    assert steps_of(to_measure(project)) == ["ingest", "measure", "fit"]
    first = tables(tmp_path)
    assert steps_of(to_measure(project)) == []

    assert steps_of(to_measure(project, CODE | {"measure": "other"})) == ["measure"]  # the fits read the same tables
    assert steps_of(to_measure(project, CODE | {"measure": "other", "fit": "other"})) == ["fit"]
    assert steps_of(to_measure(project, CODE | {"ingest": "other"})) == ["ingest", "measure", "fit"]

    files = CellFiles(CELL, tmp_path / "results", tmp_path / "reports")
    files.table("iv").unlink()
    assert steps_of(to_measure(project, CODE | {"ingest": "other"})) == ["measure"]
    files.table("models").unlink()
    assert steps_of(to_measure(project, CODE | {"ingest": "other"})) == ["fit"]
    files.recordings.write_bytes(b"damaged")
    files.recordings.unlink()
    assert steps_of(to_measure(project, CODE | {"ingest": "other"})) == ["ingest"]
    assert tables(tmp_path) == first


def test_steps_that_follow_give_the_same_tables_as_steps_alone(
    project: Project, steps_of: Callable[[CellsToMeasure], list[str]], tmp_path: Path
) -> None:
    """In one go, the steps pass their results on; repeated alone, they read them from the files."""
    steps_of(to_measure(project))
    first = tables(tmp_path)
    for path in CellFiles(CELL, tmp_path / "results", tmp_path / "reports").tables():
        if path.suffix == ".csv":
            path.unlink()
    assert steps_of(to_measure(project)) == ["measure", "fit"]
    assert steps_of(to_measure(project, CODE | {"fit": "other"})) == ["fit"]
    assert tables(tmp_path) == first


def test_a_raw_file_that_is_gone_after_it_was_read_changes_no_table(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = tmp_path / "results", tmp_path / "reports"
    measure_cells(to_measure(project), *folders)
    first = tables(tmp_path)
    shutil.rmtree(folders[0])
    raw = shutil.copytree(project.configuration.raw_dir, tmp_path / "raw")
    moved = to_measure(project).model_dump_json(by_alias=True).replace(str(project.configuration.raw_dir), str(raw))
    measure_cell = job.measure_cell

    def with_lost_disk(outcomes: object, settings: object) -> object:
        shutil.rmtree(raw)
        return measure_cell(outcomes, settings)  # type: ignore[arg-type]

    monkeypatch.setattr(job, "measure_cell", with_lost_disk)
    measure_cells(CellsToMeasure.model_validate_json(moved), *folders)
    assert tables(tmp_path) == first


def test_a_bug_in_one_cell_leaves_the_tables_of_the_others(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fit_cell = job.fit_cell

    def planted(reversals: object, settings: object, iv: object) -> object:
        if settings.cell == "cell01":  # type: ignore[attr-defined]
            raise ZeroDivisionError("planted")
        return fit_cell(reversals, settings, iv)  # type: ignore[arg-type]

    monkeypatch.setattr(job, "fit_cell", planted)
    folders = tmp_path / "results", tmp_path / "reports"
    with pytest.raises(Refusal, match=r"1 of 2 cells ended with an error: cell01: ZeroDivisionError\('planted'\)"):
        measure_cells(to_measure(project, CODE, "cell01", CELL), *folders)
    assert all(path.is_file() for path in CellFiles(CELL, *folders).tables())


def test_a_bug_at_one_recording_leaves_the_tables_of_all_cells(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The job is complete, so that cohort and morning page are made."""
    odd, *_ = project.rows_of("cell01")

    def planted(recording: Recording, path: Path) -> Recording:
        if path.name == odd.file:
            raise ZeroDivisionError("planted")
        return checked_recording(recording, path)

    monkeypatch.setattr("reversal.recordings.read_recording.checked_recording", planted)
    folders = tmp_path / "results", tmp_path / "reports"
    measure_cells(to_measure(project, CODE, "cell01", CELL), *folders)
    cohort = cohort_of(project.cohort_settings(), [CellFiles(cell, *folders) for cell in ("cell01", CELL)])
    (failed,) = [row for row in cohort.recordings if row.status is Status.FAILED]
    assert failed.recording == odd.recording
    assert "ZeroDivisionError: planted, in recordings/read_recording.py, line " in (failed.reason or "")
    assert "Traceback" in caplog.text
    write_json(folders[0] / "cohort" / "summary.json", summary(cohort, ""))
    assert f"cell01 {odd.recording}: this program has an error here: " in last_lines(*folders)


def test_a_bug_in_the_fits_of_a_cell_is_in_the_last_lines_of_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def planted(*_: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("reversal.fit.fit_cell.model_rows", planted)
    folders = tmp_path / "results", tmp_path / "reports"
    measure_cells(to_measure(project), *folders)
    cohort = cohort_of(project.cohort_settings(), [CellFiles(CELL, *folders)])
    write_json(folders[0] / "cohort" / "summary.json", summary(cohort, ""))
    assert f"\n  {CELL}, fits: this program has an error here: ZeroDivisionError: planted" in last_lines(*folders)
