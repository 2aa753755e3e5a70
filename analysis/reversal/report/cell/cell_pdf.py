"""Report of a cell as an A4 PDF, with the figures and tables of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reversal.report.cell.answers import NO_USABLE_REVERSAL, counts_sentence
from reversal.report.cell.cell_figures import CellFigures, SeriesDrawn
from reversal.report.cell.cell_story import CellStory
from reversal.report.text.labels import one_line, status_class
from reversal.report.text.pages import Drawn
from reversal.report.text.tabulated import Table, TableEntry
from reversal.report.text.typeset import Words, breakable, drawable, letters_without_font, printable, typeset
from reversal.tables.whole_file import whole_file

TEMPLATE = "cell.typ"
LONGEST_WORD = 16  # characters that are kept together; longer words (hashes, paths) may break
READABLE = 26  # characters of a line of a sentence, if there is room
SMALLEST_SIZE = 0.87  # of the font, before sentences and numbers are broken more often
PAGE_CHARACTERS = 133  # on a line of a table over the full width
LONGEST_ANSWER, LONGEST_TROUBLE, MOST_TROUBLES = 300, 170, 6  # on the first page; the tables have all
SUMMARY_CHARACTERS = 58  # on a line of the table next to a figure
HEAD_LINES = 3
HEAD = 1.18  # width of bold characters of the head, over that of the numbers
LONGEST_ROW = 1500  # characters; rows of longer texts may continue on the next page
MOST_CODES = 40  # that are listed of letters without a font
GAP = 2.5  # characters between columns


def write_pdf(path: Path, story: CellStory, figures: CellFigures) -> None:
    """Write the report as PDF, complete or not at all, without a date."""
    with whole_file(path) as target:
        content = _content(story, figures)
        target.write_bytes(typeset(TEMPLATE, content | {"boxes": _boxes(letters_without_font(content))}))


def _boxes(letters: Sequence[str]) -> str:
    """What the boxes of the PDF are; empty without any."""
    if not letters:
        return ""
    codes = ", ".join(f"U+{ord(letter):04X}" for letter in letters[:MOST_CODES])
    more = ", …" if len(letters) > MOST_CODES else ""
    return (
        f"Letters that are boxes here, because no font has them: {codes}{more}. The web page of the cell shows them. "
        "Chinese, Japanese and Korean are printed if the computer has the font Noto Sans CJK (Debian: fonts-noto-cjk)."
    )


def _content(story: CellStory, figures: CellFigures) -> dict[str, Any]:
    return {
        "title": printable(f"Cell {story.cell}"),
        "heading": breakable(f"Cell {story.cell}"),
        "counts": counts_sentence(story.recordings),
        "answers": [
            {"text": breakable(one_line(fact.sentence, LONGEST_ANSWER)), "status": status_class(fact.status)}
            for fact in story.facts
        ],
        "no_answers": NO_USABLE_REVERSAL,
        "troubles": [
            {
                "place": breakable(t.place),
                "text": breakable(one_line(t.reason, LONGEST_TROUBLE)),
                "status": status_class(t.status),
            }
            for t in story.troubles[:MOST_TROUBLES]
        ],
        "more_troubles": max(len(story.troubles) - MOST_TROUBLES, 0),
        "series": [_series(series) for series in figures.series if series.wide or series.narrow],
        "about": breakable(story.provenance.about),
        "chosen": [_figure(drawn) for drawn in figures.chosen],
        "budget": [_figure(drawn) for drawn in figures.budget],
        "profiles": [_figure(drawn) for series in figures.series for drawn in series.profiles],
        "sweeps": [_figure(drawn) for drawn in figures.sweeps],
        "numbers": _tables(story.numbers),
        "tables": _tables((*story.cross_checks, *story.quality, *story.origins)),
        "messages": [{"place": breakable(name), "text": breakable(words)} for name, words in story.warnings],
        "foot": _foot(story),
    }


def _series(series: SeriesDrawn) -> dict[str, Any]:
    return {
        "title": breakable(series.title),
        "wide": [_figure(drawn) for drawn in series.wide],
        "narrow": [_figure(drawn) for drawn in series.narrow],
        "summary": _table(series.summary, SUMMARY_CHARACTERS) if series.narrow else None,
    }


def _figure(drawn: Drawn) -> dict[str, Any]:
    return {"drawing": drawable(drawn.drawing), "caption": breakable(drawn.caption)}


def _tables(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [_table(table, PAGE_CHARACTERS) for table in tables if table.body]


def _table(table: Table, characters: int) -> dict[str, Any]:
    lines = [_line(row) for row in table.body]
    widths = _column_widths(Table(table.caption, table.head, tuple(line.entries for line in lines)), characters)
    return {
        "caption": breakable(table.caption),
        "head": [breakable(name) for name in table.head],
        "numeric": [entry.number for entry in table.body[0]],
        "widths": widths,
        "size": min(characters / sum(widths), 1.0),
        "body": [{"entries": [_shown(e) for e in line.entries], "reason": _shown(line.reason)} for line in lines],
        "breakable": any(len(entry.text) > LONGEST_ROW for row in table.body for entry in row),
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """Row of a table; a long reason of a status is a line of its own below it."""

    entries: tuple[TableEntry, ...]
    reason: TableEntry | None


def _line(row: tuple[TableEntry, ...]) -> _Line:
    last = row[-1]
    word, colon, reason = last.text.partition(": ")
    if last.status is None or len(last.text) <= READABLE or not colon:
        return _Line(row, None)
    return _Line((*row[:-1], replace(last, text=word)), replace(last, text=reason))


def _shown(entry: TableEntry | None) -> tuple[Words, str | None] | None:
    if entry is None:
        return None
    return breakable(entry.text), status_class(entry.status) if entry.status else None


def _column_widths(table: Table, characters: int) -> list[float]:
    """Widths of columns [characters] that fill a line. If their sum is larger, the table needs a smaller font."""
    columns = list(zip(table.head, zip(*table.body, strict=True), strict=True))
    widths = [HEAD * len(name) for name, _ in columns]
    widths = [max(width, *_lengths(entries)) + GAP for width, (_, entries) in zip(widths, columns, strict=True)]
    for fewest, room in ((_readable, characters), (_longest_word, characters / SMALLEST_SIZE)):
        least = [max(_head(name), fewest(entries)) + GAP for name, entries in columns]
        widths = _reduced(widths, least, room)
    if sum(widths) < characters and not table.body[0][-1].number:
        widths[-1] += characters - sum(widths)
    return widths


def _reduced(widths: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Widths of which the largest are reduced by one character after another, until all fit or all are least."""
    reduced = list(widths)
    while sum(reduced) > room:
        spare = [width - fewest for width, fewest in zip(reduced, least, strict=True)]
        widest = max(range(len(spare)), key=spare.__getitem__)
        if spare[widest] <= 0:
            break
        reduced[widest] -= min(1.0, spare[widest])
    return reduced


def _head(name: str) -> float:
    return HEAD * max((len(name) / HEAD_LINES, *map(len, name.split())))


def _readable(entries: Sequence[TableEntry]) -> int:
    """Characters that keep a number or a short text on one line and make a sentence readable."""
    if entries[0].number:
        return max(_lengths(entries))
    return max(length if length <= LONGEST_WORD else READABLE for length in _lengths(entries))


def _longest_word(entries: Sequence[TableEntry]) -> int:
    return max(min(max(map(len, entry.text.split()), default=0), LONGEST_WORD) for entry in entries)


def _lengths(entries: Sequence[TableEntry]) -> list[int]:
    return [len(entry.text) for entry in entries]


def _foot(story: CellStory) -> Words:
    about = story.provenance
    version = about.versions.get("reversal", "")
    project = one_line(about.project, 40)
    origin = f"configuration {about.configuration_hash} · {project}, recorded {about.recorded}"
    return breakable(f"Cell {one_line(story.cell, 40)} · Reversal {version} · {origin}")
