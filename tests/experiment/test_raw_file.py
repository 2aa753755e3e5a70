"""The path of a recording: inside raw_dir, a file, and what it is if it is no file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.project import Project
from reversal.experiment.raw_file import FileMissing, check_raw_dir, recording_path


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one of everything that a path can lead to."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "good.abf").write_bytes(b"ABF2")
    (tmp_path / "secret.abf").write_bytes(b"ABF2")
    os.mkfifo(raw / "fifo.abf")
    (raw / "folder.abf").mkdir()
    (raw / "loop.abf").symlink_to("loop.abf")
    (raw / "broken.abf").symlink_to("nowhere.abf")
    (raw / "inside.abf").symlink_to("good.abf")
    (raw / "outside.abf").symlink_to("../secret.abf")
    (raw / "up").symlink_to("..")
    return raw


@pytest.mark.parametrize("name", ["good.abf", "inside.abf", "./good.abf"])
def test_a_file_inside_is_accepted(raw: Path, name: str) -> None:
    assert recording_path(raw, name).read_bytes() == b"ABF2"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fifo.abf", "is a pipe"),
        ("folder.abf", "is a folder, not a file"),
        (".", "is a folder, not a file"),
        ("loop.abf", "the link leads to itself"),
        ("outside.abf", "the link leads to a file outside raw_dir.*allow_outside_raw_dir"),
        ("up/secret.abf", "the link leads to a file outside raw_dir"),
        ("../secret.abf", "must be inside raw_dir"),
        ("/etc/passwd", "must be inside raw_dir"),
        ("n\0ul.abf", "must be inside raw_dir"),
        ("y" * 304 + ".abf", "the name of the file is too long"),
        ("é" * 150, "the name of the file is too long"),
    ],
)
def test_another_path_is_refused_with_its_kind(raw: Path, name: str, message: str) -> None:
    with pytest.raises(ConfigurationRefused, match=message) as refused:
        recording_path(raw, name)
    assert not isinstance(refused.value, FileMissing)


@pytest.mark.parametrize("name", ["nowhere.abf", "no/where.abf", "good.abf/inside.abf", "broken.abf"])
def test_a_missing_file_is_missing(raw: Path, name: str) -> None:
    with pytest.raises(FileMissing, match="missing"):
        recording_path(raw, name)


@pytest.mark.parametrize("name", ["outside.abf", "up/secret.abf", "../secret.abf"])
def test_paths_may_lead_outside_if_that_is_allowed(raw: Path, name: str) -> None:
    assert recording_path(raw, name, allow_outside=True).read_bytes() == b"ABF2"


def test_a_folder_without_permission_is_said(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(ConfigurationRefused, match="there is no permission"):
        recording_path(raw, "good.abf")


def test_one_bad_path_leaves_the_other_rows(load: Callable[..., Project]) -> None:
    project = load({}, {"file": "y" * 304}, {"file": "/dev/zero"}, {"cell": "c" * 100}, {})
    assert [row.fault is None for row in project.sheet_rows] == [True, False, False, False, True]
    assert project.cells == ("c1",)


def test_raw_dir_must_exist_and_contain_something(raw: Path, tmp_path: Path) -> None:
    check_raw_dir(raw)
    with pytest.raises(ConfigurationRefused, match="nowhere, raw_dir: the folder of the recordings cannot be opened"):
        check_raw_dir(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationRefused, match=r"the folder of the recordings is empty.*Connect the disk"):
        check_raw_dir(tmp_path / "empty")
