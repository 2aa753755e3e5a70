"""Links from a quantity on a page to the section of the atlas that explains it.

A page gets the address of the atlas, which is empty if the run does not write the atlas: then nothing is linked.
"""

from __future__ import annotations

import re

from markupsafe import Markup

ATLAS_PAGE = "atlas.html"  # next to the morning page
SECTION_OF: dict[str, str] = {
    "E_rev (mV)": "clamp",
    "E_rev − E_Nernst": "clamp",
    "reversal potential": "clamp",
    "E_rev before leak subtraction": "clamp",
    "GHK currents": "ghk",
    "permeability ratio": "ghk",
    "E_Nernst (mV)": "nernst",
    "Nernst (mV)": "nernst",
    "Nernst or GHK": "nernst",
    "Nernst slope": "nernst",
    "slope (mV per decade)": "nernst",
    "slope / Nernst slope": "nernst",
    "slope ratio": "nernst",
    "verdict": "nernst",
    "ΔΔG (kJ/mol)": "selectivity",
    "junction (mV)": "junctions",
    "shared: junction": "junctions",
    "C_m (pF)": "membrane",
    "C_m used (pF)": "membrane",
}
"""Section of the atlas, by the name of a quantity as pages show it; permeability ratios have their ions as names."""
RATIO = re.compile(r"P_[^\W_]+/P_[^\W_]+")


def section_behind(quantity: str) -> str | None:
    """Key of the section of the atlas that explains a quantity; None if none does.

    >>> section_behind("P_Na/P_K"), section_behind("bath")
    ('ghk', None)
    """
    return "ghk" if RATIO.fullmatch(quantity) else SECTION_OF.get(quantity)


def linked(shown: Markup, section: str | None, atlas: str) -> Markup:
    """Text as a link to a section; without a section or without an atlas the text alone."""
    if section is None or not atlas:
        return shown
    return Markup('<a class="behind" href="{}#{}">{}</a>').format(atlas, section, shown)
