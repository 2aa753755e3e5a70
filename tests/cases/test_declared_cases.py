"""What a user declares about recordings: projects with a known mistake or a known right answer, run to their tables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.project import Project, load_project, read_configuration
from reversal.tables.findings.code import Code
from reversal.tables.status import Status
from tests.cases.conftest import CASES
from tests.cases.project import Run, run_project


@pytest.fixture
def changed_sheet(tmp_path: Path) -> Callable[..., Run]:
    """Run a copy of a case whose recording sheet is changed; skip where the cases are absent."""

    def run(name: str, change: Callable[[str], str]) -> Run:
        if not (CASES / name).is_dir():
            pytest.skip(f"the case {name} is not next to the project")
        for part in ("config.yaml", "solutions.yaml", "recordings.tsv"):
            text = (CASES / name / part).read_text(encoding="utf-8")
            (tmp_path / part).write_text(change(text) if part == "recordings.tsv" else text, encoding="utf-8")
        shutil.copytree(CASES / name / "raw", tmp_path / "raw", copy_function=shutil.copyfile, dirs_exist_ok=True)
        return run_project(tmp_path)

    return run


def test_a_silver_ground_moves_with_chloride_though_the_rig_corrected_the_junction(
    run_case: Callable[[str], Run],
) -> None:
    """An impermeant anion: E_rev follows E_Cl, 0, 40.9 and 68.9 mV; P_gluconate/P_Cl is 0."""
    run = run_case("agcl_rigdid")
    truth = {"Cl150": 0.0, "Cl30": 40.9, "Cl10": 68.9}
    found = {name: run.reversals[name].e_rev_mV for name in truth}
    assert found == pytest.approx(truth, abs=0.1)
    ratio = run.ratio("gluconate")
    assert ratio.p_ratio is None
    assert ratio.ci_high == pytest.approx(0.0, abs=0.01)
    assert run.line().slope_ratio == pytest.approx(1.0, abs=0.01)


def test_without_the_zeroing_bath_a_moving_silver_ground_is_refused(changed_sheet: Callable[..., Run]) -> None:
    def without_zeroing(text: str) -> str:
        return "\n".join(line.rsplit("\t", 1)[0] for line in text.splitlines())

    run = changed_sheet("agcl_rigdid", without_zeroing)
    assert {row.status for row in run.recordings.values()} == {Status.FAILED}
    assert run.codes() >= {Code.NOT_MEASURABLE}
    assert "zeroing_bath" in (run.recordings["Cl10"].reason or "")
    assert run.cohort.reversals == ()


def test_a_zeroing_bath_left_empty_is_a_finding_on_every_recording_of_a_series(run_case: Callable[[str], Run]) -> None:
    """The amplifier was zeroed in potassium gluconate, which no recording has: E_rev is wrong by 11 to 14 mV."""
    run = run_case("zeroed_elsewhere")
    truth = json.loads((run.folder / "truth.json").read_text(encoding="utf-8"))["e_rev"]
    found = {row.recording: row.number for row in run.findings(code=Code.ZEROING_BATH_UNDECLARED)}
    assert set(found) == set(run.recordings)
    for name, row in run.reversals.items():
        assert row.status is Status.FLAGGED
        assert (row.e_rev_mV or 0.0) + (found[name] or 0.0) == pytest.approx(truth[name], abs=1.0)
    assert run.ratio("Na").status is not Status.OK


def test_with_the_zeroing_bath_a_series_follows_the_channel(copied_case: Callable[[str], Path]) -> None:
    folder = copied_case("zeroed_elsewhere")
    sheet = folder / "config/recordings.tsv"
    head, *rows = sheet.read_text(encoding="utf-8").splitlines()
    sheet.write_text("\n".join([head, *(row + "zero_undeclared_bathglu" for row in rows)]), encoding="utf-8")
    run = run_project(folder)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["e_rev"]
    assert Code.ZEROING_BATH_UNDECLARED not in run.codes()
    assert {name: row.e_rev_mV for name, row in run.reversals.items()} == pytest.approx(truth, abs=1.0)


def test_two_ramps_that_disagree_are_a_finding_and_the_interval_covers_both(run_case: Callable[[str], Run]) -> None:
    """The ramps reverse at −84.8 and −69.8 mV, 15.0 mV apart."""
    run = run_case("ramp2ok")
    (found,) = run.findings(code=Code.REPEATS_DISAGREE)
    assert found.number == pytest.approx(15.0, abs=0.8)
    row = run.reversals["a"]
    assert row.status is Status.FLAGGED
    assert row.ci_low_mV is not None
    assert row.ci_high_mV is not None
    assert row.ci_low_mV < -84.8
    assert row.ci_high_mV > -69.8


def test_cells_with_the_same_files_are_named_and_counted_once(run_case: Callable[[str], Run]) -> None:
    run = run_case("dup")
    assert {row.status for row in run.recordings.values()} == {Status.FLAGGED}
    (found,) = run.findings(code=Code.RECORDING_IN_TWO_CELLS, recording="c0_3")
    assert (found.place, found.table) == ("c1_3 of cell c1, c2_3 of cell c2", "recordings")
    pooled = run.pooled("P_Na/P_K")
    assert {row.n_cells for row in pooled} == {1}
    assert {row.ci_low for row in pooled} == {None}
    assert "c1 (as c0), c2 (as c0)" in (pooled[0].reason or "")
    assert "c1_3 of cell c1" in run.morning_page()
    assert "c1_3 of cell c1" in run.cell_page("c0")


def test_the_same_samples_under_another_name_count_once(changed_sheet: Callable[..., Run], tmp_path: Path) -> None:
    """Copies of the files with fewer digits, entered for two more cells."""

    def with_copies(text: str) -> str:
        (tmp_path / "raw").mkdir()
        for path in (CASES / "dup/raw").glob("*.csv"):
            values = np.loadtxt(path, delimiter=",")
            np.savetxt(tmp_path / "raw" / f"copy_{path.name}", values, delimiter=",", fmt="%.6g")
        lines = [line.split("\t") for line in text.splitlines()]
        for line in lines:
            line[2] = f"copy_{line[2]}" if line[1] == "c1" else line[2]
        return "\n".join("\t".join(line) for line in lines if line[1] != "c2")

    run = changed_sheet("dup", with_copies)
    assert {row.n_cells for row in run.pooled("P_Na/P_K")} == {1}
    assert {row.status for row in run.recordings.values()} == {Status.FLAGGED}
    assert {row.status for row in run.reversals.values()} == {Status.FLAGGED}
    assert len(run.findings(code=Code.RECORDING_IN_TWO_CELLS)) == 8
    assert "c0_3 of cell c0" in run.morning_page()


def project(name: str) -> Project:
    """A project of the mistakes, checked and not run."""
    folder = CASES.parent / "mistakes" / name
    if not folder.is_dir():
        pytest.skip(f"the case {name} is not next to the project")
    document = read_configuration(folder / "config.yaml")
    files = {key: str(folder / Path(document[key]).name) for key in ("recordings", "solutions")}
    raw = CASES.parents[1] / "data" / Path(document["raw_dir"]).relative_to("../shared/data")
    if not raw.is_dir():
        pytest.skip("real recordings are not next to the project")
    return load_project(document | files | {"raw_dir": str(raw)})


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("M_not_mM", "Solution 30K contains 0.28 mM of solutes in total"),
        ("M_not_mM", "Were they entered in mol/L?"),
        ("swapped", "They may be swapped."),
        ("rs_kohm", "rs_MOhm is 5e+06 MΩ; 0.2 to 200 MΩ are usual."),
        ("dup_file", "It was entered twice"),
    ],
)
def test_a_mistake_is_named_before_the_run(name: str, said: str) -> None:
    checked = project(name)
    assert checked.faults == ()
    assert [warning for warning in checked.warnings if said in warning]


@pytest.mark.real
def test_a_project_without_mistakes_has_no_warnings() -> None:
    assert project("ok").warnings == ()
