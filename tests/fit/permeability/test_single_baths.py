"""Ratio from each bath alone, checked by hand."""

from __future__ import annotations

import math

import pytest

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit.fit_cell import fit_cell
from reversal.tables.bath_ratios_table import BathRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding

THERMAL_mV = 8.31446261815324 * 295.15 / 96.48533212331  # at 22 °C


def rows_of(rig: Rig) -> list[BathRatioRow]:
    return list(fit_cell(rig.reversals({"K": 1.0, "Na": 0.05}), rig.settings(Experiment())).bath_ratios)


def balance(e_mV: float, out: dict[str, float], inside: dict[str, float]) -> float:
    """α of Hodgkin & Katz: x (K_i + α Na_i) = K_o + α Na_o with x = exp(EF/RT)."""
    x = math.exp(e_mV / THERMAL_mV)
    return (out["K"] - x * inside["K"]) / (x * inside["Na"] - out["Na"])


def test_interval_of_a_single_bath_includes_own_and_shared_errors(rig: Rig) -> None:
    reach = 1.959964 * math.hypot(0.1, 1.0, Experiment().fitting.bath_sd_mV)
    for row, bath, measured in zip(
        rows_of(rig), rig.baths.values(), rig.reversals({"K": 1.0, "Na": 0.05}), strict=True
    ):
        e_mV = measured.e_rev_mV or 0.0
        ends = [balance(e_mV + d, bath, rig.pipette) for d in (-reach, reach)]
        assert row.p_ratio == pytest.approx(0.05, rel=1e-5)
        positive = [end for end in ends if end > 0]
        assert row.ci_high == pytest.approx(max(positive), rel=1e-5)
        assert row.ci_low == (pytest.approx(min(ends), rel=1e-5) if len(positive) == 2 else None)


def test_conductance_ratio_is_the_inverse_ratio_of_driving_forces(rig: Rig) -> None:
    """g_Na/g_K = (E_K − E)/(E − E_Na) (Hodgkin & Huxley 1952, chord conductances)."""
    row, bath = rows_of(rig)[0], rig.baths["K2.5"]
    e_k, e_na = (THERMAL_mV * math.log(bath[ion] / rig.pipette[ion]) for ion in ("K", "Na"))
    e_mV = rig.reversals({"K": 1.0, "Na": 0.05})[0].e_rev_mV or 0.0
    assert row.conductance_ratio == pytest.approx((e_k - e_mV) / (e_mV - e_na), rel=1e-4)


def test_shift_between_pure_baths_gives_the_ratio(rig: Rig) -> None:
    """E_Na − E_K = (RT/F) ln(P_Na Na_o/(P_K K_o)); the interval uses only the own errors of both baths."""
    rig.baths = {"K150": {"K": 150.0, "Cl": 150.0}, "Na150": {"Na": 150.0, "Cl": 150.0}}
    rig.pipette = {"K": 140.0, "Cl": 140.0}
    first, second = rows_of(rig)
    assert (first.reference_bath, first.shift_mV) == (None, None)
    assert second.reference_bath == "K150"
    assert second.shift_mV == pytest.approx(THERMAL_mV * math.log(0.05), rel=1e-4)
    assert second.shift_p_ratio == pytest.approx(0.05, rel=1e-4)
    reach = 1.959964 * math.sqrt(2) * math.hypot(0.1, Experiment().fitting.bath_sd_mV) / THERMAL_mV
    assert second.shift_ci_low == pytest.approx(0.05 * math.exp(-reach), rel=1e-4)
    assert second.shift_ci_high == pytest.approx(0.05 * math.exp(reach), rel=1e-4)


def test_a_bath_without_a_solution_for_the_ratio_gives_a_finding(rig: Rig) -> None:
    rows = rig.reversals({"K": 1.0, "Na": 0.05})
    rows[0] = rows[0].model_copy(update={"e_rev_mV": -110.0})  # below E_K
    fits = fit_cell(rows, rig.settings(Experiment()))
    first = fits.bath_ratios[0]
    assert first.p_ratio is None
    assert first.reason is not None
    assert first.conductance_ratio is None
    assert all(row.reason is None for row in fits.bath_ratios[1:])


def test_ratios_that_compensate_one_another_have_bounds_in_each_bath(rig: Rig) -> None:
    """K + Na and Cl are constant: five baths once agreed on 0.71 (0.62 to 0.83) for a P_Cl/P_K of 0.2."""
    truth = {"K": 1.0, "Na": 0.3, "Cl": 0.2}
    fits = fit_cell(rig.reversals(truth), rig.settings(Experiment(permeant=list(truth))))
    reason = finding(Code.BATH_RATIO_BOUNDED, place="Cl").sentence
    assert {row.reason for row in fits.bath_ratios if row.ion == "Cl"} == {reason}
    for row in fits.bath_ratios:
        assert (row.p_ratio, row.ci_low) == (None, None)
        assert (row.ci_high or 0) > truth[row.ion]


def test_a_ratio_is_that_of_its_bath_if_another_ion_is_bounded_near_0(rig: Rig) -> None:
    """Without chloride permeability, the value of Na stays, and its interval allows for some chloride."""
    rig.pipette = {"K": 140.0, "Na": 10.0, "Cl": 10.0, "gluconate": 140.0}
    truth = {"K": 1.0, "Na": 0.05, "Cl": 0.0}
    fits = fit_cell(rig.reversals(truth), rig.settings(Experiment(permeant=list(truth))))
    sodium = [row for row in fits.bath_ratios if row.ion == "Na"]
    assert [row.p_ratio for row in sodium] == pytest.approx([0.05] * 5, rel=0.02)
    assert all((row.ci_high or 0) > 0.05 for row in sodium)
    assert {row.p_ratio for row in fits.bath_ratios if row.ion == "Cl"} == {None}
