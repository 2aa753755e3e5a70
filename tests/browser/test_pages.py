"""Pages in a browser: no external requests, no errors, failures visible without scrolling."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_story import cell_story
from reversal.report.cohort.morning_page import morning_text
from reversal.report.inputs import Provenance
from reversal.tables.results import CellFits

PROVENANCE = Provenance({"reversal": "0.1.0"}, "0123456789abcdef", "2026-11-20")


@pytest.fixture(scope="module")
def rows(root: Path) -> ModuleType:
    """The rows of the tests of reports."""
    spec = importlib.util.spec_from_file_location("report_rows", root / "tests/report/rows.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def morning(rows: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("pages") / "index.html"
    page.write_text(morning_text(rows.a_night(PROVENANCE, 8)), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def cell(rows: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("pages") / "c1.html"
    fits = CellFits((rows.permeability_row("c1"),), (rows.nernst_row("c1"),), rows.curves_of("c1"))
    story = cell_story("c1", rows.some_outcomes(), rows.some_measures("c1"), fits, rows.some_settings("c1"), PROVENANCE)
    page.write_text(cell_page(story, cell_figures(story)), encoding="utf-8")
    return page


@pytest.mark.parametrize("name", ["morning", "cell"])
def test_page_makes_no_requests_and_no_errors(browser: Any, name: str, request: pytest.FixtureRequest) -> None:
    page = request.getfixturevalue(name)
    page_log = browser.open(page)
    assert [address for address in page_log.requests if not address.startswith("data:")] == [page.as_uri()]
    assert page_log.errors == []


def test_every_failure_is_visible_without_scrolling(browser: Any, morning: Path) -> None:
    browser.open(morning)
    assert browser.value("window.innerWidth") == 1280
    bottom = browser.value("document.querySelector('#failures').getBoundingClientRect().bottom")
    assert 0 < bottom <= 800
    assert "the file ends before" in browser.value("document.querySelector('#failures').innerText")


def test_failures_of_a_bad_night_start_without_scrolling(browser: Any, rows: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(morning_text(rows.a_night(PROVENANCE, 200)), encoding="utf-8")
    browser.open(page)
    first_cell = browser.value("document.querySelector('#cells').getBoundingClientRect().top")
    assert browser.value("document.querySelectorAll('#failures > ul li').length") == 12
    assert browser.value("document.querySelector('#failures').getBoundingClientRect().bottom") <= 800
    assert first_cell < 1200


@pytest.mark.parametrize("name", ["morning", "cell"])
def test_page_is_not_wider_than_the_window(browser: Any, name: str, request: pytest.FixtureRequest) -> None:
    browser.open(request.getfixturevalue(name))
    assert browser.value("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("name", ["morning", "cell"])
def test_every_drawing_is_shown_with_a_description(browser: Any, name: str, request: pytest.FixtureRequest) -> None:
    browser.open(request.getfixturevalue(name))
    drawings = "[...document.querySelectorAll('svg')]"
    assert browser.value(f"{drawings}.length") >= 3
    assert browser.value(f"{drawings}.every(s => s.getAttribute('aria-label'))")
    boxes = browser.value(f"{drawings}.map(s => [s.getBoundingClientRect().width, s.getBoundingClientRect().height])")
    assert all(width > 100 and height > 60 for width, height in boxes)


def test_text_of_a_figure_is_inside_the_figure(browser: Any, cell: Path) -> None:
    browser.open(cell)
    outside = browser.value(
        """[...document.querySelectorAll('figure svg')].flatMap(s => {
            const box = s.getBoundingClientRect();
            return [...s.querySelectorAll('text')].filter(t => {
                const b = t.getBoundingClientRect();
                return b.left < box.left - 2 || b.right > box.right + 2
                    || b.top < box.top - 2 || b.bottom > box.bottom + 2;
            }).map(t => t.textContent);
        })"""
    )
    assert outside == []


def test_a_script_in_a_note_does_not_run(browser: Any, cell: Path) -> None:
    page_log = browser.open(cell)
    assert browser.value("document.scripts.length") == 0
    assert "<script>alert" in browser.value("document.body.innerText")
    assert page_log.errors == []
