"""The recordings of one cell: read once, and measured as a run does it, with the rows as they are or a changed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reversal.errors import Refusal
from reversal.experiment.project import Project
from reversal.experiment.step_settings import CellSettings, RecordingFile, SheetEntry
from reversal.measure.iv.points import Points
from reversal.measure.measure_cell import measure_cell, measure_entry
from reversal.measure.measure_recording import Measured
from reversal.measure.protocol.measured_epoch import plan
from reversal.recordings.ingest_cell import ingest_cell
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.tables.findings_table import FindingRow
from reversal.tables.iv_table import IVPoint
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CellMeasures
from reversal.tables.reversals_table import ReversalRow

KEPT_A_ROW = 3  # results: of the row as it is in the sheet, of the last trial and of the one before


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run would measure in a cell, and the part about one recording.

    epoch_ms : start of the measured epoch in the first sweep, from which a window is counted; None if not known
    length_ms : length of that epoch
    """

    entry: SheetEntry
    measures: CellMeasures
    epoch_ms: float | None
    length_ms: float | None

    @property
    def row(self) -> RecordingRow:
        return next(row for row in self.measures.recordings if row.recording == self.entry.recording)

    @property
    def reversal(self) -> ReversalRow | None:
        return next((row for row in self.measures.reversals if row.recording == self.entry.recording), None)

    @property
    def points(self) -> tuple[IVPoint, ...]:
        return tuple(point for point in self.measures.iv if point.recording == self.entry.recording)

    @property
    def findings(self) -> tuple[FindingRow, ...]:
        return tuple(found for found in self.measures.findings if found.recording == self.entry.recording)


class CellBench:
    """Recordings of a cell and what was measured in them; only what a change concerns is measured again."""

    def __init__(self, project: Project, cell: str) -> None:
        self._reading = project.reading_settings(cell)
        self._settings = project.measuring_settings(cell)
        self._results = project.configuration.results_dir
        self._read: dict[tuple[str, str | None], Ingested] = {}
        self._measured: dict[tuple[str, int, bytes], tuple[Recording | None, Measured]] = {}

    def trial(self, entry: SheetEntry) -> Trial:
        """Measure the cell as a run does, with this entry in place of that of its recording, also if it is excluded."""
        entry = entry.without_remarks().model_copy(update={"exclude": None})
        rows = tuple(
            row.model_copy(update={"entry": entry}) if row.recording == entry.recording else row
            for row in self._settings.sheet_rows
        )
        settings = self._settings.model_copy(update={"sheet_rows": rows})
        outcomes = [self._outcome(row.entry) for row in rows if row.entry is not None and row.entry.file]
        measures = measure_cell(outcomes, settings, self._measure)
        return Trial(entry, measures, *self._epoch(entry))

    def whole(self, entry: SheetEntry) -> Recording | None:
        """The recording with all its sweeps, to choose from; with the chosen ones if it cannot be read otherwise."""
        if not entry.file:
            return None
        every = self._outcome(entry.model_copy(update={"sweeps": None}))
        return every.recording or self._outcome(entry).recording

    def _outcome(self, entry: SheetEntry) -> Ingested:
        """The recording as a run reads it; read again only with other sweeps."""
        state = self._reading.files[entry.recording]
        file = RecordingFile.of(entry).model_copy(update={"size": state.size, "modified_ns": state.modified_ns})
        key = entry.recording, file.sweeps
        if key not in self._read:
            settings = self._reading.model_copy(update={"files": {entry.recording: file}})
            (self._read[key],) = ingest_cell(settings, self._results)
            trials = [other for other in self._read if other[0] == entry.recording and other[1] is not None]
            for other in trials[:-KEPT_A_ROW]:
                del self._read[other]
        return self._read[key]

    def _measure(
        self, entry: SheetEntry, recording: Recording | None, settings: CellSettings, blocked: Points | None
    ) -> Measured:
        """A row measured, or what was measured in it before."""
        key = (entry.model_dump_json(), id(recording), _bytes_of(blocked))
        found = self._measured.pop(key, None)
        if found is None:
            found = recording, measure_entry(entry, recording, settings, blocked)
        self._measured[key] = found  # with the recording, so that its id stays its own; the last used is the last one
        if len(self._measured) > KEPT_A_ROW * len(self._settings.sheet_rows):
            del self._measured[next(iter(self._measured))]
        return found[1]

    def _epoch(self, entry: SheetEntry) -> tuple[float | None, float | None]:
        """Start and length of the measured epoch [ms]; it does not depend on the window in it."""
        recording = self._outcome(entry).recording if entry.file else None
        if recording is None:
            return None, None
        try:
            epoch = plan(recording, self._settings.experiments[entry.experiment].window).epochs[0]
        except Refusal:
            return None, None
        sample_ms = 1000.0 / recording.sample_rate_Hz
        return epoch.start * sample_ms, (epoch.stop - epoch.start) * sample_ms


def _bytes_of(points: Points | None) -> bytes:
    return b"" if points is None else b"".join(one.tobytes() for one in (points.v_mV, points.i_pA, points.se_pA))


def numbers_of(recording: Recording | None) -> Sequence[int]:
    """Numbers of the sweeps of a recording in its file."""
    return [] if recording is None else [recording.number_of(n) for n in range(len(recording.sweeps))]
