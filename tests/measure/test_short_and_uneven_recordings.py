"""Short, silent and uneven recordings give numbers or a reason, and never stop the measurement of their cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import declared
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, in_memory, recording_of
from reversal.errors import Refusal
from reversal.measure.measure_cell import measure_cell
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium, nonselective
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import record
from reversal.simulate.stimuli import ramp_one_way, ramp_up_and_down, step_family, sub_pulse_family, tail_family
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind
from reversal.tables.findings.code import Code
from reversal.tables.results import CellMeasures
from reversal.tables.status import Status
from tests.measure.findings_by_code import found_by_code, numbers_by_code

AROUND = conditions_in(SERIES[1])
CASE = Case("steady", "background_potassium", 0.1, 2.0, 5.0, 0.8, 0.1, SERIES[1])
CELL = Cell("c", background_potassium(20.0), 15.0, 0.1)
AMPLIFIER = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=2.0)


def recorded(protocol: AbfProtocol, cell: Cell = CELL) -> Recording:
    return recording_of(cell, AMPLIFIER, AROUND, protocol, 4)


def measures_of(recording: Recording, subtract: str = "none") -> CellMeasures:
    entry, settings = declared(CASE)
    experiment = settings.experiments["default"]
    leak = experiment.leak.model_copy(update={"subtract": subtract})
    experiments = {"default": experiment.model_copy(update={"leak": leak})}
    return measure_cell(
        [Ingested(entry.recording, recording, None)], settings.model_copy(update={"experiments": experiments})
    )


SHORT = {
    "a ramp of 40 mV": ramp_up_and_down(-80.0, -40.0),
    "a ramp of 40 mV, one way": ramp_one_way(-80.0, -40.0),
    "a fast ramp": ramp_one_way(-100.0, 40.0, ramp_ms=20.0, rate_Hz=10000.0),
    "a ramp once": ramp_one_way(-100.0, 40.0, repeats=1),
    "tails of 16 ms": tail_family(40.0, -120.0, -20.0, 20.0, tail_ms=16.0, rate_Hz=10000.0),
    "three levels": step_family(-120.0, -20.0, 50.0),
}


@pytest.mark.parametrize("what", SHORT)
@pytest.mark.parametrize("silent", [False, True])
def test_short_recordings_give_numbers_or_a_reason(what: str, silent: bool) -> None:
    recording = recorded(SHORT[what])
    if silent:
        recording = replace(
            recording, sweeps=tuple(replace(s, current=np.zeros_like(s.i_pA)) for s in recording.sweeps)
        )
    (row,) = measures_of(recording).recordings
    assert row.status is Status.OK or row.reason


def test_silent_sub_pulses_cause_no_exception() -> None:
    recording = recorded(sub_pulse_family(-90.0, 60.0, 10.0, holding_mV=-100.0))
    silent = replace(recording, sweeps=tuple(replace(s, current=np.zeros_like(s.i_pA)) for s in recording.sweeps))
    (row,) = measures_of(silent, "pn").recordings
    assert row.status is not Status.FAILED


def delayed_ramps() -> Recording:
    """Ramps up and down that start 20 ms later in each sweep, after a step of increasing duration."""
    epochs = (
        AbfEpoch(EpochKind.STEP, -120.0, 400, duration_step=400),
        AbfEpoch(EpochKind.RAMP, 60.0, 6000),
        AbfEpoch(EpochKind.RAMP, -120.0, 6000),
    )
    protocol = AbfProtocol(epochs, -80.0, 4, 64 * 280, 20000.0, interval_s=2.0, name="delayed")
    return recorded(protocol, Cell("c", nonselective(3.0, -30.0), 15.0, 0.01))


def test_ramps_with_an_increasing_delay_are_measured_at_their_own_times() -> None:
    one = measured(delayed_ramps())
    assert one.reversal.estimate is not None
    assert one.reversal.estimate.e_mV == pytest.approx(-30.0, abs=max(4 * one.reversal.estimate.se_mV, 0.1))
    assert {Code.WASH_IN, Code.HYSTERESIS}.isdisjoint(found_by_code(one))


def measured(recording: Recording) -> Measured:
    entry, settings = declared(CASE)
    try:
        return measure_recording(entry, recording, settings)
    except Refusal as refusal:
        pytest.fail(str(refusal))


def test_closed_channels_before_the_step_give_no_expected_tail() -> None:
    """2 pA of noise at the conditioning level are not compared with the tails."""
    for seed in range(4):
        protocol = tail_family(-120.0, -100.0, 40.0, 20.0)
        quiet = Cell("c", background_potassium(20.0), 15.0, 0.0)
        made = record(quiet, AMPLIFIER, AROUND, protocol, seed)
        before = slice(0, int(protocol.edges(0)[3][1]))  # up to the end of the conditioning step
        made.i_pA[:, before] = np.random.default_rng(seed).normal(0.0, 2.0, made.i_pA[:, before].shape)
        one = measured(in_memory(made, protocol, AMPLIFIER, quiet))
        fraction = numbers_by_code(one).get(Code.TAIL_COMPLETENESS)
        assert fraction is None or 0.0 < fraction < 2.0


def test_repeated_steps_are_checked_for_steady_state() -> None:
    """A current that changes by 3 pA within its window shifts E_rev equally with four repeats and with one."""
    protocol = step_family(-120.0, 60.0, 10.0)
    made = record(CELL, AMPLIFIER, AROUND, protocol, 5)
    at = protocol.edges(0)[3]
    slow = np.zeros(made.i_pA.shape[1])
    slow[at[0] : at[1]] = np.linspace(-20.0, 20.0, at[1] - at[0])  # 8 pA within the last fifth
    once = in_memory(replace(made, i_pA=made.i_pA + slow), protocol, AMPLIFIER, CELL)
    four = replace(once, sweeps=once.sweeps * 4, command=replace(once.command, sweeps=once.command.sweeps * 4))
    found = [numbers_by_code(measured(one))[Code.SETTLING] or 0.0 for one in (once, four)]
    assert found[0] == pytest.approx(found[1], rel=0.15)
    assert abs(found[0]) > 2.0
