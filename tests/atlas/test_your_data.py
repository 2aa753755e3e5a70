"""Numbers of a project in the sections of the atlas: those of its tables, and only where there are some."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from reversal.atlas.atlas_page import SECTIONS
from reversal.atlas.your_data import SECTIONS_WITH_DATA, with_your_data, your_data
from reversal.report.inputs import Provenance
from reversal.report.text.atlas_links import SECTION_OF, section_behind
from reversal.tables.results import Cohort
from reversal.tables.reversals_table import Crossing

KEYS = {section.key for section in SECTIONS}
PAGE = "".join(f"<h2>{section.key}</h2>\n<!-- in your data: {section.key} -->\n<hr>\n" for section in SECTIONS)
EMPTY = Cohort((), (), (), ())


@pytest.fixture(scope="module")
def cohort(root: Path) -> Cohort:
    """Eight cells in five K⁺ baths, of the tests of reports."""
    spec = importlib.util.spec_from_file_location("report_rows", root / "tests/report/rows.py")
    assert spec is not None
    assert spec.loader is not None
    rows: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rows)
    return rows.a_night(Provenance({}, "0", "2026-11-20"), 8).tables


def part(page: str, key: str) -> str:
    """Text of one section, without tags."""
    return re.sub(r"<[^>]+>", " ", page.split(f"<h2>{key}</h2>")[1].split("<hr>")[0])


def test_a_ratio_is_shown_as_in_the_table_and_as_its_energy(cohort: Cohort) -> None:
    """−RT ln 0.0201 at 23.1 °C is 9.62 kJ/mol: 8.31446 · 296.25 K · 3.9070."""
    page = with_your_data(PAGE, cohort)
    assert re.search(r"0\.0201\s+0\.0183 to 0\.0221", part(page, "ghk"))
    assert re.search(r"23\.1\s+9\.62\s+9\.39 to 9\.85", part(page, "selectivity"))


def test_an_upper_bound_of_a_ratio_is_a_lower_bound_of_the_energy(cohort: Cohort) -> None:
    """−RT ln 0.01 at 23.1 °C is 11.3 kJ/mol."""
    (row,) = cohort.pooled
    bound = row.model_copy(update={"estimate": None, "ci_low": None, "ci_high": 0.01})
    text = part(with_your_data(PAGE, replace(cohort, pooled=(bound,))), "selectivity")
    assert "&gt; 11" in text
    assert "to" not in text.split("T (°C)")[1]


def test_recordings_without_a_reversal_in_range_are_counted(cohort: Cohort) -> None:
    first, *others = cohort.reversals
    none = first.model_copy(update={"e_rev_mV": None, "crossing": Crossing.NONE})
    changed = replace(cohort, reversals=(none, *others))
    assert your_data(changed)["clamp"].sentences == (
        f"E_rev is in the tested range in {len(others)} of {len(others) + 1} recordings of 8 cells.",
    )


def test_a_capacitance_is_a_sphere_and_the_ions_that_cross(cohort: Cohort) -> None:
    """4π r² at 1 µF/cm² is 12.566 pF for 10 µm; 3 C ΔV/(r F c) is 2.2·10⁻⁵ for 100 mV and 140 mM."""
    rows = tuple(row.model_copy(update={"cm_pF": 12.566}) for row in cohort.recordings)
    (sentence,) = your_data(replace(cohort, recordings=rows))["membrane"].sentences
    assert "is 12.6 pF" in sentence
    assert "radius of 10.00 µm" in sentence
    assert "22 of a million ions cross" in sentence


def test_ratios_are_shown_on_both_scales_and_a_fit_at_its_end_is_0(cohort: Cohort) -> None:
    scales = {"scale": "concentrations", "other_scale": "activities"}
    pairs = ((0.02, 0.0192), (0.08, 2e-9), (None, 0.1))
    rows = tuple(
        cohort.permeabilities[n].model_copy(update={"p_ratio": p, "other_scale_p_ratio": other, **scales})
        for n, (p, other) in enumerate(pairs)
    )
    text = part(with_your_data(PAGE, replace(cohort, permeabilities=rows)), "activity")
    assert re.search(r"cell000\s.*0\.0200\s+concentrations\s+0\.0192\s+activities", text)
    assert re.search(r"cell001\s.*0\.0800\s+concentrations\s+0\s+activities", text)
    assert "cell002" not in text


def test_one_cell_has_its_own_numbers_where_nothing_can_be_pooled(cohort: Cohort) -> None:
    """A pooled row without a value says nothing about the formula; the cell does."""
    nothing = dict.fromkeys(("estimate", "ci_low", "ci_high"))
    failed = tuple(row.model_copy(update=nothing) for row in cohort.pooled)
    one = replace(cohort, pooled=failed, permeabilities=cohort.permeabilities[:1], nernst=cohort.nernst[:1])
    page = with_your_data(PAGE, one)
    p, slope = cohort.permeabilities[0], cohort.nernst[0]
    assert re.search(rf"cell000\s.*P Na /P K\s.*{p.p_ratio:.3f}", part(page, "ghk"))
    assert re.search(r"9\.5\s", part(page, "selectivity"))
    assert re.search(rf"cell000\s.*{slope.slope_mV_per_decade:.0f}", part(page, "nernst"))


def test_junctions_are_those_of_bath_and_pipette(cohort: Cohort) -> None:
    first, *others = cohort.reversals
    changed = first.model_copy(update={"ljp_mV": 5.6})
    text = part(with_your_data(PAGE, replace(cohort, reversals=(changed, *others))), "junctions")
    assert re.search(rf"{first.bath}\s+K140\s+4\.6 to 5\.6\s+8\s", text)


def test_marks_vanish_and_a_section_without_numbers_has_no_part(cohort: Cohort) -> None:
    with_cohort = with_your_data(PAGE, cohort)
    for page in (with_cohort, with_your_data(PAGE, EMPTY), with_your_data(PAGE, None)):
        assert "<!--" not in page
    assert "In your data" not in with_your_data(PAGE, EMPTY)
    assert "In your data" not in part(with_cohort, "gaba")  # potassium, no chloride
    assert "In your data" not in part(with_cohort, "ischaemia")


def test_text_of_a_sheet_is_escaped(cohort: Cohort) -> None:
    rows = tuple(row.model_copy(update={"bath": "<script>alert(1)</script>"}) for row in cohort.reversals)
    page = with_your_data(PAGE, replace(cohort, reversals=rows))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_every_link_of_a_page_leads_to_a_section() -> None:
    assert {*SECTION_OF.values(), section_behind("P_Na/P_K"), *SECTIONS_WITH_DATA} <= KEYS
