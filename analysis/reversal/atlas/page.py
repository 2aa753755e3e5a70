"""The atlas: every system of the textbooks, drawn and computed, with the textbook's numbers beside ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reversal.atlas.facts import METHOD_WORDS, Fact, JunctionFact, facts, junction_facts
from reversal.atlas.part_equilibrium import SECTIONS as EQUILIBRIUM
from reversal.atlas.part_networks import SECTIONS as NETWORKS
from reversal.atlas.part_solutions import SECTIONS as SOLUTIONS
from reversal.atlas.part_upkeep import SECTIONS as UPKEEP
from reversal.atlas.section import Section, figure_of, typeset
from reversal.report.figure.style import styled
from reversal.report.figure.svg import inline_svg
from reversal.report.text.pages import rendered, write_page

SECTIONS: tuple[Section, ...] = (*EQUILIBRIUM, *SOLUTIONS, *UPKEEP, *NETWORKS)


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as the page needs it."""

    section: Section
    drawing: str
    facts: list[Fact]
    junctions: tuple[JunctionFact, ...]


def write_atlas(path: Path) -> None:
    """Write the atlas as one page that needs nothing else (HTML, figures inside as SVG)."""
    shown = [_shown(section) for section in SECTIONS]
    counts: dict[str, int] = {}
    for one in shown:
        for fact in one.facts:
            counts[fact.status_words] = counts.get(fact.status_words, 0) + 1
    write_page(
        path,
        rendered(
            "atlas.html.j2",
            sections=shown,
            counts=counts,
            total=sum(counts.values()),
            methods=METHOD_WORDS,
            typeset=typeset,
        ),
    )


def _shown(section: Section) -> Shown:
    with styled():
        drawing = inline_svg(figure_of(section), f"atlas-{section.key}", section.described)
    junctions = junction_facts() if section.key == "junctions" else ()
    return Shown(section, drawing, facts(section.systems), junctions)
