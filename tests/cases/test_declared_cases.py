"""What a user declares about recordings: projects with a known mistake or a known right answer, run to their tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.tables.findings.code import Code
from reversal.tables.status import Status
from tests.cases.conftest import CASES
from tests.cases.project import Run, run_project


@pytest.fixture
def changed_sheet(tmp_path: Path) -> Callable[..., Run]:
    """Run a copy of a case whose recording sheet is changed; skip where the cases are absent."""

    def run(name: str, change: Callable[[str], str]) -> Run:
        if not (CASES / name).is_dir():
            pytest.skip(f"the case {name} is not beside the project")
        for part in ("config.yaml", "solutions.yaml", "recordings.tsv"):
            text = (CASES / name / part).read_text(encoding="utf-8")
            (tmp_path / part).write_text(change(text) if part == "recordings.tsv" else text, encoding="utf-8")
        shutil.copytree(CASES / name / "raw", tmp_path / "raw", copy_function=shutil.copyfile)
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
