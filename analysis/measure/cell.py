"""All recordings of a cell, measured: a row for every recording of the sheet, a reason wherever there is no number."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from analysis.errors import Refusal
from analysis.experiment.settings import CellSettings, Declared
from analysis.measure.recording import Measured, measure_recording
from analysis.measure.results import CellMeasures, RecordingRow, Status
from analysis.measure.rows import finding_rows, iv_rows, recording_row, reversal_row
from analysis.recordings.store import Ingested

log = logging.getLogger("reversal")


def measure_cell(outcomes: Sequence[Ingested], settings: CellSettings) -> CellMeasures:
    """Measure every recording of a cell.

    Each declared row gives one RecordingRow; one that could be measured gives a ReversalRow too, with a reason where
    it has no reversal potential. A Refusal of one recording becomes the reason of its row and stops nothing else.
    """
    by_name = {outcome.recording_id: outcome for outcome in outcomes}
    recordings: list[RecordingRow] = []
    measured: list[Measured] = []
    for row in settings.declared:
        one, reason, status = _measured(row, by_name.get(row.recording), settings)
        if one is not None:
            measured.append(one)
        recordings.append(recording_row(row, by_name.get(row.recording), one, status, reason))
        if status is not Status.OK:
            log.warning("%s: %s: %s", row.recording, status, reason)
    return CellMeasures(
        recordings=tuple(recordings),
        iv=tuple(point for one in measured for point in iv_rows(one)),
        reversals=tuple(reversal_row(one) for one in measured),
        findings=tuple(finding for one in measured for finding in finding_rows(one)),
    )


def _measured(
    row: Declared, outcome: Ingested | None, settings: CellSettings
) -> tuple[Measured | None, str | None, Status]:
    """What was measured on a row of the sheet, or why nothing was."""
    if row.entry is None:
        return None, row.fault or "the row of the sheet cannot be used", Status.FAILED
    if row.entry.exclude is not None:
        return None, row.entry.exclude, Status.EXCLUDED
    if outcome is None or outcome.recording is None:
        reason = outcome.failure if outcome is not None else None
        return None, reason or "the recording was not read", Status.FAILED
    try:
        one = measure_recording(row.entry, outcome.recording, settings)
    except Refusal as refusal:
        return None, str(refusal), Status.FAILED
    if one.findings:
        return one, "; ".join(found.sentence for found in one.findings), Status.FLAGGED
    return one, None, Status.OK
