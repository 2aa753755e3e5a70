"""Axon Text Format: a header of quoted lines, one line of column titles with units, then numbers separated by tabs.

First line ``ATF<tab>version``; second line the number of header lines and of columns; the titles follow the header
lines: ``"Trace #1 (pA)"``. The first column is time. Clampfit writes the sweeps' start times and the signals' names in
the header. Seen: version 1.0 by Clampfit, one signal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reversal.recordings.recording import RecordingRefused

SIGNATURE = b"ATF"
MOST_HEADER_LINES, MOST_COLUMNS = 1000, 10_000
_TITLE = re.compile(r'\s*"?(?P<name>[^"(]*?)\s*(?:\((?P<unit>[^)]*)\))?"?\s*')


@dataclass(frozen=True, slots=True)
class AtfTable:
    """What an ATF file holds.

    facts : header lines ``name=value``
    titles, units, signals : of the columns after time
    time_s : shape (samples,) [s]
    columns : shape (columns, samples), each in its own unit
    """

    facts: dict[str, str]
    titles: tuple[str, ...]
    units: tuple[str, ...]
    signals: tuple[str, ...]
    time_s: NDArray[np.float64]
    columns: NDArray[np.float64]


def read_atf(content: bytes, file: Path) -> AtfTable:
    """Parse an ATF file. Raises RecordingRefused."""
    text = content.decode("cp1252", errors="replace").splitlines()
    try:
        header_lines, columns = (int(word) for word in text[1].split()[:2])
    except (IndexError, ValueError):
        raise _refused("its second line does not give the numbers of header lines and columns", file) from None
    if not (0 <= header_lines <= MOST_HEADER_LINES and 2 <= columns <= MOST_COLUMNS) or len(text) < header_lines + 5:
        raise _refused(f"{header_lines} header lines and {columns} columns do not fit {len(text)} lines", file)
    facts, signals = _facts(text[2 : 2 + header_lines])
    titles = [_TITLE.fullmatch(word) for word in text[2 + header_lines].split("\t")][:columns]
    names = tuple("" if title is None else title["name"].strip() for title in titles)
    units = tuple("" if title is None else (title["unit"] or "").strip() for title in titles)
    numbers = _numbers(text[3 + header_lines :], columns, file)
    factor = {"s": 1.0, "ms": 1e-3, "us": 1e-6}.get(units[0] if units else "")
    if factor is None or len(names) != columns:
        raise _refused("the first column is not a time in s, ms or us, or titles are missing", file)
    return AtfTable(
        facts,
        names[1:],
        units[1:],
        signals if len(signals) == columns - 1 else ("",) * (columns - 1),
        numbers[:, 0] * factor,
        np.ascontiguousarray(numbers[:, 1:].T),
    )


def sampling_rate_Hz(time_s: NDArray[np.float64], file: Path) -> float:
    """Rate of an evenly sampled time column [Hz]; written with few digits, it is taken over its whole length."""
    span = float(time_s[-1] - time_s[0]) if time_s.size > 1 else 0.0
    if not np.isfinite(span) or span <= 0:
        raise _refused("its time column does not rise", file)
    step = span / (time_s.size - 1)
    if np.max(np.abs(np.diff(time_s) - step)) > 0.51 * step:
        raise _refused("its time column is not evenly spaced", file)
    return 1.0 / step


def _facts(lines: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    facts: dict[str, str] = {}
    signals: tuple[str, ...] = ()
    for line in lines:
        name, _, value = line.strip().strip('"').partition("=")
        facts[name] = value
        if name == "Signals":
            signals = tuple(word.strip().strip('"') for word in line.split("\t")[1:])
    return facts, signals


def _numbers(lines: list[str], columns: int, file: Path) -> NDArray[np.float64]:
    try:
        numbers = np.loadtxt(lines, delimiter="\t", ndmin=2, dtype=float)
    except ValueError as fault:
        raise _refused(f"its table cannot be read: {fault}", file) from None
    if numbers.shape[1] != columns or numbers.shape[0] < 2:
        raise _refused(f"its table is {numbers.shape[0]} by {numbers.shape[1]}, not {columns} columns", file)
    return numbers


def _refused(what: str, file: Path) -> RecordingRefused:
    return RecordingRefused(
        f"this ATF file is damaged: {what}", file=file, remedy="Export it again, or use the ABF file it came from"
    )
