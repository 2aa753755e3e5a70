"""Public recordings of real rigs: their command, its evidence, and why some are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.axon.channel_pairs import voltage_outputs
from reversal.recordings.axon.epoch_table import epoch_table_commands
from reversal.recordings.axon.read_header import read_header
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand, is_constant
from reversal.recordings.formats.heka import series_in
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, Recording, RecordingRefused, Shape
from reversal.recordings.survey import survey

pytestmark = pytest.mark.real

HCN = "haganenoneko+EphysAnalysisTools/data"
AXON = "swharden+pyABF/data/abfs"
FORMATS = "myokit+myokit/myokit/tests/data/formats"
EXPORTED = ("19d22017", "20917009", "20d03004", "21416007")

HERG = Protocol.model_validate(
    {
        "holding_mV": -80,
        "sample_rate_Hz": 10000,
        "current_unit": "nA",
        "sweep_samples": 29006,
        "variable": "T",
        "epochs": [{"step": -80, "ms": 100}, {"step": {"from": -100, "to": 50, "by": 10}, "ms": 500}],
    }
)


def levels(found: Recording, epoch: str) -> list[float]:
    return [e.level_mV for sweep in found.command.sweeps for e in sweep.epochs if e.name == epoch]


def plateaus(voltage_mV: np.ndarray) -> list[float]:
    """Levels at which a voltage stays for at least 100 samples [mV], in order."""
    edges = np.flatnonzero(np.diff(voltage_mV) != 0)
    runs = np.split(voltage_mV, edges + 1)
    return [round(float(run[0]), 3) for run in runs if run.size >= 100]


def test_a_user_list_changes_the_order_of_the_levels(shared_data: Path) -> None:
    found = read_recording(shared_data / HCN / "recording_abf" / "21416007.abf")
    assert levels(found, "H") == [-85, -55, -25, 5, 35, -100, -70, -40, -10, 20]
    assert found.command.evidence is Evidence.RECONSTRUCTED


@pytest.mark.parametrize("name", EXPORTED)
def test_commands_match_the_export_of_clampfit(shared_data: Path, name: str) -> None:
    """The plateaus of every exported sweep are those of one sweep of the ABF file, in order, each used once."""
    table = np.loadtxt(shared_data / HCN / "recording_csv" / f"{name}.csv", delimiter=",", encoding="utf-8-sig")
    sweeps = (table.shape[1] - 1) // 2
    exported = [plateaus(voltage) for voltage in table[:, 1 + sweeps :].T]
    found = read_recording(shared_data / HCN / "recording_abf" / f"{name}.abf")
    read = [plateaus(expand(command, len(table))) for command in found.command.sweeps]
    matched = [read.index(levels) for levels in exported]
    assert matched == sorted(set(matched))
    if sweeps == len(read):
        assert matched == list(range(sweeps))


@pytest.mark.parametrize("name", ["19d22017", "20917009"])
def test_edges_and_ramps_match_the_export_of_clampfit(shared_data: Path, name: str) -> None:
    """The other two exports are low-pass filtered, including the voltage. Ramps differ by half a sample."""
    table = np.loadtxt(shared_data / HCN / "recording_csv" / f"{name}.csv", delimiter=",", encoding="utf-8-sig")
    found = read_recording(shared_data / HCN / "recording_abf" / f"{name}.abf")
    exported = table[:, 1 + len(found.sweeps) :].T
    for command, voltage in zip(found.command.sweeps, exported, strict=True):
        assert np.max(np.abs(expand(command, len(table)) - voltage)) < 0.04


def test_a_recorded_copy_of_the_command_verifies_a_list_of_durations(shared_data: Path) -> None:
    found = read_recording(shared_data / AXON / "user-list-durations.abf")
    assert found.command.evidence is Evidence.VERIFIED
    durations = [e.stop - e.start for sweep in found.command.sweeps for e in sweep.epochs if e.name == "E"]
    assert durations == [4000, 6000, 6000]


def test_a_two_electrode_clamp_verifies_its_command(shared_data: Path) -> None:
    found = read_recording(shared_data / "imlijunda+abf2load/data/example.abf")
    assert found.command.evidence is Evidence.VERIFIED
    assert levels(found, "B") == [-120 + 20 * n for n in range(11)]
    assert found.current_channel.unit == "nA"
    assert np.max(np.abs(found.sweeps[0].i_pA)) > 1e5  # an oocyte's microamperes, in pA


def test_a_recorded_voltage_that_differs_from_the_command_is_refused(shared_data: Path) -> None:
    path = shared_data / "mattar13+ElectroPhysiology.jl/test/raw_data/24622008.abf"
    with pytest.raises(CommandUnknown, match=r"sweep 0, epoch B: .*by -66\.9 mV.*-86\.9 mV.*-20\.0 mV"):
        read_recording(path)


def test_the_same_experiment_in_both_versions_has_the_same_command(shared_data: Path) -> None:
    old = read_recording(shared_data / AXON / "pclamp11_4ch_abf1.abf", ReadingOptions(channel="IN 0"))
    new = read_recording(shared_data / AXON / "pclamp11_4ch.abf", ReadingOptions(channel="IN 0"))
    assert [(e.name, e.start, e.level_mV) for e in new.command.sweeps[0].epochs] == [
        ("before", 0, -10.0),
        ("A", 62, 10.0),
        ("after", 2062, -10.0),
    ]
    assert old.command.sweeps == new.command.sweeps
    with pytest.raises(CommandUnknown, match="an ABF 1 header contains the waveforms of two outputs only"):
        read_recording(shared_data / AXON / "pclamp11_4ch_abf1.abf", ReadingOptions(channel="IN 3"))


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        (f"{AXON}/171116sh_0015.abf", "sine sweep magnitude 20.abf"),
        (f"{AXON}/171116sh_0015-ATFwaveform.abf", "sine sweep magnitude 20.atf"),
        (f"{HCN}/recording_abf/21304008.abf", "hcn_sine_20210304_01-10.atf"),
    ],
)
def test_a_missing_stimulus_file_is_named(shared_data: Path, path: str, missing: str) -> None:
    with pytest.raises(CommandUnknown, match=missing):
        read_recording(shared_data / path)


def test_ramps_are_read(shared_data: Path) -> None:
    found = read_recording(shared_data / AXON / "DM1_0002.abf")
    assert found.current_channel.unit == "pA"
    for sweep in found.command.sweeps:
        (ramp,) = [epoch for epoch in sweep.epochs if epoch.shape is Shape.RAMP]
        assert (ramp.from_mV, ramp.level_mV) == (-100.0, 60.0)


def test_ramps_start_from_the_last_level_of_the_previous_sweep(shared_data: Path) -> None:
    found = read_recording(shared_data / AXON / "171116sh_0013.abf")
    ramps = [e for sweep in found.command.sweeps for e in sweep.epochs if e.shape is Shape.RAMP]
    assert [ramp.level_mV for ramp in ramps] == [-110.0 + 5 * n for n in range(13)]
    assert [ramp.from_mV for ramp in ramps[:3]] == [-70.0, -110.0, -105.0]


def test_a_disabled_waveform_holds_and_current_clamp_is_refused(shared_data: Path) -> None:
    path = shared_data / AXON / "18425108.abf"
    header = read_header(path.read_bytes(), path)
    (command,) = epoch_table_commands(header, voltage_outputs(header.outputs)[0], path)
    assert [(e.shape, e.level_mV) for e in command.epochs] == [(Shape.HOLD, 0.0)]
    with pytest.raises(RecordingRefused, match="the command is a current"):
        read_recording(path)


def test_sweeps_start_as_in_the_table_of_the_file(shared_data: Path) -> None:
    path = shared_data / AXON / "multichannelAbf1WithTags.abf"
    header = read_header(path.read_bytes(), path)
    assert np.diff([sweep.start_s for sweep in header.sweeps]) == pytest.approx(2.0)
    assert [tag.text for tag in header.tags] == ["+TGOT", "-TGOT"]
    assert all(0 < tag.time_s < 187 * 2.0 for tag in header.tags)
    with pytest.raises(CommandUnknown, match=r"'AO #0' differs from the command by -10\.0 mV"):
        read_recording(path)


def test_sweeps_of_unequal_length_keep_their_lengths(shared_data: Path) -> None:
    path = shared_data / AXON / "2020_06_16_0000.abf"
    header = read_header(path.read_bytes(), path)
    assert [sweep.count for sweep in header.sweeps] == [3540, 70040, 16040]
    with pytest.raises(CommandUnknown, match="events, variable length"):
        read_recording(path)


def test_the_eight_families_of_a_heka_bundle_have_their_levels(shared_data: Path) -> None:
    path = shared_data / "GabStoelting+HEKAimport/tests/test2.dat"
    families = [series for series in series_in(path, path.read_bytes()) if series.label == "IV"]
    assert len(families) == 8
    for series in families:
        found = read_recording(path, ReadingOptions(channel=series.path))
        assert levels(found, "B") == [-105.0 + 10 * n for n in range(series.sweeps)]
        assert found.command.evidence is Evidence.RECONSTRUCTED
        assert found.telegraph.cm_pF is not None
        assert found.telegraph.lowpass_Hz == pytest.approx(2873.5, abs=0.1)
        assert found.telegraph.junction_mV is not None
        compensated = {"E-25": 0.85, "E-26": 0.85, "E-27": 0.0, "E-28": 0.9}[series.path.split("/")[0]]
        assert found.telegraph.rs_compensation == pytest.approx(compensated, abs=0.003)
        assert 10 < np.max(np.abs(found.sweeps[0].i_pA)) < 1e5  # A in the file, pA here
    with pytest.raises(RecordingRefused, match=r"several series.*E-28/5"):
        read_recording(path)
    ramp = read_recording(path, ReadingOptions(channel="E-25/1"))
    assert ramp.command.evidence is Evidence.VERIFIED  # rebuilt from its segments, and equal to the recorded voltage
    assert [(epoch.from_mV, epoch.level_mV) for epoch in ramp.command.sweeps[0].epochs[2:3]] == [(-50.0, 50.0)]
    assert ramp.started is not None
    assert ramp.started.startswith("2013-08-06")


def test_a_winwcp_file_is_read_with_its_voltage_and_an_empty_one_is_refused(shared_data: Path) -> None:
    found = read_recording(shared_data / FORMATS / "wcp-file.wcp")
    assert (len(found.sweeps), found.command.evidence) == (11, Evidence.MONITOR)
    with pytest.raises(RecordingRefused, match="has no records"):
        read_recording(shared_data / FORMATS / "wcp-file-empty.wcp")


def test_herg_currents_are_read_with_a_declared_protocol(shared_data: Path) -> None:
    for path in sorted((shared_data / "mirams+sine-wave").rglob("*_subtracted.mat")):
        found = read_recording(path, ReadingOptions(protocol=HERG))
        assert found.command.evidence is Evidence.DECLARED
        assert [sweep.i_pA.size for sweep in found.sweeps] == [29006] * 16
        with pytest.raises(RecordingRefused, match="sample_rate_Hz and current_unit"):
            read_recording(path)


def test_an_atf_export_has_the_samples_of_its_abf(shared_data: Path) -> None:
    protocol = Protocol.model_validate({"holding_mV": -70, "epochs": [{"step": -80, "ms": 200}]})
    text = read_recording(shared_data / AXON / "model_vc_step.atf", ReadingOptions(protocol=protocol))
    binary = read_recording(shared_data / AXON / "model_vc_step.abf")
    assert text.sample_rate_Hz == pytest.approx(binary.sample_rate_Hz)
    for a, b in zip(text.sweeps, binary.sweeps, strict=True):
        assert a.start_s == pytest.approx(b.start_s)
        assert a.i_pA == pytest.approx(b.i_pA, abs=6e-4)  # the text has three decimals


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("18807005", "the amplifier telegraphed current clamp"),
        ("opto_aps_bad_units", "the amplifier telegraphed current clamp"),
        ("opto_aps_good_units", "no channel has a unit of current"),
        ("2018_12_09_pCLAMP11_0001", "its unit is probably wrong"),
        ("14o16001_vc_pair_step", "several current channels"),
        ("130618-1-12", "contains no protocol"),
        ("invalidDate-abf1", "contains no protocol"),
        ("test_0001", "several current channels"),
    ],
)
def test_an_invalid_recording_is_refused_with_the_reason(shared_data: Path, name: str, reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(shared_data / AXON / f"{name}.abf")


def test_an_invalid_date_is_left_out(shared_data: Path) -> None:
    protocol = Protocol.model_validate({"holding_mV": -70, "epochs": [{"step": -70, "ms": 50}]})
    found = read_recording(shared_data / AXON / "invalidDate-abf1.abf", ReadingOptions(protocol=protocol))
    assert found.started is None
    assert "the header has no valid date of the recording" in found.warnings
    assert read_recording(shared_data / AXON / "DM1_0002.abf").started == "2019-07-25T15:34:30.478"


def test_what_the_amplifier_telegraphed_is_kept(shared_data: Path) -> None:
    telegraph = read_recording(shared_data / AXON / "user-list-durations.abf").telegraph
    assert telegraph.cm_pF == pytest.approx(11.6, abs=0.01)
    assert telegraph.lowpass_Hz == 10000.0
    assert telegraph.rs_MOhm is None  # 0 in the header: not telegraphed
    assert read_recording(shared_data / HCN / "recording_abf" / "21416007.abf").telegraph.cm_pF is None


def test_two_cells_of_one_file_are_read_by_their_channel(shared_data: Path) -> None:
    path = shared_data / AXON / "14o16001_vc_pair_step.abf"
    first, second = (read_recording(path, ReadingOptions(channel=name)) for name in ("IN 0", "IN 1"))
    assert "'Cmd 0'" in first.command.basis
    assert "'Cmd 1'" in second.command.basis
    assert not np.array_equal(first.sweeps[0].i_pA, second.sweeps[0].i_pA)


def test_a_low_rate_and_a_constant_command_give_warnings(shared_data: Path) -> None:
    found = read_recording(shared_data / AXON / "File_axon_7.abf")
    assert found.sample_rate_Hz == pytest.approx(403.2, abs=0.1)
    assert is_constant(found.command)
    assert any("does not resolve" in warning for warning in found.warnings)
    assert any("no I–V" in warning for warning in found.warnings)


def test_the_survey_of_the_folder_has_all_files(shared_data: Path) -> None:
    rows = survey(shared_data)
    abf = [row for row in rows if row.file.endswith(".abf")]
    assert {row.file for row in abf} == {p.relative_to(shared_data).as_posix() for p in shared_data.rglob("*.abf")}
    assert {row.readers for row in abf} == {"agree"}
    assert all(row.largest_difference is not None and row.largest_difference < 1e-7 for row in abf)
    assert all(row.reason for row in rows)
    assert {row.command_evidence for row in rows if row.status == "read"} == {"monitor", "verified", "reconstructed"}
    assert {row.command_evidence for row in rows if row.status != "read"} == {"unknown"}
