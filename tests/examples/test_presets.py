"""Every example project runs from its files to its tables, and gives the ratio that its points were made with.

The points are GHK currents with noise, written out by a script that shares no code with the program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from reversal.report.cohort.group_answers import group_sentences
from reversal.report.cohort.methods import methods_of
from reversal.tables.answers_table import Answer
from reversal.tables.status import Status
from tests.cases.project import Run, run_project, writable_copy

RATIOS: Mapping[str, Mapping[str, float]] = {
    "bi_ionic": {"Li": 0.4, "Na": 0.5, "Rb": 1.1, "Cs": 0.8, "NMDG": 0.02},
    "bilayer": {"Cl": 0.05},
    "cftr_dilution": {"Na": 0.02},
    "gaba_gramicidin": {},
    "gaba_puffs": {"HCO3": 0.18},
    "hcn_tails": {"Na": 0.25},
    "herg_tails": {"Na": 0.004},
    "inside_out_katp": {"Na": 0.01},
    "nav_peak": {"Cs": 0.0},
    "nmda_calcium": {"Ca": 6.0, "Na": 1.0},
    "oocyte_tevc": {"Na": 0.01},
    "published_table": {"Na": 0.012},
}
ANSWERS = {
    "gaba_gramicidin": Answer.NERNST,
    "nav_peak": Answer.NERNST,
    "herg_tails": Answer.GHK,
    "published_table": Answer.GHK,
    "oocyte_tevc": Answer.GHK,
    "gaba_puffs": Answer.GHK,
    "inside_out_katp": Answer.GHK,
    "bilayer": Answer.GHK,
}


@pytest.fixture(scope="module")
def preset(root: Path) -> Callable[[str], Run]:
    @cache
    def run(name: str) -> Run:
        folder = writable_copy(root / "examples" / name, Path(mkdtemp(prefix=name)))
        points = {"iv_points": "iv_points.csv"} if (folder / "iv_points.csv").is_file() else {}
        places = {"raw_dir": ".", "recordings": "recordings.tsv", "solutions": "solutions.yaml", **points}
        return run_project(folder, {**places, "results_dir": "results", "reports_dir": "reports"})

    return run


def test_every_example_is_tested(root: Path) -> None:
    assert {path.name for path in (root / "examples").iterdir() if path.is_dir()} == {*RATIOS, "potassium_leak"}


@pytest.mark.parametrize("name", RATIOS)
def test_an_example_gives_its_ratios_within_their_intervals(name: str, preset: Callable[[str], Run]) -> None:
    run = preset(name)
    assert run.project.faults == run.project.warnings == ()
    assert {row.status for row in run.cohort.recordings} <= {Status.OK}
    for ion, true in RATIOS[name].items():
        row = run.ratio(ion)
        assert (row.ci_low or 0.0) <= true <= (row.ci_high or 0.0), ion


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items())
def test_an_example_gets_its_answer(name: str, answer: Answer, preset: Callable[[str], Run]) -> None:
    assert [row.answer for row in preset(name).cohort.answers] == [answer]


def test_a_leak_channel_follows_nernst_and_its_mutant_does_not(preset: Callable[[str], Run]) -> None:
    """2.5 to 10 mM K⁺ at 37 °C moves E_rev of the wild type by (RT/F) ln 4 = +37 mV."""
    run = preset("potassium_leak")
    of_groups = {row.condition: row.answer for row in run.cohort.answers if not row.cell}
    assert of_groups == {"wild_type": Answer.NERNST, "mutant": Answer.GHK}
    means = {(row.condition, row.bath): row.e_rev_mV for row in run.cohort.group_reversals}
    assert (means["wild_type", "K10"] or 0) - (means["wild_type", "K2.5"] or 0) == pytest.approx(37.0, abs=0.7)
    shift = next(row for row in run.cohort.shifts if row.bath is None)
    assert (shift.p_holm or 1.0) < 0.001
    said = " ".join(one.sentence for one in group_sentences(run.cohort))
    assert re.search(r"E_rev of wild_type was −107\.\d mV \(95 %: \S+ to \S+; n = 3 cells\) in K2.5", said)
    assert "mutant differs from wild_type in E_rev by +" in said
    assert re.search(r"P_Na/P_K of mutant is \d+ times that of wild_type \(95 %: > \d+; unpaired, n = 3 and 3", said)
    assert "wild_type: Follows Nernst (slope ratio " in said
    methods = " ".join(methods_of(run.night))
    assert "compared by Welch's t test of different cells (unpaired); p is corrected" in methods
    moved = re.search(r"\+(\d\d\.\d) \(\+37\.1\)", run.cell_page("w1"))  # from 2.5 to 10 mM, in the table
    assert moved is not None
    assert float(moved[1]) == pytest.approx(37.1, abs=1.0)


def test_the_inside_series_of_a_patch_is_against_its_bath(preset: Callable[[str], Run]) -> None:
    run = preset("inside_out_katp")
    assert [row.in_mM for row in run.cohort.reversals] == [140.0, 70.0, 35.0]
    assert {row.out_mM for row in run.cohort.reversals} == {5.0}
    # E_rev is RT/F ln((5 + 0.01 · 140)/(K + 0.01 · (145 − K))) for K mM inside; K⁺ falls from 140 to 35 mM
    true = math.log((140 + 0.01 * 5) / (35 + 0.01 * 110)) / math.log(140 / 35)
    line = run.line()
    assert (line.ratio_ci_low or 0.0) <= true <= (line.ratio_ci_high or 0.0)
    assert line.slope_ratio == pytest.approx(true, abs=0.03)


def test_the_lines_of_a_series_of_the_inside_are_against_the_inside(preset: Callable[[str], Run]) -> None:
    """GHK from 23 to 210 mM K⁺ inside; Na⁺, 145 − K, is linear between the baths and never below 0."""
    run = preset("inside_out_katp")
    p, thermal_mV = run.ratio("Na").p_ratio or 0.0, 8.31446261815324 * 295.15 / 96.48533212331
    points = [point for point in run.fits["i1"].curves if point.kind == "ghk"]
    assert (points[0].in_mM, points[-1].in_mM) == (pytest.approx(35 / 1.5), pytest.approx(140 * 1.5))
    assert {point.out_mM for point in points} == {5.0}
    for point in points:
        sodium_mM = max(145 - (point.in_mM or 0.0), 0.0)
        true_mV = thermal_mV * math.log((5 + p * 140) / ((point.in_mM or 0.0) + p * sodium_mM))
        assert point.e_mV == pytest.approx(true_mV, abs=0.05)


def test_the_page_of_a_series_of_the_inside_is_against_the_inside(preset: Callable[[str], Run]) -> None:
    run = preset("inside_out_katp")
    text = run.cell_page("i1")
    assert "Reversal potential against inside concentration" in text
    assert "I–V curves by inside concentration" in text
    assert "GHK fit" in text
    assert "by +6.2 mV in all baths" in text


def test_pages_of_a_bilayer_say_cis_and_trans(preset: Callable[[str], Run]) -> None:
    """No page, figure or message of a bilayer has the sides, the bath or the pipette of a patch."""
    run = preset("bilayer")
    pages = (run.cell_page("l1"), run.morning_page())
    for page in pages:
        assert "cis [K⁺]" in page
        for word in ("bath", "pipette", "outside concentration", "inside", "[K⁺]ₒ", "[K⁺]ᵢ"):
            shown = re.sub(r"<style.*?</style>|<script.*?</script>", "", page, flags=re.DOTALL)
            assert not re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", shown), word
    assert "Reversal potential against cis concentration" in pages[0]
    assert "leaves Nernst towards KCl500 cis as P_Cl/P_K" in run.cohort.answers[0].sentence
    assert "KCl150 cis" in pages[1]


def test_currents_of_two_electrodes_are_in_microampere(preset: Callable[[str], Run]) -> None:
    text = preset("oocyte_tevc").cell_page("o1")
    assert "I (µA)" in text
    assert "I (nA)" not in text


def test_the_methods_do_not_say_that_entered_potentials_were_measured_here(preset: Callable[[str], Run]) -> None:
    text = " ".join(methods_of(preset("published_table").night))
    assert "5 reversal potentials measured before were entered." in text
    assert "crosses zero" not in text
    assert "No liquid junction potential was subtracted." in text
