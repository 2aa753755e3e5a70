"""Bands of the Nernst and GHK curves: thermometer, solutions, and every ratio that the data allow."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit import prediction_bands
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.fit_cell import fit_cell
from reversal.fit.permeability.ratios import VoltageFit, permeability_rows
from reversal.fit.prediction_bands import ghk_band, nernst_band, thermometer_share
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import thermal_voltage_mV
from reversal.report.cell.cell_figures import SERIES_CAPTION
from reversal.statistics.statistics_constants import SOLUTION_SD
from reversal.tables.permeabilities_table import PermeabilityRow

TWO_RATIOS = {
    "a": {"K": 2.5, "Na": 145.0, "Cl": 147.5},
    "b": {"K": 40.0, "Na": 110.0, "Cl": 150.0},
    "c": {"K": 20.0, "Na": 30.0, "Cl": 50.0},
    "d": {"K": 80.0, "Na": 30.0, "Cl": 110.0},
}


def fitted(rig: Rig, p: dict[str, float]) -> tuple[BathSeries, VoltageFit, list[PermeabilityRow]]:
    settings = rig.settings(Experiment(permeant=list(p)))
    series = next(iter(series_of_cell(rig.reversals(p), settings)))
    rows, fit = permeability_rows(series)
    assert fit is not None
    return series, fit, [one.row for one in rows]


def test_nernst_band_at_the_concentration_inside_is_that_of_two_solutions(rig: Rig) -> None:
    series, _, _ = fitted(rig, {"K": 1.0, "Na": 0.02})
    for z in (1.0, -1.0, 2.0):
        band = nernst_band(series, np.array([0.0]), z, 22.0)
        half_mV = 1.96 * np.sqrt(2) * 0.01 * float(thermal_voltage_mV(22.0)) / abs(z)
        assert band.high_mV[0] == pytest.approx(half_mV, rel=1e-3)
        assert band.low_mV[0] == pytest.approx(-half_mV, rel=1e-3)


def test_error_of_the_thermometer_is_half_a_degree_of_the_absolute_temperature(rig: Rig) -> None:
    settings = rig.settings(Experiment(permeant=["K", "Na"]))
    rows = [
        row.model_copy(update={"e_nernst_mV": -80.0, "temperature_sd_mV": 80.0 * 0.5 / 295.15})
        for row in rig.reversals({"K": 1.0, "Na": 0.02})
    ]
    share = thermometer_share(next(iter(series_of_cell(rows, settings))))
    assert share == pytest.approx(0.5 / 295.15)


@pytest.mark.parametrize("ratio", [0.02, 0.0])
def test_band_of_one_ratio_is_the_line_at_the_ends_of_its_interval(
    rig: Rig, ratio: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction_bands, "SOLUTION_SD", 0.0)
    series, fit, (row,) = fitted(rig, {"K": 1.0, "Na": ratio})
    band = ghk_band(series, fit, [row], series.out_mM, 22.0)
    for end, drawn in ((row.ci_low or 0.0, band.low_mV), (row.ci_high, band.high_mV)):
        p = [{"K": 1.0, "Na": end}.get(ion, 0.0) for ion in series.ions]
        line = ghk_voltage_mV(p, series.out_mM, series.in_mM.mean(axis=0), series.z, 22.0)
        np.testing.assert_allclose(drawn, line, atol=1e-3)


@pytest.mark.parametrize("p", [{"K": 1.0, "Na": 0.05, "Cl": 0.1}, {"K": 1.0, "Na": 0.3, "Cl": 0.0}])
def test_band_of_two_ratios_contains_the_line_of_every_pair_that_the_data_allow(
    rig: Rig, p: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grid of pairs with a likelihood ratio below 3.84: the band is not narrower, and little wider."""
    monkeypatch.setattr(prediction_bands, "SOLUTION_SD", 0.0)
    rig.baths = TWO_RATIOS
    series, fit, rows = fitted(rig, p)
    band = ghk_band(series, fit, rows, series.out_mM, 22.0)
    axes = [np.linspace(np.log(max(p[ion], 1e-9)) - 1.0, np.log(max(p[ion], 1e-2)) + 1.0, 500) for ion in fit.ions]
    pairs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    allowed = pairs[fit.model.chi2(pairs, fit.e_mV) - fit.best.chi2[0] <= 3.8415]
    lines = fit.model.predict_mV(allowed)
    assert len(allowed) > 100
    for reached, drawn in ((band.e_mV - lines.min(0), band.e_mV - band.low_mV), (lines.max(0) - band.e_mV,
                                                                                band.high_mV - band.e_mV)):  # fmt: skip
        assert (drawn >= reached - 0.03).all()
        assert (drawn <= 1.2 * reached + 0.08).all()


def test_a_bound_has_a_line_and_a_band_to_one_side(rig: Rig) -> None:
    points = fit_cell(rig.reversals({"K": 1.0, "Na": 0.0}), rig.settings(Experiment())).curves
    ghk = [point for point in points if point.kind == "ghk"]
    lowest = min(ghk, key=lambda point: point.out_mM)
    assert lowest.low_mV is not None
    assert lowest.high_mV is not None
    assert lowest.high_mV - lowest.e_mV > 1.2 * (lowest.e_mV - lowest.low_mV)


def test_caption_names_the_error_of_the_solutions() -> None:
    assert f"an error of {SOLUTION_SD * 100:g} % of each concentration" in SERIES_CAPTION
