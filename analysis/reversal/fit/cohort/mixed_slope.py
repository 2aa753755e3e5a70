"""The Nernst slope of a cohort in one stage: a mixed model in which every cell has its own line."""

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
    """Reversals scaled to one temperature: x_mV = (RT/F) ln outside, e_mV, and the cell of each."""

    x_mV: FloatArray
    e_mV: FloatArray
    cell: tuple[str, ...]


def slope_points(reversals: Sequence[ReversalRow], cells: Sequence[str]) -> SlopePoints:
    """Reversals of the given cells that may be used, brought to their mean temperature as a Nernst line is."""
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
    """Mean slope and its spread between cells (REML, random intercept and slope), or why there is none.

    The interval takes Student's t with one degree of freedom fewer than cells, as cells carry the slope.
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
    from statsmodels.regression.mixed_linear_model import MixedLM

    scale = float(np.std(design[:, 1])) or 1.0
    scaled = design / np.array([1.0, scale])  # both columns of one size, so that the optimiser sees round contours
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a variance at 0 is an answer here; failure is looked for below
        try:
            answer = MixedLM(e_mV, scaled, groups=np.asarray(cell), exog_re=scaled).fit(
                reml=True, method=["lbfgs", "powell"]
            )
        except (np.linalg.LinAlgError, ValueError) as error:
            return str(error)
    slope, se = float(answer.fe_params[1]) / scale, float(answer.bse_fe[1]) / scale
    if not (np.isfinite(se) and se > 0 and answer.converged):
        return "it did not converge"
    return slope, se, float(np.sqrt(max(0.0, float(answer.cov_re[1, 1])))) / scale
