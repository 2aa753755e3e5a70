"""Report of a cell: complete, self-contained, safe, reproducible."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from reversal.experiment.step_settings import CellSettings, IonFacts
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_report import cell_report
from reversal.report.cell.cell_story import CellStory, cell_story
from reversal.report.inputs import Provenance
from reversal.report.text.symbols import spoken
from reversal.tables.answers_table import Answer
from reversal.tables.results import CellFits, CellMeasures


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory,
    outcomes: list,
    measures: CellMeasures,
    fits: CellFits,
    settings: CellSettings,
    provenance: Provenance,
) -> Callable[[str], Path]:
    """Report of a cell, written twice: ``written("first")`` and ``written("second")`` are the folders."""
    folder = tmp_path_factory.mktemp("report")
    for name in ("first", "second"):
        html, pdf = folder / name / "c1.html", folder / name / "c1.pdf"
        cell_report("c1", outcomes, measures, fits, settings, provenance, html=html, pdf=pdf)
    return lambda name: folder / name


@pytest.fixture(scope="module")
def text(written: Callable[[str], Path]) -> str:
    return (written("first") / "c1.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def page_of(story: CellStory) -> str:
    return cell_page(story, cell_figures(story))


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_same_input_gives_the_same_bytes(written: Callable[[str], Path], kind: str) -> None:
    first, second = ((written(n) / f"c1.{kind}").read_bytes() for n in ("first", "second"))
    assert first == second


def test_page_has_no_external_resources_and_runs_its_own_script_only(page: Page, text: str) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digests = [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]
    (policy,) = (
        a["content"] or "" for a in page.named("meta") if "content" in a and "script-src" in (a["content"] or "")
    )
    assert policy.endswith(f"script-src {digests[0]}")
    assert len(digests) == 1
    assert page.named("script") == [{"type": "application/json", "id": "sweeps-data"}, {}]
    assert not page.named("iframe")
    assert not [a for _, a in page.tags if a.get("src")]
    links = [a["href"] for name, a in page.tags if name in ("a", "link") and a.get("href")]
    ours = ("../findings.html#", "data:text/csv;base64,", "#")
    assert {link for link in links if not (link or "").startswith(ours)} == {"../index.html", "c1.pdf", "data:,"}
    places = {f"#{a.get('id')}" for _, a in page.tags}
    assert {"#numbers", "#provenance"} <= {link for link in links if (link or "").startswith("#")} <= places
    assert "../findings.html#series_resistance" in links
    assert not [name for _, a in page.tags for name in a if name.startswith("on")]


def test_note_with_markup_is_shown_as_text(text: str) -> None:
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in text
    assert "transfection &lt;b&gt;" in text


def test_page_has_every_recording_with_status_and_reason(page: Page, measures: CellMeasures) -> None:
    shown = " ".join("".join(page.words).split())
    for row in measures.recordings:
        assert row.recording in shown
        assert row.sha256 in shown
        if row.reason:
            assert f"{row.status.value}: {spoken(row.reason)}" in shown


def test_results_have_intervals(page: Page) -> None:
    shown = " ".join(page.words)
    assert "PNa/PK = 0.0213 (95 %: 0.0187 to 0.0241)." in "".join(page.words)
    assert "Follows Nernst within ±5 %" in shown
    assert "< −85" in shown  # E_rev outside the tested range: a bound


def test_provenance_has_versions_hash_and_evidence(page: Page, provenance: Provenance) -> None:
    shown = " ".join(page.words)
    for fact in (provenance.configuration_hash, "2.4.0", "2026-11-20", "reconstructed", "every feature of the header"):
        assert fact in shown


def test_a_slope_without_a_value_is_left_to_the_answer_of_its_series(
    rows: ModuleType, outcomes: list, measures: CellMeasures, settings: CellSettings, provenance: Provenance
) -> None:
    nothing = rows.nernst_row("c1", slope_mV_per_decade=None, slope_ratio=None, verdict=None)
    fits = CellFits((), (nothing,), answers=(rows.answer_row("c1", answer=Answer.NONE),))
    assert len(cell_story("c1", outcomes, measures, fits, settings, provenance).facts) == 1


def test_every_figure_has_a_description(page: Page) -> None:
    drawings = page.named("svg")
    assert len(drawings) == 4
    assert all(d["role"] == "img" and len(d["aria-label"] or "") > 30 for d in drawings)


def test_ids_inside_drawings_are_unique(page: Page) -> None:
    names = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(names) == len(set(names))


def test_references_inside_drawings_are_kept(text: str) -> None:
    names = set(re.findall(r'\bid="([^"]+)"', text))
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    assert used
    assert used <= names


def test_text_of_figures_stays_text(text: str) -> None:
    assert "Reversal potential (mV)" in re.sub(r"<[^>]+>", "", text)


def test_page_is_small_enough_for_mail(written: Callable[[str], Path]) -> None:
    assert (written("first") / "c1.html").stat().st_size < 2_000_000
    assert (written("first") / "c1.pdf").stat().st_size < 2_000_000


def test_cell_with_only_failures_gives_the_reasons(
    measures: CellMeasures, settings: CellSettings, provenance: Provenance
) -> None:
    broken = CellMeasures(measures.recordings[4:], (), (), findings=measures.findings[-1:])
    text = page_of(cell_story("c1", [], broken, CellFits((), (), ()), settings, provenance))
    assert "Cannot tell, because no recording gave a usable reversal potential" in text
    assert "the file ends before its data do" in text
    assert "<svg" not in text


def test_chloride_series_is_labelled_as_chloride(
    measures: CellMeasures, fits: CellFits, settings: CellSettings, provenance: Provenance
) -> None:
    rows = tuple(row.model_copy(update={"ion": "Cl"}) for row in measures.reversals)
    assert settings.ions["Cl"] == IonFacts(z=-1, mobility=1.04)
    chloride = CellMeasures(measures.recordings, measures.iv, rows)
    text = page_of(cell_story("c1", [], chloride, fits, settings, provenance))
    assert "[Cl⁻]ₒ (mM)" in text
    assert "[K⁺]ₒ" not in text
