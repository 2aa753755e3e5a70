"""Recordings of a cell are read once; one that can no longer be read is taken from an earlier run."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reversal.experiment.step_settings import ReadingSettings
from reversal.recordings.ingest_cell import ingest_cell, not_read
from reversal.recordings.recording import store
from reversal.recordings.recording.recording import CommandUnknown, Recording, RecordingRefused
from reversal.recordings.recording.store import Ingested, has_recording, read_recordings, write_recordings
from reversal.recordings.recording.stored_samples import clear_blocks
from tests.recordings.test_store import assert_same

FILE, OTHER = "2026_11_19_0001.abf", "2026_11_19_0002.abf"


@pytest.fixture
def raw(tmp_path: Path, synthetic_night: Path) -> Path:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(synthetic_night / FILE, raw / FILE)
    return raw


def settings(raw: Path, **changes: object) -> ReadingSettings:
    """Settings for one recording r in one file."""
    return ReadingSettings.model_validate({"cell": "a", "raw_dir": str(raw), "files": {"r": {"file": FILE, **changes}}})


def store_in(results: Path, cell: str = "a") -> Path:
    return results / "cells" / cell / "recordings.h5"


def ingested(raw: Path, results: Path, cell: str = "a", **changes: object) -> Ingested:
    """The recording as the step stores it."""
    reading = settings(raw, **changes).model_copy(update={"cell": cell})
    instead = partial(not_read, settings=reading, results=results)
    store_in(results, cell).parent.mkdir(parents=True, exist_ok=True)
    write_recordings(store_in(results, cell), ingest_cell(reading, results), instead)
    (outcome,) = read_recordings(store_in(results, cell))
    return outcome


def test_a_missing_file_is_taken_from_the_earlier_run(raw: Path, tmp_path: Path) -> None:
    first = ingested(raw, tmp_path)
    assert first.recording is not None
    # read before the file of the recordings is replaced
    currents_pA = [sweep.i_pA for sweep in first.recording.sweeps]
    (raw / FILE).unlink()
    for _ in range(2):  # a copy of a copy is as good
        copy = ingested(raw, tmp_path)
        assert (copy.is_copy, copy.failure) == (True, "the file is missing")
        assert copy.sha256 == first.sha256
        assert copy.recording is not None
        assert all((a.i_pA == b).all() for a, b in zip(copy.recording.sweeps, currents_pA, strict=True))
    assert has_recording(store_in(tmp_path), settings(raw).request("r"))


def _move_outside(file: Path) -> None:
    file.rename(file.parent.parent / FILE)
    file.symlink_to(file.parent.parent / FILE)


def _link_to_itself(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


LOSSES: dict[str, Callable[[Path], object]] = {
    "the file is empty": lambda file: os.truncate(file, 0),
    "the link leads to a file outside raw_dir": _move_outside,
    "the link leads to itself": _link_to_itself,
    "the path is a folder, not a file": lambda file: (file.unlink(), file.mkdir()),
    "the header refers to bytes outside the file": lambda file: os.truncate(file, os.path.getsize(file) // 2),
    "the file is text without a table of numbers": lambda file: file.write_bytes(b"notes"),
}


@pytest.mark.parametrize("reason", LOSSES)
def test_a_file_that_can_no_longer_be_read_keeps_its_recording_with_the_reason(
    raw: Path, tmp_path: Path, reason: str
) -> None:
    first = ingested(raw, tmp_path)
    LOSSES[reason](raw / FILE)
    copy = ingested(raw, tmp_path)
    assert (copy.is_copy, copy.failure, copy.sha256) == (True, reason, first.sha256)


def test_a_file_without_permission_keeps_its_recording(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read every file, so that the system's answer is planted."""
    ingested(raw, tmp_path)
    opened = Path.open

    def refused(path: Path, *words: Any) -> Any:
        if path == raw / FILE:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *words)

    monkeypatch.setattr(Path, "open", refused)
    copy = ingested(raw, tmp_path)
    assert (copy.is_copy, copy.failure) == (True, "the file cannot be opened")


def test_samples_that_can_no_longer_be_read_when_they_are_stored_are_those_of_the_earlier_run(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is cut between the reading of its header and that of its samples."""
    first = ingested(raw, tmp_path)
    write_traces = store._write_traces

    def then_cut(*values: Any) -> None:
        if (raw / FILE).stat().st_size > 2048:
            os.truncate(raw / FILE, 2048)
            raise RecordingRefused("the file changed while it was read")
        write_traces(*values)

    monkeypatch.setattr(store, "_write_traces", then_cut)
    copy = ingested(raw, tmp_path)
    assert (copy.is_copy, copy.sha256) == (True, first.sha256)
    assert copy.failure == "the file changed while it was read"


@pytest.mark.parametrize("stage", ["read_axon", "checked_recording"])
def test_an_unchanged_file_that_is_refused_now_has_no_copy(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """A new version or setting does not accept it: this is not overlooked."""

    def refused(*_: object) -> Recording:
        raise RecordingRefused("the version knows better")

    ingested(raw, tmp_path)
    monkeypatch.setattr(f"reversal.recordings.read_recording.{stage}", refused)
    outcome = ingested(raw, tmp_path)
    assert (outcome.recording, outcome.failure) == (None, "the version knows better.")


def test_a_recording_that_lost_another_of_its_files_keeps_its_content(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a stimulus file: the recording itself is the same, and its command is not known without it."""

    def refused(*_: object) -> Recording:
        raise CommandUnknown("the stimulus file is missing")

    ingested(raw, tmp_path, others=[{"file": "stimulus.abf", "size": 1000}])
    monkeypatch.setattr("reversal.recordings.read_recording.read_axon", refused)
    assert ingested(raw, tmp_path).failure == "the stimulus file is missing"


def test_a_recording_is_found_in_the_cell_that_had_it(raw: Path, tmp_path: Path) -> None:
    """A cell is renamed, and its file is gone, before the next run."""
    first = ingested(raw, tmp_path)
    table = tmp_path / "cohort" / "recordings.csv"
    table.parent.mkdir()
    (raw / FILE).unlink()
    assert ingested(raw, tmp_path, cell="b").recording is None
    table.write_text(f"cell,file,format\nother,x.abf,\na,{FILE},ABF\n", encoding="utf-8")
    copy = ingested(raw, tmp_path, cell="b")
    assert (copy.is_copy, copy.sha256) == (True, first.sha256)


@pytest.mark.parametrize("changes", [{"channel": "IN 1"}, {"file": "other.abf"}])
def test_a_copy_that_was_read_in_another_way_is_not_used(raw: Path, tmp_path: Path, changes: dict[str, str]) -> None:
    ingested(raw, tmp_path)
    (raw / FILE).unlink()
    outcome = ingested(raw, tmp_path, **changes)
    assert (outcome.recording, outcome.is_copy) == (None, False)
    assert "the file is missing" in (outcome.failure or "")


@pytest.mark.parametrize("content", [None, b"", b"\x89HDF\r\n\x1a\n", b"text"])
def test_a_damaged_store_is_not_used(raw: Path, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        store_in(tmp_path).parent.mkdir(parents=True)
        store_in(tmp_path).write_bytes(content)
    (raw / FILE).unlink()
    assert ingested(raw, tmp_path).recording is None


def test_a_replaced_file_is_read_again(raw: Path, tmp_path: Path, synthetic_night: Path) -> None:
    first = ingested(raw, tmp_path)
    shutil.copy(synthetic_night / OTHER, raw / FILE)
    outcome = ingested(raw, tmp_path)
    assert (outcome.failure, outcome.is_copy) == (None, False)
    assert outcome.sha256 != first.sha256


def test_the_reason_does_not_name_the_place_of_raw_dir(raw: Path, tmp_path: Path) -> None:
    (raw / FILE).write_bytes(b"notes")
    assert (ingested(raw, tmp_path).failure or "").startswith(f"{FILE}: ")


def test_a_pipe_stops_nothing(raw: Path, tmp_path: Path) -> None:
    (raw / FILE).unlink()
    os.mkfifo(raw / FILE)
    assert "is a pipe" in (ingested(raw, tmp_path).failure or "")


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
    outcome = ingested(raw, tmp_path)
    assert (outcome.recording, outcome.by_bug) == (None, True)
    assert outcome.sha256 == hashlib.sha256((raw / FILE).read_bytes()).hexdigest()
    assert "ZeroDivisionError: planted, in recordings/read_recording.py, line " in (outcome.failure or "")
    assert "Traceback" in caplog.text


def test_a_bug_in_samples_that_are_read_while_they_are_stored_is_the_reason(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reversal.recordings.recording.store._write_samples", planted)
    outcome = ingested(raw, tmp_path)
    assert (outcome.recording, outcome.by_bug) == (None, True)
    monkeypatch.undo()
    again = ingested(raw, tmp_path)
    assert (again.recording is not None, again.by_bug) == (True, False)
