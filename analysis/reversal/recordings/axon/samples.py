"""Samples of an ABF file, read with pyABF, and compared with those that Neo reads."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.axon.header import AxonHeader
from reversal.recordings.library_calls import library_call
from reversal.recordings.recording import RecordingRefused
from reversal.recordings.recordings_constants import READER_TOLERANCE


def axon_samples(path: Path, header: AxonHeader) -> SampleArray:
    """Scaled samples, shape (channels, samples) [unit of the channel].

    Counts and offsets of the header were checked against the file before, so pyABF allocates no more than it contains.
    """
    import pyabf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data: SampleArray = library_call(
            lambda: pyabf.ABF(str(path), loadData=True).data,
            "pyABF cannot read the samples",
            path,
            "The file is damaged or of an unknown kind: copy it again from the rig",
        )
    if data.shape[0] != len(header.inputs) or data.shape[1] * data.shape[0] < sum(s.count for s in header.sweeps):
        raise RecordingRefused(
            "pyABF and the header give different numbers of samples",
            file=path,
            found=f"{data.shape[1]} samples of {data.shape[0]} channels",
            expected=f"{header.data_count // len(header.inputs)} samples of {len(header.inputs)} channels",
        )
    return data


def neo_samples(path: Path) -> list[SampleArray]:
    """Samples of every segment as read by Neo, each of shape (samples, channels) [unit of the channel]."""
    from neo.rawio import AxonRawIO

    def read() -> list[SampleArray]:
        reader = AxonRawIO(filename=str(path))
        reader.logger.setLevel("ERROR")  # only the samples matter here, not its warnings about the header
        reader.parse_header()
        raw = [reader.get_analogsignal_chunk(0, n, stream_index=0) for n in range(reader.segment_count(0))]
        return [reader.rescale_signal_raw_to_float(chunk, dtype="float64", stream_index=0) for chunk in raw]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return library_call(read, "Neo cannot read the samples", path)


def largest_difference(header: AxonHeader, samples: SampleArray, path: Path) -> float:
    """Largest difference between the samples of pyABF and of Neo, as a fraction of the largest value of the channel.

    All sweeps are joined, because Neo merges the sweeps of converted files.
    """
    other = np.concatenate(neo_samples(path), axis=0).T
    used = samples[:, : sum(sweep.count for sweep in header.sweeps) // len(header.inputs)]
    if other.shape != used.shape:
        raise RecordingRefused(
            "pyABF and Neo read different numbers of samples",
            file=path,
            found=f"pyABF {used.shape[1]} samples of {used.shape[0]} channels",
            expected=f"Neo {other.shape[1]} samples of {other.shape[0]} channels",
        )
    largest = np.maximum(np.max(np.abs(other), axis=1), np.finfo(float).tiny)
    return float(np.max(np.max(np.abs(used - other), axis=1) / largest))


def compare_with_neo(header: AxonHeader, samples: SampleArray, path: Path) -> None:
    """Raise RecordingRefused if pyABF and Neo read different samples."""
    difference = largest_difference(header, samples, path)
    if not difference <= READER_TOLERANCE:
        raise RecordingRefused(
            "pyABF and Neo read different samples",
            file=path,
            found=f"a difference of {difference:.2g} of the largest value",
            expected=f"at most {READER_TOLERANCE:g}",
            remedy="Compare the file with the acquisition software",
        )
