"""The current that charges a cell through pipette and filter after a small step: its model, and the fit of the model.

Behind a series resistance a step of ΔV gives I(t)/ΔV = g + Σ (Q_k/τ_k) e^(−t/τ_k), with the input conductance g and a
charge and a time constant for each compartment. Recorded is that behind the amplifier's four-pole Bessel filter, which
is a sum of exponentials again: the model needs no dead time and the fit no extrapolation, and a transient much faster
than the filter still gives its charge and its mean time. The edge reaches the cell a little after the sample that the
command names; how much is a parameter, held to what is known of it. Times are in samples.
Source: Thomson, IEEE Trans. Inf. Theory 5:148 (1959), for the filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray

Taus = tuple[float, ...]

DELAY = 0.336  # of a four-pole Bessel filter, in periods of its −3 dB frequency
ONES, TWOS = 36, 12  # time constants on the grid, alone and in pairs
SINGLE = 16  # samples after an edge that are fitted one by one, and in which the misfit is judged
GROWTH = 8  # a later bin's width is this part of its time after the edge
HELD = np.array([-2, -1])  # unknowns that are held: period of the filter, lag
TRACE = 1e-12  # of damping in normal equations with a diagonal of 1
ROUNDS, CLOSE = 8, 0.03  # the last step, which is linear, leaves the square of that
FOLLOWED = 0.004  # of the transient's height: how well a real filter follows the model, where it is sampled well:
WELL = 5.0  # samples in its period
SUSPECT = 1.3  # times the noise that one compartment leaves from which two are tried
TWO_BETTER_BY = 4.0  # ΔAICc from which two compartments are believed
APART = 2.5  # ratio of their time constants
FADING, FADED = 1.2, 4.0  # periods of the filter after which little, and nothing, is left of its response to a pulse


@dataclass(frozen=True, slots=True)
class TransientWindow:
    """Samples around a small step that are fitted together.

    before, length, after : samples before the edge, at the new level, and back at the old one (0: not fitted)
    filter_samples, filter_sd : period of the filter's −3 dB frequency, and how well it is known
    lag, lag_sd : of the edge behind the sample that the command names, and how well it is known
    skipped : samples after each edge that are left out
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
    """A fitted charging current: the mean in row 0, then each sweep, then the mean with each error the rig may make.

    conductance : g, shape (rows,); charges, taus : Q_k, τ_k, shape (compartments, rows), the faster one first
    misfit : part of the transient's root mean square that the model leaves, beyond noise
    """

    conductance: FloatArray
    charges: FloatArray
    taus: FloatArray
    misfit: float


@dataclass(frozen=True, slots=True)
class _Axis:
    """Bins of a window.

    starts, width : first sample and samples of each bin; root : root of the width, 0 where left out
    time : of each bin after each edge, shape (edges, bins); shown : the root where that is not before the edge, else 0
    near : places in the flat ``time`` at which the filter still shows; judged : bins in which the misfit is
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
    """Models on a grid of time constants: orthonormal columns, and what gives the amplitudes by least squares.

    basis : shape (models, bins, amplitudes); start : shape (models, amplitudes, bins)
    slowest : what gives the charge of the slowest compartment from the bins that the choice is made by, (models, bins)
    """

    taus: tuple[Taus, ...]
    basis: FloatArray
    start: FloatArray
    slowest: FloatArray

    @property
    def fastest(self) -> FloatArray:
        """Fastest time constant of each model."""
        return np.array([taus[0] for taus in self.taus])

    def best(self, y: FloatArray, of: NDArray[np.bool_] | bool = True) -> int:
        """Model that leaves least, of those that are asked for."""
        return int((((y @ self.basis) ** 2).sum(-1) * of).argmax())


@dataclass(frozen=True, slots=True)
class _Descended:
    """A fit, the squares it leaves, and those that noise and the filter make one expect."""

    found: Charging
    left: float
    expected: float


def fitted(rows: FloatArray, weights: FloatArray, window: TransientWindow) -> Charging:
    """Fit one compartment, or two where that is better by ΔAICc, to the same stretch of several sweeps.

    rows : current per step height, shape (sweeps, before + length + after); weights : of the sweeps, sum 1
    """
    axis, (ones, twos) = _axis(window), _grids(window)
    binned = np.add.reduceat(rows, axis.starts, axis=1) / axis.width * axis.root
    mean = weights @ binned
    y = np.vstack([mean, binned])
    one = _descended(y, weights, window, ones, ones.best(mean))
    if one.left < SUSPECT * one.expected:
        return one.found
    # a second compartment makes the one seem slower, never faster
    fast_enough = twos.fastest <= max(1.5 * float(one.found.taus[0, 0]), float(twos.fastest.min()))
    possible: NDArray[np.bool_] = np.asarray((twos.slowest @ mean > 0) & fast_enough)
    if not possible.any():
        return one.found
    two = _descended(y, weights, window, twos, twos.best(mean, possible))
    (fast, slow), charges = two.found.taus[:, 0], two.found.charges[:, 0]
    apart = slow > APART * fast > 0 and charges.min() > 0 and slow < window.length / 2
    return two.found if apart and _gain(one.left, two.left, axis, window) > TWO_BETTER_BY else one.found


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
    """ΔAICc of two compartments over one; filtered samples are not independent and count for less."""
    n = np.count_nonzero(axis.root) / max(1.0, window.filter_samples / 2.0)
    return float(n * np.log(max(one, 1e-300) / max(two, 1e-300)) - 4.0 * (1 + 10.0 / n))


def _descended(y: FloatArray, weights: FloatArray, window: TransientWindow, grid: _Grid, model: int) -> _Descended:
    """Gauss–Newton from a model on the grid for the mean, then one linear step for each sweep.

    Unknowns are level, conductance, charges, change of the time constants, of the filter's period and of the lag; the
    last two are held to what is known of them.
    """
    axis, taus, mean, count = _axis(window), grid.taus[model], y[0], len(grid.taus[model])
    linear, period, lag = grid.start[model] @ mean, window.filter_samples, window.lag
    sd = np.array([window.filter_sd, window.lag_sd])
    reach = 0.3 * window.filter_samples  # of the filter's response to a pulse
    follows = FOLLOWED * max(1.0, WELL / window.filter_samples) ** 2
    for _ in range(ROUNDS):
        columns = _columns(axis, taus, period, lag, linear)
        height = float(np.abs(linear[2:] @ columns[2 : 2 + count]).max())
        left = mean - linear @ columns[: 2 + count]
        variance = float(left @ left) / left.size + (follows * height) ** 2 + 1e-300
        gram, right = columns @ columns.T, columns @ mean
        gram[HELD, HELD] += variance / sd**2
        prior = variance * np.array([window.filter_samples - period, window.lag - lag]) / sd**2
        right[HELD] += prior
        solution = _inverse(gram) @ right
        linear, change = solution[: 2 + count], solution[2 + count :].tolist()
        near = all(abs(moved) < CLOSE * (tau + reach) for moved, tau in zip(change, taus, strict=False))
        if near and abs(change[-1]) < CLOSE * reach:
            break
        taus = tuple(
            min(max(tau + moved, 0.5 * tau, 0.05), 2.0 * tau, float(window.length))
            for tau, moved in zip(taus, change, strict=False)
        )
        period = _within(period + change[-2], window.filter_samples, window.filter_sd)
        lag = _within(lag + change[-1], window.lag, window.lag_sd)
    unfollowed = follows * height
    if taus[0] + change[0] <= 0:  # too fast to be told from a pulse, so that all there is comes from the filter
        taus, unfollowed = (0.0, *taus[1:]), 3.0 * unfollowed
        gram[2 + count], gram[:, 2 + count], columns[2 + count] = 0.0, 0.0, 0.0
    return _each_sweep(y, weights, axis, _Place(taus, columns, gram, prior, variance / sd, height, unfollowed))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the descent ends.

    columns, gram : model and its derivatives there, shape (unknowns, bins), and their normal equations
    prior, held : what holds the rig draws to, and by how much it may be wrong, of the normal equations' right side
    height, unfollowed : of the transient, and of what a real filter may make otherwise
    """

    taus: Taus
    columns: FloatArray
    gram: FloatArray
    prior: FloatArray
    held: FloatArray
    height: float
    unfollowed: float


def _each_sweep(y: FloatArray, weights: FloatArray, axis: _Axis, at: _Place) -> _Descended:
    """One linear step for the mean, for each sweep, and for the mean with each error of the rig."""
    inverse, right, count = _inverse(at.gram), at.columns @ y.T, len(at.taus)
    right[HELD] += at.prior[:, None]
    found = inverse @ right
    left = y[0] - found[:, 0] @ at.columns
    apart = y[1:] - found[:, 1:].T @ at.columns - left
    noise = weights**2 @ apart**2 * weights.size / (weights.size - 1)
    misfit = _misfit(left, noise, axis, found[2 : 2 + count, 0] @ at.columns[2 : 2 + count])
    early = at.columns[:, axis.judged] * max(at.unfollowed, min(misfit, 1.0) * at.height)
    unsure = np.hstack([early, np.zeros((right.shape[0], HELD.size))])
    unsure[HELD, HELD] = at.held
    found = np.hstack([found, found[:, :1] + inverse @ unsure])
    made = Charging(found[1], found[2 : 2 + count], np.array(at.taus)[:, None] + found[2 + count : -HELD.size], misfit)
    floor = axis.judged.size * at.unfollowed**2
    return _Descended(made, float(left @ left) + floor, float(noise.sum()) + floor)


def _within(value: float, known: float, sd: float) -> float:
    """Value no farther than three standard deviations from what is known of it."""
    return min(max(value, known - 3.0 * sd), known + 3.0 * sd)


def _inverse(gram: FloatArray) -> FloatArray:
    """Inverse of the matrix of normal equations; an unknown with an empty row stays at 0."""
    scale = _scale(gram)
    scaled = gram * scale * scale[:, None]
    np.fill_diagonal(scaled, 1.0 + TRACE)
    return np.asarray(np.linalg.inv(scaled) * scale * scale[:, None])


def _scale(gram: FloatArray) -> FloatArray:
    """Factors that bring the diagonal to 1, where it is not 0."""
    diagonal = gram.diagonal()
    return np.asarray(1.0 / np.sqrt(diagonal + (diagonal == 0)))


def _misfit(left: FloatArray, noise: FloatArray, axis: _Axis, transient: FloatArray) -> float:
    """Root mean square of what is left beyond noise where the transient is, as a part of the transient's."""
    beyond = float((left[axis.judged] ** 2 - noise[axis.judged]).sum())
    power = float((transient[axis.judged] ** 2).sum())
    return float(np.sqrt(max(beyond, 0.0) / power)) if power > 0 else np.inf


def _columns(axis: _Axis, taus: Taus, period: float, lag: float, linear: FloatArray | None = None) -> FloatArray:
    """Model by bins, shape (2 + compartments, bins), and where ``linear`` is given its derivatives by τ, period, lag.

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
    """Bins of one stretch; the same for every recording of a protocol."""
    edges = [window.before, window.before + window.length][: 2 if window.after else 1]
    total = window.before + window.length + window.after
    single = max(SINGLE, int(2 * window.filter_samples))
    quiet = np.arange(0, window.before, max(window.before // 8, 1))
    steps = [edge + _bins(stop - edge, single) for edge, stop in zip(edges, [*edges[1:], total], strict=True)]
    starts = np.concatenate([quiet, *steps]).astype(np.intp)
    width = np.diff(np.append(starts, total)).astype(float)
    time = starts + (width - 1) / 2 - np.array(edges)[:, None]
    begun = time >= 0
    left_out = np.any(begun & (time < window.skipped), axis=0)
    near = np.flatnonzero(begun & (time < FADED * window.filter_samples + 1))
    judged = np.flatnonzero(np.any(begun & (time < single + window.skipped), axis=0) & ~left_out)
    root = np.where(left_out, 0.0, np.sqrt(width))
    return _Axis(starts, width, root, time, begun * root, near, judged)


@lru_cache(maxsize=16)
def _grids(window: TransientWindow) -> tuple[_Grid, _Grid]:
    """Models with one and with two compartments."""
    fastest, slowest = max(0.15 * window.filter_samples, 0.5 * window.skipped), window.length / 3.0
    alone = tuple((tau,) for tau in np.geomspace(fastest, slowest, ONES).tolist())
    coarse = np.geomspace(fastest, slowest, TWOS).tolist()
    pairs = tuple((a, b) for a in coarse for b in coarse if b > APART * a)
    return _grid(window, alone), _grid(window, pairs, after=FADING * window.filter_samples)


def _grid(window: TransientWindow, taus: tuple[Taus, ...], after: float = 0.0) -> _Grid:
    """Grid of models; a later begin makes the choice between them the same whatever the lag."""
    axis = _axis(window)
    models = np.stack([_columns(axis, one, window.filter_samples, window.lag).T for one in taus])
    early = np.any((axis.time >= 0) & (axis.time < after), axis=0)
    told = np.where(early[:, None], 0.0, models)
    start, later = (np.linalg.pinv(each).astype(np.float64) for each in (models, told))
    return _Grid(taus, np.linalg.qr(told)[0], start, later[:, -1])


def _bins(length: int, single: int) -> NDArray[np.intp]:
    """First samples of bins after an edge: single samples, then bins that grow with the time since the edge."""
    starts = list(range(min(single, length)))
    here = len(starts)
    while here < length:
        starts.append(here)
        here += max(here // GROWTH, 1)
    return np.array(starts, dtype=np.intp)
