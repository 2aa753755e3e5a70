"""The numbers that the checks of a recording compare with their limits; None if not measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.clipping import clipped_samples
from reversal.measure.quality.mains_hum import Hum
from reversal.measure.quality.repeats import RepeatRange
from reversal.measure.quality.steadiness import (
    hysteresis_mV,
    jump_mV,
    reversal_drift_mV,
    settling_mV,
)
from reversal.measure.quality.tail_completeness import one_sign_mV, tail_completeness
from reversal.measure.reversal.background import Background
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class MembraneQuality:
    """Numbers of the membrane test and of the holding current.

    reported_residual_MOhm, tested_MOhm, tested_se_MOhm : residual R_s by sheet or telegraph, by test, its error
    reported_pF, tested_pF, tested_se_pF : C_m by sheet or telegraph, by membrane test, its error
    taus_ms, slow_fraction : time constants of the transient, and the fraction of its charge with the slower of two
    rs_drift : relative change of R_s during the recording
    clamp_ms : time constant of the clamp
    """

    series_resistance_MOhm: float | None = None
    residual_MOhm: float | None = None
    reported_residual_MOhm: float | None = None
    tested_MOhm: float | None = None
    tested_se_MOhm: float | None = None
    reported_pF: float | None = None
    tested_pF: float | None = None
    tested_se_pF: float | None = None
    taus_ms: tuple[float, ...] = ()
    slow_fraction: float | None = None
    rs_drift: float | None = None
    input_resistance_MOhm: float | None = None
    holding_pA: float | None = None
    clamp_ms: float | None = None


@dataclass(frozen=True, slots=True)
class CurrentQuality:
    """Numbers of the measured windows and of the noise.

    window_delay_ms : shortest time between a step and its window
    extrapolated_fraction : fraction of the decaying tail current that is extrapolated to the step
    """

    window_delay_ms: float | None = None
    extrapolated_fraction: float | None = None
    saturated_samples: int | None = None
    hum: Hum | None = None


@dataclass(frozen=True, slots=True)
class ReversalQuality:
    """Numbers that refer to E_rev; all None without one.

    tail_background, peak_background : reversal of the decaying part of tails or peaks, and its distance from E_rev
    holding_drift_mV, jump_mV : of the holding current, as a shift of E_rev
    wash_in_mV : change of E_rev over the repeats of a ramp or family
    repeats : range of E_rev over the repeats of a ramp or family
    settling_mV : shift of E_rev until steady state
    hysteresis_mV : difference of E_rev between the two directions of a ramp
    tail_completeness : measured / expected current of the most distant tail
    clearest_decay : largest decaying current of a tail, in standard errors
    tail_shift_mV, tail_shift_se_mV : of the reversal of the tails while they decay, its error
    one_sign_mV : distance from E_rev toward the conditioning level over which the decaying part does not reverse
    """

    e_rev_mV: float | None = None
    voltage_error_mV: float | None = None
    tail_background: Background | None = None
    peak_background: Background | None = None
    holding_drift_mV: float | None = None
    jump_mV: float | None = None
    wash_in_mV: float | None = None
    repeats: RepeatRange | None = None
    settling_mV: float | None = None
    hysteresis_mV: float | None = None
    tail_completeness: float | None = None
    clearest_decay: float | None = None
    tail_shift_mV: float | None = None
    tail_shift_se_mV: float | None = None
    one_sign_mV: float | None = None


@dataclass(frozen=True, slots=True)
class RecordingQuality:
    """Every number that a recording's checks compare with a limit."""

    membrane: MembraneQuality = MembraneQuality()
    current: CurrentQuality = CurrentQuality()
    reversal: ReversalQuality = ReversalQuality()


def recording_quality(
    sweeps: Sweeps,
    passive: Passive,
    iv: MeasuredIV,
    result: MeasuredReversal,
    drift_mV: float | None,
    repeats: RepeatRange | None,
    hum: Hum | None,
    offset_mV: float,
    temperature_C: float,
) -> RecordingQuality:
    """Numbers of a measured recording.

    drift_mV : of the holding current, as a shift of E_rev; repeats : range of E_rev over the repeats
    offset_mV : command minus membrane potential at no current
    """
    return RecordingQuality(
        _membrane_quality(passive),
        _current_quality(sweeps, iv, hum),
        _reversal_quality(sweeps, iv, result, drift_mV, repeats, offset_mV, temperature_C),
    )


def _membrane_quality(passive: Passive) -> MembraneQuality:
    rs, test = passive.rs, passive.test
    tested, capacitance = (test.rs_MOhm, test.cm_pF) if test is not None else (None, None)
    reported = rs is not None and rs.source != "membrane test"
    return MembraneQuality(
        series_resistance_MOhm=rs.rs_MOhm if rs else None,
        residual_MOhm=rs.residual_MOhm if rs else None,
        reported_residual_MOhm=rs.residual_MOhm if rs is not None and reported else None,
        tested_MOhm=tested.value if tested else None,
        tested_se_MOhm=tested.se if tested else None,
        reported_pF=passive.reported_pF,
        tested_pF=capacitance.value if capacitance else None,
        tested_se_pF=capacitance.se if capacitance else None,
        taus_ms=test.taus_ms if test else (),
        slow_fraction=test.slow_fraction if test else None,
        rs_drift=passive.rs_drift,
        input_resistance_MOhm=passive.rm_MOhm,
        holding_pA=passive.holding_pA,
        clamp_ms=passive.clamp_ms,
    )


def _current_quality(sweeps: Sweeps, iv: MeasuredIV, hum: Hum | None) -> CurrentQuality:
    return CurrentQuality(
        window_delay_ms=_window_delay_ms(sweeps, iv) if iv.curve.kind is not IVKind.RAMP else None,
        extrapolated_fraction=iv.curve.extrapolated_fraction if iv.curve.kind is IVKind.TAIL else None,
        saturated_samples=clipped_samples(sweeps, iv.curve),
        hum=hum,
    )


def _window_delay_ms(sweeps: Sweeps, iv: MeasuredIV) -> float:
    """Shortest time between a step and the start of its window."""
    delays, recording = [], sweeps.recording
    for sweep, start_ms in zip(iv.curve.sweep.tolist(), iv.curve.window_ms[:, 0].tolist(), strict=True):
        starts = [e.start * 1000.0 / recording.sample_rate_Hz for e in recording.command.sweeps[sweep].epochs]
        delays.append(start_ms - max(start for start in starts if start <= start_ms + 1e-9))
    return float(min(delays))


def _reversal_quality(
    sweeps: Sweeps,
    iv: MeasuredIV,
    result: MeasuredReversal,
    drift_mV: float | None,
    repeats: RepeatRange | None,
    offset_mV: float,
    temperature_C: float,
) -> ReversalQuality:
    estimate = result.reversal.estimate
    if estimate is None:
        return ReversalQuality()
    e_mV, curve, v = estimate.e_mV, iv.curve, iv.v_membrane_mV
    shift = curve.tail_decay.shift if curve.tail_decay else None
    background = result.background
    return ReversalQuality(
        e_rev_mV=e_mV,
        voltage_error_mV=_voltage_error_mV(curve.v_command_mV, v + offset_mV, v, e_mV),
        tail_background=background if curve.kind is IVKind.TAIL else None,
        peak_background=background if curve.kind is IVKind.PEAK else None,
        holding_drift_mV=drift_mV,
        jump_mV=jump_mV(sweeps, curve, v, e_mV),
        wash_in_mV=reversal_drift_mV(curve, v, e_mV),
        repeats=repeats,
        settling_mV=settling_mV(curve, v, result.points, e_mV),
        hysteresis_mV=hysteresis_mV(curve, v, e_mV),
        tail_completeness=tail_completeness(curve, v, offset_mV, e_mV, temperature_C),
        clearest_decay=_clearest_decay(curve),
        tail_shift_mV=shift.mV if shift else None,
        tail_shift_se_mV=shift.se_mV if shift else None,
        one_sign_mV=one_sign_mV(curve, v, offset_mV, e_mV, background.decaying_mV if background else None),
    )


def _clearest_decay(curve: IVCurve) -> float | None:
    """Largest decaying current of a tail, in standard errors; None for other kinds."""
    if curve.decaying_pA is None or curve.decaying_se_pA is None:
        return None
    return float(np.max(np.abs(curve.decaying_pA) / curve.decaying_se_pA))


def _voltage_error_mV(command_mV: FloatArray, uncorrected_mV: FloatArray, v_mV: FloatArray, e_mV: float) -> float:
    """Largest voltage across the residual R_s at the two points nearest E_rev; arrays (points,).

    uncorrected_mV : membrane potential with the junction correction undone
    """
    nearest = np.argsort(np.abs(v_mV - e_mV))[:2]
    return float(np.abs(uncorrected_mV - command_mV)[nearest].max())
