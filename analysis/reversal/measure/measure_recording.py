"""One recording, measured: passive properties, I-V, voltage axis, leak, reversal potential, quality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.measure.iv.iv_curve import Curve, blank_ms, read_curve, recognised
from reversal.measure.iv.points import Points, points_of, slope_nS
from reversal.measure.iv.ramp_currents import Clamp
from reversal.measure.membrane.passive_properties import Passive, passive_properties
from reversal.measure.protocol.measured_epoch import Kind, Plan, plan
from reversal.measure.protocol.sub_pulses import find_sub_pulses
from reversal.measure.quality.recording_checks import Checked, RecordingQuality, checked
from reversal.measure.quality.steadiness import (
    holding_drift_pA,
    hysteresis_mV,
    jump_mV,
    mains_hum,
    reversal_drift_mV,
    saturated_samples,
    settling_mV,
)
from reversal.measure.quality.tail_completeness import tail_left
from reversal.measure.reversal.error_budget import Budget, budget_of
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.leak import (
    Separability,
    Subtracted,
    by_sub_pulses,
    relaxing_reversal,
    separability,
    without_leak,
)
from reversal.measure.reversal.reversal_potential import Reversal, reversal_of
from reversal.measure.voltage.membrane_voltage import Offset, junction_offset, membrane_mV
from reversal.measure.voltage.nernst_prediction import Prediction, carriers_of, predict
from reversal.recordings.recording import Recording


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one recording.

    v_membrane_mV : corrected voltage of each point of the curve, shape (points,)
    total : I-V of the total current; used : the same less its leak, what the reversal is read from
    reversal : primary result; of_total : of the total current
    checks : what every check says whose number is known
    rule : names of the checks whose finding excludes the recording
    """

    entry: SheetEntry
    plan: Plan
    passive: Passive
    offset: Offset
    curve: Curve
    v_membrane_mV: FloatArray
    total: Points
    used: Subtracted
    reversal: Reversal
    of_total: Reversal
    separability: Separability | None
    budget: Budget | None
    prediction: Prediction
    rule: tuple[str, ...]
    checks: tuple[Checked, ...]

    @property
    def findings(self) -> tuple[Checked, ...]:
        """Checks whose number is beyond its limit."""
        return tuple(one for one in self.checks if one.beyond)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is doubtful about how the recording was read."""
        if not self.offset.online_mV:
            return self.curve.notes
        online = f"the rig had taken {self.offset.online_mV:+.1f} mV of junction potential off the command already"
        return (*self.curve.notes, f"{online}: only the rest was taken off")

    @property
    def excluded(self) -> str | None:
        """Why the experiment's rule leaves the recording out of the fits; None where it does not."""
        broken = [found for found in self.findings if found.name in self.rule]
        return f"excluded by quality.exclude: {'; '.join(found.sentence for found in broken)}" if broken else None

    @property
    def uncorrected_mV(self) -> float | None:
        """Command at which no current flows: the membrane then lacks the junction terms only, R_s drops nothing."""
        estimate = self.of_total.estimate
        return None if estimate is None else estimate.e_mV + self.offset.total_mV


def measure_recording(
    entry: SheetEntry, recording: Recording, settings: CellSettings, blocked: Measured | None = None
) -> Measured:
    """Measure a recording as its experiment declares; raises a Refusal where that cannot be done.

    blocked : the recording of the same bath with the channel blocked, for a difference current
    """
    experiment = settings.experiments[entry.experiment]
    prediction = predict(entry, settings)
    offset = junction_offset(entry, settings, recording.telegraph.junction_mV)
    protocol = plan(recording, experiment.window)
    passive = passive_properties(recording, entry)
    residual = passive.rs.residual_MOhm if passive.rs else None
    clamp = Clamp(passive.clamp_ms, recording.telegraph.lowpass_Hz, residual, passive.cm_pF, passive.tested)
    duration_ms = 1000.0 * min(e.stop - e.start for e in protocol.epochs) / recording.sample_rate_Hz
    blank = blank_ms(experiment.window, clamp.lowpass_Hz, clamp.tau_ms, duration_ms)
    protocol = recognised(recording, protocol, experiment.window, blank)
    curve = read_curve(recording, protocol, experiment.window, blank, clamp)
    v_membrane = membrane_mV(curve.v_command_mV, curve.i_pA, offset.total_mV, residual)
    total = points_of(v_membrane, curve)
    leak = experiment.leak
    if leak.subtract == "pn":
        used = _by_sub_pulses(recording, protocol, experiment.window, blank, clamp, total, v_membrane)
    elif leak.subtract == "blocker" and entry.condition == leak.blocker:
        used = Subtracted(total)
    else:
        used = without_leak(total, leak, blocked.total if blocked is not None else None)
    reversal = reversal_of(used.points, carriers_of(entry, settings))
    of_total = reversal if used.leak_pA is None else reversal_of(total, None, beside=False)
    # a tail shows by its relaxation what is channel; its instantaneous I-V is straight like a leak's
    told = leak.of_interest or used.leak_pA is not None or curve.kind is Kind.TAIL
    drift = None if leak.subtract == "pn" else _drift_mV(recording, used.points, reversal)
    measured = Measured(
        entry,
        protocol,
        passive,
        offset,
        curve,
        v_membrane,
        total,
        used,
        reversal,
        of_total,
        None if told else separability(total, reversal),
        budget_of(reversal, total, passive.rs, offset, prediction, entry.temperature_C, drift),
        prediction,
        tuple(experiment.quality.exclude),
        (),
    )
    quality = replace(_quality(measured, recording), drift_mV=drift)
    return replace(measured, checks=checked(quality, experiment.quality))


def _by_sub_pulses(
    recording: Recording,
    protocol: Plan,
    window: Window,
    blank: float,
    clamp: Clamp,
    total: Points,
    v_membrane: FloatArray,
) -> Subtracted:
    """Points less what sub-pulses tell; a ramp has none."""
    less = find_sub_pulses(recording, protocol) if protocol.kind is not Kind.RAMP else None
    if less is None:
        return by_sub_pulses(total, None)
    left = read_curve(recording, protocol, window, blank, clamp, less)
    return by_sub_pulses(total, points_of(v_membrane, left), left.notes)


def _quality(one: Measured, recording: Recording) -> RecordingQuality:
    """Numbers that the checks look at."""
    passive, curve, rs, test = one.passive, one.curve, one.passive.rs, one.passive.test
    tested, capacitance = (test.rs_MOhm, test.cm_pF) if test is not None else (None, None)
    told = rs is not None and rs.source != "membrane test"
    hum = mains_hum(recording)
    return RecordingQuality(
        series_resistance_MOhm=rs.rs_MOhm if rs else None,
        residual_MOhm=rs.residual_MOhm if rs else None,
        telegraphed_MOhm=rs.residual_MOhm if rs is not None and told else None,
        tested_MOhm=tested.value if tested else None,
        tested_se_MOhm=tested.se if tested else None,
        told_pF=passive.told_pF,
        tested_pF=capacitance.value if capacitance else None,
        tested_se_pF=capacitance.se if capacitance else None,
        taus_ms=test.taus_ms if test else (),
        slower_part=test.slower_part if test else None,
        rs_drift=passive.rs_drift,
        input_resistance_MOhm=passive.rm_MOhm,
        holding_pA=passive.holding_pA,
        settled_ms=_settled_ms(curve, recording) if curve.kind is not Kind.RAMP else None,
        clamp_ms=passive.clamp_ms,
        hum_pA=hum.amplitude_pA if hum else None,
        hum_Hz=hum.frequency_Hz if hum else None,
        saturated_samples=saturated_samples(recording, curve),
        led_back=curve.led_back if curve.kind is Kind.TAIL else None,
        **(_at_reversal(one, recording, one.reversal.estimate) if one.reversal.estimate is not None else {}),
    )


def _at_reversal(one: Measured, recording: Recording, estimate: Estimate) -> dict[str, Any]:
    """Numbers of the checks that ask about E_rev."""
    here, curve, v = estimate.e_mV, one.curve, one.v_membrane_mV
    nearest = np.argsort(np.abs(v - here))[:2]
    dropped_mV = np.abs(v + one.offset.total_mV - curve.v_command_mV)
    relaxing = relaxing_reversal(v, curve)
    return {
        "voltage_error_mV": float(dropped_mV[nearest].max()),
        "leak_fraction": one.separability.fraction if one.separability else None,
        "farthest": _farthest(one.separability, here),
        "relaxing_mV": relaxing.e_mV if relaxing else None,
        "relaxing_apart_mV": relaxing.e_mV - here if relaxing else None,
        "relaxing_se_mV": float(np.hypot(relaxing.se_mV, estimate.se_mV)) if relaxing else None,
        "jump_mV": jump_mV(recording, curve, v, here),
        "wash_in_mV": reversal_drift_mV(curve, v, here),
        "settling_mV": settling_mV(curve, v, one.used.points, here),
        "hysteresis_mV": hysteresis_mV(curve, v, here),
        "tail_left": tail_left(recording, one.plan, curve, v, one.offset.total_mV, here, one.entry.temperature_C),
    }


def _settled_ms(curve: Curve, recording: Recording) -> float:
    """Shortest time between the edge and the begin of the window."""
    edges = []
    for sweep, start_ms in zip(curve.sweep.tolist(), curve.window_ms[:, 0].tolist(), strict=True):
        starts = [e.start * 1000.0 / recording.sample_rate_Hz for e in recording.command.sweeps[sweep].epochs]
        edges.append(start_ms - max(start for start in starts if start <= start_ms + 1e-9))
    return float(min(edges))


def _farthest(separable: Separability | None, here_mV: float) -> str:
    """Say where the reversal of the channel may lie if the largest possible leak is one."""
    if separable is None:
        return ""
    if separable.farthest_mV is None:
        return f"may lie anywhere {separable.side} {here_mV:.1f} mV"
    low, high = sorted((here_mV, separable.farthest_mV))
    return f"lies between {low:.1f} and {high:.1f} mV"


def _drift_mV(recording: Recording, points: Points, reversal: Reversal) -> float | None:
    """Drift of the holding current as the shift of E_rev that it makes where it flows at all voltages alike."""
    drift = holding_drift_pA(recording)
    if drift is None or reversal.estimate is None:
        return None
    slope = slope_nS(points, reversal.estimate.e_mV)
    return -drift / slope if slope > 0 else None
