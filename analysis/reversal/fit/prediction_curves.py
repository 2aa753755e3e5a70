"""Nernst and GHK curves that figures draw with the reversal potentials of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import DRAWN_LINE_POINTS, DRAWN_RANGE_FACTOR, DRAWN_LARGEST_mV
from reversal.fit.permeability.ratios import VoltageFit
from reversal.fit.prediction_bands import Band, ghk_band, nernst_band
from reversal.physics.nernst import nernst_mV
from reversal.tables.curves_table import CurvePoint
from reversal.tables.permeabilities_table import PermeabilityRow


def curves(series: BathSeries, permeabilities: Sequence[PermeabilityRow], fit: VoltageFit | None) -> list[CurvePoint]:
    """Nernst and GHK potential over the concentrations of the series ion, extended by a factor of 1.5, with bands.

    Both use the mean temperature and the mean inside concentrations of the series. For GHK, the concentrations of the
    other ions are interpolated between the baths. The GHK curve is missing if no ratio or bound is known, if no voltage
    balances the currents, or if two different baths have one concentration of the series ion. There are no curves
    without the series ion outside, or with several concentrations of it inside.
    """
    outside, inside, z = series.of(series.choices.ion)
    levels = np.unique(outside[outside > 0])
    if levels.size == 0 or len({pair.of(series.choices.ion)[1] for pair in series.solutions}) > 1:
        return []
    grid = np.geomspace(levels[0] / DRAWN_RANGE_FACTOR, levels[-1] * DRAWN_RANGE_FACTOR, DRAWN_LINE_POINTS)
    celsius = float(np.mean(series.temperature_C))
    points: list[CurvePoint] = []
    if inside.mean() > 0:
        e_mV = nernst_mV(grid, inside.mean(), z, celsius)
        points += _curve(series, "nernst", grid, nernst_band(series, e_mV, z, celsius))
    known = any(end is not None for row in permeabilities for end in (row.p_ratio, row.ci_low, row.ci_high))
    if fit is not None and known and _one_bath_per_concentration(series):
        try:
            band = ghk_band(series, fit, permeabilities, _outside_mM(series, grid), celsius)
        except DomainError:
            return points
        if np.abs(band.e_mV).max() <= DRAWN_LARGEST_mV:
            points += _curve(series, "ghk", grid, band)
    return points


def _one_bath_per_concentration(series: BathSeries) -> bool:
    """Whether the concentration of the series ion determines the solutions."""
    return len({pair.of(series.choices.ion) for pair in series.solutions}) == series.n_solutions


def _outside_mM(series: BathSeries, grid: FloatArray) -> FloatArray:
    """(points, ions) outside concentrations [mM]: interpolated between the baths or extrapolated, at least 0."""
    column = series.ions.index(series.choices.ion)
    levels = np.unique(series.out_mM[:, column])
    means = np.array([series.out_mM[series.out_mM[:, column] == level].mean(axis=0) for level in levels])
    if levels.size == 1:
        out = np.broadcast_to(means[0], (grid.size, len(series.ions))).copy()
    else:
        left = np.clip(np.searchsorted(levels, grid) - 1, 0, levels.size - 2)
        fraction = ((grid - levels[left]) / (levels[left + 1] - levels[left]))[:, None]
        out = np.maximum(means[left] * (1 - fraction) + means[left + 1] * fraction, 0.0)
    out[:, column] = grid
    return out


def _curve(series: BathSeries, kind: Literal["nernst", "ghk"], grid: FloatArray, band: Band) -> list[CurvePoint]:
    return [
        CurvePoint(
            experiment=series.experiment,
            cell=series.cell,
            condition=series.condition,
            kind=kind,
            out_mM=out,
            e_mV=e,
            low_mV=low,
            high_mV=high,
        )
        for out, e, low, high in np.stack([grid, band.e_mV, band.low_mV, band.high_mV], axis=1).tolist()
    ]
