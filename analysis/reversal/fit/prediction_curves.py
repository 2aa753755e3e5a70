"""Nernst and GHK curves that figures draw with the reversal potentials of a cell."""

from __future__ import annotations

from typing import Literal

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import DRAWN_LINE_POINTS, DRAWN_RANGE_FACTOR
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV
from reversal.tables.curves_table import CurvePoint
from reversal.tables.permeabilities_table import PermeabilityRow


def curves(series: BathSeries, permeabilities: list[PermeabilityRow]) -> list[CurvePoint]:
    """Nernst and GHK potential over the concentrations of the series ion, extended by a factor of 1.5.

    Both use the mean temperature and the mean inside concentrations of the series. For GHK, the concentrations of the
    other ions are interpolated between the baths. The GHK curve is missing if no ratio is known, if no voltage balances
    the currents, or if two different baths have one concentration of the series ion. There are no curves without the
    series ion outside, or with several concentrations of it inside.
    """
    outside, inside, z = series.of(series.choices.ion)
    levels = np.unique(outside[outside > 0])
    if levels.size == 0 or len({pair.of(series.choices.ion)[1] for pair in series.solutions}) > 1:
        return []
    grid = np.geomspace(levels[0] / DRAWN_RANGE_FACTOR, levels[-1] * DRAWN_RANGE_FACTOR, DRAWN_LINE_POINTS)
    celsius = float(np.mean(series.temperature_C))
    points: list[CurvePoint] = []
    if inside.mean() > 0:
        points += _curve(series, "nernst", grid, nernst_mV(grid, inside.mean(), z, celsius))
    ratios = {row.ion: row.p_ratio for row in permeabilities}
    if _one_bath_per_concentration(series) and any(value is not None for value in ratios.values()):
        p = np.array([1.0 if ion == series.choices.reference else ratios.get(ion) or 0.0 for ion in series.ions])
        try:
            e_mV = ghk_voltage_mV(p, _outside_mM(series, grid), series.in_mM.mean(axis=0), series.z, celsius)
        except DomainError:
            return points
        points += _curve(series, "ghk", grid, e_mV)
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


def _curve(series: BathSeries, kind: Literal["nernst", "ghk"], grid: FloatArray, e_mV: FloatArray) -> list[CurvePoint]:
    return [
        CurvePoint(
            experiment=series.experiment, cell=series.cell, condition=series.condition, kind=kind, out_mM=out, e_mV=e
        )
        for out, e in zip(grid.tolist(), e_mV.tolist(), strict=True)
    ]
