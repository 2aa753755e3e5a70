"""Reader of WinEDR, AxoGraph, Spike2 and other formats, with Neo: samples, units and times.

Neo gives each file as segments (the sweeps) of analog signals (the channels) and events (the tags). It does not give
the command, so a recorded voltage or a declared protocol must provide it. In a file of one segment, columns of one name
are sweeps.
Formats with a known start of the file are recognised by it. The others are recognised by the suffix of the file name;
Neo then decides whether the file has that format.
Tested on real AxoGraph files, and on BrainVision files written for the tests. Never tested: all other formats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.choices.channel_choice import channel_of, current_index, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import Content, sha256_of_content, whole
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.recording.recording import Channel, Recording, RecordingRefused, Sweep, Tag
from reversal.recordings.recording.stored_samples import SampleSource, StoredSamples
from reversal.recordings.recording.units import CURRENT, OTHER, factor_to_pA_or_mV, role_of

START_BYTES = 1024
START_NOT_KNOWN = "the start of sweeps is not in the file: they count as recorded one after another"

FORMAT_BY_SUFFIX = {
    ".edf": ("EDF", "EDFIO"),
    ".ncs": ("Neuralynx", "NeuralynxIO"),
    ".nex": ("NeuroExplorer", "NeuroExplorerIO"),
    ".nix": ("NIX", "NixIO"),
    ".ns5": ("Blackrock", "BlackrockIO"),
    ".ns6": ("Blackrock", "BlackrockIO"),
    ".plx": ("Plexon", "PlexonIO"),
    ".rhd": ("Intan", "IntanIO"),
    ".rhs": ("Intan", "IntanIO"),
    ".smrx": ("Spike2, 64 bit", "CedIO"),
    ".trc": ("Micromed", "MicromedIO"),
    ".vhdr": ("BrainVision", "BrainVisionIO"),
}


@dataclass(frozen=True, slots=True)
class NeoSignal:
    """One channel of one segment. ``start_s`` is its start in the time of the file [s]."""

    name: str
    unit: str
    rate_Hz: float
    start_s: float
    samples: StoredSamples


def neo_format(path: Path, content: Content) -> tuple[str, str] | None:
    """Name of the format, and of the Neo class that reads it; None if it is none of these formats."""
    head = content[:START_BYTES]
    if head.startswith(b"VER=") and b"NP=" in head:
        return "WinEDR", "WinEdrIO"
    if head[:4] in (b"AxGr", b"axgx", b"axgd"):
        return "AxoGraph", "AxographIO"
    if b"(C) CED 87" in head[:32]:
        return "Spike2", "Spike2IO"
    if not head.strip(b"\0"):  # a copy that was not completed
        return None
    return FORMAT_BY_SUFFIX.get(path.suffix.lower())


def read_with_neo(path: Path, content: Content, options: ReadingOptions, name: str, reader: str) -> Recording:
    """Read a file with one of Neo's classes. Raises RecordingRefused and CommandUnknown."""
    segments, tags = _segments(path, content, name, reader)
    if not segments:
        raise _no_records(name, path)
    segments, are_columns = _columns_as_sweeps(segments)
    channels = tuple(channel_of(signal.name, signal.unit) for signal in segments[0])
    current = current_index(channels, options.channel, path)
    voltage = voltage_index(channels, None)
    rate_Hz = segments[0][current].rate_Hz
    start_s = min(signals[0].start_s for signals in segments)
    selection = select_sweeps(len(segments), options.sweeps, path)
    used = [segments[number] for number in selection.numbers]
    sweeps = tuple(_sweep(signals, current, voltage, channels, start_s, path) for signals in used)
    voltage_channel = None if voltage is None else channels[voltage]
    command, warnings = chosen_command(sweeps, voltage_channel, rate_Hz, options, path, selection=selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format=name,
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channels[current],
        channels=channels,
        tags=tags,
        warnings=(*warnings, START_NOT_KNOWN) if are_columns else warnings,
        selection=selection,
    )


def read_segments(path: Path, content: Content, name: str, reader: str) -> list[list[NeoSignal]]:
    """Signals of every segment of a file that one of Neo's classes reads. Raises RecordingRefused."""
    return _segments(path, content, name, reader)[0]


def _segments(path: Path, content: Content, name: str, reader: str) -> tuple[list[list[NeoSignal]], tuple[Tag, ...]]:
    """Signals of every segment that has any, and the tags."""
    import neo.io

    what, remedy = f"Neo cannot read the {name} file", "The file may be damaged: copy it again from the rig"

    with catch_warnings():
        simplefilter("ignore")
        opened = library_call(lambda: getattr(neo.io, reader)(str(path)), what, path, remedy)
        if not opened.support_lazy:
            whole(content)

        def read() -> tuple[Any, list[Any]]:
            block = opened.read_block(lazy=opened.support_lazy)
            events = [event for segment in block.segments for event in segment.events]
            return block, [event.load() if opened.support_lazy else event for event in events]

        block, events = library_call(read, what, path, remedy)
    segments = [
        [channel for signal in segment.analogsignals for channel in _channels(signal, what, path)]
        for segment in block.segments
    ]
    tags = tuple(
        Tag(float(time.rescale("s")), str(label))
        for event in events
        for time, label in zip(event.times, event.labels, strict=False)
    )
    return [signals for signals in segments if signals], tags


def _columns_as_sweeps(segments: list[list[NeoSignal]]) -> tuple[list[list[NeoSignal]], bool]:
    """Segments in which the columns of one name are sweeps, and whether any are: only in a file of one segment.

    A voltage can have a column for each sweep, or one for all. Columns of other names and numbers are left out.
    """
    by_name: dict[tuple[str, str], list[NeoSignal]] = {}
    for signal in segments[0]:
        by_name.setdefault((signal.name, signal.unit), []).append(signal)
    repeated = [len(found) for (_, unit), found in by_name.items() if role_of(unit) == CURRENT and len(found) > 1]
    if len(segments) != 1 or len(repeated) != 1:
        return segments, False
    (count,) = repeated
    kept = [
        found
        for (_, unit), found in by_name.items()
        if len(found) == count or (len(found) == 1 and role_of(unit) != OTHER)
    ]
    return [[_sweep_of_columns(found, n) for found in kept] for n in range(count)], True


def _sweep_of_columns(columns: list[NeoSignal], n: int) -> NeoSignal:
    """The n-th of the columns with one name, or the only one. The sweeps count as recorded one after another."""
    signal = columns[n if len(columns) > 1 else 0]
    return replace(signal, start_s=signal.start_s + n * signal.samples.size / signal.rate_Hz)


def _channels(signal: Any, what: str, path: Path) -> list[NeoSignal]:
    """Channels of an analog signal of Neo, or of its proxy for one that stays in its file."""
    names = signal.array_annotations.get("channel_names", [signal.name] * signal.shape[1])
    return [
        NeoSignal(
            name=str(names[n]),
            unit=str(signal.units.dimensionality).replace("dimensionless", ""),
            rate_Hz=float(signal.sampling_rate.rescale("Hz")),
            start_s=float(signal.t_start.rescale("s")),
            samples=_samples(signal, n, what, path),
        )
        for n in range(signal.shape[1])
    ]


def _samples(signal: Any, n: int, what: str, path: Path) -> StoredSamples:
    """Samples of a channel of a signal."""
    count, is_stored = int(signal.shape[0]), hasattr(signal, "load")
    is_double = signal.dtype == "float64"  # Neo scales everything else to single precision
    dtype: np.dtype[np.floating] = np.dtype(np.float64) if is_double else np.dtype(np.float32)

    def read(start: int, stop: int) -> SampleArray:
        if not is_stored:
            return np.array(signal.magnitude[start:stop, n], dtype=dtype)
        times = (signal.t_start + start / signal.sampling_rate, signal.t_start + stop / signal.sampling_rate)
        with catch_warnings():
            simplefilter("ignore")
            found = library_call(
                lambda: np.array(signal.load(times, strict_slicing=False, channel_indexes=[n]).magnitude[:, 0]),
                what,
                path,
            )
        if found.size != stop - start:
            raise RecordingRefused(what, file=path, found=f"{found.size} samples", expected=f"{stop - start} samples")
        return found

    return StoredSamples(SampleSource(read, count, dtype))


def _sweep(
    signals: list[NeoSignal],
    current: int,
    voltage: int | None,
    channels: tuple[Channel, ...],
    start_s: float,
    path: Path,
) -> Sweep:
    """Sweep of one segment. ``start_s`` is the start of the recording in the time of the file [s]."""
    if len(signals) != len(channels):
        raise RecordingRefused("the records of the file have different numbers of channels", file=path)
    i_pA = _scaled(signals[current], channels[current])
    v_mV = None if voltage is None else _scaled(signals[voltage], channels[voltage])
    if v_mV is not None and v_mV.size != i_pA.size:
        raise RecordingRefused("current and voltage have different lengths", file=path)
    return Sweep(signals[current].start_s - start_s, i_pA, v_mV)


def _scaled(signal: NeoSignal, channel: Channel) -> StoredSamples:
    """Samples of a signal [pA or mV]."""
    factor = factor_to_pA_or_mV(channel.unit)
    return signal.samples.changed(lambda samples: samples * factor)


def _no_records(name: str, path: Path) -> RecordingRefused:
    return RecordingRefused(f"the {name} file has no records", file=path, remedy="Remove it from the recording sheet")
