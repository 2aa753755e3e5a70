"""One recording, measured: passive properties, I-V, voltage axis, leak, reversal potential, quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.experiment.settings import CellSettings, Entry
from analysis.measure.axis import Offset, junction_offset, membrane_mV
from analysis.measure.budget import Budget, budget_of
from analysis.measure.curve import Curve, blank_ms, read_curve, recognised
from analysis.measure.leak import (
    Separability,
    Subtracted,
    by_sub_pulses,
    relaxing_reversal,
    separability,
    without_leak,
)
from analysis.measure.passive import Passive, passive_properties
from analysis.measure.prediction import Prediction, carriers_of, predict
from analysis.measure.quality import Checked, RecordingQuality, checked
from analysis.measure.ramps import Clamp
from analysis.measure.reversal import Points, Reversal, points_of, reversal_of
from analysis.measure.seen import tail_left
from analysis.measure.stability import (
    holding_drift_pA,
    hysteresis_mV,
    jump_mV,
    mains_hum,
    reversal_drift_mV,
    saturated_samples,
    settling_mV,
)
from analysis.measure.subpulses import find_sub_pulses
from analysis.measure.windows import Kind, Plan, plan
from analysis.recordings.model import Recording

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one recording.

    v_membrane_mV : corrected voltage of each point of the curve, shape (points,)
    total : I-V of the total current; used : the same less its leak, what the reversal is read from
    reversal : primary result; of_total : of the total current
    checks : what every check says whose number is known
    rule : names of the checks whose finding excludes the recording
    """

    entry: Entry
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
    entry: Entry, recording: Recording, settings: CellSettings, blocked: Measured | None = None
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
    if leak.subtract == "blocker" and entry.condition == leak.blocker:
        used = Subtracted(total)
    elif leak.subtract == "pn":
        less = find_sub_pulses(recording, protocol) if protocol.kind is not Kind.RAMP else None
        left = None if less is None else read_curve(recording, protocol, experiment.window, blank, clamp, less)
        used = by_sub_pulses(total, None if left is None else points_of(v_membrane, left), left.notes if left else ())
    else:
        used = without_leak(total, leak, blocked.total if blocked is not None else None)
    carriers = carriers_of(entry, settings)
    reversal = reversal_of(used.points, carriers)
    of_total = reversal if used.leak_pA is None else reversal_of(total, None, beside=False)
    # a tail shows by its relaxation what is channel; its instantaneous I-V is straight like a leak's
    told = leak.of_interest or used.leak_pA is not None or curve.kind is Kind.TAIL
    separable = None if told else separability(total, reversal)
    quality = _quality(
        recording, passive, curve, v_membrane, offset, reversal, separable, protocol, entry.temperature_C
    )
    return Measured(
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
        separable,
        budget_of(reversal, total, passive.rs, offset, prediction, entry.temperature_C),
        prediction,
        tuple(experiment.quality.exclude),
        checked(quality, experiment.quality),
    )


def _quality(
    recording: Recording,
    passive: Passive,
    curve: Curve,
    v_membrane: FloatArray,
    offset: Offset,
    reversal: Reversal,
    separable: Separability | None,
    protocol: Plan,
    temperature_C: float,
) -> RecordingQuality:
    rs, test = passive.rs, passive.test
    tested = test.rs_MOhm if test is not None else None
    told = rs is not None and rs.source != "membrane test"
    hum = mains_hum(recording)
    return RecordingQuality(
        series_resistance_MOhm=rs.rs_MOhm if rs else None,
        residual_MOhm=rs.residual_MOhm if rs else None,
        telegraphed_MOhm=rs.residual_MOhm if rs is not None and told else None,
        tested_MOhm=tested.value if tested else None,
        tested_se_MOhm=tested.se if tested else None,
        told_pF=passive.told_pF,
        tested_pF=test.cm_pF.value if test is not None and test.cm_pF is not None else None,
        tested_se_pF=test.cm_pF.se if test is not None and test.cm_pF is not None else None,
        taus_ms=test.taus_ms if test else (),
        slower_part=test.slower_part if test else None,
        rs_drift=passive.rs_drift,
        input_resistance_MOhm=passive.rm_MOhm,
        holding_pA=passive.holding_pA,
        voltage_error_mV=_voltage_error_mV(reversal, v_membrane, curve, offset.total_mV),
        settled_ms=_settled_ms(curve, recording) if curve.kind is not Kind.RAMP else None,
        clamp_ms=passive.clamp_ms,
        leak_fraction=separable.fraction if separable else None,
        farthest=_farthest(separable, reversal),
        **_relaxing(curve, v_membrane, reversal),
        drift_mV=_drift_mV(recording, passive),
        **_steadiness(recording, curve, v_membrane, reversal),
        hum_pA=hum.amplitude_pA if hum else None,
        hum_Hz=hum.frequency_Hz if hum else None,
        saturated_samples=saturated_samples(recording, curve),
        led_back=curve.led_back if curve.kind is Kind.TAIL else None,
        tail_left=tail_left(
            recording, protocol, curve, v_membrane, offset.total_mV, reversal.estimate.e_mV, temperature_C
        )
        if reversal.estimate is not None
        else None,
    )


def _voltage_error_mV(reversal: Reversal, v_membrane: FloatArray, curve: Curve, offset_mV: float) -> float | None:
    """Largest |I R_s| of the two points nearest the reversal potential."""
    if reversal.estimate is None:
        return None
    nearest = np.argsort(np.abs(v_membrane - reversal.estimate.e_mV))[:2]
    return float(np.abs(v_membrane + offset_mV - curve.v_command_mV)[nearest].max())


def _settled_ms(curve: Curve, recording: Recording) -> float:
    """Shortest time between the edge and the begin of the window."""
    edges = []
    for sweep, start_ms in zip(curve.sweep.tolist(), curve.window_ms[:, 0].tolist(), strict=True):
        starts = [e.start * 1000.0 / recording.sample_rate_Hz for e in recording.command.sweeps[sweep].epochs]
        edges.append(start_ms - max(start for start in starts if start <= start_ms + 1e-9))
    return float(min(edges))


def _farthest(separable: Separability | None, reversal: Reversal) -> str:
    """Say where the reversal of the channel may lie if the largest possible leak is one."""
    if separable is None or reversal.estimate is None:
        return ""
    here = reversal.estimate.e_mV
    if separable.farthest_mV is None:
        return f"may lie anywhere {separable.side} {here:.1f} mV"
    low, high = sorted((here, separable.farthest_mV))
    return f"lies between {low:.1f} and {high:.1f} mV"


def _drift_mV(recording: Recording, passive: Passive) -> float | None:
    """Drift of the holding current as the shift of the I-V along the voltage axis that would make it."""
    drift = holding_drift_pA(recording)
    if drift is None or passive.rm_MOhm is None:
        return None
    return -drift * passive.rm_MOhm * 1e-3


def _steadiness(
    recording: Recording, curve: Curve, v_membrane: FloatArray, reversal: Reversal
) -> dict[str, float | None]:
    """Drifts of the reversal potential itself, where there is one."""
    if reversal.estimate is None:
        return {}
    here = reversal.estimate.e_mV
    return {
        "jump_mV": jump_mV(recording, curve, v_membrane, here),
        "wash_in_mV": reversal_drift_mV(curve, v_membrane, here),
        "settling_mV": settling_mV(curve, v_membrane, here),
        "hysteresis_mV": hysteresis_mV(curve, v_membrane, here),
    }


def _relaxing(curve: Curve, v_membrane: FloatArray, reversal: Reversal) -> dict[str, float]:
    """Where what relaxes in the tails reverses, and how far that is from E_rev."""
    found, here = relaxing_reversal(v_membrane, curve), reversal.estimate
    if found is None or here is None:
        return {}
    return {
        "relaxing_mV": found.e_mV,
        "relaxing_apart_mV": found.e_mV - here.e_mV,
        "relaxing_se_mV": float(np.hypot(found.se_mV, here.se_mV)),
    }
