"""Nernst and GHK curves that figures draw with the reversal potentials of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

    They are over the outside concentrations, or over those inside if only these change; on the other side they use the
    mean concentrations, and on both the mean temperature. For GHK, the concentrations of the other ions are
    interpolated between the solutions. The GHK curve is missing if no ratio or bound is known, if no voltage balances
    the currents, or if different solutions have one concentration of the series ion. There are no curves without the
    series ion outside, or with several concentrations of it on both sides.
    """
    outside, inside, z = series.of(series.choices.ion)
    several_outside, several_inside = (
        len({pair.of(series.choices.ion)[k] for pair in series.solutions}) > 1 for k in (0, 1)
    )
    if not outside.any() or (several_outside and several_inside):
        return []
    levels = np.unique(inside[inside > 0]) if several_inside else np.unique(outside[outside > 0])
    grid = np.geomspace(levels[0] / DRAWN_RANGE_FACTOR, levels[-1] * DRAWN_RANGE_FACTOR, DRAWN_LINE_POINTS)
    line = _Line(series, grid, inside=several_inside)
    celsius = float(np.mean(series.temperature_C))
    points: list[CurvePoint] = []
    if inside.mean() > 0:
        e_mV = nernst_mV(line.of_ion(line.out_mM), line.of_ion(line.in_mM), z, celsius)
        points += _curve(line, "nernst", nernst_band(series, e_mV, z, celsius))
    known = any(end is not None for row in permeabilities for end in (row.p_ratio, row.ci_low, row.ci_high))
    if fit is not None and known and _one_bath_per_concentration(series):
        try:
            band = ghk_band(series, fit, permeabilities, line.out_mM, celsius, line.in_mM)
        except DomainError:
            return points
        if np.abs(band.e_mV).max() <= DRAWN_LARGEST_mV:
            points += _curve(line, "ghk", band)
    return points


@dataclass(frozen=True, slots=True)
class _Line:
    """Concentrations of the ion along a line [mM], and the side that has them; the other side has its mean."""

    series: BathSeries
    grid: FloatArray
    inside: bool

    @property
    def out_mM(self) -> FloatArray:
        """(points, ions) outside [mM]."""
        return self._fixed_mM(self.series.out_mM) if self.inside else self._changed_mM(self.series.out_mM)

    @property
    def in_mM(self) -> FloatArray:
        """(points, ions) inside [mM]."""
        return self._changed_mM(self.series.in_mM) if self.inside else self._fixed_mM(self.series.in_mM)

    def of_ion(self, mM: FloatArray) -> FloatArray:
        """(points,) concentration of the series ion on one side [mM]."""
        return np.asarray(mM[:, self.series.ions.index(self.series.choices.ion)])

    def _fixed_mM(self, side_mM: FloatArray) -> FloatArray:
        return np.broadcast_to(side_mM.mean(axis=0), (self.grid.size, len(self.series.ions)))

    def _changed_mM(self, side_mM: FloatArray) -> FloatArray:
        return _interpolated_mM(side_mM, self.series.ions.index(self.series.choices.ion), self.grid)


def _one_bath_per_concentration(series: BathSeries) -> bool:
    """Whether the concentration of the series ion determines the solutions."""
    return len({pair.of(series.choices.ion) for pair in series.solutions}) == series.n_solutions


def _interpolated_mM(side_mM: FloatArray, column: int, grid: FloatArray) -> FloatArray:
    """(points, ions) concentrations of a side [mM]: between those of the solutions or extrapolated, at least 0."""
    levels = np.unique(side_mM[:, column])
    means = np.array([side_mM[side_mM[:, column] == level].mean(axis=0) for level in levels])
    if levels.size == 1:
        out = np.broadcast_to(means[0], (grid.size, side_mM.shape[1])).copy()
    else:
        left = np.clip(np.searchsorted(levels, grid) - 1, 0, levels.size - 2)
        fraction = ((grid - levels[left]) / (levels[left + 1] - levels[left]))[:, None]
        out = np.maximum(means[left] * (1 - fraction) + means[left + 1] * fraction, 0.0)
    out[:, column] = grid
    return out


def _curve(line: _Line, kind: Literal["nernst", "ghk"], band: Band) -> list[CurvePoint]:
    series, out_mM = line.series, line.of_ion(line.out_mM)
    return [
        CurvePoint(
            experiment=series.experiment,
            cell=series.cell,
            condition=series.condition,
            kind=kind,
            out_mM=out,
            in_mM=along if line.inside else None,
            e_mV=e,
            low_mV=low,
            high_mV=high,
        )
        for along, out, e, low, high in np.stack(
            [line.grid, out_mM, band.e_mV, band.low_mV, band.high_mV], axis=1
        ).tolist()
    ]
