"""Recordings of a cell are read once; one whose file is missing is taken from an earlier run."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.ingest_cell import ingest_cell
from reversal.recordings.recording import store
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested, has_recording, read_recordings, write_recordings
from reversal.recordings.recording.stored_samples import clear_blocks
from tests.recordings.test_store import assert_same

FILE = "2026_11_19_0001.abf"


@pytest.fixture
def raw(tmp_path: Path, synthetic_night: Path) -> Path:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(synthetic_night / FILE, raw / FILE)
    return raw


def settings(raw: Path, **changes: object) -> ReadingSettings:
    """Settings for one recording r in one file."""
    return ReadingSettings.model_validate({"cell": "a", "raw_dir": str(raw), "files": {"r": {"file": FILE, **changes}}})


def ingested(raw: Path, stored: Path, **changes: object) -> Ingested:
    """The recording as the step stores it."""
    write_recordings(stored, ingest_cell(settings(raw, **changes), earlier=stored))
    (outcome,) = read_recordings(stored)
    return outcome


def test_a_missing_file_is_taken_from_the_earlier_run(raw: Path, tmp_path: Path) -> None:
    stored = tmp_path / "recordings.h5"
    first = ingested(raw, stored)
    assert first.recording is not None
    # read before the file of the recordings is replaced
    currents_pA = [sweep.i_pA for sweep in first.recording.sweeps]
    (raw / FILE).unlink()
    for _ in range(2):  # a copy of a copy is as good
        copy = ingested(raw, stored)
        assert copy.is_copy
        assert copy.sha256 == first.sha256
        assert copy.recording is not None
        assert all((a.i_pA == b).all() for a, b in zip(copy.recording.sweeps, currents_pA, strict=True))
    assert has_recording(stored, "r", settings(raw).request("r"))


@pytest.mark.parametrize("changes", [{"channel": "IN 1"}, {"file": "other.abf"}])
def test_a_copy_that_was_read_in_another_way_is_not_used(raw: Path, tmp_path: Path, changes: dict[str, str]) -> None:
    stored = tmp_path / "recordings.h5"
    ingested(raw, stored)
    (raw / FILE).unlink()
    outcome = ingested(raw, stored, **changes)
    assert (outcome.recording, outcome.is_copy) == (None, False)
    assert "the file is missing" in (outcome.failure or "")


@pytest.mark.parametrize("content", [None, b"", b"\x89HDF\r\n\x1a\n", b"text"])
def test_a_damaged_store_is_not_used(raw: Path, tmp_path: Path, content: bytes | None) -> None:
    stored = tmp_path / "recordings.h5"
    if content is not None:
        stored.write_bytes(content)
    (raw / FILE).unlink()
    assert ingested(raw, stored).recording is None


def test_a_replaced_file_is_read_again(raw: Path, tmp_path: Path) -> None:
    stored = tmp_path / "recordings.h5"
    ingested(raw, stored)
    (raw / FILE).write_bytes(b"notes")
    outcome = ingested(raw, stored)
    assert (outcome.recording, outcome.is_copy) == (None, False)


def test_the_reason_does_not_name_the_place_of_raw_dir(raw: Path, tmp_path: Path) -> None:
    (raw / FILE).write_bytes(b"notes")
    assert (ingested(raw, tmp_path / "recordings.h5").failure or "").startswith(f"{FILE}: ")


def test_a_pipe_stops_nothing(raw: Path, tmp_path: Path) -> None:
    (raw / FILE).unlink()
    os.mkfifo(raw / FILE)
    assert "is a pipe" in (ingested(raw, tmp_path / "recordings.h5").failure or "")


def test_the_same_recordings_give_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    write_recordings(tmp_path / "a.h5", ingest_cell(settings(raw)))
    write_recordings(tmp_path / "b.h5", ingest_cell(settings(raw)))
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


@pytest.mark.parametrize("held_bytes", [store.HELD_BYTES, 0])
def test_what_was_written_is_what_the_copy_holds_also_if_the_file_changes(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_bytes: int
) -> None:
    monkeypatch.setattr(store, "HELD_BYTES", held_bytes)
    (written,) = write_recordings(tmp_path / "recordings.h5", ingest_cell(settings(raw)))
    (raw / FILE).write_bytes(bytes((raw / FILE).stat().st_size))
    clear_blocks()
    (copy,) = read_recordings(tmp_path / "recordings.h5")
    assert written.recording is not None
    assert copy.recording is not None
    assert_same(copy.recording, written.recording)
    assert replace(copy, recording=None) == replace(written, recording=None)
    assert any(sweep.i_pA.any() for sweep in copy.recording.sweeps)


def planted(*_: object) -> Recording:
    raise ZeroDivisionError("planted")


@pytest.mark.parametrize("stage", ["read_axon", "checked_recording"])
def test_a_bug_in_a_reader_is_stored_as_the_reason(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, stage: str
) -> None:
    monkeypatch.setattr(f"reversal.recordings.read_recording.{stage}", planted)
    outcome = ingested(raw, tmp_path / "recordings.h5")
    assert (outcome.recording, outcome.by_bug) == (None, True)
    assert outcome.sha256 == hashlib.sha256((raw / FILE).read_bytes()).hexdigest()
    assert "ZeroDivisionError: planted, in recordings/read_recording.py, line " in (outcome.failure or "")
    assert "Traceback" in caplog.text


def test_a_bug_in_samples_that_are_read_while_they_are_stored_is_the_reason(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = tmp_path / "recordings.h5"
    monkeypatch.setattr("reversal.recordings.recording.store._write_samples", planted)
    outcome = ingested(raw, stored)
    assert (outcome.recording, outcome.by_bug) == (None, True)
    monkeypatch.undo()
    again = ingested(raw, stored)
    assert (again.recording is not None, again.by_bug) == (True, False)
