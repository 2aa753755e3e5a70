"""Slope of a cohort by the mixed model, checked with closed formulas for cells with the same baths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, row_of
from reversal.experiment.configuration import Experiment
from reversal.fit.cohort.mixed_slope import SlopePoints, mixed_slope, slope_points
from reversal.fit.fit_cell import fit_cell
from reversal.statistics.meta_analysis import PooledMean
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding
from reversal.tables.status import Status

GAS, FARADAY = 8.31446261815324, 96485.33212331


def thermal_mV(celsius: float) -> float:
    return 1e3 * GAS * (celsius + 273.15) / FARADAY


def test_points_are_scaled_to_the_mean_temperature_of_their_cell(rig: Rig) -> None:
    """Reversal potentials E = (RT/F) ln(out/in), each bath at its own temperature."""
    rows, outside = [], np.array([bath["K"] for bath in rig.baths.values()])
    for bath, temperature in zip(rig.baths, [15.0, 35.0, 15.0, 35.0, 15.0], strict=True):
        rig.celsius = temperature
        e_mV = thermal_mV(temperature) * math.log(rig.baths[bath]["K"] / rig.pipette["K"])
        rows.append(row_of(bath, e_mV, rig))
    points = slope_points(fit_cell(rows, rig.settings(Experiment())).line_points, ["c1"])
    np.testing.assert_allclose(points.x_mV, thermal_mV(23.0) * np.log(outside / 140.0), rtol=1e-9)
    np.testing.assert_allclose(points.e_mV, thermal_mV(23.0) * np.log(outside / 140.0), rtol=1e-9)
    assert points.cell == ("c1",) * 5


def test_points_are_those_of_the_lines_of_the_given_cells(rig: Rig) -> None:
    rows = rig.reversals({"K": 1.0})
    rows[0] = rows[0].model_copy(update={"status": Status.EXCLUDED})
    points = fit_cell(rows, rig.settings(Experiment())).line_points
    other = [point.model_copy(update={"cell": "c2"}) for point in points[:2]]
    assert slope_points(points, ["c1"]).x_mV.size == 4
    assert slope_points([*points, *other], ["c1", "c2"]).cell == ("c1",) * 4 + ("c2",) * 2
    assert slope_points([], ["c1"]).x_mV.size == 0


X = np.array([23.0, 41.0, 59.0, 77.0, 94.0])
SLOPES = np.array([0.90, 1.02, 0.95, 1.08, 0.99])
INTERCEPTS = np.array([-125.0, -121.0, -127.0, -124.0, -126.0])
# orthogonal to a constant and to X: regression of each cell returns the line it was made from
RIPPLE = np.linalg.qr(np.column_stack([np.ones(5), X, X**2]))[0][:, 2]


def balanced(ripple_mV: float) -> tuple[SlopePoints, float]:
    """Five cells with different lines and the same baths, and the variance of the residuals about the lines."""
    size = ripple_mV * np.array([1.0, -1.2, 0.8, -0.9, 1.1])
    e_mV = INTERCEPTS[:, None] + SLOPES[:, None] * X + size[:, None] * RIPPLE
    cells = tuple(f"c{n}" for n in range(5) for _ in X)
    return SlopePoints(np.tile(X, 5), e_mV.ravel(), cells), float(np.sum(size**2)) / (5 * 3)


def test_balanced_cells_match_closed_formulas_of_slope_error_and_spread() -> None:
    """Balanced random coefficients (Laird & Ware, Biometrics 38:963, 1982): the mean of the cells' own slopes, its
    variance their variance over the number of cells, and between cells what residuals leave of that variance."""
    points, residual = balanced(1.0)
    found = mixed_slope(points)
    assert isinstance(found, PooledMean)
    between = SLOPES.var(ddof=1) - residual / np.sum((X - X.mean()) ** 2)
    assert found.mean == pytest.approx(SLOPES.mean(), abs=1e-4)
    assert found.se == pytest.approx(SLOPES.std(ddof=1) / math.sqrt(5), rel=5e-3)
    assert found.between_sd == pytest.approx(math.sqrt(between), rel=1e-2)
    assert found.cells == 5


def test_interval_has_one_degree_of_freedom_fewer_than_cells() -> None:
    """2.776: 97.5 % point of t with 4 degrees of freedom (Fisher & Yates 1938, table III)."""
    found = mixed_slope(balanced(1.0)[0])
    assert isinstance(found, PooledMean)
    assert (found.high - found.low) / (2 * found.se) == pytest.approx(2.776, abs=5e-4)
    assert (found.high + found.low) / 2 == pytest.approx(found.mean)


def test_two_cells_are_too_few_and_three_are_not() -> None:
    points, _ = balanced(1.0)
    two = mixed_slope(SlopePoints(points.x_mV[:10], points.e_mV[:10], points.cell[:10]))
    assert isinstance(two, Finding)
    assert (two.code, two.number, two.limit) == (Code.MIXED_MODEL_CELLS, 2, 3)
    assert isinstance(mixed_slope(SlopePoints(points.x_mV[:15], points.e_mV[:15], points.cell[:15])), PooledMean)
