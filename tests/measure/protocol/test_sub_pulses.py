"""P/N sub-pulses are found in the command; subtracting their leak and charging current leaves the gated current."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest

from reversal.calibration.case_rig import declared
from reversal.calibration.counted_groups import CLAIMED_COVERAGE
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, in_memory
from reversal.experiment.measure_settings import Leak, Window
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sub_pulses import find_sub_pulses
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES, RigSolution
from reversal.simulate.channels import transient_sodium
from reversal.simulate.model_cell import Cell, Gate, GhkChannel
from reversal.simulate.rig import RigRecording, Truth, record_repeats, true_values
from reversal.simulate.stimuli import ramp_up_and_down, step_family, sub_pulse_family, tail_family
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol
from reversal.simulate.stimulus_protocol import EpochKind as Step
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind

EARLY = GhkChannel(12.0, {"K": 1.0, "Na": 0.01}, (Gate(-55.0, 7.0, 2.0, 8.0),))  # open well below E_K in 40 mM K⁺
RIG = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=2.0)


def away_from_rest(ratio: float = -0.25) -> AbfProtocol:
    return sub_pulse_family(-90.0, 60.0, 10.0, ratio=ratio, holding_mV=-100.0)


def measured(
    cell: Cell,
    bath: RigSolution,
    protocol: AbfProtocol,
    rig: Amplifier,
    seeds: range,
    leak: Leak = Leak(subtract="pn"),  # noqa: B008 -- never changed
    window: Window | None = None,
) -> Iterator[tuple[Measured, Truth]]:
    """Measured recordings of a cell, each with different noise."""
    case = Case("steady", "", 0.0, rig.noise_pA, rig.rs_MOhm, rig.rs_compensation, cell.leak_nS, bath)
    entry, settings = declared(case, leak, window)
    for made in record_repeats(cell, rig, conditions_in(bath), protocol, seeds):
        yield measure_recording(entry, in_memory(made, protocol, rig, cell), settings), made.truth


@lru_cache(maxsize=1)
def _one() -> tuple[Measured, Truth]:
    """A gated channel and a leak of 2 nS reversing at 0 mV, with hyperpolarising P/4."""
    return next(measured(Cell("c", EARLY, 15.0, 2.0), SERIES[4], away_from_rest(), RIG, range(1)))


@pytest.mark.parametrize("ratio", [-0.25, 0.25, -0.125])
def test_sub_pulses_are_found_with_number_and_ratio(ratio: float) -> None:
    protocol = away_from_rest(ratio)
    recording = in_memory(_silent(protocol), protocol, RIG, Cell("c", EARLY, 15.0, 1.0))
    found = find_sub_pulses(recording, plan(recording, Window()))
    assert found is not None
    assert found.ratio == pytest.approx(ratio)
    assert len(found.copies) == 4
    edges = [protocol.edges(0)[2 * copy][0] for copy in range(5)]
    assert [int(one.start[0]) for one in (*found.copies, found.pulse)] == edges


def test_sub_pulses_of_a_prepulse_with_tails_are_found() -> None:
    """Holding −80, prepulse to +40, tails −120 … 20 mV; two copies of both, a quarter as large, of opposite sign."""
    table = [
        *[(-110.0, 0.0), (-70.0, -2.5), (-80.0, 0.0)] * 2,
        *[(40.0, 0.0), (-120.0, 10.0), (-80.0, 0.0)],
    ]
    epochs = tuple(AbfEpoch(Step.STEP, level, 1000, level_step_mV=by) for level, by in table)
    protocol = AbfProtocol(epochs, -80.0, 15, 64 * 160, 20000.0, interval_s=2.0, name="P/N tails")
    recording = in_memory(_silent(protocol), protocol, RIG, Cell("c", EARLY, 15.0, 1.0))
    found = find_sub_pulses(recording, plan(recording, Window()))
    assert found is not None
    assert plan(recording, Window()).kind is IVKind.TAIL
    assert (len(found.copies), found.ratio) == (2, pytest.approx(-0.25))
    np.testing.assert_allclose(found.excursion_mV, np.arange(-40.0, 101.0, 10.0))


@pytest.mark.parametrize(
    "protocol",
    [step_family(-120, 60, 10), tail_family(40, -120, 20, 10), ramp_up_and_down(-120, 60)],
    ids=lambda p: p.name,
)
def test_a_protocol_without_sub_pulses_has_none(protocol: AbfProtocol) -> None:
    recording = in_memory(_silent(protocol), protocol, RIG, Cell("c", EARLY, 15.0, 1.0))
    assert find_sub_pulses(recording, plan(recording, Window())) is None


def _silent(protocol: AbfProtocol) -> RigRecording:
    nothing = np.zeros((protocol.sweeps, protocol.samples))
    channel = conditions_in(SERIES[4])
    truth = true_values(Cell("c", EARLY, 15.0, 1.0), channel, protocol)
    return RigRecording(protocol.command_mV(), nothing, nothing.astype(np.int16), truth)


def test_leak_is_subtracted_and_the_gated_current_remains() -> None:
    one, truth = _one()
    assert one.used.findings == ()
    assert one.used.g_nS == pytest.approx(2.0, rel=0.05)
    assert one.used.e_mV == pytest.approx(0.0, abs=2.0)
    assert one.budget is not None
    assert one.budget.low_mV is not None
    assert one.budget.high_mV is not None
    assert one.budget.low_mV < truth.e_rev_channel_mV < one.budget.high_mV
    with_leak = one.of_total.estimate
    assert with_leak is not None
    assert with_leak.e_mV - truth.e_rev_channel_mV > 3.0  # without subtraction


def test_voltage_is_corrected_with_the_total_current() -> None:
    one, _ = _one()
    np.testing.assert_allclose(one.used.points.v_mV, one.iv.total.v_mV)


def test_errors_of_the_points_include_the_sub_pulses() -> None:
    """Scatter of thirty repeated recordings, known to 13 %."""
    quiet = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=1.5)
    ones = [one for one, _ in measured(Cell("c", EARLY, 15.0, 1.0), SERIES[4], away_from_rest(), quiet, range(30))]
    scatter = np.std([one.used.points.i_pA for one in ones], axis=0, ddof=1).mean()
    assert np.mean([one.used.points.se_pA for one in ones]) == pytest.approx(scatter, rel=0.25)


@pytest.mark.long
def test_interval_has_nominal_coverage() -> None:
    """Forty cells with three recordings each, leaks of 0.4 to 2 nS; tolerance of three standard errors of the count."""
    held = []
    for number in range(40):
        rng = np.random.default_rng((3, number))
        cell = Cell("c", EARLY, 15.0, float(rng.choice([0.4, 1.0, 2.0])))
        rs, compensation = ((5.0, 0.8), (12.0, 0.7))[rng.integers(2)]
        rig = Amplifier(rs_MOhm=rs, rs_compensation=compensation, noise_pA=float(rng.choice([1.5, 3.0, 8.0])))
        for one, truth in measured(cell, SERIES[4], away_from_rest(), rig, range(3 * number, 3 * number + 3)):
            budget = one.budget
            assert budget is not None
            low, high = budget.low_mV, budget.high_mV
            held.append(
                (low is None or low < truth.e_rev_channel_mV) and (high is None or truth.e_rev_channel_mV < high)
            )
    slack = 3.0 * np.sqrt(0.95 * 0.05 / len(held)) * 1.3
    assert CLAIMED_COVERAGE[0] - slack < np.mean(held) <= min(CLAIMED_COVERAGE[1] + slack, 1.0)


def test_charging_current_and_leak_are_subtracted_from_a_peak() -> None:
    protocol = sub_pulse_family(-70.0, 90.0, 10.0, holding_mV=-100.0, step_ms=60.0, rate_Hz=50000.0)
    rig = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=2.0, lowpass_Hz=10000.0)
    cell = Cell("c", transient_sodium(40.0), 15.0, 2.0)
    one, truth = next(measured(cell, SERIES[1], protocol, rig, range(1)))
    assert one.iv.curve.kind is IVKind.PEAK
    assert one.budget is not None
    assert one.budget.low_mV is not None
    assert one.budget.high_mV is not None
    assert one.budget.low_mV < truth.e_rev_channel_mV < one.budget.high_mV


def test_gates_that_open_during_sub_pulses_are_a_finding() -> None:
    cell = Cell("c", EARLY, 15.0, 0.4)  # P/4 of a step to 60 mV goes to −60 mV, where half of the gates are open
    one, _ = next(measured(cell, SERIES[4], away_from_rest(0.25), RIG, range(1)))
    assert {found.code for found in one.used.findings} <= {Code.SUB_PULSE_TIME_COURSE, Code.SUB_PULSE_PROPORTION}
    assert one.used.findings


def test_without_sub_pulses_nothing_is_subtracted_and_there_is_a_finding() -> None:
    cell = Cell("c", EARLY, 15.0, 1.0)
    one, _ = next(measured(cell, SERIES[4], step_family(-120.0, 60.0, 10.0), RIG, range(1)))
    assert one.used.leak_pA is None
    assert [found.code for found in one.used.findings] == [Code.SUB_PULSES_MISSING]
