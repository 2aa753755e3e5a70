"""Slides for the lab meeting: what was found, what failed, one slide for each result, and all cells as grids."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reversal.report.cell.answers import counts_sentence
from reversal.report.cohort.attention import Cause, failure_causes
from reversal.report.cohort.cell_grid import CELLS_A_GRID, cell_grid
from reversal.report.cohort.cohort_figures import drawn_cohort
from reversal.report.cohort.example_cell import ExampleCell
from reversal.report.cohort.findings_of_night import night_sentences
from reversal.report.cohort.methods import methods_of
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.drawing import Drawing
from reversal.report.figure.style import SLIDE_SIZE
from reversal.report.inputs import Night
from reversal.report.text.labels import counted, ion_name, one_line
from reversal.report.text.symbols import runs, spoken
from reversal.report.text.typeset import png_of
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

MOST_CELLS = 10 * CELLS_A_GRID
CAUSES_A_SLIDE = 6
CAUSE_SLIDES = 4
LONGEST_REASON, LONGEST_PLACES, LONGEST_FOOT = 320, 120, 150  # characters
DOTS_PER_INCH = 170
SUBSCRIPT = "-25000"  # of the size of the text, in thousandths of a percent
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SVG, SVG_EXTENSION = (
    "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "{96DAC541-7B7A-43D3-8B79-37D633B846F1}",
)
SMALLEST_TYPE = 10  # pt
SMALLEST_ANSWER, ANSWER_TOP_INCH, ANSWER_BOTTOM_INCH = 14, 6.25, 0.45  # pt; from the top and from the bottom
MEAN_CHARACTER = 0.53  # width over size, Arial with its wider capitals and digits
WIDTH_INCH, HEIGHT_INCH, MARGIN_INCH = 13.333, 7.5, 0.6
INK, RED, GREY = "1A1A1A", "A30000", "595959"


def lab_meeting_deck(path: Path, night: Night, example: ExampleCell | None = None) -> None:
    """Write the slides, complete or not at all; the same night gives the same bytes."""
    import pptx
    from pptx.util import Inches

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH_INCH), Inches(HEIGHT_INCH)
    deck.core_properties.title = f"{night.provenance.project}, {night.provenance.recorded}"
    deck.core_properties.author = night.provenance.recorded_by or "Reversal"
    _title_slide(deck, night)
    _failure_slides(deck, night)
    if example is not None:
        _example_slides(deck, night, example)
    for drawn in drawn_cohort(night):
        drawing = drawn.draw(drawn.name, SLIDE_SIZE)
        _figure_slide(deck, night, drawn.question, drawing, drawn.answer, f"{drawn.title}. {drawn.described}")
    _grid_slides(deck, night)
    stream = io.BytesIO()
    deck.save(stream)
    with whole_file(path) as target:
        _without_dates(stream, target)


def _title_slide(deck: Presentation, night: Night) -> None:
    about = night.provenance
    slide = _slide(deck, about.project, night)
    cells = len({row.cell for row in night.tables.recordings})
    lines = [f"{counted(cells, 'cell')}, {counts_sentence(night.tables.recordings)}", *night_sentences(night)]
    _text(slide, lines, 1.5, 22)
    _notes(slide, [*methods_of(night), f"Configuration {about.configuration_hash}."])


def _failure_slides(deck: Presentation, night: Night) -> None:
    """The failures by cause; one paragraph for a cause, however many recordings it has."""
    causes = failure_causes(night)
    shown = causes[: CAUSES_A_SLIDE * CAUSE_SLIDES]
    for start in range(0, len(shown), CAUSES_A_SLIDE):
        some = shown[start : start + CAUSES_A_SLIDE]
        of = f" ({start + 1} to {start + len(some)} of {len(causes)} causes)" if len(causes) > CAUSES_A_SLIDE else ""
        slide = _slide(deck, f"What failed{of}", night, RED)
        lines = [cause_line(cause) for cause in some]
        if start + len(some) == len(shown) < len(causes):
            lines.append(f"… and {len(causes) - len(shown)} more causes on the morning page")
        _text(slide, lines, 1.3, 20)


def cause_line(cause: Cause) -> str:
    """Where it failed, why, and what to do; of several failures their number, and the reason of the first."""
    places = one_line("; ".join(item.place for item in cause.items), LONGEST_PLACES)
    first = cause.items[0].reason
    parts = " ".join(filter(None, (first, cause.common, cause.remedy)))
    reason = one_line(parts.replace("`", ""), LONGEST_REASON)
    if len(cause.items) == 1:
        return f"{one_line(places, 60)}: {reason}"
    return f"{len(cause.items)} failures ({places}). {'First: ' if first else ''}{reason}"


def _example_slides(deck: Presentation, night: Night, example: ExampleCell) -> None:
    """Traces and I–V curves of one cell."""
    ion = example.reversals[0].ion
    seen = against_changed_side(example.reversals, (), ion_name(ion, night.charges.get(ion)))
    example, label = replace(example, reversals=seen.reversals), seen.label
    cell, baths = one_line(example.cell, 40), counted(len(example.reversals), "recording")
    traces, curves = example.traces(), example.curves(label)
    if traces is not None:
        answer = f"Current and command at the lowest, a middle and the highest {label}; the same scale of current."
        _figure_slide(deck, night, f"Recordings of one cell: {cell}", traces, answer, f"{answer} Dashed: zero current.")
    if curves is not None:
        answer = f"I–V curves of {baths} by {label}. Right: near E_rev, with 95 % intervals on the axis."
        _figure_slide(deck, night, f"Where does the current of {cell} reverse?", curves, answer, answer)


def _grid_slides(deck: Presentation, night: Night) -> None:
    """Every cell with a reversal potential, as small plots."""
    series: dict[tuple[str, str], list[ReversalRow]] = {}
    for row in night.tables.reversals:
        if row.out_mM and row.e_rev_mV is not None:
            series.setdefault((row.experiment, row.ion), []).append(row)
    for (experiment, ion), rows in series.items():
        cells = list(dict.fromkeys(row.cell for row in rows))
        seen = against_changed_side(rows, (), ion_name(ion, night.charges.get(ion)))
        by_cell = [[row for row in seen.reversals if row.cell == cell] for cell in cells]
        label = seen.label
        for start in range(0, min(len(cells), MOST_CELLS), CELLS_A_GRID):
            some = by_cell[start : start + CELLS_A_GRID]
            of = f", {start + 1} to {start + len(some)} of {len(cells)}" if len(cells) > CELLS_A_GRID else ""
            title = f"Every cell{of}" + (f" ({experiment})" if len(series) > 1 else "")
            answer = f"E_rev (mV) against {label} (mM), the same scales for all cells. Dashed: Nernst. Open: flagged."
            _figure_slide(deck, night, title, cell_grid(some, f"grid{start}"), answer, answer)


def _figure_slide(deck: Presentation, night: Night, title: str, drawing: Drawing, answer: str, described: str) -> None:
    """A slide with a title, a figure, its answer, and the methods as notes."""
    slide = _slide(deck, title, night)
    _picture(slide, drawing, described, (MARGIN_INCH, 1.15, WIDTH_INCH - 2 * MARGIN_INCH, 5.1))
    said = words_on_slide(answer, described)
    _text(slide, [said], ANSWER_TOP_INCH, 18, bottom=ANSWER_BOTTOM_INCH)
    _notes(slide, [*([] if said == answer else [answer]), described, *methods_of(night)])


def words_on_slide(answer: str, described: str) -> str:
    """The answer, or the start of the description if the answer is too long to be read in a room (many means)."""
    height = HEIGHT_INCH - ANSWER_TOP_INCH - ANSWER_BOTTOM_INCH
    if type_height([answer], SMALLEST_ANSWER, WIDTH_INCH - 2 * MARGIN_INCH) <= height:
        return answer
    return f"{'. '.join(described.split('. ')[:2]).rstrip('.')}."


def _slide(deck: Presentation, title: str, night: Night, colour: str = INK) -> Slide:
    """Add a slide with a title placeholder, which outlines and screen readers use, and a line about the project."""
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches, Pt

    slide: Slide = deck.slides.add_slide(deck.slide_layouts[5])  # the template's "Title Only"
    shape: Any = slide.shapes.title
    shape.left, shape.top = Inches(MARGIN_INCH), Inches(0.35)
    shape.width, shape.height = Inches(WIDTH_INCH - 2 * MARGIN_INCH), Inches(0.8)
    shape.text_frame.word_wrap = True
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _set(shape.text_frame.paragraphs[0], one_line(title, 90), Pt(28), colour, bold=True)
    foot = slide.shapes.add_textbox(
        Inches(MARGIN_INCH), Inches(HEIGHT_INCH - 0.45), Inches(WIDTH_INCH - 2 * MARGIN_INCH), Inches(0.35)
    )
    foot.text_frame.word_wrap = True  # LibreOffice centres a box that does not wrap
    _set(foot.text_frame.paragraphs[0], one_line(night.provenance.about, LONGEST_FOOT), Pt(11), GREY)
    return slide


def _text(
    slide: Slide,
    lines: Sequence[str],
    top: float,
    size: int,
    colour: str = INK,
    left: float = MARGIN_INCH,
    width: float = WIDTH_INCH - 2 * MARGIN_INCH,
    bottom: float = 0.5,
) -> None:
    from pptx.util import Inches, Pt

    height = HEIGHT_INCH - top - bottom
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    size = next((s for s in range(size, SMALLEST_TYPE, -1) if type_height(lines, s, width) <= height), SMALLEST_TYPE)
    frame = box.text_frame
    frame.word_wrap = True
    for n, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.5)
        _set(paragraph, one_line(line, 1000), Pt(size), colour)


def type_height(lines: Sequence[str], size: int, width: float) -> float:
    """Height [inch] of paragraphs with a font size [pt] in a box of a given width [inch]."""
    a_line = max(int((width - 0.2) / (MEAN_CHARACTER * size / 72)), 1)
    wrapped = sum(-(-max(len(line), 1) // a_line) for line in lines)
    return (1.2 * wrapped + 0.5 * len(lines)) * size / 72


def _set(paragraph: Any, text: str, size: int, colour: str, bold: bool = False) -> None:
    """Write a text with its subscripts into an empty paragraph."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = PP_ALIGN.LEFT
    for part, lowered in runs(text):
        run = paragraph.add_run()
        run.text = part
        run.font.size, run.font.bold, run.font.name = size, bold, "Arial"
        run.font.color.rgb = RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]
        if lowered:
            run.font._element.set("baseline", SUBSCRIPT)  # python-pptx has no function for subscripts


def _notes(slide: Slide, lines: Sequence[str]) -> None:
    """Notes of the speaker."""
    frame: Any = slide.notes_slide.notes_text_frame
    frame.text = "\n".join(one_line(spoken(line), 1000) for line in lines)


def _picture(slide: Slide, drawing: Drawing, described: str, box: tuple[float, float, float, float]) -> None:
    """Add a drawing to a box without changing its aspect ratio, as SVG, and as PNG for programs without SVG.

    box : left, top, width and height [inch]
    """
    from pptx.util import Inches

    left, top, width, height = box
    scale = min(width / drawing.width, height / drawing.height)
    size = drawing.width * scale, drawing.height * scale
    png = png_of(drawing.svg(described), size[0], DOTS_PER_INCH)
    shape = slide.shapes.add_picture(io.BytesIO(png), *map(Inches, (left + (width - size[0]) / 2, top, *size)))
    shape._element.find(".//{*}cNvPr").set("descr", spoken(described))
    _add_svg(slide, shape, drawing.svg_file(described).encode())


def _add_svg(slide: Slide, shape: Any, svg: bytes) -> None:
    """Refer from a picture to its SVG, as office programs do; python-pptx has no function for it."""
    from lxml import etree
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    package = slide.part.package
    name = PackURI(f"/ppt/media/drawing{slide.slide_id}.svg")
    number = slide.part.relate_to(Part(name, "image/svg+xml", package, svg), RELATIONSHIP_TYPE.IMAGE)
    blip = shape._element.find(".//{*}blip")
    extension = etree.SubElement(etree.SubElement(blip, f"{{{DRAWING}}}extLst"), f"{{{DRAWING}}}ext", uri=SVG_EXTENSION)
    etree.SubElement(extension, f"{{{SVG}}}svgBlip", {f"{{{RELATIONS}}}embed": number}, nsmap={"asvg": SVG})


def _without_dates(stream: io.BytesIO, target: Path) -> None:
    """Copy the archive with a fixed date for every part, because python-pptx writes the current time."""
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), made.read(name), zipfile.ZIP_DEFLATED)
