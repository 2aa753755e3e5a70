"""Samples of an ABF file, scaled as pyABF scales them, and compared with those that Neo reads.

pyABF reads the scale of each channel, but not the samples, because it would read all of them at once. They are read
block by block, with the arithmetic of pyABF.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray, SampleArray
from reversal.recordings.axon.header import AxonHeader, AxonSweep
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.recording.recording import RecordingRefused
from reversal.recordings.recording.stored_samples import BLOCK_SAMPLES, SampleSource, StoredSamples
from reversal.recordings.recordings_constants import READER_TOLERANCE


@dataclass(frozen=True, slots=True)
class AxonSamples:
    """Where the samples of an ABF file are, and how they are scaled.

    start : first byte; the samples of all channels at one time follow each other
    count : number of samples of each channel
    gains, offsets : unit of the channel for one count, and its value at 0 counts, by channel; of integers only
    """

    content: FileContent
    start: int
    count: int
    dtype: np.dtype[Any]
    gains: tuple[float, ...]
    offsets: tuple[float, ...]

    def of_sweeps(self, sweeps: Sequence[AxonSweep], channel: int, factor: float = 1.0) -> list[StoredSamples]:
        """Samples of a channel in each sweep [unit of the channel × factor]."""

        def read(start: int, stop: int) -> SampleArray:
            values = self.channel(self.between(start, stop), channel)
            return values if factor == 1.0 else values * values.dtype.type(factor)

        source, channels = SampleSource(read, self.count, np.dtype(np.float32)), len(self.gains)
        return [StoredSamples(source, sweep.first // channels, sweep.count // channels) for sweep in sweeps]

    def between(self, first: int, last: int) -> NDArray[Any]:
        """Samples of all channels as they are stored, shape (last − first, channels)."""
        bytes_at_once = len(self.gains) * self.dtype.itemsize
        content = self.content[self.start + first * bytes_at_once : self.start + last * bytes_at_once]
        return np.frombuffer(content, self.dtype).reshape(-1, len(self.gains))

    def channel(self, stored: NDArray[Any], channel: int) -> SampleArray:
        """Scaled samples of a channel, shape (samples,) [unit of the channel]."""
        values = stored[:, channel].astype(np.float32)
        if self.dtype.kind == "i":
            np.multiply(values, self.gains[channel], out=values)
            np.add(values, self.offsets[channel], out=values)
        return values


def axon_samples(content: FileContent, header: AxonHeader) -> AxonSamples:
    """Samples of an ABF file, whose header was checked against the length of the file before."""
    path, channels = content.path, len(header.inputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = library_call(
            lambda: _placed(content),
            "pyABF cannot read the samples",
            path,
            "The file is damaged or of an unknown kind: copy it again from the rig",
        )
    if len(found.gains) != channels or found.count * channels < sum(sweep.count for sweep in header.sweeps):
        raise RecordingRefused(
            "pyABF and the header give different numbers of samples",
            file=path,
            found=f"{found.count} samples of {len(found.gains)} channels",
            expected=f"{header.data_count // channels} samples of {channels} channels",
        )
    return found


def _placed(content: FileContent) -> AxonSamples:
    """Place and scale of the samples as pyABF finds them. Raises ValueError for samples that do not fit the file."""
    import pyabf

    abf = pyabf.ABF(str(content.path), loadData=False)
    dtype, channels = np.dtype(abf._dtype), abf.channelCount
    stop = abf.dataByteStart + abf.dataPointCount * dtype.itemsize
    if abf.dataPointCount % channels or not 0 <= abf.dataByteStart <= stop <= len(content):
        raise ValueError(f"{abf.dataPointCount} samples of {channels} channels from byte {abf.dataByteStart}")
    gains, offsets = tuple(abf._dataGain), tuple(abf._dataOffset)
    return AxonSamples(content, abf.dataByteStart, abf.dataPointCount // channels, dtype, gains, offsets)


@dataclass(frozen=True, slots=True)
class NeoSamples:
    """Samples of all segments of an ABF file as Neo reads them, one segment after another.

    count, channels : number of samples of each channel, and number of channels
    """

    reader: Any
    count: int
    channels: int

    def blocks(self) -> Iterator[FloatArray]:
        """Samples in order, each of shape (samples, channels) [unit of the channel]."""
        for segment in range(self.reader.segment_count(0)):
            size = self.reader.get_signal_size(0, segment, 0)
            for first in range(0, size, BLOCK_SAMPLES):
                last = min(first + BLOCK_SAMPLES, size)
                raw = self.reader.get_analogsignal_chunk(0, segment, first, last, stream_index=0)
                yield self.reader.rescale_signal_raw_to_float(raw, dtype="float64", stream_index=0)


def neo_samples(path: Path) -> NeoSamples:
    """Samples of an ABF file as Neo reads them. Raises RecordingRefused."""
    from neo.rawio import AxonRawIO

    def read() -> NeoSamples:
        reader = AxonRawIO(filename=str(path))
        reader.logger.setLevel("ERROR")  # only the samples matter here, not its warnings about the header
        reader.parse_header()
        sizes = [reader.get_signal_size(0, n, 0) for n in range(reader.segment_count(0))]
        return NeoSamples(reader, sum(sizes), len(reader.header["signal_channels"]))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return library_call(read, "Neo cannot read the samples", path)


def largest_difference(header: AxonHeader, samples: AxonSamples, path: Path) -> float:
    """Largest difference between the samples of pyABF and of Neo, as a fraction of the largest value of the channel.

    All sweeps are joined, because Neo merges the sweeps of converted files.
    """
    other = neo_samples(path)
    channels = len(header.inputs)
    used = sum(sweep.count for sweep in header.sweeps) // channels
    if (other.count, other.channels) != (used, channels):
        raise RecordingRefused(
            "pyABF and Neo read different numbers of samples",
            file=path,
            found=f"pyABF {used} samples of {channels} channels",
            expected=f"Neo {other.count} samples of {other.channels} channels",
        )
    largest, apart, first = np.full(channels, np.finfo(float).tiny), np.zeros(channels), 0
    for block in _blocks(other, path):
        stored = samples.between(first, first + len(block))
        ours = np.stack([samples.channel(stored, channel) for channel in range(channels)], axis=1)
        largest = np.maximum(largest, np.max(np.abs(block), axis=0))
        apart = np.maximum(apart, np.max(np.abs(ours - block), axis=0))
        first += len(block)
    return float(np.max(apart / largest))


def _blocks(samples: NeoSamples, path: Path) -> Iterator[FloatArray]:
    """Blocks of Neo. Raises RecordingRefused if it cannot read one."""
    blocks = samples.blocks()
    while (block := library_call(lambda: next(blocks, None), "Neo cannot read the samples", path)) is not None:
        yield block


def compare_with_neo(header: AxonHeader, samples: AxonSamples, path: Path) -> None:
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
