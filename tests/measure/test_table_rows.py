"""Rows of the tables of a measured recording."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.assessment import Assessed, assessed
from reversal.measure.table_rows import check_rows, estimate_rows, iv_rows, reversal_row
from reversal.tables.checks_table import Outcome
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import CHECKS


def test_current_density_is_current_divided_by_capacitance(measured: Callable[..., MeasuredCase]) -> None:
    for point in iv_rows(assessed(measured().measured, (), ())):
        assert point.i_pA_per_pF == pytest.approx(point.i_pA / 15.0)


def assessed_one(measured: Callable[..., MeasuredCase], **changes: object) -> Assessed:
    return assessed(measured(**changes).measured, (), ())


def test_one_estimate_is_primary_and_reported(measured: Callable[..., MeasuredCase]) -> None:
    one = assessed_one(measured)
    rows = list(estimate_rows(one.measured))
    (primary,) = [row for row in rows if row.primary]
    assert rows[0] is primary
    assert primary.e_mV == reversal_row(one).e_rev_mV
    assert primary.agrees is None
    assert primary.estimator == reversal_row(one).method
    others = [row for row in rows if not row.primary]
    assert len(others) == len(rows) - 1 > 1
    for row in others:
        near = abs(row.e_mV - primary.e_mV) <= max(4.0 * math.hypot(row.se_mV, primary.se_mV), 1.0)
        fits = row.misfit is not None and row.misfit <= 2.0 and row.estimator is not Estimator.STRAIGHT_LINE
        assert row.agrees is (near if fits else None)


def test_a_reversal_row_matches_its_measurement(measured: Callable[..., MeasuredCase]) -> None:
    one = assessed_one(measured)
    row, budget = reversal_row(one), one.measured.budget
    assert budget is not None
    assert row.e_rev_mV is not None
    assert row.e_nernst_mV == pytest.approx(25.4336 * (row.temperature_C + 273.15) / 295.15
                                            * math.log(row.out_mM / row.in_mM), rel=1e-4)  # fmt: skip
    assert row.deviation_mV == pytest.approx(row.e_rev_mV - row.e_nernst_mV)
    assert row.e_rev_uncorrected_mV == pytest.approx(row.e_rev_mV + row.ljp_mV, abs=0.05)
    parts = (budget.points_mV, row.series_sd_mV, row.drift_sd_mV)
    assert row.se_mV == pytest.approx(math.sqrt(sum(part**2 for part in parts)))
    assert row.shared_sd_mV == pytest.approx(math.hypot(row.junction_sd_mV, row.temperature_sd_mV))
    assert row.leak_shift_mV == 0.0
    assert (row.leak_nS, row.bound, row.other_crossings_mV) == (None, None, None)
    by = {estimate.estimator: estimate for estimate in estimate_rows(one.measured)}
    assert row.line_mV == by[Estimator.STRAIGHT_LINE].e_mV
    assert row.local_mV == by[Estimator.LOCAL_POLYNOMIAL].e_mV
    assert row.ghk_mV == by[Estimator.GHK_CURRENT].e_mV
    assert row.ghk_misfit == by[Estimator.GHK_CURRENT].misfit
    assert row.estimators_agree is all(r.agrees for r in by.values() if r.agrees is not None)


def test_points_have_voltages_currents_and_errors_of_the_curve(measured: Callable[..., MeasuredCase]) -> None:
    one = assessed_one(measured)
    curve, rs = one.measured.iv.curve, one.measured.passive.rs
    assert rs is not None
    for n, point in enumerate(iv_rows(one)):
        assert (point.sweep, point.v_command_mV) == (curve.sweep[n], curve.v_command_mV[n])
        assert point.i_pA == pytest.approx(curve.i_pA[n])
        assert point.se_pA == pytest.approx(curve.se_pA[n])
        assert point.v_error_mV == pytest.approx(abs(curve.i_pA[n]) * rs.sd_MOhm * 1e-3)
        assert (point.window_start_ms, point.window_stop_ms) == tuple(curve.window_ms[n])
        assert (point.leak_pA, point.reason, point.n_effective) == (None, None, curve.n_effective)
        drop = curve.i_pA[n] * rs.residual_MOhm * 1e-3
        expected = curve.v_command_mV[n] - one.measured.offset.total_mV - drop
        assert point.v_membrane_mV == pytest.approx(expected)


def test_every_check_has_a_row_with_or_without_a_number(measured: Callable[..., MeasuredCase]) -> None:
    one = assessed_one(measured)
    rows = list(check_rows(one))
    assert {row.code for row in rows} == set(CHECKS)
    for row in rows:
        assert (row.number is None) is (row.outcome is Outcome.UNKNOWN)
        assert (row.limit is None) is (row.number is None)
    failed = {row.code for row in rows if row.outcome is Outcome.FAILED}
    assert failed == {check.finding.code for check in one.checks if not check.passed}
