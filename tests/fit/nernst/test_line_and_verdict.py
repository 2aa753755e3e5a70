"""Nernst row of a cell: slope, interval and verdict, and the findings if there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.fit_cell import fit_cell
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.results import CellFits
from reversal.tables.status import Status
from tests.fit.findings_by_code import found_by_code

WIGGLE = np.array([0.05, -0.08, 0.02, 0.06, -0.05])


def fits_of(rig: Rig, errors: object = 0.0, experiment: Experiment | None = None, **p: float) -> CellFits:
    """Fit a cell with the true ratios ``p`` (potassium only by default)."""
    truth = p or {"K": 1.0}
    return fit_cell(rig.reversals(truth, errors), rig.settings(experiment or Experiment()))  # type: ignore[arg-type]


def line_of(rig: Rig, errors: object = 0.0, experiment: Experiment | None = None, **p: float) -> NernstRow:
    """Nernst row of a cell with the true ratios ``p``."""
    return fits_of(rig, errors, experiment, **p).nernst[0]


def about_line(fits: CellFits) -> dict[Code, FindingRow]:
    """Findings about the Nernst row of a cell."""
    return found_by_code(fits.fit_findings, table="nernst", quantity="slope ratio")


@given(celsius=st.lists(st.floats(5.0, 40.0), min_size=5, max_size=5))
@settings(max_examples=15, deadline=None)
def test_nernst_membrane_has_slope_ratio_one_at_mixed_temperatures(celsius: list[float]) -> None:
    rig = Rig()
    rows = []
    for bath, temperature in zip(rig.baths, celsius, strict=True):
        rig.celsius = temperature
        rows += [row for row in rig.reversals({"K": 1.0}) if row.bath == bath]
    line = fit_cell(rows, rig.settings(Experiment())).nernst[0]
    assert line.slope_ratio == pytest.approx(1.0, abs=1e-6)
    assert line.in_mM_of_line == pytest.approx(140.0, rel=1e-5)


def test_slope_matches_58_mV_per_decade_at_20_C() -> None:
    """RT ln 10/F is 58.17 mV at 20 °C."""
    rig = Rig()
    rig.celsius = 20.0
    line = line_of(rig)
    assert line.expected_mV_per_decade == pytest.approx(58.17, abs=0.005)
    assert line.slope_mV_per_decade == pytest.approx(58.17, abs=0.005)


def test_slope_and_interval_match_linear_regression_of_scipy(rig: Rig) -> None:
    """With equal errors and one temperature, weighted regression equals ordinary regression."""
    from scipy.stats import linregress, t

    errors = np.array([0.4, -0.6, 0.2, 0.5, -0.5])
    line = line_of(rig, errors)
    thermal = 8.31446261815324 * (rig.celsius + 273.15) / 96.48533212331
    x = thermal * np.log([bath["K"] for bath in rig.baths.values()])
    plain = linregress(x, [row.e_rev_mV for row in rig.reversals({"K": 1.0}, errors)])
    assert line.slope_ratio == pytest.approx(plain.slope, rel=1e-9)
    assert line.ratio_ci_low == pytest.approx(plain.slope - t.ppf(0.975, 3) * plain.stderr, rel=1e-9)
    assert line.tost_high == pytest.approx(plain.slope + t.ppf(0.95, 3) * plain.stderr, rel=1e-9)


def test_chloride_slope_is_negative_with_slope_ratio_one() -> None:
    rig = Rig()
    rig.baths = {f"Cl{c:g}": {"Na": 150.0, "Cl": float(c), "HCO3": 150.0 - c} for c in (10, 30, 80, 140)}
    rig.pipette = {"Na": 12.0, "Cl": 12.0}
    line = line_of(rig, experiment=Experiment(ion="Cl", permeant=["Cl"], reference="Cl"), Cl=1.0)
    assert line.slope_ratio == pytest.approx(1.0, abs=1e-6)
    assert line.slope_mV_per_decade == pytest.approx(-58.56, abs=0.01)  # −RT ln 10/F at 22 °C


def test_calcium_slope_is_half_that_of_a_monovalent_with_slope_ratio_one() -> None:
    rig = Rig()
    rig.baths = {f"Ca{c:g}": {"Ca": float(c), "Cl": 2.0 * c} for c in (0.5, 2, 10, 50)}
    rig.pipette = {"Ca": 0.1, "Cl": 0.2}
    line = line_of(rig, experiment=Experiment(ion="Ca", permeant=["K"], divalents=["Ca"], reference="Ca"), Ca=1.0)
    assert line.slope_ratio == pytest.approx(1.0, abs=1e-6)
    assert line.slope_mV_per_decade == pytest.approx(58.56 / 2, abs=0.01)


def test_potassium_membrane_is_equivalent_to_nernst(rig: Rig) -> None:
    line = line_of(rig, WIGGLE)
    assert (line.verdict, line.status, line.reason) == (Verdict.EQUIVALENT, Status.OK, None)


def test_verdict_is_undecided_if_the_interval_exceeds_the_margin(rig: Rig) -> None:
    fits = fits_of(rig, 20 * WIGGLE, Experiment(equivalence_margin=0.01))
    assert fits.nernst[0].verdict is Verdict.UNDECIDED
    assert Code.SLOPE_UNDECIDED in about_line(fits)


def test_sodium_permeability_gives_a_curved_line(rig: Rig) -> None:
    fits = fits_of(rig, WIGGLE, K=1.0, Na=0.02)
    line = fits.nernst[0]
    assert line.verdict is Verdict.DIFFERENT
    assert line.curvature_p is not None
    assert line.curvature_p < 0.01
    found = about_line(fits)[Code.LINE_CURVED_BY_GHK]
    assert (found.number, found.limit) == (line.curvature_p, 0.05)
    assert line.status is Status.OK


def test_a_curved_line_that_no_permeant_ion_explains_is_a_warning(rig: Rig) -> None:
    fits = fits_of(rig, WIGGLE, Experiment(permeant=["K"]), K=1.0, Na=0.02)
    found = about_line(fits)[Code.LINE_CURVED]
    assert (found.number, found.limit) == (fits.nernst[0].curvature_p, 0.05)
    assert fits.nernst[0].status is Status.FLAGGED


def test_two_baths_give_a_slope_but_no_verdict(rig: Rig) -> None:
    rig.baths = k_series(5, 20)
    fits = fits_of(rig)
    line = fits.nernst[0]
    assert line.slope_ratio == pytest.approx(1.0, abs=1e-6)
    assert (line.verdict, line.status, line.n_baths) == (Verdict.UNDECIDED, Status.FLAGGED, 2)
    assert Code.TWO_BATHS in about_line(fits)


def test_one_bath_gives_a_failed_row_with_a_reason(rig: Rig) -> None:
    rig.baths = k_series(5)
    fits = fits_of(rig)
    line = fits.nernst[0]
    assert (line.verdict, line.status, line.n_baths, line.slope_ratio) == (None, Status.FAILED, 1, None)
    assert about_line(fits)[Code.ONE_CONCENTRATION].place == "K"


def test_equal_baths_give_a_failed_row_with_a_reason(rig: Rig) -> None:
    rig.baths = {name: {"K": 5.0, "Na": 145.0, "Cl": 150.0} for name in ("a", "b", "c")}
    fits = fits_of(rig)
    assert fits.nernst[0].status is Status.FAILED
    assert about_line(fits)[Code.ONE_CONCENTRATION].place == "K"


def test_a_bath_without_the_series_ion_is_left_out_and_named(rig: Rig) -> None:
    rig.baths = {"K0": {"Na": 150.0, "Cl": 150.0}, **k_series(2.5, 10, 40)}
    fits = fit_cell(rig.reversals({"K": 1.0, "Na": 0.001}), rig.settings(Experiment()))
    assert fits.nernst[0].n_baths == 3
    assert about_line(fits)[Code.ION_ABSENT_OUTSIDE].place == "control_K0"
    assert fits.permeabilities[0].p_ratio == pytest.approx(0.001, rel=1e-3)


def test_an_ion_of_the_pipette_that_no_bath_contains_gives_no_line(rig: Rig) -> None:
    rig.baths = {"Na150": {"Na": 150.0, "Cl": 150.0}, "Na75": {"Na": 75.0, "Cl": 75.0}}
    fits = fit_cell(rig.reversals({"K": 1.0, "Na": 0.02}), rig.settings(Experiment()))
    assert (fits.nernst[0].status, fits.nernst[0].n_baths) == (Status.FAILED, 0)
    found = found_by_code(fits.fit_findings, table="nernst")
    assert Code.ION_IN_NO_BATH in found
    assert Code.ION_ABSENT not in found
    assert fits.permeabilities[0].p_ratio == pytest.approx(0.02, rel=0.05)


def test_robust_line_withstands_one_wrong_bath(rig: Rig) -> None:
    rig.baths = k_series(1, 2.5, 5, 10, 20, 40, 80)
    errors = np.array([0.1, 15.0, -0.1, 0.1, -0.1, 0.05, 0.0])
    plain = line_of(rig, errors)
    robust = fits_of(rig, errors, Experiment(fitting=Fitting(robust=True)))
    assert robust.nernst[0].slope_ratio == pytest.approx(1.0, abs=0.005)
    assert abs((plain.slope_ratio or 0) - 1) > 0.03
    assert Code.ROBUST_WEIGHTS in about_line(robust)


def test_curves_pass_through_the_simulated_reversal_potentials(rig: Rig) -> None:
    rows = rig.reversals({"K": 1.0, "Na": 0.02})
    points = fit_cell(rows, rig.settings(Experiment())).curves
    lines = {kind: np.array([(p.out_mM, p.e_mV) for p in points if p.kind == kind]).T for kind in ("nernst", "ghk")}
    at_baths = np.interp([row.out_mM or 0 for row in rows], *lines["ghk"])
    assert at_baths == pytest.approx([row.e_rev_mV for row in rows], abs=0.05)
    assert lines["nernst"][1][0] < lines["ghk"][1][0]
