"""Checks between made-up recordings of a cell: numbers, limits, and which recordings are compared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reversal.experiment.measure_settings import Quality
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.quality.cell_checks import (
    cell_checks,
    declared_bath,
    return_to_bath,
    run_down_over_baths,
    series_resistance_over_cell,
)
from reversal.measure.quality.cell_recording import CellRecording
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.voltage.nernst_prediction import Prediction
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import DEFINITIONS
from reversal.tables.iv_table import IVKind
from reversal.tables.status import Severity

V = np.arange(-100.0, 61.0, 20.0)
THERMAL_mV = 8.31446261815324 * 295.15 / 96.48533212331  # at 22 °C
LIMITS = Quality()


def goldman(v_mV: np.ndarray, e_mV: float) -> np.ndarray:
    """Relative current of monovalent cations that reverses at E (Goldman 1943)."""
    u = np.where(v_mV == 0.0, 1e-9, v_mV) / THERMAL_mV
    return np.asarray(u * (1 - np.exp((e_mV - v_mV) / THERMAL_mV)) / (1 - np.exp(-u)))


def passive(
    rs: float | None = 10.0, residual: float = 2.0, tested: Ranged | None = None, source: Any = "sheet"
) -> Passive:
    series = None if rs is None else SeriesResistance(rs, residual, 0.1, source)
    test = None if tested is None else MembraneTest(tested, None, None)
    return Passive(series, None, None, None, test)


def one(
    name: str = "r", bath: str = "K5", e_mV: float | None = -70.0, se_mV: float = 0.2, size: float = 1.0, **changes: Any
) -> CellRecording:
    """A current of 30 pA per unit of a constant field that reverses at ``e_mV``, with errors of 0.5 pA."""
    i_pA = size * 30.0 * goldman(V, -70.0 if e_mV is None else e_mV)
    kind = changes.pop("kind", IVKind.STEADY)
    curve = IVCurve(kind, np.arange(V.size), V + 4.0, i_pA, np.full(V.size, 0.5), 50.0, np.zeros((V.size, 2)), 60)
    made = CellRecording(
        recording=name,
        bath=bath,
        inside="pipette",
        condition=changes.pop("condition", "control"),
        temperature_C=22.0,
        passive=changes.pop("passive", passive()),
        curve=curve,
        v_membrane_mV=V,
        points=Points(V, i_pA, np.full(V.size, 0.5), 60),
        estimate=None if e_mV is None else Estimate(e_mV, None, None, se_mV, Estimator.SMOOTH_CURVE, None),
        prediction=Prediction("K", changes.pop("z", 1), 5.0, 140.0, changes.pop("nernst_mV", -84.0)),
    )
    return replace(made, **changes)


def changes_of(*all_passive: Passive) -> list[tuple[str, float | None, bool]]:
    recordings = [one(f"r{n}", passive=each) for n, each in enumerate(all_passive)]
    found = series_resistance_over_cell(recordings, LIMITS)
    return [(name, check.finding.number, check.passed) for name, check in found]


def test_r_s_is_compared_with_the_first_that_is_known() -> None:
    found = changes_of(passive(None), passive(10.0), passive(11.9), passive(None), passive(12.1), passive(7.9))
    assert [name for name, _, _ in found] == ["r2", "r4", "r5"]
    assert [number for _, number, _ in found] == pytest.approx([0.19, 0.21, -0.21])
    assert [passed for _, _, passed in found] == [True, False, False]


def test_the_larger_of_the_reported_and_the_tested_change_counts() -> None:
    """A residual that grows from 2.0 to 5.0 MΩ is 30 % of the 10 MΩ before compensation."""
    before, after = Ranged(2.0, 0.3), Ranged(5.0, 0.4)
    ((_, number, _),) = changes_of(passive(tested=before), passive(11.0, 2.2, tested=after))
    assert number == pytest.approx(0.3)
    ((_, number, _),) = changes_of(passive(tested=before), passive(15.0, 3.0, tested=after))
    assert number == pytest.approx(0.5)


@pytest.mark.parametrize(("later", "counts"), [(3.45, False), (3.55, True), (0.45, True), (0.55, False)])
def test_a_tested_change_counts_from_three_standard_errors(later: float, counts: bool) -> None:
    """√(0.3² + 0.4²) = 0.5 MΩ."""
    ((_, number, _),) = changes_of(passive(tested=Ranged(2.0, 0.3)), passive(tested=Ranged(later, 0.4)))
    assert number == pytest.approx((later - 2.0) / 10.0 if counts else 0.0)


def test_another_setting_or_another_source_is_not_compared() -> None:
    tests = {"tested": Ranged(2.0, 0.1)}, {"tested": Ranged(5.0, 0.1)}
    for residual, counts in ((2.09, True), (2.11, False), (1.91, True), (1.89, False)):
        ((_, number, _),) = changes_of(passive(**tests[0]), passive(10.0, residual, **tests[1]))
        assert number == pytest.approx(0.3 if counts else 0.0)
    assert changes_of(passive(), passive(20.0, 4.0, source="membrane test")) == []
    ((_, number, _),) = changes_of(passive(**tests[0]), passive(20.0, 4.0, source="membrane test", **tests[1]))
    assert number == pytest.approx(0.3)


def checks_by_code(found: Any) -> dict[Code, Any]:
    return {check.finding.code: check for _, check in found}


@pytest.mark.parametrize(
    ("shift", "se", "passed"), [(2.9, 0.2, True), (-3.1, 0.2, False), (5.9, 1.41, True), (6.1, 1.41, False)]
)
def test_e_rev_may_move_by_3_mV_or_three_standard_errors_on_return(shift: float, se: float, passed: bool) -> None:
    recordings = [one("a", se_mV=se), one("b", "K20", -40.0), one("c", e_mV=-70.0 + shift, se_mV=se)]
    check = checks_by_code(return_to_bath(recordings, LIMITS))[Code.RETURN_TO_BATH]
    assert (check.finding.number, check.passed, check.finding.place) == (pytest.approx(shift), passed, "a")
    assert check.finding.limit == pytest.approx(max(3.0, 3.0 * np.hypot(se, se)))


def test_conductance_on_return_is_the_slope_between_the_ends_of_the_iv() -> None:
    """Currents of −220 and 100 pA at the ends of 160 mV are 2 nS; −100 and 140 pA at those of 80 mV are 3 nS."""
    one_v, other_v = np.array([-100.0, -60.0, 60.0]), np.array([-90.0, -20.0, -10.0])
    before = replace(one("a"), points=Points(one_v, np.array([-220.0, -30.0, 100.0]), np.ones(3), 60))
    after = replace(one("b"), points=Points(other_v, np.array([-100.0, 77.0, 140.0]), np.ones(3), 60))
    check = checks_by_code(return_to_bath([before, after], LIMITS))[Code.RUN_DOWN]
    assert (check.finding.number, check.finding.values["quantity"]) == (pytest.approx(0.5), "conductance")


def test_conductance_may_change_by_40_percent_on_return() -> None:
    recordings = [one("a"), one("b", size=0.5), one("c", condition="drug"), one("d", size=0.65)]
    found = [(name, check.finding.number, check.passed) for name, check in return_to_bath(recordings, LIMITS)]
    assert [name for name, _, _ in found] == ["b", "b", "d", "d"]
    assert [number for _, number, _ in found] == pytest.approx([0.0, -0.5, 0.0, -0.35])
    assert [passed for _, _, passed in found] == [True, False, True, True]
    assert list(return_to_bath([one("a"), one("b", e_mV=None)], LIMITS)) == []
    assert list(return_to_bath([one("a", e_mV=None), one("b")], LIMITS)) == []


@pytest.mark.parametrize(("size", "passed"), [(0.61, True), (0.59, False), (1.39, True), (1.41, False)])
def test_outward_current_over_its_driving_force_may_change_by_40_percent(size: float, passed: bool) -> None:
    """Currents in constant fields that reverse at −70 and −40 mV."""
    found = list(run_down_over_baths([one("a"), one("b", "K20", -40.0, size=size), one("back")], LIMITS))
    ((name, check),) = found
    assert (name, check.passed, check.finding.place) == ("b", passed, "a")
    assert check.finding.number == pytest.approx(size - 1.0)
    assert check.finding.values["quantity"] == "outward current"


def test_a_trend_without_return_to_the_first_bath_is_said_once_and_flags_nothing() -> None:
    """Outward currents of 1, 0.7, 0.4 and 0.5 in four baths; with the first bath again at the end it is run-down."""
    series = [one("a"), *(one(n, f"K{n}", -40.0, size=size) for n, size in (("b", 0.7), ("c", 0.4), ("d", 0.5)))]
    ((name, check),) = run_down_over_baths(series, LIMITS)
    assert (name, check.finding.code, check.finding.place) == ("c", Code.TREND_WITHOUT_RETURN, "a")
    assert (check.finding.number, check.passed) == (pytest.approx(-0.6), False)
    assert DEFINITIONS[Code.TREND_WITHOUT_RETURN].severity is Severity.NOTE
    ((_, small),) = run_down_over_baths(series[:2], LIMITS)
    assert small.passed
    returned = [*series, one("back", size=0.5)]
    assert {(n, c.finding.code, c.passed) for n, c in run_down_over_baths(returned, LIMITS)} == {
        ("b", Code.RUN_DOWN, True),
        ("c", Code.RUN_DOWN, False),
        ("d", Code.RUN_DOWN, False),
    }


def test_outward_current_counts_from_20_mV_and_eight_standard_errors() -> None:
    """Only at commands that both have; at −40, −20 … 60 mV one current differs, and the median does not move."""
    later = one("b", "K20", -40.0)
    wild = later.curve.i_pA.copy()
    wild[-1] *= 3.0
    wild[4] *= 3.0  # −20 mV is 20 mV from E_rev, not more
    ((_, check),) = run_down_over_baths([one("a"), replace(later, curve=replace(later.curve, i_pA=wild))], LIMITS)
    assert check.finding.number == pytest.approx(0.0)
    alone = np.where(V == 60.0, later.curve.i_pA, 0.0)
    ((_, check),) = run_down_over_baths(
        [one("a"), replace(later, curve=replace(later.curve, i_pA=0.7 * alone))], LIMITS
    )
    assert check.finding.number == pytest.approx(-0.3)
    for times, known in ((7.9, False), (8.1, True)):
        noisy = replace(later.curve, se_pA=np.full(V.size, later.curve.i_pA[-1] / times))
        assert bool(list(run_down_over_baths([one("a"), replace(later, curve=noisy)], LIMITS))) is known


def test_run_down_compares_one_kind_of_another_bath_with_a_monovalent_cation() -> None:
    first = one("a")
    assert list(run_down_over_baths([first, one("b")], LIMITS)) == []
    assert list(run_down_over_baths([first, one("b", "K20", -40.0, kind=IVKind.TAIL)], LIMITS)) == []
    assert list(run_down_over_baths([first, one("b", "K20", -40.0, condition="drug")], LIMITS)) == []
    assert list(run_down_over_baths([first, one("b", "K20", None)], LIMITS)) == []
    assert list(run_down_over_baths([one("a", z=2), one("b", "K20", -40.0)], LIMITS)) == []


@pytest.mark.parametrize(
    ("moved", "expected", "passed"),
    [(12.0, 20.0, True), (-0.9, 20.0, True), (-1.1, 20.0, False), (0.9, -20.0, True), (1.1, -20.0, False)],
)
def test_e_rev_may_not_move_against_the_prediction_by_more_than_1_mV(
    moved: float, expected: float, passed: bool
) -> None:
    recordings = [one("a", nernst_mV=-84.0), one("b", "K20", -70.0 + moved, nernst_mV=-84.0 + expected)]
    ((name, check),) = declared_bath(recordings, LIMITS)
    assert (name, check.passed) == ("b", passed)
    assert check.finding.number == pytest.approx(np.sign(expected) * moved)
    assert check.finding.limit == pytest.approx(-1.0)
    assert check.finding.values["moved_mV"] == pytest.approx(moved)
    assert check.finding.values["expected_mV"] == pytest.approx(expected)
    assert (check.finding.values["earlier"], check.finding.values["bath"]) == ("K5", "K20")


def test_a_move_against_the_prediction_is_at_least_three_standard_errors() -> None:
    recordings = [one("a", se_mV=0.6), one("b", "K20", -72.9, 0.8, nernst_mV=-50.0)]
    ((_, check),) = declared_bath(recordings, LIMITS)
    assert (check.finding.limit, check.passed) == (pytest.approx(-3.0), True)


def test_baths_that_differ_by_up_to_5_mV_or_are_not_comparable_are_not_checked() -> None:
    first = one("a")
    assert list(declared_bath([first, one("b", "K6", -90.0, nernst_mV=-79.0)], LIMITS)) == []
    assert len(list(declared_bath([first, one("b", "K6", -90.0, nernst_mV=-78.9)], LIMITS))) == 1
    assert list(declared_bath([first, one("b", "K20", -90.0, nernst_mV=None)], LIMITS)) == []
    assert list(declared_bath([first, one("b", "K20", None, nernst_mV=-50.0)], LIMITS)) == []
    assert list(declared_bath([first, one("b", "K20", -90.0, nernst_mV=-50.0, condition="drug")], LIMITS)) == []


def test_checks_are_gathered_by_recording() -> None:
    recordings = [one("a"), one("b", "K20", -40.0, nernst_mV=-50.0), one("c", e_mV=-66.0)]
    found = cell_checks(recordings, LIMITS)
    codes = {name: [check.finding.code for check in checks] for name, checks in found.items()}
    assert codes == {
        "b": [Code.SERIES_RESISTANCE_OVER_CELL, Code.RUN_DOWN, Code.DECLARED_BATH],
        "c": [Code.SERIES_RESISTANCE_OVER_CELL, Code.RETURN_TO_BATH, Code.RUN_DOWN, Code.DECLARED_BATH],
    }
