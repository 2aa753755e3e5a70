"""Nernst slope of a cohort by a mixed model with a random intercept and slope for each cell."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.bath_series import why_unusable
from reversal.fit.fit_constants import MIN_SPREAD_CELLS
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.meta_analysis import PooledMean
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
    centred = points.x_mV - points.x_mV.mean()
    fitted = _reml(points.e_mV, np.stack([np.ones_like(centred), centred], axis=1), points.cell)
    if isinstance(fitted, str):
        return finding(Code.MIXED_MODEL_UNSOLVED, message=fitted)
    slope, se, between = fitted
    low, high = interval(slope, se, cells - 1)
    return PooledMean(slope, low, high, se, between, cells)


def _reml(e_mV: FloatArray, design: FloatArray, cell: Sequence[str]) -> tuple[float, float, float] | str:
    """Slope, its standard error and its standard deviation between cells; or the reason why the fit failed."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale = float(np.std(design[:, 1])) or 1.0
    scaled = design / np.array([1.0, scale])  # both columns have unit size, which conditions the optimisation
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a variance of 0 is a valid result; convergence is checked below
        try:
            result = MixedLM(e_mV, scaled, groups=np.asarray(cell), exog_re=scaled).fit(
                reml=True, method=["lbfgs", "powell"]
            )
        except (np.linalg.LinAlgError, ValueError) as error:
            return str(error)
    slope, se = float(result.fe_params[1]) / scale, float(result.bse_fe[1]) / scale
    if not (np.isfinite(se) and se > 0 and result.converged):
        return "the optimisation did not converge"
    return slope, se, float(np.sqrt(max(0.0, float(result.cov_re[1, 1])))) / scale
