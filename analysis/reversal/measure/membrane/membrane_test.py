"""The membrane test: R_s, C_m and R_m from the transient of a small step, with intervals from leaving out sweeps.

The current per step height begins at 1/R_s and settles to 1/(R_s + R_m), and the charge between the two is
C_m (R_m/(R_s + R_m))²; :mod:`reversal.measure.membrane.charging_model` fits it through the filter to
both edges of the step. What is measured is the resistance that compensation leaves. A transient that is no charging
current, as one that the amplifier has cancelled, gives neither R_s nor C_m.
Source: Gentet, Stuart & Clements, Biophys. J. 79:314 (2000), for C_m of a whole-cell transient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.membrane.charging_model import Charging, TransientWindow, fitted
from reversal.measure.protocol.shared_epochs import Step, stack, steps_of
from reversal.recordings.recording import Recording
from reversal.statistics.normal import TWO_SIDED_95_ROUNDED
from reversal.statistics.student_t import two_sided_quantile
from reversal.statistics.trend import trend_of

LAG, LAG_SD = 0.4, 0.3  # of the edge behind the sample that the command names, in samples
LAG_SD_MS = 0.005  # what amplifiers add to that
FILTER_SD = 0.03  # of the filter's frequency, relative
# where the file does not tell the filter: its period, the lag with the delay it may add, and the samples left out
UNTOLD_PERIOD, UNTOLD_LAG, UNTOLD_LAG_SD, UNTOLD_SKIPPED = 5.0, 3.0, 3.0, 16
TYPICAL_MOhm = 10.0  # series resistance, where the step does not tell it
LONGEST_MS, SHORTEST = 40.0, 16  # of a step: what is looked at, and samples it needs
SLOWEST_MS = 5.0  # a slower relaxation is no charging of a cell through a pipette
LARGEST_MOhm = 100.0  # no series resistance of a clamped cell
MISFIT = 0.2  # part of a transient that the model may leave
CLIPPED = 0.999  # of the digitiser's range
SAMPLED = 4.0  # samples in a period of the filter from which its response to a pulse keeps the charge
ALONE = 0.8  # of the weight: a sweep that leaves too little to the others to tell its error from
DRIFT_LEVEL = 0.999  # at which a trend of R_s over the sweeps is no noise
CLEAR = 4.0  # standard errors that a charge or a conductance must stand out


@dataclass(frozen=True, slots=True)
class Ranged:
    """A value with its standard error: the half width of its 95 % interval over 1.96, however few sweeps there are."""

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
    """What a small step says of a cell; a property that it cannot say is None.

    rs_MOhm : series resistance left by compensation; cm_pF, rm_MOhm : capacitance and input resistance of the membrane
    tau_ms : time constant of the clamp, the mean over the charge of two
    exponentials : compartments in the transient, 0 where it is no charging current
    taus_ms, slower_part : time constants of the transient, the fast one first, and the part of its charge that comes
    with the slower of two; None where there is one
    by_sweep_MOhm : R_s of each sweep where it can be had, for its drift, shape (sweeps,)
    """

    rs_MOhm: Ranged | None
    cm_pF: Ranged | None
    rm_MOhm: Ranged | None
    tau_ms: float | None = None
    exponentials: int = 0
    taus_ms: tuple[float, ...] = ()
    slower_part: float | None = None
    by_sweep_MOhm: FloatArray | None = None

    def rs_drift_MOhm(self) -> float | None:
        """Change of R_s from first to last sweep by its trend; None where it cannot be told from noise."""
        if self.by_sweep_MOhm is None or self.by_sweep_MOhm.size < 4:
            return None
        trend = trend_of(self.by_sweep_MOhm)
        return trend.change if trend.stands_out(two_sided_quantile(trend.count - 2, DRIFT_LEVEL)) else None


def membrane_test(recording: Recording) -> MembraneTest | None:
    """Test the membrane on the best small step of a recording; None where there is none of use."""
    steps = steps_of(recording)
    if not steps:
        return None
    step = max(steps, key=lambda one: min(one.length, one.before_length) * len(one.sweeps))
    window = _transient_window(recording, step, steps)
    weights = step.change_mV**2 / (step.change_mV @ step.change_mV)
    if weights.max() > ALONE or window.length < SHORTEST:
        return None
    begin, samples = np.array(step.starts) - window.before, window.before + window.length + window.after
    i_pA = stack(recording, step.sweeps, begin, samples)
    rows = i_pA / step.change_mV[:, None]
    told = None
    limit_pA = recording.digitiser_limit_pA
    clipped = limit_pA is not None and float(np.abs(i_pA).max()) >= CLIPPED * limit_pA
    if not clipped and window.length >= SHORTEST + 2.0 * window.filter_samples + 4 * window.skipped:
        told = _told(fitted(rows, weights, window), weights, 1000.0 / recording.sample_rate_Hz, window)
    return told or MembraneTest(None, None, _input_resistance(recording, step, weights))


def without_transient(test: MembraneTest) -> MembraneTest:
    """The test of a recording that is known to show another transient than the cell's."""
    return MembraneTest(None, None, test.rm_MOhm)


def _transient_window(recording: Recording, step: Step, steps: list[Step]) -> TransientWindow:
    """Samples that are fitted: the quiet before the step, the step, and the way back where all sweeps share it."""
    dt_ms = 1000.0 / recording.sample_rate_Hz
    longest = round(LONGEST_MS / dt_ms)
    end = step.starts[0] + step.length
    back = [one.length for one in steps if one.starts[0] == end and np.array_equal(one.change_mV, -step.change_mV)]
    before, length = min(max(step.before_length // 2, 2), longest), min(step.length, longest)
    after = min(back[0], longest) if back and step.length <= longest else 0
    lowpass = recording.telegraph.lowpass_Hz
    if lowpass is None or lowpass > 0.5 * recording.sample_rate_Hz:
        rig = (UNTOLD_PERIOD, FILTER_SD * UNTOLD_PERIOD, UNTOLD_LAG, UNTOLD_LAG_SD, UNTOLD_SKIPPED)
        return TransientWindow(before, length, after, *rig)
    period = recording.sample_rate_Hz / lowpass
    lag_sd = float(np.hypot(LAG_SD, LAG_SD_MS / dt_ms))
    return TransientWindow(before, length, after, period, FILTER_SD * period, LAG, lag_sd)


def _told(found: Charging, weights: FloatArray, dt_ms: float, window: TransientWindow) -> MembraneTest | None:
    """What a fitted charging current says of the cell; None where it is none.

    A relaxation slower than any charging is of the channels, unless it begins with more conductance than it leaves:
    the membrane's resistance is the one before it.
    """
    conductance = _without_each(found.conductance, weights)
    charges, taus = _without_each(found.charges, weights), _without_each(found.taus, weights)
    opening = charges.shape[0] == 2 and abs(charges[1, 0] / taus[1, 0]) < conductance[0]
    if opening and taus[1, 0] * dt_ms > SLOWEST_MS:
        conductance = conductance + charges[1] / taus[1]
        charges, taus = charges[:1], taus[:1]
    charge = charges.sum(0)
    cell_like = found.misfit <= MISFIT and charge[0] > 0 and taus[-1, 0] * dt_ms <= SLOWEST_MS
    if not cell_like or taus[0, 0] < window.skipped:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        rs = taus[0] / (charges[0] + taus[0] * (conductance + (charges[1:] / taus[1:]).sum(0)))
        left = 1.0 - np.maximum(rs, 0.0) * conductance  # part of the step that the membrane gets
    if not left[0] > 0.5 or rs[0] * 1000.0 > LARGEST_MOhm:
        return None
    total, resistance, capacitance, membrane = _ranged(
        np.stack([charge, 1000.0 * rs, charge * dt_ms / left**2, conductance / left]), weights
    )
    if total is None or total.value < CLEAR * total.se:
        return None
    if resistance is not None and resistance.value <= resistance.se:
        resistance = None
    two = charges.shape[0] == 2
    tau = float(taus[:, 0] @ charges[:, 0] / charge[0]) * dt_ms
    return MembraneTest(
        resistance,
        capacitance if resistance is not None or window.filter_samples > SAMPLED else None,
        _reciprocal(membrane),
        tau if tau > 0 else None,
        charges.shape[0],
        tuple((taus[:, 0] * dt_ms).tolist()),
        float(charges[1, 0] / charge[0]) if two else None,
        1000.0 * (rs[0] + (1.0 / weights - 1.0) * (rs[0] - rs[1 : 1 + weights.size])),
    )


def _without_each(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Replace each sweep's value, along the last axis after the mean's, by the mean without that sweep."""
    left = values.copy()
    each = slice(1, 1 + weights.size)
    left[..., each] = (values[..., :1] - weights * values[..., each]) / (1.0 - weights)
    return left


def _ranged(values: FloatArray, weights: FloatArray) -> list[Ranged | None]:
    """Values of the mean; their errors by leaving out each sweep, and by what is not known of the rig.

    values : shape (properties, rows)
    """
    apart = values[:, 1:] - values[:, :1]
    of_sweeps = apart[:, : weights.size] * (1.0 - weights)
    alike = 1.0 / float(weights @ weights)  # sweeps of equal weight that would say as much
    reach = (two_sided_quantile(round(alike - 1.0, 1)) / TWO_SIDED_95_ROUNDED) ** 2 * alike / (alike - 1.0)
    se = np.sqrt(reach * (of_sweeps**2).sum(1) + (apart[:, weights.size :] ** 2).sum(1))
    known = np.isfinite(se)
    return [
        Ranged(value, error) if good else None
        for value, error, good in zip(values[:, 0].tolist(), se.tolist(), known.tolist(), strict=True)
    ]


def _reciprocal(conductance: Ranged | None) -> Ranged | None:
    """Resistance [MΩ] of a conductance [pA/mV], where that stands out."""
    if conductance is None or conductance.value < CLEAR * conductance.se or conductance.value <= 0:
        return None
    return Ranged(1000.0 / conductance.value, 1000.0 * conductance.se / conductance.value**2)


def _input_resistance(recording: Recording, step: Step, weights: FloatArray) -> Ranged | None:
    """R_m as the input resistance, from the last quarter of the step: too large by an R_s that is not known."""
    begin, last, before = np.array(step.starts), max(step.length // 4, 4), max(step.before_length // 2, 2)
    at_end = stack(recording, step.sweeps, begin + step.length - last, last).mean(1)
    steady = (at_end - stack(recording, step.sweeps, begin - before, before).mean(1)) / step.change_mV
    mean = float(weights @ steady)
    whole = _reciprocal(_ranged(_without_each(np.append(mean, steady), weights)[None], weights)[0])
    return None if whole is None else Ranged(whole.value, float(np.hypot(whole.se, TYPICAL_MOhm)))
