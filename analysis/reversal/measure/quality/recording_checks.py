"""Quality checks of one recording: one function a check; the limits come from the configuration."""

from __future__ import annotations

import math
from collections.abc import Callable

from reversal.experiment.measure_settings import Quality
from reversal.measure.quality.check import Check, above, below, outside
from reversal.measure.quality.quality_constants import MAX_TEST_RELATIVE_SE, RS_DISAGREEMENT_FLOOR_FRACTION
from reversal.measure.quality.recording_quality import RecordingQuality
from reversal.measure.reversal.background import Background
from reversal.statistics.statistics_constants import CHANGE_SE, DISAGREEMENT_SE
from reversal.tables.findings.code import Code


def series_resistance(quality: RecordingQuality, limits: Quality) -> Check | None:
    """I × R_s shifts the membrane potential from the command."""
    rs = quality.membrane.series_resistance_MOhm
    return None if rs is None else above(Code.SERIES_RESISTANCE, rs, limits.series_resistance_MOhm)


def series_resistance_drift(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If R_s changes, the sweeps of a family are recorded at different membrane potentials."""
    drift = quality.membrane.rs_drift
    return None if drift is None else outside(Code.SERIES_RESISTANCE_DRIFT, drift, limits.series_resistance_drift)


def series_resistance_mismatch(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If membrane test and amplifier give different resistances, one of them is wrong."""
    membrane = quality.membrane
    reported, tested, se = membrane.reported_residual_MOhm, membrane.tested_MOhm, membrane.tested_se_MOhm
    if reported is None or tested is None or se is None or se > MAX_TEST_RELATIVE_SE * max(tested, reported):
        return None
    floor_MOhm = RS_DISAGREEMENT_FLOOR_FRACTION * limits.series_resistance_MOhm
    error_MOhm = DISAGREEMENT_SE * se
    if tested > reported:  # the error of the test is a fraction of R_s, and is compared on a log scale
        error_MOhm = max(reported, floor_MOhm) * math.expm1(error_MOhm / tested)
    limit = max(limits.series_resistance_apart * reported, error_MOhm, floor_MOhm)
    difference = abs(tested - reported)
    return above(Code.SERIES_RESISTANCE_MISMATCH, difference, limit, tested=tested, reported=reported)


def capacitance_mismatch(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A different C_m belongs to another cell, or to membrane that is not clamped."""
    membrane = quality.membrane
    reported, tested, se = membrane.reported_pF, membrane.tested_pF, membrane.tested_se_pF
    if reported is None or tested is None or se is None:
        return None
    limit = max(limits.capacitance_apart, DISAGREEMENT_SE * se / reported)
    return outside(Code.CAPACITANCE_MISMATCH, tested / reported - 1.0, limit, tested=tested, reported=reported)


def second_compartment(quality: RecordingQuality, limits: Quality) -> Check | None:
    """Membrane behind a resistance inside the cell follows a step late. Its current is not at the command potential."""
    slow = quality.membrane.slow_fraction
    if slow is None:
        return None
    fast_ms, slow_ms = quality.membrane.taus_ms
    return above(
        Code.SECOND_COMPARTMENT,
        min(slow, 1.0 - slow),
        limits.second_compartment,
        fast_percent=100.0 * (1.0 - slow),
        fast_ms=fast_ms,
        slow_percent=100.0 * slow,
        slow_ms=slow_ms,
    )


def series_over_input(quality: RecordingQuality, limits: Quality) -> Check | None:
    """The membrane potential changes by only R_m/(R_s + R_m) of a step."""
    residual, rm = quality.membrane.residual_MOhm, quality.membrane.input_resistance_MOhm
    if residual is None or rm is None:
        return None
    return above(Code.SERIES_OVER_INPUT, residual / rm, limits.series_over_input)


def input_resistance(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A leaky seal adds its own current and reversal potential."""
    rm = quality.membrane.input_resistance_MOhm
    return None if rm is None else below(Code.INPUT_RESISTANCE, rm, limits.input_resistance_MOhm)


def holding_current(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A large holding current means a leak or a lost cell."""
    current = quality.membrane.holding_pA
    return None if current is None else outside(Code.HOLDING_CURRENT, current, limits.holding_pA)


def voltage_error(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A large correction of the voltage axis is only as accurate as R_s."""
    error = quality.reversal.voltage_error_mV
    return None if error is None else above(Code.VOLTAGE_ERROR, error, limits.voltage_error_mV)


def clamp_speed(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A window that starts before the clamp has settled contains charging current."""
    delay, clamp = quality.current.window_delay_ms, quality.membrane.clamp_ms
    if delay is None or clamp is None:
        return None
    return below(Code.CLAMP_SPEED, delay, limits.clamp_constants * clamp)


def tail_extrapolation(quality: RecordingQuality, limits: Quality) -> Check | None:
    """The size of a tail that decays during the transient depends on the fitted time course."""
    fraction = quality.current.extrapolated_fraction
    return None if fraction is None else above(Code.TAIL_EXTRAPOLATION, fraction, limits.extrapolated_tail)


def tail_completeness(quality: RecordingQuality, limits: Quality) -> Check | None:
    """Channels do not close instantly: a missing part of a tail was too fast to be measured."""
    fraction = quality.reversal.tail_completeness
    return None if fraction is None else below(Code.TAIL_COMPLETENESS, fraction, limits.tail_completeness)


def tail_not_seen(quality: RecordingQuality, limits: Quality) -> Check | None:
    """Tails that decay within the blank leave leak, whose zero is not that of the channel."""
    decay = quality.reversal.clearest_decay
    if decay is None or quality.reversal.tail_completeness is not None:
        return None
    return below(Code.TAIL_NOT_SEEN, decay, limits.tail_decay_se)


def tail_leak(quality: RecordingQuality, limits: Quality) -> Check | None:
    """The instantaneous tail current contains leak; its decaying part does not."""
    return _background(Code.TAIL_LEAK, quality.reversal.tail_background, limits)


def peak_background(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A peak contains leak and other currents that do not inactivate; what inactivates does not."""
    return _background(Code.PEAK_BACKGROUND, quality.reversal.peak_background, limits)


def _background(code: Code, found: Background | None, limits: Quality) -> Check | None:
    if found is None:
        return None
    limit = max(limits.tail_leak_mV, CHANGE_SE * found.se_mV)
    where = "at" if not found.is_bound else "above" if found.shift_mV > 0 else "below"
    return outside(code, found.shift_mV, limit, decaying_mV=found.decaying_mV, where=where)


def tail_shift(quality: RecordingQuality, limits: Quality) -> Check | None:
    """Gates do not change the potential at which the current of a channel is zero."""
    shift, se = quality.reversal.tail_shift_mV, quality.reversal.tail_shift_se_mV
    if shift is None or se is None:
        return None
    return outside(Code.TAIL_SHIFT, shift, max(limits.tail_shift_mV, CHANGE_SE * se))


def tail_sign(quality: RecordingQuality, limits: Quality) -> Check | None:
    """The decaying current of a channel reverses where the channel does."""
    distance, found = quality.reversal.one_sign_mV, quality.reversal.tail_background
    se = 0.0 if found is None else found.se_mV
    return None if distance is None else above(Code.TAIL_SIGN, distance, max(limits.tail_leak_mV, CHANGE_SE * se))


def holding_drift(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If the holding current drifts, the bath is still exchanging or the cell changes."""
    return _shift(Code.HOLDING_DRIFT, quality.reversal.holding_drift_mV, limits)


def jump(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If the seal changes within a family, the I–V combines two states of the cell."""
    return _shift(Code.JUMP, quality.reversal.jump_mV, limits)


def wash_in(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If E_rev moves from repeat to repeat, it is not that of a single solution."""
    return _shift(Code.WASH_IN, quality.reversal.wash_in_mV, limits)


def repeats_disagree(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If repeats reverse at different potentials, their mean is not the I–V of any one state of the cell."""
    found = quality.reversal.repeats
    if found is None:
        return None
    limit = max(limits.drift_mV, found.noise_mV)
    low_mV, high_mV, repeats = found.low_mV, found.high_mV, found.count
    return above(Code.REPEATS_DISAGREE, found.range_mV, limit, low_mV=low_mV, high_mV=high_mV, repeats=repeats)


def settling(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A current that changes within its window has not reached steady state."""
    return _shift(Code.SETTLING, quality.reversal.settling_mV, limits)


def hysteresis(quality: RecordingQuality, limits: Quality) -> Check | None:
    """If gates lag behind a ramp, each direction has its own reversal potential."""
    return _shift(Code.HYSTERESIS, quality.reversal.hysteresis_mV, limits)


def _shift(code: Code, shift_mV: float | None, limits: Quality) -> Check | None:
    return None if shift_mV is None else outside(code, shift_mV, limits.drift_mV)


def hum(quality: RecordingQuality, limits: Quality) -> Check | None:
    """Hum of the same phase in every sweep shifts all currents alike."""
    found = quality.current.hum
    if found is None:
        return None
    size = found.amplitude_pA
    return above(Code.HUM, found.shift_mV, limits.drift_mV, frequency_Hz=found.frequency_Hz, amplitude_pA=size)


def saturation(quality: RecordingQuality, limits: Quality) -> Check | None:
    """A clipped current is smaller than the real one."""
    count = quality.current.saturated_samples
    return None if count is None else above(Code.SATURATION, float(count), float(limits.saturated_samples))


CHECKS: tuple[Callable[[RecordingQuality, Quality], Check | None], ...] = (
    series_resistance,
    series_resistance_drift,
    series_resistance_mismatch,
    capacitance_mismatch,
    second_compartment,
    series_over_input,
    input_resistance,
    holding_current,
    voltage_error,
    clamp_speed,
    tail_extrapolation,
    tail_completeness,
    tail_not_seen,
    tail_leak,
    peak_background,
    tail_shift,
    tail_sign,
    holding_drift,
    jump,
    wash_in,
    repeats_disagree,
    settling,
    hysteresis,
    hum,
    saturation,
)


def recording_checks(quality: RecordingQuality, limits: Quality) -> tuple[Check, ...]:
    """Every check whose number is known."""
    return tuple(found for check in CHECKS if (found := check(quality, limits)) is not None)
