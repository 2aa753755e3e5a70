"""The profile likelihood of each ratio, over its interval and beyond, for a figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import LOG_RATIO_EDGE, PROFILE_EDGE, PROFILE_POINTS, PROFILE_REACH
from reversal.fit.permeability.profile_interval import likelihoods
from reversal.fit.permeability.ratios import VoltageFit
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.status import Status


def profile_points(series: BathSeries, fit: VoltageFit, rows: Sequence[PermeabilityRow]) -> list[ProfilePoint]:
    """Profile of every ratio that has an interval or a bound, with the other ratios fitted again at each value."""
    return [point for row in rows if row.ion in fit.ions for point in _profile(series, fit, row)]


def _profile(series: BathSeries, fit: VoltageFit, row: PermeabilityRow) -> list[ProfilePoint]:
    values = _values(row)
    if row.status is Status.FAILED or values is None:
        return []
    found = likelihoods(fit.model, fit.e_mV, fit.best, fit.ions.index(row.ion), values, fit.widening)
    return [
        ProfilePoint(
            experiment=series.experiment,
            cell=series.cell,
            condition=series.condition,
            ion=row.ion,
            reference=row.reference,
            p_ratio=p_ratio,
            likelihood_ratio=max(likelihood_ratio, 0.0),
            limit=limit,
        )
        for p_ratio, likelihood_ratio, limit in np.stack([np.exp(values), found.ratio, found.limit], axis=1).tolist()
    ]


def _values(row: PermeabilityRow) -> FloatArray | None:
    """Log ratios of the profile, the best value and the ends of the interval among them; None without an end."""
    ends = [None if end is None else float(np.log(end)) for end in (row.ci_low, row.ci_high)]
    low, high = ends
    if low is None and high is None:
        return None
    reach = float(np.log(PROFILE_REACH))
    left = high - reach if low is None and high is not None else low
    right = left + reach if high is None and left is not None else high
    if left is None or right is None:
        return None
    edge = PROFILE_EDGE * min(right - left, reach / 2)
    grid = np.linspace(left - (edge if low is not None else 0.0), right + (edge if high is not None else 0.0),
                       PROFILE_POINTS)  # fmt: skip
    marked = [*ends, None if not row.p_ratio else float(np.log(row.p_ratio))]
    known = np.concatenate([grid, [value for value in marked if value is not None]])
    return np.unique(np.clip(known, -LOG_RATIO_EDGE, LOG_RATIO_EDGE))
