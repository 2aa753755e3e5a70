"""Cases of bath series, subtraction and cohort with their right answers, from the files to the pages."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from reversal.physics.junctions import henderson_mV
from reversal.tables.findings.code import Code
from reversal.tables.nernst_table import Verdict
from reversal.tables.pooled_table import Selection
from reversal.tables.reversals_table import Crossing
from reversal.tables.status import Status
from tests.cases.conftest import CASES
from tests.cases.project import Run, run_copy, run_project, writable_copy

RunCase = Callable[[str], Run]


def test_two_baths_at_three_temperatures_are_two_baths(run_case: RunCase) -> None:
    """With activities each temperature has its own activity of the same bath."""
    run = run_case("act_pitzer")
    line = run.line()
    assert (line.n_baths, line.n_recordings, line.verdict) == (2, 6, Verdict.UNDECIDED)
    assert Code.TWO_BATHS in run.codes(table="nernst")
    assert run.ratio("Na").n_baths == 2


def test_both_pooled_slopes_use_activities(run_case: RunCase) -> None:
    run = run_case("mixed")
    two, one, *_ = run.pooled("slope ratio")
    assert two.estimate == pytest.approx(1.0, abs=1e-3)
    assert one.estimate == pytest.approx(1.0, abs=1e-3)
    assert one.method == "mixed model, REML"
    assert (one.ci_low or 9) < 1 < (one.ci_high or 0)


def test_flagged_recordings_are_pooled_twice(run_case: RunCase) -> None:
    run = run_case("mixed")
    selections = {row.selection: row for row in run.pooled("slope ratio")}
    flagged = {row.cell for row in run.cohort.reversals if row.status is Status.FLAGGED}
    assert len(flagged) == 4
    assert selections[Selection.UNFLAGGED].n_cells == 0


def test_a_blocked_condition_is_no_condition_of_its_own(run_case: RunCase) -> None:
    run = run_case("gabapuff")
    assert {row.condition for row in run.cohort.permeabilities} == {"gaba"}
    assert run.ratio("HCO3").p_ratio == pytest.approx(0.18, abs=0.005)
    assert {row.condition for row in run.cohort.nernst} == {"gaba"}
    assert {row.condition for row in run.cohort.pooled} == {"gaba"}
    assert {row.condition for row in run.cohort.reversals} == {"gaba"}
    assert not run.cohort.comparisons
    assert not any(fits.condition_pairs for fits in run.fits.values())
    assert {row.recording for row in run.findings(code=Code.SUBTRACTED)} == {
        "r135base",
        "r70base",
        "r35base",
        "r12base",
    }


AGONIST_mV = {"r135": -47.6, "r70": -31.1, "r35": -14.5, "r12": 8.3}


def test_an_agonist_ramp_and_its_baseline_in_one_file_are_refused(run_case: RunCase) -> None:
    """The mean of both ramps reverses 7 to 45 mV below their difference."""
    run = run_case("gabapuff2")
    for recording, true_mV in AGONIST_mV.items():
        (found,) = run.findings(recording=recording)
        assert (found.code, run.recordings[recording].status) == (Code.TWO_CURRENTS, Status.FAILED)
        assert found.remedy is not None
        assert "with sweeps 0 and 1 in the column `sweeps`" in found.remedy
        named_mV = found.sentence.removesuffix(" mV.").rsplit(" ", 1)[-1]
        assert float(named_mV) == pytest.approx(true_mV, abs=0.15)
    assert run.cohort.reversals == ()
    assert run.ratio("HCO3").status is Status.FAILED


def test_the_sweeps_column_and_a_blocker_give_the_difference_of_two_sweeps(tmp_path: Path) -> None:
    """The remedy of the refusal: the baseline sweep is a row with the condition that is subtracted."""
    if not (CASES / "gabapuff2").is_dir():
        pytest.skip("the case gabapuff2 is not next to the project")
    folder = writable_copy(CASES / "gabapuff2", tmp_path)
    with (folder / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    baselines = [row | {"recording": f"{row['recording']}base", "condition": "base", "sweeps": "0"} for row in rows]
    lines = ["\t".join(row.values()) for row in (*baselines, *(row | {"sweeps": "1"} for row in rows))]
    header = "\t".join([*rows[0], "sweeps"])
    (folder / "recordings.tsv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    experiments = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))["experiments"]
    experiments["default"]["leak"] = {"subtract": "blocker", "blocker": "base"}
    run = run_project(folder, {"experiments": experiments})
    assert set(run.reversals) == set(AGONIST_mV)
    for recording, true_mV in AGONIST_mV.items():
        assert run.reversals[recording].e_rev_mV == pytest.approx(true_mV, abs=0.15)
    assert run.ratio("HCO3").p_ratio == pytest.approx(0.18, abs=0.005)


def test_baths_that_share_potassium_are_points_of_their_own(run_case: RunCase) -> None:
    run = run_case("nmdg")
    line = run.line()
    assert (line.n_baths, line.verdict) == (4, Verdict.UNDECIDED)
    (found,) = run.findings(code=Code.SAME_CONCENTRATION_DIFFERS)
    assert found.number == pytest.approx(-84.7 + 50.1, abs=0.2)
    assert found.place == "K5 and K5N"
    assert run.ratio("Na").p_ratio == pytest.approx(0.1, abs=0.002)
    assert {point.kind for point in run.cohort.curves} == {"nernst"}


def test_a_line_against_the_inside_concentration(run_case: RunCase) -> None:
    """One bath, three solutions inside; P_Na/P_K is 0.05."""
    run = run_case("io_flip")
    line = run.line()
    assert (line.n_baths, line.in_mM_of_line, line.intercept_mV) == (3, None, None)
    assert line.slope_ratio == pytest.approx(0.857, abs=0.005)
    assert run.ratio("Na").p_ratio == pytest.approx(0.05, abs=0.001)
    assert run.ratio("Na").n_baths == 3
    assert not run.codes() & {Code.RETURN_TO_BATH, Code.RUN_DOWN, Code.ONE_BATH}
    assert "E<sub>rev</sub> in range: 3 of 3" in run.morning_page()


def test_two_temperatures_are_no_return_to_a_bath(run_case: RunCase) -> None:
    run = run_case("twoT")
    assert not run.codes() & {Code.RETURN_TO_BATH, Code.RUN_DOWN}
    assert run.line().n_baths == 4
    assert run.ratio("Na").p_ratio == pytest.approx(0.02, abs=0.0005)


def test_a_cytosol_in_the_pipette_column_is_a_finding(run_case: RunCase) -> None:
    run = run_case("perf_cyto")
    assert {row.recording for row in run.findings(code=Code.CYTOSOL_IN_PIPETTE)} == {"r150", "r75", "r15"}
    assert all(row.status is Status.FLAGGED for row in run.cohort.reversals)


def test_with_the_junction_of_the_filling_solution_a_perforated_patch_follows_nernst(tmp_path: Path) -> None:
    """E_Cl of 150 against 8 mM at 24 °C is −75.1 mV."""
    if not (CASES / "perf_cyto").is_dir():
        pytest.skip("the case perf_cyto is not next to the project")
    source = tmp_path / "source"
    run_copy(CASES / "perf_cyto", source)
    v_l = henderson_mV([150, 3, 150, 3], [0, 150, 150, 0], [1, 1, -1, -1], [0.682, 1.0, 1.0388, 0.33], 24.0)
    with (source / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    lines = ["\t".join([*rows[0], "ljp_mV"]), *("\t".join([*row.values(), f"{float(v_l):.3f}"]) for row in rows)]
    (source / "recordings.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = run_copy(source, tmp_path / "again")
    assert run.reversals["r150"].e_rev_mV == pytest.approx(-75.1, abs=0.3)
    assert Code.CYTOSOL_IN_PIPETTE not in run.codes()


def perforated(folder: Path, patch: str) -> Run:
    """The case with the solution that fills the pipette in its column, and the cytosol in the column `inside`."""
    if not (CASES / "perf_cyto").is_dir():
        pytest.skip("the case perf_cyto is not next to the project")
    writable_copy(CASES / "perf_cyto", folder)
    with (folder / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row | {"pipette": "pipKCl", "inside": "cyto"} for row in csv.DictReader(stream, delimiter="\t")]
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    (folder / "recordings.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    experiments = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))["experiments"]
    return run_project(folder, {"experiments": {"default": experiments["default"] | {"configuration": patch}}})


def test_a_perforated_patch_with_its_cytosol_follows_nernst(tmp_path: Path) -> None:
    """8 mM Cl⁻ inside, at 24 °C: E_Cl is −75.1, −57.3 and −16.1 mV in 150, 75 and 15 mM."""
    run = perforated(tmp_path, "perforated")
    for name, true_mV in {"r150": -75.1, "r75": -57.3, "r15": -16.1}.items():
        row = run.reversals[name]
        assert row.e_rev_mV == pytest.approx(true_mV, abs=0.1)
        assert row.e_nernst_mV == pytest.approx(true_mV, abs=0.05)
    assert run.line().slope_ratio == pytest.approx(1.0, abs=0.002)
    assert not run.codes() & {Code.CYTOSOL_IN_PIPETTE, Code.PORE_POTENTIAL}


def test_a_cytosol_of_a_whole_cell_is_refused(tmp_path: Path) -> None:
    run = perforated(tmp_path, "whole_cell")
    assert run.cohort.reversals == ()
    for row in run.recordings.values():
        assert row.status is Status.FAILED
        assert "the pipette solution fills the cell" in (row.reason or "")


@pytest.mark.parametrize(
    "name", ["act_pitzer", "mixed", "gabapuff", "gabapuff2", "nmdg", "io_flip", "twoT", "perf_cyto"]
)
def test_a_recording_has_one_status_in_tables_pages_and_last_lines(run_case: RunCase, name: str) -> None:
    run = run_case(name)
    for recording, row in run.reversals.items():
        assert (row.status, row.reason) == (run.recordings[recording].status, run.recordings[recording].reason)
        usable = row.crossing is Crossing.BRACKETED and row.e_rev_mV is not None
        assert usable or row.status in (Status.NO_REVERSAL, Status.EXCLUDED, Status.FAILED)
    first, *_ = run.last_lines().splitlines()
    counted = sum(int(part.split()[0]) for part in first.removeprefix("Recordings: ").split(", "))
    assert counted == len(run.cohort.recordings)
    assert " ok" not in first
    page = run.morning_page()
    assert "✓ ok: Cannot tell" not in page
    for part in first.removeprefix("Recordings: ").split(", "):
        assert f"{part.split(' ', 1)[1]}</li>" in page
    for cell in run.measures:
        assert run.story(cell).recordings == run.measures[cell].recordings
