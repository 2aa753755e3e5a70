"""Tables of a PDF: the place of each line of each entry.

Typst has tables of its own, but sets each of their texts twice to find the heights of the rows: this takes five times
as long as lines at known places. All lengths are in em, the size of the font of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from reversal.report.text.labels import status_class
from reversal.report.text.line_breaks import broken, text_width
from reversal.report.text.tabulated import Table, TableEntry, without_repeats
from reversal.report.text.typeset import breakable, printable, with_symbols
from reversal.tables.status import Status

SIZE_pt = 6.3  # of the font, unless a table needs a smaller one
SMALLEST = 0.87  # of this size, before sentences and numbers are broken more often
GAP = 1.3  # between columns
EDGE = 0.35  # above and below the lines of a row
CAPITAL, LINE = 0.73, 1.13  # height of a line, distance of two lines
WORD = 9.6  # a longer word (a hash, a path) may break
SENTENCE = 15.6  # width of a line of a sentence, if there is room
HEAD_LINES = 3
LONGEST_STATUS = 26  # characters; the reason in a longer one is below its row
MOST_LINES = 40  # of a row on one page
WHOLE = 24.0  # height of a table that is on one page

Row = Sequence[TableEntry]


class _Line(NamedTuple):
    """A line of an entry: its left edge, its number in the row, and the status of the entry."""

    left: float
    number: int
    text: str
    status: Status | None


def printed_table(table: Table, room_pt: float) -> dict[str, Any]:
    """Content of a table for a template; it fills a given width."""
    shown = without_repeats(table)
    rows = [_without_reason(row) for row in shown.body]
    edges = _edges(shown.head, [row for row, _ in rows], room_pt / SIZE_pt)
    names = [TableEntry(name, number=of.number) for name, of in zip(shown.head, shown.body[0], strict=True)]
    body = [_with_reason(_lines(row, edges), reason, edges) for row, reason in rows]
    printed = [
        *_printed(_lines(names, edges, bold=True), "head"),
        *(part for lines in body for part in _printed(lines)),
    ]
    return {
        "caption": breakable(shown.caption),
        "note": [with_symbols(line) for line in broken(printable(shown.note), room_pt / SIZE_pt)] if shown.note else [],
        "size": min(room_pt / edges[-1], SIZE_pt),
        "width": edges[-1],
        "rows": printed,
        "breakable": sum(row["height"] for row in printed) > WHOLE,
    }


def _without_reason(row: Row) -> tuple[Row, TableEntry | None]:
    """A row, and the reason of its status if it is long."""
    last = row[-1]
    word, colon, reason = last.text.partition(": ")
    if last.status is None or len(last.text) <= LONGEST_STATUS or not colon:
        return row, None
    return (*row[:-1], TableEntry(word, last.status)), TableEntry(reason, last.status)


def _lines(row: Row, edges: Sequence[float], bold: bool = False) -> list[_Line]:
    lines = []
    for entry, (left, right) in zip(row, pairwise(edges), strict=True):
        for number, text in enumerate(broken(printable(entry.text), right - GAP - left, bold)):
            place = max(right - GAP - text_width(text, bold), left) if entry.number else left
            lines.append(_Line(place, number, text, entry.status))
    return lines


def _with_reason(lines: list[_Line], reason: TableEntry | None, edges: Sequence[float]) -> list[_Line]:
    """Lines of a row, with the reason of its status below them over the whole width."""
    if reason is None:
        return lines
    first = 1 + max(line.number for line in lines)
    texts = broken(printable(reason.text), edges[-1] - 2 * GAP)
    return [*lines, *(_Line(GAP, number, text, reason.status) for number, text in enumerate(texts, first))]


def _printed(lines: Sequence[_Line], rule: str = "row") -> Iterator[dict[str, Any]]:
    """Content of a row; in several parts if it is too long for a page. ``rule`` is the line below it."""
    count = 1 + max(line.number for line in lines)
    for first in range(0, count, MOST_LINES):
        stop = min(first + MOST_LINES, count)
        part = [line for line in lines if first <= line.number < stop]
        yield {
            "height": LINE * (stop - first - 1) + CAPITAL + 2 * EDGE,
            "rule": rule if stop == count else "open",
            "lines": [
                (line.left, EDGE + LINE * (line.number - first), with_symbols(line.text), _colour(line.status))
                for line in part
            ],
        }


def _colour(status: Status | None) -> str | None:
    """Name of the colour of a status; None for the colour of all texts."""
    return None if status in (None, Status.OK) else status_class(status)


def _edges(head: Sequence[str], body: Sequence[Row], room: float) -> list[float]:
    """Edges of columns that fill a line. If they are more than the room, the table needs a smaller font."""
    columns = list(zip(head, zip(*body, strict=True), strict=True))
    widths = [GAP + max(text_width(name, bold=True), *_widths(entries)) for name, entries in columns]
    for narrow, available in ((_readable, room), (_longest_word, room / SMALLEST)):
        if sum(widths) > available:
            widths = _reduced(widths, [GAP + max(_head(name), narrow(of)) for name, of in columns], available)
    spare = max(room - sum(widths), 0.0)
    if body[0][-1].number:
        widths = [width * (1 + spare / sum(widths)) for width in widths]
    else:
        widths[-1] += spare
    return [0.0, *accumulate(widths)]


def _head(name: str) -> float:
    return max([text_width(name, bold=True) / HEAD_LINES, *(text_width(word, bold=True) for word in name.split())])


def _readable(entries: Row) -> float:
    """Width that keeps a number or a short text on one line and makes a sentence readable."""
    if entries[0].number:
        return max(_widths(entries))
    return max(width if width <= WORD else min(width, SENTENCE) for width in _widths(entries))


def _longest_word(entries: Row) -> float:
    return max((min(text_width(word), WORD) for entry in entries for word in entry.text.split()), default=0.0)


def _widths(entries: Row) -> list[float]:
    return [text_width(entry.text) for entry in entries]


def _reduced(widths: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Widths of which those with most to spare are reduced, until all fit or all are least."""
    spare = [width - fewest for width, fewest in zip(widths, least, strict=True)]
    excess, level, largest = sum(widths) - room, 0.0, sorted(spare, reverse=True)
    for count, lower in enumerate([*largest[1:], 0.0], 1):
        level = max((sum(largest[:count]) - excess) / count, 0.0)
        if level >= lower:
            break
    return [width - max(one - level, 0.0) for width, one in zip(widths, spare, strict=True)]
