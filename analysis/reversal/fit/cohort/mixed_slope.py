"""Nernst slope of a cohort by a mixed model with a random intercept and slope for each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.bath_series import why_unusable
from reversal.fit.fit_constants import MIN_SPREAD_CELLS
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.meta_analysis import PooledMean
from reversal.statistics.random_lines import mean_slope
from reversal.statistics.student_t import interval
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.reversals_table import ReversalRow


@dataclass(frozen=True, slots=True)
class SlopePoints:
    """Reversal potentials scaled to one temperature, with the cell of each.

    x_mV : (n,) (RT/F) ln outside [mV];  e_mV : (n,) reversal potentials [mV]
    """

    x_mV: FloatArray
    e_mV: FloatArray
    cell: tuple[str, ...]


def slope_points(reversals: Sequence[ReversalRow], cells: Sequence[str]) -> SlopePoints:
    """Usable reversal potentials of the given cells, scaled to their mean temperature by the Nernst equation."""
    used = [
        r for r in reversals if r.cell in cells and why_unusable(r) is None and r.out_mM is not None and r.out_mM > 0
    ]
    celsius = np.array([r.temperature_C for r in used], dtype=float)
    mean = float(thermal_voltage_mV(celsius.mean())) if used else 1.0
    return SlopePoints(
        x_mV=mean * np.log(np.array([r.out_mM for r in used], dtype=float)),
        e_mV=np.array([r.e_rev_mV for r in used], dtype=float) * mean / thermal_voltage_mV(celsius),
        cell=tuple(r.cell for r in used),
    )


def mixed_slope(points: SlopePoints) -> PooledMean | Finding:
    """Mean slope (1/z by the Nernst equation) and its standard deviation between cells, or why there is none.

    Fitted by REML. The interval uses Student's t with one degree of freedom fewer than cells, because the cell is the
    statistical unit.
    """
    cells = len(set(points.cell))
    if cells < MIN_SPREAD_CELLS:
        return finding(Code.MIXED_MODEL_CELLS, cells, MIN_SPREAD_CELLS)
    fitted = mean_slope(points.x_mV, points.e_mV, points.cell)
    if fitted is None:
        return finding(Code.MIXED_MODEL_UNSOLVED)
    low, high = interval(fitted.mean, fitted.se, cells - 1)
    return PooledMean(fitted.mean, low, high, fitted.se, fitted.between_sd, cells)
