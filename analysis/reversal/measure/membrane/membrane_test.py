"""The membrane test: R_s, C_m and R_m from the transient of a small step, with intervals from leaving out sweeps.

The current per step height starts at 1/R_s and settles to 1/(R_s + R_m); the charge between the two is
C_m (R_m/(R_s + R_m))². :mod:`reversal.measure.membrane.charging_model` fits it through the filter to both edges of the
step. R_s is the residual after compensation. A transient that is not a charging current, such as one that the amplifier
has cancelled, gives neither R_s nor C_m.
Source: Gentet, Stuart & Clements, Biophys. J. 79:314 (2000), for C_m of a whole-cell transient.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.membrane.charging_model import Charging, TransientWindow, fitted
from reversal.measure.membrane.membrane_constants import (
    BASELINE_END_DIVISOR,
    FILTER_FREQUENCY_RELATIVE_SD,
    INPUT_RESISTANCE_END_DIVISOR,
    MAX_SWEEP_WEIGHT,
    MAX_TRANSIENT_MISFIT,
    MIN_FILTER_PERIOD_SAMPLES,
    MIN_MEMBRANE_STEP_FRACTION,
    MIN_TEST_STEP_SAMPLES,
    MIN_TREND_SWEEPS,
    NYQUIST_FRACTION,
    RS_DRIFT_LEVEL,
    STEP_LAG_SAMPLES,
    STEP_LAG_SD_SAMPLES,
    TEST_STEP_FILTER_PERIODS,
    TEST_STEP_SKIPPED_RATIO,
    UNKNOWN_FILTER_LAG_SAMPLES,
    UNKNOWN_FILTER_LAG_SD_SAMPLES,
    UNKNOWN_FILTER_PERIOD_SAMPLES,
    UNKNOWN_FILTER_SKIPPED_SAMPLES,
    AMPLIFIER_LAG_SD_ms,
    MAX_SERIES_RESISTANCE_MOhm,
    SLOWEST_CHARGING_ms,
    TEST_STEP_MAX_ms,
    TYPICAL_SERIES_RESISTANCE_MOhm,
)
from reversal.measure.protocol.protocol_constants import MIN_MEAN_SAMPLES
from reversal.measure.protocol.shared_epochs import Step, steps_of
from reversal.measure.protocol.sweeps import Sweeps, averaged
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recordings_constants import CLIPPED_FRACTION
from reversal.statistics.row_parts import RowParts, by_row
from reversal.statistics.statistics_constants import DETECTION_SE, TWO_SIDED_95_ROUNDED
from reversal.statistics.student_t import two_sided_quantile
from reversal.statistics.trend import trend_of


@dataclass(frozen=True, slots=True)
class Ranged:
    """A value with its standard error, defined as the half width of its 95 % interval divided by 1.96."""

    value: float
    se: float

    @property
    def low(self) -> float:
        """Lower 95 % limit."""
        return self.value - TWO_SIDED_95_ROUNDED * self.se

    @property
    def high(self) -> float:
        """Upper 95 % limit."""
        return self.value + TWO_SIDED_95_ROUNDED * self.se


@dataclass(frozen=True, slots=True)
class MembraneTest:
    """Membrane properties from a small step; None if a property cannot be measured.

    rs_MOhm : series resistance left by compensation; cm_pF, rm_MOhm : capacitance and input resistance of the membrane
    tau_ms : time constant of the clamp, the mean of two weighted by charge
    exponentials : compartments in the transient, 0 if it is not a charging current
    taus_ms, slow_fraction : time constants of the transient, the fast one first, and the fraction of its charge with
        the slower of two, None for one
    by_sweep_MOhm : R_s of each sweep, for its drift, shape (sweeps,)
    """

    rs_MOhm: Ranged | None
    cm_pF: Ranged | None
    rm_MOhm: Ranged | None
    tau_ms: float | None = None
    exponentials: int = 0
    taus_ms: tuple[float, ...] = ()
    slow_fraction: float | None = None
    by_sweep_MOhm: FloatArray | None = None

    def rs_drift_MOhm(self) -> float | None:
        """Change of R_s from the first to the last sweep by its trend; None if not significant."""
        if self.by_sweep_MOhm is None or self.by_sweep_MOhm.size < MIN_TREND_SWEEPS:
            return None
        trend = trend_of(self.by_sweep_MOhm)
        return trend.change if trend.stands_out(two_sided_quantile(trend.count - 2, RS_DRIFT_LEVEL)) else None


def membrane_test(sweeps: Sweeps) -> MembraneTest | None:
    """Test the membrane with the best small step of a recording; None without a usable one."""
    recording = sweeps.recording
    steps = steps_of(recording, sweeps.flats)
    if not steps:
        return None
    step = max(steps, key=lambda one: min(one.length, one.before_length) * len(one.sweeps))
    window = _transient_window(recording, step, steps)
    weights = step.change_mV**2 / (step.change_mV @ step.change_mV)
    if weights.max() > MAX_SWEEP_WEIGHT or window.length < MIN_TEST_STEP_SAMPLES:
        return None
    start, samples = np.array(step.starts) - window.before, window.before + window.length + window.after
    i_pA = sweeps.windows_in_parts(step.sweeps, start, samples)
    rows = _PerStepHeight(i_pA, step.change_mV)
    test = None
    limit_pA = recording.digitiser_limit_pA
    clipped = limit_pA is not None and any(
        float(np.abs(part).max()) >= CLIPPED_FRACTION * limit_pA for part in i_pA.parts()
    )
    if (
        not clipped
        and window.length
        >= MIN_TEST_STEP_SAMPLES
        + TEST_STEP_FILTER_PERIODS * window.filter_samples
        + TEST_STEP_SKIPPED_RATIO * window.skipped
    ):
        test = _from_charging(fitted(rows, weights, window), weights, 1000.0 / recording.sample_rate_Hz, window)
    return test or MembraneTest(None, None, _input_resistance(sweeps, step, weights))


@dataclass(frozen=True, slots=True)
class _PerStepHeight:
    """Rows divided by the height of the step in each sweep, (sweeps,)."""

    rows: RowParts
    change_mV: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Number of sweeps, and of samples in each."""
        return self.rows.shape

    def parts(self) -> Iterator[FloatArray]:
        """Some sweeps at a time."""
        first = 0
        for part in self.rows.parts():
            yield part / self.change_mV[first : first + len(part), None]
            first += len(part)


def without_transient(test: MembraneTest) -> MembraneTest:
    """The test without its transient, for a recording whose transient is known not to be that of the cell."""
    return MembraneTest(None, None, test.rm_MOhm)


def _transient_window(recording: Recording, step: Step, steps: list[Step]) -> TransientWindow:
    """Samples that are fitted: the baseline, the step, and the step back where all sweeps share it."""
    dt_ms = 1000.0 / recording.sample_rate_Hz
    longest = round(TEST_STEP_MAX_ms / dt_ms)
    end = step.starts[0] + step.length
    back = [one.length for one in steps if one.starts[0] == end and np.array_equal(one.change_mV, -step.change_mV)]
    before, length = min(max(step.before_length // BASELINE_END_DIVISOR, 2), longest), min(step.length, longest)
    after = min(back[0], longest) if back and step.length <= longest else 0
    lowpass = recording.telegraph.lowpass_Hz
    if lowpass is None or lowpass > NYQUIST_FRACTION * recording.sample_rate_Hz:
        rig = (
            UNKNOWN_FILTER_PERIOD_SAMPLES,
            FILTER_FREQUENCY_RELATIVE_SD * UNKNOWN_FILTER_PERIOD_SAMPLES,
            UNKNOWN_FILTER_LAG_SAMPLES,
            UNKNOWN_FILTER_LAG_SD_SAMPLES,
            UNKNOWN_FILTER_SKIPPED_SAMPLES,
        )
        return TransientWindow(before, length, after, *rig)
    period = recording.sample_rate_Hz / lowpass
    lag_sd = float(np.hypot(STEP_LAG_SD_SAMPLES, AMPLIFIER_LAG_SD_ms / dt_ms))
    return TransientWindow(
        before, length, after, period, FILTER_FREQUENCY_RELATIVE_SD * period, STEP_LAG_SAMPLES, lag_sd
    )


def _from_charging(found: Charging, weights: FloatArray, dt_ms: float, window: TransientWindow) -> MembraneTest | None:
    """Membrane properties from a fitted charging current; None if it is not one.

    A relaxation slower than any charging belongs to the channels, unless it starts with more conductance than it
    leaves: the resistance of the membrane is the one before it.
    """
    conductance = _without_each(found.conductance, weights)
    charges, taus = _without_each(found.charges, weights), _without_each(found.taus, weights)
    opening = charges.shape[0] == 2 and abs(charges[1, 0] / taus[1, 0]) < conductance[0]
    if opening and taus[1, 0] * dt_ms > SLOWEST_CHARGING_ms:
        conductance = conductance + charges[1] / taus[1]
        charges, taus = charges[:1], taus[:1]
    charge = charges.sum(0)
    cell_like = found.misfit <= MAX_TRANSIENT_MISFIT and charge[0] > 0 and taus[-1, 0] * dt_ms <= SLOWEST_CHARGING_ms
    if not cell_like or taus[0, 0] < window.skipped:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        rs = taus[0] / (charges[0] + taus[0] * (conductance + (charges[1:] / taus[1:]).sum(0)))
        left = 1.0 - np.maximum(rs, 0.0) * conductance  # fraction of the step across the membrane
    if not left[0] > MIN_MEMBRANE_STEP_FRACTION or rs[0] * 1000.0 > MAX_SERIES_RESISTANCE_MOhm:
        return None
    total, resistance, capacitance, membrane = _ranged(
        np.stack([charge, 1000.0 * rs, charge * dt_ms / left**2, conductance / left]), weights
    )
    if total is None or total.value < DETECTION_SE * total.se:
        return None
    if resistance is not None and resistance.value <= resistance.se:
        resistance = None
    two = charges.shape[0] == 2
    tau = float(taus[:, 0] @ charges[:, 0] / charge[0]) * dt_ms
    return MembraneTest(
        resistance,
        capacitance if resistance is not None or window.filter_samples > MIN_FILTER_PERIOD_SAMPLES else None,
        _reciprocal(membrane),
        tau if tau > 0 else None,
        charges.shape[0],
        tuple((taus[:, 0] * dt_ms).tolist()),
        float(charges[1, 0] / charge[0]) if two else None,
        1000.0 * (rs[0] + (1.0 / weights - 1.0) * (rs[0] - rs[1 : 1 + weights.size])),
    )


def _without_each(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Replace the value of each sweep, along the last axis after that of the mean, by the mean without that sweep."""
    left = values.copy()
    each = slice(1, 1 + weights.size)
    left[..., each] = (values[..., :1] - weights * values[..., each]) / (1.0 - weights)
    return left


def _ranged(values: FloatArray, weights: FloatArray) -> list[Ranged | None]:
    """Values of the mean, with errors from leaving out each sweep and from the uncertainty of the rig.

    values : shape (properties, rows)
    """
    apart = values[:, 1:] - values[:, :1]
    of_sweeps = apart[:, : weights.size] * (1.0 - weights)
    alike = 1.0 / float(weights @ weights)  # effective number of sweeps of equal weight
    reach = (two_sided_quantile(round(alike - 1.0, 1)) / TWO_SIDED_95_ROUNDED) ** 2 * alike / (alike - 1.0)
    se = np.sqrt(reach * (of_sweeps**2).sum(1) + (apart[:, weights.size :] ** 2).sum(1))
    known = np.isfinite(se)
    return [
        Ranged(value, error) if good else None
        for value, error, good in zip(values[:, 0].tolist(), se.tolist(), known.tolist(), strict=True)
    ]


def _reciprocal(conductance: Ranged | None) -> Ranged | None:
    """Resistance [MΩ] of a conductance [pA/mV]; None if that is not significant."""
    if conductance is None or conductance.value < DETECTION_SE * conductance.se or conductance.value <= 0:
        return None
    return Ranged(1000.0 / conductance.value, 1000.0 * conductance.se / conductance.value**2)


def _means(rows: FloatArray) -> FloatArray:
    return np.asarray(rows.mean(1))


def _input_resistance(sweeps: Sweeps, step: Step, weights: FloatArray) -> Ranged | None:
    """R_m as the input resistance, from the last quarter of the step: too large by the unknown R_s."""
    start, last, before = (
        np.array(step.starts),
        max(step.length // INPUT_RESISTANCE_END_DIVISOR, MIN_MEAN_SAMPLES),
        max(step.before_length // BASELINE_END_DIVISOR, 2),
    )
    at_end, at_start = (
        by_row(_means, sweeps.windows_in_parts(step.sweeps, first, length, averaged(length)))
        for first, length in ((start + step.length - last, last), (start - before, before))
    )
    steady = (at_end - at_start) / step.change_mV
    mean = float(weights @ steady)
    whole = _reciprocal(_ranged(_without_each(np.append(mean, steady), weights)[None], weights)[0])
    return None if whole is None else Ranged(whole.value, float(np.hypot(whole.se, TYPICAL_SERIES_RESISTANCE_MOhm)))
