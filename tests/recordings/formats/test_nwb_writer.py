"""A written NWB file: best practice, other readers, and what our own reader gets back."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from reversal.experiment.nwb_facts import NwbFacts
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetEntry
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.formats.nwb_writer import (
    ExportedCell,
    ExportedRecording,
    ExportedTable,
    channels_of,
    write_nwb,
)
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.survey import channels_in
from reversal.tables.nernst_table import NernstRow
from reversal.tables.survey_table import SurveyRow

pytest.importorskip("pynwb", reason="NWB files need the extra 'nwb'")
RATE_HZ = 10_000.0


def made(seed: int, started: str | None, *, ramp: bool = False) -> Recording:
    """Three steps of 30 ms, or two ramps with a recorded voltage."""
    levels = (60.0, 60.0) if ramp else (-100.0, -60.0, 20.0)
    rng = np.random.default_rng(seed)
    shape = Shape.RAMP if ramp else Shape.STEP
    commands = tuple(
        SweepCommand(
            (
                Epoch("before", Shape.HOLD, 0, 100, -80.0, -80.0),
                Epoch("A", shape, 100, 400, -100.0 if ramp else level, level),
                Epoch("after", Shape.HOLD, 400, 500, -80.0, -80.0),
            )
        )
        for level in levels
    )
    sweeps = tuple(
        Sweep(2.0 * n, rng.normal(0, 5, 500).astype(np.float32), expand(one, 500) + 0.1 if ramp else None)
        for n, one in enumerate(commands)
    )
    channel = Channel("IN 0", "pA", "current")
    return Recording(
        file=f"{seed}.abf",
        sha256=f"{seed:064d}",
        format="ABF 2.9.0.0",
        sample_rate_Hz=RATE_HZ,
        sweeps=sweeps,
        command=Command(commands, Evidence.RECONSTRUCTED, "from the protocol of output 'Cmd 0' in the header"),
        current_channel=channel,
        channels=(channel,),
        telegraph=Telegraph(rs_MOhm=12.0, rs_compensation=0.7, cm_pF=25.0),
        started=started,
        header={"protocol": "iv.pro"},
    )


def entry(name: str, bath: str, **values: Any) -> SheetEntry:
    common = {"cell": "cell_1", "file": "x.abf", "pipette": "Kin", "temperature_C": 22.0}
    return SheetEntry.model_validate({"recording": name, "bath": bath, **common, **values})


RECORDINGS = (
    ExportedRecording(entry("late", "K40"), made(2, "2026-11-19T12:00:00.000")),
    ExportedRecording(entry("early", "K5", rs_MOhm=8.0), made(1, "2026-11-19T11:00:00.000")),
    ExportedRecording(entry("ramps", "K5"), made(3, None, ramp=True)),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nwb") / "sub-rat1_ses-cell-1_icephys.nwb"
    ions = {"K5": {"K": 5.0, "Na": 140.0, "Cl": 145.0}, "Kin": {"K": 140.0, "Cl": 140.0}}
    solutions = {name: Solution(ions_mM=ions_mM) for name, ions_mM in ions.items()}
    rows = [
        SurveyRow(
            file=name, channel="", format="ABF", sweeps=n, sample_rate_Hz=None if n == 1 else 10.0 * n, started="",
            protocol="", readers="agree", largest_difference=None, command_evidence="x", status="read", reason="",
        )
        for n, name in enumerate(("a", "b", "c"))
    ]  # fmt: skip
    tables = [ExportedTable("survey", "a table", rows), ExportedTable("nernst", "without rows", list[NernstRow]())]
    facts = NwbFacts(species="Rattus norvegicus", age="P30D", experimenter=["Doe, Jane"], lab="L", institution="I")
    write_nwb(path, ExportedCell("cell_1", "rat1", RECORDINGS, solutions, tables, facts, "reversal 1.0"))
    return path


def test_our_reader_gets_back_what_was_written(written: Path) -> None:
    """Currents bit by bit, commands within rounding, times, and values of the amplifier, of the sheet first."""
    channels = channels_of([one.recording for one in RECORDINGS])
    assert channels == ["electrode/3", "electrode/1", "electrode/2"]
    assert sorted(channels) == channels_in(written)
    for one, channel in zip(RECORDINGS, channels, strict=True):
        found = read_recording(written, ReadingOptions(channel=channel))
        assert found.sample_rate_Hz == RATE_HZ
        assert np.diff([sweep.start_s for sweep in found.sweeps]).tolist() == [2.0] * (len(found.sweeps) - 1)
        for sweep, command, old, played in zip(
            found.sweeps, found.command.sweeps, one.recording.sweeps, one.recording.command.sweeps, strict=True
        ):
            np.testing.assert_allclose(sweep.i_pA, old.i_pA, rtol=1e-12)
            np.testing.assert_allclose(expand(command, 500), expand(played, 500), atol=1e-9)
            assert [epoch.shape for epoch in command.epochs] == [epoch.shape for epoch in played.epochs]
        rs_MOhm = one.entry.rs_MOhm or 12.0
        values = found.telegraph.rs_MOhm, found.telegraph.rs_compensation, found.telegraph.cm_pF
        assert values == pytest.approx((rs_MOhm, 0.7, 25.0))


def test_the_inspector_finds_suggestions_at_most(written: Path) -> None:
    inspector = pytest.importorskip("nwbinspector", reason="nwbinspector is not installed: make test-nwb has it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checks = inspector.configure_checks(config=inspector.load_config(filepath_or_keyword="dandi"))
        found = list(inspector.inspect_nwbfile(nwbfile_path=str(written), checks=checks))
    above = [message for message in found if message.importance is not inspector.Importance.BEST_PRACTICE_SUGGESTION]
    assert above == []


def test_pynwb_and_neo_open_it(written: Path) -> None:
    from neo.io import NWBIO
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(str(written), "r") as io:
        file = io.read()
        assert (file.subject.subject_id, file.subject.species) == ("rat1", "Rattus norvegicus")
        assert file.session_id == "cell_1"
        assert len(file.icephys_sequential_recordings) == 3
        assert list(file.icephys_experimental_conditions["bath"][:]) == ["K40", "K5"]
        response = file.acquisition["early_sweep_0002"]
        expected_A = RECORDINGS[1].recording.sweeps[2].i_pA * 1e-12
        np.testing.assert_allclose(response.data[:] * response.conversion, expected_A, rtol=1e-6)
        assert "early" in file.stimulus["early_sweep_0002_command"].stimulus_description
        module = file.processing["icephys"]
        assert set(module.data_interfaces) == {"solutions", "survey"}
        table = module["survey"].to_dataframe()
        assert list(table["file"]) == ["a", "b", "c"]
        assert table["sample_rate_Hz"].isna().tolist() == [False, True, False]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        block = NWBIO(str(written), mode="r").read_block(lazy=False)
    names = {signal.name for segment in block.segments for signal in segment.analogsignals}
    assert "ramps_sweep_0001" in names


def test_a_recording_before_the_first_of_the_sheet_starts_the_session(written: Path) -> None:
    found = read_recording(written, ReadingOptions(channel="electrode/1"))
    assert found.started is not None
    assert found.started.startswith("2026-11-19T11:00:00")


def test_sweeps_of_one_file_are_numbered_by_their_own_starts() -> None:
    """The later sweeps of a session stand first in the sheet; both rows have the start of the session."""
    session = made(1, "2026-11-19T11:00:00.000")
    later = replace(session, sweeps=tuple(replace(sweep, start_s=sweep.start_s + 60.0) for sweep in session.sweeps))
    assert channels_of([later, session]) == ["electrode/2", "electrode/1"]


def test_a_table_with_a_row_for_each_sweep_shows_no_runs(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.nwb"
    path.write_bytes(written.read_bytes())
    with h5py.File(path, "a") as file:
        table = file["general/intracellular_ephys/sequential_recordings"]
        del table["simultaneous_recordings_index"]
        table["simultaneous_recordings_index"] = np.arange(1, 9)
    assert len(channels_in(path)) == 3  # the runs that descriptions and pauses show, not 8 rows
