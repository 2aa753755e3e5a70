"""The atlas page: every system of the textbooks, computed and drawn, with the textbook values for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reversal.atlas.facts import METHOD_WORDS, PublishedJunction, TextbookFact, published_junctions, textbook_facts
from reversal.atlas.part_dynamics import SECTIONS as DYNAMICS
from reversal.atlas.part_equilibrium import SECTIONS as EQUILIBRIUM
from reversal.atlas.part_excitation import SECTIONS as EXCITATION
from reversal.atlas.part_solutions import SECTIONS as SOLUTIONS
from reversal.atlas.part_transport import SECTIONS as TRANSPORT
from reversal.atlas.section import AtlasSection, section_figure, typeset
from reversal.report.figure.style import styled
from reversal.report.figure.svg import inline_svg
from reversal.report.text.pages import TEMPLATES, rendered, write_page

ATLAS_TEMPLATES = Path(__file__).parent / "templates"
SECTIONS: tuple[AtlasSection, ...] = (*EQUILIBRIUM, *SOLUTIONS, *TRANSPORT, *DYNAMICS, *EXCITATION)


@dataclass(frozen=True, slots=True)
class ComputedSection:
    """A section with its figure (SVG) and its comparisons."""

    section: AtlasSection
    drawing: str
    facts: list[TextbookFact]
    junctions: tuple[PublishedJunction, ...]


def write_atlas(path: Path) -> None:
    """Write the atlas as one HTML page with its figures inside (SVG). The page loads no other file."""
    computed = [_computed(section) for section in SECTIONS]
    counts: dict[str, int] = {}
    for one in computed:
        for fact in one.facts:
            counts[fact.status_words] = counts.get(fact.status_words, 0) + 1
    write_page(
        path,
        rendered(
            "atlas.html.j2",
            (ATLAS_TEMPLATES, TEMPLATES),
            sections=computed,
            counts=counts,
            total=sum(counts.values()),
            methods=METHOD_WORDS,
            typeset=typeset,
        ),
    )


def _computed(section: AtlasSection) -> ComputedSection:
    with styled():
        drawing = inline_svg(section_figure(section), f"atlas-{section.key}", section.figure_text)
    junctions = published_junctions() if section.key == "junctions" else ()
    return ComputedSection(section, drawing, textbook_facts(section.systems), junctions)
