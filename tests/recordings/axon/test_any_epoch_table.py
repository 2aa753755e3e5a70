"""Any epoch table that the simulator can write, in ABF 1 and ABF 2, is read back as the simulated command."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reversal.errors import DomainError
from reversal.recordings.axon.epoch_table import epoch_table_commands
from reversal.recordings.axon.read_header import read_header
from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Evidence
from reversal.simulate.abf_content import FileNotes, TagNote, command_monitor
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.stimulus_protocol import (
    AbfEpoch,
    AbfOutput,
    AbfProtocol,
    EpochKind,
    SimulatedUserList,
    UserListTarget,
)
from reversal.simulate.write_abf1 import abf1_bytes
from reversal.simulate.write_abf2 import abf2_bytes

AMPLIFIER = Amplifier(rs_MOhm=8.5, lowpass_Hz=2900.0, mV_per_pA=0.5)
NOTES = FileNotes(dt.datetime(2026, 11, 19, 21, 5, 3), cm_pF=14.25, tags=(TagNote(1.5, "K5 on"),))
WRITERS = {"ABF 1": abf1_bytes, "ABF 2": abf2_bytes}

LEVELS_mV = st.integers(-800, 800).map(lambda quarter: quarter / 4)  # exact in single precision
STEPS_mV = st.integers(-40, 40).map(lambda quarter: quarter / 4)


@st.composite
def epochs(draw: st.DrawFn) -> AbfEpoch:
    kind = draw(st.sampled_from(list(EpochKind)))
    period = draw(st.integers(2, 40))
    width = draw(st.integers(1, period - 1))
    return AbfEpoch(
        kind, draw(LEVELS_mV), draw(st.integers(0, 90)), draw(STEPS_mV), draw(st.integers(-8, 20)), period, width
    )


@st.composite
def user_lists(draw: st.DrawFn, count: int, times: bool) -> SimulatedUserList:
    sets = draw(st.sampled_from([UserListTarget.LEVEL, UserListTarget.DURATION] if times else [UserListTarget.LEVEL]))
    entry = LEVELS_mV if sets is UserListTarget.LEVEL else st.integers(1, 90).map(float)
    values = tuple(draw(st.lists(entry, min_size=1, max_size=6)))
    return SimulatedUserList(sets, draw(st.integers(0, count - 1)), values, draw(st.booleans()))


@st.composite
def outputs(draw: st.DrawFn, number: int) -> AbfOutput:
    table = tuple(draw(st.lists(epochs(), min_size=1, max_size=10)))
    listed = draw(st.none() | user_lists(len(table), times=number == 0))
    return AbfOutput(
        table, draw(LEVELS_mV), draw(st.sampled_from([True, True, False])), draw(st.booleans()), listed, f"Cmd {number}"
    )


@st.composite
def protocols(draw: st.DrawFn) -> AbfProtocol:
    first, further = draw(outputs(0)), draw(st.lists(outputs(1), max_size=1))
    try:
        return AbfProtocol(
            first.epochs,
            first.holding_mV,
            sweeps=draw(st.integers(1, 5)),
            samples=draw(st.integers(1500, 1700)),
            sample_rate_Hz=10000.0,
            interval_s=draw(st.sampled_from([0.0, 2.0])),
            last_level_between=first.last_level_between,
            user_list=first.user_list,
            waveform=first.waveform,
            other_outputs=tuple(further),
        )
    except DomainError:
        assume(False)
        raise


def counts_for(protocol: AbfProtocol) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.integers(-300, 300, (protocol.sweeps, protocol.samples)).astype(np.int16)


@pytest.mark.parametrize("version", WRITERS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(protocol=protocols())
def test_any_epoch_table_is_read_back_exactly(version: str, protocol: AbfProtocol) -> None:
    """Levels, edges and shapes agree within 1e-6 mV at every sample."""
    content = WRITERS[version](protocol, counts_for(protocol), AMPLIFIER, NOTES)
    header = read_header(content, Path("any.abf"))
    for number in range(len(protocol.outputs)):
        read = epoch_table_commands(header, header.outputs[number], Path("any.abf"))
        for sweep, played in zip(read, protocol.command_mV(number), strict=True):
            assert np.max(np.abs(expand(sweep, protocol.samples) - played)) <= 1e-6
            assert [e.start for e in sweep.epochs[1:]] == [e.stop for e in sweep.epochs[:-1]]
            assert (sweep.epochs[0].start, sweep.epochs[-1].stop) == (0, protocol.samples)


@pytest.mark.parametrize("version", WRITERS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(protocol=protocols())
def test_a_recorded_copy_of_the_command_verifies_it(
    version: str, protocol: AbfProtocol, tmp_path_factory: pytest.TempPathFactory
) -> None:
    protocol = replace(protocol, channels=2, other_outputs=())
    command = protocol.command_mV()
    assume(np.max(np.abs(command)) < 500)
    copy = command_monitor("AO #0", command)
    path = tmp_path_factory.mktemp("copy") / "copy.abf"
    path.write_bytes(WRITERS[version](protocol, counts_for(protocol), AMPLIFIER, NOTES, [copy]))
    found = read_recording(path)
    assert found.command.evidence is Evidence.VERIFIED
    assert found.telegraph.cm_pF == 14.25
    assert [(tag.time_s, tag.text) for tag in found.tags] == [(1.5, "K5 on")]
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx(protocol.start_s())
