"""Figures of a cell as files: every format of every size, texts with room, the numbers as CSV."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from reversal.experiment.step_settings import CellSettings
from reversal.report.cell.cell_story import CellStory, cell_story
from reversal.report.cell.figure_files import cell_figure_files
from reversal.report.inputs import Provenance
from reversal.tables.results import CellFits, CellMeasures
from tests.report.text_boxes import faults


@pytest.fixture(scope="module")
def story(
    outcomes: list, measures: CellMeasures, fits: CellFits, settings: CellSettings, provenance: Provenance
) -> CellStory:
    return cell_story("c1", outcomes, measures, fits, settings, provenance)


@pytest.fixture(scope="module")
def folder(story: CellStory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures") / "c1"
    folder.mkdir()
    (folder / "old_column.svg").touch()
    written = cell_figure_files(story, folder)
    assert sorted(written) == sorted(folder.iterdir())  # what an earlier run left is gone
    return folder


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_figure_has_every_format_in_every_size(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    for figure in ("sweeps", "iv", "reversals", "profiles"):
        assert f"{figure}.csv" in names
        for size in ("column", "slide"):
            assert {f"{figure}_{size}.{kind}" for kind in ("svg", "pdf", "png")} <= names


def test_texts_of_every_size_have_room_and_stay_text(folder: Path) -> None:
    for path in folder.glob("*.svg"):
        svg = path.read_text(encoding="utf-8").partition("\n")[2]
        assert "<text" in svg
        assert faults(svg) == [], path.name


def test_pictures_have_300_dots_an_inch_and_the_width_of_a_column(folder: Path) -> None:
    for path in folder.glob("*_column.png"):
        with Image.open(path) as image:
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
            assert image.width / 300 * 25.4 == pytest.approx(85, abs=0.2)


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="pdffonts (Poppler) is not installed")
def test_fonts_of_the_pdf_are_embedded(folder: Path) -> None:
    for path in folder.glob("*_slide.pdf"):
        ran = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
        fonts = [line.split() for line in ran.stdout.splitlines()[2:]]
        assert fonts
        assert all("DejaVuSans" in font[0] and font[-5] == "yes" for font in fonts)


def test_numbers_beside_the_figures_are_those_of_the_tables(
    folder: Path, measures: CellMeasures, fits: CellFits
) -> None:
    iv = table_of(folder / "iv.csv")
    point = next(p for p in measures.iv if (p.recording, p.sweep) == ("rec_0001", 3))
    assert float(iv[3]["I_pA rec_0001"]) == pytest.approx(point.i_pA, rel=1e-6)
    lines = table_of(folder / "reversals.csv")
    of_points = [line for line in lines if line["recording"]]
    assert [line["out_mM"] for line in of_points] == ["2.5", "5", "10", "20"]
    ghk = [line for line in lines if line["GHK_mV"]]
    drawn = [point for point in fits.curves if point.kind == "ghk"]
    assert [float(line["GHK_low_mV"]) for line in ghk] == pytest.approx([p.low_mV for p in drawn], rel=1e-6)
    assert all(not line["Nernst_mV"] for line in ghk)
    profile = table_of(folder / "profiles.csv")
    assert [float(line["ratio"]) for line in profile] == pytest.approx([p.p_ratio for p in fits.profiles], rel=1e-6)
    traces = table_of(folder / "sweeps.csv")
    assert len({name for name in traces[0] if name.startswith("I_pA")}) == 3 * 17
