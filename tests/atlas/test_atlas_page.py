"""The atlas page: complete, self-contained, and computed when it is written."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.util
import re
from html.parser import HTMLParser

import pytest
from markupsafe import escape

from reversal.atlas.atlas_page import SECTIONS
from reversal.atlas.facts import answer_text, criterion_words, published_junctions, textbook_facts
from reversal.atlas.section import typeset
from reversal.atlas.systems import textbook
from reversal.atlas.write_atlas import write_atlas


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "atlas.html"
    write_atlas(path)
    return path.read_text(encoding="utf-8")


class _Parts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.links, self.attributes = [], [], [], {}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes.setdefault(tag, set()).update(given)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src", "xlink:href") if name in given]


@pytest.fixture(scope="module")
def parts(page):
    parser = _Parts()
    parser.feed(page)
    return parser


def test_every_system_has_a_section_a_figure_an_equation_and_a_source(page, parts):
    assert parts.tags.count("section") == len(SECTIONS)
    assert parts.tags.count("svg") == 2 * len(SECTIONS)
    for section in SECTIONS:
        assert f'<section id="{section.key}">' in page
        assert section.equations
        assert section.source


def test_every_textbook_case_is_listed_once(page):
    for key in [*textbook.CASES, "S4-08"]:
        assert len(re.findall(rf'<th scope="row" id="claim-{key}">{key}</th>', page)) == 1
    systems = {system for section in SECTIONS for system in section.systems}
    assert {fact.key for fact in textbook_facts(tuple(systems))} == {*textbook.CASES, "S4-08"}


def test_page_loads_no_file(page, parts):
    assert all(link.startswith(("#", "data:")) for link in parts.links)
    assert "url(http" not in page
    assert "src" not in {name for tag in ("script", "img") for name in parts.attributes.get(tag, ())}


def test_page_runs_its_own_script_only(page, parts):
    """The content security policy has the hash of the one script of the page."""
    assert parts.tags.count("script") == 1
    script = page.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page


def test_every_panel_offers_its_numbers(page):
    """Panel A of the pump: rate at 5 mM Na⁺ and K 10 mM with one site is 1/3."""
    assert page.count('class="panels"') == len(SECTIONS)
    assert len(re.findall(r'download="[a-z-]+-[AB]\.csv"', page)) == 2 * len(SECTIONS)
    address = re.search(r'download="pump-A\.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)"', page).group(1)
    rows = list(csv.reader(base64.b64decode(address).decode().splitlines()))
    assert rows[0] == ["curve", "[Na⁺]ᵢ (mM)", "v / V_max"]
    assert ["5", "0.333333"] in [row[1:] for row in rows]


def test_every_section_names_its_functions_commands_and_exercise(page):
    for section in SECTIONS:
        part = page.split(f'<section id="{section.key}">')[1].split("</section>")[0]
        assert "Computed by" in part
        assert "reversal calc " in part
        assert "<summary>Exercise</summary>" in part
        assert re.search(r'<a href="#claim-[SX][\d-]+b?">', part)
        assert f'data-key="{section.key}"' in part


def test_claim_has_the_words_of_its_chapter_a_number_and_a_test_that_can_fail(page):
    """Page and reference have the same claims; only S4-08 is not computable."""
    text = re.sub(r"\s+", " ", page)
    for fact in textbook_facts(tuple({system for section in SECTIONS for system in section.systems})):
        row = text.split(f'id="claim-{fact.key}"')[1].split("</tr>")[0]
        assert f'<q lang="zh">{escape(fact.quote)}</q>' in row
        assert fact.text in row
        assert fact.status_words in row
        assert (f"holds if {escape(fact.holds_if)};" in row) == (fact.key != "S4-08")


def test_reference_page_of_the_claims_is_current(page, root):  # noqa: ARG001 - the page has computed the values
    spec = importlib.util.spec_from_file_location("make_reference", root / "docs" / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.CLAIMS_PAGE.read_text(encoding="utf-8") == module.claims_page(), "run: make docs"


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("-90;!5", "−90 ± 2; not 5 ± 2"),
        (">1e5;<-1", "above 1·10⁵; below −1"),
        ("1..10;-1..;..-1", "1 to 10; at least −1; at most −1"),
        ("0..0", "0 to 0"),
        ("rising", "rising by more than 2"),
        ("inward, outward", "inward, outward"),
    ],
)
def test_criterion_in_words(criterion, words):
    assert criterion_words(criterion, 2.0) == words


def test_subscripts_and_exponents_are_typeset():
    assert typeset("λ_D, E_K and h_∞") == "λ<sub>D</sub>, E<sub>K</sub> and h<sub>∞</sub>"
    assert typeset("2(ν₊ν₋)^1.5/ν") == "2(ν₊ν₋)<sup>1.5</sup>/ν"
    assert typeset("a < b") == "a &lt; b"


def test_anchors_are_unique_and_every_link_has_its_anchor(parts):
    assert len(parts.ids) == len(set(parts.ids))
    assert {link[1:] for link in parts.links if link.startswith("#")} <= set(parts.ids)


def test_contradicted_claim_has_its_class_and_both_values(page):
    row = re.search(r'<tr class="(\w+)"><th scope="row" id="claim-S1-07">S1-07</th>.*?</tr>', page, re.DOTALL)
    assert row
    assert row.group(1) == "inconsistent"
    assert "21.67" in row.group(0)
    assert "65" in row.group(0)


def test_values_are_computed_when_the_page_is_written(monkeypatch):
    monkeypatch.setitem(textbook.CASES, "S0-05", lambda: -123.25)
    assert next(fact.computed for fact in textbook_facts(("driving force",)) if fact.key == "S0-05") == "−123.2"


def test_published_junctions_agree_with_the_same_method():
    for fact in published_junctions():
        assert fact.computed_mV == pytest.approx(fact.published_mV, abs=0.35)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (-89.05869, "−89.06"),
        (2.44e-5, "2.44·10⁻⁵"),
        (251327.4, "251327"),
        (4.188e6, "4.19·10⁶"),
        (1e-16, "0"),
        ("none", "none"),
        ((1.0, -2.5), "1; −2.5"),
    ],
)
def test_answer_has_four_significant_figures_and_a_typographic_minus(answer, text):
    assert answer_text(answer) == text


def test_every_figure_has_a_description_and_no_value_is_nan(page):
    text = page.split("<script>")[0]
    assert text.count('role="img"') == 2 * len(SECTIONS)
    assert "[object" not in text
    assert "nan" not in re.sub(r"<[^>]+>", " ", text).lower().split()


def test_column_of_the_chapter_has_only_what_the_chapter_prints(page):
    """S3-01 prints an equation and no number; S2-01 prints about −90 mV."""
    row = re.search(r'id="claim-S3-01">.*?</tr>', page, re.DOTALL).group(0)
    assert '<td class="number printed">–</td>' in row
    assert "K⁺ 5/140 mM at −70 mV" in row
    row = re.search(r'id="claim-S2-01">.*?</tr>', page, re.DOTALL).group(0)
    assert '<td class="number printed">about −90</td>' in row
    assert '<q lang="zh">对于典型的神经元，计算出的E_K大约为 -90 mV</q>' in row
