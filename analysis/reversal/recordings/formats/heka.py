"""Reader of HEKA Patchmaster bundles (".dat", signature DAT2), with ``myokit.formats.heka``.

A bundle starts with a directory of up to 12 files: start, size and extension of each. ``.dat`` contains the samples.
Three files are trees of fixed-size records, each with its number of children: ``.pul`` (groups > series > sweeps >
traces, with units and gains), ``.pgf`` (stimuli > channels > segments, with increments per sweep), ``.amp`` (amplifier
states). A group is usually a cell and a series one run of a protocol. One recording is one series. If the bundle has
more than one, ``channel: "group/number"`` selects it (number from 1 within the group). A series of several amplifiers
has several currents; ``"group/number/trace"`` selects one, such as ``"E-1/2/Imon-2"``. The file does not show which
output drives which amplifier, so the command is then the voltage with the same number, or declared.
Leak and computed traces are not used (:mod:`heka_trees`). A ramp starts at the level of the segment before it.
Tested on real files of versions 2x71, with constant segments and ramps and one current trace, with and without a
voltage trace, and 2x90 with two amplifiers in current clamp. Never tested: interleaved traces; two amplifiers in
voltage clamp. Refused: stimulus files, continuous segments, segments that are set by parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from warnings import catch_warnings, simplefilter

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.choices.channel_choice import channel_of, current_index, is_auxiliary, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.heka_trees import marked_traces
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Epoch,
    Recording,
    RecordingRefused,
    Shape,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.recording.stored_samples import SampleSource, StoredSamples
from reversal.recordings.recording.units import CURRENT, OTHER, VOLTAGE, factor_to_pA_or_mV

SIGNATURE = b"DAT2"
FIRST_YEAR, LAST_YEAR = 1980, 2099
FIRST_TIME_WITH_MORE_SECONDS = datetime(1990, 1, 1) + timedelta(seconds=1_580_970_496)
MORE_SECONDS = timedelta(seconds=1 << 32)
MAX_LISTED_SERIES = 20
CONSTANT, RAMP = "Constant", "Ramp"  # classes of segments
NUMBER_OF_AMPLIFIER = re.compile(r"-\d+$")  # at the end of the names of its traces

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class SeriesName:
    """A series of a bundle. ``path`` ("group/number") is the value for ``channel``."""

    path: str
    label: str
    sweeps: int


def series_in(path: Path, content: Content) -> list[SeriesName]:
    """All series of a bundle, in order. Raises RecordingRefused."""
    marked_traces(content, path)
    with _bundle(path) as bundle:
        return [
            SeriesName(channel, _asked(series.label, path), _asked(series.__len__, path))
            for name, _, series in _all_series(bundle, path)
            for channel in _paths_of(name, series, path)
        ]


def read_heka(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read one series of a bundle. Raises RecordingRefused and CommandUnknown."""
    marked = marked_traces(content, path)
    with _bundle(path) as bundle:
        name, place, series, trace = _chosen_series(_all_series(bundle, path), options.channel, path)
        label = _asked(series.label, path)
        all_sweeps = _asked(lambda: [list(sweep) for sweep in series], path)
        traces = all_sweeps[0] if all_sweeps else []
        channels = tuple(_channel(trace, marked.get((*place, 0, n)), path) for n, trace in enumerate(traces))
        if trace is None:
            _refuse_several_currents(name, channels, path)
        current = current_index(channels, trace, path)
        voltage = _voltage_of(channels, current)
        marks = {n: "leak" for n in range(len(all_sweeps)) if marked.get((*place, n, current)) == "leak"}
        selection = select_sweeps(len(all_sweeps), options.sweeps, path, marks)
        sweeps = _sweeps(series, selection.numbers, current, voltage, channels, content, path)
        rate_Hz = _sampling_rate_Hz(traces[current], path)
        command, warnings = chosen_command(
            sweeps,
            None if voltage is None else channels[voltage],
            rate_Hz,
            options,
            path,
            lambda: (
                _commands(series, selection.numbers, sweeps, rate_Hz, channels, path),
                f"from the stimulus of series '{label}'",
            ),
            selection,
        )
        started = _start_time(_asked(series.time, path))
        return Recording(
            file=path.name,
            sha256=sha256_of_content(content),
            format=f"HEKA {content[8:40].split(bytes(1))[0].decode('latin-1').split(',')[0]}",
            sample_rate_Hz=rate_Hz,
            sweeps=sweeps,
            command=command,
            current_channel=channels[current],
            channels=channels,
            telegraph=_telegraph(traces[current], _asked(series.amplifier_state, path), path),
            started=started,
            warnings=warnings if started else (*warnings, "the file has no valid date of the recording"),
            header={"series": f"{name} {label}"},
            selection=selection,
        )


@contextmanager
def _bundle(path: Path) -> Iterator[Any]:
    """The bundle as myokit opens it. Its trees must be checked before: a damaged count would keep it in a long loop.

    myokit reads lazily, so that each of its calls can raise any exception on damaged bytes: see :func:`_asked`.
    """
    try:
        from myokit.formats.heka import PatchMasterFile
    except ImportError:
        raise RecordingRefused(
            "the library myokit is needed to read HEKA files", file=path, remedy="Run: pip install 'reversal[heka]'"
        ) from None
    with catch_warnings():
        simplefilter("ignore")
        bundle = _asked(lambda: PatchMasterFile(str(path)), path)
        try:
            yield bundle
        finally:
            bundle.close()


def _asked(call: Callable[[], Result], path: Path) -> Result:
    """Result of one call of myokit."""
    remedy = "The file is damaged or of an unknown kind: export it from Patchmaster again"
    return library_call(call, "myokit cannot read the HEKA file", path, remedy)


def _all_series(bundle: Any, path: Path) -> list[tuple[str, tuple[int, int], Any]]:
    """Name ("group/number"), numbers of group and series from 0, and the series."""
    found = []
    for g, group in enumerate(_asked(lambda: list(bundle), path)):
        label = _asked(group.label, path)
        found += [(f"{label}/{n + 1}", (g, n), series) for n, series in enumerate(_asked(group.__iter__, path))]
    return found


def _channel(trace: Any, kind: str | None, path: Path) -> Channel:
    """Channel of a trace; a leak or computed trace is neither the current nor the voltage of the cell."""
    name, unit = _asked(trace.label, path), _asked(lambda: str(trace.value_unit()), path).strip("[]")
    return channel_of(name, unit) if kind is None else Channel(f"{name} ({kind})", unit, OTHER)


def _paths_of(name: str, series: Any, path: Path) -> list[str]:
    """Path of a series, or of each of its currents if it has several."""
    traces = _asked(lambda: list(series[0]) if len(series) else [], path)
    currents = [channel.name for channel in (_channel(one, None, path) for one in traces) if channel.role == CURRENT]
    return [f"{name}/{current}" for current in currents] if len(currents) > 1 else [name]


def _refuse_several_currents(name: str, channels: tuple[Channel, ...], path: Path) -> None:
    currents = [channel.name for channel in channels if channel.role == CURRENT]
    if len(currents) > 1:
        raise RecordingRefused(
            "the series has the currents of several amplifiers",
            file=path,
            found=", ".join(f"{name}/{current}" for current in currents),
            expected="one of them",
            remedy="Write it in the column 'channel' of the recording sheet",
        )


def _voltage_of(channels: tuple[Channel, ...], current: int) -> int | None:
    """Index of the voltage of the amplifier of a current: the one with its number, or the only one."""
    number = NUMBER_OF_AMPLIFIER.search(channels[current].name)
    same = [
        n
        for n, channel in enumerate(channels)
        if channel.role == VOLTAGE and number is not None and channel.name.endswith(number[0])
    ]
    only = voltage_index(channels, None)
    if len(same) == 1 and not is_auxiliary(channels[same[0]]):
        return same[0]
    other = only is not None and NUMBER_OF_AMPLIFIER.search(channels[only].name) is not None
    return None if number is not None and other else only


def _chosen_series(
    all_series: list[tuple[str, tuple[int, int], Any]], wanted: str | None, path: Path
) -> tuple[str, tuple[int, int], Any, str | None]:
    """Name, numbers and content of the chosen series, and the name of the chosen trace or None."""
    trace = None
    if wanted is not None and wanted.strip() not in [one[0] for one in all_series]:
        start, _, last = wanted.strip().rpartition("/")
        if start in [one[0] for one in all_series]:
            wanted, trace = start, last
    chosen = all_series if wanted is None else [one for one in all_series if one[0] == wanted.strip()]
    if len(chosen) == 1:
        return (*chosen[0], trace)
    if not chosen:
        what = "the bundle has no series" + ("" if wanted is None else f" '{wanted}'")
        names = [name for name, _, _ in all_series]
        remedy = f"Write one of them in the column 'channel' of the recording sheet. {nearest(wanted or '', names)}"
        raise RecordingRefused(what, file=path, remedy=remedy)
    listed = [
        f"{name} '{_asked(series.label, path)}', {_asked(series.__len__, path)} sweeps, "
        f"{_start_time(_asked(series.time, path)) or 'time not known'}"
        for name, _, series in chosen[:MAX_LISTED_SERIES]
    ]
    raise RecordingRefused(
        f"the bundle has several series ({'; '.join(listed)}{'; …' if len(chosen) > MAX_LISTED_SERIES else ''})",
        file=path,
        expected="one series",
        remedy="Write one of them, such as 'group/1', in the column 'channel' of the recording sheet",
    )


def _sweeps(
    series: Any,
    numbers: tuple[int, ...],
    current: int,
    voltage: int | None,
    channels: tuple[Channel, ...],
    content: Content,
    path: Path,
) -> tuple[Sweep, ...]:
    if not numbers:
        raise RecordingRefused("the series has no sweeps", file=path)
    start = _asked(lambda: series[0].time(), path)

    def samples(number: int, trace: int) -> StoredSamples:
        return _samples(_asked(lambda: series[number][trace], path), channels[trace].unit, content, path)

    return tuple(
        Sweep(
            _asked(lambda number=number: (series[number].time() - start).total_seconds(), path),  # type: ignore[misc]
            samples(number, current),
            None if voltage is None else samples(number, voltage),
        )
        for number in numbers
    )


def _samples(trace: Any, unit: str, content: Content, path: Path) -> StoredSamples:
    """Samples of a trace [pA or mV], scaled as myokit scales them, which would read all of them at once."""
    start, count, dtype, scale = trace._data_pos, trace._n, np.dtype(trace._data_type), trace._data_scale
    is_interleaved = trace._data_interleave_size != 0 and trace._data_interleave_skip != 0
    if is_interleaved or start < 0 or count < 1 or start + count * dtype.itemsize > len(content):
        raise RecordingRefused(
            "the samples of a HEKA trace are interleaved" if is_interleaved else "a HEKA trace is not in its file",
            file=path,
            found=f"{count} samples from byte {start}",
            remedy="The file is damaged or of an unknown kind: export it from Patchmaster again",
        )
    factor = factor_to_pA_or_mV(unit)

    def read(first: int, last: int) -> FloatArray:
        stored = np.frombuffer(content[start + first * dtype.itemsize : start + last * dtype.itemsize], dtype)
        return np.asarray(np.asarray(stored * scale, dtype=float) * factor)

    return StoredSamples(SampleSource(read, count, np.dtype(np.float64)))


def _sampling_rate_Hz(trace: Any, path: Path) -> float:
    samples, duration = _asked(trace.count_samples, path), _asked(trace.duration, path)
    if samples < 2 or not np.isfinite(duration) or duration <= 0:
        raise RecordingRefused("the series has no samples or no sampling rate", file=path)
    return float(samples / duration)


def _commands(
    series: Any,
    numbers: tuple[int, ...],
    sweeps: tuple[Sweep, ...],
    rate_Hz: float,
    channels: tuple[Channel, ...],
    path: Path,
) -> tuple[SweepCommand, ...]:
    """Command of every used sweep: the segments of the stimulus as epochs, without segments that were not stored."""
    stimulus = _asked(series.stimulus, path)
    channel = _stimulus_channel(stimulus, _asked(series.label, path), channels, path)
    count = _asked(stimulus.sweep_count, path)
    if numbers[-1] >= count:
        raise CommandUnknown(
            "the series has more sweeps than its stimulus",
            file=path,
            found=numbers[-1] + 1,
            expected=f"at most {count}",
            remedy=PROTOCOL_REMEDY,
        )
    segments = _asked(lambda: list(channel), path)
    holding, relative = channel._holding, channel._use_relative  # myokit has no public access to these two
    shapes = [
        SegmentBySweep(
            _asked(lambda segment=segment: segment.samples(count, 1.0 / rate_Hz), path),  # type: ignore[misc]
            _asked(lambda segment=segment: segment.durations(count), path),  # type: ignore[misc]
            _asked(lambda segment=segment: np.asarray(segment.values(count, holding, relative)), path) * 1e3,  # type: ignore[misc]
            _segment_class(segment, path) == RAMP,
        )
        for segment in segments
    ]
    first_mV = float(holding) * 1e3
    return tuple(
        _command(shapes, n, sweep.current.size, first_mV, path) for n, sweep in zip(numbers, sweeps, strict=True)
    )


def _stimulus_channel(stimulus: Any, label: str, channels: tuple[Channel, ...], path: Path) -> Any:
    """The channel of a stimulus that commands the voltage. Raises CommandUnknown if it is not clear."""
    outputs = _asked(lambda: list(stimulus), path)
    units = [_asked(lambda output=output: str(output.unit()), path).strip("[]") for output in outputs]  # type: ignore[misc]
    in_volts = [output for output, unit in zip(outputs, units, strict=True) if unit == "V"]
    if not in_volts and outputs:
        found = ", ".join(units)
        raise RecordingRefused("the stimulus is not a voltage: this is a current-clamp series", file=path, found=found)
    in_volts = [output for output in in_volts if output._use_stim_scale]  # myokit has no public access to the flags
    currents = sum(channel.role == CURRENT for channel in channels)
    if len(in_volts) != 1 or currents > 1:
        raise CommandUnknown(
            f"the command is not known: it is not clear which output of the stimulus '{label}' drives the amplifier",
            file=path,
            found=f"{len(in_volts)} outputs with a voltage, {currents} currents",
            expected="one output and one current, or a recorded voltage",
            remedy=PROTOCOL_REMEDY,
        )
    channel = in_volts[0]
    classes = {_segment_class(segment, path) for segment in _asked(lambda: list(channel), path)}
    if not classes or classes - {CONSTANT, RAMP} or channel._use_file_template:
        raise CommandUnknown(
            f"the command is not known: the stimulus '{label}' has segments that are neither constant nor ramps, or a "
            "stimulus file",
            file=path,
            found=", ".join(sorted(classes)) or "no segment",
            remedy=PROTOCOL_REMEDY,
        )
    return channel


def _segment_class(segment: Any, path: Path) -> str:
    return str(_asked(lambda: segment.segment_class().name, path))


@dataclass(frozen=True, slots=True)
class SegmentBySweep:
    """A segment of a stimulus: stored samples, duration [s] and level [mV] in each sweep."""

    counts: Any
    durations: Any
    levels_mV: Any
    is_ramp: bool


def _command(segments: list[SegmentBySweep], n: int, samples: int, holding_mV: float, path: Path) -> SweepCommand:
    """Command of sweep ``n``."""
    epochs, start, before_mV = [], 0, round(holding_mV, 9)
    for k, segment in enumerate(segments):
        stop = start + int(segment.counts[n])
        level_mV = round(float(segment.levels_mV[n]), 9)
        if stop > start:
            shape, first_mV = (Shape.RAMP, before_mV) if segment.is_ramp else (Shape.STEP, level_mV)
            epochs.append(Epoch(epoch_name(k), shape, start, min(stop, samples), first_mV, level_mV))
        if segment.durations[n] > 0:
            before_mV = level_mV
        start = stop
    if abs(start - samples) > 1:
        raise CommandUnknown(
            "the stimulus and the sweep have different lengths",
            file=path,
            place=f"sweep {n}",
            found=f"{samples} samples",
            expected=f"{start} samples",
            remedy=PROTOCOL_REMEDY,
        )
    return SweepCommand(tuple(epochs))


def _telegraph(trace: Any, amplifier: Any, path: Path) -> Telegraph:
    """Values of the trace and of the amplifier. The file does not link a trace to one of several amplifiers."""
    rs, cm = _positive(_asked(trace.r_series, path)), _positive(_asked(trace.c_slow, path))
    if amplifier is None:
        return Telegraph(rs_MOhm=rs, cm_pF=cm)
    lowpass_kHz, junction_mV = (
        _asked(lambda: amplifier.filter2()[1], path),
        float(_asked(amplifier.ljp, path)),
    )
    fraction = float(_asked(amplifier.r_series_fraction, path))
    return Telegraph(
        rs_MOhm=rs,
        rs_compensation=fraction if 0.0 <= fraction <= 1.0 else None,
        cm_pF=cm,
        lowpass_Hz=_positive(1000.0 * lowpass_kHz),
        junction_mV=junction_mV if np.isfinite(junction_mV) else None,
    )


def _start_time(time: datetime) -> str | None:
    """ISO 8601 time of a series; None if it is impossible.

    myokit counts seconds from 1990. Patchmaster's clock has 2³² seconds more in some files: then it is after 2040.
    """
    time = time.replace(tzinfo=None)
    if time >= FIRST_TIME_WITH_MORE_SECONDS:
        time -= MORE_SECONDS
    return time.isoformat(timespec="milliseconds") if FIRST_YEAR <= time.year <= LAST_YEAR else None


def _positive(value: float) -> float | None:
    return float(value) if np.isfinite(value) and value > 0 else None
