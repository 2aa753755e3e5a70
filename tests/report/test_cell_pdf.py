"""The PDF of a cell: complete, without a date, and text of files and sheets stays text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from reversal.experiment.step_settings import CellSettings
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_pdf import cell_pdf
from reversal.report.cell.cell_story import CellAnswer, CellStory, cell_story
from reversal.report.inputs import Provenance
from reversal.report.text.typeset import CJK_FONTS, NOT_IN_DEJAVU, cjk_fonts, drawable
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.status import Status

HOSTILE = [
    "<script>alert(1)</script>",
    "#panic(1) $x^2$ *bold* _low_ \\ @ref <label> `code` //comment",
    "\"double\" 'single' & {braces} [brackets]",
    "细胞一号",
    "\u202eright to left\u202c",
    "Ωμ∅⚠✓₂⁺ " + "long" * 50,
]
NEEDS_PDFTOTEXT = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (Poppler) is not installed")


def pages_of(pdf: Path) -> list[str]:
    """Text of each page in reading order, words separated by one space."""
    ran = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True)
    return [" ".join(page.split()) for page in ran.stdout.decode().split("\f")]


def text_of(pdf: Path) -> str:
    """Text of all pages."""
    return " ".join(pages_of(pdf))


Tell = Callable[..., CellStory]


@pytest.fixture(scope="module")
def story_of(outcomes: list, fits: CellFits, settings: CellSettings, provenance: Provenance) -> Tell:
    """Content of a report: ``story_of(measures)``, ``story_of(measures, cell)``."""
    return lambda measures, cell="c1": cell_story(cell, outcomes, measures, fits, settings, provenance)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, story_of: Tell, measures: CellMeasures) -> Path:
    return pdf_of(story_of(measures), tmp_path_factory.mktemp("pdf"))


def pdf_of(story: CellStory, folder: Path) -> Path:
    """Write the PDF of a cell."""
    path = folder / "c1.pdf"
    path.write_bytes(cell_pdf(story, cell_figures(story)))
    return path


@NEEDS_PDFTOTEXT
def test_results_tables_and_figures_are_in_the_pdf(
    written: Path, measures: CellMeasures, provenance: Provenance
) -> None:
    text = text_of(written)
    assert "PNa/PK = 0.0213 (95 %: 0.0187 to 0.0241)." in text
    assert "Reversal potential (mV)" in text  # of a figure
    assert "Needs attention" in text
    assert provenance.configuration_hash in text
    for row in measures.recordings:
        assert row.recording in text
        assert row.sha256 in text.replace(" ", "")
    assert "page 1 of" in text


@NEEDS_PDFTOTEXT
def test_page_1_has_answers_findings_figures_and_values(written: Path) -> None:
    first = pages_of(written)[0]
    for part in ("PNa/PK =", "Needs attention", "full range", "Reversal potential (mV)", "95 % interval", "page 1"):
        assert part in first


@NEEDS_PDFTOTEXT
def test_traces_are_reduced_to_the_rest_of_page_1(tmp_path: Path, measures: CellMeasures, story_of: Tell) -> None:
    story = story_of(measures)
    crowded = replace(story, facts=story.facts * 2, troubles=story.troubles[:2])
    first = pages_of(pdf_of(crowded, tmp_path))[0]
    assert "Current and command at the lowest" in first


@NEEDS_PDFTOTEXT
@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_files_and_sheets_is_shown_as_text(
    hostile: str, tmp_path: Path, measures: CellMeasures, story_of: Tell
) -> None:
    changed = {"condition": hostile, "bath": hostile, "reason": hostile}
    nasty = CellMeasures(
        tuple(row.model_copy(update={"reason": hostile, "file": hostile}) for row in measures.recordings),
        tuple(point.model_copy(update={"condition": hostile}) for point in measures.iv),
        tuple(row.model_copy(update=changed) for row in measures.reversals),
        findings=measures.findings,
    )
    story = story_of(nasty, hostile)
    shown = text_of(pdf_of(story, tmp_path)).replace(" ", "")
    expected = "".join(c for c in hostile if c.isprintable() and c != " ")
    if version("matplotlib").startswith(("3.9.", "3.10.")):  # without the font for other letters, these are boxes
        expected = NOT_IN_DEJAVU.sub("", expected)
    assert expected in shown
    assert "<script>alert" not in cell_page(story, cell_figures(story))


@NEEDS_PDFTOTEXT
def test_every_row_of_a_long_table_occurs_once_below_a_head(
    tmp_path: Path, measures: CellMeasures, story_of: Tell
) -> None:
    rows = tuple(
        row.model_copy(update={"recording": f"row{n:03d}", "file": f"file{n}", "reason": f"reason{n:03d} " * 9})
        for n in range(120)
        for row in measures.recordings[:1]
    )
    long = CellMeasures(rows, measures.iv, measures.reversals)
    pages = pages_of(pdf_of(story_of(long), tmp_path))
    row_of_table = re.compile(r"row(\d{3}) file\d+ ∅ no reversal in range reason")
    of_table = [page for page in pages if row_of_table.search(page)]
    assert len(of_table) >= 3
    for page in of_table:
        assert page.index("recording file status and reason") < row_of_table.search(page).start()  # type: ignore[union-attr]
    assert [int(n) for n in row_of_table.findall(" ".join(pages))] == list(range(120))


@NEEDS_PDFTOTEXT
def test_title_of_a_condition_is_on_the_page_of_its_first_figure(
    tmp_path: Path, measures: CellMeasures, story_of: Tell
) -> None:
    story = story_of(measures)
    story = replace(story, series=tuple(replace(s, title="TITLE") for s in story.series), origins=())
    figures, path = replace(cell_figures(story), sweeps=(), budget=()), tmp_path / "c1.pdf"
    for lines in range(0, 60, 6):  # the title moves over the end of the page
        pushed = replace(story, facts=tuple(CellAnswer(f"line {n}", Status.OK) for n in range(lines)))
        path.write_bytes(cell_pdf(pushed, figures))
        (page,) = (page for page in pages_of(path) if "TITLE" in page)
        assert "full range" in page


def test_pdf_has_no_date(written: Path) -> None:
    content = written.read_bytes()
    assert b"/CreationDate" not in content
    assert b"/ModDate" not in content
    assert b"CreateDate" not in content


def test_report_of_a_cell_needs_no_plotting_library(root: Path) -> None:
    program = (
        "import sys; from reversal.report.cell.cell_report import cell_report; "
        "from reversal.report.text.typeset import png_of; "
        'png_of(\'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>\', 1.0, 72.0); '
        "print([name for name in ('matplotlib', 'scipy', 'pandas', 'neo', 'pyabf') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


THAI = "\u0e01"
NAME = "细胞1 細胞 세포"


@NEEDS_PDFTOTEXT
def test_letters_without_a_font_are_named_by_their_codes(
    tmp_path: Path, measures: CellMeasures, story_of: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_computer_fonts(monkeypatch)
    story = story_of(measures, NAME)
    text = text_of(pdf_of(story, tmp_path))
    assert "because no font has them: U+7D30, U+7EC6, U+80DE, U+C138, U+D3EC. The web page of the cell" in text
    assert "because no font has them" not in text_of(pdf_of(story_of(measures, "Å c 1"), tmp_path))
    assert NAME in cell_page(story, cell_figures(story))


@NEEDS_PDFTOTEXT
@pytest.mark.skipif(not cjk_fonts(), reason="no font for Chinese, Japanese and Korean on this computer")
def test_chinese_and_japanese_names_are_printed_with_a_font_of_the_computer(
    tmp_path: Path, measures: CellMeasures, story_of: Tell
) -> None:
    written = pdf_of(story_of(measures, "细胞 細胞 かな"), tmp_path)
    assert "Cell 细胞 細胞 かな" in text_of(written)
    assert "no font has them" not in text_of(written)
    assert CJK_FONTS[cjk_fonts()[0].name].replace(" ", "").encode() in written.read_bytes()
    assert b"LastResort" not in written.read_bytes()


@pytest.mark.skipif(not cjk_fonts(), reason="no font for Chinese, Japanese and Korean on this computer")
@pytest.mark.parametrize("letter", ["细", "胞", "か", THAI])
def test_letters_of_a_drawing_are_boxes_without_a_font(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = "▯" if letter == THAI else letter
    assert drawable(f"<text>{letter}a</text>") == f"<text>{shown}a</text>"
    without_computer_fonts(monkeypatch)
    assert drawable(f"<text>{letter}a</text>") == "<text>▯a</text>"


def without_computer_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reversal.report.text.typeset.cjk_fonts", tuple)


def test_fonts_of_the_computer_are_not_used(written: Path) -> None:
    fonts = {name for name in (b"DejaVuSans", b"Libertinus", b"LastResort") if name in written.read_bytes()}
    assert fonts == {b"DejaVuSans"}


@pytest.mark.skipif(os.name == "nt", reason="the list of files in the temporary folder is shared")
def test_font_folder_is_removed_with_its_process(tmp_path: Path) -> None:
    program = (
        "from reversal.report.text.typeset import png_of; "
        'png_of(\'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>\', 1.0, 72.0)'
    )
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []
