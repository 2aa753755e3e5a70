"""Reader of text tables (CSV, TXT): a column of time, columns of current, columns of recorded voltage.

Titles above the table give names and units (:mod:`column_titles`). They are used, and a declared protocol must agree
with them. Without titles, all columns but the time are sweeps of the current, and the protocol gives their unit. A
table can have one voltage for each sweep, or one for all of them; it is compared with a declared command, or is the
command.
Tested on real CSV files, and on tables with titles written for the tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.channel_choice import is_command_copy
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.formats.array_files import TextTable
from reversal.recordings.formats.column_titles import TIME, UNITS, ColumnTitle, column_titles, known_unit
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import Channel, RecordingRefused
from reversal.recordings.recording.stored_samples import Samples, changed
from reversal.recordings.recording.units import CURRENT, TIME_TO_S, VOLTAGE, factor_to_pA_or_mV
from reversal.recordings.recordings_constants import DECLARED_RATE_TOLERANCE

UNIT_IN_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]")
CURRENT_UNIT_IN_TEXT = re.compile(r"(?<![A-Za-z])(fA|pA|nA|[uµμ]A|mA)(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Columns of a table with titles, each with its unit.

    currents, voltages : shape (samples,) [pA and mV], a voltage for each current or none
    rate_Hz : from the time column, or None
    unused : titles of columns that are neither time nor a current or voltage of the cell
    """

    currents: list[Samples]
    voltages: list[Samples]
    rate_Hz: float | None
    current: Channel
    voltage: Channel | None
    unused: tuple[str, ...]


def titled_columns(table: TextTable, options: ReadingOptions, path: Path) -> TableColumns | None:
    """Columns of a table by their titles; None if no title has a unit or shows a time or a voltage.

    Raises RecordingRefused if titles and protocol contradict each other, or if the titles are not clear.
    """
    titles = column_titles(table.titles)
    protocol = options.protocol
    if not any(title.role == CURRENT for title in titles):
        _check_units_in_words(table.lines_before, protocol, path)
    if not titles:
        _refuse_titles_of_other_columns(table, path)
        return None
    columns = dict(enumerate(table.numbers.T.rows()))
    currents = _current_columns(titles, options, path)
    voltages = _voltage_columns(titles, currents, path)
    times = [n for n, title in enumerate(titles) if title.role == TIME]
    used = {*currents, *voltages, *times}
    units = {n: titles[n].unit or _declared_unit(protocol, titles[n], path) for n in currents}
    scale = 1.0 if protocol is None else protocol.scale
    first = titles[currents[0]]
    return TableColumns(
        currents=[_scaled(columns[n], factor_to_pA_or_mV(units[n]) * scale) for n in currents],
        voltages=[_scaled(columns[n], factor_to_pA_or_mV(titles[n].unit)) for n in voltages],
        rate_Hz=_rate_Hz([(titles[n], columns[n]) for n in times], protocol, path),
        current=Channel(first.name or options.channel or "current", units[currents[0]], CURRENT),
        voltage=Channel(titles[voltages[0]].name or "voltage", titles[voltages[0]].unit, VOLTAGE) if voltages else None,
        unused=tuple(f"{title.name} ({title.unit})" for n, title in enumerate(titles) if n not in used),
    )


def _scaled(column: Samples, factor: float) -> Samples:
    return changed(column, lambda samples: samples * factor)


def _current_columns(titles: Sequence[ColumnTitle], options: ReadingOptions, path: Path) -> list[int]:
    """Columns of the one current signal, or of the one that ``channel`` names."""
    found = [n for n, title in enumerate(titles) if title.role == CURRENT]
    if not found:
        found = [n for n, title in enumerate(titles) if title.role == ""]
    signals = sorted({titles[n].signal for n in found})
    if options.channel is not None and any(titles[n].name for n in found):
        wanted = options.channel.strip().lower()
        found = [n for n in found if wanted in (titles[n].signal, titles[n].name.lower())]
    elif len(signals) > 1:
        raise RecordingRefused(
            "the table has several current signals",
            file=path,
            found=", ".join(titles[n].name for n in found),
            expected="sweeps of one signal, with titles such as 'Sweep 1 (pA)', 'Sweep 2 (pA)'",
            remedy="Write the name of the cell's signal in the column 'channel' of the recording sheet",
        )
    if not found:
        raise RecordingRefused(
            "no column is a current" if options.channel is None else f"there is no current column '{options.channel}'",
            file=path,
            found=", ".join(signals) or ", ".join(f"{title.name} ({title.unit})" for title in titles),
            expected="a column with a unit of current, such as 'Im (pA)'",
        )
    stated = {titles[n].unit for n in found} - {""}
    _check_declared_unit(stated, options.protocol, path)
    _check_scale(stated, options.protocol, path)
    return found


def _check_declared_unit(stated: set[str], protocol: Protocol | None, path: Path) -> None:
    """Raise RecordingRefused if the declared unit of the current is not that of the titles."""
    declared = None if protocol is None else protocol.current_unit
    if declared is not None and stated and stated != {declared}:
        raise RecordingRefused(
            "the declared unit of the current is not that in the file",
            file=path,
            found=f"{', '.join(sorted(stated))} in the file, current_unit: {declared} in the protocol",
            expected="the same unit",
            remedy="Correct or remove current_unit of the protocol; if the title is wrong, correct it in the file",
        )


def _check_scale(stated: set[str], protocol: Protocol | None, path: Path) -> None:
    """Raise RecordingRefused if a factor is declared for a current whose unit is in the titles.

    One of them would not count: a factor of 1000 for a title in nA is the unit once more.
    """
    if protocol is not None and stated and abs(protocol.scale) != 1.0:
        raise RecordingRefused(
            "the titles give the unit of the current, and the protocol also declares a factor",
            file=path,
            found=f"{', '.join(sorted(stated))} in the file, scale: {protocol.scale:g} in the protocol",
            expected="a scale of 1, or of -1 to invert the sign",
            remedy="Remove scale from the protocol; if the title is wrong, correct it in the file",
        )


def _check_units_in_words(lines: Sequence[str], protocol: Protocol | None, path: Path) -> None:
    """The same for a unit that is somewhere in the words before the table."""
    stated = {known_unit(unit) or unit for line in lines for unit in CURRENT_UNIT_IN_TEXT.findall(line)}
    if protocol is not None and protocol.current_unit not in stated:
        _check_declared_unit(stated, protocol, path)


def _refuse_titles_of_other_columns(table: TextTable, path: Path) -> None:
    """Raise RecordingRefused if a line with units of time, current or voltage does not fit the columns."""
    for line in table.lines_before:
        roles = {UNITS[unit] for word in UNIT_IN_BRACKETS.findall(line) if (unit := known_unit(word)) is not None}
        if len(roles) > 1:
            raise RecordingRefused(
                "the titles do not fit the columns of the table",
                file=path,
                found=line,
                expected=f"{table.numbers.shape[1]} titles, divided like the numbers",
                remedy="Write one title for each column",
            )


def _declared_unit(protocol: Protocol | None, title: ColumnTitle, path: Path) -> str:
    if protocol is None or protocol.current_unit is None:
        raise RecordingRefused(
            "a column of current has no unit",
            file=path,
            place=f"column '{title.name}'",
            remedy="Write the unit in the title, such as 'Im (pA)', or declare current_unit in the protocol",
        )
    return protocol.current_unit


def _voltage_columns(titles: Sequence[ColumnTitle], currents: Sequence[int], path: Path) -> list[int]:
    """A voltage column for each current column, by order or one for all; empty if the table has none."""
    by_signal: dict[str, list[int]] = {}
    for n, title in enumerate(titles):
        if title.role == VOLTAGE:
            by_signal.setdefault(title.signal, []).append(n)
    if not by_signal:
        return []
    fitting = [columns for columns in by_signal.values() if len(columns) in (1, len(currents))]
    recorded = [c for c in fitting if not is_command_copy(Channel(titles[c[0]].name, titles[c[0]].unit, VOLTAGE))]
    if len(fitting) > 1 and len(recorded) == 1:
        fitting = recorded
    if len(fitting) != 1:
        listed = ", ".join(title.name for title in titles if title.role == VOLTAGE)
        raise RecordingRefused(
            "it is not clear which voltage belongs to which current",
            file=path,
            found=f"{len(currents)} current columns; voltage columns {listed}",
            expected="one voltage column for each current column, or one for all",
        )
    columns = fitting[0]
    if not titles[columns[0]].unit:
        raise RecordingRefused(
            "a column of voltage has no unit",
            file=path,
            place=f"column '{titles[columns[0]].name}'",
            remedy="Write the unit in the title, such as 'Vm (mV)'",
        )
    return columns if len(columns) == len(currents) else [columns[0]] * len(currents)


def _rate_Hz(times: list[tuple[ColumnTitle, Samples]], protocol: Protocol | None, path: Path) -> float | None:
    """Sampling rate [Hz] of the time column, which must agree with the declared one; None if there is neither."""
    declared = None if protocol is None else protocol.sample_rate_Hz
    if not times:
        return declared
    title, values = times[0]
    step = even_step(values)
    if step is None:
        raise RecordingRefused(
            "the time column does not increase evenly",
            file=path,
            place=f"column '{title.name}'",
            remedy="Write the samples of one sweep below each other, each sweep in its own column",
        )
    units_s = [TIME_TO_S[title.unit]] if title.unit else [1.0, 1e-3]
    if declared is None:
        if not title.unit:
            raise RecordingRefused(
                "the time column has no unit",
                file=path,
                place=f"column '{title.name}'",
                remedy="Write the unit in the title, such as 'Time (ms)', or declare sample_rate_Hz in the protocol",
            )
        return float(f"{1.0 / (step * units_s[0]):.9g}")
    if all(abs(step * declared * unit_s - 1) > DECLARED_RATE_TOLERANCE for unit_s in units_s):
        raise RecordingRefused(
            "the time column and the declared sampling rate disagree",
            file=path,
            found=f"a step of {step:g} {title.unit}".rstrip(),
            expected=" or ".join(f"{1 / (declared * unit_s):g}" for unit_s in units_s),
            remedy="Correct sample_rate_Hz of the protocol",
        )
    return declared
