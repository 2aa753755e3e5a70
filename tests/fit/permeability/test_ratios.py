"""Permeability ratios of a cell: correct estimates, or a reason why there is none."""

from __future__ import annotations

import math

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
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.results import CellFits
from reversal.tables.reversals_table import Crossing
from reversal.tables.status import Status
from tests.fit.findings_by_code import found_by_code

CHLORIDE = Experiment(ion="Cl", permeant=["Cl", "HCO3"], reference="Cl")


def ratio_of(rig: Rig, p: dict[str, float], experiment: Experiment, errors: object = 0.0) -> PermeabilityRow:
    """Fit a cell with the true ratios ``p`` and return its first row."""
    return judged(rig, p, experiment, errors)[0]


def judged(
    rig: Rig, p: dict[str, float], experiment: Experiment, errors: object = 0.0
) -> tuple[PermeabilityRow, dict[Code, FindingRow]]:
    """First row of a cell with the true ratios ``p``, and the findings about it."""
    fits = fit_cell(rig.reversals(p, errors), rig.settings(experiment))  # type: ignore[arg-type]
    return fits.permeabilities[0], about_ratio(fits, fits.permeabilities[0])


def about_ratio(fits: CellFits, row: PermeabilityRow) -> dict[Code, FindingRow]:
    """Findings about one ratio of a cell."""
    return found_by_code(fits.fit_findings, table="permeabilities", quantity=f"P_{row.ion}/P_{row.reference}")


@given(log_ratio=st.floats(math.log(3e-3), math.log(30)), celsius=st.floats(5, 40))
@settings(max_examples=15, deadline=None)
def test_ratio_is_recovered_from_exact_reversal_potentials(log_ratio: float, celsius: float) -> None:
    rig = Rig()
    rig.celsius = celsius
    row = ratio_of(rig, {"K": 1.0, "Na": math.exp(log_ratio)}, Experiment())
    assert row.p_ratio == pytest.approx(math.exp(log_ratio), rel=1e-4)
    assert row.bound is Bound.TWO_SIDED
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert row.ci_low < math.exp(log_ratio) < row.ci_high


def test_divalent_ratio_is_recovered() -> None:
    rig = Rig()
    rig.baths = {f"Ca{ca:g}": {"K": 10.0, "Ca": float(ca), "Cl": 10.0 + 2 * ca} for ca in (1, 5, 20, 60)}
    rig.pipette = {"K": 140.0, "Cl": 140.0}
    row = ratio_of(rig, {"K": 1.0, "Ca": 0.7}, Experiment(ion="Ca", permeant=["K"], divalents=["Ca"]))
    assert (row.ion, row.reference) == ("Ca", "K")
    assert row.p_ratio == pytest.approx(0.7, rel=1e-4)


def test_anion_ratio_is_recovered_from_a_bicarbonate_series() -> None:
    rig = Rig()
    rig.baths = {f"B{b:g}": {"Na": 150.0, "Cl": 150.0 - b, "HCO3": float(b)} for b in (0, 10, 40, 120)}
    rig.pipette = {"Na": 20.0, "Cl": 15.0, "HCO3": 5.0}
    row = ratio_of(rig, {"Cl": 1.0, "HCO3": 0.3}, CHLORIDE)
    assert row.p_ratio == pytest.approx(0.3, rel=1e-4)


def test_two_free_ratios_are_recovered_together() -> None:
    rig = Rig()
    rig.baths = {
        "Na": {"Na": 150.0, "Cl": 150.0},
        "Cs": {"Cs": 150.0, "Cl": 150.0},
        "mixed": {"K": 50.0, "Na": 50.0, "Cs": 50.0, "Cl": 150.0},
        "K": {"K": 150.0, "Cl": 150.0},
    }
    rows = fit_cell(
        rig.reversals({"K": 1.0, "Na": 0.08, "Cs": 0.4}), rig.settings(Experiment(permeant=["K", "Na", "Cs"]))
    ).permeabilities
    assert {row.ion: row.p_ratio for row in rows} == pytest.approx({"Na": 0.08, "Cs": 0.4}, rel=1e-4)


def test_interval_of_a_resolved_ratio_matches_minos_of_iminuit() -> None:
    """MINOS gets the same likelihood with the junction error as an explicit nuisance parameter."""
    from iminuit import Minuit

    rig = Rig()
    errors = np.array([0.3, -0.2, 0.1, 0.25, -0.3]) + 0.8
    rows = rig.reversals({"K": 1.0, "Na": 0.03}, errors)
    row = fit_cell(rows, rig.settings(Experiment())).permeabilities[0]
    thermal = 8.31446261815324 * (rig.celsius + 273.15) / 96.48533212331
    variance = rig.se_mV**2 + Fitting().bath_sd_mV ** 2

    def minus_twice_log_likelihood(log_ratio: float, shift: float) -> float:
        alpha, total = math.exp(log_ratio), (shift / rig.shared_sd_mV) ** 2
        for bath, r in zip(rig.baths.values(), rows, strict=True):
            inside = rig.pipette["K"] + alpha * rig.pipette["Na"]
            model = thermal * math.log((bath["K"] + alpha * bath["Na"]) / inside) + shift
            total += ((r.e_rev_mV or 0.0) - model) ** 2 / variance
        return total

    minuit = Minuit(minus_twice_log_likelihood, log_ratio=-3.0, shift=0.0)
    minuit.errordef = Minuit.LEAST_SQUARES
    minuit.migrad()
    minuit.minos("log_ratio", cl=0.95)
    centre, errors_found = minuit.values["log_ratio"], minuit.merrors["log_ratio"]
    assert math.log(row.p_ratio or 0) == pytest.approx(centre, abs=2e-4)
    assert math.log(row.ci_low or 0) == pytest.approx(centre + errors_found.lower, abs=2e-3)
    assert math.log(row.ci_high or 0) == pytest.approx(centre + errors_found.upper, abs=2e-3)


def test_an_unresolved_small_ratio_is_an_upper_bound_never_zero(rig: Rig) -> None:
    row, found = judged(rig, {"K": 1.0, "Na": 0.0}, Experiment(), errors=-0.2)
    assert row.bound is Bound.UPPER
    assert row.p_ratio != 0
    assert row.ci_low is None
    assert row.ci_high is not None
    assert 0 < row.ci_high < 2e-3
    assert row.smallest_resolvable == pytest.approx(row.ci_high, rel=2)
    assert found[Code.UPPER_BOUND_ONLY].place == "Na"


def test_ratio_at_balance_is_lowest_potassium_over_sodium(rig: Rig) -> None:
    row = ratio_of(rig, {"K": 1.0, "Na": 0.02}, Experiment())
    assert row.ratio_at_balance == pytest.approx(2.5 / 147.5)


def test_one_bath_gives_a_flagged_ratio_with_a_reason(rig: Rig) -> None:
    rig.baths = k_series(5)
    row, found = judged(rig, {"K": 1.0, "Na": 0.05}, Experiment())
    assert row.status is Status.FLAGGED
    assert row.p_ratio == pytest.approx(0.05, rel=1e-3)
    assert Code.ONE_BATH in found


def test_two_baths_give_a_ratio(rig: Rig) -> None:
    rig.baths = k_series(5, 20)
    row = ratio_of(rig, {"K": 1.0, "Na": 0.05}, Experiment())
    assert (row.status, row.n_baths) == (Status.OK, 2)


def test_equal_baths_cannot_give_two_ratios() -> None:
    rig = Rig()
    rig.baths = {name: {"K": 5.0, "Na": 100.0, "Cs": 45.0, "Cl": 150.0} for name in ("a", "b", "c")}
    fits = fit_cell(rig.reversals({"K": 1.0, "Na": 0.05}), rig.settings(Experiment(permeant=["K", "Na", "Cs"])))
    assert {row.status for row in fits.permeabilities} == {Status.FAILED}
    for row in fits.permeabilities:
        found = about_ratio(fits, row)[Code.SOLUTIONS_TOO_FEW]
        assert (found.number, found.limit) == (1, 2)


def test_an_ion_in_no_solution_fails_without_affecting_others(rig: Rig) -> None:
    fits = fit_cell(rig.reversals({"K": 1.0, "Na": 0.05}), rig.settings(Experiment(permeant=["K", "Na", "Cs"])))
    by_ion = {row.ion: row for row in fits.permeabilities}
    assert by_ion["Cs"].status is Status.FAILED
    assert about_ratio(fits, by_ion["Cs"])[Code.ION_ABSENT].place == "Cs"
    assert Code.ION_ABSENT not in about_ratio(fits, by_ion["Na"])
    assert by_ion["Na"].p_ratio == pytest.approx(0.05, rel=1e-4)


def test_reversal_potentials_outside_the_tested_range_are_not_used(rig: Rig) -> None:
    rows = rig.reversals({"K": 1.0, "Na": 0.02})
    wrong = rows[0].model_copy(update={"e_rev_mV": 50.0, "crossing": Crossing.EXTRAPOLATED})
    failed = rows[1].model_copy(update={"status": Status.FAILED, "reason": "truncated"})
    fits = fit_cell([wrong, failed, *rows[2:]], rig.settings(Experiment()))
    row = fits.permeabilities[0]
    assert row.p_ratio == pytest.approx(0.02, rel=1e-4)
    assert (row.n_baths, row.n_recordings) == (3, 3)
    left_out = about_ratio(fits, row)[Code.RECORDINGS_LEFT_OUT]
    assert left_out.number == 2
    assert left_out.place == "control_K2.5 (no reversal potential in the tested range), control_K5 (failed)"


def test_a_cell_without_reversal_potentials_has_failed_rows_with_a_reason(rig: Rig) -> None:
    fits = fit_cell([], rig.settings(Experiment()))
    assert [row.status for row in fits.permeabilities] == [Status.FAILED]
    assert Code.NO_REVERSALS in about_ratio(fits, fits.permeabilities[0])
    assert Code.NO_REVERSALS in found_by_code(fits.fit_findings, table="nernst")


def test_several_recordings_in_a_bath_narrow_the_interval(rig: Rig) -> None:
    rig.shared_sd_mV = 0.01
    once = rig.reversals({"K": 1.0, "Na": 0.02})
    again = [row.model_copy(update={"recording": row.recording + "_again"}) for row in once]
    settings_of_cell = rig.settings(Experiment())
    one = fit_cell(once, settings_of_cell).permeabilities[0]
    two = fit_cell([*once, *again], settings_of_cell).permeabilities[0]
    width = [math.log((row.ci_high or 0) / (row.ci_low or 1)) for row in (one, two)]
    assert width[1] / width[0] == pytest.approx(1 / math.sqrt(2), rel=0.02)
    assert (two.n_baths, two.n_recordings) == (5, 10)


def test_excess_scatter_widens_the_interval_and_is_a_finding(rig: Rig) -> None:
    quiet = ratio_of(rig, {"K": 1.0, "Na": 0.02}, Experiment())
    loud, found = judged(rig, {"K": 1.0, "Na": 0.02}, Experiment(), errors=np.array([3.0, -3.0, 2.0, -3.0, 2.5]))
    scatter = found[Code.EXCESS_SCATTER]
    assert (scatter.number, scatter.limit) == (loud.constancy_p, 0.1)
    assert (loud.ci_high or 0) / (loud.ci_low or 1) > 1.5 * (quiet.ci_high or 0) / (quiet.ci_low or 1)


def test_a_common_shift_above_the_junction_error_is_flagged(rig: Rig) -> None:
    row, found = judged(rig, {"K": 1.0, "Na": 0.02}, Experiment(), errors=8.0)
    assert row.status is Status.FLAGGED
    assert row.common_shift_mV == pytest.approx(8.0, abs=1.0)
    assert found[Code.COMMON_SHIFT].number == row.common_shift_mV
    assert found[Code.COMMON_SHIFT].limit == pytest.approx(3 * rig.shared_sd_mV)


def test_robust_weights_withstand_one_wrong_bath(rig: Rig) -> None:
    rig.baths = k_series(1, 2.5, 5, 10, 20, 40, 80)
    errors = np.array([0.0, 12.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    plain = ratio_of(rig, {"K": 1.0, "Na": 0.02}, Experiment(), errors)
    robust = ratio_of(rig, {"K": 1.0, "Na": 0.02}, Experiment(fitting=Fitting(robust=True)), errors)
    assert abs(math.log((robust.p_ratio or 0) / 0.02)) < 0.05
    assert abs(math.log((plain.p_ratio or 0) / 0.02)) > 0.15
    assert "bisquare" in (robust.method or "")


def test_a_free_offset_absorbs_a_shift_with_a_finding_on_confounding(rig: Rig) -> None:
    row, found = judged(rig, {"K": 1.0, "Na": 0.02}, Experiment(fitting=Fitting(offset=True)), errors=8.0)
    assert row.p_ratio == pytest.approx(0.02, rel=1e-3)
    assert Code.OFFSET_INSEPARABLE in found


def test_free_energy_has_the_sign_of_its_convention(rig: Rig) -> None:
    """12 kJ/mol is a factor of 104.9 at 37 °C (RT = 2.5787 kJ/mol)."""
    rig.celsius = 37.0
    row = ratio_of(rig, {"K": 1.0, "Na": 1 / 104.9}, Experiment())
    assert row.ddg_kJ_mol == pytest.approx(12.0, abs=0.01)
    assert row.ddg_ci_low is not None
    assert row.ddg_ci_high is not None
    assert row.ddg_ci_low < 12.0 < row.ddg_ci_high
    assert "disfavoured" in (row.ddg_convention or "")


def test_activities_change_the_ratio_and_name_their_convention() -> None:
    rig = Rig()
    rig.baths = {f"K{k:g}": {"K": float(k), "Na": 20.0, "Cl": 20.0 + k} for k in (2, 5, 20, 60)}
    row = ratio_of(rig, {"K": 1.0, "Na": 0.05}, Experiment())
    assert row.scale == "concentrations"
    assert "Guggenheim" in (row.other_scale or "")
    assert row.other_scale_p_ratio is not None
    assert abs(math.log(row.other_scale_p_ratio / 0.05)) > 0.02
    on_activities = ratio_of(rig, {"K": 1.0, "Na": 0.05}, Experiment(activity="pitzer"))
    assert on_activities.p_ratio == pytest.approx(row.other_scale_p_ratio, rel=1e-4)


def test_a_reversal_potential_without_an_error_is_not_used(rig: Rig) -> None:
    rows = [row.model_copy(update={"se_mV": None, "ci_low_mV": None}) for row in rig.reversals({"K": 1.0, "Na": 0.1})]
    fits = fit_cell(rows, rig.settings(Experiment()))
    row = fits.permeabilities[0]
    assert row.status is Status.FAILED
    named = ", ".join(f"{r.recording} (reversal potential without an error)" for r in rows)
    assert about_ratio(fits, row)[Code.RECORDINGS_LEFT_OUT].place == named


@given(log_ratio=st.floats(math.log(1e-2), math.log(5)), seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_exchanging_the_reference_inverts_the_ratio_and_its_interval(log_ratio: float, seed: int) -> None:
    rig = Rig()
    errors = np.random.default_rng(seed).normal(0, 0.2, 5)
    p = {"K": 1.0, "Na": math.exp(log_ratio)}
    one = ratio_of(rig, p, Experiment(), errors)
    other = ratio_of(rig, p, Experiment(reference="Na"), errors)
    assert (one.ion, other.ion) == ("Na", "K")
    assert (one.p_ratio or 0) * (other.p_ratio or 0) == pytest.approx(1.0, rel=1e-4)
    assert (one.ci_low or 0) * (other.ci_high or 0) == pytest.approx(1.0, rel=1e-3)
    assert (one.ci_high or 0) * (other.ci_low or 0) == pytest.approx(1.0, rel=1e-3)


def test_an_impermeant_reference_gives_a_lower_bound() -> None:
    """Sodium channel without potassium permeability; potassium is the reference."""
    rig = Rig()
    rig.baths = {f"Na{na:g}": {"Na": float(na), "K": 3.0, "Cl": na + 3.0} for na in (20, 50, 100, 150)}
    rig.pipette = {"Na": 20.0, "K": 120.0, "Cl": 140.0}
    row, found = judged(rig, {"Na": 1.0}, Experiment(ion="Na", permeant=["Na", "K"]))
    assert row.bound is Bound.LOWER
    assert row.ci_high is None
    assert row.ci_low is not None
    assert row.ci_low > 50
    assert found[Code.LOWER_BOUND_ONLY].place == row.reference


@given(scale=st.floats(0.5, 10.0))
@settings(max_examples=8, deadline=None)
def test_best_ratio_does_not_depend_on_the_scale_of_the_errors(scale: float) -> None:
    rig = Rig()
    rig.se_mV, rig.shared_sd_mV = 0.3 * scale, 1.0 * scale
    choices = Experiment(fitting=Fitting(bath_sd_mV=0.0))
    row = ratio_of(rig, {"K": 1.0, "Na": 0.02}, choices, np.array([0.1, -0.1, 0.05, 0.0, -0.1]))
    rig.se_mV, rig.shared_sd_mV = 0.3, 1.0
    same = ratio_of(rig, {"K": 1.0, "Na": 0.02}, choices, np.array([0.1, -0.1, 0.05, 0.0, -0.1]))
    assert row.p_ratio == pytest.approx(same.p_ratio, rel=1e-4)


def test_a_bound_has_a_value_unless_the_best_ratio_is_0(rig: Rig) -> None:
    """A true ratio of 0.0001 is recovered although its interval includes 0; free energies are −RT ln of the limits."""
    kilo_rt = 8.31446261815324e-3 * (rig.celsius + 273.15)
    small, none = (ratio_of(rig, {"K": 1.0, "Na": p}, Experiment(), errors) for p, errors in ((1e-4, 0.0), (0.0, -0.2)))
    assert (small.bound, none.bound) == (Bound.UPPER, Bound.UPPER)
    assert small.p_ratio == pytest.approx(1e-4, rel=1e-3)
    assert small.ddg_kJ_mol == pytest.approx(kilo_rt * math.log(1e4), rel=1e-3)
    assert (none.p_ratio, none.ddg_kJ_mol) == (None, None)
    for row in (small, none):
        assert row.ddg_ci_low == pytest.approx(-kilo_rt * math.log(row.ci_high or 0))
        assert row.ddg_ci_high is None


def test_the_common_shift_is_that_of_a_fit_with_the_junction_error_as_a_parameter() -> None:
    """Least squares of scipy with the ratio and a shift of 0 ± 2.5 mV."""
    from scipy.optimize import least_squares

    rig = Rig()
    rig.shared_sd_mV = 2.5
    rows = rig.reversals({"K": 1.0, "Na": 0.03}, np.array([0.3, -0.2, 0.1, 0.25, -0.3]) - 4.0)
    row = fit_cell(rows, rig.settings(Experiment())).permeabilities[0]
    thermal = 8.31446261815324 * (rig.celsius + 273.15) / 96.48533212331
    sd = math.hypot(rig.se_mV, Fitting().bath_sd_mV)
    outside = np.array([[bath["K"], bath["Na"]] for bath in rig.baths.values()])

    def residuals(unknown: np.ndarray) -> np.ndarray:
        alpha = math.exp(unknown[0])
        inside = rig.pipette["K"] + alpha * rig.pipette["Na"]
        e_mV = thermal * np.log((outside[:, 0] + alpha * outside[:, 1]) / inside) + unknown[1]
        return np.append((np.array([r.e_rev_mV for r in rows]) - e_mV) / sd, unknown[1] / rig.shared_sd_mV)

    log_ratio, shift = least_squares(residuals, [-3.0, 0.0], xtol=1e-12, ftol=1e-12).x
    assert math.log(row.p_ratio or 0) == pytest.approx(log_ratio, abs=1e-3)
    assert row.common_shift_mV == pytest.approx(shift, abs=0.01)
    assert abs(shift) > 2.0
