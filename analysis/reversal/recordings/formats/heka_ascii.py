"""Reader of text that HEKA Patchmaster exported ("ASCII").

A line ``Series_<group>_<number>`` starts each series, a line ``Sweep_<group>_<number>_<sweep>, <time of the day>,
<clock>`` each sweep. Then follow the titles, ``"Index", "Time[s]", "Imon[A]", "Time[s]", "Vmon[V]"``, with a time
before each trace, and a row for each sample. One recording is one series: ``channel: "group/series"`` selects it, and
``"group/series/trace"`` one of its currents.
Tested on one real export with a current and an input of the converter, and on copies of it with other titles.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.choices.channel_choice import channel_of, current_index, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import Content
from reversal.recordings.formats.one_rate import refuse_other_rates
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.formats.title_words import title_words
from reversal.recordings.recording.recording import Channel, Recording, RecordingRefused, Sweep
from reversal.recordings.recording.units import factor_to_pA_or_mV

START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:Series_\d+_\d+|Sweep_\d+_\d+_\d+)[ ,\r\n]")
SWEEP = re.compile(r"Sweep_(\d+)_(\d+)_(\d+)\s*(?:,\s*(?P<time>[-+.\dEe]+))?.*")
TITLE = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>[^\]]*)\]")
START_BYTES, DAY_s, MAX_LISTED = 200, 86_400, 20


@dataclass(frozen=True, slots=True)
class ExportedSweep:
    """A sweep: its series ("group/number"), time of the day [s], titles of its columns and rows of numbers."""

    series: str
    time_s: float
    titles: tuple[str, ...]
    rows: tuple[str, ...]


def is_heka_ascii(content: Content) -> bool:
    """True if a file starts as text that Patchmaster exported."""
    return START.match(content[:START_BYTES]) is not None


def read_heka_ascii(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read one series of the text. Raises RecordingRefused and CommandUnknown."""
    series, trace, exported = _chosen(_sweeps(content.decode("latin-1").splitlines(), path), options.channel, path)
    columns, channels = _channels(exported, path)
    current, voltage = current_index(channels, trace, path), voltage_index(channels, None)
    selection = select_sweeps(len(exported), options.sweeps, path)
    tables = [_table(exported[number], path) for number in selection.numbers]
    rates_Hz = [_rate_Hz(table[:, columns[current] - 1], path) for table in tables]
    refuse_other_rates(rates_Hz, path)
    sweeps = tuple(
        Sweep(
            (exported[number].time_s - exported[0].time_s) % DAY_s,
            table[:, columns[current]] * factor_to_pA_or_mV(channels[current].unit),
            None if voltage is None else table[:, columns[voltage]] * factor_to_pA_or_mV(channels[voltage].unit),
        )
        for number, table in zip(selection.numbers, tables, strict=True)
    )
    recorded = None if voltage is None else channels[voltage]
    command, warnings = chosen_command(sweeps, recorded, rates_Hz[0], options, path, selection=selection)
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format="HEKA text",
        sample_rate_Hz=rates_Hz[0],
        sweeps=sweeps,
        command=command,
        current_channel=channels[current],
        channels=channels,
        warnings=(*warnings, "the date of the recording is not in the file"),
        header={"series": series},
        selection=selection,
    )


def _sweeps(lines: list[str], path: Path) -> list[ExportedSweep]:
    """Every sweep of the text, its rows not yet numbers."""
    starts = [n for n, line in enumerate(lines) if line.startswith("Sweep_")]
    if not starts:
        raise _incomplete(path, "no sweep")
    found = []
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        match = SWEEP.fullmatch(lines[start].strip())
        if match is None or stop - start < 3:
            raise _incomplete(path, lines[start][:60])
        rows = [line for line in lines[start + 2 : stop] if line.strip() and not line.startswith("Series_")]
        titles = title_words(lines[start + 1], ",", path)
        if not rows:
            raise _incomplete(path, f"no samples after {lines[start][:60]}")
        time_s = _number(match["time"] or "0", path)
        words = tuple(title.strip().strip('"').strip() for title in titles if title.strip())
        found.append(ExportedSweep(f"{match[1]}/{match[2]}", time_s, words, tuple(rows)))
    return found


def _chosen(sweeps: list[ExportedSweep], wanted: str | None, path: Path) -> tuple[str, str | None, list[ExportedSweep]]:
    """Name of the chosen series, name of the chosen trace or None, and the sweeps of the series."""
    known = list(dict.fromkeys(sweep.series for sweep in sweeps))
    name, trace = wanted, None
    if wanted is not None and wanted.strip() not in known:
        name, _, trace = wanted.strip().rpartition("/")
        if not name:
            name, trace = (known[0], wanted) if len(known) == 1 else (wanted, None)
    if name is None and len(known) == 1:
        name = known[0]
    if name is None or name.strip() not in known:
        raise RecordingRefused(
            "the file has several series" if wanted is None else f"the file has no series '{wanted}'",
            file=path,
            found=", ".join(known[:MAX_LISTED]),
            expected="one of them",
            remedy=f"Write it in the column 'channel' of the recording sheet. {nearest(wanted or '', known)}",
        )
    return name.strip(), trace, [sweep for sweep in sweeps if sweep.series == name.strip()]


def _channels(sweeps: list[ExportedSweep], path: Path) -> tuple[list[int], tuple[Channel, ...]]:
    """Number of the column, and channel of each trace: a column with a unit that follows a time."""
    titles = sweeps[0].titles
    if any(sweep.titles != titles for sweep in sweeps):
        raise RecordingRefused("the sweeps of the series have different titles", file=path, place=sweeps[0].series)
    matches = [TITLE.fullmatch(title) for title in titles]
    names = [("", "") if match is None else (match["name"], match["unit"]) for match in matches]
    columns = [n for n in range(1, len(names)) if names[n - 1] == ("Time", "s") and names[n][1]]
    if not columns:
        raise RecordingRefused(
            "the titles of a sweep are not those of a Patchmaster export",
            file=path,
            found=", ".join(titles),
            expected='a time before each trace, such as "Time[s]", "Imon[A]"',
        )
    return columns, tuple(channel_of(*names[n]) for n in columns)


def _table(sweep: ExportedSweep, path: Path) -> FloatArray:
    try:
        numbers = np.loadtxt(list(sweep.rows), delimiter=",", ndmin=2, dtype=float)
    except ValueError as fault:
        raise _incomplete(path, str(fault)) from None
    if numbers.shape[1] != len(sweep.titles):
        raise _incomplete(path, f"{numbers.shape[1]} columns with {len(sweep.titles)} titles")
    return numbers


def _rate_Hz(times_s: FloatArray, path: Path) -> float:
    step_s = even_step(times_s)
    if step_s is None:
        raise RecordingRefused("the time of a sweep does not increase evenly", file=path)
    return float(f"{1.0 / step_s:.9g}")


def _number(text: str, path: Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise _incomplete(path, text)
    return value


def _incomplete(path: Path, found: str) -> RecordingRefused:
    return RecordingRefused(
        "the text of Patchmaster is incomplete", file=path, found=found, remedy="Export the series again"
    )
