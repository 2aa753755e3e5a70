"""ABF1 files, read by two other programs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyabf
import pytest
from neo.rawio import AxonRawIO

from reversal.errors import DomainError
from reversal.simulate.abf_content import FileNotes, InputChannel, TagNote, command_monitor
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.stimulus_protocol import (
    AbfEpoch,
    AbfOutput,
    AbfProtocol,
    EpochKind,
    SimulatedUserList,
    UserListTarget,
)
from reversal.simulate.write_abf1 import abf1_bytes, write_abf1

AMPLIFIER = Amplifier(lowpass_Hz=2900.0, mV_per_pA=0.5)
NOTES = FileNotes(
    dt.datetime(2026, 11, 19, 21, 5, 3, 250000), cm_pF=14.5, comment="cell01", tags=(TagNote(1.5, "K5 on"),)
)
FROM_HOLDING = AbfEpoch(EpochKind.STEP, -80.0, 40)  # pyABF takes the first epoch's level of an ABF1 file for holding


def counts_for(protocol: AbfProtocol, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-32768, 32768, (protocol.sweeps, protocol.samples)).astype(np.int16)


@pytest.fixture
def two_channels(tmp_path: Path) -> tuple[Path, AbfProtocol, list[np.ndarray]]:
    """A family of steps with the command recorded through an input, and the written samples by channel."""
    epochs = (FROM_HOLDING, AbfEpoch(EpochKind.STEP, -120.0, 300, level_step_mV=10.0, duration_step=5))
    protocol = AbfProtocol(epochs, -80.0, sweeps=5, samples=640, sample_rate_Hz=10000.0, interval_s=2.0, channels=2)
    counts, command_input = counts_for(protocol), command_monitor("AO #0", protocol.command_mV())
    path = tmp_path / "two.abf"
    write_abf1(path, protocol, counts, AMPLIFIER, NOTES, [command_input])
    return path, protocol, [counts * AMPLIFIER.pA_per_count, command_input.counts * (1000 / 32768)]


def test_pyabf_and_neo_read_the_samples_and_units_that_were_written(
    two_channels: tuple[Path, AbfProtocol, list[np.ndarray]],
) -> None:
    path, protocol, written = two_channels
    abf, neo = pyabf.ABF(str(path)), AxonRawIO(str(path))
    neo.parse_header()
    assert abf.abfVersionString.startswith("1.8")
    assert (abf.sweepCount, abf.sweepPointCount, abf.dataRate) == (5, 640, 10000)
    assert abf.adcUnits == neo.header["signal_channels"]["units"].tolist() == ["pA", "mV"]
    assert abf.adcNames == neo.header["signal_channels"]["name"].tolist() == ["Im_primary", "AO #0"]
    for sweep in range(protocol.sweeps):
        theirs = neo.rescale_signal_raw_to_float(neo.get_analogsignal_chunk(0, sweep), "float64")
        for channel in range(2):
            abf.setSweep(sweep, channel=channel)
            assert abf.sweepY == pytest.approx(written[channel][sweep], rel=1e-6, abs=1e-6)
            assert theirs[:, channel] == pytest.approx(written[channel][sweep], rel=1e-6, abs=1e-6)


def test_pyabf_reads_the_steps_that_were_written(two_channels: tuple[Path, AbfProtocol, list[np.ndarray]]) -> None:
    path, protocol, _ = two_channels
    abf = pyabf.ABF(str(path))
    for sweep, command in enumerate(protocol.command_mV()):
        abf.setSweep(sweep)
        assert np.array_equal(abf.sweepC, command)


def test_neo_reads_the_times_of_sweeps_and_both_read_the_tag_and_date(
    two_channels: tuple[Path, AbfProtocol, list[np.ndarray]],
) -> None:
    path, _, _ = two_channels
    abf, neo = pyabf.ABF(str(path)), AxonRawIO(str(path))
    neo.parse_header()
    assert [neo.segment_t_start(0, sweep) for sweep in range(3)] == pytest.approx([0.0, 2.0, 4.0])
    assert abf.tagComments == ["K5 on"]
    assert abf.abfDateTime == NOTES.started
    assert neo.raw_annotations["blocks"][0]["rec_datetime"] == NOTES.started
    assert abf._headerV1.fTelegraphMembraneCap[0] == 14.5
    assert abf._headerV1.fTelegraphFilter[0] == 2900.0


def test_user_list_has_the_code_of_ten_epochs() -> None:
    """Code of the duration of epoch E where ten epochs count: 11 + 20 + 4 = 35, as in a recorded file."""
    durations = SimulatedUserList(UserListTarget.DURATION, epoch=4, values=(50, 20, 80), repeats=True)
    protocol = AbfProtocol((FROM_HOLDING,) * 5, -80.0, 3, 640, 10000.0, user_list=durations)
    content = abf1_bytes(protocol, counts_for(protocol), AMPLIFIER, NOTES)
    assert np.frombuffer(content, "<i2", count=1, offset=3368)[0] == 35
    assert content[3376:3384] == b"50,20,80"


def test_trains_are_stored_with_their_period_and_width() -> None:
    epochs = (FROM_HOLDING, AbfEpoch(EpochKind.PULSES, 0.0, 400, period=100, width=30))
    protocol = AbfProtocol(epochs, -80.0, 1, 640, 10000.0)
    content = abf1_bytes(protocol, counts_for(protocol), AMPLIFIER, NOTES)
    assert np.frombuffer(content, "<i4", count=10, offset=2136)[1] == 100
    assert np.frombuffer(content, "<i4", count=10, offset=2216)[1] == 30


def test_protocol_that_does_not_fit_the_format_is_refused() -> None:
    eleven = AbfProtocol((FROM_HOLDING,) * 11, -80.0, 1, 6400, 10000.0)
    with pytest.raises(DomainError, match="protocol does not fit an ABF1 file"):
        abf1_bytes(eleven, counts_for(eleven), AMPLIFIER, NOTES)
    third = AbfProtocol((), -80.0, 1, 640, 10000.0, other_outputs=(AbfOutput((), 0.0), AbfOutput((), 0.0)))
    with pytest.raises(DomainError, match="protocol does not fit an ABF1 file"):
        abf1_bytes(third, counts_for(third), AMPLIFIER, NOTES)
    listed = SimulatedUserList(UserListTarget.LEVEL, 0, tuple(-100.125 + n for n in range(60)))
    long = AbfProtocol((FROM_HOLDING,), -80.0, 1, 640, 10000.0, user_list=listed)
    with pytest.raises(DomainError, match="user list does not fit an ABF1 file"):
        abf1_bytes(long, counts_for(long), AMPLIFIER, NOTES)


def test_missing_channel_is_refused() -> None:
    protocol = AbfProtocol((), -80.0, 1, 640, 10000.0)
    pressure = InputChannel("Pressure", "mmHg", 0.05, counts_for(protocol))
    with pytest.raises(DomainError, match="samples do not fit the protocol"):
        abf1_bytes(protocol, counts_for(protocol), AMPLIFIER, NOTES, [pressure])
