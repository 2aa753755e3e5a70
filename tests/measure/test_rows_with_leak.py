"""Rows of a recording whose leak is subtracted, and numbers of its checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.measured_cases import MeasuredCase
from reversal.experiment.measure_settings import Window
from reversal.measure.assessment import assessed
from reversal.measure.iv.measured_iv import MeasuredIV, measure_iv
from reversal.measure.measure_recording import Measured
from reversal.measure.membrane.clamp import Clamp, SeriesResistance
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.recording_quality import recording_quality
from reversal.measure.reversal.background import background_of
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.ohmic_leak import ChannelRange, Displacement
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.reversal.sign_changes import OneSidedLimit
from reversal.measure.table_rows import iv_rows, recording_row, reversal_row
from reversal.measure.voltage.junction_correction import Offset
from reversal.tables.estimates_table import Estimator
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding, reason_of
from reversal.tables.reversals_table import Crossing, Current, LeakSource, Unusable, why_unusable
from reversal.tables.status import Severity
from tests.measure.made_recordings import recording, steps


@pytest.fixture
def one(measured: Callable[..., MeasuredCase]) -> Measured:
    return measured().measured


def with_leak(one: Measured, keep: slice = slice(None)) -> Measured:
    """2 nS reversing at −5 mV subtracted, with an error of 0.1 nS."""
    total = one.iv.total
    v = total.v_mV[keep]
    leak = 2.0 * (v + 5.0)
    se = np.hypot(total.se_pA[keep], 0.1 * (v + 5.0))
    points = replace(total, v_mV=v, i_pA=total.i_pA[keep] - leak, se_pA=se)
    return replace(one, used=Subtracted(points, leak, LeakSource.LINE, 2.0, -5.0))


def with_reversal(one: Measured, reversal: Reversal) -> Measured:
    return replace(one, result=replace(one.result, reversal=reversal))


def test_subtracted_leak_and_its_error_are_in_every_point(one: Measured) -> None:
    subtracted = with_leak(one)
    curve, v = one.iv.curve, one.iv.v_membrane_mV
    for n, row in enumerate(iv_rows(assessed(subtracted, (), ()))):
        leak = 2.0 * (v[n] + 5.0)
        assert row.leak_pA == pytest.approx(leak)
        assert row.i_pA == pytest.approx(curve.i_pA[n] - leak)
        assert row.se_pA == pytest.approx(np.hypot(curve.se_pA[n], 0.1 * (v[n] + 5.0)))
        assert row.i_pA_per_pF == pytest.approx((curve.i_pA[n] - leak) / 15.0)
        assert row.used
        assert row.v_error_mV is not None
        assert one.passive.rs is not None
        assert row.v_error_mV == pytest.approx(abs(curve.i_pA[n]) * one.passive.rs.sd_MOhm * 1e-3)


def test_where_the_blocked_current_is_not_known_nothing_is_subtracted(one: Measured) -> None:
    """Voltages beyond those of the recording with the blocker by more than half a millivolt."""
    subtracted = with_leak(one, slice(2, -3))
    v, kept = one.iv.v_membrane_mV, subtracted.used.points.v_mV
    known = (v >= kept[0] - 0.5) & (v <= kept[-1] + 0.5)
    assert 0 < np.count_nonzero(~known) < v.size
    why = reason_of((finding(Code.LEAK_UNKNOWN_AT_VOLTAGE),))
    for n, row in enumerate(iv_rows(assessed(subtracted, (), ()))):
        assert (row.leak_pA is not None) is bool(known[n])
        assert row.used is bool(known[n])
        assert row.reason == (None if known[n] else why)
        expected = one.iv.curve.i_pA[n] - (2.0 * (v[n] + 5.0) if known[n] else 0.0)
        assert row.i_pA == pytest.approx(expected)


ESTIMATE = Estimate(-62.0, -64.0, -60.5, 0.9, Estimator.SMOOTH_CURVE, None)
OTHERS = (
    Estimate(-62.5, None, None, 0.4, Estimator.LOCAL_POLYNOMIAL, 1.2),
    Estimate(-63.0, None, None, 0.4, Estimator.STRAIGHT_LINE, None),
    Estimate(-50.0, None, None, 0.4, Estimator.BOLTZMANN, 1.5),
    Estimate(-61.0, None, None, 0.4, Estimator.GHK_CURRENT, 1.9),
)


def test_columns_on_leak_and_estimators(one: Measured) -> None:
    reversal = Reversal(ESTIMATE, Crossing.BRACKETED, (ESTIMATE, *OTHERS), others_mV=(-10.25, 33.333))
    total = replace(reversal, estimate=replace(ESTIMATE, e_mV=-55.0))
    errors, channel = Displacement(4.0, 3.0, 1.5, -0.7), ChannelRange(1.0, -71.0, -62.0)
    result = replace(one.result, reversal=reversal, of_total=total, leak_errors=errors, channel=channel)
    made = replace(with_leak(one), result=result)
    row = reversal_row(assessed(made, (), ()))
    assert (row.with_leak_mV, row.leak_shift_mV) == (-55.0, -7.0)
    assert (row.e_rev_of, row.leak_source, row.leak_nS, row.leak_e_mV) == (Current.CHANNEL, LeakSource.LINE, 2.0, -5.0)
    assert (row.leak_g_shift_mV, row.leak_e_shift_mV) == (1.5, -0.7)
    assert (row.assumed_leak_nS, row.channel_low_mV, row.channel_high_mV) == (1.0, -71.0, -62.0)
    assert (row.line_mV, row.local_mV, row.boltzmann_mV, row.ghk_mV) == (-63.0, -62.5, -50.0, -61.0)
    assert (row.boltzmann_misfit, row.ghk_misfit, row.estimators_agree) == (1.5, 1.9, False)
    assert row.other_crossings_mV == "-10.25 33.33"
    assert row.e_rev_uncorrected_mV == pytest.approx(-55.0 + made.offset.total_mV)
    assert (row.bound, row.bound_mV) == (None, None)
    agreeing = replace(reversal, estimates=(ESTIMATE, OTHERS[0], OTHERS[3]))
    assert reversal_row(assessed(with_reversal(made, agreeing), (), ())).estimators_agree is True
    alone = replace(reversal, estimates=(ESTIMATE,))
    assert reversal_row(assessed(with_reversal(made, alone), (), ())).estimators_agree is None


@pytest.mark.parametrize(("down_mV", "up_mV"), [(None, 3.0), (4.0, None)])
def test_the_error_is_open_where_the_leak_may_be_the_whole_current(
    one: Measured, down_mV: float | None, up_mV: float | None
) -> None:
    """Also if the interval of the recording alone is open there."""
    assert one.budget is not None
    noisy = replace(one.budget, own_low_mV=None, own_high_mV=None, low_mV=None, high_mV=None)
    open_end = replace(one.result, leak_errors=Displacement(down_mV, up_mV, 0.0, 0.0))
    made = replace(one, budget=noisy, used=replace(one.used, g_nS=1.0), result=open_end)
    assert why_unusable(reversal_row(assessed(made, (), ()))) is Unusable.OPEN_ERROR
    known = replace(made, result=replace(one.result, leak_errors=Displacement(4.0, 3.0, 1.5, -0.7)))
    row = reversal_row(assessed(known, (), ()))
    assert (row.ci_low_mV, row.open_error, why_unusable(row)) == (None, False, None)
    assert not reversal_row(assessed(one, (), ())).open_error


def test_a_leak_beyond_its_linear_range_is_a_note_and_keeps_the_recording_out_of_fits(one: Measured) -> None:
    bent = replace(one.result, leak_errors=Displacement(9.0, 2.0, 3.0, 1.0, linearity=0.4))
    found = assessed(replace(one, result=bent), (), ())
    row = reversal_row(found)
    assert why_unusable(row) is Unusable.NOT_LINEAR
    (note,) = [each for each in found.of_reversal if each.code is Code.LEAK_ERROR_NOT_LINEAR]
    assert (note.number, note.severity, row.status) == (0.4, Severity.NOTE, reversal_row(assessed(one, (), ())).status)
    straight = replace(one.result, leak_errors=replace(bent.leak_errors, linearity=0.8))
    assert not reversal_row(assessed(replace(one, result=straight), (), ())).leak_not_linear


def test_columns_of_a_bound(one: Measured) -> None:
    bound = Reversal(None, Crossing.EXTRAPOLATED, bound=OneSidedLimit("below", -90.0), extrapolated_mV=-97.0)
    made = replace(one, result=MeasuredReversal(one.result.points, bound, bound), budget=None)
    row = reversal_row(assessed(made, (), ()))
    assert (row.bound, row.bound_mV, row.extrapolated_mV) == ("below", -90.0, -97.0)
    assert (row.e_rev_mV, row.method, row.deviation_mV, row.ci_low_mV) == (None, None, None, None)
    assert (row.se_mV, row.shared_sd_mV, row.with_leak_mV, row.leak_shift_mV) == (None, None, None, None)
    assert (row.e_rev_uncorrected_mV, row.junction_sd_mV, row.crossing) == (None, None, Crossing.EXTRAPOLATED)


def test_columns_of_passive_properties(one: Measured) -> None:
    test = MembraneTest(Ranged(2.2, 0.3), Ranged(21.0, 0.4), Ranged(310.0, 8.0), 0.05)
    series = SeriesResistance(11.0, 2.75, 0.2, "telegraph")
    made = replace(one, passive=Passive(series, 20.0, 310.0, -45.0, test))
    declared = measured_row(one)
    row = recording_row(declared, None, made, ())
    assert (row.rs_MOhm, row.rs_residual_MOhm, row.rs_source) == (11.0, 2.75, "telegraph")
    assert (row.cm_pF, row.rm_MOhm, row.holding_pA) == (20.0, 310.0, -45.0)
    assert (row.rs_test_MOhm, row.rs_test_se_MOhm, row.cm_test_pF, row.cm_test_se_pF) == (2.2, 0.3, 21.0, 0.4)
    assert (row.rm_se_MOhm, row.clamp_ms) == (8.0, pytest.approx(0.055))
    assert row.protocol_kind == "step"
    nothing = recording_row(declared, None, None, ())
    assert (nothing.rs_MOhm, nothing.clamp_ms, nothing.protocol_kind, nothing.sweeps) == (None, None, None, None)


def measured_row(one: Measured):  # type: ignore[no-untyped-def]
    from reversal.experiment.step_settings import SheetRow

    entry = one.entry
    return SheetRow(row=2, recording=entry.recording, cell=entry.cell, experiment=entry.experiment, entry=entry)


LEVELS = np.arange(-100.0, 1.0, 20.0)
OFFSET = Offset(4.0, 1.0, 1.0)


def tails(rs_MOhm: float = 10.0) -> tuple[Sweeps, MeasuredIV]:
    """Tails with a leak; their gated part reverses at −45 mV on the axis of the membrane."""
    commands = [
        steps((-80.0, 200), (40.0, 300), (v, 500 + 20 * n), (-80.0, 100)) for n, v in enumerate(LEVELS.tolist())
    ]
    rows = 0.5 * np.random.default_rng(3).standard_normal((LEVELS.size, 1220))
    gated = 8.0 * (LEVELS - 5.0 + 45.0)[:, None] * np.exp(-np.arange(600) / 100.0)
    rows[:, 500:1100] += gated + 3.0 * (LEVELS - 5.0)[:, None]
    sweeps = Sweeps.of(recording(rows, commands))
    clamp = Clamp(0.0, 1e5, rs_MOhm)
    return sweeps, measure_iv(sweeps, plan(sweeps.recording, Window()), Window(), clamp, OFFSET)


def test_numbers_of_a_family_of_tails_for_its_checks() -> None:
    sweeps, iv = tails()
    background = background_of(iv.v_membrane_mV, iv.curve, ESTIMATE)
    known = Reversal(ESTIMATE, Crossing.BRACKETED)
    result = MeasuredReversal(iv.total, known, known, background=background)
    found = recording_quality(sweeps, Passive(None, None, None, None, None), iv, result, -0.7, None, None, 5.0, 22.0)
    assert found.current.window_delay_ms == pytest.approx(iv.blank_ms, abs=0.1)
    assert found.current.extrapolated_fraction == iv.curve.extrapolated_fraction > 0.0
    assert (found.reversal.e_rev_mV, found.reversal.holding_drift_mV) == (-62.0, -0.7)
    nearest = np.argsort(np.abs(iv.v_membrane_mV + 62.0))[:2]
    assert found.reversal.voltage_error_mV == pytest.approx(np.abs(1e-2 * iv.curve.i_pA[nearest]).max())
    assert background is not None
    # the command of −40 mV is −45 mV at the membrane but for the voltage across R_s
    expected = float(np.interp(0.0, iv.curve.decaying_pA, iv.v_membrane_mV))  # type: ignore[arg-type]
    assert background.decaying_mV == pytest.approx(expected, abs=0.3)
    assert background.shift_mV == background.decaying_mV + 62.0
    assert (found.reversal.tail_background, found.reversal.peak_background) == (background, None)
    none = replace(result, reversal=Reversal(None, Crossing.NONE))
    without = recording_quality(sweeps, Passive(None, None, None, None, None), iv, none, None, None, None, 5.0, 22.0)
    assert (without.reversal.e_rev_mV, without.reversal.tail_background) == (None, None)


def test_numbers_of_passive_properties_for_the_checks() -> None:
    sweeps, iv = tails()
    result = MeasuredReversal(iv.total, Reversal(None, Crossing.NONE), Reversal(None, Crossing.NONE), None)
    test = MembraneTest(Ranged(2.2, 0.3), Ranged(21.0, 0.4), None, 0.05, 2, (0.04, 0.3), 0.25)
    for source, reported in (("sheet", 2.75), ("membrane test", None)):
        series = SeriesResistance(11.0, 2.75, 0.2, source)  # type: ignore[arg-type]
        passive = Passive(series, 20.0, 310.0, -45.0, test, None, 19.0)
        found = recording_quality(sweeps, passive, iv, result, None, None, None, 5.0, 22.0).membrane
        assert (found.series_resistance_MOhm, found.residual_MOhm) == (11.0, 2.75)
        assert (found.reported_residual_MOhm, found.tested_MOhm, found.tested_se_MOhm) == (reported, 2.2, 0.3)
        assert (found.reported_pF, found.tested_pF, found.tested_se_pF) == (19.0, 21.0, 0.4)
        assert (found.taus_ms, found.slow_fraction, found.clamp_ms) == ((0.04, 0.3), 0.25, pytest.approx(0.055))
        assert (found.input_resistance_MOhm, found.holding_pA) == (310.0, -45.0)


def test_decaying_part_reverses_once_from_inward_to_outward() -> None:
    _, iv = tails()
    curve = iv.curve
    assert curve.decaying_pA is not None
    twice = curve.decaying_pA * np.array([1.0, -1.0, 1.0, 1.0, 1.0, 1.0])
    for decaying_pA in (-curve.decaying_pA, np.abs(curve.decaying_pA), twice, None):
        assert background_of(iv.v_membrane_mV, replace(curve, decaying_pA=decaying_pA), ESTIMATE) is None
