"""The sections of the atlas: every system of the textbooks, computed and drawn, with the textbook values."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reversal.atlas.connections import CONNECTIONS, Connection
from reversal.atlas.facts import METHOD_WORDS, PublishedJunction, TextbookFact, published_junctions, textbook_facts
from reversal.atlas.live.scripts import page_script
from reversal.atlas.part_dynamics import SECTIONS as DYNAMICS
from reversal.atlas.part_equilibrium import SECTIONS as EQUILIBRIUM
from reversal.atlas.part_excitation import SECTIONS as EXCITATION
from reversal.atlas.part_solutions import SECTIONS as SOLUTIONS
from reversal.atlas.part_transport import SECTIONS as TRANSPORT
from reversal.atlas.section import AtlasSection, section_panels, typeset
from reversal.report.figure.style import styled
from reversal.report.figure.svg import inline_svg
from reversal.report.text.pages import TEMPLATES, rendered, write_page

ATLAS_TEMPLATES = Path(__file__).parent / "templates"
SECTIONS: tuple[AtlasSection, ...] = (*EQUILIBRIUM, *SOLUTIONS, *TRANSPORT, *DYNAMICS, *EXCITATION)
LIVE_KEYS = {"load": ("load", "load-anoxia")}  # movable figures of a section; all others have one, of the same key


@dataclass(frozen=True, slots=True)
class DrawnPanel:
    """One panel: SVG element, and the address of its numbers as CSV."""

    drawing: str
    csv: str


@dataclass(frozen=True, slots=True)
class ComputedSection:
    """A section with its figure and comparisons, its connections, and the keys of its movable figures."""

    section: AtlasSection
    panels: tuple[DrawnPanel, ...]
    facts: list[TextbookFact]
    junctions: tuple[PublishedJunction, ...]
    connection: Connection
    live: tuple[str, ...]


def write_sections(path: Path) -> None:
    """Write the page with marks in the places of the numbers of a project."""
    write_page(path, sections_text())


def sections_text() -> str:
    """The atlas as one HTML page with its figures (SVG), data and scripts inside. It loads no other file.

    Without scripts the page has every figure, number and command; the scripts add the movable figures. It has marks in
    the places of the numbers of a project.
    """
    computed = [_computed(section) for section in SECTIONS]
    facts = {fact.key: fact for one in computed for fact in one.facts}
    counts = Counter(fact.status_words for fact in facts.values())
    script = page_script({key: _chapters(one, facts) for one in computed for key in one.live})
    return rendered(
        "atlas.html.j2",
        (ATLAS_TEMPLATES, TEMPLATES),
        sections=computed,
        facts=facts,
        counts=counts,
        total=len(facts),
        methods=METHOD_WORDS,
        typeset=typeset,
        script=script,
    )


def _chapters(one: ComputedSection, facts: Mapping[str, TextbookFact]) -> list[tuple[str, str]]:
    """Claims of a section with the names of their chapters; first those of its exercise."""
    exercise = [facts[key] for key in one.connection.exercise.claims]
    return [(fact.key, fact.text) for fact in [*exercise, *one.facts]]


def _computed(section: AtlasSection) -> ComputedSection:
    with styled():
        panels = tuple(
            DrawnPanel(inline_svg(panel.figure, f"atlas-{section.key}-{letter}", panel.described), _address(panel.csv))
            for letter, panel in zip("AB", section_panels(section), strict=True)
        )
    junctions = published_junctions() if section.key == "junctions" else ()
    keys = LIVE_KEYS.get(section.key, (section.key,))
    return ComputedSection(section, panels, textbook_facts(section.systems), junctions, CONNECTIONS[section.key], keys)


def _address(csv: str) -> str:
    """Address from which a browser saves the text without a network."""
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(csv.encode()).decode()}"
