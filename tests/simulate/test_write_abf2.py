"""ABF2 files, read by two other programs: samples, units, command, times, telegraphs, tags, user lists."""

from __future__ import annotations

import datetime as dt
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyabf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo.rawio import AxonRawIO

from reversal.errors import DomainError
from reversal.simulate.abf2_layout import ADC, DAC, EPOCH, EPOCH_BY_DAC, HEADER, PROTOCOL, TAG, USER_LIST, size_of
from reversal.simulate.abf_content import FileNotes, InputChannel, TagNote, command_monitor
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import RecordingConditions, record
from reversal.simulate.stimuli import step_family
from reversal.simulate.stimulus_protocol import (
    AbfEpoch,
    AbfOutput,
    AbfProtocol,
    EpochKind,
    SimulatedUserList,
    UserListTarget,
)
from reversal.simulate.write_abf2 import abf2_bytes, write_abf2

AMPLIFIER = Amplifier(rs_MOhm=8.5, lowpass_Hz=2900.0, mV_per_pA=0.5)
NOTES = FileNotes(dt.datetime(2026, 11, 19, 21, 5, 3, 250000), cm_pF=14.2, comment="cell01, bath K5")


def counts_for(protocol: AbfProtocol, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-32768, 32768, (protocol.sweeps, protocol.samples)).astype(np.int16)


def neo_reader(path: Path) -> AxonRawIO:
    reader = AxonRawIO(str(path))
    reader.parse_header()
    return reader


def neo_sweep(reader: AxonRawIO, sweep: int) -> np.ndarray:
    """Samples of a sweep in the channels' units, shape (samples, channels)."""
    return reader.rescale_signal_raw_to_float(reader.get_analogsignal_chunk(0, sweep), "float64")


@pytest.fixture
def night_file(tmp_path: Path, potassium_cell: Cell, k5: RecordingConditions) -> tuple[Path, AbfProtocol, np.ndarray]:
    """A family of steps as recorded, and the currents that were written."""
    protocol = step_family(-120.0, 40.0, 20.0, step_ms=60.0, name="K_steps")
    made = record(potassium_cell, AMPLIFIER, k5, protocol, seed=3)
    notes = replace(NOTES, tags=(TagNote(1.5, "K5 on"), TagNote(9.0, "K5 off, 5 µM block")))
    path = tmp_path / "2026_11_19_0001.abf"
    write_abf2(path, protocol, made.counts, AMPLIFIER, notes)
    return path, protocol, made.i_pA


def test_pyabf_and_neo_read_the_samples_units_and_command_that_were_written(
    night_file: tuple[Path, AbfProtocol, np.ndarray],
) -> None:
    path, protocol, i_pA = night_file
    abf, neo = pyabf.ABF(str(path)), neo_reader(path)
    waveforms, _, neo_units = neo.read_raw_protocol()
    assert (abf.sweepCount, abf.sweepPointCount, abf.dataRate) == (protocol.sweeps, protocol.samples, 20000)
    assert neo.segment_count(0) == protocol.sweeps
    assert neo.header["signal_channels"]["units"].tolist() == abf.adcUnits == ["pA"]
    assert neo_units == abf.dacUnits == ["mV"]
    for sweep, command in enumerate(protocol.command_mV()):
        abf.setSweep(sweep)
        assert abf.sweepY == pytest.approx(i_pA[sweep], rel=1e-6)  # pyABF keeps single precision
        assert neo_sweep(neo, sweep)[:, 0] == pytest.approx(i_pA[sweep], rel=1e-6)
        assert np.array_equal(abf.sweepC, command)
        assert np.array_equal(waveforms[sweep][0], command)


def test_pyabf_and_neo_read_times_tags_telegraphs_and_comment(
    night_file: tuple[Path, AbfProtocol, np.ndarray],
) -> None:
    path, protocol, _ = night_file
    abf, neo = pyabf.ABF(str(path)), neo_reader(path)
    assert abf.sweepIntervalSec == protocol.interval_s == 2.0
    assert [neo.segment_t_start(0, n) for n in range(3)] == pytest.approx([0.0, 2.0, 4.0])
    assert abf.abfDateTime == NOTES.started == neo.raw_annotations["blocks"][0]["rec_datetime"]
    assert abf.tagTimesSec == [1.5, 9.0]
    assert abf.tagComments[0] == "K5 on"
    assert [tag["lTagTime"] for tag in neo._axon_info["listTag"]] == [150000, 900000]
    adc = neo._axon_info["listADCInfo"][0]
    assert adc["fTelegraphAccessResistance"] == abf._adcSection.fTelegraphAccessResistance[0] == 8.5
    assert adc["fTelegraphMembraneCap"] == pytest.approx(14.2)
    assert adc["fTelegraphFilter"] == 2900.0
    assert abf.abfFileComment == "cell01, bath K5"
    assert abf.protocol == "K_steps"


def test_several_channels_are_interleaved_and_named(tmp_path: Path) -> None:
    protocol = AbfProtocol(
        (AbfEpoch(EpochKind.STEP, -20.0, 300),), -80.0, sweeps=3, samples=640, sample_rate_Hz=10000.0, channels=3
    )
    pressure = InputChannel("Pressure", "mmHg", 0.05, counts_for(protocol, 2))
    current, command_input = counts_for(protocol), command_monitor("AO #0", protocol.command_mV())
    path = tmp_path / "three.abf"
    write_abf2(path, protocol, current, AMPLIFIER, NOTES, [command_input, pressure])
    abf, neo = pyabf.ABF(str(path)), neo_reader(path)
    assert abf.adcNames == neo.header["signal_channels"]["name"].tolist() == ["Im_primary", "AO #0", "Pressure"]
    assert abf.adcUnits == neo.header["signal_channels"]["units"].tolist() == ["pA", "mV", "mmHg"]
    for sweep in range(3):
        expected = [
            current[sweep] * (20000 / 32768),
            command_input.counts[sweep] * (1000 / 32768),
            pressure.counts[sweep] * (200 / 32768),
        ]
        for channel in range(3):
            abf.setSweep(sweep, channel=channel)
            assert abf.sweepY == pytest.approx(expected[channel], rel=1e-6, abs=1e-6)
        assert neo_sweep(neo, sweep) == pytest.approx(np.array(expected).T, rel=1e-6, abs=1e-6)
    assert command_input.counts / 32768 * 1000 == pytest.approx(
        protocol.command_mV(), abs=0.016
    )  # half a count of 0.03 mV


def test_outputs_after_the_first_have_their_own_epochs_and_units(tmp_path: Path) -> None:
    light = AbfOutput((AbfEpoch(EpochKind.STEP, 5.0, 50, level_step_mV=0.5),), 0.0, name="LED", unit="V", mV_per_V=1.0)
    protocol = AbfProtocol((AbfEpoch(EpochKind.STEP, -20.0, 300),), -80.0, 2, 640, 10000.0, other_outputs=(light,))
    path = tmp_path / "two.abf"
    write_abf2(path, protocol, counts_for(protocol), AMPLIFIER, NOTES)
    waveforms, names, units = neo_reader(path).read_raw_protocol()
    assert names == ["Cmd 0", "LED"]
    assert units == ["mV", "V"]
    for sweep in range(2):
        for output in range(2):
            assert np.array_equal(waveforms[sweep][output], protocol.command_mV(output)[sweep])


def test_user_list_is_stored_by_its_code_and_its_values(tmp_path: Path) -> None:
    """Code of the level of epoch B in version 2.9: 11 + 50 + 1 = 62, as in a recorded file of that version."""
    levels = SimulatedUserList(UserListTarget.LEVEL, epoch=1, values=(-40.0, 20.0, -100.0))
    epochs = (AbfEpoch(EpochKind.STEP, -80.0, 100), AbfEpoch(EpochKind.STEP, 0.0, 300, level_step_mV=10.0))
    protocol = AbfProtocol(epochs, -80.0, sweeps=4, samples=640, sample_rate_Hz=10000.0, user_list=levels)
    path = tmp_path / "listed.abf"
    write_abf2(path, protocol, counts_for(protocol), AMPLIFIER, NOTES)
    abf = pyabf.ABF(str(path))
    assert abf.abfVersionString == "2.9.0.0"
    assert abf._userListSection.nULParamToVary == [62]
    assert abf.userList == [-40.0, 20.0, -100.0]
    assert protocol.command_mV()[:, 300].tolist() == [-40.0, 20.0, -100.0, -100.0]


def test_disabled_waveform_stays_at_holding_for_pyabf_too(tmp_path: Path) -> None:
    protocol = AbfProtocol((AbfEpoch(EpochKind.STEP, 0.0, 300),), -80.0, 2, 640, 10000.0, waveform=False)
    path = tmp_path / "off.abf"
    write_abf2(path, protocol, counts_for(protocol), AMPLIFIER, NOTES)
    assert np.all(pyabf.ABF(str(path)).sweepC == -80.0)
    assert np.all(protocol.command_mV() == -80.0)


levels_mV = st.integers(-2000, 2000).map(lambda tenths: tenths / 8)  # exact in single precision


@st.composite
def step_protocols(draw: st.DrawFn) -> AbfProtocol:
    """Tables of steps and disabled epochs, one to six sweeps."""
    epochs = draw(
        st.lists(
            st.builds(
                AbfEpoch,
                kind=st.sampled_from([EpochKind.STEP, EpochKind.STEP, EpochKind.DISABLED]),
                level_mV=levels_mV,
                duration=st.integers(1, 120),
                level_step_mV=levels_mV.map(lambda level: level / 8),
                duration_step=st.integers(0, 20),
            ),
            max_size=10,
        )
    )
    return AbfProtocol(
        tuple(epochs),
        holding_mV=draw(levels_mV),
        sweeps=draw(st.integers(1, 6)),
        samples=draw(st.integers(2400, 3000)),
        sample_rate_Hz=draw(st.sampled_from([1000.0, 10000.0, 50000.0])),
        interval_s=draw(st.sampled_from([0.0, 5.0])),
        last_level_between=draw(st.booleans()),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(protocol=step_protocols())
def test_pyabf_reads_the_same_command_from_any_table_of_steps(protocol: AbfProtocol) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.abf"
        counts = counts_for(protocol)
        write_abf2(path, protocol, counts, AMPLIFIER, NOTES)
        abf = pyabf.ABF(str(path))
        for sweep, command in enumerate(protocol.command_mV()):
            abf.setSweep(sweep)
            assert np.array_equal(abf.sweepC, command)
            assert abf.sweepY == pytest.approx(counts[sweep] * AMPLIFIER.pA_per_count, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    "kind", [EpochKind.RAMP, EpochKind.PULSES, EpochKind.TRIANGLE, EpochKind.COSINE, EpochKind.BIPHASIC]
)
def test_shapes_agree_with_pyabf_to_within_one_sample(tmp_path: Path, kind: EpochKind) -> None:
    """Turning points of slopes differ from pyABF by up to one sample: 40 mV in 50 samples is 0.8 mV a sample."""
    epochs = (AbfEpoch(EpochKind.STEP, -80.0, 100), AbfEpoch(kind, -40.0, 400, period=100, width=50))
    protocol = AbfProtocol(epochs, -80.0, sweeps=1, samples=640, sample_rate_Hz=10000.0)
    path = tmp_path / "shape.abf"
    write_abf2(path, protocol, counts_for(protocol), AMPLIFIER, NOTES)
    theirs, ours = pyabf.ABF(str(path)).sweepC, protocol.command_mV()[0]
    slope_mV = {EpochKind.RAMP: 0.1, EpochKind.TRIANGLE: 0.84, EpochKind.COSINE: 1.3}.get(
        kind, 0.0
    )  # ramp 40/400, cosine 20·2π/100
    assert np.abs(theirs - ours).max() <= slope_mV + 1e-9
    assert ours.max() == pytest.approx(-40.0, abs=1e-9)
    assert ours.min() == pytest.approx(-120.0 if kind is EpochKind.BIPHASIC else -80.0)


def test_samples_of_another_shape_are_refused() -> None:
    protocol = AbfProtocol((), -80.0, 2, 640, 10000.0)
    with pytest.raises(DomainError, match="samples do not fit the protocol"):
        abf2_bytes(protocol, np.zeros((2, 639), np.int16), AMPLIFIER, NOTES)


def test_entries_have_the_sizes_of_the_format() -> None:
    """As in the section tables of recorded files of versions 2.0 to 2.9."""
    sizes = [size_of(layout) for layout in (PROTOCOL, ADC, DAC, EPOCH, EPOCH_BY_DAC, USER_LIST, TAG)]
    assert sizes == [512, 128, 256, 32, 48, 64, 64]
    assert size_of(HEADER) == 76


def test_no_reader_warns_about_the_file(night_file: tuple[Path, AbfProtocol, np.ndarray]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pyabf.ABF(str(night_file[0]))
        neo_reader(night_file[0])
