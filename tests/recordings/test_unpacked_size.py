"""Small files that would fill the memory are refused before they are unpacked."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats.unpacked_size import refuse_bombs
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused

BOMB = "unpacks to more than the limit"


@pytest.mark.parametrize("sets", [1, 100])
def test_an_hdf5_file_of_kilobytes_is_refused(tmp_path: Path, sets: int) -> None:
    path = tmp_path / "bomb.nwb"
    with h5py.File(path, "w") as file:
        for n in range(sets):
            shape = (2_000_000_000 // sets,)
            file.create_dataset(f"acquisition/{n}/gain", shape, "f8", chunks=(100_000,), compression="gzip")
    assert path.stat().st_size < 200_000
    with pytest.raises(RecordingRefused, match=rf"{BOMB}.*16000 MB, from"):
        read_recording(path)


@pytest.mark.parametrize("content", [np.zeros(300_000), {"inside": np.zeros(300_000)}])
def test_a_compressed_matlab_file_is_refused_by_its_unpacked_size(tmp_path: Path, content: object) -> None:
    path = tmp_path / "bomb.mat"
    scipy.io.savemat(path, {"trace": content, "more": np.zeros(10)}, do_compression=True)
    assert path.stat().st_size < 10_000
    refuse_bombs(path, path.read_bytes(), 2.5)
    with pytest.raises(RecordingRefused, match=rf"{BOMB}\. Found: '2 MB, .*at most 2\.4 MB \(max_file_MB\).*raise"):
        refuse_bombs(path, path.read_bytes(), 2.4)


@pytest.mark.parametrize("linked", [False, True])
def test_the_limit_of_the_configuration_is_that_of_unpacked_samples(tmp_path: Path, linked: bool) -> None:
    path, inside = tmp_path / "packed.nwb", tmp_path / ("other.h5" if linked else "packed.nwb")
    with h5py.File(inside, "w") as file:
        file.create_dataset("gain", (300_000,), "f8", chunks=(100_000,), compression="gzip")
    if linked:
        with h5py.File(path, "w") as file:
            file["gain"] = h5py.ExternalLink("other.h5", "/gain")
    with pytest.raises(RecordingRefused, match=rf"{BOMB}.*at most 2\.3 MB"):
        read_recording(path, ReadingOptions(max_file_MB=2.3, follow_links=True))
    with pytest.raises(RecordingRefused) as other:
        read_recording(path, ReadingOptions(max_file_MB=2.5, follow_links=True))
    assert BOMB not in str(other.value)


@pytest.mark.parametrize("cut", [128, 132, 137, 150])
def test_a_cut_matlab_file_is_left_to_its_reader(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.mat"
    scipy.io.savemat(path, {"trace": np.zeros(1000)}, do_compression=True)
    refuse_bombs(path, path.read_bytes()[:cut], 1.0)
