"""The membrane test: R_s, C_m and R_m from the transient of a small step, with intervals from leaving out sweeps.

The current after a step of ΔV settles as I_ss + ΔI e^(−t/τ): R_s = ΔV/(I(0) − I_before),
R_s + R_m = ΔV/(I_ss − I_before), C_m = τ (1/R_s + 1/R_m). A filter delays the transient; the fit starts when the filter
has passed it and goes back to the edge as the filter delays it. A transient too fast for that keeps its charge and its
mean time through any filter, so C_m and R_s are then taken from these. What is measured is the resistance that
compensation leaves.
Sources: Gentet, Stuart & Clements, Biophys. J. 79:314 (2000), for C_m of a whole-cell transient; Thomson, IEEE Trans.
Inf. Theory 5:148 (1959), for the delay of a Bessel filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.measure.stretches import stack, steps_of
from analysis.recordings.model import Recording

FloatArray = NDArray[np.float64]

DELAY = 0.336  # of a four-pole Bessel filter, in periods of its −3 dB frequency
TAUS = 60
TWO_BETTER_BY = 4.0  # ΔAICc from which two exponentials are believed
TIMING = 0.25  # samples to which the begin of the step is known, standard deviation
MISSED = 0.15  # of the charge before the fit begins that it may miss
SLOWEST_MS = 5.0  # a slower relaxation is no charging of a cell through a pipette
CLEAR = 4.0  # standard errors a transient's charge must stand out


@dataclass(frozen=True, slots=True)
class Ranged:
    """A value with its standard error."""

    value: float
    se: float

    @property
    def low(self) -> float:
        """Lower 95 % limit."""
        return self.value - 1.96 * self.se

    @property
    def high(self) -> float:
        """Upper 95 % limit."""
        return self.value + 1.96 * self.se


@dataclass(frozen=True, slots=True)
class MembraneTest:
    """What a small step says of a cell; a property that it cannot say is None.

    rs_MOhm : series resistance left by compensation; cm_pF, rm_MOhm : capacitance and input resistance of the membrane
    tau_ms : time constant of the clamp
    exponentials : 1 or 2 for a fit extrapolated to the edge, 0 for charge and mean time
    by_sweep_MOhm : R_s of each sweep where it can be had, for its drift, shape (sweeps,)
    """

    rs_MOhm: Ranged | None
    cm_pF: Ranged | None
    rm_MOhm: Ranged | None
    tau_ms: float | None
    exponentials: int
    by_sweep_MOhm: FloatArray | None

    def rs_drift(self) -> float | None:
        """Relative change of R_s from first to last sweep by its trend; None where it cannot be told from noise."""
        if self.by_sweep_MOhm is None or self.rs_MOhm is None or self.by_sweep_MOhm.size < 4:
            return None
        values, count = self.by_sweep_MOhm, self.by_sweep_MOhm.size
        order = np.arange(count) - (count - 1) / 2
        slope = float(order @ values) / float(order @ order)
        residual = values - values.mean() - slope * order
        error = np.sqrt(float(residual @ residual) / (count - 2) / float(order @ order))
        return slope * (count - 1) / self.rs_MOhm.value if abs(slope) > CLEAR * error else None


def membrane_test(recording: Recording) -> MembraneTest | None:
    """Test the membrane on the best small step of a recording; None where there is none of use."""
    steps = steps_of(recording)
    if not steps:
        return None
    step = max(steps, key=lambda one: min(one.length, one.before_length) * len(one.sweeps))
    dt_ms = 1000.0 / recording.sample_rate_Hz
    lowpass = recording.telegraph.lowpass_Hz
    length = min(step.length, round(40.0 / dt_ms))
    after = stack(recording, step.sweeps, np.array(step.starts), length) / step.change_mV[:, None]
    quiet = max(step.before_length // 2, 2)
    before = stack(recording, step.sweeps, np.array(step.starts) - quiet, quiet).mean(1) / step.change_mV
    rows = _with_leave_one_out(after - before[:, None])
    if rows.shape[0] == 1 or length < 16:
        return None
    late = rows[:, -max(length // 4, 4) :].mean(1)  # nS/1000: pA per mV
    dead = max(round(1000.0 / lowpass / dt_ms), 2) if lowpass else 3
    delay = DELAY * 1000.0 / lowpass / dt_ms if lowpass else 0.0
    answer = _by_fit(rows, dead, delay) or _by_charge(rows, late, dead, delay)
    if answer is None or not 0 < answer[3][0] * dt_ms < SLOWEST_MS:
        return MembraneTest(None, None, _input_resistance(late), None, 0, None)
    rs, cm, rm, tau, kind = answer
    return MembraneTest(
        _timed(_jackknife(rs * 1000.0), TIMING * dt_ms, cm[0] * dt_ms),
        _jackknife(cm * dt_ms),
        _jackknife(rm * 1000.0) or _input_resistance(late),
        float(tau[0] * dt_ms),
        kind,
        _single_sweeps(rs * 1000.0),
    )


Answer = tuple[FloatArray, FloatArray, FloatArray, FloatArray, int]


def _with_leave_one_out(rows: FloatArray) -> FloatArray:
    """Mean over the sweeps, then the means without each of them; the mean alone for a single sweep."""
    count = rows.shape[0]
    mean = rows.mean(0, keepdims=True)
    if count < 3:
        return np.asarray(mean)
    return np.concatenate([np.asarray(mean), (count * mean - rows) / (count - 1)])


def _by_fit(rows: FloatArray, dead: int, delay: float) -> Answer | None:
    """R_s, C_m, R_m per mean from exponentials extrapolated to the edge; None where the clamp is too fast for it.

    A fit that saw only a slower relaxation misses charge before its begin: then it is not the transient's.
    """
    grids = _grids(rows.shape[1], dead, delay)
    time, y = grids.time, rows[:, dead:]
    one, two = _separable(time, y, grids.one), _separable(time, y, grids.two)
    n = time.size
    gain = n * np.log(max(one[0][0], 1e-300) / max(two[0][0], 1e-300)) - 4.0 * (1 + 5.0 / n)
    _, start, charge, plateau = two if gain > TWO_BETTER_BY else one
    kind = 2 if gain > TWO_BETTER_BY else 1
    tau = charge / np.where(start == 0, np.nan, start)
    if not np.all(tau > 0.8 * dead) or not np.all(start > 0) or not np.all(start + plateau > 0):
        return None
    until = dead - delay
    predicted = charge[0] * -np.expm1(-until / tau[0]) + plateau[0] * until
    if abs(float(rows[0, :dead].sum()) - predicted) > MISSED * predicted:
        return None
    rs = 1.0 / (start + plateau)
    return _complete(rs, charge, plateau, tau, kind)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Models on a grid: time constants of each, and their orthonormal bases, (models, samples, parameters)."""

    taus: tuple[tuple[float, ...], ...]
    basis: FloatArray


@dataclass(frozen=True, slots=True)
class _Grids:
    """Times after the edge in samples, and the grids of one and of two exponentials."""

    time: FloatArray
    one: _Grid
    two: _Grid


@lru_cache(maxsize=16)
def _grids(length: int, dead: int, delay: float) -> _Grids:
    """Grids for transients of one length; the same for every recording of a protocol."""
    time = np.arange(dead, length, dtype=float) - delay
    taus = np.geomspace(max(dead / 2.0, 1.0), length / 3.0, TAUS).tolist()
    coarse = taus[::4]
    one = tuple((tau,) for tau in taus)
    two = tuple((a, b) for a in coarse for b in coarse if b > 3 * a)
    return _Grids(
        time, *(_Grid(each, np.linalg.qr(np.array([_columns(time, t) for t in each]))[0]) for each in (one, two))
    )


def _separable(time: FloatArray, y: FloatArray, grid: _Grid) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Best model of each row: misfit, amplitude at time 0, charge and plateau, each (rows,).

    The model is chosen on the first row; neighbours on the grid refine a single time constant.
    """
    sums = ((y[0] ** 2).sum() - ((y[0] @ grid.basis) ** 2).sum(-1)).tolist()
    taus = grid.taus[int(np.argmin(sums))]
    if len(taus) == 1:
        return _linear_in_tau(time, y, _refined([tau for (tau,) in grid.taus], sums))
    columns = _columns(time, taus)
    solution = np.linalg.lstsq(columns, y.T, rcond=None)[0]
    misfit = ((y.T - columns @ solution) ** 2).sum(0)
    return misfit, solution[1:].sum(0), np.array(taus) @ solution[1:], solution[0]


def _linear_in_tau(
    time: FloatArray, y: FloatArray, tau: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """One exponential near ``tau`` for every row: the fit is linear in the change of τ, so each row gets its own."""
    decay = np.exp(-time / tau)
    mean = np.linalg.lstsq(_columns(time, (tau,)), y[0], rcond=None)[0]
    columns = np.stack([np.ones_like(time), decay, mean[1] * decay * time / tau**2], axis=1)
    solution = np.linalg.lstsq(columns, y.T, rcond=None)[0]
    misfit = ((y.T - columns @ solution) ** 2).sum(0)
    return misfit, solution[1], solution[1] * (tau + solution[2]), solution[0]


def _refined(taus: list[float], sums: list[float]) -> float:
    """Minimum of a parabola through the best grid point and its neighbours, in log τ."""
    n = int(np.argmin(sums))
    if n in (0, len(sums) - 1):
        return taus[n]
    left, middle, right = sums[n - 1 : n + 2]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend > 0 else 0.0
    return float(taus[n] * (taus[n + 1] / taus[n]) ** shift)


def _columns(time: FloatArray, taus: tuple[float, ...]) -> FloatArray:
    return np.stack([np.ones_like(time), *(np.exp(-time / tau) for tau in taus)], axis=1)


def _by_charge(rows: FloatArray, late: FloatArray, dead: int, delay: float) -> Answer | None:
    """R_s, C_m, R_m from the charge of the transient and its mean time; None where the charge does not stand out.

    The slower rest of the current is a line through the samples after the transient, led back to the edge.
    """
    half = min(6 * dead, rows.shape[1] // 4)
    after = np.arange(half, min(4 * half, rows.shape[1]), dtype=float)
    line = np.polynomial.polynomial.polyfit(after, rows[:, half : half + after.size].T, 1)
    transient = rows[:, :half] - (line[0][:, None] + line[1][:, None] * np.arange(half))
    since = np.where(np.arange(half) < delay, 0.0, 1.0)  # before the delay is over the rest has not come through
    transient = transient + (1.0 - since) * line[0][:, None]
    charge = transient.sum(1)
    count = rows.shape[0] - 1
    spread = np.sqrt((count - 1) / count * ((charge[1:] - charge[1:].mean()) ** 2).sum())
    if charge[0] < CLEAR * spread or charge[0] <= 0:
        return None
    time = np.arange(half, dtype=float)
    tau = (transient @ time) / charge - delay
    per_charge = tau / charge
    with np.errstate(divide="ignore", invalid="ignore"):
        input_resistance = np.where(late > 0, 1.0 / late, np.inf)
        rs = np.where(late > 0, per_charge * input_resistance / (input_resistance + per_charge), per_charge)
    return _complete(rs, charge, late, tau, 0)


def _complete(rs: FloatArray, charge: FloatArray, plateau: FloatArray, tau: FloatArray, kind: int) -> Answer:
    """Add C_m and R_m: C_m is the charge times ((R_s + R_m)/R_m)², for the membrane gets only its part of the step."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rm = np.where(plateau > 0, 1.0 / plateau - rs, np.nan)
        share = np.where(plateau > 0, rm * plateau, 1.0)
    return rs, charge / share**2, rm, tau, kind


def _jackknife(values: FloatArray) -> Ranged | None:
    """Value of the mean with its jackknife error; None where the value or its error cannot be had."""
    others = values[1:]
    if not np.all(np.isfinite(values)) or others.size < 3:
        return None
    se = float(np.sqrt((others.size - 1) / others.size * ((others - others.mean()) ** 2).sum()))
    return Ranged(float(values[0]), se) if values[0] > se else None


def _timed(rs: Ranged | None, timing_ms: float, cm_pF: float) -> Ranged | None:
    """R_s with the error that the unknown begin of the step within its sample adds to τ = R_s C_m."""
    if rs is None:
        return None
    return Ranged(rs.value, float(np.hypot(rs.se, 1000.0 * timing_ms / cm_pF)))


def _input_resistance(late: FloatArray) -> Ranged | None:
    """R_m where R_s is not known: the whole input resistance, if the current stands out."""
    conductance = _jackknife(late)
    if conductance is None or conductance.value < CLEAR * conductance.se:
        return None
    return Ranged(1000.0 / conductance.value, 1000.0 * conductance.se / conductance.value**2)


def _single_sweeps(values: FloatArray) -> FloatArray | None:
    """Value of each sweep, back from the means without it (pseudo-values)."""
    others = values[1:]
    if others.size < 3 or not np.all(np.isfinite(values)):
        return None
    return np.asarray(others.size * values[0] - (others.size - 1) * others)
