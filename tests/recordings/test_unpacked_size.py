"""Small files that would fill the memory are refused before they are unpacked."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from reversal.recordings.formats import unpacked_size
from reversal.recordings.formats.unpacked_size import refuse_bombs
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused

BOMB = "unpacks to more than the memory can hold"


@pytest.mark.parametrize("sets", [1, 100])
def test_an_hdf5_file_of_kilobytes_is_refused(tmp_path: Path, sets: int) -> None:
    path = tmp_path / "bomb.nwb"
    with h5py.File(path, "w") as file:
        for n in range(sets):
            shape = (2_000_000_000 // sets,)
            file.create_dataset(f"acquisition/{n}/gain", shape, "f8", chunks=(100_000,), compression="gzip")
    assert path.stat().st_size < 200_000
    with pytest.raises(RecordingRefused, match=rf"{BOMB}.*16\.0 GB"):
        read_recording(path)


@pytest.mark.parametrize("content", [np.zeros(300_000), {"inside": np.zeros(300_000)}])
def test_a_compressed_matlab_file_is_refused_by_its_unpacked_size(
    tmp_path: Path, content: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.mat"
    scipy.io.savemat(path, {"trace": content, "more": np.zeros(10)}, do_compression=True)
    assert path.stat().st_size < 10_000
    refuse_bombs(path, path.read_bytes())
    monkeypatch.setattr(unpacked_size, "MAX_UNPACKED_BYTES", 2_400_000)
    with pytest.raises(RecordingRefused, match=BOMB):
        refuse_bombs(path, path.read_bytes())


@pytest.mark.parametrize("cut", [128, 132, 137, 150])
def test_a_cut_matlab_file_is_left_to_its_reader(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.mat"
    scipy.io.savemat(path, {"trace": np.zeros(1000)}, do_compression=True)
    refuse_bombs(path, path.read_bytes()[:cut])
