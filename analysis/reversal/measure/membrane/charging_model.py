"""The charging current of a cell through pipette and filter after a small step, and its fit.

Through a series resistance a step of ΔV gives I(t)/ΔV = g + Σ (Q_k/τ_k) e^(−t/τ_k), with the input conductance g and a
charge and a time constant for each compartment. The recorded current has passed the amplifier's four-pole Bessel filter
and is again a sum of exponentials. The fit therefore needs no dead time and no extrapolation, and a transient much
faster than the filter still gives its charge and its mean time. The step reaches the cell slightly after the sample in
the command; this lag is a parameter with a prior. Times are in samples.
Source: Thomson, IEEE Trans. Inf. Theory 5:148 (1959), for the filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.measure.membrane.membrane_constants import (
    AICC_PARAMETER_COST,
    AICC_SMALL_SAMPLE,
    BIN_TIME_OVER_WIDTH,
    CHARGING_PAIR_TAU_GRID_SIZE,
    CHARGING_STEP_TOLERANCE,
    CHARGING_TAU_GRID_SIZE,
    FASTEST_TAU_PERIODS,
    FASTEST_TAU_SKIPPED_FRACTION,
    FILTER_MODEL_MISFIT_FRACTION,
    FILTER_PULSE_END_PERIODS,
    FILTER_PULSE_PERIODS,
    FILTER_RESPONSE_PERIODS,
    INDEPENDENT_SAMPLES_PER_PERIOD,
    MAX_CHARGING_ITERATIONS,
    MAX_SLOW_TAU_FRACTION,
    MAX_TAU_STEP_FACTOR,
    MIN_FITTED_TAU_SAMPLES,
    MIN_TAU_RATIO,
    NORMAL_EQUATION_RIDGE,
    PRIOR_LIMIT_SD,
    PULSE_MISFIT_FACTOR,
    QUIET_BINS,
    SECOND_COMPARTMENT_DELTA_AICC,
    SECOND_COMPARTMENT_FAST_RATIO,
    SECOND_COMPARTMENT_TRIAL_RATIO,
    SLOWEST_TAU_DIVISOR,
    UNBINNED_SAMPLES,
    WELL_SAMPLED_PERIOD,
)
from reversal.statistics.row_parts import Rows, by_row

Taus = tuple[float, ...]

PRIOR_ROWS = np.array([-2, -1])  # unknowns with a prior: period of the filter, lag


@dataclass(frozen=True, slots=True)
class TransientWindow:
    """Samples around a small step that are fitted together.

    before, length, after : samples before the step, at the new level, and back at the old one (0: not fitted)
    filter_samples, filter_sd : period of the filter's −3 dB frequency and its standard deviation
    lag, lag_sd : delay of the step relative to the command and its standard deviation
    skipped : samples after each step that are left out
    """

    before: int
    length: int
    after: int
    filter_samples: float
    filter_sd: float
    lag: float
    lag_sd: float
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Charging:
    """A fitted charging current: the mean in row 0, then each sweep, then the mean with each possible error of the rig.

    conductance : g, shape (rows,); charges, taus : Q_k, τ_k, shape (compartments, rows), the faster one first
    misfit : root mean square of the residual without noise, divided by that of the transient
    """

    conductance: FloatArray
    charges: FloatArray
    taus: FloatArray
    misfit: float


@dataclass(frozen=True, slots=True)
class _Axis:
    """Bins of a window.

    starts, width : first sample and samples of each bin; root : root of the width, 0 where left out
    time : of each bin after each step, shape (steps, bins); shown : the root, 0 before the step
    near : indices of the flat ``time`` within the response of the filter; judged : bins in which the misfit is measured
    """

    starts: NDArray[np.intp]
    width: FloatArray
    root: FloatArray
    time: FloatArray
    shown: FloatArray
    near: NDArray[np.intp]
    judged: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Models on a grid of time constants: orthonormal columns, and matrices that give the amplitudes by least squares.

    basis : shape (models, bins, amplitudes); start : shape (models, amplitudes, bins)
    slowest : gives the charge of the slowest compartment from the bins by which a model is chosen, (models, bins)
    """

    taus: tuple[Taus, ...]
    basis: FloatArray
    start: FloatArray
    slowest: FloatArray

    @property
    def fastest(self) -> FloatArray:
        """Fastest time constant of each model."""
        return np.array([taus[0] for taus in self.taus])

    def best(self, y: FloatArray, allowed: NDArray[np.bool_] | bool = True) -> int:
        """Index of the model with the smallest residual among those allowed."""
        return int((((y @ self.basis) ** 2).sum(-1) * allowed).argmax())


@dataclass(frozen=True, slots=True)
class _Descended:
    """A fit, its residual sum of squares, and the one expected from noise and filter."""

    found: Charging
    residual: float
    expected: float


def fitted(rows: Rows, weights: FloatArray, window: TransientWindow) -> Charging:
    """Fit one compartment, or two if ΔAICc favours them, to the same window of several sweeps.

    rows : current per step height, shape (sweeps, before + length + after); weights : of the sweeps, sum 1
    """
    axis, (ones, twos) = _axis(window), _grids(window)
    binned = by_row(lambda part: np.add.reduceat(part, axis.starts, axis=1) / axis.width * axis.root, rows)
    mean = weights @ binned
    y = np.vstack([mean, binned])
    one = _descended(y, weights, window, ones, ones.best(mean))
    if one.residual < SECOND_COMPARTMENT_TRIAL_RATIO * one.expected:
        return one.found
    # with a second compartment, the fit of one appears slower, never faster
    fast_enough = twos.fastest <= max(
        SECOND_COMPARTMENT_FAST_RATIO * float(one.found.taus[0, 0]), float(twos.fastest.min())
    )
    possible: NDArray[np.bool_] = np.asarray((twos.slowest @ mean > 0) & fast_enough)
    if not possible.any():
        return one.found
    two = _descended(y, weights, window, twos, twos.best(mean, possible))
    (fast, slow), charges = two.found.taus[:, 0], two.found.charges[:, 0]
    apart = slow > MIN_TAU_RATIO * fast > 0 and charges.min() > 0 and slow < MAX_SLOW_TAU_FRACTION * window.length
    return (
        two.found
        if apart and _gain(one.residual, two.residual, axis, window) > SECOND_COMPARTMENT_DELTA_AICC
        else one.found
    )


@lru_cache(maxsize=1)
def bessel() -> tuple[list[complex], list[complex]]:
    """Upper poles of a four-pole Bessel filter of −3 dB frequency 1, and the residues of its impulse response."""
    poles = np.roots([1.0, 10.0, 45.0, 105.0, 105.0])
    power = np.array([1.0, 10.0, 135.0, 1575.0, 105.0**2])  # |denominator|² in powers of ω²
    roots = np.roots(power - np.array([0.0, 0.0, 0.0, 0.0, 2 * 105.0**2]))
    corner = float(np.sqrt(roots[(np.abs(roots.imag) < 1e-9) & (roots.real > 0)].real[0]))
    poles = poles * (2 * np.pi / corner)
    height = float(np.prod(poles).real)
    residues = np.array([height / np.prod([one - other for other in poles if other != one]) for one in poles])
    upper = poles.imag > 0
    return poles[upper].tolist(), residues[upper].tolist()


def _gain(one: float, two: float, axis: _Axis, window: TransientWindow) -> float:
    """ΔAICc of two compartments over one; the effective sample number accounts for the filter."""
    n = np.count_nonzero(axis.root) / max(1.0, window.filter_samples / INDEPENDENT_SAMPLES_PER_PERIOD)
    return float(n * np.log(max(one, 1e-300) / max(two, 1e-300)) - AICC_PARAMETER_COST * (1 + AICC_SMALL_SAMPLE / n))


def _descended(y: FloatArray, weights: FloatArray, window: TransientWindow, grid: _Grid, model: int) -> _Descended:
    """Gauss–Newton from a model on the grid for the mean, then one linear step for each sweep.

    Unknowns are level, conductance, charges, changes of the time constants, of the filter period and of the lag; the
    last two have a prior.
    """
    axis, taus, mean, count = _axis(window), grid.taus[model], y[0], len(grid.taus[model])
    linear, period, lag = grid.start[model] @ mean, window.filter_samples, window.lag
    sd = np.array([window.filter_sd, window.lag_sd])
    reach = FILTER_PULSE_PERIODS * window.filter_samples  # of the filter's response to a pulse
    deviation = FILTER_MODEL_MISFIT_FRACTION * max(1.0, WELL_SAMPLED_PERIOD / window.filter_samples) ** 2
    for _ in range(MAX_CHARGING_ITERATIONS):
        columns = _columns(axis, taus, period, lag, linear)
        height = float(np.abs(linear[2:] @ columns[2 : 2 + count]).max())
        left = mean - linear @ columns[: 2 + count]
        variance = float(left @ left) / left.size + (deviation * height) ** 2 + 1e-300
        gram, right = columns @ columns.T, columns @ mean
        gram[PRIOR_ROWS, PRIOR_ROWS] += variance / sd**2
        prior = variance * np.array([window.filter_samples - period, window.lag - lag]) / sd**2
        right[PRIOR_ROWS] += prior
        solution = _inverse(gram) @ right
        linear, change = solution[: 2 + count], solution[2 + count :].tolist()
        near = all(
            abs(moved) < CHARGING_STEP_TOLERANCE * (tau + reach) for moved, tau in zip(change, taus, strict=False)
        )
        if near and abs(change[-1]) < CHARGING_STEP_TOLERANCE * reach:
            break
        taus = tuple(
            min(
                max(tau + moved, tau / MAX_TAU_STEP_FACTOR, MIN_FITTED_TAU_SAMPLES),
                MAX_TAU_STEP_FACTOR * tau,
                float(window.length),
            )
            for tau, moved in zip(taus, change, strict=False)
        )
        period = _within(period + change[-2], window.filter_samples, window.filter_sd)
        lag = _within(lag + change[-1], window.lag, window.lag_sd)
    filter_error = deviation * height
    if taus[0] + change[0] <= 0:  # not distinguishable from a pulse: the transient is the response of the filter
        taus, filter_error = (0.0, *taus[1:]), PULSE_MISFIT_FACTOR * filter_error
        gram[2 + count], gram[:, 2 + count], columns[2 + count] = 0.0, 0.0, 0.0
    return _each_sweep(y, weights, axis, _Place(taus, columns, gram, prior, variance / sd, height, filter_error))


@dataclass(frozen=True, slots=True)
class _Place:
    """End point of the descent.

    columns, gram : model and its derivatives, shape (unknowns, bins), and their normal equations
    prior, prior_error : of the right side of the normal equations, from what is known of the rig
    height, filter_error : height of the transient, and possible deviation of a real filter
    """

    taus: Taus
    columns: FloatArray
    gram: FloatArray
    prior: FloatArray
    prior_error: FloatArray
    height: float
    filter_error: float


def _each_sweep(y: FloatArray, weights: FloatArray, axis: _Axis, at: _Place) -> _Descended:
    """One linear step for the mean, for each sweep, and for the mean with each possible error of the rig."""
    inverse, right, count = _inverse(at.gram), at.columns @ y.T, len(at.taus)
    right[PRIOR_ROWS] += at.prior[:, None]
    found = inverse @ right
    left = y[0] - found[:, 0] @ at.columns
    apart = y[1:] - found[:, 1:].T @ at.columns - left
    noise = weights**2 @ apart**2 * weights.size / (weights.size - 1)
    misfit = _misfit(left, noise, axis, found[2 : 2 + count, 0] @ at.columns[2 : 2 + count])
    early = at.columns[:, axis.judged] * max(at.filter_error, min(misfit, 1.0) * at.height)
    unsure = np.hstack([early, np.zeros((right.shape[0], PRIOR_ROWS.size))])
    unsure[PRIOR_ROWS, PRIOR_ROWS] = at.prior_error
    found = np.hstack([found, found[:, :1] + inverse @ unsure])
    made = Charging(
        found[1], found[2 : 2 + count], np.array(at.taus)[:, None] + found[2 + count : -PRIOR_ROWS.size], misfit
    )
    floor = axis.judged.size * at.filter_error**2
    return _Descended(made, float(left @ left) + floor, float(noise.sum()) + floor)


def _within(value: float, known: float, sd: float) -> float:
    """Value limited to some standard deviations from the known one."""
    return min(max(value, known - PRIOR_LIMIT_SD * sd), known + PRIOR_LIMIT_SD * sd)


def _inverse(gram: FloatArray) -> FloatArray:
    """Inverse of the matrix of normal equations; an unknown with an empty row stays at 0."""
    scale = _scale(gram)
    scaled = gram * scale * scale[:, None]
    np.fill_diagonal(scaled, 1.0 + NORMAL_EQUATION_RIDGE)
    return np.asarray(np.linalg.inv(scaled) * scale * scale[:, None])


def _scale(gram: FloatArray) -> FloatArray:
    """Factors that scale the diagonal to 1, where it is not 0."""
    diagonal = gram.diagonal()
    return np.asarray(1.0 / np.sqrt(diagonal + (diagonal == 0)))


def _misfit(left: FloatArray, noise: FloatArray, axis: _Axis, transient: FloatArray) -> float:
    """Root mean square of the residual without noise during the transient, divided by that of the transient."""
    excess = float((left[axis.judged] ** 2 - noise[axis.judged]).sum())
    power = float((transient[axis.judged] ** 2).sum())
    return float(np.sqrt(max(excess, 0.0) / power)) if power > 0 else np.inf


def _columns(axis: _Axis, taus: Taus, period: float, lag: float, linear: FloatArray | None = None) -> FloatArray:
    """Model by bins, shape (2 + compartments, bins), and with ``linear`` its derivatives by τ, period and lag.

    linear : level, conductance and charges at which the derivatives are taken
    """
    count, tau = len(taus), np.array(taus)
    flat = np.maximum(axis.time - lag, 0.0).reshape(-1)
    poles, residues = bessel()
    rate, weight = [pole / period for pole in poles], [residue / period for residue in residues]
    slower = [[1.0 / (1.0 + one * pole) for pole in rate] for one in taus]
    with_tau = [[2.0 * w * s for w, s in zip(weight, each, strict=True)] for each in slower]
    twice = [
        [r * w * s for r, w, s in zip(rate, one, each, strict=True)] for one, each in zip(with_tau, slower, strict=True)
    ]
    sums = np.array(
        [[2.0 * w / r for w, r in zip(weight, rate, strict=True)], [2.0 * w for w in weight], *with_tau, *twice]
    )
    decays = np.exp(np.array(rate)[:, None] * flat[axis.near])
    filtered = np.zeros((sums.shape[0], flat.size))
    filtered[:, axis.near] = sums.real @ decays.real - sums.imag @ decays.imag
    total = sums.real.sum(1)[:, None]
    own = np.exp(flat / -tau[:, None])
    parts = np.empty((4 + 2 * count if linear is not None else 2 + count, flat.size))
    parts[0] = 0.0
    parts[1] = filtered[0] + 1.0
    charge = parts[2 : 2 + count]
    charge[:] = filtered[2 : 2 + count] - total[2 : 2 + count] * own
    if linear is not None:
        slower_by = linear[2:, None] * (own * (total[2 + count :] - total[2 : 2 + count] / tau[:, None] ** 2 * flat))
        slower_by -= linear[2:, None] * filtered[2 + count :]
        parts[2 + count : -2] = slower_by
        per_tau = linear[2:] / tau
        parts[-1] = per_tau @ charge - (linear[1] + per_tau.sum()) * filtered[1]
        parts[-2] = (flat * parts[-1] - linear[2:] @ charge - tau @ slower_by) / period
    parts = parts.reshape(parts.shape[0], *axis.time.shape) * axis.shown
    model = parts[:, 0] - parts[:, 1] if axis.time.shape[0] == 2 else parts[:, 0]
    model[0] = axis.root
    return model


@lru_cache(maxsize=16)
def _axis(window: TransientWindow) -> _Axis:
    """Bins of one window, shared by the recordings of a protocol."""
    edges = [window.before, window.before + window.length][: 2 if window.after else 1]
    total = window.before + window.length + window.after
    single = max(UNBINNED_SAMPLES, int(2 * window.filter_samples))
    quiet = np.arange(0, window.before, max(window.before // QUIET_BINS, 1))
    steps = [edge + _bins(stop - edge, single) for edge, stop in zip(edges, [*edges[1:], total], strict=True)]
    starts = np.concatenate([quiet, *steps]).astype(np.intp)
    width = np.diff(np.append(starts, total)).astype(float)
    time = starts + (width - 1) / 2 - np.array(edges)[:, None]
    after_step = time >= 0
    left_out = np.any(after_step & (time < window.skipped), axis=0)
    near = np.flatnonzero(after_step & (time < FILTER_RESPONSE_PERIODS * window.filter_samples + 1))
    judged = np.flatnonzero(np.any(after_step & (time < single + window.skipped), axis=0) & ~left_out)
    root = np.where(left_out, 0.0, np.sqrt(width))
    return _Axis(starts, width, root, time, after_step * root, near, judged)


@lru_cache(maxsize=16)
def _grids(window: TransientWindow) -> tuple[_Grid, _Grid]:
    """Models with one and with two compartments."""
    fastest, slowest = (
        max(FASTEST_TAU_PERIODS * window.filter_samples, FASTEST_TAU_SKIPPED_FRACTION * window.skipped),
        window.length / SLOWEST_TAU_DIVISOR,
    )
    alone = tuple((tau,) for tau in np.geomspace(fastest, slowest, CHARGING_TAU_GRID_SIZE).tolist())
    coarse = np.geomspace(fastest, slowest, CHARGING_PAIR_TAU_GRID_SIZE).tolist()
    pairs = tuple((a, b) for a in coarse for b in coarse if b > MIN_TAU_RATIO * a)
    return _grid(window, alone), _grid(window, pairs, after=FILTER_PULSE_END_PERIODS * window.filter_samples)


def _grid(window: TransientWindow, taus: tuple[Taus, ...], after: float = 0.0) -> _Grid:
    """Grid of models; the choice between them uses bins after ``after`` samples only, where the lag does not matter."""
    axis = _axis(window)
    models = np.stack([_columns(axis, one, window.filter_samples, window.lag).T for one in taus])
    early = np.any((axis.time >= 0) & (axis.time < after), axis=0)
    later = np.where(early[:, None], 0.0, models)
    start, amplitudes = (np.linalg.pinv(each).astype(np.float64) for each in (models, later))
    return _Grid(taus, np.linalg.qr(later)[0], start, amplitudes[:, -1])


def _bins(length: int, single: int) -> NDArray[np.intp]:
    """First samples of bins after a step: single samples, then bins of increasing length."""
    starts = list(range(min(single, length)))
    here = len(starts)
    while here < length:
        starts.append(here)
        here += max(here // BIN_TIME_OVER_WIDTH, 1)
    return np.array(starts, dtype=np.intp)
