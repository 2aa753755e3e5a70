"""A change that shifts E_rev during the measurement is a finding with its size; other changes are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import amplifier_of, declared
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, in_memory, recording_of
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium, nonselective
from reversal.simulate.model_cell import Cell, Gate, GhkChannel
from reversal.simulate.rig import NO_LOSS, ChannelLoss, record
from reversal.simulate.stimuli import ramp_up_and_down, step_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.tables.findings.code import Code
from tests.measure.findings_by_code import found_by_code

CASE = Case("steady", "background_potassium", 0.1, 2.0, 5.0, 0.8, 0.1, SERIES[3])
SLOW = Gate(v_half_mV=-40.0, slope_mV=12.0, tau_min_ms=60.0, tau_max_ms=300.0)


def measured(
    cell: Cell, protocol: AbfProtocol, wash_s: float = 0.0, loss: ChannelLoss | None = None, case: Case = CASE
) -> tuple[Measured, dict[Code, float]]:
    """A recording and the numbers of its findings by code."""
    around = replace(conditions_in(case.bath), wash_from=SERIES[1] if wash_s else None, wash_s=wash_s)
    recording = recording_of(cell, amplifier_of(case), around, protocol, 4, loss=loss or NO_LOSS)
    one = measure_recording(declared(case)[0], recording, declared(case)[1])
    return one, {found.code: found.number for found in one.findings if found.number is not None}


def test_incomplete_bath_exchange_is_detected_by_the_reversal_of_the_ramps() -> None:
    """Six ramps 2 s apart, exchange from 5 to 20 mM K⁺ with τ 3 s: 96 % complete at the last ramp, 0 % at the first."""
    cell = Cell("c", background_potassium(20.0), 15.0, 0.1)
    _, found = measured(cell, replace(ramp_up_and_down(-120, 60), sweeps=6), wash_s=3.0)
    first, last = (measured(cell, replace(ramp_up_and_down(-120, 60), sweeps=6), 0.0, None, c)[0] for c in ends())
    assert last.reversal.estimate is not None
    assert first.reversal.estimate is not None
    whole = last.reversal.estimate.e_mV - first.reversal.estimate.e_mV
    assert 0.5 * whole < found[Code.WASH_IN] < 1.3 * whole
    assert Code.WASH_IN not in found_by_code(last)


def ends() -> tuple[Case, Case]:
    """The same cell in the bath before and in the bath after."""
    return replace(CASE, bath=SERIES[1]), CASE


def test_run_down_changes_the_ramps_but_not_e_rev() -> None:
    cell = Cell("c", background_potassium(20.0), 15.0, 0.01)
    _, found = measured(cell, replace(ramp_up_and_down(-120, 60), sweeps=6), loss=ChannelLoss(run_down_per_sweep=0.08))
    assert Code.WASH_IN not in found


@pytest.mark.parametrize("step_ms", [40.0, 60.0, 100.0])
def test_gates_slower_than_the_steps_are_a_finding_with_the_remaining_shift(step_ms: float) -> None:
    """E_rev would change by 16, 13 and 10 mV at steady state; the check estimates this within a factor of two."""
    cell = Cell("c", GhkChannel(20.0, {"K": 1.0, "Na": 0.01}, (SLOW,)), 15.0, 1.0)
    one, found = measured(cell, step_family(-120, 60, 10, step_ms=step_ms))
    assert one.reversal.estimate is not None
    truth = measured(cell, step_family(-120, 60, 10, step_ms=3000.0))[0].reversal.estimate
    assert truth is not None
    assert 0.5 < found[Code.SETTLING] / (truth.e_mV - one.reversal.estimate.e_mV) < 2.0


def test_a_fast_ramp_has_hysteresis_with_its_size() -> None:
    channel = GhkChannel(20.0, {"K": 1.0, "Na": 0.01}, (SLOW,))
    _, found = measured(Cell("c", channel, 15.0, 1.0), ramp_up_and_down(-120, 60))
    assert abs(found[Code.HYSTERESIS]) > 5.0


@pytest.mark.parametrize("cm_pF", [10.0, 60.0])
def test_charging_and_filter_delay_are_not_hysteresis(cm_pF: float) -> None:
    _, found = measured(Cell("c", nonselective(3.0, -30.0), cm_pF, 0.01), ramp_up_and_down(-120, 60, ramp_ms=150.0))
    assert Code.HYSTERESIS not in found


def test_drift_is_measured_in_a_repeated_family() -> None:
    """Four runs of nine levels; each run is shifted by +2 mV from the previous one."""
    from reversal.measure.iv.iv_curve import IVCurve
    from reversal.measure.quality.steadiness import reversal_drift_mV
    from reversal.tables.iv_table import IVKind

    levels = np.tile(np.arange(-80.0, 10.0, 10.0), 4)
    i_pA = 3.0 * (levels + 42.0 - 2.0 * np.repeat(np.arange(4), 9))
    zeros = np.zeros(levels.size)
    curve = IVCurve(IVKind.STEADY, np.arange(36), levels, i_pA, zeros + 1.0, 100.0, np.stack([zeros, zeros], 1), 30)
    assert reversal_drift_mV(curve, levels, -39.0) == pytest.approx(6.0, rel=0.02)


def test_drift_of_the_holding_current_is_part_of_the_interval() -> None:
    """6 pA of drift in 19 sweeps: the interval includes E_rev of the first sweep."""
    protocol = step_family(-120, 60, 10)
    cell = Cell("c", background_potassium(20.0), 15.0, 0.1)
    amplifier = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=2.0)
    made = record(cell, amplifier, conditions_in(SERIES[3]), protocol, 4)
    drift = np.linspace(0.0, 6.0, len(made.i_pA))
    steady, moved = (
        measure_recording(declared(CASE)[0], in_memory(one, protocol, amplifier, cell), declared(CASE)[1])
        for one in (made, replace(made, i_pA=made.i_pA + drift[:, None]))
    )
    assert steady.budget is not None
    assert steady.reversal.estimate is not None
    assert moved.budget is not None
    assert moved.reversal.estimate is not None
    assert moved.budget.low_mV is not None
    assert moved.budget.high_mV is not None
    assert steady.budget.drift_mV == 0.0
    assert abs(moved.reversal.estimate.e_mV - steady.reversal.estimate.e_mV) > 3.0 * steady.budget.own_mV
    assert moved.budget.low_mV < steady.reversal.estimate.e_mV < moved.budget.high_mV


def test_drift_removed_by_p_n_subtraction_is_not_counted_again() -> None:
    """P/N uses the baseline before each pulse as zero, so a drift of the holding current by 30 pA has no effect."""
    from reversal.experiment.measure_settings import Leak
    from reversal.simulate.stimuli import sub_pulse_family

    channel = GhkChannel(20.0, {"K": 1.0, "Na": 0.01}, (Gate(-55.0, 7.0, 2.0, 8.0),))
    cell, protocol = Cell("c", channel, 15.0, 1.0), sub_pulse_family(-90.0, 60.0, 10.0, holding_mV=-100.0)
    amplifier = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=1.5)
    made = record(cell, amplifier, conditions_in(SERIES[4]), protocol, 4)
    drifting = replace(made, i_pA=made.i_pA + np.linspace(-15.0, 15.0, len(made.i_pA))[:, None])
    entry, settings = declared(replace(CASE, bath=SERIES[4]), Leak(subtract="pn"))
    steady, moved = (
        measure_recording(entry, in_memory(one, protocol, amplifier, cell), settings) for one in (made, drifting)
    )
    assert steady.budget is not None
    assert moved.budget is not None
    assert steady.reversal.estimate is not None
    assert moved.reversal.estimate is not None
    assert moved.reversal.estimate.e_mV == pytest.approx(steady.reversal.estimate.e_mV, abs=0.1)
    assert moved.budget.drift_mV == 0.0
    assert Code.HOLDING_DRIFT not in found_by_code(moved)
