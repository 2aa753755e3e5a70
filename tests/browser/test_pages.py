"""Pages in a browser: no external requests, no errors, failures visible without scrolling."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import axe_core_python
import pytest
import yaml

from reversal.experiment.configuration import Experiment
from reversal.experiment.step_settings import SheetEntry
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_story import cell_story
from reversal.report.cohort.morning_page import morning_text
from reversal.report.cohort.run_news import NewsGroup, RunNews, news_page
from reversal.report.inputs import Provenance
from reversal.tables.results import CellFits

AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
EPOCH_MS = 64.85  # start of the epoch with the steps, after the samples that pCLAMP holds
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
    news = RunNews(
        "2026-11-21 06:10", "2026-11-20 06:12", (NewsGroup("new recordings: 5", ("cell007: 5 recordings",)),)
    )
    page.with_name("last_run.html").write_text(news_page(news, "A project"), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def cell(rows: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("pages") / "c1.html"
    fits = CellFits(
        (rows.permeability_row("c1"),),
        (rows.nernst_row("c1"),),
        curves=rows.curves_of("c1"),
        profiles=rows.profile_of("c1"),
    )
    measures = rows.some_measures("c1")
    windows = {"window_start_ms": 220.0, "window_stop_ms": 260.0}
    measures = replace(measures, iv=tuple(point.model_copy(update=windows) for point in measures.iv))
    story = cell_story("c1", rows.some_outcomes(), measures, fits, rows.some_settings("c1"), PROVENANCE)
    page.write_text(cell_page(story, cell_figures(story)), encoding="utf-8")
    return page


@pytest.mark.parametrize("name", ["morning", "cell"])
def test_page_makes_no_requests_and_no_errors(browser: Any, name: str, request: pytest.FixtureRequest) -> None:
    """And it is not wider than the window, every drawing is shown with a description, and its texts have room."""
    page = request.getfixturevalue(name)
    page_log = browser.open(page)
    frames = [page.with_name("last_run.html").as_uri()] if name == "morning" else []
    assert [address for address in page_log.requests if not address.startswith("data:")] == [page.as_uri(), *frames]
    assert page_log.errors == []
    assert browser.value("document.documentElement.scrollWidth") <= 1280
    drawings = "[...document.querySelectorAll('svg')]"
    assert browser.value(f"{drawings}.length") >= 3
    assert browser.value(f"{drawings}.every(s => s.getAttribute('aria-label'))")
    boxes = browser.value(f"{drawings}.map(s => [s.getBoundingClientRect().width, s.getBoundingClientRect().height])")
    assert all(width > 100 and height > 60 for width, height in boxes)
    assert browser.value(OVERLAPS) == []
    assert browser.value(UNNAMED) == []


def test_frame_shows_the_news_in_one_line_and_leads_to_all(browser: Any, morning: Path) -> None:
    browser.open(morning)
    assert 30 < browser.value("document.querySelector('iframe').getBoundingClientRect().height") < 70
    browser.open(morning.with_name("last_run.html"))
    assert "cell007: 5 recordings" in browser.value("document.querySelector('.more').innerText")


def test_every_failure_is_visible_without_scrolling(browser: Any, morning: Path) -> None:
    browser.open(morning)
    assert browser.value("window.innerWidth") == 1280
    bottom = browser.value("document.querySelector('#failures').getBoundingClientRect().bottom")
    assert 0 < bottom <= 800
    assert "the file ends before" in browser.value("document.querySelector('#failures').innerText")


def test_failures_of_a_bad_night_start_without_scrolling(browser: Any, rows: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(morning_text(rows.a_night(PROVENANCE, 80)), encoding="utf-8")
    browser.open(page)
    first_cell = browser.value("document.querySelector('#cells').getBoundingClientRect().top")
    shown = "document.querySelectorAll('#failures > .cause > p > b, #failures > .cause > p > a > b, #failures li > b')"
    assert browser.value(f"{shown}.length") == 1 + 12  # the number of failures with one cause, and places
    assert browser.value("document.querySelector('#failures').getBoundingClientRect().bottom") <= 800
    assert first_cell < 1200


@pytest.mark.long
def test_page_of_500_cells_is_usable_within_two_seconds(browser: Any, rows: ModuleType, tmp_path: Path) -> None:
    """Time in which the browser works for the page; other programs of the computer do not count."""
    page = tmp_path / "index.html"
    page.write_text(morning_text(rows.a_night(PROVENANCE, 500)), encoding="utf-8")
    browser.ask("Performance.enable", timeDomain="threadTicks")
    browser.open(page)
    browser.value(
        "{const s = document.querySelector('#search'); s.value = 'cell04'; s.dispatchEvent(new Event('input')); "
        "document.querySelector('#all-cells th button').click(); document.body.offsetHeight}"
    )
    metrics = {one["name"]: one["value"] for one in browser.ask("Performance.getMetrics")["metrics"]}
    assert 0 < metrics["TaskDuration"] <= 2.0
    assert browser.value("document.querySelector('#shown').innerText") == "10 of 500 rows"


OVERLAPS = """[...document.querySelectorAll('figure svg')].flatMap(s => {
    const box = s.getBoundingClientRect();
    const boxes = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    const outside = boxes.filter(([, b]) => b.left < box.left - 2 || b.right > box.right + 2
        || b.top < box.top - 2 || b.bottom > box.bottom + 2).map(([words]) => `outside: ${words}`);
    const common = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left),
        (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) / 0.6);
    const pairs = boxes.flatMap(([one, a], n) => boxes.slice(n + 1).filter(([, b]) => common(a, b) > 3)
        .map(([other]) => `overlap: ${one} / ${other}`));
    return [...outside, ...pairs];
})"""
PARTS = "const get = name => document.querySelector(`#viewer [data-part='${name}']`);"


UNNAMED = (
    "[...document.querySelectorAll('input, select, textarea, button, a, canvas')].filter(e => "
    "!(e.labels && e.labels.length && e.labels[0].textContent.trim()) && !e.getAttribute('aria-label') "
    "&& !e.textContent.trim()).map(e => e.outerHTML)"
)


@pytest.mark.long
def test_texts_of_figures_of_many_cells_are_inside_them_and_do_not_overlap(browser: Any, crowd: Path) -> None:
    browser.open(crowd)
    assert browser.value(OVERLAPS) == []


@pytest.fixture(scope="module")
def crowd(rows: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Night of 66 cells, one of them with a long name and one with an invalid one."""
    night = rows.a_night(PROVENANCE, 66)
    long = {"cell001": "a-very-long-name-of-a-cell-" * 6, "cell002": "细胞二号"}

    def renamed(some: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row.model_copy(update={"cell": long.get(row.cell, row.cell)}) for row in some)

    tables = {name: renamed(getattr(night.tables, name)) for name in ("recordings", "permeabilities", "nernst")}
    page = tmp_path_factory.mktemp("pages") / "index.html"
    page.write_text(morning_text(replace(night, tables=replace(night.tables, **tables))), encoding="utf-8")
    return page


def test_cells_are_sorted_filtered_and_found(browser: Any, crowd: Path) -> None:
    page_log = browser.open(crowd)
    first = "document.querySelector('#all-cells tbody tr').cells[0].innerText"
    shown = "[...document.querySelectorAll('#all-cells tbody tr')].filter(row => !row.hidden).length"
    assert browser.value(shown) == 66
    browser.value("document.querySelector('#all-cells th[data-key=\"0\"] button').click()")
    browser.value("document.querySelector('#all-cells th[data-key=\"0\"] button').click()")
    assert browser.value(first) == "cell065"
    assert browser.value("document.querySelector('#all-cells th').getAttribute('aria-sort')") == "descending"
    browser.value("document.querySelector('#all-cells th[data-key=\"2\"] button').click()")
    assert browser.value("document.querySelector('#all-cells tbody tr').cells[3].innerText").endswith("< 0.0042")
    browser.value(
        "document.querySelector('#search').value = 'CELL01'; "
        "document.querySelector('#search').dispatchEvent(new Event('input'))"
    )
    assert browser.value(shown) == 10
    browser.value(
        "{const s = document.querySelector('[data-filter=status]'); s.value = 'failed'; "
        "s.dispatchEvent(new Event('change'))}"
    )
    assert browser.value(shown) == 1
    assert browser.value("document.querySelector('#shown').innerText") == "1 of 66 rows"
    assert page_log.errors == []


def test_a_point_of_an_iv_leads_to_its_sweep_and_a_new_window_is_written(browser: Any, cell: Path) -> None:
    page_log = browser.open(cell)
    browser.value(
        "document.querySelector(\"circle[data-point='rec_0002:3']\")"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert "rec_0002" in browser.value(f"{{{PARTS} get('recording').selectedOptions[0].text}}")
    label = f"{{{PARTS} get('canvas').getAttribute('aria-label')}}"
    whole = browser.value(label)
    browser.value("document.querySelector('[data-do=in]').click()")
    assert browser.value(label) != whole
    browser.value(f"{{{PARTS} get('sweeps').querySelectorAll('input')[3].click()}}")
    assert "16 of 17 sweeps" in browser.value(label)
    assert "rec_0002\t0-2,4-16" in browser.value(f"{{{PARTS} get('lines').value}}")
    assert page_log.errors == []


def test_what_a_person_changes_is_written_as_lines_that_the_program_reads(browser: Any, cell: Path) -> None:
    page_log = browser.open(cell)
    browser.value(f"{{{PARTS} get('start').value = 200; get('stop').value = 240;"
                  "get('stop').dispatchEvent(new Event('input'))}")  # fmt: skip
    browser.value(
        "{const field = document.querySelector('[data-limit=holding_pA]'); field.value = '350'; "
        "field.dispatchEvent(new Event('input'))}"
    )
    browser.value(f"{{{PARTS} for (const n of [0, 16]) get('sweeps').querySelectorAll('input')[n].click()}}")
    lines = browser.value(f"{{{PARTS} get('lines').value}}").splitlines()
    table = [line.split("\t") for line in lines if "\t" in line]
    row = dict(zip(*table, strict=True))
    assert sweep_ranges(row.pop("sweeps")) == (range(1, 16),)
    times = {"window_start_ms": f"{200 - EPOCH_MS:g}", "window_stop_ms": f"{240 - EPOCH_MS:g}"}
    assert row == {"recording": "rec_0000"} | times
    assert set(row) <= set(SheetEntry.model_fields)
    document = yaml.safe_load("\n".join(line for line in lines if "\t" not in line))
    changed = Experiment.model_validate(document["experiments"]["default"])
    assert changed.quality.holding_pA == 350.0
    assert (changed.window.start_ms, changed.window.stop_ms) == (200.0 - EPOCH_MS, 240.0 - EPOCH_MS)
    assert page_log.errors == []


def test_a_point_is_reached_with_the_keyboard(browser: Any, cell: Path) -> None:
    browser.open(cell)
    browser.value("document.querySelector(\"circle[data-point='rec_0001:0']\").focus()")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        browser.value(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
            f"{{key: '{key}', bubbles: true, cancelable: true}}))"
        )
    assert "rec_0001" in browser.value(f"{{{PARTS} get('recording').selectedOptions[0].text}}")
    assert browser.value("document.querySelector('circle.marked').dataset.point") == "rec_0001:2"


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("crowd", 400, "light"),
        ("morning", 1400, "dark"),
        ("cell", 400, "light"),
        ("cell", 1400, "dark"),
        pytest.param("crowd", 1400, "dark", marks=pytest.mark.long),
    ],
)
def test_page_fits_phones_and_screens_and_its_text_has_contrast(
    browser: Any, name: str, width: int, scheme: str, request: pytest.FixtureRequest
) -> None:
    browser.look(width, scheme)
    page_log = browser.open(request.getfixturevalue(name))
    assert browser.value("document.documentElement.scrollWidth") <= width
    # WCAG 2.1, 1.4.3: 4.5:1 for text
    poor = browser.value(
        """(() => {
            const light = colour => colour.match(/\\d+(\\.\\d+)?/g).slice(0, 3).map(c => c / 255)
                .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
            const paper = light(getComputedStyle(document.body).backgroundColor);
            return [...document.querySelectorAll('main *, footer *')].filter(e => !e.closest('svg') && e.innerText)
                .map(e => [light(getComputedStyle(e).color), e.tagName + ' ' + e.className])
                .filter(([ink]) => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5)
                .map(([, place]) => place);
        })()"""
    )
    assert poor == []
    assert page_log.errors == []
    browser.look(1280, "light")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["morning", "cell"])
def test_axe_finds_no_serious_fault(browser: Any, name: str, scheme: str, request: pytest.FixtureRequest) -> None:
    """The rules of axe-core, on a page with everything opened."""
    browser.look(400 if scheme == "dark" else 1280, scheme)
    browser.open(request.getfixturevalue(name))
    browser.value("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    browser.value(AXE.read_text(encoding="utf-8") + "; 1")
    rules = (
        "{iframes: false, runOnly: ['color-contrast', 'scrollable-region-focusable']}"
        if scheme == "dark"
        else "{iframes: false}"
    )
    passed, found = browser.value(
        f"axe.run(document, {rules}).then(result => [result.passes.length, result.violations"
        ".filter(one => ['serious', 'critical'].includes(one.impact))"
        ".map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary])])"
    )
    assert found == []
    assert passed >= (1 if scheme == "dark" else 20)
    browser.look(1280, "light")


def test_a_script_in_a_note_does_not_run(browser: Any, cell: Path) -> None:
    page_log = browser.open(cell)
    assert browser.value("[...document.scripts].map(s => s.type)") == ["application/json", ""]
    assert "<script>alert" in browser.value("document.body.innerText")
    assert page_log.errors == []


def test_all_numbers_are_on_the_page_without_its_script(browser: Any, cell: Path) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    browser.open_without_script(cell)
    tree = browser.ask("Accessibility.getFullAXTree")["nodes"]
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    names = [node["name"].get("value", "") for node in tree if "name" in node]
    assert any("0.0187 to 0.0241" in name for name in names)
    assert "Current and command" not in names  # the viewer needs the script and is hidden
