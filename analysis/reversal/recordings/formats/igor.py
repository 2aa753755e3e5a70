"""Reader of Igor binary waves (".ibw") and packed experiments (".pxp"), with igor2, and of Igor text (".itx").

A wave has a name, samples of up to four dimensions, the unit of its samples, and unit, step and offset of each
dimension. The columns of a wave of two dimensions are the sweeps. A packed experiment is a chain of records: type,
version and size, then the content; records of type 3 are waves, 9 and 10 the start and the end of a folder.
There, waves of one folder whose names differ in their last number are the sweeps of one signal, as ``RecordA0``,
``RecordA1``, … A wave contains no command. Units that are not set are taken from a note ``XLabel:msec``,
``YLabel:pA``, as NeuroMatic writes it, or from the declared protocol. If each sweep is a binary wave of its own, the
column ``sweeps`` joins them (:mod:`sweep_files`).
Tested on real waves of versions 3 and 5, on a real packed experiment without recordings, and on waves of versions 2
and 5 and packed experiments written for the tests. Never tested: waves of version 1. Refused: complex waves and text.
"""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.errors import nearest
from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.channel_choice import channel_of
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import MAX_WHOLE_TEXT_BYTES, Content, FileContent, sha256_of_content, whole
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.files.sweep_files import sweep_files
from reversal.recordings.formats import igor_text
from reversal.recordings.formats.column_titles import known_unit
from reversal.recordings.formats.igor_wave import Wave
from reversal.recordings.formats.one_rate import is_same_rate
from reversal.recordings.recording.recording import Channel, Recording, RecordingRefused, Sweep, SweepSelection
from reversal.recordings.recording.stored_samples import Samples, SampleSource, StoredSamples, changed
from reversal.recordings.recording.units import CURRENT, TIME_TO_S, VOLTAGE, factor_to_pA_or_mV
from reversal.recordings.recordings_constants import DECLARED_RATE_TOLERANCE

VERSIONS = (1, 2, 3, 5)
SPIKE2_MARK = b"(C) CED 87"  # after a version that can be that of a wave
WAVE_SIGNATURES = tuple(struct.pack(f"{order}h", version) for order in "<>" for version in VERSIONS[1:])
BIN_HEADER_5, HEADER_BYTES_5, PARTS_5 = 64, 320, 13  # of version 5; the sizes of the parts start at byte 4
SAMPLES_5, COUNT_AT, DIMENSIONS_AT = BIN_HEADER_5 + HEADER_BYTES_5, BIN_HEADER_5 + 12, BIN_HEADER_5 + 68
RECORD_HEADER_BYTES, RECORD_TYPE_BITS = 8, 0x7FFF
WAVE, FOLDER_START, FOLDER_END, LAST_TYPE = 3, 9, 10, 26
MAX_RECORDS, MAX_LISTED = 100_000, 20
NUMBERED = re.compile(r"(?P<stem>.*?)_?(?P<number>\d{1,9})")
LABEL = re.compile(r"\b(?P<axis>[XY])Label:(?P<unit>[^;\r\n]*)")


@dataclass(frozen=True, slots=True)
class Signal:
    """Waves that are the sweeps of one signal, in order. ``name`` is the value for ``channel``."""

    name: str
    folder: str
    unit: str
    rate_Hz: float
    sweeps: tuple[Samples, ...]

    @property
    def channel(self) -> Channel:
        """Name, unit and role of the signal."""
        return channel_of(self.name, self.unit)

    def text(self) -> str:
        """The signal in a list."""
        samples = max(sweep.size for sweep in self.sweeps)
        return f"{self.name} [{self.unit or 'no unit'}], {len(self.sweeps)} sweeps of {samples} samples"


def is_igor_wave(content: Content) -> bool:
    """True if a file starts as a binary wave of version 2, 3 or 5."""
    return content[:2] in WAVE_SIGNATURES and SPIKE2_MARK not in content[:32]


def is_packed_experiment(content: Content) -> bool:
    """True if the records of a file follow each other to its end, and one of them is a wave."""
    records = _records(content)
    return records is not None and any(kind == WAVE for kind, _, _ in records)


def read_igor(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read the current of a wave, joined waves, an experiment or text. Raises RecordingRefused and CommandUnknown."""
    files = sweep_files(path, options.sweeps) if is_igor_wave(content) else {}
    signals = _signals(_waves(path, content, files, options.max_file_MB), options.protocol)
    current = _current(signals, options.channel, path)
    voltage = _voltage_of(current, signals)
    in_file = len(current.sweeps)
    selection = SweepSelection(in_file, tuple(files)) if files else select_sweeps(in_file, options.sweeps, path)
    sweeps = tuple(
        Sweep(
            n * current.sweeps[n].size / current.rate_Hz,
            _scaled(current, n),
            None if voltage is None else _scaled(voltage, n),
        )
        for n in (range(len(files)) if files else selection.numbers)
    )
    recorded = None if voltage is None else voltage.channel
    command, warnings = chosen_command(sweeps, recorded, current.rate_Hz, options, path, selection=selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="Igor",
        sample_rate_Hz=current.rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=current.channel,
        channels=(current.channel, *([recorded] if recorded else [])),
        warnings=(*warnings, "the start of sweeps is not in the file: they count as recorded one after another"),
        selection=selection,
    )


def _scaled(signal: Signal, n: int) -> Samples:
    """Samples of a sweep of a signal [pA or mV]."""
    factor = factor_to_pA_or_mV(signal.unit)
    return changed(signal.sweeps[n], lambda samples: samples * factor)


def _waves(path: Path, content: Content, files: dict[int, Path], max_file_MB: float) -> list[Wave]:
    """Waves of a file, or one of each file that is joined; these have the number of their file in their name."""
    if content.startswith(igor_text.SIGNATURES):
        return igor_text.waves_of_text(whole(content, most=MAX_WHOLE_TEXT_BYTES), path)
    if not is_igor_wave(content):
        return list(_packed_waves(content, path))
    if not files:
        return [_real(_wave(_Part(content, 0, len(content), path), ""), path)]
    name = NUMBERED.fullmatch(path.stem)
    parts = {number: FileContent(file, max_file_MB) for number, file in files.items()}
    joined = [(n, _real(_wave(_Part(one, 0, len(one), one.path), ""), one.path)) for n, one in parts.items()]
    return [replace(wave, name=f"{name['stem'] if name else path.stem}_{number}") for number, wave in joined]


def _records(content: Content) -> list[tuple[int, int, int]] | None:
    """Type, first byte and size of every record of a packed experiment; None if it is no such chain."""
    return _records_in_order(content, "<") or _records_in_order(content, ">")


def _records_in_order(content: Content, order: str) -> list[tuple[int, int, int]] | None:
    records: list[tuple[int, int, int]] = []
    start = 0
    while start + RECORD_HEADER_BYTES <= len(content):
        kind, _, size = struct.unpack(f"{order}Hhi", content[start : start + RECORD_HEADER_BYTES])
        kind &= RECORD_TYPE_BITS
        start += RECORD_HEADER_BYTES
        is_empty = kind == size == 0  # a file of zeros would be a chain of such records
        if (
            is_empty
            or not 0 <= kind <= LAST_TYPE
            or not 0 <= size <= len(content) - start
            or len(records) > MAX_RECORDS
        ):
            return None
        records.append((kind, start, size))
        start += size
    return records if records and start == len(content) else None


@dataclass(frozen=True, slots=True)
class _Part:
    """A binary wave in a file: its first byte and its size."""

    content: Content
    start: int
    size: int
    path: Path

    def between(self, first: int, last: int) -> bytes:
        """Bytes of the wave from a first to before a last one."""
        return self.content[self.start + first : self.start + min(last, self.size)]


def _packed_waves(content: Content, path: Path) -> Iterator[Wave]:
    """Waves of numbers in a packed experiment, with the path of their folder."""
    folders: list[str] = []
    for kind, start, size in _records(content) or []:
        if kind == FOLDER_START:
            folders.append(content[start : start + size].split(b"\0")[0].decode("latin-1"))
        elif kind == FOLDER_END and folders:
            folders.pop()
        elif kind == WAVE:
            wave = _wave(_Part(content, start, size, path), ":".join(folders))
            if wave is not None:
                yield wave


def _real(wave: Wave | None, path: Path) -> Wave:
    """The wave of a file that has no other. Raises RecordingRefused if it has no real numbers."""
    if wave is None:
        raise RecordingRefused("the wave has no samples, or its samples are not real numbers", file=path)
    return wave


def _wave(part: _Part, folder: str) -> Wave | None:
    """A binary wave; None without samples or if they are not real numbers."""
    order = {b"\x05\x00": "<", b"\x00\x05": ">"}.get(part.between(0, 2))
    if order is None:
        found = _loaded(whole(part.content, part.start, part.size), part.path)
        shape = found["wData"].shape
    else:
        found, shape = _without_samples(part, order)
    dtype, header = found["wData"].dtype, found["wave_header"]
    if dtype.kind not in "iuf" or 0 in shape:
        return None
    note = bytes(found.get("note", b"")).decode("latin-1")
    labels = {match["axis"]: match["unit"] for match in LABEL.finditer(note)}
    unit = bytes(found.get("data_units", b"")) or _joined(header["dataUnits"])
    step_unit = _joined(header["dimUnits"][0] if order else header["xUnits"])
    return Wave(
        folder=folder,
        name=bytes(header["bname"]).split(b"\0")[0].decode("latin-1"),
        columns=_columns(part, dtype, shape) if order else (found["wData"].astype(float),),
        is_matrix=len(shape) == 2,
        unit=unit.decode("latin-1") or labels.get("Y", ""),
        step=float(header["sfA"][0] if order else header["hsA"]),
        step_unit=step_unit.decode("latin-1") or labels.get("X", ""),
    )


def _without_samples(part: _Part, order: str) -> tuple[Any, tuple[int, ...]]:
    """A wave of version 5 as igor2 reads it without its samples, which it would read at once, and its dimensions."""
    head = bytearray(part.between(0, SAMPLES_5))
    sizes = struct.unpack_from(f"{order}{PARTS_5}i", head, 4) if len(head) == SAMPLES_5 else (-1,)
    if min(sizes) < 0 or sizes[0] < HEADER_BYTES_5 or BIN_HEADER_5 + sum(sizes) > part.size:
        raise RecordingRefused(
            "the file is shorter than its header states",
            file=part.path,
            found=f"{part.size} bytes",
            expected=f"{BIN_HEADER_5 + sum(sizes)} bytes",
            remedy="The file is cut off or not yet copied completely: copy it again",
        )
    (count,) = struct.unpack_from(f"{order}i", head, COUNT_AT)
    shape = tuple(size for size in struct.unpack_from(f"{order}4i", head, DIMENSIONS_AT) if size > 0) or (0,)
    struct.pack_into(f"{order}i", head, 4, HEADER_BYTES_5)
    struct.pack_into(f"{order}i", head, COUNT_AT, 0)
    struct.pack_into(f"{order}4i", head, DIMENSIONS_AT, 0, 0, 0, 0)
    rest = part.between(BIN_HEADER_5 + sizes[0], BIN_HEADER_5 + sum(sizes))
    found = _loaded(bytes(head) + rest, part.path)
    dtype = found["wData"].dtype
    stated = {(sizes[0] - HEADER_BYTES_5) / dtype.itemsize, count, math.prod(shape)}
    if dtype.kind in "iuf" and len(stated) > 1:
        raise RecordingRefused("the Igor wave has another number of samples than its header states", file=part.path)
    return found, shape


def _loaded(content: bytes, path: Path) -> Any:
    try:
        from igor2 import binarywave
    except ImportError:
        raise RecordingRefused(
            "the library igor2 is needed to read Igor files", file=path, remedy="Run: pip install 'reversal[igor]'"
        ) from None
    remedy = "The file is damaged or of an unknown kind: save it in Igor again"
    return library_call(lambda: binarywave.load(io.BytesIO(content)), "igor2 cannot read the Igor wave", path, remedy)[
        "wave"
    ]


def _columns(part: _Part, dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[StoredSamples, ...]:
    """Samples of each column of a wave of version 5; none of a wave of more than two dimensions."""

    def read(start: int, stop: int) -> SampleArray:
        stored = part.between(SAMPLES_5 + start * dtype.itemsize, SAMPLES_5 + stop * dtype.itemsize)
        return np.frombuffer(stored, dtype).astype(float)

    rows, count = shape[0], math.prod(shape[1:])
    source = SampleSource(read, rows * count, np.dtype(np.float64))
    return tuple(StoredSamples(source, n * rows, rows) for n in range(count)) if len(shape) <= 2 else ()


def _joined(letters: Any) -> bytes:
    return b"".join(np.ravel(letters).tolist()).split(b"\0")[0].strip()


def _signals(waves: Sequence[Wave], protocol: Protocol | None) -> list[Signal]:
    """Waves as signals: a matrix has its sweeps in its columns, waves with numbers in their names are sweeps."""
    waves = [wave for wave in waves if wave.columns]  # not those of three dimensions
    single: list[list[Wave]] = []
    groups: dict[tuple[str, str], list[tuple[int, Wave]]] = {}
    for wave in waves:
        match = NUMBERED.fullmatch(wave.name)
        if len(waves) == 1 or wave.is_matrix or match is None:
            single.append([wave])
        else:
            groups.setdefault((wave.folder, match["stem"]), []).append((int(match["number"]), wave))
    signals = [_signal(group, group[0].name, protocol) for group in single]
    for (_, stem), numbered in groups.items():
        in_order = [wave for _, wave in sorted(numbered, key=lambda one: one[0])]
        signals.append(_signal(in_order, stem, protocol))
    declared = None if protocol is None else protocol.current_unit
    if declared is None or any(signal.channel.role == CURRENT for signal in signals):
        return signals
    return [replace(signal, unit=signal.unit or declared) for signal in signals]


def _signal(waves: Sequence[Wave], name: str, protocol: Protocol | None) -> Signal:
    first = waves[0]
    unit = known_unit(first.unit) or first.unit
    rates_Hz = [_rate_Hz(wave, protocol) for wave in waves]
    is_one = all(wave.unit == first.unit for wave in waves) and all(_is_rate(rate, rates_Hz[0]) for rate in rates_Hz)
    return Signal(
        name=f"{first.folder}:{name}" if first.folder else name,
        folder=first.folder,
        unit=unit if is_one else "",
        rate_Hz=rates_Hz[0],
        sweeps=tuple(column for wave in waves for column in wave.columns),
    )


def _is_rate(rate_Hz: float, other_Hz: float) -> bool:
    return (rate_Hz == other_Hz == 0) or (min(rate_Hz, other_Hz) > 0 and is_same_rate(rate_Hz, other_Hz))


def _rate_Hz(wave: Wave, protocol: Protocol | None) -> float:
    """Sampling rate [Hz]; 0 if the unit of time is not set and no declared rate fits the step."""
    unit_s = TIME_TO_S.get(known_unit(wave.step_unit) or "")
    if not (np.isfinite(wave.step) and wave.step > 0):
        return 0.0
    if unit_s is not None:
        return float(f"{1.0 / (wave.step * unit_s):.9g}")
    declared_Hz = None if protocol is None else protocol.sample_rate_Hz
    fits = declared_Hz is not None and any(
        abs(wave.step * declared_Hz * possible_s - 1) <= DECLARED_RATE_TOLERANCE for possible_s in (1.0, 1e-3)
    )
    return float(declared_Hz) if fits and declared_Hz is not None and not wave.step_unit else 0.0


def _current(signals: Sequence[Signal], wanted: str | None, path: Path) -> Signal:
    """The only signal with a unit of current, or the one with a name. Raises RecordingRefused."""
    names = [signal.name for signal in signals]
    if wanted is not None:
        found = [signal for signal in signals if signal.name.lower() == wanted.strip().lower()]
        if len(found) != 1:
            what = f"there is no wave '{wanted}'" if not found else f"several waves have the name '{wanted}'"
            raise RecordingRefused(what, file=path, remedy=nearest(wanted, names))
    else:
        found = [signal for signal in signals if signal.channel.role == CURRENT]
    listed = "; ".join(signal.text() for signal in signals[:MAX_LISTED]) + ("; …" if len(signals) > MAX_LISTED else "")
    if len(found) > 1:
        raise RecordingRefused(
            f"the file has several currents ({listed})",
            file=path,
            expected="the name of one of them",
            remedy="Write the name of the cell's waves in the column 'channel' of the recording sheet",
        )
    if not found or found[0].channel.role != CURRENT:
        raise RecordingRefused(
            f"no wave has a unit of current ({listed or 'no wave of numbers'})",
            file=path,
            expected="waves in pA, nA or A",
            remedy='Set the unit in Igor (SetScale d 0, 0, "A", wave), or declare current_unit in the protocol',
        )
    if found[0].rate_Hz == 0 or not found[0].sweeps:
        raise RecordingRefused(
            "a wave has no sampling rate",
            file=path,
            place=found[0].name,
            expected="a step of its first dimension in s or ms",
            remedy='Set it in Igor (SetScale/P x 0, 0.0001, "s", wave), or declare sample_rate_Hz in the protocol',
        )
    return found[0]


def _voltage_of(current: Signal, signals: Sequence[Signal]) -> Signal | None:
    """The only voltage of the same folder with sweeps of the same lengths and rate; in V if the current is in A."""
    units = ("mV", "uV", "V") if current.unit == "A" else ("mV", "uV")
    lengths = [sweep.size for sweep in current.sweeps]
    found = [
        signal
        for signal in signals
        if signal.channel.role == VOLTAGE
        and signal.unit in units
        and signal.folder == current.folder
        and [sweep.size for sweep in signal.sweeps] == lengths
        and _is_rate(signal.rate_Hz, current.rate_Hz)
    ]
    return found[0] if len(found) == 1 else None
