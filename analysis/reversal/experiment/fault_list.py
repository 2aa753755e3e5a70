"""The faults of rows and solutions as a list: the worst first, each cause once with the rows that it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reversal.experiment.configuration import Configuration
from reversal.experiment.row_checks import RAW_DIR, RowFault

MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class ListedFault:
    """A cause and the rows of the sheet that it makes unusable.

    file : the file that must be changed
    """

    file: str
    sentence: str
    rows: tuple[int, ...]
    text: str


def listed_faults(
    configuration: Configuration,
    row_faults: Sequence[RowFault],
    solution_faults: Mapping[str, str],
    raw_dir_fault: str | None,
) -> tuple[ListedFault, ...]:
    """Every cause once, that of most rows first; a folder without recordings before all."""
    by_cause: dict[str | None, list[RowFault]] = {}
    for fault in row_faults:
        by_cause.setdefault(fault.cause, []).append(fault)
    found = [
        _outside_the_sheet(str(configuration.solutions), sentence, by_cause.get(name, ()), configuration)
        for name, sentence in solution_faults.items()
    ]
    found += _of_rows(by_cause.get(None, ()), configuration)
    found.sort(key=lambda one: -len(one.rows))
    of_folder = by_cause.get(RAW_DIR, ())
    if of_folder and raw_dir_fault is not None:
        found.insert(0, _outside_the_sheet(str(configuration.raw_dir), raw_dir_fault, of_folder, configuration))
    return tuple(found)


def _outside_the_sheet(
    file: str, sentence: str, faults: Sequence[RowFault], configuration: Configuration
) -> ListedFault:
    rows = tuple(dict.fromkeys(fault.row for fault in faults))
    where = f" It concerns {numbered(rows)} of {configuration.recordings}." if rows else " No row uses it."
    text = sentence if sentence.startswith(file) else f"{file}: {sentence}"
    return ListedFault(file, sentence, rows, f"{text.removesuffix('.')}.{where}")


def _of_rows(faults: Sequence[RowFault], configuration: Configuration) -> list[ListedFault]:
    same: dict[str, list[RowFault]] = {}
    for fault in faults:
        same.setdefault(fault.sentence, []).append(fault)
    sheet = str(configuration.recordings)
    found = []
    for sentence, of_rows in same.items():
        rows = tuple(dict.fromkeys(fault.row for fault in of_rows))
        name = f" (recording {of_rows[0].recording})" if len(rows) == 1 else ""
        text = f"{sheet}, {numbered(rows)}{name}: {sentence.removesuffix('.')}."
        found.append(ListedFault(sheet, sentence, rows, text))
    return found


def numbered(lines: Sequence[int]) -> str:
    """Lines of the sheet in words: row 3; rows 3, 4; a long list is shortened to ranges and their number.

    >>> numbered([2, 3, 4, 5, 6, 7, 8, 9, 12])
    'rows 2-9, 12'
    """
    if len(lines) <= MAX_LISTED:
        return f"row{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
    ordered = sorted(lines)
    ranges, first = [], ordered[0]
    for line, following in zip(ordered, [*ordered[1:], None], strict=True):
        if following != line + 1:
            ranges.append(str(first) if first == line else f"{first}-{line}")
            first = following or 0
    more = f" and more, {len(lines)} rows in all" if len(ranges) > MAX_LISTED else ""
    return f"rows {', '.join(ranges[:MAX_LISTED])}{more}"
