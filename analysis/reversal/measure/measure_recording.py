"""One recording, measured in stages: voltage, protocol, membrane, I–V, leak, reversal potential, error budget, quality.

Each stage is a function of the stages before it; its result is frozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.experiment.declared_values import implausible
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.measure.iv.measured_iv import MeasuredIV, measure_iv
from reversal.measure.iv.points import Points
from reversal.measure.membrane.passive_properties import Passive, clamp_of, passive_properties
from reversal.measure.protocol.declared_protocol import declared_protocol
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.check import Check
from reversal.measure.quality.large_currents import with_notes
from reversal.measure.quality.mains_hum import mains_hum
from reversal.measure.quality.recording_checks import recording_checks
from reversal.measure.quality.recording_quality import recording_quality
from reversal.measure.quality.repeats import RepeatRange, Repeats, disagreement, repeats_of
from reversal.measure.quality.steadiness import holding_drift_mV
from reversal.measure.quality.tail_charge import UnseenShift, unseen_shift
from reversal.measure.quality.two_currents import two_currents
from reversal.measure.reversal.error_budget import Budget, budget_of
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.leak_subtraction import subtract_leak
from reversal.measure.reversal.measured_reversal import MeasuredReversal, measure_reversal
from reversal.measure.reversal.ohmic_leak import OhmicLeak, known_leak, leak_of_seal
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.voltage.junction_correction import Offset, junction_offset, seal_reversal_mV
from reversal.measure.voltage.nernst_prediction import IonRange, Prediction, carriers_of, ion_range, predict
from reversal.recordings.choices.sweep_selection import marks_in_words
from reversal.recordings.recording.inverted import inverted
from reversal.recordings.recording.recording import Recording, SweepSelection
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one recording.

    iv : the I–V of the total current; used : the same less its leak, from which the reversal potential is read
    seal : leak of the seal that the sheet states, subtracted or not
    result : reversal potential without leak and of the whole current
    checks : every quality check of the recording whose number is known
    declared : findings about what is declared for the recording
    refused : why the recording gives no number although it could be measured; None if it does
    ions_mV : range of the Nernst potentials of all ions; None if not known
    unseen : shift of E_rev by ions that accumulated before tails, which the recording does not exclude; None without
    """

    entry: SheetEntry
    recording: Recording
    offset: Offset
    prediction: Prediction
    passive: Passive
    iv: MeasuredIV
    used: Subtracted
    seal: OhmicLeak | None
    result: MeasuredReversal
    budget: Budget | None
    checks: tuple[Check, ...]
    declared: tuple[Finding, ...] = ()
    refused: Finding | None = None
    ions_mV: IonRange | None = None
    unseen: UnseenShift | None = None

    @property
    def reversal(self) -> Reversal:
        """The reversal potential that is reported."""
        return self.result.reversal

    @property
    def of_total(self) -> Reversal:
        """The reversal potential of the whole current."""
        return self.result.of_total

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Findings about how the recording was declared and read."""
        read = (*sweep_findings(self.recording.selection), *self.passive.findings, *self.iv.curve.findings)
        return (*self.declared, *read, *self.offset.findings, *([self.unseen.finding()] if self.unseen else []))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding about the recording by itself."""
        return (*self.notes, *(found for check in self.checks for found in check.findings))

    @property
    def uncorrected_mV(self) -> float | None:
        """Command at which no current flows; R_s then has no effect, and only the junctions are corrected."""
        estimate = self.of_total.estimate
        return None if estimate is None else estimate.e_mV + self.offset.total_mV


def sweep_findings(selection: SweepSelection | None) -> tuple[Finding, ...]:
    """Notes on sweeps of the file that are not used."""
    if selection is None:
        return ()
    notes, in_file = [], selection.in_file
    if selection.marked:
        listed = marks_in_words(selection.marked)
        notes.append(finding(Code.SWEEPS_LEFT_OUT, len(selection.marked), in_file=in_file, listed=listed))
    if len(selection.chosen) < in_file:
        listed = listed_sweeps(selection.numbers)
        notes.append(finding(Code.SWEEPS_CHOSEN, len(selection.numbers), in_file=in_file, listed=listed))
    return tuple(notes)


def measure_recording(
    entry: SheetEntry, recording: Recording, settings: CellSettings, blocked: Points | None = None
) -> Measured:
    """Measure a recording as its experiment declares; raises a Refusal where that cannot be done.

    blocked : I–V of the same bath with the channel blocked, for a difference current
    """
    experiment = settings.experiments[entry.experiment]
    if experiment.configuration.is_inverted and not experiment.inverted_by_rig:
        recording = inverted(recording)
    prediction = predict(entry, settings)
    offset = junction_offset(entry, settings, recording.telegraph.junction_mV)
    window = entry.window_in(experiment.window)
    sweeps = Sweeps.of(recording)
    passive = passive_properties(sweeps, entry)
    if not experiment.configuration.has_pipette:
        passive = replace(passive, rs=None)  # other electrodes measure the voltage than those that pass the current
    clamp = clamp_of(passive, recording.telegraph.lowpass_Hz)
    iv = measure_iv(sweeps, plan(recording, window), window, clamp, offset)
    seal_e_mV = seal_reversal_mV(entry, settings)
    known = known_leak(entry, experiment.leak, seal_e_mV)
    used = subtract_leak(sweeps, iv, clamp, window, experiment.leak, entry.condition, known, blocked)
    result = measure_reversal(iv, used, carriers_of(entry, settings), experiment.leak, seal_e_mV)
    drift_mV = holding_drift_mV(sweeps, used, result.reversal) if experiment.leak.subtract != "pn" else None
    repeats = _repeats(sweeps, iv, used)
    spread = _disagreement(repeats, result.reversal)
    estimate = result.reversal.estimate
    hum = mains_hum(sweeps, iv, used.points, estimate.e_mV) if estimate else None
    moved_mV = max(abs(drift_mV or 0.0), spread.beyond_noise_mV if spread else 0.0)
    moved_mV = float(np.hypot(moved_mV, 2.0 * hum.shift_mV if hum else 0.0))
    unseen = _unseen(iv, passive, result, prediction, entry, settings)
    unseen_mV = unseen.mV if unseen else 0.0
    budget = budget_of(result, iv.total, passive.rs, offset, prediction, entry.temperature_C, moved_mV, unseen_mV)
    quality = recording_quality(
        sweeps, passive, iv, result, drift_mV, spread, hum, offset.total_mV, entry.temperature_C
    )
    checks = recording_checks(quality, experiment.quality)
    return Measured(
        entry=entry,
        recording=recording,
        offset=offset,
        prediction=prediction,
        passive=passive,
        iv=iv,
        used=used,
        seal=leak_of_seal(entry, experiment.leak, seal_e_mV),
        result=result,
        budget=budget,
        checks=with_notes(checks, iv, used, result, budget, passive.rs),
        declared=(*declared_findings(entry, settings), *declared_protocol(recording)),
        refused=_two_currents(repeats, spread, [recording.number_of(n) for n in iv.plan.sweeps], result.reversal),
        ions_mV=ion_range(entry, settings),
        unseen=unseen,
    )


def _unseen(
    iv: MeasuredIV,
    passive: Passive,
    result: MeasuredReversal,
    prediction: Prediction,
    entry: SheetEntry,
    settings: CellSettings,
) -> UnseenShift | None:
    """Shift of E_rev by ions that accumulated before tails, as far as the recording does not exclude it."""
    ions, space_nm = ion_range(entry, settings), settings.experiments[entry.experiment].quality.tail_space_nm
    estimate = result.reversal.estimate
    return unseen_shift(iv.curve, passive.cm_pF, estimate, prediction, ions, entry.temperature_C, space_nm)


def declared_findings(entry: SheetEntry, settings: CellSettings) -> tuple[Finding, ...]:
    """Findings about what is declared for a recording."""
    return (*_in_other_cells(entry, settings), *_implausible(entry, settings))


def _implausible(entry: SheetEntry, settings: CellSettings) -> tuple[Finding, ...]:
    charges = {ion: facts.z for ion, facts in settings.ions.items()}
    return implausible(entry, settings.experiments[entry.experiment], settings.solutions, charges)


def _in_other_cells(entry: SheetEntry, settings: CellSettings) -> list[Finding]:
    named = settings.in_other_cells.get(entry.recording)
    return [finding(Code.RECORDING_IN_TWO_CELLS, place=named)] if named else []


def _repeats(sweeps: Sweeps, iv: MeasuredIV, used: Subtracted) -> Repeats | None:
    """The repeats of a recording, each without the leak; None for a single one."""
    if used.curve is not None:
        return repeats_of(sweeps, used.curve, iv.v_membrane_mV)
    return repeats_of(sweeps, iv.curve, iv.v_membrane_mV, used.leak_at(iv.v_membrane_mV, iv.total))


def _disagreement(repeats: Repeats | None, reversal: Reversal) -> RepeatRange | None:
    """Range of E_rev over the repeats of a recording; None without a reversal potential."""
    return None if reversal.estimate is None else disagreement(repeats, reversal.estimate.e_mV)


def _two_currents(
    repeats: Repeats | None, spread: RepeatRange | None, numbers: Sequence[int], reversal: Reversal
) -> Finding | None:
    """Finding: the repeats disagree by more than noise and are of two kinds; numbers : of the sweeps in the file."""
    if repeats is None or spread is None or not spread.beyond_noise_mV or reversal.estimate is None:
        return None
    found = two_currents(repeats, reversal.estimate.e_mV)
    return None if found is None else found.found_in(numbers)
