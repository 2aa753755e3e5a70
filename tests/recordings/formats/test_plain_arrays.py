"""Plain arrays are read with a declared protocol."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from reversal.arrays import FloatArray
from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Evidence, RecordingRefused

PROTOCOL = Protocol.model_validate(
    {
        "holding_mV": -80,
        "sample_rate_Hz": 10000,
        "current_unit": "nA",
        "scale": -1,
        "sweep_samples": 500,
        "epochs": [
            {"step": -80, "ms": 10},
            {"step": {"from": -40, "to": 20, "by": 30}, "ms": 20},
            {"ramp": {"from": 20, "to": -80}, "ms": 10},
        ],
    }
)
SWEEPS_nA = np.random.default_rng(2).normal(0, 0.1, (3, 500))


def write_arrays(folder: Path) -> None:
    """The same three sweeps in every accepted layout."""
    savemat(folder / "flat.mat", {"T": SWEEPS_nA.reshape(-1, 1)})
    savemat(folder / "rows.mat", {"T": SWEEPS_nA, "other": np.zeros(3)})
    np.savez(folder / "rows.npz", current=SWEEPS_nA)
    np.save(folder / "columns.npy", SWEEPS_nA.T)
    np.savetxt(folder / "columns.csv", SWEEPS_nA.T, delimiter=",", header="a,b,c")
    np.savetxt(folder / "one.txt", SWEEPS_nA.reshape(-1))
    time_ms = np.arange(500) * 0.1
    np.savetxt(folder / "timed.txt", np.column_stack([time_ms, SWEEPS_nA.T]), delimiter="\t")


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("flat.mat", None),
        ("rows.mat", "T"),
        ("rows.npz", None),
        ("columns.npy", None),
        ("columns.csv", None),
        ("one.txt", None),
        ("timed.txt", None),
    ],
)
def test_every_layout_gives_the_same_recording(tmp_path: Path, name: str, variable: str | None) -> None:
    write_arrays(tmp_path)
    options = ReadingOptions(protocol=PROTOCOL.model_copy(update={"variable": variable}))
    found = read_recording(tmp_path / name, options)
    assert found.command.evidence is Evidence.DECLARED
    for sweep, row in zip(found.sweeps, SWEEPS_nA, strict=True):
        assert sweep.i_pA == pytest.approx(-1000 * row)
    assert [[e.level_mV for e in sweep.epochs] for sweep in found.command.sweeps] == [
        [-80.0, level, -80.0, -80.0] for level in (-40.0, -10.0, 20.0)
    ]
    assert [e.start for e in found.command.sweeps[0].epochs] == [0, 100, 300, 400]
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 0.05, 0.1])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"current_unit": None}, "Expected: a protocol with sample_rate_Hz"),
        ({"sweep_samples": 499}, "not contain a whole number of sweeps"),
        ({"sweep_samples": 300}, "protocol and the file have different numbers of sweeps"),
        ({"sample_rate_Hz": 20000.0}, "longer than the sweep"),
        ({"variable": "J"}, "no array 'J'.*Known: T"),
    ],
)
def test_a_protocol_that_does_not_fit_the_array_is_refused(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    savemat(tmp_path / "flat.mat", {"T": SWEEPS_nA.reshape(-1, 1)})
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(tmp_path / "flat.mat", ReadingOptions(protocol=PROTOCOL.model_copy(update=change)))


def test_a_time_column_must_agree_with_the_declared_rate(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "t.csv", np.column_stack([np.arange(500) * 0.3, SWEEPS_nA.T]), delimiter=",")
    with pytest.raises(RecordingRefused, match="the time column and the declared sampling rate disagree"):
        read_recording(tmp_path / "t.csv", ReadingOptions(protocol=PROTOCOL))


def test_an_array_without_a_protocol_is_refused_with_a_remedy(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "one.txt", SWEEPS_nA.reshape(-1))
    with pytest.raises(RecordingRefused, match=r"numbers only.*Declare a protocol under 'protocols'"):
        read_recording(tmp_path / "one.txt")


TIME_MS = np.arange(500) * 0.1
RUNS_MS = {"again from 0": np.tile(TIME_MS, 3), "with gaps": np.concatenate([TIME_MS, TIME_MS + 1e3, TIME_MS + 2e3])}


@pytest.mark.parametrize("times_ms", RUNS_MS.values(), ids=RUNS_MS)
def test_a_time_that_starts_again_with_each_sweep_is_no_current(tmp_path: Path, times_ms: FloatArray) -> None:
    table = np.column_stack([times_ms, SWEEPS_nA.reshape(-1)])
    np.savetxt(tmp_path / "t.csv", table, delimiter=",")
    np.save(tmp_path / "t.npy", table)
    undeclared = PROTOCOL.model_copy(update={"sweep_samples": None})
    for file in ("t.csv", "t.npy"):
        found = read_recording(tmp_path / file, ReadingOptions(protocol=PROTOCOL))
        assert np.array([sweep.i_pA for sweep in found.sweeps]) == pytest.approx(-1000 * SWEEPS_nA)
        with pytest.raises(RecordingRefused, match=r"3 sweeps of 500 samples.*Add sweep_samples: 500 to the protocol"):
            read_recording(tmp_path / file, ReadingOptions(protocol=undeclared))
    other_rate = PROTOCOL.model_copy(update={"sample_rate_Hz": 20000.0})
    with pytest.raises(RecordingRefused, match="the time column and the declared sampling rate disagree"):
        read_recording(tmp_path / "t.csv", ReadingOptions(protocol=other_rate))


@pytest.mark.parametrize("length", [500, None])
@pytest.mark.parametrize("step_nA", [0.1, 0.3])
def test_currents_that_rise_evenly_from_sweep_to_sweep_are_no_time(
    tmp_path: Path, length: int | None, step_nA: float
) -> None:
    rising = SWEEPS_nA.copy()
    rising[:, 0] = step_nA * np.arange(3)
    np.save(tmp_path / "rows.npy", rising)
    options = ReadingOptions(protocol=PROTOCOL.model_copy(update={"sweep_samples": length}))
    found = read_recording(tmp_path / "rows.npy", options)
    assert np.array([sweep.i_pA for sweep in found.sweeps]) == pytest.approx(-1000 * rising)


@pytest.mark.parametrize("turned", [False, True])
def test_a_time_shows_where_the_samples_of_a_sweep_are(tmp_path: Path, turned: bool) -> None:
    table = np.column_stack([TIME_MS, SWEEPS_nA.T])
    np.save(tmp_path / "t.npy", table.T if turned else table)
    options = ReadingOptions(protocol=PROTOCOL.model_copy(update={"sweep_samples": None}))
    found = read_recording(tmp_path / "t.npy", options)
    assert np.array([sweep.i_pA for sweep in found.sweeps]) == pytest.approx(-1000 * SWEEPS_nA)
