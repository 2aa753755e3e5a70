"""Plain arrays are read with a declared protocol."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from reversal.experiment.protocols import Protocol
from reversal.recordings.read_recording import read_recording
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import Evidence, RecordingRefused

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
