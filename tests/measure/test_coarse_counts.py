"""Counts of the converter that are as large as the currents near E_rev: a right interval, or a right bound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.iv.tail_currents import Noise, transient_remains
from reversal.simulate.amplifier import COUNTS, RANGE_V
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code

KINDS = (
    ("steady", "background_potassium"),
    ("ramp", "background_potassium"),
    ("one-way ramp", "background_potassium"),
    ("tail", "slow_delayed_rectifier"),
)


@pytest.mark.parametrize("scale", [0.02, 0.1])
@pytest.mark.parametrize(("kind", "channel"), KINDS)
def test_counts_of_50_pa_leave_a_right_interval_or_a_right_bound(
    measured: Callable[..., MeasuredCase], kind: str, channel: str, scale: float
) -> None:
    """Noise of a hundredth of a count: the currents are whole counts, and the inward ones may be none."""
    coarse = 1000.0 * RANGE_V / (COUNTS * 50.0)
    one = measured(kind=kind, channel=channel, scale=scale, noise_pA=0.5, mV_per_pA=coarse, bath=SERIES[2])
    reversal, budget = one.measured.reversal, one.measured.budget
    if reversal.estimate is not None:
        assert budget is not None
        assert budget.contains(one.true_mV, one.true_mV)
        return
    assert {found.code for found in reversal.findings} & {Code.REVERSAL_OUT_OF_RANGE, Code.CURRENT_NOT_DETECTED}
    if reversal.bound is not None:
        assert (reversal.bound.side == "below") == (one.true_mV < reversal.bound.v_mV)


def test_tails_whose_decay_is_one_count_at_two_levels_have_no_transient() -> None:
    """The later decay is zero at all other levels, which leaves no ratio of early and late decay to fit."""
    level_mV = np.arange(-120.0, 21.0, 10.0)
    rows = np.zeros((level_mV.size, 400))
    rows[0, :60], rows[-1, :60] = -50.0, 50.0
    assert transient_remains(rows, level_mV, 10, Noise(0.01, 1.0)) is False
