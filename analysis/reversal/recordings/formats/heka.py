"""Reader of HEKA Patchmaster bundles (".dat", signature DAT2), with ``myokit.formats.heka``.

A bundle starts with a directory of up to 12 files: start, size and extension of each. ``.dat`` contains the samples.
Three files are trees of fixed-size records, each with its number of children: ``.pul`` (groups > series > sweeps >
traces, with units and gains), ``.pgf`` (stimuli > channels > segments, with increments per sweep), ``.amp`` (amplifier
states). A group is usually a cell and a series one run of a protocol. One recording is one series. If the bundle has
more than one, ``channel: "group/number"`` selects it (number from 1 within the group).
Tested on real files of version 2x71 with constant segments and one current trace, with and without a voltage trace.
Never tested: interleaved traces. Refused: ramps, stimulus files and segments that are set by parameters.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from reversal.errors import nearest
from reversal.recordings.channel_choice import channel_of, current_index, voltage_index
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import (
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
from reversal.recordings.units import factor_to_pA_or_mV

SIGNATURE = b"DAT2"
DIRECTORY_OFFSET, DIRECTORY_ENTRY_BYTES, DIRECTORY_ENTRIES = 64, 16, 12
TREE_EXTENSIONS = (b".pul", b".pgf", b".amp")
BYTE_ORDER = {b"Tree": ">", b"eerT": "<"}  # by the first bytes of a tree
MIN_RECORD_BYTES, MAX_RECORD_BYTES, MAX_RECORDS, MAX_LEVELS = 16, 1 << 16, 100_000, 8
FIRST_YEAR, LAST_YEAR = 1980, 2099


@dataclass(frozen=True, slots=True)
class SeriesName:
    """A series of a bundle. ``path`` ("group/number") is the value for ``channel``."""

    path: str
    label: str
    sweeps: int


def series_in(path: Path, content: bytes) -> list[SeriesName]:
    """All series of a bundle, in order. Raises RecordingRefused."""
    with _bundle(path, content) as groups:
        return [
            SeriesName(f"{group.label()}/{n}", series.label(), len(series))
            for group in groups
            for n, series in enumerate(group, start=1)
        ]


def read_heka(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read one series of a bundle. Raises RecordingRefused and CommandUnknown."""
    with _bundle(path, content) as groups:
        all_series = {f"{g.label()}/{n}": s for g in groups for n, s in enumerate(g, start=1)}
        name, series = _chosen_series(all_series, options.channel, path)
        traces = [trace for sweep in series for trace in sweep][: len(series[0]) if len(series) else 0]
        channels = tuple(channel_of(trace.label(), str(trace.value_unit()).strip("[]")) for trace in traces)
        current = current_index(channels, None, path)
        voltage = voltage_index(tuple(channel_of(c.name, "mV") if c.unit == "V" else c for c in channels), None)
        sweeps = _sweeps(series, current, voltage, channels, path)
        rate_Hz = _sampling_rate_Hz(traces[current], path)
        basis = f"from the stimulus of series '{series.label()}'"
        command, warnings = chosen_command(
            sweeps,
            None if voltage is None else channels[voltage],
            rate_Hz,
            options,
            path,
            lambda: (_commands(series, sweeps, rate_Hz, path), basis),
        )
        started = _start_time(series.time())
        return Recording(
            file=path.name,
            sha256=hashlib.sha256(content).hexdigest(),
            format=f"HEKA {content[8:40].split(bytes(1))[0].decode('latin-1').split(',')[0]}",
            sample_rate_Hz=rate_Hz,
            sweeps=sweeps,
            command=command,
            current_channel=channels[current],
            channels=channels,
            telegraph=_telegraph(traces[current], series.amplifier_state()),
            started=started,
            warnings=warnings if started else (*warnings, "the file has no valid date of the recording"),
            header={"series": f"{name} {series.label()}"},
        )


@contextmanager
def _bundle(path: Path, content: bytes) -> Iterator[list[Any]]:
    """Groups of a bundle. Its trees are checked first, because a damaged count would keep myokit in a long loop."""
    _check_trees(content, path)
    try:
        from myokit.formats.heka import PatchMasterFile
    except ImportError:
        raise RecordingRefused(
            "the library myokit is needed to read HEKA files", file=path, remedy="Run: pip install 'reversal[heka]'"
        ) from None
    with catch_warnings():
        simplefilter("ignore")
        bundle = None
        try:
            bundle = PatchMasterFile(str(path))
            yield list(bundle)
        except RecordingRefused:
            raise
        except (
            Exception
        ) as fault:  # on damaged bytes any call of myokit can raise any exception, because it reads lazily
            raise RecordingRefused(
                "myokit cannot read the HEKA file",
                file=path,
                found=f"{type(fault).__name__}: {fault}",
                remedy="The file is damaged or of an unknown kind: export it from Patchmaster again",
            ) from fault
        finally:
            if bundle is not None:
                bundle.close()


def _check_trees(content: bytes, path: Path) -> None:
    """Raise RecordingRefused if a tree of the bundle has impossible sizes or counts."""
    directory = content[DIRECTORY_OFFSET:].ljust(DIRECTORY_ENTRIES * DIRECTORY_ENTRY_BYTES, b"\0")
    for n in range(DIRECTORY_ENTRIES):
        start, size, extension = struct.unpack_from("<ii8s", directory, n * DIRECTORY_ENTRY_BYTES)
        if size == 0 or extension.rstrip(b"\0") not in TREE_EXTENSIONS:
            continue
        order = BYTE_ORDER.get(content[start : start + 4] if start >= 0 else b"")
        if order is None:
            raise _damaged(path, f"no tree at byte {start}")
        _check_tree(content, start, order, path)


def _check_tree(content: bytes, start: int, order: str, path: Path) -> None:
    """Walk through all records of a tree. Every record is followed by its number of children."""
    try:
        (levels,) = struct.unpack_from(order + "i", content, start + 4)
        if not 1 <= levels <= MAX_LEVELS:
            raise _damaged(path, f"{levels} levels")
        sizes = struct.unpack_from(f"{order}{levels}i", content, start + 8)
        if not all(MIN_RECORD_BYTES <= size <= MAX_RECORD_BYTES for size in sizes):
            raise _damaged(path, f"records of {sizes} bytes")
        offset, records, remaining = start + 8 + 4 * levels, 0, [1]  # records that remain at each open level
        while remaining:
            if remaining[-1] == 0:
                remaining.pop()
                continue
            remaining[-1] -= 1
            records += 1
            record_bytes = sizes[len(remaining) - 1]
            (children,) = struct.unpack_from(order + "i", content, offset + record_bytes)
            offset += record_bytes + 4
            if not 0 <= children <= MAX_RECORDS or records > MAX_RECORDS or (children and len(remaining) == levels):
                raise _damaged(path, f"{children} records at byte {offset}")
            remaining.append(children)
    except struct.error:
        raise _damaged(path, "an incomplete tree") from None


def _damaged(path: Path, found: str) -> RecordingRefused:
    return RecordingRefused("the HEKA file is damaged", file=path, found=found, remedy="Copy it again from the rig")


def _chosen_series(all_series: dict[str, Any], wanted: str | None, path: Path) -> tuple[str, Any]:
    if wanted is None and len(all_series) == 1:
        return next(iter(all_series.items()))
    if wanted is not None and wanted.strip() in all_series:
        return wanted.strip(), all_series[wanted.strip()]
    what = "the bundle has several series, or none" if wanted is None else f"the bundle has no series '{wanted}'"
    remedy = f"Write one of them in the column 'channel' of the recording sheet. {nearest(wanted or '', all_series)}"
    raise RecordingRefused(what, file=path, remedy=remedy)


def _sweeps(
    series: Any, current: int, voltage: int | None, channels: tuple[Channel, ...], path: Path
) -> tuple[Sweep, ...]:
    if not len(series):
        raise RecordingRefused("the series has no sweeps", file=path)
    start = series[0].time()
    sweeps = []
    for sweep in series:
        i_pA = np.asarray(sweep[current].values(), dtype=float) * factor_to_pA_or_mV(channels[current].unit)
        v_mV = None
        if voltage is not None:
            v_mV = np.asarray(sweep[voltage].values(), dtype=float) * factor_to_pA_or_mV(channels[voltage].unit)
        sweeps.append(Sweep((sweep.time() - start).total_seconds(), i_pA, v_mV))
    return tuple(sweeps)


def _sampling_rate_Hz(trace: Any, path: Path) -> float:
    samples, duration = trace.count_samples(), trace.duration()
    if samples < 2 or not np.isfinite(duration) or duration <= 0:
        raise RecordingRefused("the series has no samples or no sampling rate", file=path)
    return float(samples / duration)


def _commands(series: Any, sweeps: tuple[Sweep, ...], rate_Hz: float, path: Path) -> tuple[SweepCommand, ...]:
    """Command of every sweep: the segments of the stimulus as epochs, without segments that were not stored."""
    channel = series.stimulus().supported_channel()
    if channel is None:
        shapes = sorted({str(segment.segment_class().name) for other in series.stimulus() for segment in other})
        raise CommandUnknown(
            f"the command is not known: the stimulus '{series.label()}' has segments that are not constant",
            file=path,
            found=", ".join(shapes) or "no segment",
            remedy=PROTOCOL_REMEDY,
        )
    unit = str(channel.unit()).strip("[]")
    if unit != "V":
        raise RecordingRefused("the stimulus is not a voltage: this is a current-clamp series", file=path, found=unit)
    count = series.stimulus().sweep_count()
    if len(sweeps) > count:
        raise CommandUnknown(
            "the series has more sweeps than its stimulus",
            file=path,
            found=len(sweeps),
            expected=f"at most {count}",
            remedy=PROTOCOL_REMEDY,
        )
    holding, relative = channel._holding, channel._use_relative  # myokit has no public access to these two
    segments = [
        (segment.samples(count, 1.0 / rate_Hz), np.asarray(segment.values(count, holding, relative)) * 1e3)
        for segment in channel
    ]
    return tuple(_command(segments, n, sweep.i_pA.size, path) for n, sweep in enumerate(sweeps))


def _command(segments: list[tuple[Any, Any]], n: int, samples: int, path: Path) -> SweepCommand:
    """Command of sweep ``n``; a segment is its number of samples and its level [mV], by sweep."""
    epochs, start = [], 0
    for k, (counts, levels) in enumerate(segments):
        stop = start + int(counts[n])
        if stop > start:
            level = round(float(levels[n]), 9)
            epochs.append(Epoch(epoch_name(k), Shape.STEP, start, min(stop, samples), level, level))
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


def _telegraph(trace: Any, amplifier: Any) -> Telegraph:
    """Values of the trace and of the amplifier. The file does not link a trace to one of several amplifiers."""
    rs, cm = _positive(trace.r_series()), _positive(trace.c_slow())
    if amplifier is None:
        return Telegraph(rs_MOhm=rs, cm_pF=cm)
    lowpass_kHz, junction_mV = amplifier.filter2()[1], float(amplifier.ljp())
    fraction = float(amplifier.r_series_fraction())
    return Telegraph(
        rs_MOhm=rs,
        rs_compensation=fraction if 0.0 <= fraction <= 1.0 else None,
        cm_pF=cm,
        lowpass_Hz=_positive(1000.0 * lowpass_kHz),
        junction_mV=junction_mV if np.isfinite(junction_mV) else None,
    )


def _start_time(time: datetime) -> str | None:
    is_valid = FIRST_YEAR <= time.year <= LAST_YEAR
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds") if is_valid else None


def _positive(value: float) -> float | None:
    return float(value) if np.isfinite(value) and value > 0 else None
