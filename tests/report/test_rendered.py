"""PDFs of cells and slides as programs show them: every word is on its page, and no two words overlap."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pptx
import pytest
from pptx.enum.shapes import MSO_SHAPE_TYPE

from reversal.experiment.step_settings import CellSettings
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_pdf import cell_pdf
from reversal.report.cell.cell_story import cell_story
from reversal.report.cohort.deck import lab_meeting_deck
from reversal.report.inputs import Provenance
from reversal.tables.results import CellFits, CellMeasures

WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
LETTERS = 0.25  # of the height of a line, above and below its small letters
SHARED_pt = 1.0

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (Poppler) is not installed")


@dataclass(frozen=True)
class Word:
    """A word and the place of its small letters [pt]."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Word) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > SHARED_pt and down > SHARED_pt


def faults_of(pdf: Path) -> list[str]:
    """Words that leave their page, and pairs of words that overlap."""
    ran = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True, text=True)
    found = []
    pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', ran.stdout, re.DOTALL)
    assert pages
    for number, (width, height, text) in enumerate(pages, 1):
        words = [_word(*place) for place in WORD.findall(text)]
        found += [
            f"page {number}, outside: {word.text}"
            for word in words
            if word.left < 0 or word.top < 0 or word.right > float(width) or word.bottom > float(height)
        ]
        found += [f"page {number}: {a.text} | {b.text}" for a, b in combinations(words, 2) if a.overlaps(b)]
    return found


def _word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    edge = LETTERS * (float(bottom) - float(top))
    return Word(unescape(text), float(left), float(top) + edge, float(right), float(bottom) - edge)


def test_words_of_the_pdf_of_a_cell_do_not_overlap(
    outcomes: list,
    measures: CellMeasures,
    fits: CellFits,
    settings: CellSettings,
    provenance: Provenance,
    tmp_path: Path,
) -> None:
    story = cell_story("c1", outcomes, measures, fits, settings, provenance)
    pdf = tmp_path / "c1.pdf"
    pdf.write_bytes(cell_pdf(story, cell_figures(story)))
    assert faults_of(pdf) == []


@pytest.mark.long
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("cells", [2, 66])
def test_words_of_the_slides_do_not_overlap_in_libreoffice(
    provenance: Provenance, rows: ModuleType, cells: int, tmp_path: Path
) -> None:
    deck = tmp_path / "deck.pptx"
    lab_meeting_deck(deck, rows.a_night(provenance, cells))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    words = [str(OFFICE), home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(deck)]
    subprocess.run(words, capture_output=True, check=True, timeout=180)
    assert faults_of(deck.with_suffix(".pdf")) == []


@pytest.mark.parametrize("cells", [2, 66])
def test_boxes_of_the_slides_are_on_them_and_do_not_overlap(
    provenance: Provenance, rows: ModuleType, cells: int, tmp_path: Path
) -> None:
    deck = tmp_path / "deck.pptx"
    lab_meeting_deck(deck, rows.a_night(provenance, cells))
    made = pptx.Presentation(str(deck))
    for slide in made.slides:
        boxes = [(s.name, s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for name, left, top, right, bottom in boxes:
            assert min(left, top) >= 0, name
            assert right <= made.slide_width, name
            assert bottom <= made.slide_height, name
        for (_, *a), (_, *b) in combinations(boxes, 2):
            assert min(a[2], b[2]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[1], b[1])
        for picture in (s for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE):
            assert picture._element.find(".//{*}cNvPr").get("descr")
            assert slide.notes_slide.notes_text_frame.text
