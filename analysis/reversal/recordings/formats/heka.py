"""HEKA Patchmaster bundles (".dat", signature DAT2) through ``myokit.formats.heka``.

A bundle holds groups (cells), each with series (protocols) of sweeps of traces; the stimulus of a series is a row of
segments whose voltage and duration grow from sweep to sweep. One recording is one series, named as
``channel: "group/number"`` (number from 1 within its group) where the bundle has more than one.
Seen: 2x71, constant segments, one current trace with and without a voltage trace. Never seen: interleaved traces,
ramps, stimulus files, segments taken from parameters (refused by name).
"""

from __future__ import annotations

import hashlib
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from reversal.errors import nearest
from reversal.recordings.channel_choice import current_channel, described, voltage_input
from reversal.recordings.command.choose import command_of
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording import (
    DECLARE,
    CommandUnknown,
    Epoch,
    Recording,
    RecordingRefused,
    Shape,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.request import Reading
from reversal.recordings.units import factor_to_fixed

SIGNATURE = b"DAT2"
ITEMS_PLACE, ITEM_SIZE, MOST_ITEMS = 64, 16, 12
FIRST_YEAR, LAST_YEAR = 1980, 2100
SMALLEST_RECORD, LARGEST_RECORD, MOST_NODES, MOST_LEVELS = 16, 1 << 16, 100_000, 8


@dataclass(frozen=True, slots=True)
class SeriesName:
    """A series of a bundle: ``path`` is what ``channel`` takes."""

    path: str
    label: str
    sweeps: int


def series_of(path: Path, content: bytes) -> list[SeriesName]:
    """Series of a bundle in its order. Raises RecordingRefused."""
    with _bundle(path, content) as groups:
        return [
            SeriesName(f"{group.label()}/{n}", series.label(), len(series))
            for group in groups
            for n, series in enumerate(group, start=1)
        ]


def read_heka(path: Path, content: bytes, how: Reading) -> Recording:
    """Read one series of a bundle."""
    with _bundle(path, content) as groups:
        every = {f"{g.label()}/{n}": s for g in groups for n, s in enumerate(g, start=1)}
        name, series = _chosen(every, how.channel, path)
        traces = [trace for sweep in series for trace in sweep][: len(series[0]) if len(series) else 0]
        channels = tuple(described(trace.label(), str(trace.value_unit()).strip("[]")) for trace in traces)
        index = current_channel(channels, None, path)
        voltage = voltage_input(tuple(described(c.name, "mV") if c.unit == "V" else c for c in channels), None)
        sweeps = _sweeps(series, index, voltage, channels, path)
        first = traces[index]
        rate = _rate_Hz(first, path)
        command, said = command_of(
            sweeps,
            None if voltage is None else channels[voltage],
            rate,
            how,
            path,
            lambda: (_commands(series, sweeps, rate, path), f"rebuilt from the stimulus of series '{series.label()}'"),
        )
        return Recording(
            file=path.name,
            sha256=hashlib.sha256(content).hexdigest(),
            format=f"HEKA {content[8:40].split(bytes(1))[0].decode('latin-1').split(',')[0]}",
            sample_rate_Hz=rate,
            sweeps=sweeps,
            command=command,
            current_channel=channels[index],
            channels=channels,
            telegraph=_telegraph(first, series.amplifier_state()),
            started=_began(series.time()),
            warnings=said if _began(series.time()) else (*said, "the file gives no possible date of the recording"),
            header={"series": f"{name} {series.label()}"},
        )


@contextmanager
def _bundle(path: Path, content: bytes) -> Iterator[list[Any]]:
    """Groups of a bundle whose trees have been walked before, so that a damaged count cannot hold the parser up."""
    _walk(content, path)
    try:
        from myokit.formats.heka import PatchMasterFile
    except ImportError:
        raise RecordingRefused(
            "reading HEKA files needs myokit", file=path, remedy="Install it: pip install 'reversal[heka]'"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bundle = None
        try:
            bundle = PatchMasterFile(str(path))
            yield list(bundle)
        except RecordingRefused:
            raise
        except Exception as fault:  # myokit reads lazily and can raise anything on damaged bytes at any of its calls
            raise RecordingRefused(
                "myokit cannot read this HEKA file",
                file=path,
                found=f"{type(fault).__name__}: {fault}",
                remedy="It is damaged or of a kind never seen: export it from Patchmaster again",
            ) from fault
        finally:
            if bundle is not None:
                bundle.close()


def _walk(content: bytes, path: Path) -> None:
    """Count the nodes of the trees inside a bundle; refuse sizes and counts that no real tree has."""
    for n in range(MOST_ITEMS):
        start, size, extension = struct.unpack_from(
            "<ii8s", content.ljust(ITEMS_PLACE + 200, b"\0"), ITEMS_PLACE + n * ITEM_SIZE
        )
        if size == 0 or extension.rstrip(b"\0") not in (b".pul", b".pgf", b".amp"):
            continue
        order = {b"Tree": ">", b"eerT": "<"}.get(content[start : start + 4] if start >= 0 else b"")
        if order is None:
            raise _damaged(path, f"no tree at byte {start}")
        _count(content, start, order, path)


def _count(content: bytes, start: int, order: str, path: Path) -> None:
    try:
        (levels,) = struct.unpack_from(order + "i", content, start + 4)
        if not 1 <= levels <= MOST_LEVELS:
            raise _damaged(path, f"{levels} levels")
        sizes = struct.unpack_from(f"{order}{levels}i", content, start + 8)
        if not all(SMALLEST_RECORD <= size <= LARGEST_RECORD for size in sizes):
            raise _damaged(path, f"records of {sizes} bytes")
        place, nodes, open_counts = start + 8 + 4 * levels, 0, [1]
        while open_counts:
            if open_counts[-1] == 0:
                open_counts.pop()
                continue
            open_counts[-1] -= 1
            nodes += 1
            (children,) = struct.unpack_from(order + "i", content, place + sizes[len(open_counts) - 1])
            place += sizes[len(open_counts) - 1] + 4
            if not 0 <= children <= MOST_NODES or nodes > MOST_NODES or (children and len(open_counts) == levels):
                raise _damaged(path, f"{children} entries at byte {place}")
            open_counts.append(children)
    except struct.error:
        raise _damaged(path, "its tree breaks off") from None


def _damaged(path: Path, found: str) -> RecordingRefused:
    return RecordingRefused("this HEKA file is damaged", file=path, found=found, remedy="Copy it again from the rig")


def _chosen(every: dict[str, Any], wanted: str | None, path: Path) -> tuple[str, Any]:
    if wanted is None and len(every) == 1:
        return next(iter(every.items()))
    if wanted is not None and wanted.strip() in every:
        return wanted.strip(), every[wanted.strip()]
    what = "the bundle has several series, or none" if wanted is None else f"the series '{wanted}' is not there"
    raise RecordingRefused(what, file=path, remedy=f"Name one in the column 'channel'. {nearest(wanted or '', every)}")


def _sweeps(series: Any, index: int, voltage: int | None, channels: Any, path: Path) -> tuple[Sweep, ...]:
    if not len(series):
        raise RecordingRefused("the series has no sweep", file=path)
    begin = series[0].time()
    laid = []
    for sweep in series:
        i_pA = np.asarray(sweep[index].values(), dtype=float) * factor_to_fixed(channels[index].unit)
        v_mV = None
        if voltage is not None:
            v_mV = np.asarray(sweep[voltage].values(), dtype=float) * factor_to_fixed(channels[voltage].unit)
        laid.append(Sweep((sweep.time() - begin).total_seconds(), i_pA, v_mV))
    return tuple(laid)


def _rate_Hz(trace: Any, path: Path) -> float:
    samples, duration = trace.count_samples(), trace.duration()
    if samples < 2 or not np.isfinite(duration) or duration <= 0:
        raise RecordingRefused("the series has no samples or no rate", file=path)
    return float(samples / duration)


def _commands(series: Any, sweeps: tuple[Sweep, ...], rate: float, path: Path) -> tuple[SweepCommand, ...]:
    """Segments of the stimulus as epochs; segments that were not stored take no samples."""
    channel = series.stimulus().supported_channel()
    if channel is None:
        shapes = sorted({str(segment.segment_class().name) for other in series.stimulus() for segment in other})
        raise CommandUnknown(
            f"the command is not known: the stimulus '{series.label()}' uses more than constant segments",
            file=path,
            found=", ".join(shapes) or "no segment",
            remedy=DECLARE,
        )
    unit = str(channel.unit()).strip("[]")
    if unit != "V":
        raise RecordingRefused("the stimulus is no voltage: a current-clamp series", file=path, found=unit)
    count = series.stimulus().sweep_count()
    if len(sweeps) > count:
        raise CommandUnknown(
            "the series has more sweeps than its stimulus", file=path, found=len(sweeps), remedy=DECLARE
        )
    holding, relative = channel._holding, channel._use_relative  # myokit has no public name for these two
    rows = [
        (segment.samples(count, 1.0 / rate), np.asarray(segment.values(count, holding, relative)) * 1e3)
        for segment in channel
    ]
    return tuple(_command(rows, n, sweep.i_pA.size, path) for n, sweep in enumerate(sweeps))


def _command(rows: list[tuple[Any, Any]], n: int, samples: int, path: Path) -> SweepCommand:
    laid, start = [], 0
    for k, (counts, values) in enumerate(rows):
        stop = start + int(counts[n])
        if stop > start:
            level = round(float(values[n]), 9)
            laid.append(Epoch(epoch_name(k), Shape.STEP, start, min(stop, samples), level, level))
        start = stop
    if abs(start - samples) > 1:
        raise CommandUnknown(
            "the stimulus is of another length than the sweep",
            file=path,
            place=f"sweep {n}",
            found=f"{samples} samples",
            expected=f"{start} samples",
            remedy=DECLARE,
        )
    return SweepCommand(tuple(laid))


def _telegraph(trace: Any, amplifier: Any) -> Telegraph:
    """What trace and amplifier say; with several amplifiers the bundle does not tell which one a trace is of."""
    rs, cm = _told(trace.r_series()), _told(trace.c_slow())
    if amplifier is None:
        return Telegraph(rs_MOhm=rs, cm_pF=cm)
    both_kHz, junction_mV = amplifier.filter2()[1], float(amplifier.ljp())
    fraction = float(amplifier.r_series_fraction())
    return Telegraph(
        rs_MOhm=rs,
        rs_compensation=fraction if 0.0 <= fraction <= 1.0 else None,
        cm_pF=cm,
        lowpass_Hz=_told(1000.0 * both_kHz),
        junction_mV=junction_mV if np.isfinite(junction_mV) else None,
    )


def _began(time: datetime) -> str | None:
    possible = FIRST_YEAR <= time.year < LAST_YEAR
    return time.replace(tzinfo=None).isoformat(timespec="milliseconds") if possible else None


def _told(value: float) -> float | None:
    return float(value) if np.isfinite(value) and value > 0 else None
