"""Ratios and leaks that the currents of the baths do not determine, and those that they do."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.currents.current_model import (
    CurrentFit,
    Currents,
    Gating,
    _effects,
    _linear,
    _Model,
    currents_of,
    fit_currents,
    jackknife_interval,
)
from reversal.fit.currents.identifiability import (
    GATE,
    LEAK,
    Effects,
    Unidentified,
    confused_parts,
    independent_effect,
    unidentified,
)
from reversal.fit.currents.ratios_from_currents import _parameters_unknown
from reversal.fit.fit_cell import fit_cell
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.results import CellFits
from reversal.tables.status import Status

THREE = {"K": 1.0, "Na": 0.3, "Cl": 0.2}
SAME_CHLORIDE = k_series(2.5, 5, 10, 20, 40)
LOW_CHLORIDE = {
    "low": {"K": 5.0, "Na": 145.0, "Cl": 30.0, "gluconate": 120.0},
    "lower": {"K": 20.0, "Na": 130.0, "Cl": 10.0, "gluconate": 140.0},
}
LESS_SODIUM = {
    "NMDG": {"K": 5.0, "Na": 45.0, "NMDG": 100.0, "Cl": 150.0},
    "more NMDG": {"K": 20.0, "NMDG": 130.0, "Cl": 150.0},
}
GATES = [None, (-20.0, 10.0)]


def fits_of(rig: Rig, p: dict[str, float], gate: tuple[float, float] | None) -> CellFits:
    leak_nS = 0.0 if gate is None else 0.05
    return fit_cell(rig.reversals(p), rig.settings(Experiment(permeant=list(p))), iv_points(rig, p, gate, leak_nS))


def row_of(fits: CellFits, ion: str) -> tuple[CurrentRatioRow, dict[str, FindingRow]]:
    (row,) = (row for row in fits.current_ratios if row.ion == ion)
    found = [f for f in fits.fit_findings if f.table == "current_ratios" and f.quantity == f"P_{ion}/P_K"]
    return row, {f.code: f for f in found}


def series_of(rig: Rig, p: dict[str, float]) -> BathSeries:
    (series,) = series_of_cell(rig.reversals(p), rig.settings(Experiment(permeant=list(p))))
    return series


def test_with_constant_chloride_other_ratios_give_the_same_currents(rig: Rig) -> None:
    """K + Na and Cl are 150 mM on both sides: P_K and P_Na less by what P_Cl has more give the same currents."""
    data = currents_of(series_of(rig, THREE), iv_points(rig, THREE, None))
    assert data is not None
    model = _Model(data, 0, [1, 2], Gating.NONE)
    other = np.array([0.3 - 0.2, 0.2 + 0.2]) / (1.0 - 0.2)
    both = np.log([[[0.3, 0.2]], [other.tolist()]])
    rms = np.sqrt(np.mean(_linear(model, both).residual ** 2, axis=-1))
    assert rms[1] == pytest.approx(rms[0], rel=1e-9)


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("ion", ["Na", "Cl"])
def test_ratios_of_three_ions_with_constant_chloride_are_not_given(
    rig: Rig, gate: tuple[float, float] | None, ion: str
) -> None:
    row, found = row_of(fits_of(rig, THREE, gate), ion)
    assert (row.p_ratio, row.ci_low, row.ci_high, row.agrees) == (None, None, None, None)
    assert (row.status, row.p_reference_um3_per_s) == (Status.FAILED, None)
    assert set(found) == {Code.CURRENTS_INDISTINGUISHABLE}
    assert row.reason == "Cannot tell, because the currents in these solutions do not distinguish K, Na and Cl."
    assert "replaces part of the Na or Cl" in found[Code.CURRENTS_INDISTINGUISHABLE].remedy


def test_reversal_potentials_of_these_baths_give_bounds_that_contain_the_truth(rig: Rig) -> None:
    """The profile likelihood follows the valley, to where one of the permeabilities is 0."""
    rows: dict[str, PermeabilityRow] = {row.ion: row for row in fits_of(rig, THREE, None).permeabilities}
    for ion in ("Na", "Cl"):
        assert (rows[ion].p_ratio, rows[ion].bound) == (None, Bound.UPPER)
        assert (rows[ion].ci_high or 0) > THREE[ion]


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("extra", [LOW_CHLORIDE, LESS_SODIUM])
def test_two_baths_of_the_remedy_give_the_ratios_with_intervals(
    rig: Rig, gate: tuple[float, float] | None, extra: dict[str, dict[str, float]]
) -> None:
    rig.baths = {**SAME_CHLORIDE, **extra}
    fits = fits_of(rig, THREE, gate)
    for ion in ("Na", "Cl"):
        row, found = row_of(fits, ion)
        assert found == {}
        assert row.status is Status.OK
        assert (row.ci_low or 9) < THREE[ion] < (row.ci_high or 0)
        assert row.p_ratio == pytest.approx(THREE[ion], rel=0.01)


def test_one_bath_of_the_remedy_gives_the_ratios_with_an_interval_from_voltages(rig: Rig) -> None:
    """Without this bath, the others do not determine the ratio, so leaving it out does not show its error."""
    rig.baths = {**SAME_CHLORIDE, "low": LOW_CHLORIDE["low"]}
    row, found = row_of(fits_of(rig, THREE, None), "Na")
    assert row.p_ratio == pytest.approx(0.3, rel=0.01)
    assert (row.ci_low or 9) < 0.3 < (row.ci_high or 0)
    assert row.status is Status.OK
    assert set(found) == {Code.CURRENTS_FROM_ONE_BATH}
    assert found[Code.CURRENTS_FROM_ONE_BATH].place == "low"


def test_a_difference_below_the_error_of_a_recipe_does_not_determine_a_ratio(rig: Rig) -> None:
    """0.1 mM less chloride in one bath gave 0.40 (0.39 to 0.42) for a ratio of 0.3."""
    almost = {"K": 5.0, "Na": 145.0, "Cl": 149.9, "gluconate": 0.1}
    rig.baths = {**SAME_CHLORIDE, "almost": almost}
    row, found = row_of(fits_of(rig, THREE, None), "Na")
    assert row.p_ratio is None
    assert set(found) == {Code.CURRENTS_INDISTINGUISHABLE}


def test_two_ions_in_a_constant_proportion_are_named_without_the_reference(rig: Rig) -> None:
    rig.pipette = {"K": 140.0, "Na": 5.0, "Li": 5.0, "Cl": 150.0}
    rig.baths = {f"K{k}": {"K": k, "Na": 75 - k / 2, "Li": 75 - k / 2, "Cl": 150.0} for k in (2.5, 10.0, 40.0)}
    row, _ = row_of(fits_of(rig, {"K": 1.0, "Na": 0.1, "Li": 0.2}, None), "Li")
    assert row.p_ratio is None
    assert (row.reason or "").endswith("do not distinguish Na and Li.")
    assert row.p_reference_um3_per_s == pytest.approx(300.0, rel=0.01)


@pytest.mark.parametrize("baths", [k_series(2.5, 10, 40), SAME_CHLORIDE])
@pytest.mark.parametrize("ratio", [0.0005, 0.05, 1.0])
@pytest.mark.parametrize("gate", [None, (-20.0, 10.0), (-40.0, -25.0), (-60.0, -8.0)])
def test_potassium_and_sodium_are_distinguished_with_and_without_a_gate(
    rig: Rig, gate: tuple[float, float] | None, ratio: float, baths: dict[str, dict[str, float]]
) -> None:
    rig.baths = baths
    p = {"K": 1.0, "Na": ratio}
    data = currents_of(series_of(rig, p), iv_points(rig, p, gate, 0.0 if gate is None else 0.5))
    assert data is not None
    assert fit_currents(data, 0, [1]).unidentified == Unidentified()


TURN = np.linspace(-1.0, 1.0, 21)


def effects(*columns: np.ndarray, parts: tuple[int | str, ...]) -> Effects:
    return Effects(np.column_stack(columns), parts)


def test_independent_effect_is_the_sine_of_the_angle_to_the_other_effects() -> None:
    angle = 0.01
    columns = np.array([[1.0, 5 * np.cos(angle)], [0.0, 5 * np.sin(angle)], [0.0, 0.0]])
    assert independent_effect(columns, 1) == pytest.approx(np.sin(angle), rel=1e-9)
    assert independent_effect(np.array([[1.0, 0.0], [2.0, 0.0]]), 1) == 0.0


def test_a_leak_that_an_ion_imitates_is_named_with_it() -> None:
    of_leak = effects(TURN**2, TURN, TURN, np.ones(21), parts=(0, 1, LEAK, LEAK))
    everything = np.ones((1, 21), dtype=bool)
    assert unidentified(of_leak, [1], everything) == Unidentified(ratios={0: (1, LEAK)}, leak=(LEAK, 1))
    of_gate = effects(TURN**3, TURN**2, TURN**3, TURN**4, parts=(0, 1, GATE, GATE))
    assert unidentified(of_gate, [1], everything) == Unidentified(p_reference=(0, GATE))


def test_an_ion_without_effect_is_named_alone_and_several_parts_as_all_ions() -> None:
    assert confused_parts(effects(TURN**2, 0 * TURN, parts=(0, 1)), 1) == (1,)
    twice = effects(TURN**2, TURN, TURN, TURN, TURN**3, parts=(0, 1, 2, 3, LEAK))
    assert confused_parts(twice, 1) == (1, 0, 2, 3)


def test_a_bath_that_alone_shows_the_ion_is_found() -> None:
    sodium = np.where(np.arange(21) < 7, TURN, 0.0)
    bath = np.repeat([0, 1, 2], 7)
    found = unidentified(effects(TURN**2, sodium, parts=(0, 1)), [1], np.unique(bath)[:, None] != bath)
    assert found == Unidentified(without_bath={0: (0,)})


def test_an_unknown_leak_and_permeability_are_notes() -> None:
    unknown = Unidentified(p_reference=(0, GATE), leak=(LEAK, 1))
    fit = CurrentFit(np.zeros(1), 1.0, None, None, None, None, 0.0, 9, np.zeros((3, 1)), np.zeros(1), unknown)
    notes = _parameters_unknown(fit, "K")
    assert {found.code for found in notes} == {Code.CURRENTS_PARAMETER_UNKNOWN}
    assert [found.place for found in notes] == ["permeability of K", "leak"]
    assert jackknife_interval(fit, 0) is not None


def test_a_bi_ionic_series_has_an_interval_for_each_ion(rig: Rig) -> None:
    """One bath for each ion; noise of 1 pA, and all voltages 1 mV off, as a junction of that error leaves them."""
    p = {"K": 1.0, "Li": 0.4, "Rb": 1.1, "Cs": 0.8}
    rig.baths = {ion: {ion: 150.0, "Cl": 150.0} for ion in p}
    points = [
        point.model_copy(update={"v_membrane_mV": (point.v_membrane_mV or 0.0) + 1.0})
        for point in iv_points(rig, p, None, kind="tail")
    ]
    fits = fit_cell(rig.reversals(p, 1.0), rig.settings(Experiment(permeant=list(p))), points)
    for ion in ("Li", "Rb", "Cs"):
        row, found = row_of(fits, ion)
        assert set(found) == {Code.CURRENTS_FROM_ONE_BATH}
        assert row.agrees
        assert (row.ci_low or 9) < p[ion] < (row.ci_high or 0)
        assert (row.ci_high or 9) / (row.ci_low or 1) < 1.3


@pytest.mark.parametrize(("gating", "floor"), [(Gating.BOLTZMANN, 0.0), (Gating.PARTIAL, 0.4)])
def test_effects_are_the_changes_of_the_currents_with_each_parameter(gating: Gating, floor: float) -> None:
    """Differences of P (u₁ + r u₂)(a/(1 + e^((V½ − V)/k)) + f) + g V + c, each divided by its size."""
    v = np.linspace(-100.0, 60.0, 33)
    unit, weight = np.column_stack([v + 90.0 + 0.2 * v**2 / 40.0, v - 50.0]), np.linspace(0.5, 2.0, v.size)

    def weighted(values: np.ndarray) -> np.ndarray:
        p, log_ratio, f, half_mV, slope_mV, leak_nS, constant_pA = values
        opened = (1.0 - floor) / (1.0 + np.exp((half_mV - v) / slope_mV)) + f
        current = p * (unit[:, 0] + np.exp(log_ratio) * unit[:, 1]) * opened + leak_nS * v + constant_pA
        return np.asarray(current * weight)

    at = np.array([1.0, np.log(0.3), floor, -25.0, 9.0, 0.4, 3.0])
    changes = np.array([weighted(at + 1e-4 * one) - weighted(at - 1e-4 * one) for one in np.eye(at.size)])
    data = Currents(v, weighted(at) / weight, weight, unit, np.zeros(v.size, dtype=int), gated=True)
    found = _effects(_Model(data, 0, [1], gating), at[[1, 3, 4]], np.array([1.0 - floor, floor, 0.4, 3.0]))
    wanted = changes if floor else np.delete(changes, 2, axis=0)
    assert found.parts == (0, 1, *([GATE] if floor else []), GATE, GATE, LEAK, LEAK)
    sizes = np.linalg.norm(wanted, axis=1)
    cosines = np.abs(np.sum(found.columns.T * wanted, axis=1)) / np.linalg.norm(found.columns, axis=0) / sizes
    assert cosines == pytest.approx(np.ones(sizes.size), abs=1e-8)
