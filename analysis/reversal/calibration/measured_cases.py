"""Drawn cases, simulated and then measured as real recordings are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np

from reversal.calibration.case_rig import amplifier_of, cell_of, declared, protocol_of
from reversal.calibration.drawn_cases import LEAKS, Case, draw
from reversal.calibration.simulated_recording import conditions_in, in_memory
from reversal.calibration.true_reversal import true_reversal_mV
from reversal.experiment.measure_settings import Leak, Window
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.recordings.recording.recording import Recording
from reversal.simulate.rig import ChannelLoss, RigRecording, record_repeats, true_values
from reversal.tables.status import Status, status_of

REPEATS = 4  # recordings of each drawn cell, each with its own noise


@dataclass(frozen=True, slots=True)
class MeasuredCase:
    """One measured recording with its true reversal potential."""

    case: Case
    true_mV: float
    measured: Measured

    @property
    def flagged(self) -> bool:
        """Whether a finding about the recording changes its status; a note does not.

        What an unknown leak does to E_rev of the channel is not counted: the truth is that of the measured current.
        """
        one = self.measured
        findings = (*one.reversal.findings, *one.findings, *one.used.findings)
        return status_of(found.severity for found in findings) is not Status.OK


def outcomes(
    cells: int, seed: int, drawing: Callable[[np.random.Generator], Case] = draw, first: int = 0
) -> Iterator[MeasuredCase]:
    """Simulate and measure ``REPEATS`` recordings of each of ``cells`` cells, numbered from ``first``."""
    for number in range(first, first + cells):
        rng = np.random.default_rng((seed, number))
        yield from measured_case(drawing(rng), int(rng.integers(2**31)))


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """One simulated recording, ready to be measured.

    blocked : the same cell with its channel blocked, None without one
    """

    case: Case
    true_mV: float
    recording: Recording
    entry: SheetEntry
    settings: CellSettings
    blocked: Recording | None = None

    def measured(self) -> Measured:
        """Measure the recording, with its blocked one subtracted where the case declares that."""
        points = None
        if self.blocked is not None:
            points = measure_recording(_under(self.entry, "blocked"), self.blocked, self.settings).iv.total
        return measure_recording(_under(self.entry, "control"), self.recording, self.settings, points)


def measured_case(
    case: Case, seed: int, repeats: int = REPEATS, leak: Leak | None = None, window: Window | None = None
) -> Iterator[MeasuredCase]:
    """Record a case several times and measure each recording; nothing if the case has no single true E_rev."""
    for made in recorded_case(case, seed, repeats, leak, window):
        yield MeasuredCase(case, made.true_mV, made.measured())


def recorded_case(
    case: Case, seed: int, repeats: int = REPEATS, leak: Leak | None = None, window: Window | None = None
) -> Iterator[RecordedCase]:
    """Record a case several times; nothing if the case has no single true E_rev."""
    rig = cell_of(case), amplifier_of(case), conditions_in(case.bath), protocol_of(case)
    true_mV = true_reversal_mV(case, true_values(cell_of(case), conditions_in(case.bath), protocol_of(case)))
    if true_mV is None:
        return
    entry, settings = declared(case, leak or LEAKS.get(case.kind), window)
    blocked: Iterator[RigRecording | None] = repeat(None)
    if case.kind == "difference":
        blocked = record_repeats(*rig, range(seed + repeats, seed + 2 * repeats), ChannelLoss(blocked=1.0))
    for made, without in zip(record_repeats(*rig, range(seed, seed + repeats)), blocked, strict=False):
        of_blocked = None if without is None else telegraphed(case, without)
        yield RecordedCase(case, true_mV, telegraphed(case, made), entry, settings, of_blocked)


def telegraphed(case: Case, made: RigRecording) -> Recording:
    """A recording of a case, with the errors of the telegraphed R_s and C_m."""
    telegraphed = replace(amplifier_of(case), rs_MOhm=case.rs_telegraphed * case.rs_MOhm)
    cell = replace(cell_of(case), cm_pF=case.cm_telegraphed * case.cm_pF)
    return in_memory(made, protocol_of(case), telegraphed, cell)


def _under(entry: SheetEntry, condition: str) -> SheetEntry:
    return entry.model_copy(update={"condition": condition})
