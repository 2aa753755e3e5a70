"""The atlas: complete, self-contained, and computed when it is made."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from reversal.atlas.facts import facts, junction_facts, known_systems, shown
from reversal.atlas.page import SECTIONS, write_atlas
from reversal.atlas.systems import textbook


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("atlas") / "atlas.html"
    write_atlas(path)
    return path.read_text(encoding="utf-8")


class _Parts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src", "xlink:href") if name in given]


@pytest.fixture(scope="module")
def parts(page):
    parser = _Parts()
    parser.feed(page)
    return parser


def test_every_system_has_a_section_a_figure_an_equation_and_a_source(page, parts):
    assert parts.tags.count("section") == len(SECTIONS)
    assert parts.tags.count("svg") == len(SECTIONS)
    for section in SECTIONS:
        assert f'<section id="{section.key}">' in page
        assert section.equations
        assert section.source


def test_every_textbook_case_stands_once(page):
    for key in [*textbook.CASES, "S4-08"]:
        assert len(re.findall(rf'<th scope="row">{key}</th>', page)) == 1
    assert {system for section in SECTIONS for system in section.systems} == known_systems()


def test_the_page_fetches_nothing_and_runs_nothing(page, parts):
    assert all(link.startswith(("#", "data:")) for link in parts.links)
    assert "script" not in parts.tags
    assert "url(http" not in page


def test_names_on_the_page_are_unique_and_every_link_leads_somewhere(parts):
    assert len(parts.ids) == len(set(parts.ids))
    assert {link[1:] for link in parts.links if link.startswith("#")} <= set(parts.ids)


def test_contradictions_are_shown_as_such(page):
    row = re.search(r'<tr class="(\w+)"><th scope="row">S1-07</th>.*?</tr>', page, re.DOTALL)
    assert row
    assert row.group(1) == "inconsistent"
    assert "21.67" in row.group(0)
    assert "65" in row.group(0)


def test_numbers_are_computed_not_copied(monkeypatch):
    monkeypatch.setitem(textbook.CASES, "S0-05", lambda: -123.25)
    assert next(fact.ours for fact in facts(("driving force",)) if fact.key == "S0-05") == "−123.2"


def test_published_junctions_are_met_by_the_method_they_came_with():
    for fact in junction_facts():
        assert fact.ours_mV == pytest.approx(fact.published_mV, abs=0.35)


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
def test_numbers_are_written_for_people(answer, text):
    assert shown(answer) == text


def test_no_text_of_a_figure_leaves_its_axes_unlabelled(page):
    assert page.count('role="img"') == len(SECTIONS)
    assert "[object" not in page
    assert "nan" not in re.sub(r"<[^>]+>", " ", page).lower().split()
