"""Reader of Axon Text Format (ATF), the text export of Clampfit and a format of stimulus files.

First line ``ATF<tab>version``. Second line: number of header lines and number of columns. Then the header lines, such
as ``"SweepStartTimesMS=0,2000"`` and ``"Signals=" <tab> "IN 0" <tab> "IN 0"``, and one line of column titles with
units, such as ``"Trace #1 (pA)"``. Then one row of numbers per sample, separated by tabs. The first column is time;
every other column is one signal of one sweep. Columns in a unit of current are the sweeps, columns in mV the recorded
voltage.
Tested on real files of version 1.0 by Clampfit with one signal, and on files with current and voltage written for the
tests. Never tested: other versions, exports of other programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from reversal.recordings.choices.channel_choice import channel_of
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.formats.text_lines import Lines, blocks_of_lines, table_of
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import Recording, RecordingRefused, Sweep
from reversal.recordings.recording.stored_samples import Samples, StoredSamples
from reversal.recordings.recording.units import CURRENT, TIME_TO_S, VOLTAGE, factor_to_pA_or_mV, role_of

SIGNATURE = b"ATF"
MAX_HEADER_LINES, MAX_COLUMNS = 1000, 10_000
TITLE = re.compile(r'\s*"?(?P<name>[^"(]*?)\s*(?:\((?P<unit>[^)]*)\))?"?\s*')
FACTS_SHOWN = ("AcquisitionMode", "Comment")


@dataclass(frozen=True, slots=True)
class AtfTable:
    """Content of an ATF file.

    facts : header lines ``name=value``
    units, signals : unit and signal name of each column after time
    time_s : shape (samples,) [s]
    columns : samples of each column, in its own unit
    """

    facts: dict[str, str]
    units: tuple[str, ...]
    signals: tuple[str, ...]
    time_s: StoredSamples
    columns: tuple[StoredSamples, ...]


def parse_atf(content: Content, file: Path) -> AtfTable:
    """Content of an ATF file. Raises RecordingRefused for a damaged file."""
    blocks = blocks_of_lines(content, "cp1252", file)
    text = next(blocks, [])
    try:
        header_lines, columns = (int(word) for word in text[1].split()[:2])
    except (IndexError, ValueError):
        raise _damaged("its second line does not give the numbers of header lines and columns", file) from None
    if not (0 <= header_lines <= MAX_HEADER_LINES and 2 <= columns <= MAX_COLUMNS) or len(text) < header_lines + 5:
        raise _damaged(f"{header_lines} header lines and {columns} columns do not fit {len(text)} lines", file)
    facts, signals = _facts(text[2 : 2 + header_lines])
    titles = [TITLE.fullmatch(word) for word in text[2 + header_lines].split("\t")][:columns]
    units = tuple("" if title is None else (title["unit"] or "").strip() for title in titles)
    numbers = _numbers(chain([text[3 + header_lines :]], blocks), columns, file)
    time_to_s = TIME_TO_S.get(units[0] if units else "")
    if time_to_s is None or len(units) != columns:
        raise _damaged("the first column is not a time in s, ms or us, or column titles are missing", file)
    times, *traces = numbers.T.rows()
    return AtfTable(
        facts,
        units[1:],
        signals if len(signals) == columns - 1 else ("",) * (columns - 1),
        times.changed(lambda samples: samples * time_to_s),
        tuple(traces),
    )


def _facts(lines: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Header facts by name, and the signal name of each column after time."""
    facts: dict[str, str] = {}
    signals: tuple[str, ...] = ()
    for line in lines:
        name, _, value = line.strip().strip('"').partition("=")
        facts[name] = value
        if name == "Signals":
            signals = tuple(word.strip().strip('"') for word in line.split("\t")[1:])
    return facts, signals


def _numbers(blocks: Iterable[Lines], columns: int, file: Path) -> StoredArray:
    numbers = table_of(blocks, "\t", file, lambda found: _damaged(f"its table cannot be read: {found}", file))
    if numbers.shape[1] != columns or numbers.shape[0] < 2:
        raise _damaged(f"its table has {numbers.shape[0]} rows and {numbers.shape[1]} of {columns} columns", file)
    return numbers


def _damaged(what: str, file: Path) -> RecordingRefused:
    return RecordingRefused(
        f"the ATF file is damaged: {what}", file=file, remedy="Export it again, or use the original ABF file"
    )


def read_atf(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read an ATF file. Raises RecordingRefused and CommandUnknown."""
    table = parse_atf(content, path)
    rate_Hz = _sampling_rate_Hz(table.time_s, path)
    currents = _current_columns(table, options.channel, path)
    voltages = [n for n, unit in enumerate(table.units) if role_of(unit) == VOLTAGE]
    if len(voltages) != len(currents):
        voltages = []
    channels = tuple(
        channel_of(table.signals[columns[0]] or default, table.units[columns[0]])
        for columns, default in ((currents, "current"), (voltages, "voltage"))
        if columns
    )
    selection = select_sweeps(len(currents), options.sweeps, path)
    all_sweeps = _sweeps(table, currents, voltages, path)
    sweeps = tuple(all_sweeps[number] for number in selection.numbers)
    voltage = channels[1] if voltages else None
    command, warnings = chosen_command(sweeps, voltage, rate_Hz, options, path, selection=selection)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="ATF",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channels[0],
        channels=channels,
        warnings=warnings,
        header={name: value for name, value in table.facts.items() if name in FACTS_SHOWN and value},
        selection=selection,
    )


def _sampling_rate_Hz(time_s: Samples, file: Path) -> float:
    """Sampling rate [Hz] from the whole length of the time column, because its numbers have few digits."""
    if not float(time_s[-1:][0]) > float(time_s[:1][0]):
        raise _damaged("its time column does not increase", file)
    step_s = even_step(time_s)
    if step_s is None:
        raise _damaged("its time column is not evenly spaced", file)
    return 1.0 / step_s


def _current_columns(table: AtfTable, wanted: str | None, path: Path) -> list[int]:
    """Columns of one current signal: the one named ``wanted``, else the only one."""
    columns = [n for n, unit in enumerate(table.units) if role_of(unit) == CURRENT]
    names = sorted({table.signals[n] for n in columns})
    if wanted is not None:
        columns = [n for n in columns if table.signals[n].lower() == wanted.strip().lower()]
    elif len(names) > 1:
        raise RecordingRefused(
            "the file has several current signals",
            file=path,
            found=", ".join(names),
            expected="the name of one of them",
            remedy="Write the name of the cell's signal in the column 'channel' of the recording sheet",
        )
    if not columns:
        raise RecordingRefused(
            "no column has a unit of current" if wanted is None else f"there is no current signal '{wanted}'",
            file=path,
            found=", ".join(names) or ", ".join(sorted(set(table.units))),
        )
    return columns


def _sweeps(table: AtfTable, currents: list[int], voltages: list[int], path: Path) -> tuple[Sweep, ...]:
    def scaled(column: int) -> StoredSamples:
        factor = factor_to_pA_or_mV(table.units[column])
        return table.columns[column].changed(lambda samples: samples * factor)

    starts_s = _starts_s(table, len(currents), path)
    return tuple(
        Sweep(starts_s[n], scaled(column), scaled(voltages[n]) if voltages else None)
        for n, column in enumerate(currents)
    )


def _starts_s(table: AtfTable, sweeps: int, path: Path) -> list[float]:
    """Start of each sweep [s] from the header; without them, sweeps follow each other without a gap."""
    try:
        starts_s = [float(word) * 1e-3 for word in table.facts.get("SweepStartTimesMS", "").split(",") if word]
    except ValueError:
        raise _damaged("the start times of its sweeps are not numbers", path) from None
    length_s = float(table.time_s[-1:][0] - table.time_s[:1][0])
    return starts_s[:sweeps] if len(starts_s) >= sweeps else [n * length_s for n in range(sweeps)]
