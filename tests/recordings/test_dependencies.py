"""Files that a recording depends on besides its own: a change in one of them is read again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from reversal.experiment.step_settings import ReadingSettings, RecordingFile
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.dependencies import with_dependencies
from reversal.recordings.files.companions import companions
from reversal.recordings.files.file_content import Content, FileContent, stream_of
from reversal.recordings.formats.linked_hdf5 import is_hdf5, with_linked_files
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.syncropatch_files import write_export


def others(path: Path, **settings: object) -> dict[str, int | None]:
    """Name and size of the other files in the settings of one recording."""
    reading = ReadingSettings.model_validate(
        {"cell": "a", "raw_dir": str(path.parent), "files": {"r": RecordingFile(file=path.name)}, **settings}
    )
    return {Path(state.file).name: state.size for state in with_dependencies(reading).files["r"].others}


@pytest.mark.parametrize("named", ["DataFile=data.eeg", "datafile = x\r\nDataFile = data.eeg \r\n", "DataFile=$b.eeg"])
def test_a_brainvision_header_depends_on_the_files_it_names(tmp_path: Path, named: str) -> None:
    header = tmp_path / "data.vhdr"
    header.write_text(f"Brain Vision\n[Common Infos]\n{named}\nMarkerFile=nowhere.vmrk\n", encoding="utf-8")
    (tmp_path / "data.eeg").write_bytes(bytes(8))
    assert companions(header) == (tmp_path / "data.eeg",)
    assert others(header) == {"data.eeg": 8}
    (tmp_path / "data.eeg").write_bytes(bytes(16))
    assert others(header) == {"data.eeg": 16}


@pytest.mark.parametrize("name", ["../secret.eeg", "/etc/passwd", "..\\secret.eeg", "below/data.eeg"])
@pytest.mark.parametrize("entry", ["DataFile", "MarkerFile"])
def test_a_header_that_names_a_file_in_another_folder_is_refused(tmp_path: Path, entry: str, name: str) -> None:
    (tmp_path / "secret.eeg").write_bytes(bytes(8))
    (tmp_path / "raw").mkdir()
    header = tmp_path / "raw/data.vhdr"
    header.write_text(f"Brain Vision\n[Common Infos]\n{entry}={name}\n", encoding="utf-8")
    with pytest.raises(RecordingRefused, match="the header names a file in another folder"):
        read_recording(header)
    assert others(header) == {}


def test_a_renamed_recording_depends_on_the_file_with_the_name_of_its_header(tmp_path: Path) -> None:
    header = tmp_path / "renamed.vhdr"
    header.write_text("Brain Vision\n[Common Infos]\nDataFile=before.eeg\n", encoding="utf-8")
    (tmp_path / "renamed.eeg").write_bytes(bytes(8))
    assert others(header) == {"renamed.eeg": 8}


@pytest.mark.parametrize("place", [0, 70_000, 199_999])
def test_another_file_of_the_same_size_and_time_is_noticed(tmp_path: Path, place: int) -> None:
    path = tmp_path / "r.bin"
    settings = ReadingSettings(cell="a", raw_dir=str(tmp_path), files={"r": RecordingFile(file=path.name)})
    content = bytearray(range(1, 201)) * 1000
    found = []
    for _ in range(2):
        path.write_bytes(content)
        os.utime(path, (1, 1))
        found.append(with_dependencies(settings).files["r"])
        content[place] = 0
    first, second = found
    in_the_middle = 65_536 <= place < 200_000 - 65_536
    assert (first == second) == in_the_middle
    assert settings.model_copy(update={"files": {"r": second}}).request("r") == settings.request("r")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("named", ["pipe.eeg", "before.eeg"])
def test_a_pipe_in_place_of_the_samples_is_refused_and_not_waited_for(tmp_path: Path, named: str) -> None:
    header = tmp_path / "pipe.vhdr"
    header.write_text(f"Brain Vision\n[Common Infos]\nDataFile={named}\n", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.eeg")
    with pytest.raises(RecordingRefused, match=r"pipe\.eeg: the path is not a file"):
        read_recording(header)


def test_an_ordinary_file_depends_on_no_other(synthetic_night: Path) -> None:
    assert others(synthetic_night / "2026_11_19_0001.abf") == {}


@pytest.mark.parametrize("name", ["missing.abf", "empty.abf", "damaged.abf"])
def test_a_file_that_cannot_be_read_depends_on_no_other(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.abf").write_bytes(b"")
    (tmp_path / "damaged.abf").write_bytes(b"ABF2" + os.urandom(2000))
    assert others(tmp_path / name) == {}


@pytest.fixture
def linked(tmp_path: Path) -> Callable[[str], Path]:
    """Write an HDF5 file that refers to another file in one of three ways."""
    trace = np.arange(10.0)

    def write(way: str) -> Path:
        path = tmp_path / f"{way}.h5"
        with h5py.File(tmp_path / "other.h5", "w") as other:
            other["trace"] = trace
        (tmp_path / "other.bin").write_bytes(trace.tobytes())
        with h5py.File(path, "w") as file:
            file["own"] = trace
            if way == "link":
                file["group/trace"] = h5py.ExternalLink("other.h5", "/trace")
            elif way == "storage":
                file.create_dataset("trace", (10,), "f8", external=[(str(tmp_path / "other.bin"), 0, 80)])
            elif way == "virtual":
                layout = h5py.VirtualLayout((10,), "f8")
                layout[:] = h5py.VirtualSource("other.h5", "trace", (10,))
                file.create_virtual_dataset("trace", layout)
            elif way == "inside":
                file["trace"] = h5py.SoftLink("/own")
        return path

    return write


@pytest.mark.parametrize("way", ["link", "storage", "virtual"])
def test_a_file_that_refers_to_others_is_refused(linked: Callable[[str], Path], way: str) -> None:
    """The message is cut where a path is long, so the end of its name may be missing."""
    path = linked(way)
    with pytest.raises(RecordingRefused, match=r"the file refers to other files.*oth.*linked_files: follow"):
        with_linked_files(path, path.read_bytes(), ReadingOptions())


def test_links_inside_a_file_are_its_own(linked: Callable[[str], Path]) -> None:
    path = linked("inside")
    assert with_linked_files(path, path.read_bytes(), ReadingOptions()) == (path.read_bytes(), ())


def test_followed_links_are_copied_and_depended_on(linked: Callable[[str], Path], tmp_path: Path) -> None:
    path = linked("link")
    content, files = with_linked_files(path, path.read_bytes(), ReadingOptions(follow_links=True))
    assert files == (tmp_path.resolve() / "other.h5",)
    (tmp_path / "other.h5").unlink()
    with h5py.File(stream_of(content), "r") as whole:
        assert whole["group/trace"][()].tolist() == list(range(10))
    assert isinstance(content, FileContent)
    copy = content.path
    assert copy.exists()
    del content
    assert not copy.exists()
    linked("link")
    assert list(others(path, linked_files="follow")) == ["other.h5"]


@pytest.mark.parametrize("way", ["storage", "virtual"])
def test_samples_in_other_files_are_refused_also_if_links_are_followed(linked: Callable[[str], Path], way: str) -> None:
    path = linked(way)
    with pytest.raises(RecordingRefused, match=r"only external links are followed.*other.*one file"):
        with_linked_files(path, path.read_bytes(), ReadingOptions(follow_links=True))


@pytest.fixture
def link_to(tmp_path: Path) -> Callable[[Callable[[h5py.Group], None]], Content]:
    """Content of a file with a link at its root to the group ``sweeps`` of another file, once the link is followed."""

    def write(fill: Callable[[h5py.Group], None]) -> Content:
        path = tmp_path / "link.h5"
        with h5py.File(tmp_path / "other.h5", "w") as other:
            fill(other.create_group("sweeps"))
        with h5py.File(path, "w") as file:
            file["own"] = np.arange(3.0)
            file["trace"] = np.zeros(10)
            file["linked"] = h5py.ExternalLink("other.h5", "/sweeps")
            file.attrs["own"] = file["own"].ref
        return with_linked_files(path, path.read_bytes(), ReadingOptions(follow_links=True))[0]

    return write


def test_a_link_at_the_root_keeps_its_name_and_the_file_its_object_references(
    link_to: Callable[[Callable[[h5py.Group], None]], Content],
) -> None:
    def fill(group: h5py.Group) -> None:
        group["one"] = np.arange(10.0)
        group["same"] = group["one"]

    with h5py.File(stream_of(link_to(fill)), "r") as whole:
        assert sorted(whole) == ["linked", "own", "trace"]
        assert whole["linked/one"][()].tolist() == whole["linked/same"][()].tolist() == list(range(10))
        assert whole[whole.attrs["own"]][()].tolist() == [0.0, 1.0, 2.0]


def test_linked_content_that_needs_its_own_file_is_refused(
    link_to: Callable[[Callable[[h5py.Group], None]], Content],
) -> None:
    def soft(group: h5py.Group) -> None:
        group.file["trace"] = np.ones(10)
        group["deep/one"] = h5py.SoftLink("/trace")  # the file with the link has another /trace

    def attribute(group: h5py.Group) -> None:
        group.attrs["first"] = group.create_dataset("one", data=np.ones(10)).ref

    def column(group: h5py.Group) -> None:
        group.create_dataset("deep/table", (1,), np.dtype([("start", "i4"), ("series", h5py.ref_dtype)]))

    def virtual(group: h5py.Group) -> None:
        group.file["trace"] = np.ones(10)
        layout = h5py.VirtualLayout((10,), "f8")
        layout[:] = h5py.VirtualSource(".", "trace", (10,))
        group.create_virtual_dataset("one", layout)

    cases = (
        (soft, "soft links"),
        (attribute, "object references"),
        (column, "object references"),
        (virtual, "virtual"),
    )
    for fill, reason in cases:
        with pytest.raises(RecordingRefused, match=rf"a link cannot be followed: its content has .*{reason}"):
            link_to(fill)


@pytest.mark.parametrize("name", ["/etc/passwd", "../other.h5", "C:\\other.h5", "nowhere.h5"])
def test_a_link_is_not_followed_out_of_the_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "raw/link.h5"
    path.parent.mkdir()
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["trace"] = 1
    with h5py.File(path, "w") as file:
        file["trace"] = h5py.ExternalLink(name, "/trace")
    with pytest.raises(RecordingRefused, match=r"outside its folder|is missing"):
        with_linked_files(path, path.read_bytes(), ReadingOptions(follow_links=True))


def test_matlab_files_with_a_text_before_are_hdf5() -> None:
    assert is_hdf5(b"MATLAB 7.3".ljust(512) + b"\x89HDF\r\n\x1a\n")
    assert not is_hdf5(b"MATLAB 5.0".ljust(1024))


def test_a_recording_in_several_files_depends_on_all_of_them(tmp_path: Path) -> None:
    for n in (9, 10, 11):
        (tmp_path / f"ad0_{n}.ibw").write_bytes(b"\x02\x00" + bytes(n))
    first = tmp_path / "ad0_9.ibw"
    files = {"r": RecordingFile(file=first.name, sweeps="9-10")}
    reading = ReadingSettings(cell="a", raw_dir=str(tmp_path), files=files)
    assert [Path(state.file).name for state in with_dependencies(reading).files["r"].others] == ["ad0_10.ibw"]
    assert others(first) == {}
    export = write_export(tmp_path)
    assert list(others(export)) == ["Tracedata_0.dat", "Tracedata_1.dat", "Tracedata_2.dat"]
