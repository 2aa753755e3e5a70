"""Recordings of a cell in one file: read back unchanged, and written whole or not at all."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import h5py
import numpy as np
import pytest

from reversal.recordings.recording.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
    Tag,
    Telegraph,
)
from reversal.recordings.recording.store import Ingested, read_recordings, write_recordings


def recording(*, dtype: type = np.float32, lengths: tuple[int, ...] = (400, 400), voltage: bool = False) -> Recording:
    rng = np.random.default_rng(3)
    traces = [rng.normal(0, 50, n).astype(dtype) for n in lengths]
    voltages = [rng.normal(-80, 1, n) if voltage else None for n in lengths]
    train = Epoch("B", Shape.PULSES, 10, 90, -80.0, 20.125, 20, 5)
    sweeps = tuple(
        SweepCommand((Epoch("before", Shape.HOLD, 0, 10, -80.0, -80.0), train), None if n % 2 else v)
        for n, v in enumerate(voltages)
    )
    return Recording(
        file="cell α.abf",
        sha256="ab" * 32,
        format="ABF 2.9.0.0",
        sample_rate_Hz=1e6 / 50.3,
        sweeps=tuple(Sweep(n * 0.1, i, v) for n, (i, v) in enumerate(zip(traces, voltages, strict=True))),
        command=Command(sweeps, Evidence.VERIFIED, "equal to 'AO #0'"),
        current_channel=Channel("Im", "pA", "current"),
        channels=(Channel("Im", "pA", "current"), Channel("Vm", "mV", "voltage")),
        telegraph=Telegraph(rs_MOhm=8.1, cm_pF=None, gain=0.1),
        tags=(Tag(1.25, "5 µM blocker"),),
        started="2026-11-19T21:05:03.250",
        digitiser_limit_pA=20000.0,
        warnings=("a warning",),
        header={"comment": "naïve"},
    )


def assert_same(found: Recording, expected: Recording) -> None:
    for field in fields(Recording):
        if field.name not in ("sweeps", "command"):
            assert getattr(found, field.name) == getattr(expected, field.name), field.name
    assert (found.command.evidence, found.command.basis) == (expected.command.evidence, expected.command.basis)
    pairs = zip(found.command.sweeps, expected.command.sweeps, strict=True)
    for sweep, was in pairs:
        assert sweep.epochs == was.epochs
        assert_same_array(sweep.samples_mV, was.samples_mV)
    for now, before in zip(found.sweeps, expected.sweeps, strict=True):
        assert now.start_s == before.start_s
        assert_same_array(now.i_pA, before.i_pA)
        assert_same_array(now.v_mV, before.v_mV)


def assert_same_array(found: np.ndarray | None, expected: np.ndarray | None) -> None:
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("lengths", [(400, 400), (400, 100), (0, 7)])
@pytest.mark.parametrize("voltage", [True, False])
def test_recordings_are_read_unchanged(tmp_path: Path, dtype: type, lengths: tuple[int, ...], voltage: bool) -> None:
    outcomes = [
        Ingested("r1", recording(dtype=dtype, lengths=lengths, voltage=voltage), None),
        Ingested("r2", None, "cell α.abf: the file is empty"),
        Ingested("r0", recording(), None),
    ]
    write_recordings(tmp_path / "recordings.h5", outcomes)
    found = read_recordings(tmp_path / "recordings.h5")
    assert [(o.recording_id, o.failure) for o in found] == [(o.recording_id, o.failure) for o in outcomes]
    for now, before in zip(found, outcomes, strict=True):
        if before.recording is None:
            assert now.recording is None
        else:
            assert now.recording is not None
            assert_same(now.recording, before.recording)


def test_equal_recordings_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.h5", "b.h5"):
        write_recordings(tmp_path / name, [Ingested("r1", recording(voltage=True), None)])
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_an_interrupted_write_does_not_change_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "recordings.h5"
    write_recordings(path, [Ingested("old", None, "reason")])

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(h5py.Group, "create_dataset", fail)
    with pytest.raises(OSError, match="no space left"):
        write_recordings(path, [Ingested("new", recording(), None)])
    monkeypatch.undo()
    assert [outcome.recording_id for outcome in read_recordings(path)] == ["old"]
    assert [other.name for other in tmp_path.iterdir()] == ["recordings.h5"]
