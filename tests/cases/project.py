"""Run all steps of a project in process, without Snakemake: from its files to its tables and pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reversal.experiment.project import Project, load_project, read_configuration
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.ingest_cell import ingest_cell
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_story import CellStory, cell_story
from reversal.report.cohort.morning_page import morning_text
from reversal.report.inputs import Night
from reversal.steps.cell_files import CellFiles
from reversal.steps.cohort_tables import cohort_of, summary
from reversal.steps.last_lines import last_lines
from reversal.steps.night import night_of, provenance
from reversal.tables.files import write_json
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CellFits, CellMeasures, Cohort, write_results
from reversal.tables.reversals_table import ReversalRow

PLACES = ("raw_dir", "recordings", "solutions", "iv_points", "results_dir", "reports_dir", "ions")


@dataclass(frozen=True)
class Run:
    """A project and everything that its steps give.

    folder : where the copy of the project is;  measures, fits : by cell
    """

    folder: Path
    project: Project
    cohort: Cohort
    measures: Mapping[str, CellMeasures]
    fits: Mapping[str, CellFits]

    @property
    def reversals(self) -> Mapping[str, ReversalRow]:
        """Reversal potentials by recording."""
        return {row.recording: row for row in self.cohort.reversals}

    @property
    def recordings(self) -> Mapping[str, RecordingRow]:
        """Recordings by name."""
        return {row.recording: row for row in self.cohort.recordings}

    def codes(self, **where: str | None) -> set[Code]:
        """Codes of the findings whose columns have these values."""
        return {row.code for row in self.findings(**where)}

    def findings(self, **where: str | None) -> list[FindingRow]:
        """Findings whose columns have these values."""
        rows = self.cohort.findings
        return [row for row in rows if all(getattr(row, name) == value for name, value in where.items())]

    def ratio(self, ion: str, cell: str | None = None, condition: str | None = None) -> PermeabilityRow:
        """The only permeability ratio of an ion, in a cell and condition if given."""
        return _only(self.cohort.permeabilities, ion=ion, cell=cell, condition=condition)

    def line(self, cell: str | None = None, condition: str | None = None) -> NernstRow:
        """The only Nernst line, of a cell and condition if given."""
        return _only(self.cohort.nernst, cell=cell, condition=condition)

    def pooled(self, quantity: str) -> list[PooledRow]:
        """Rows of a quantity over cells."""
        return [row for row in self.cohort.pooled if row.quantity == quantity]

    @property
    def night(self) -> Night:
        """Content of the morning page."""
        return night_of(self.project.cohort_settings(), self.cohort)

    def morning_page(self) -> str:
        """The morning page as HTML."""
        return morning_text(self.night)

    def last_lines(self) -> str:
        """What the run prints at its end."""
        write_json(self.folder / "results/cohort/summary.json", summary(self.cohort, self.project.digest))
        return last_lines(self.folder / "results", self.folder / "reports")

    def story(self, cell: str) -> CellStory:
        """Content of the page of a cell."""
        settings = self.project.reporting_settings(cell)
        outcomes = ingest_cell(self.project.reading_settings(cell))
        about = provenance(self.project.digest_of(cell), self.measures[cell].recordings)
        return cell_story(cell, outcomes, self.measures[cell], self.fits[cell], settings, about)

    def cell_page(self, cell: str) -> str:
        """The page of a cell as HTML."""
        story = self.story(cell)
        return cell_page(story, cell_figures(story))


def _only(rows: Sequence[Any], **where: str | None) -> Any:
    wanted = {name: value for name, value in where.items() if value is not None}
    (row,) = [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]
    return row


def run_copy(source: Path, folder: Path, changes: Mapping[str, Any] | None = None) -> Run:
    """Copy a project to an empty folder and run it there; see :func:`run_project`."""
    return run_project(writable_copy(source, folder), changes)


def writable_copy(source: Path, folder: Path) -> Path:
    """Copy a project, which may be read-only, to an empty folder."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for path in [folder, *folder.rglob("*")]:  # a copy of a read-only folder is read-only too
        os.chmod(path, 0o755 if path.is_dir() else 0o644)
    return folder


def run_project(folder: Path, changes: Mapping[str, Any] | None = None) -> Run:
    """Run the steps of the project in a folder.

    changes : keys of ``config.yaml`` that replace those of the file
    """
    config = next(path for path in (folder / "config.yaml", folder / "config/config.yaml") if path.is_file())
    document = read_configuration(config) | dict(changes or {})
    document |= {name: str(folder / document[name]) for name in PLACES if document.get(name)}
    project = load_project(document)
    measures = {cell: _measured(project, cell) for cell in project.cells}
    fits = {cell: fit_cell(one.reversals, project.fitting_settings(cell), one.iv) for cell, one in measures.items()}
    files = [CellFiles(cell, folder / "results", folder / "reports") for cell in measures]
    written = [_written(one, measures[one.cell], fits[one.cell]) for one in files]
    return Run(folder, project, cohort_of(project.cohort_settings(), written), measures, fits)


def _measured(project: Project, cell: str) -> CellMeasures:
    return measure_cell(ingest_cell(project.reading_settings(cell)), project.measuring_settings(cell))


def _written(files: CellFiles, measures: CellMeasures, fits: CellFits) -> CellFiles:
    """Write the tables of a cell."""
    for result in (measures, fits):
        write_results(result, files.tables_of(type(result)))
    return files
