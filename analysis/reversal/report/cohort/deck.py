"""Slides for the lab meeting: failures, cohort figures, and one slide per cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reversal.report.cell.answers import counts_sentence, leak_sentence, nernst_sentence, ratio_sentence
from reversal.report.cell.series_figure import reversal_series
from reversal.report.cohort.cohort_figures import drawn_cohort
from reversal.report.cohort.morning_page import failures_of
from reversal.report.figure.style import styled
from reversal.report.inputs import Night
from reversal.report.text.labels import counted, in_condition, one_line, outside
from reversal.report.text.typeset import png_of
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pptx.presentation import Presentation
    from pptx.slide import Slide

MOST_CELLS = 40
FAILURES_A_SLIDE = 6
FAILURE_SLIDES = 4
FACTS_A_SLIDE = 8
DOTS_PER_INCH = 170
SERIES_INCH = 6.2
SMALLEST_TYPE = 10  # pt
MEAN_CHARACTER = 0.53  # width over size, Arial with its wider capitals and digits
WIDTH_INCH, HEIGHT_INCH, MARGIN_INCH = 13.333, 7.5, 0.6
INK, RED, GREY = "1A1A1A", "A30000", "595959"


def lab_meeting_deck(path: Path, night: Night) -> None:
    """Write the slides, complete or not at all; the same night gives the same bytes."""
    import pptx
    from pptx.util import Inches

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH_INCH), Inches(HEIGHT_INCH)
    deck.core_properties.title = "Reversal: the night's recordings"
    deck.core_properties.author = "Reversal"
    _title_slide(deck, night)
    _failure_slides(deck, night)
    for drawn in drawn_cohort(night):
        slide = _slide(deck, drawn.title)
        picture, size = _rendered(drawn.figure)
        _picture(slide, picture, size, drawn.described, (MARGIN_INCH, 1.2, WIDTH_INCH - 2 * MARGIN_INCH, 5.3))
        _text(slide, [drawn.described], 6.6, 14, GREY)
    _cell_slides(deck, night)
    stream = io.BytesIO()
    deck.save(stream)
    with whole_file(path) as target:
        _without_dates(stream, target)


def _title_slide(deck: Presentation, night: Night) -> None:
    about = night.provenance
    slide = _slide(deck, "The night's recordings")
    cells = len({row.cell for row in night.tables.recordings})
    lines = [
        f"{counted(cells, 'cell')}, {counts_sentence(night.tables.recordings)}",
        f"Recorded {about.recorded}, configuration {about.configuration_hash}, "
        f"Reversal {about.versions.get('reversal', '')}",
    ]
    _text(slide, lines, 2.6, 24)


def _failure_slides(deck: Presentation, night: Night) -> None:
    failures = failures_of(night)
    if not failures:
        _text(_slide(deck, "Nothing failed"), [counts_sentence(night.tables.recordings) + "."], 1.6, 20)
        return
    shown = failures[: FAILURES_A_SLIDE * FAILURE_SLIDES]
    for start in range(0, len(shown), FAILURES_A_SLIDE):
        some = shown[start : start + FAILURES_A_SLIDE]
        of = f" ({start + 1} to {start + len(some)} of {len(failures)})" if len(failures) > FAILURES_A_SLIDE else ""
        slide = _slide(deck, f"What failed{of}", RED)
        lines = [f"{one_line(f.place, 60)}: {one_line(f.reason, 320)}" for f in some]
        if start + len(some) == len(shown) < len(failures):
            lines.append(f"… and {len(failures) - len(shown)} more on the morning page")
        _text(slide, lines, 1.3, 20)


def _cell_slides(deck: Presentation, night: Night) -> None:
    cells = list(dict.fromkeys(row.cell for row in night.tables.recordings))
    for cell in cells[:MOST_CELLS]:
        _cell_slide(deck, night, cell)
    rest = cells[MOST_CELLS:]
    if rest:
        slide = _slide(deck, f"{len(rest)} further cells")
        _text(
            slide,
            ["Their results are on the morning page and in the cohort tables.", one_line(", ".join(rest), 900)],
            1.4,
            16,
        )


def _cell_slide(deck: Presentation, night: Night, cell: str) -> None:
    slide = _slide(deck, f"Cell {one_line(cell, 50)}")
    ratios = [row for row in night.tables.permeabilities if row.cell == cell]
    lines = [row for row in night.tables.nernst if row.cell == cell]
    made = [row for row in night.tables.recordings if row.cell == cell]
    failed = [row for row in made if row.status is Status.FAILED]
    words = [_fact(row, f"{ratio_sentence(row)} {leak_sentence(row)}".strip(), [*ratios, *lines]) for row in ratios]
    words += [_fact(row, f"{nernst_sentence(row)} {leak_sentence(row)}".strip(), [*ratios, *lines]) for row in lines]
    words.append(counts_sentence(made))
    words += [f"{one_line(row.recording, 40)}: {one_line(row.reason or '', 320)}" for row in failed]
    if len(words) > FACTS_A_SLIDE:
        words = [*words[: FACTS_A_SLIDE - 1], "… more on the cell's page"]
    series = [row for row in night.tables.reversals if row.cell == cell and row.out_mM and row.e_rev_mV is not None]
    if series:
        _series_picture(slide, night, cell, series[0])
        _text(slide, words, 1.4, 17, left=7.1, width=WIDTH_INCH - 7.1 - MARGIN_INCH)
    else:
        _text(slide, [*words, "No reversal potential was found in this cell."], 1.4, 18)


def _fact(row: PermeabilityRow | NernstRow, sentence: str, all_rows: Sequence[PermeabilityRow | NernstRow]) -> str:
    several = len({(r.experiment, r.condition) for r in all_rows}) > 1
    return one_line(in_condition(row.condition, sentence, several), 260)


def _series_picture(slide: Slide, night: Night, cell: str, first: ReversalRow) -> None:
    """Draw the first bath series of the cell; the others are on its page."""
    key = (first.experiment, first.condition)
    selected = [r for r in night.tables.reversals if r.cell == cell and (r.experiment, r.condition) == key]
    curves = [c for c in night.tables.curves if c.cell == cell and (c.experiment, c.condition) == key]
    label = outside(first.ion, night.charges.get(first.ion))
    described = f"Reversal potential of cell {cell} against {label}, {first.condition}"
    drawing = reversal_series(selected, curves, label, "series")
    picture = png_of(drawing.svg(described), SERIES_INCH, DOTS_PER_INCH)
    _picture(slide, picture, (drawing.width, drawing.height), described, (MARGIN_INCH, 1.4, SERIES_INCH, 5.4))


def _slide(deck: Presentation, title: str, colour: str = INK) -> Slide:
    """Add a slide with a title placeholder, which outlines and screen readers use."""
    from pptx.util import Inches, Pt

    slide: Slide = deck.slides.add_slide(deck.slide_layouts[5])  # the template's "Title Only"
    shape: Any = slide.shapes.title
    shape.left, shape.top = Inches(MARGIN_INCH), Inches(0.35)
    shape.width, shape.height = Inches(WIDTH_INCH - 2 * MARGIN_INCH), Inches(0.8)
    shape.text_frame.text = one_line(title, 90)
    shape.text_frame.word_wrap = True
    _look(shape.text_frame.paragraphs[0], Pt(28), colour, bold=True)
    return slide


def _text(
    slide: Slide,
    lines: Sequence[str],
    top: float,
    size: int,
    colour: str = INK,
    left: float = MARGIN_INCH,
    width: float = WIDTH_INCH - 2 * MARGIN_INCH,
) -> None:
    from pptx.util import Inches, Pt

    height = HEIGHT_INCH - top - 0.3
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    size = next((s for s in range(size, SMALLEST_TYPE, -1) if type_height(lines, s, width) <= height), SMALLEST_TYPE)
    frame = box.text_frame
    frame.word_wrap = True
    for n, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.text = one_line(line, 1000)
        paragraph.space_after = Pt(size * 0.5)
        _look(paragraph, Pt(size), colour)


def type_height(lines: Sequence[str], size: int, width: float) -> float:
    """Height [inch] of paragraphs with a font size [pt] in a box of a given width [inch]."""
    a_line = max(int((width - 0.2) / (MEAN_CHARACTER * size / 72)), 1)
    wrapped = sum(-(-max(len(line), 1) // a_line) for line in lines)
    return (1.2 * wrapped + 0.5 * len(lines)) * size / 72


def _look(paragraph: Any, size: int, colour: str, bold: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = PP_ALIGN.LEFT
    font = paragraph.font
    font.size, font.bold, font.name = size, bold, "Arial"
    font.color.rgb = RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]


def _rendered(figure: Figure) -> tuple[bytes, tuple[float, float]]:
    """PNG of a Matplotlib figure, and its width and height."""
    stream = io.BytesIO()
    with styled():
        figure.savefig(stream, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    width, height = figure.get_size_inches()
    return stream.getvalue(), (float(width), float(height))


def _picture(
    slide: Slide, png: bytes, size: tuple[float, float], described: str, box: tuple[float, float, float, float]
) -> None:
    """Add a picture to a box without changing its aspect ratio, with its description as alternative text.

    size : width and height of the picture, in any unit
    box : left, top, width and height [inch]
    """
    from pptx.util import Inches

    left, top, width, height = box
    scale = min(width / size[0], height / size[1])
    shape = slide.shapes.add_picture(
        io.BytesIO(png), Inches(left), Inches(top), Inches(size[0] * scale), Inches(size[1] * scale)
    )
    properties = shape._element.find(".//{*}cNvPr")  # python-pptx has no function for alternative text
    properties.set("descr", described)


def _without_dates(stream: io.BytesIO, target: Path) -> None:
    """Copy the archive with a fixed date for every part, because python-pptx writes the current time."""
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), made.read(name), zipfile.ZIP_DEFLATED)
