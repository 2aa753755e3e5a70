"""Report of a cell as an A4 PDF, with the figures and tables of the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from reversal.report.cell.answers import NO_USABLE_REVERSAL, counts_sentence
from reversal.report.cell.cell_figures import CellFigures, SeriesDrawn
from reversal.report.cell.cell_story import CellStory
from reversal.report.text.labels import one_line, status_class
from reversal.report.text.pages import Drawn
from reversal.report.text.printed_table import printed_table
from reversal.report.text.tabulated import Table
from reversal.report.text.typeset import Words, breakable, drawable, letters_without_font, printable, typeset

TEMPLATE = "cell.typ"
LONGEST_ANSWER, LONGEST_TROUBLE, MOST_TROUBLES = 300, 170, 6  # on the first page; the tables have all
PAGE_pt = 509.0  # between the margins
NARROW_pt, NARROWER_pt = 280.0, 235.0  # of a figure next to its table, on a page without and with troubles
BETWEEN_pt = 10.0
MOST_CODES = 40  # that are listed of letters without a font


def cell_pdf(story: CellStory, figures: CellFigures) -> bytes:
    """The report as PDF, without a date."""
    content = json.dumps(_content(story, figures), ensure_ascii=False)
    return typeset(TEMPLATE, content=content, boxes=_boxes(letters_without_font(content)))


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
    narrow_pt = NARROWER_pt if story.troubles else NARROW_pt
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
        "narrow": narrow_pt,
        "series": [
            _series(series, PAGE_pt - BETWEEN_pt - narrow_pt)
            for series in figures.series
            if series.wide or series.narrow
        ],
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


def _series(series: SeriesDrawn, room_pt: float) -> dict[str, Any]:
    return {
        "title": breakable(series.title),
        "wide": [_figure(drawn) for drawn in series.wide],
        "narrow": [_figure(drawn) for drawn in series.narrow],
        "summary": printed_table(series.summary, room_pt) if series.narrow else None,
    }


def _figure(drawn: Drawn) -> dict[str, Any]:
    return {"drawing": drawable(drawn.drawing), "caption": breakable(drawn.caption)}


def _tables(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [printed_table(table, PAGE_pt) for table in tables if table.body]


def _foot(story: CellStory) -> Words:
    about = story.provenance
    version = about.versions.get("reversal", "")
    project = one_line(about.project, 40)
    origin = f"configuration {about.configuration_hash} · {project}, recorded {about.recorded}"
    return breakable(f"Cell {one_line(story.cell, 40)} · Reversal {version} · {origin}")
