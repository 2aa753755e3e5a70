"""Comparison of models, leave-one-bath-out, and ratios from single baths."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series, simulated_reversal_mV
from reversal.experiment.configuration import Experiment
from reversal.fit.fit_cell import fit_cell
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.models_table import ModelRow
from reversal.tables.results import CellFits
from reversal.tables.status import Status
from tests.fit.findings_by_code import found_by_code

NOISE = np.array([0.15, -0.2, 0.1, 0.2, -0.25])


def fits_of(rig: Rig, p: dict[str, float], errors: object = NOISE, experiment: Experiment | None = None) -> CellFits:
    return fit_cell(rig.reversals(p, errors), rig.settings(experiment or Experiment()))  # type: ignore[arg-type]


def models_of(fits: CellFits) -> dict[str, ModelRow]:
    return {row.model: row for row in fits.models}


def test_ghk_is_preferred_with_sodium_permeability(rig: Rig) -> None:
    models = models_of(fits_of(rig, {"K": 1.0, "Na": 0.02}))
    assert models["ghk"].delta_aicc == 0
    assert (models["ghk"].p_value or 0) < 1e-6
    assert (models["nernst"].loo_rms_mV or 0) > 10 * (models["ghk"].loo_rms_mV or 0)


def test_nernst_is_preferred_for_a_potassium_membrane(rig: Rig) -> None:
    models = models_of(fits_of(rig, {"K": 1.0}))
    assert models["nernst"].delta_aicc == 0
    assert (models["ghk"].p_value or 0) > 0.1


def test_p_at_the_boundary_is_half_that_of_chi_square(rig: Rig) -> None:
    """Chernoff 1954: at a boundary P = ½ P(χ²₁ > LR)."""
    from scipy.stats import chi2

    models = models_of(fits_of(rig, {"K": 1.0, "Na": 0.0015}))
    ratio = (models["nernst"].chi2 or 0) - (models["ghk"].chi2 or 0)
    assert models["ghk"].p_value == pytest.approx(chi2.sf(ratio, 1) / 2, rel=1e-6)


def test_aicc_matches_its_definition(rig: Rig) -> None:
    ghk = models_of(fits_of(rig, {"K": 1.0, "Na": 0.02}))["ghk"]
    assert ghk.aicc == pytest.approx((ghk.chi2 or 0) + 2 * 1 + 2 * 1 * 2 / (5 - 1 - 1))


def test_an_offset_is_detected_with_a_finding_on_confounding(rig: Rig) -> None:
    models = models_of(fits_of(rig, {"K": 1.0, "Na": 0.02}, NOISE + 12.0))
    assert (models["ghk+offset"].p_value or 0) < 1e-6
    reasons = {name: row.reason for name, row in models.items() if row.reason is not None}
    assert reasons == {"ghk+offset": finding(Code.OFFSET_INSEPARABLE).sentence}


def test_influence_identifies_the_wrong_bath(rig: Rig) -> None:
    errors = np.zeros(5)
    errors[2] = 6.0
    influence = {row.bath: row for row in fits_of(rig, {"K": 1.0, "Na": 0.02}, errors).influence}
    worst = max(influence.values(), key=lambda row: abs(row.error_mV or 0))
    assert worst.bath == "K10"
    assert worst.error_mV == pytest.approx(6.0, abs=0.1)
    assert worst.p_ratio_without == pytest.approx(0.02, rel=1e-3)


def test_leaving_a_bath_out_equals_fitting_without_it(rig: Rig) -> None:
    rows = rig.reversals({"K": 1.0, "Na": 0.02}, NOISE)
    settings = rig.settings(Experiment())
    influence = {row.bath: row for row in fit_cell(rows, settings).influence}
    for left_out in rows:
        fewer = fit_cell([row for row in rows if row is not left_out], settings)
        assert influence[left_out.bath].p_ratio_without == pytest.approx(fewer.permeabilities[0].p_ratio, rel=1e-4)
        assert influence[left_out.bath].slope_ratio_without == pytest.approx(fewer.nernst[0].slope_ratio, rel=1e-6)


def test_each_bath_alone_gives_the_true_ratio(rig: Rig) -> None:
    rows = fits_of(rig, {"K": 1.0, "Na": 0.02}, 0.0).bath_ratios
    assert [row.p_ratio for row in rows] == pytest.approx([0.02] * 5, rel=1e-3)


def test_a_ratio_that_changes_from_bath_to_bath_is_a_finding(rig: Rig) -> None:
    """P_Na/P_K is 0.01 at low and 0.03 at high outside K, so no single ratio fits."""
    rows = []
    for (name, bath), ratio in zip(rig.baths.items(), (0.010, 0.014, 0.018, 0.024, 0.030), strict=True):
        e_mV = simulated_reversal_mV({"K": 1.0, "Na": ratio}, bath, rig.pipette, rig.celsius)
        rows += [r.model_copy(update={"e_rev_mV": e_mV}) for r in rig.reversals({"K": 1.0}) if r.bath == name]
    row = fit_cell(rows, rig.settings(Experiment())).permeabilities[0]
    assert row.constancy_p is not None
    assert row.constancy_p < 0.01


def test_substitution_shift_is_free_of_the_junction_error() -> None:
    """X replaces the reference outside: P_X/P_ref = ([ref]/[X]) exp(FΔE/RT); a common offset cancels in ΔE."""
    rig = Rig()
    rig.baths = {"K": {"K": 150.0, "Cl": 150.0}, "Rb": {"Rb": 150.0, "Cl": 150.0}}
    rig.pipette = {"K": 150.0, "Cl": 150.0}
    rows = fits_of(rig, {"K": 1.0, "Rb": 0.92}, 3.0, Experiment(permeant=["K", "Rb"])).bath_ratios
    rubidium = next(row for row in rows if row.bath == "Rb")
    assert rubidium.reference_bath == "K"
    assert rubidium.shift_p_ratio == pytest.approx(0.92, rel=1e-6)
    assert (rubidium.shift_ci_low or 0) < 0.92 < (rubidium.shift_ci_high or 0)
    assert rubidium.p_ratio == pytest.approx(0.92 * np.exp(3.0 / 25.434), rel=1e-3)  # RT/F at 22 °C


def test_conditions_are_paired_within_the_cell(rig: Rig) -> None:
    rows = rig.reversals({"K": 1.0, "Na": 0.02}, NOISE + 4.0)
    rows += rig.reversals({"K": 1.0, "Na": 0.06}, NOISE[::-1] + 4.0, condition="drug")
    fits = fit_cell(rows, rig.settings(Experiment(), ("control", "drug")))
    (pair,) = fits.condition_pairs
    assert (pair.condition, pair.against) == ("drug", "control")
    assert pair.ratio_of_ratios == pytest.approx(3.0, rel=0.04)
    assert (pair.ci_low or 0) < 3.0 < (pair.ci_high or 0)


def test_a_condition_without_a_fit_gives_a_failed_row(rig: Rig) -> None:
    fits = fit_cell(rig.reversals({"K": 1.0, "Na": 0.02}), rig.settings(Experiment(), ("control", "drug")))
    (pair,) = fits.condition_pairs
    assert pair.status is Status.FAILED
    found = found_by_code(fits.fit_findings, table="condition_pairs", condition="drug", quantity="P_Na/P_K")
    assert set(found) == {Code.CONDITION_WITHOUT_RATIO}


def test_models_with_more_parameters_than_baths_are_left_out(rig: Rig) -> None:
    rig.baths = k_series(5)
    assert set(models_of(fits_of(rig, {"K": 1.0, "Na": 0.02}, 0.0))) == {"nernst", "ghk"}


SUBSTITUTED = {ion: {ion: 150.0, "Cl": 150.0} for ion in ("K", "Li", "Rb", "Cs")}
OF_SUBSTITUTES = {"K": 1.0, "Li": 0.4, "Rb": 0.5, "Cs": 0.8}


def test_a_ratio_that_only_the_left_out_bath_determines_has_no_value_without_it(rig: Rig) -> None:
    """One bath for each ion: no other bath predicts it, and without the bath of Li⁺ its ratio is not known."""
    rig.baths = SUBSTITUTED
    fits = fit_cell(rig.reversals(OF_SUBSTITUTES), rig.settings(Experiment(permeant=["Li", "K", "Rb", "Cs"])))
    influence = {row.bath: row for row in fits.influence}
    first = fits.permeabilities[0].ion
    assert influence[first].p_ratio_without is None
    others = [row.p_ratio_without for bath, row in influence.items() if bath not in (first, "K")]
    assert others == pytest.approx([OF_SUBSTITUTES[first]] * 2, rel=1e-3)
    assert {row.predicted_mV for bath, row in influence.items() if bath != "K"} == {None}
    assert {row.error_mV for bath, row in influence.items() if bath != "K"} == {None}
    assert {row.loo_rms_mV for row in fits.models if row.model == "ghk"} == {None}


def test_a_ratio_that_two_baths_determine_keeps_its_value_without_one_of_them(rig: Rig) -> None:
    rig.baths = {**SUBSTITUTED, "half": {"Li": 75.0, "K": 75.0, "Cl": 150.0}}
    fits = fit_cell(rig.reversals(OF_SUBSTITUTES), rig.settings(Experiment(permeant=["Li", "K", "Rb", "Cs"])))
    influence = {row.bath: row for row in fits.influence}
    assert influence["Li"].p_ratio_without == pytest.approx(0.4, rel=1e-3)
    assert influence["half"].error_mV == pytest.approx(0.0, abs=0.01)
    assert influence["Rb"].error_mV is None
