"""A current that does not decay, in the interval of tails and peaks and in their checks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import declared
from reversal.calibration.drawn_cases import Case
from reversal.experiment.measure_settings import Window
from reversal.measure.assessment import assessed
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.reversal.background import Background
from reversal.measure.reversal.error_budget import budget_of
from reversal.measure.table_rows import reversal_row
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Unusable, why_unusable
from tests.measure.findings_by_code import numbers_by_code
from tests.measure.made_recordings import recording, steps
from tests.measure.reversal.test_error_budget import OFFSET, TOTAL, prediction, reversal

LEVELS_mV = np.arange(-60.0, 81.0, 10.0)
SINCE_ms = np.arange(2000) / 20.0
RISES = 1.0 - np.exp(-SINCE_ms / 4.0)
RISES_AND_FALLS = RISES * np.exp(-SINCE_ms / 12.0)
AT_mV = 45.0


def measured(case: Case, outward_nS: float, lasting: float = 0.0, delayed_nS: float = 0.0) -> Measured:
    """A current that opens with voltage, inactivates and reverses at a command of 45 mV.

    outward_nS : another one that is always there and reverses at −90 mV
    lasting : fraction of the first current that does not inactivate
    delayed_nS : an outward current that opens during the step
    """
    opened = 10.0 / (1.0 + np.exp(-(LEVELS_mV + 10.0) / 7.0))
    course = (1.0 - lasting) * RISES_AND_FALLS + lasting * RISES
    currents = (opened * (LEVELS_mV - AT_mV))[:, None] * course
    rows = np.zeros((LEVELS_mV.size, 2600))
    opening_nS = outward_nS + delayed_nS * (1.0 - np.exp(-SINCE_ms / 25.0))
    rows[:, 400:2400] = currents + opening_nS * (LEVELS_mV[:, None] + 90.0)
    rows += 1.0 * np.random.default_rng(4).standard_normal(rows.shape)
    commands = [steps((-90.0, 400), (v, 2000), (-90.0, 200)) for v in LEVELS_mV.tolist()]
    entry, settings = declared(case, window=Window(measure="peak"))
    return measure_recording(entry, recording(rows, commands, 20000.0), settings)


def at_command(one: Measured, potential_mV: float | None) -> float:
    assert potential_mV is not None
    return potential_mV + one.offset.total_mV


def test_a_background_of_peaks_is_a_finding_and_the_interval_contains_the_channel(case: Case) -> None:
    one = measured(case, outward_nS=0.4)
    background = one.result.background
    assert background is not None
    assert one.budget is not None
    assert one.reversal.estimate is not None
    moved = 0.4 * (AT_mV + 90.0) / (10.0 * RISES_AND_FALLS.max())  # mV, in the middle of the steep part
    assert background.shift_mV == pytest.approx(moved, rel=0.1)
    assert at_command(one, background.decaying_mV) == pytest.approx(AT_mV, abs=0.5)
    assert numbers_by_code(one)[Code.PEAK_BACKGROUND] == background.shift_mV > 3.0
    assert at_command(one, one.budget.high_mV) > AT_mV > at_command(one, one.reversal.estimate.high_mV)


@pytest.mark.parametrize("lasting", [0.0, 0.3])
def test_a_channel_without_a_background_keeps_its_interval(case: Case, lasting: float) -> None:
    """Also if a part of its current does not inactivate, which reverses where the rest does."""
    one = measured(case, 0.0, lasting)
    assert one.budget is not None
    assert one.result.background is not None
    assert abs(one.result.background.shift_mV) < 0.3
    assert one.budget.background_mV == pytest.approx(0.0, abs=0.1)
    alone = budget_of(
        replace(one.result, background=None), one.iv.total, one.passive.rs, one.offset, one.prediction, 25.0
    )
    assert alone is not None
    assert (one.budget.low_mV, one.budget.high_mV) == pytest.approx((alone.low_mV, alone.high_mV), abs=0.1)


def test_an_outward_current_that_opens_meanwhile_leaves_the_interval_open(case: Case) -> None:
    """What inactivates is then inward at all voltages."""
    one = measured(case, 0.0, delayed_nS=4.0)
    background, estimate = one.result.background, one.reversal.estimate
    assert background is not None
    assert estimate is not None
    assert background.is_bound
    assert at_command(one, background.decaying_mV) == pytest.approx(LEVELS_mV[-1], abs=1.0)
    assert background.shift_mV == pytest.approx(background.decaying_mV - estimate.e_mV)
    assert at_command(one, estimate.e_mV) < AT_mV - 3.0
    assert one.budget is not None
    assert (one.budget.low_mV is None, one.budget.high_mV) == (False, None)
    (found,) = [each for each in one.findings if each.code is Code.PEAK_BACKGROUND]
    assert f"reverses above {background.decaying_mV:.1f} mV" in found.sentence
    assert why_unusable(reversal_row(assessed(one, (), ()))) is Unusable.OPEN_ERROR


def test_a_peak_that_is_mostly_lasting_shows_no_background(case: Case) -> None:
    """Its largest deflection from the end is the start of the window, of the opposite sign."""
    assert measured(case, 0.0, lasting=0.8).result.background is None


@pytest.mark.parametrize(("shift_mV", "shown_mV"), [(1.3, 1.2), (-1.3, -1.2), (0.5, 0.0), (-0.4, 0.0)])
def test_only_what_the_error_does_not_explain_counts(shift_mV: float, shown_mV: float) -> None:
    """√(1.3² − 0.5²) = 1.2."""
    assert Background(-60.0, shift_mV, 0.5).shown_mV == pytest.approx(shown_mV)


@pytest.mark.parametrize("shift_mV", [1.3, -1.3])
def test_the_limit_on_the_side_of_the_channel_moves_by_the_background(shift_mV: float) -> None:
    without, with_it = (
        budget_of(replace(reversal(), background=found), TOTAL, None, OFFSET, prediction(), 25.0)
        for found in (None, Background(-50.0 + shift_mV, shift_mV, 0.5))
    )
    assert without is not None
    assert with_it is not None
    assert without.low_mV is not None
    assert without.high_mV is not None
    moved = (0.0, 1.2) if shift_mV > 0 else (-1.2, 0.0)
    assert (with_it.low_mV, with_it.high_mV) == pytest.approx((without.low_mV + moved[0], without.high_mV + moved[1]))
    assert with_it.background_mV == pytest.approx(np.copysign(1.2, shift_mV))
    assert (with_it.own_low_mV, with_it.own_high_mV, with_it.own_mV) == (-52.0, -47.0, without.own_mV)
    assert without.background_mV == 0.0
    opened = replace(reversal(None, -47.0), background=Background(-52.0, -2.0, 0.5))
    budget = budget_of(opened, TOTAL, None, OFFSET, prediction(), 25.0)
    assert budget is not None
    assert budget.low_mV is None
