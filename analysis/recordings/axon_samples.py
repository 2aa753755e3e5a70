"""Samples of an ABF file through pyABF, and the same through Neo to compare."""

from __future__ import annotations

import warnings
from pathlib import Path

from analysis.recordings.axon import AxonHeader
from analysis.recordings.model import FloatArray, RecordingRefused


def axon_samples(path: Path, header: AxonHeader) -> FloatArray:
    """Scaled samples, shape (channels, samples) [unit of the channel].

    Counts and places were checked against the file's length before: pyABF allocates no more than the file holds.
    """
    import pyabf

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data: FloatArray = pyabf.ABF(str(path), loadData=True).data
    except Exception as fault:  # a foreign parser can raise anything on damaged bytes; nothing of ours runs inside
        raise RecordingRefused(
            "pyABF cannot read the samples",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy="the file is damaged or of a kind never seen: copy it again from the rig",
        ) from fault
    if data.shape[0] != len(header.inputs) or data.shape[1] * data.shape[0] < sum(s.count for s in header.sweeps):
        raise RecordingRefused(
            "pyABF and the header disagree on the number of samples",
            file=path,
            found=f"{data.shape[1]} samples of {data.shape[0]} channels",
            expected=f"{header.data_count // len(header.inputs)} samples of {len(header.inputs)} channels",
        )
    return data


def neo_samples(path: Path) -> list[FloatArray]:
    """Samples of every segment as Neo reads them, each of shape (samples, channels) [unit of the channel]."""
    from neo.rawio import AxonRawIO

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = AxonRawIO(filename=str(path))
            reader.parse_header()
            raw = [reader.get_analogsignal_chunk(0, n, stream_index=0) for n in range(reader.segment_count(0))]
            return [reader.rescale_signal_raw_to_float(chunk, dtype="float64", stream_index=0) for chunk in raw]
    except Exception as fault:  # a foreign parser can raise anything on damaged bytes; nothing of ours runs inside
        raise RecordingRefused(
            "Neo cannot read the samples", file=path, found=f"{type(fault).__name__}: {fault}"
        ) from fault
