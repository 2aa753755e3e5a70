"""Pages link to the atlas if the run writes it, and to nothing if it does not."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reversal.experiment.step_settings import ReportLabels
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_page import cell_page
from reversal.report.cell.cell_story import cell_story
from reversal.report.cohort.morning_page import morning_text
from reversal.report.text.pages import explained
from reversal.steps.night import provenance as made_provenance

LINK = re.compile(r'href="((?:\.\./)?atlas\.html[^"]*)"')


def test_morning_page_links_ratios_slopes_and_reversals_only_to_an_atlas_that_is_made(night):
    assert "atlas" not in morning_text(night)
    with_atlas = replace(night, provenance=replace(night.provenance, atlas=True))
    page = morning_text(with_atlas)
    sections = {"atlas.html", "atlas.html#ghk", "atlas.html#nernst", "atlas.html#clamp"}
    assert set(LINK.findall(page)) == sections
    assert '<a class="behind" href="atlas.html#ghk">P<sub>Na</sub>/P<sub>K</sub></a> = <b>' in page


@pytest.mark.parametrize("atlas", [False, True])
def test_page_of_a_cell_links_its_numbers_only_to_an_atlas_that_is_made(
    atlas, outcomes, measures, fits, settings, provenance
):
    story = cell_story("c1", outcomes, measures, fits, settings, replace(provenance, atlas=atlas))
    links = set(LINK.findall(cell_page(story, cell_figures(story))))
    found = {link.partition("#")[2] for link in links}
    assert found == ({"", "clamp", "ghk", "junctions", "membrane", "nernst", "selectivity"} if atlas else set())
    assert all(link.startswith("../") for link in links)


def test_a_quantity_without_a_section_is_text():
    assert explained("bath", "atlas.html") == "bath"
    assert explained("E_rev (mV)", "") == "E<sub>rev</sub> (mV)"


def test_whether_there_is_an_atlas_is_part_of_the_labels():
    assert made_provenance("0", [], ReportLabels(atlas=True)).atlas
    assert not made_provenance("0", []).atlas
