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
from reversal.tables.sides import is_against_inside


def curves(series: BathSeries, permeabilities: Sequence[PermeabilityRow], fit: VoltageFit | None) -> list[CurvePoint]:
    """Nernst and GHK potential over the concentrations of the series ion, extended by a factor of 1.5, with bands.

    They are over the outside concentrations, or over those inside if these have more values. If both sides change,
    there is a line for each concentration of the other side. The other side has its mean concentrations, and both the
    mean temperature. For GHK, the concentrations of the other ions are interpolated between the solutions. The GHK
    curve is missing if no ratio or bound is known, if no voltage balances the currents, or if different solutions of a
    side have one concentration of the series ion. There are no curves without the series ion outside.
    """
    ion = series.choices.ion
    outside, _, _ = series.of(ion)
    if not outside.any():
        return []
    pairs_mM = np.array([pair.of(ion) for pair in series.solutions])
    inside = is_against_inside(map(tuple, pairs_mM.tolist()))
    return [
        point
        for fixed_mM in np.unique(pairs_mM[:, 0 if inside else 1])
        for point in _of_line(_Line(series, pairs_mM, float(fixed_mM), inside), permeabilities, fit)
    ]


def _of_line(line: _Line, permeabilities: Sequence[PermeabilityRow], fit: VoltageFit | None) -> list[CurvePoint]:
    """Nernst and GHK curve along one line."""
    series = line.series
    _, _, z = series.of(series.choices.ion)
    celsius = float(np.mean(series.temperature_C))
    points: list[CurvePoint] = []
    if (line.of_ion(line.out_mM) > 0).all() and (line.of_ion(line.in_mM) > 0).all():
        e_mV = nernst_mV(line.of_ion(line.out_mM), line.of_ion(line.in_mM), z, celsius)
        points += _curve(line, "nernst", nernst_band(series, e_mV, z, celsius))
    known = any(end is not None for row in permeabilities for end in (row.p_ratio, row.ci_low, row.ci_high))
    if fit is not None and known and _one_recipe_per_concentration(series):
        try:
            band = ghk_band(series, fit, permeabilities, line.out_mM, celsius, line.in_mM)
        except DomainError:
            return points
        if np.abs(band.e_mV).max() <= DRAWN_LARGEST_mV:
            points += _curve(line, "ghk", band)
    return points


@dataclass(frozen=True, slots=True)
class _Line:
    """Solutions along a line over the concentrations of one side; the other side has the mean of some recordings.

    pairs_mM : (n, 2) concentration of the series ion outside and inside of each recording, on any scale of the fit
    fixed_mM : that of the other side on this line;  inside : whether the line is over the inside
    """

    series: BathSeries
    pairs_mM: FloatArray
    fixed_mM: float
    inside: bool

    @property
    def grid_mM(self) -> FloatArray:
        """(points,) concentrations of the series ion along the line [mM]."""
        levels = self._levels_mM[self._levels_mM > 0]
        ends = levels.min() / DRAWN_RANGE_FACTOR, levels.max() * DRAWN_RANGE_FACTOR
        return np.asarray(np.geomspace(*ends, DRAWN_LINE_POINTS))

    @property
    def out_mM(self) -> FloatArray:
        """(points, ions) outside, on the scale of the fit [mM]."""
        return self._fixed(self.series.out_mM) if self.inside else self._changed(self.series.out_mM)

    @property
    def in_mM(self) -> FloatArray:
        """(points, ions) inside, on the scale of the fit [mM]."""
        return self._changed(self.series.in_mM) if self.inside else self._fixed(self.series.in_mM)

    @property
    def drawn_mM(self) -> tuple[FloatArray, FloatArray]:
        """Concentrations of the series ion outside and inside, each (points,) [mM]."""
        fixed = np.full(DRAWN_LINE_POINTS, self.fixed_mM)
        return (fixed, self.grid_mM) if self.inside else (self.grid_mM, fixed)

    def of_ion(self, mM: FloatArray) -> FloatArray:
        """(points,) values of the series ion of one side [mM]."""
        return np.asarray(mM[:, self._column])

    @property
    def several_inside(self) -> bool:
        """Whether the inside changes in the series."""
        return np.unique(self.pairs_mM[:, 1]).size > 1

    @property
    def _column(self) -> int:
        return self.series.ions.index(self.series.choices.ion)

    @property
    def _levels_mM(self) -> FloatArray:
        return self.pairs_mM[:, int(self.inside)]

    def _fixed(self, side_mM: FloatArray) -> FloatArray:
        rows = self.pairs_mM[:, int(not self.inside)] == self.fixed_mM
        return np.broadcast_to(side_mM[rows].mean(axis=0), (DRAWN_LINE_POINTS, side_mM.shape[1]))

    def _changed(self, side_mM: FloatArray) -> FloatArray:
        return _interpolated_mM(side_mM, self._levels_mM, self._column, self.grid_mM)


def _one_recipe_per_concentration(series: BathSeries) -> bool:
    """Whether the concentration of the series ion determines the solution of each side."""
    pairs = {pair: pair.of(series.choices.ion) for pair in series.solutions}
    sides = {(pair.bath, pair.inside) for pair in pairs}
    return all(len({one[k] for one in sides}) == len({mM[k] for mM in pairs.values()}) for k in (0, 1))


def _interpolated_mM(side_mM: FloatArray, levels_mM: FloatArray, column: int, grid_mM: FloatArray) -> FloatArray:
    """(points, ions) of a side [mM]: between those of the solutions or extrapolated, at least 0.

    levels_mM : (n,) concentration of the series ion of each recording. Its activity is this concentration times the
        activity coefficient, which is interpolated between the solutions that contain the ion.
    """
    levels = np.unique(levels_mM)
    means = np.array([side_mM[levels_mM == level].mean(axis=0) for level in levels])
    if levels.size == 1:
        out = np.broadcast_to(means[0], (grid_mM.size, side_mM.shape[1])).copy()
    else:
        left = np.clip(np.searchsorted(levels, grid_mM) - 1, 0, levels.size - 2)
        fraction = ((grid_mM - levels[left]) / (levels[left + 1] - levels[left]))[:, None]
        out = np.maximum(means[left] * (1 - fraction) + means[left + 1] * fraction, 0.0)
    has = levels > 0
    out[:, column] = grid_mM * np.interp(grid_mM, levels[has], means[has, column] / levels[has])
    return out


def _curve(line: _Line, kind: Literal["nernst", "ghk"], band: Band) -> list[CurvePoint]:
    series = line.series
    return [
        CurvePoint(
            experiment=series.experiment,
            cell=series.cell,
            condition=series.condition,
            kind=kind,
            out_mM=out,
            in_mM=inside if line.several_inside else None,
            e_mV=e,
            low_mV=low,
            high_mV=high,
        )
        for out, inside, e, low, high in zip(
            *(column.tolist() for column in (*line.drawn_mM, band.e_mV, band.low_mV, band.high_mV)), strict=True
        )
    ]
