"""95 % bands of the Nernst and GHK curves: what the thermometer, the solutions and the fitted ratios leave open.

The band is of the line, at one concentration at a time. The errors of the reversal potentials, such as that of the
junction, are in the intervals of the points. For the ratios, the band at a concentration is the profile-likelihood
interval of the predicted potential: its lowest and highest value over all ratios whose likelihood ratio is below the
critical value. The errors of temperature and solutions are independent of it and of each other, and add in quadrature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import (
    BAND_DIRECTIONS,
    LOG_RATIO_DIFFERENCE,
    LOG_RATIO_EDGE,
    PROFILE_GRID_SIZE,
    PROFILE_ROUNDS,
)
from reversal.fit.permeability.ghk_model import VoltageModel, slopes
from reversal.fit.permeability.profile_interval import profile
from reversal.fit.permeability.ratios import VoltageFit
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.likelihood_ratio import critical_value
from reversal.statistics.statistics_constants import SOLUTION_SD, TWO_SIDED_95
from reversal.tables.permeabilities_table import PermeabilityRow


@dataclass(frozen=True, slots=True)
class Band:
    """A predicted line with its band, each (points,) [mV]."""

    e_mV: FloatArray
    low_mV: FloatArray
    high_mV: FloatArray


def nernst_band(series: BathSeries, e_mV: FloatArray, z: float, celsius: float) -> Band:
    """Band of a Nernst line from the thermometer and the concentrations outside and inside."""
    solutions_mV = np.sqrt(2.0) * SOLUTION_SD * float(thermal_voltage_mV(celsius)) / abs(z)
    half = TWO_SIDED_95 * np.hypot(e_mV * thermometer_share(series), solutions_mV)
    return Band(e_mV, e_mV - half, e_mV + half)


def ghk_band(
    series: BathSeries,
    fit: VoltageFit,
    rows: Sequence[PermeabilityRow],
    out_mM: FloatArray,
    celsius: float,
    in_mM: FloatArray | None = None,
) -> Band:
    """Fitted GHK line through solutions outside and inside, each (points, ions) [mM], with its band.

    in_mM : None for the mean solution inside, at every point
    Raises DomainError if no voltage balances the currents.
    """
    inside_mM = np.broadcast_to(series.in_mM.mean(axis=0), out_mM.shape) if in_mM is None else in_mM
    z = fit.model.z

    def predict_mV(theta: FloatArray) -> FloatArray:
        """Potentials (B, points) for parameters (B, k); the offset of a fit is not part of the line."""
        at_points = VoltageModel(
            out_mM, inside_mM, z, np.full(len(out_mM), celsius), np.eye(1), fit.model.p, fit.model.free,
            mix=fit.model.mix,
        )  # fmt: skip
        return at_points.predict_mV(theta[:, : len(fit.model.free)])

    e_mV = predict_mV(fit.best.theta)[0]
    reached = predict_mV(np.concatenate([fit.best.theta, _ends(fit, rows, predict_mV)]))
    p = fit.model.p.copy()
    p[list(fit.model.free)] = list(fit.p_ratios.values())
    other_mV = np.hypot(e_mV * thermometer_share(series), _solutions_sd_mV(p, out_mM, inside_mM, z, celsius))
    below, above = (np.hypot(side, TWO_SIDED_95 * other_mV) for side in (e_mV - reached.min(0), reached.max(0) - e_mV))
    return Band(e_mV, e_mV - below, e_mV + above)


def thermometer_share(series: BathSeries) -> float:
    """Standard deviation of a potential from the thermometer, over the potential: that of the absolute temperature."""
    known = [row for row in series.rows if row.e_nernst_mV is not None and row.temperature_sd_mV is not None]
    total_mV = sum(abs(row.e_nernst_mV or 0.0) for row in known)
    return sum(row.temperature_sd_mV or 0.0 for row in known) / total_mV if total_mV else 0.0


def _solutions_sd_mV(p: FloatArray, out_mM: FloatArray, in_mM: FloatArray, z: FloatArray, celsius: float) -> FloatArray:
    """Standard deviation (points,) of the GHK potential if each concentration has an independent error [mV]."""
    permeant = np.flatnonzero(p > 0)
    outside = np.broadcast_to(out_mM, (2 * permeant.size + 1, *out_mM.shape)).copy()
    inside = np.broadcast_to(in_mM, outside.shape).copy()
    for place, ion in enumerate(permeant):
        outside[1 + place, :, ion] *= 1 + SOLUTION_SD
        inside[1 + permeant.size + place, :, ion] *= 1 + SOLUTION_SD
    e_mV = ghk_voltage_mV(p, outside, inside, z, celsius)
    return np.asarray(np.sqrt(np.sum((e_mV[1:] - e_mV[0]) ** 2, axis=0)))


def _ends(
    fit: VoltageFit, rows: Sequence[PermeabilityRow], predict_mV: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """Parameters (B, k) on the edge of those that the data allow, at which the potentials are extreme.

    With one ratio these are the ends of its interval. With several, the edge is searched along straight lines in the
    directions that change the potential most, and along the profile of each ratio, which follows curved valleys.
    """
    ends = {row.ion: _log_ends(row) for row in rows}
    if fit.model.size == 1:
        return np.array(ends[fit.ions[0]])[:, None]
    critical = fit.widening * float(critical_value(np.inf))
    along = [_along_profile(fit, place, ends[ion], critical) for place, ion in enumerate(fit.ions) if ion in ends]
    axes = np.concatenate([np.eye(fit.model.size), -np.eye(fit.model.size)])
    on_profiles = np.concatenate(along)
    starts = np.repeat(on_profiles, len(axes), axis=0)
    directions = _directions(fit, predict_mV)
    lines = (
        _ends_of_lines(fit, starts, np.tile(axes, (len(on_profiles), 1)), critical),
        _ends_of_lines(fit, np.broadcast_to(fit.best.theta, directions.shape), directions, critical),
    )
    return np.concatenate([on_profiles, *lines])


def _log_ends(row: PermeabilityRow) -> tuple[float, float]:
    """Log ratios at the ends of the interval; an end without a limit is a ratio of 0 or infinity."""
    return (
        float(np.log(row.ci_low)) if row.ci_low else -LOG_RATIO_EDGE,
        LOG_RATIO_EDGE if row.ci_high is None else float(np.log(row.ci_high)),
    )


def _along_profile(fit: VoltageFit, position: int, ends: tuple[float, float], critical: float) -> FloatArray:
    """Best parameters with the ratio at a position fixed at values of its interval."""
    centre = float(fit.best.theta[0, position])
    reach = np.linspace(0.0, 1.0, BAND_DIRECTIONS + 1)[1:] ** 2
    values = np.concatenate([centre + (end - centre) * reach for end in ends])
    found = profile(fit.model, fit.e_mV, fit.best, position, values)
    return np.asarray(found.theta[found.chi2 - fit.best.chi2[0] <= critical])


def _directions(fit: VoltageFit, predict_mV: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Directions (B, k) from the best fit in which some potentials, and each parameter, change most."""
    best = fit.best.theta
    by_theta = slopes(fit.model, best)[0]
    covariance = np.linalg.inv(by_theta.T @ by_theta + np.eye(fit.model.size) / LOG_RATIO_EDGE**2)
    shift = np.eye(fit.model.size) * LOG_RATIO_DIFFERENCE
    changes = (predict_mV(best + shift) - predict_mV(best - shift)) / (2 * LOG_RATIO_DIFFERENCE)  # (k, points)
    some = np.unique(np.linspace(0, changes.shape[1] - 1, BAND_DIRECTIONS).astype(int))
    directions = np.concatenate([covariance @ changes[:, some], covariance], axis=1).T
    lengths = np.sqrt(np.einsum("ij,jk,ik->i", directions, np.linalg.inv(covariance), directions))
    directions = directions[lengths > 0] / lengths[lengths > 0, None]
    return np.concatenate([directions, -directions])


def _ends_of_lines(fit: VoltageFit, starts: FloatArray, directions: FloatArray, critical: float) -> FloatArray:
    """Last parameters (B, k) along each line with a likelihood ratio below ``critical``, or beyond the edge of ratios.

    starts, directions : (B, k)
    """
    logs = np.abs(directions[:, : len(fit.model.free)]).max(axis=1, initial=0.0)
    inside, outside = np.zeros(len(directions)), 2 * LOG_RATIO_EDGE / np.maximum(logs, 1e-3)
    lines = np.arange(len(directions))
    for round_ in range(PROFILE_ROUNDS):
        reach = np.linspace(0.0, 1.0, PROFILE_GRID_SIZE)[:, None]
        lengths = inside + (outside - inside) * (reach**2 if round_ == 0 else reach)
        above = fit.model.chi2(starts + lengths[..., None] * directions, fit.e_mV) - fit.best.chi2[0] > critical
        first = np.where(above.any(axis=0), above.argmax(axis=0), PROFILE_GRID_SIZE - 1)
        inside, outside = lengths[np.maximum(first - 1, 0), lines], lengths[first, lines]
    return np.asarray(starts + inside[:, None] * directions)
