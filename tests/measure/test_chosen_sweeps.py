"""Sweeps that are not used are reported, and every table counts sweeps as the file does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase, declared
from reversal.experiment.measure_settings import Leak
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.recording.recording import Command, MarkedSweep, Recording, SweepSelection
from reversal.recordings.recording.store import Ingested
from reversal.report.text.tabulated import recordings_table
from reversal.tables.findings.code import Code
from reversal.tables.results import CellMeasures
from reversal.tables.status import Severity, Status


def with_selection(recording: Recording, selection: SweepSelection) -> Recording:
    """The recording with these sweeps only."""
    commands = recording.command
    return replace(
        recording,
        sweeps=tuple(recording.sweeps[n] for n in selection.numbers),
        command=Command(tuple(commands.sweeps[n] for n in selection.numbers), commands.evidence, commands.basis),
        selection=selection,
    )


def measures_of(case: Case, recording: Recording) -> CellMeasures:
    entry, settings = declared(case, Leak(of_interest=True))
    return measure_cell([Ingested(entry.recording, recording, None)], settings)


def test_left_out_and_chosen_sweeps_are_findings_with_their_numbers(
    case: Case, measured: Callable[..., MeasuredCase]
) -> None:
    whole = measured().measured.recording
    count = len(whole.sweeps)
    numbers = tuple(n for n in range(1, count) if n not in (3, 4))
    marked = (MarkedSweep(3, "rejected"), MarkedSweep(4, "rejected"))
    results = measures_of(case, with_selection(whole, SweepSelection(count, numbers, marked)))
    notes = {row.code: row for row in results.findings if row.severity is Severity.NOTE}
    left_out, chosen = notes[Code.SWEEPS_LEFT_OUT], notes[Code.SWEEPS_CHOSEN]
    assert left_out.number == 2.0
    assert f"2 of {count} sweeps" in left_out.sentence
    assert "3-4 (rejected)" in left_out.sentence
    assert chosen.number == count - 3
    assert f"Of {count} sweeps in the file, {count - 3} are used: 1-2, 5-{count - 1}." in chosen.sentence
    (row,) = results.recordings
    assert row.status is Status.OK
    assert (row.sweeps, row.sweeps_used) == (count - 3, f"1-2, 5-{count - 1}")
    assert {point.sweep for point in results.iv} <= set(numbers)
    assert max(point.sweep for point in results.iv) > count - 3
    assert f"{count - 3} (1-2, 5-{count - 1})" in str(recordings_table([row]))


def test_a_recording_of_all_sweeps_has_no_note_on_sweeps(case: Case, measured: Callable[..., MeasuredCase]) -> None:
    whole = measured().measured.recording
    count = len(whole.sweeps)
    results = measures_of(case, with_selection(whole, SweepSelection(count, tuple(range(count)))))
    assert not {Code.SWEEPS_LEFT_OUT, Code.SWEEPS_CHOSEN} & {row.code for row in results.findings}
    assert results.recordings[0].sweeps_used is None
    assert [point.i_pA for point in results.iv] == [point.i_pA for point in measures_of(case, whole).iv]
