"""The project as its files are at this moment: it is read again as soon as one of them has changed."""

from __future__ import annotations

from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.configuration import Configuration
from reversal.experiment.examination import Examination
from reversal.experiment.project import Project, load_project, read_configuration
from reversal.experiment.step_settings import FileState, SheetEntry, SheetRow
from reversal.recordings.earlier_copy import was_read
from reversal.review.cell_bench import CellBench
from reversal.steps.step_record import digest


class OpenProject:
    """A project and the cell that was looked at last."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._project: tuple[tuple[FileState, ...], Project] | None = None
        self._bench: tuple[str, str, CellBench] | None = None

    def current(self) -> Project:
        """The project. Raises Refusal for faults that affect the whole of it."""
        if self._project is None or self._project[0] != self._states(self._project[1].configuration):
            # states first: what changes while the project is read is noticed by the next request
            of_configuration = FileState.of(self._config)
            document = read_configuration(self._config)
            declared, _ = Examination(self._config).configuration(document)
            states = (of_configuration, *self._states(declared)[1:])
            self._project = states, load_project(document, self._config, has_copy=was_read)
        return self._project[1]

    def row_of(self, recording: str) -> SheetRow:
        """The row of a recording; the first of those that share its name. Raises Refusal if there is none."""
        found = next((row for row in self.current().sheet_rows if row.recording == recording), None)
        if found is None:
            raise Refusal(
                "the sheet has no such recording", file=self.current().configuration.recordings, found=recording
            )
        return found

    def entry_of(self, recording: str) -> SheetEntry:
        """The valid row of a recording. Raises Refusal if it has faults."""
        row = self.row_of(recording)
        if row.entry is None:
            raise Refusal(
                row.fault or "the row has a fault",
                file=self.current().configuration.recordings,
                place=f"row {row.row}",
                remedy="Correct the row in the sheet",
            )
        return row.entry

    def state_of(self, cell: str) -> str:
        """Digest of everything that the numbers and the page of a cell depend on, with sizes and times of its files."""
        project = self.current()
        settings = project.reporting_settings(cell), project.reading_settings(cell)
        return digest(one.model_dump_json(by_alias=True) for one in settings)

    def bench_of(self, cell: str) -> CellBench:
        """The recordings of a cell; they are kept until another cell is looked at, or something of it changes."""
        state = self.state_of(cell)
        if self._bench is None or self._bench[:2] != (cell, state):
            self._bench = cell, state, CellBench(self.current(), cell)
        return self._bench[2]

    def _states(self, declared: Configuration) -> tuple[FileState, ...]:
        files = (self._config, declared.recordings, declared.solutions, declared.ions, declared.iv_points)
        return tuple(FileState.of(file) for file in files if file is not None)
