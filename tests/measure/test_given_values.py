"""Projects without traces: reversal potentials and I–V points that were measured before."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from reversal.errors import Refusal
from reversal.measure.given_values import scatter_pA
from reversal.report.text.symbols import as_html
from reversal.tables.findings.code import Code
from reversal.tables.status import Status
from tests.cases.project import Run, run_project

SOLUTIONS = """
K5: {ions_mM: {K: 5, Na: 145, Cl: 150}}
K20: {ions_mM: {K: 20, Na: 130, Cl: 150}}
K80: {ions_mM: {K: 80, Na: 70, Cl: 150}}
pip: {ions_mM: {K: 150, Cl: 150}}
"""
RT_F_mV = 8.314462618 * 295.15 / 96485.33212 * 1e3
TRUE_mV = {f"K{k}": RT_F_mV * math.log((k + 0.02 * (150 - k)) / 150) for k in (5, 20, 80)}  # P_Na/P_K = 0.02
NO_JUNCTION = "experiments: {default: {junction: {apply: false, reference_electrode: none}}}\n"


def project(folder: Path, sheet: list[str], points: list[str] | None = None, config: str = NO_JUNCTION) -> Run:
    """Run a project of these lines; ``sheet`` and ``points`` with their header."""
    places = "recordings: sheet.csv\nsolutions: solutions.yaml\nraw_dir: raw\n"
    (folder / "config.yaml").write_text(places + ("iv_points: points.csv\n" if points else "") + config)
    (folder / "solutions.yaml").write_text(SOLUTIONS)
    (folder / "sheet.csv").write_text("\n".join(sheet) + "\n")
    (folder / "points.csv").write_text("\n".join(points or []) + "\n")
    return run_project(folder)


def test_a_table_of_reversal_potentials_gives_ratio_line_and_answer(tmp_path: Path) -> None:
    rows = [f"{bath},c,{bath},pip,22,{e_mV:.2f},0.3" for bath, e_mV in TRUE_mV.items()]
    run = project(tmp_path, ["recording,cell,bath,pipette,temperature_C,e_rev_mV,e_rev_sd_mV", *rows])
    assert {row.status for row in run.cohort.recordings} == {Status.OK}
    assert run.codes(cell="c", table="recordings") == {Code.REVERSAL_ENTERED}
    assert run.ratio("Na").p_ratio == pytest.approx(0.02, rel=0.02)
    assert run.cohort.answers[0].sentence.startswith("Follows GHK: E_rev leaves Nernst towards K5 as P_Na/P_K = 0.02")
    assert as_html("Follows GHK: E_rev leaves Nernst towards K5") in run.cell_page("c")


def test_an_entered_potential_is_corrected_for_the_junction_like_a_recording(tmp_path: Path) -> None:
    header = "recording,cell,bath,pipette,temperature_C,e_rev_mV,e_rev_sd_mV,ljp_mV"
    run = project(tmp_path, [header, "a,c,K5,pip,22,-70,0.5,4"], config="experiments: {default: {}}\n")
    row = run.reversals["a"]
    assert (row.e_rev_mV, row.e_rev_uncorrected_mV, row.ljp_mV) == pytest.approx((-74.0, -70.0, 4.0))
    assert (row.ci_high_mV or 0) + 74.0 == pytest.approx(1.96 * math.sqrt(0.5**2 + (row.shared_sd_mV or 0) ** 2), 1e-3)


def test_without_an_error_one_millivolt_is_assumed_and_the_row_is_flagged(tmp_path: Path) -> None:
    run = project(tmp_path, ["recording,cell,bath,pipette,temperature_C,e_rev_mV", "a,c,K5,pip,22,-80"])
    assert (run.reversals["a"].se_mV, run.reversals["a"].status) == (1.0, Status.FLAGGED)
    (found,) = run.findings(code=Code.REVERSAL_WITHOUT_ERROR)
    assert found.number == 1.0


def iv(bath: str, e_mV: float, se_pA: float | None, noise_pA: float = 1.0, seed: int = 1) -> list[str]:
    """Lines of an ohmic I–V of 2 nS."""
    rng, v = np.random.default_rng(seed), np.arange(-120.0, 41.0, 20.0)
    i = 2.0 * (v - e_mV) + rng.normal(0, noise_pA, v.size)
    return [f"{bath},{a:g},{b:.3f}" + (f",{se_pA}" if se_pA else "") for a, b in zip(v, i, strict=True)]


@pytest.mark.parametrize("se_pA", [1.0, None])
def test_points_of_an_iv_give_the_reversal_potential_with_its_interval(tmp_path: Path, se_pA: float | None) -> None:
    lines = [line for bath, e_mV in TRUE_mV.items() for line in iv(bath, e_mV, se_pA)]
    header = "recording,v_mV,i_pA" + (",se_pA" if se_pA else "")
    sheet = ["recording,cell,bath,pipette,temperature_C", *(f"{bath},c,{bath},pip,22" for bath in TRUE_mV)]
    run = project(tmp_path, sheet, [header, *lines])
    for bath, e_mV in TRUE_mV.items():
        row = run.reversals[bath]
        assert row.e_rev_mV == pytest.approx(e_mV, abs=1.5)
        assert (row.ci_low_mV or 0) < e_mV < (row.ci_high_mV or 0)
    assert (Code.POINT_ERRORS_ESTIMATED in run.codes()) is (se_pA is None)
    assert Code.POINTS_ENTERED in run.codes()
    assert len(run.measures["c"].iv) == 27
    outcomes = {(row.code.value, row.outcome.value) for row in run.measures["c"].checks}
    assert {outcome for code, outcome in outcomes if code in ("settling", "hum", "saturation")} == {"unknown"}
    assert as_html(run.cohort.answers[0].sentence) in run.cell_page("c")


def test_the_error_from_the_scatter_is_that_of_the_points() -> None:
    """Independent points about a line, at uneven voltages."""
    rng = np.random.default_rng(4)
    v = np.sort(rng.uniform(-100, 100, 2000))
    assert scatter_pA(v, 3.0 * v + rng.normal(0, 0.7, v.size)) == pytest.approx(0.7, rel=0.05)


def test_points_with_a_baseline_give_the_difference_current(tmp_path: Path) -> None:
    """The agonist adds 2 nS that reverse at −63 mV to 1 nS that reverses at −20 mV."""
    v = np.arange(-100.0, 21.0, 20.0)
    both = [f"gaba,{a:g},{2 * (a + 63) + 1 * (a + 20):.3f},0.5" for a in v]
    base = [f"base,{a:g},{1 * (a + 20):.3f},0.5" for a in v]
    sheet = ["recording,cell,bath,pipette,temperature_C,condition", "gaba,c,K5,pip,22,gaba", "base,c,K5,pip,22,base"]
    config = (
        "experiments: {default: {junction: {apply: false, reference_electrode: none}, "
        "leak: {subtract: blocker, blocker: base}}}\n"
    )
    run = project(tmp_path, sheet, ["recording,v_mV,i_pA,se_pA", *both, *base], config)
    assert run.reversals["gaba"].e_rev_mV == pytest.approx(-63.0, abs=0.1)
    assert {row.condition for row in run.cohort.nernst} == {"gaba"}


@pytest.mark.parametrize(
    ("sheet", "points", "message"),
    [
        (["a,c,K5,pip,22,,"], None, "file is missing"),
        (["a,c,K5,pip,22,-80,,"], ["a,-80,1", "a,0,2", "a,20,3"], "more than one source"),
        (["a,c,K5,pip,22,,0.5"], ["a,-80,1", "a,0,2", "a,20,3"], "e_rev_sd_mV has no meaning"),
    ],
)
def test_a_row_without_or_with_two_sources_is_a_fault(
    tmp_path: Path, sheet: list[str], points: list[str] | None, message: str
) -> None:
    header = ["recording,cell,bath,pipette,temperature_C,e_rev_mV,e_rev_sd_mV"]
    run = project(tmp_path, header + sheet, ["recording,v_mV,i_pA", *points] if points else None)
    assert any(message in fault for fault in run.project.faults), run.project.faults


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (["recording,v_mV,i_pA", "b,-80,1"], "is not in the recording sheet|too few voltages"),
        (["recording,v_mV,i_pA", "b,-80,1", "b,0,1", "b,10,1"], "is not in the recording sheet"),
        (["recording,v_mV,i_pA", "a,-80,x"], "row 2"),
        (["recording,v_mV", "a,-80"], "a column of the table of I–V points is missing"),
        (["recording,v_mV,i_pA,se_pA", "a,-80,1,2", "a,0,1,", "a,10,1,1"], "others have none"),
    ],
)
def test_a_faulty_table_of_points_is_refused(tmp_path: Path, points: list[str], message: str) -> None:
    with pytest.raises(Refusal, match=message):
        project(tmp_path, ["recording,cell,bath,pipette,temperature_C", "a,c,K5,pip,22"], points)


@pytest.mark.parametrize(("compare_with", "said"), [("vehicle", True), ("control", False)])
def test_a_condition_to_compare_with_that_no_row_has_is_a_warning(
    compare_with: str, said: bool, tmp_path: Path
) -> None:
    config = f"experiments: {{default: {{compare_with: {compare_with}}}}}\n"
    run = project(tmp_path, ["recording,cell,bath,pipette,temperature_C,e_rev_mV", "a,c,K5,pip,22,-80"], config=config)
    assert any("no row has this condition" in warning for warning in run.project.warnings) is said
