"""Report of a cell as an A4 PDF, with the figures and tables of the page.

The content is a sequence of blocks of known height, which fill pages from the top. Text is written directly on the
page; each figure is drawn in a subfigure with its own layout.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reversal.report.cell.answers import NO_USABLE_REVERSAL, counts_sentence
from reversal.report.cell.cell_figures import PANELS_A_ROW, iv_family, raw_sweeps, reversal_series
from reversal.report.figure.pdf_numbers import rounded_numbers
from reversal.report.figure.style import A4_INCH, GREY, INK, PALE, styled
from reversal.report.text.labels import plain
from reversal.report.text.tabulated import Table
from reversal.tables.status import Status
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from reversal.report.cell.cell_story import CellStory, SeriesFigure

WIDTH, HEIGHT = A4_INCH
MARGIN = 0.6
USABLE = WIDTH - 2 * MARGIN
BOTTOM = 0.65
LEADING = 1.3  # line spacing over font size
PROSE = 0.54  # mean character width of DejaVu Sans over font size
FIGURES = 0.60  # the same for mostly digits
ROW_SIZE = 6.3
BOLD = 1.2  # width factor of bold characters
HEADING = 1.08  # the same for words instead of digits
LONGEST_WORD = 15  # characters; longer words (hashes, paths) are broken
READABLE = 24  # minimum characters in a column of sentences
PANEL_ROWS_A_PAGE = 4
STATUS_COLOURS = {
    Status.FAILED: "#a30000",
    Status.NO_REVERSAL: "#7a4a00",
    Status.FLAGGED: "#7a4a00",
    Status.EXCLUDED: "#595959",
    Status.OK: INK,
}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page.

    height : [inch]
    write : writes text on the page; gets the height of the block's top above the bottom of the page [inch]
    draw : draws a figure with ``share`` of the usable width
    head : block that is repeated before it at the top of a page
    keep : whether it stays on the same page as the next block
    """

    height: float
    write: Callable[[Figure, float], None] | None = None
    draw: Callable[[SubFigure], object] | None = None
    share: float = 1.0
    head: Block | None = None
    keep: bool = False


def write_pdf(path: Path, story: CellStory) -> None:
    """Write the report as PDF, complete or not at all, without a date."""
    from matplotlib.backends.backend_pdf import PdfPages

    about = {"Title": f"Cell {story.cell}", "Creator": "Reversal", "CreationDate": None, "ModDate": None}
    with whole_file(path) as target, styled(), rounded_numbers(), PdfPages(target, metadata=about) as pages:
        for number, blocks in enumerate(paged(list(_blocks(story)), HEIGHT - MARGIN - BOTTOM), start=1):
            pages.savefig(_page(blocks, _foot(story), number))


def paged(blocks: Sequence[Block], room: float) -> list[list[Block]]:
    """Distribute blocks over pages of ``room`` inches; a table head is repeated if its rows continue on a new page."""
    pages: list[list[Block]] = [[]]
    left = room
    for place, block in enumerate(blocks):
        if _height_kept_together(blocks, place) > left and pages[-1]:
            head = [block.head] if block.head is not None else []
            pages.append(head)
            left = room - sum(b.height for b in head)
        pages[-1].append(block)
        left -= block.height
    return pages


def _height_kept_together(blocks: Sequence[Block], place: int) -> float:
    """Height [inch] of a block and the following blocks that stay on the same page."""
    height = blocks[place].height
    while blocks[place].keep and place + 1 < len(blocks):
        place += 1
        height += blocks[place].height
    return height


def _blocks(story: CellStory) -> Iterator[Block]:
    yield _words(f"Cell {story.cell}", 15, fontweight="bold")
    yield _words(counts_sentence(story.recordings), 8.5, after=0.1)
    for fact in story.facts:
        yield _words(f"•  {fact.sentence}", 9, after=0.04)
    if not story.facts:
        yield _words(NO_USABLE_REVERSAL, 9)
    if story.troubles:
        yield _words("Needs attention", 9.5, after=0.03, fontweight="bold", color=STATUS_COLOURS[Status.FAILED])
        for trouble in story.troubles:
            yield _words(f"•  {trouble.place}: {trouble.reason}", 7.5)
    step = PANEL_ROWS_A_PAGE * PANELS_A_ROW
    for start in range(0, len(story.panels), step):
        some = story.panels[start : start + step]
        rows = -(-len(some) // PANELS_A_ROW)
        yield Block(2.1 * rows + 0.1, draw=lambda part, some=some: raw_sweeps(some, on=part))  # type: ignore[misc]
    for series in story.series:
        yield from _series_blocks(series)
    for table in (*story.numbers, *story.cross_checks, *story.quality, *story.origins):
        yield from _table_blocks(table)
    for recording, warning in story.warnings:
        yield _words(f"{recording}: {warning}", 7)


def _series_blocks(series: SeriesFigure) -> Iterator[Block]:
    with_reversals = any(row.out_mM for row in series.reversals)
    if series.iv or with_reversals:
        title = _words(series.title, 10, fontweight="bold")
        yield Block(title.height, write=title.write, keep=True)
    if series.iv:
        yield Block(3.0, draw=lambda part: iv_family(series.iv, series.reversals, series.ion_label, on=part))
    if with_reversals:
        yield Block(
            3.2,
            draw=lambda part: reversal_series(series.reversals, series.curves, series.ion_label, on=part),
            share=0.64,
        )


def _words(text: str, size: float, after: float = 0.0, **look: object) -> Block:
    lines = textwrap.wrap(plain(text, 2000), _characters(USABLE, size, PROSE)) or [""]
    height = _line(size)

    def write(figure: Figure, top: float) -> None:
        for n, line in enumerate(lines):
            y = (top - (n + 0.8) * height) / HEIGHT
            figure.text(MARGIN / WIDTH, y, line, fontsize=size, **look)  # type: ignore[arg-type]

    return Block(height * len(lines) + 0.04 + after, write=write)


def _table_blocks(table: Table) -> Iterator[Block]:
    if not table.body:
        return
    widths = _column_widths(table)
    caption = _words(table.caption, 8.5, fontweight="bold")
    yield Block(0.14, keep=True)
    yield Block(caption.height, write=caption.write, keep=True)
    head = _row(table.head, widths, [INK] * len(widths), bold=True)
    yield Block(head.height, write=head.write, keep=True)
    for entries in table.body:
        colours = [STATUS_COLOURS[e.status] if e.status else INK for e in entries]
        row = _row([e.text for e in entries], widths, colours, bold=False)
        yield Block(row.height, write=row.write, head=head)


def _row(texts: Sequence[str], widths: Sequence[float], colours: Sequence[str], bold: bool) -> Block:
    wrapped = [
        textwrap.wrap(plain(text, 600), _characters(width - 0.06, ROW_SIZE * (HEADING if bold else 1.0))) or [""]
        for text, width in zip(texts, widths, strict=True)
    ]
    line = _line(ROW_SIZE)
    height = line * max(map(len, wrapped)) + 0.05

    def write(figure: Figure, top: float) -> None:
        x = MARGIN
        for lines, width, colour in zip(wrapped, widths, colours, strict=True):
            for n, words in enumerate(lines):
                y = (top - 0.02 - (n + 0.8) * line) / HEIGHT
                weight = "bold" if bold else "normal"
                figure.text(x / WIDTH, y, words, fontsize=ROW_SIZE, color=colour, fontweight=weight)
            x += width
        _rule(figure, top - height, INK if bold else PALE)

    return Block(height, write=write)


def _rule(figure: Figure, y: float, colour: str) -> None:
    from matplotlib.lines import Line2D

    figure.add_artist(Line2D([MARGIN / WIDTH, 1 - MARGIN / WIDTH], [y / HEIGHT] * 2, color=colour, linewidth=0.5))


def _column_widths(table: Table) -> list[float]:
    """Column widths [inch] that fill the page; the widest columns are reduced first."""
    wanted: list[float] = []
    least: list[float] = []
    for n, name in enumerate(table.head):
        texts = [row[n].text for row in table.body]
        wanted.append(max(len(text) for text in (*texts, name + "  ")) + 2)
        sentence = min(max(map(len, texts)), READABLE) if any(len(text) > READABLE for text in texts) else 0
        word = min(max(len(word) for text in texts for word in (text.split() or [""])), LONGEST_WORD)
        least.append(max(*(len(part) * BOLD for part in name.split()), word, sentence) + 2)
    room = USABLE / (FIGURES * ROW_SIZE / 72)
    excess = sum(wanted) - room
    while excess > 0 and any(w > least_of for w, least_of in zip(wanted, least, strict=True)):
        widest = max(range(len(wanted)), key=lambda n: wanted[n] - least[n])
        wanted[widest] -= 1
        excess -= 1
    wanted[-1] += max(-excess, 0)
    return [USABLE * w / sum(wanted) for w in wanted]


def _page(blocks: Sequence[Block], foot: str, number: int) -> Figure:
    """Draw blocks on one page."""
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec

    page = Figure(figsize=A4_INCH, layout="constrained")
    page.text(MARGIN / WIDTH, 0.35 / HEIGHT, foot, fontsize=6.5, color=GREY)
    page.text(1 - MARGIN / WIDTH, 0.35 / HEIGHT, f"page {number}", fontsize=6.5, color=GREY, ha="right")
    top = HEIGHT - MARGIN
    for block in blocks:
        if block.write is not None:
            block.write(page, top)
        if block.draw is not None:
            wide = USABLE * block.share
            grid = GridSpec(
                3,
                3,
                figure=page,
                height_ratios=[HEIGHT - top or 1e-6, block.height, max(top - block.height, 1e-6)],
                width_ratios=[MARGIN, wide, WIDTH - MARGIN - wide],
            )
            block.draw(page.add_subfigure(grid[1, 1]))
        top -= block.height
    return page


def _foot(story: CellStory) -> str:
    about = story.provenance
    version = about.versions.get("reversal", "")
    origin = f"configuration {about.configuration_hash} · recorded {about.recorded}"
    return plain(f"Cell {story.cell} · Reversal {version} · {origin}", 130)


def _characters(width: float, size: float, mean: float = FIGURES) -> int:
    """Number of characters of a font size [pt] in a width [inch]."""
    return max(int(width / (mean * size / 72)), 4)


def _line(size: float) -> float:
    return LEADING * size / 72
