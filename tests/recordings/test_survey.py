"""A table of all recordings in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import myokit.formats.heka  # noqa: F401  (imported before any test runs: it loads setuptools, which refuses a late start)
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats import heka
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.survey import channels_in, survey
from tests.recordings.abf1_files import protocol

Write = Callable[..., Path]


def test_a_bundle_with_several_series_has_a_row_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bundle.dat").write_bytes(b"DAT2" + bytes(300))
    paths = ["E-1/1", "E-1/2", "E-2/1"]
    monkeypatch.setattr(heka, "series_in", lambda *_: [heka.SeriesName(path, "IV", 9) for path in paths])
    rows = survey(tmp_path)
    assert [row.channel for row in rows] == paths
    assert {row.file for row in rows} == {"bundle.dat"}
    assert [row.channel for row in survey(tmp_path, ReadingOptions(channel="E-1/2"))] == ["E-1/2"]


def test_a_bundle_without_series_has_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bundle.dat").write_bytes(b"DAT2" + bytes(300))
    monkeypatch.setattr(heka, "series_in", lambda *_: [])
    (row,) = survey(tmp_path)
    assert (row.channel, row.status, row.sweeps) == ("", "refused", None)


def test_each_current_of_an_axon_file_has_a_row(abf1: Write) -> None:
    inputs = (("IN 0", "pA"), ("Vm", "mV"), ("IN 2", "nA"))
    assert channels_in(abf1(protocol(channels=3), inputs=inputs)) == ["IN 0", "IN 2"]
    assert channels_in(abf1(protocol(channels=2), inputs=inputs[:2])) == [None]


def test_rows_give_what_was_read_and_why_not(abf1: Write, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    (folder / "sub").mkdir(parents=True)
    shutil.move(abf1(protocol(sweeps=3)), folder / "sub" / "b.bin")
    (folder / "a.abf").write_bytes(b"ABF nothing")
    (folder / "notes.md").write_text("no recording")
    (folder / ".hidden.abf").write_bytes(b"ABF nothing")
    damaged, good = survey(folder)
    assert (damaged.file, damaged.status, damaged.sweeps) == ("a.abf", "refused", None)
    assert damaged.reason
    assert str(folder) not in damaged.reason
    assert (good.file, good.status, good.sweeps, good.readers) == ("sub/b.bin", "read", 3, "agree")
    assert (good.sample_rate_Hz, good.command_evidence, good.channel) == (10000.0, "reconstructed", "IN 0")
    assert good.largest_difference is not None
    assert good.largest_difference <= 1e-6


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match="folder does not exist"):
        survey(tmp_path / "nowhere")


def test_a_spike2_file_is_not_called_an_igor_wave(tmp_path: Path) -> None:
    """Both can start with the number of a version."""
    (tmp_path / "cell.smr").write_bytes(b"\x05\x00(C) CED 87" + bytes(600))
    (row,) = survey(tmp_path)
    assert (row.format, row.status) == ("Spike2", "refused")
