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

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Taus = tuple[float, ...]

DELAY = 0.336  # of a four-pole Bessel filter, in periods of its −3 dB frequency
ONES, TWOS = 36, 12  # time constants on the grid, alone and in pairs
SINGLE = 24  # samples after an edge that are fitted one by one, and in which the misfit is judged
GROWTH = 12  # a later bin's width is this part of its time after the edge
ROUNDS, CLOSE = 8, 0.05  # the last step, which is linear, leaves the square of that
FOLLOWED = 0.005  # of the transient's height: how well a real filter follows the model, where it is sampled well:
WELL = 5.0  # samples in its period
TWO_BETTER_BY = 4.0  # ΔAICc from which two compartments are believed
APART = 2.5  # ratio of their time constants
FADED = 4.0  # periods of the filter after which nothing is left of its response: e^(−25)


@dataclass(frozen=True, slots=True)
class Stretch:
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

    @property
    def rig(self) -> FloatArray:
        """Period of the filter and lag."""
        return np.array([self.filter_samples, self.lag])

    @property
    def rig_sd(self) -> FloatArray:
        """How well they are known, standard deviations."""
        return np.array([self.filter_sd, self.lag_sd])


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
    """Bins of a stretch.

    starts, width : first sample and samples of each bin; root : root of the width, 0 where left out
    time : of each bin after each edge, shape (edges, bins); begun : 1 where that is not before the edge
    near : places in the flat ``time`` at which the filter still shows; judged : bins in which the misfit is
    """

    starts: NDArray[np.intp]
    width: FloatArray
    root: FloatArray
    time: FloatArray
    begun: FloatArray
    near: NDArray[np.intp]
    judged: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Models on a grid of time constants: their columns, and orthonormal ones, shape (models, bins, columns)."""

    taus: tuple[Taus, ...]
    columns: FloatArray
    basis: FloatArray

    def best(self, y: FloatArray) -> tuple[int, float]:
        """Model that leaves least, and what it leaves."""
        kept = ((y @ self.basis) ** 2).sum(-1)
        best = int(kept.argmax())
        return best, float(y @ y - kept[best])


def fitted(rows: FloatArray, weights: FloatArray, stretch: Stretch) -> Charging:
    """Fit one compartment, or two where that is better by ΔAICc, to the same stretch of several sweeps.

    rows : current per step height, shape (sweeps, before + length + after); weights : of the sweeps, sum 1
    """
    axis, (ones, twos) = _axis(stretch), _grids(stretch)
    binned = np.add.reduceat(rows, axis.starts, axis=1) / axis.width * axis.root
    y = np.vstack([weights @ binned, binned])
    one, left_by_one = _descended(y, weights, stretch, ones, ones.best(y[0])[0])
    pair, left = twos.best(y[0])
    if _gain(left_by_one, left, axis, stretch) < 0.0:
        return one
    two, left = _descended(y, weights, stretch, twos, pair)
    believed = _gain(left_by_one, left, axis, stretch) > TWO_BETTER_BY
    (fast, slow), charges = two.taus[:, 0], two.charges[:, 0]
    return two if believed and slow > APART * fast > 0 and charges.min() > 0 and slow < stretch.length / 2 else one


def _gain(one: float, two: float, axis: _Axis, stretch: Stretch) -> float:
    """ΔAICc of two compartments over one; filtered samples are not independent and count for less."""
    n = np.count_nonzero(axis.root) / max(1.0, stretch.filter_samples / 2.0)
    return float(n * np.log(max(one, 1e-300) / max(two, 1e-300)) - 4.0 * (1 + 10.0 / n))


def _descended(y: FloatArray, weights: FloatArray, stretch: Stretch, grid: _Grid, model: int) -> tuple[Charging, float]:
    """Gauss–Newton from a model on the grid for the mean, then one linear step for each sweep; and what is left.

    Unknowns are level, conductance, charges, change of the time constants, of the filter's period and of the lag; the
    last two have rows of their own that hold them to what is known of them.
    """
    axis, tau = _axis(stretch), np.array(grid.taus[model])
    count, linear, rig = tau.size, _solved(grid.columns[model], y[0]), stretch.rig
    follows = FOLLOWED * max(1.0, WELL / stretch.filter_samples) ** 2
    own = slice(0, 2 + count)
    for _ in range(ROUNDS):
        columns = _columns(axis, tau, rig, linear)
        height = float(np.abs(columns[:, 2 : 2 + count] @ linear[2:]).max())
        left = y[0] - columns[:, own] @ linear
        noise = max(float(np.hypot(np.sqrt(left @ left / left.size), follows * height)), 1e-300)
        held = np.zeros((2, columns.shape[1]))
        held[:, -2:] = np.diag(noise / stretch.rig_sd)
        columns = np.vstack([columns, held])
        prior = noise * (stretch.rig - rig) / stretch.rig_sd
        solution = _solved(columns, np.append(y[0], prior))
        linear, change, moved = solution[own], solution[2 + count : -2], solution[-2:]
        if np.all(np.abs(change) < CLOSE * tau) and np.all(np.abs(moved) < 2 * CLOSE * stretch.rig_sd):
            break
        tau = np.clip(tau + np.clip(change, -0.5 * tau, tau), 0.05, stretch.length)
        rig = stretch.rig + np.clip(rig + moved - stretch.rig, -3 * stretch.rig_sd, 3 * stretch.rig_sd)
    followed = follows * height
    if tau[0] + change[0] <= 0:  # too fast to be told from a pulse, so that all there is comes from the filter
        tau[0], columns[:, 2 + count], followed = 0.0, 0.0, 3.0 * followed
    inverse = _solved(columns, np.eye(columns.shape[0]))
    found = inverse @ np.vstack([y.T, np.repeat(prior[:, None], y.shape[0], axis=1)])
    unsure = np.zeros(columns.shape[0])
    unsure[axis.judged], unsure[-2:] = followed, noise
    shifts = _root((inverse * unsure**2) @ inverse.T)
    left = y[0] - columns[:-2] @ found[:, 0]
    misfit = _misfit(left, y, weights, axis, columns[:-2, 2 : 2 + count] @ found[2 : 2 + count, 0])
    found = np.hstack([found, found[:, :1] + shifts])
    return Charging(found[1], found[2 : 2 + count], tau[:, None] + found[2 + count : -2], misfit), float(left @ left)


def _root(covariance: FloatArray) -> FloatArray:
    """Columns of which the squares add up to a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _solved(columns: FloatArray, right: FloatArray) -> FloatArray:
    """Least squares by the normal equations of columns scaled to length 1, with a trace of damping."""
    scale = np.sqrt((columns**2).sum(0)) + 1e-300
    scaled = columns / scale
    gram = scaled.T @ scaled
    gram.flat[:: gram.shape[0] + 1] += 1e-12
    solved = np.linalg.solve(gram, scaled.T @ right)
    return np.asarray(solved / (scale if right.ndim == 1 else scale[:, None]))


def _misfit(left: FloatArray, y: FloatArray, weights: FloatArray, axis: _Axis, transient: FloatArray) -> float:
    """Root mean square of what is left beyond noise where the transient is, as a part of the transient's."""
    sweeps = weights.size
    noise = float((weights[:, None] ** 2 * (y[1:] - y[0])[:, axis.judged] ** 2).sum()) * sweeps / (sweeps - 1)
    power = float((transient[axis.judged] ** 2).sum())
    return float(np.sqrt(max(float((left[axis.judged] ** 2).sum()) - noise, 0.0) / power)) if power > 0 else np.inf


def _columns(axis: _Axis, tau: FloatArray, rig: FloatArray, linear: FloatArray | None = None) -> FloatArray:
    """Columns of the model, shape (bins, 2 + compartments), and where ``linear`` is given its derivatives by τ and rig.

    rig : period of the filter and lag; linear : level, conductance and charges at which the derivatives are taken
    """
    count = tau.size
    since = np.maximum(axis.time - rig[1], 0.0)
    poles, residues = _filter()
    rate, weight = poles / rig[0], residues / rig[0]
    with_tau = weight / (1.0 + tau[:, None] * rate)
    twice = rate * with_tau / (1.0 + tau[:, None] * rate)
    sums = np.concatenate([[weight / rate, weight], with_tau, twice]) * 2.0
    flat = since.reshape(-1)
    decays = np.exp(rate[:, None] * flat[axis.near])
    filtered = np.zeros((sums.shape[0], flat.size))
    filtered[:, axis.near] = sums.real @ decays.real - sums.imag @ decays.imag
    step, impulse = filtered[0] + 1.0, filtered[1]
    total = sums.real.sum(1)[:, None]
    own = np.exp(flat / -tau[:, None])
    charge = filtered[2 : 2 + count] - total[2 : 2 + count] * own
    parts = np.empty((4 + 2 * count if linear is not None else 2 + count, step.size))
    parts[0], parts[1], parts[2 : 2 + count] = 1.0, step, charge
    if linear is not None:
        slope = total[2 + count :] * own - filtered[2 + count :]
        slope -= total[2 : 2 + count] * own * flat / tau[:, None] ** 2
        parts[2 + count : -2] = linear[2:, None] * slope
        by_time = linear[1] * impulse + (linear[2:] / tau) @ (impulse - charge)
        parts[-2] = (-linear[2:] @ charge - tau @ parts[2 + count : -2] - flat * by_time) / rig[0]
        parts[-1] = -by_time
    parts = parts.reshape(parts.shape[0], *since.shape) * axis.begun
    columns = parts[:, 0] - parts[:, 1] if since.shape[0] == 2 else parts[:, 0]
    columns[0] = 1.0
    return np.ascontiguousarray((columns * axis.root).T)


@lru_cache(maxsize=1)
def _filter() -> tuple[ComplexArray, ComplexArray]:
    """Upper poles of a four-pole Bessel filter of −3 dB frequency 1, and the residues of its impulse response."""
    poles = np.roots([1.0, 10.0, 45.0, 105.0, 105.0])
    power = np.array([1.0, 10.0, 135.0, 1575.0, 105.0**2])  # |denominator|² in powers of ω²
    roots = np.roots(power - np.array([0.0, 0.0, 0.0, 0.0, 2 * 105.0**2]))
    corner = float(np.sqrt(roots[(np.abs(roots.imag) < 1e-9) & (roots.real > 0)].real[0]))
    poles = poles * (2 * np.pi / corner)
    height = float(np.prod(poles).real)
    residues = np.array([height / np.prod([one - other for other in poles if other != one]) for one in poles])
    upper = poles.imag > 0
    return np.asarray(poles[upper], np.complex128), np.asarray(residues[upper], np.complex128)


@lru_cache(maxsize=16)
def _axis(stretch: Stretch) -> _Axis:
    """Bins of one stretch; the same for every recording of a protocol."""
    edges = [stretch.before, stretch.before + stretch.length][: 2 if stretch.after else 1]
    total = stretch.before + stretch.length + stretch.after
    single = max(SINGLE, int(2 * stretch.filter_samples))
    quiet = np.arange(0, stretch.before, max(stretch.before // 8, 1))
    steps = [edge + _bins(stop - edge, single) for edge, stop in zip(edges, [*edges[1:], total], strict=True)]
    starts = np.concatenate([quiet, *steps]).astype(np.intp)
    width = np.diff(np.append(starts, total)).astype(float)
    time = starts + (width - 1) / 2 - np.array(edges)[:, None]
    begun = time >= 0
    left_out = np.any(begun & (time < stretch.skipped), axis=0)
    near = np.flatnonzero(begun & (time < FADED * stretch.filter_samples + 1))
    judged = np.flatnonzero(np.any(begun & (time < single), axis=0) & ~left_out)
    return _Axis(starts, width, np.where(left_out, 0.0, np.sqrt(width)), time, begun.astype(float), near, judged)


@lru_cache(maxsize=16)
def _grids(stretch: Stretch) -> tuple[_Grid, _Grid]:
    """Models with one and with two compartments."""
    fastest, slowest = max(0.05 * stretch.filter_samples, 0.5 * stretch.skipped), stretch.length / 3.0
    alone = tuple((tau,) for tau in np.geomspace(fastest, slowest, ONES).tolist())
    coarse = np.geomspace(fastest, slowest, TWOS).tolist()
    return _grid(stretch, alone), _grid(stretch, tuple((a, b) for a in coarse for b in coarse if b > APART * a))


def _grid(stretch: Stretch, taus: tuple[Taus, ...]) -> _Grid:
    columns = np.stack([_columns(_axis(stretch), np.array(one), stretch.rig) for one in taus])
    return _Grid(taus, columns, np.linalg.qr(columns)[0])


def _bins(length: int, single: int) -> NDArray[np.intp]:
    """First samples of bins after an edge: single samples, then bins that grow with the time since the edge."""
    starts = list(range(min(single, length)))
    here = len(starts)
    while here < length:
        starts.append(here)
        here += max(here // GROWTH, 1)
    return np.array(starts, dtype=np.intp)
