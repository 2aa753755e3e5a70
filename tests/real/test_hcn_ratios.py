"""The permeability ratio of mHCN2 from the recordings that its authors chose, and from those of the example project.

P_Na/P_K of HCN channels is about 0.2 (Hofmann, Biel & Kaupp, Pharmacol. Rev. 57:455, 2005). The concentrations are
assumed from the names of the solutions, so only a coarse agreement is tested.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.tables.findings.code import Code
from reversal.tables.pooled_table import PooledRow, Selection
from reversal.tables.status import Status
from tests.cases.project import Run, run_project

REPOSITORY = "haganenoneko+EphysAnalysisTools"
PUBLISHED_RATIO = 0.2
RT_F_mV = 8.31446261815324 * 295.15 / 96485.33212331 * 1e3
ANALYSE = Callable[[dict[str, str]], Run]


@pytest.fixture
def data(shared_data: Path) -> Path:
    folder = shared_data / REPOSITORY / "data"
    if not folder.is_dir():
        pytest.skip(f"{REPOSITORY} is not among the real recordings")
    return folder


@pytest.fixture
def analyse(root: Path, data: Path, tmp_path: Path) -> ANALYSE:
    """Run the example project with the named recordings, which have no R_s and C_m if the example lacks them."""

    def run(conditions: dict[str, str]) -> Run:
        source = root / "tests/real/hcn"
        for name in ("config.yaml", "solutions.yaml"):
            (tmp_path / name).write_text((source / name).read_text(encoding="utf-8"), encoding="utf-8")
        with (source / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
            rows = {row["recording"]: row for row in csv.DictReader(stream, delimiter="\t")}
        blank = dict.fromkeys(next(iter(rows.values())), "")
        solutions = {"bath": "out_30K", "pipette": "in_10Na", "temperature_C": "22", "experiment": "hcn"}
        chosen = [
            rows.get(name)
            or {**blank, **solutions, "recording": name, "cell": name, "file": f"{name}.abf", "condition": condition}
            for name, condition in conditions.items()
        ]
        lines = ["\t".join(blank), *("\t".join(row.values()) for row in chosen)]
        (tmp_path / "recordings.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        places = {"recordings": "recordings.tsv", "solutions": "solutions.yaml", "raw_dir": str(data / "recording_abf")}
        return run_project(tmp_path, {**places, "results_dir": "results", "reports_dir": "reports"})

    return run


def ratio_at(e_mV: float) -> float:
    """P_Na/P_K from 30 K⁺, 110 Na⁺ outside and 130 K⁺, 10 Na⁺ inside, by the Goldman–Hodgkin–Katz equation."""
    x = math.exp(e_mV / RT_F_mV)
    return (130.0 * x - 30.0) / (110.0 - 10.0 * x)


def pooled(run: Run, selection: Selection) -> PooledRow:
    (row,) = [row for row in run.pooled("P_Na/P_K") if (row.condition, row.selection) == ("wild_type", selection)]
    return row


@pytest.mark.real
def test_the_recordings_that_the_authors_chose_give_the_published_ratio(data: Path, analyse: ANALYSE) -> None:
    """Three of their four wild-type recordings of deactivation are here, and one of their two of F431A."""
    chosen = json.loads((data / "curatedFileNames.json").read_text(encoding="utf-8"))
    here = {path.stem for path in (data / "recording_abf").glob("*.abf")}
    wild = [name for name in chosen["WT"]["WT__de_pub"] if name in here]
    mutant = [name for name in chosen["F431A"]["F431A__de_pub"] if name in here]
    assert (len(wild), len(mutant)) == (3, 1)
    run = analyse(dict.fromkeys(wild, "wild_type") | dict.fromkeys(mutant, "F431A"))
    row = pooled(run, Selection.ALL)
    assert row.n_cells == 3
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert row.ci_low < PUBLISHED_RATIO < row.ci_high < 0.35
    for cell in run.cohort.permeabilities:
        assert cell.p_ratio is not None
        assert 0.19 < cell.p_ratio < 0.27


@pytest.mark.real
def test_a_leaky_cell_has_a_wide_interval_that_contains_the_ratio_of_its_decaying_current(analyse: ANALYSE) -> None:
    """Two cells give 0.20, a leaky one 0.45, and its decaying current 0.22: it counts little in the mean."""
    run = analyse({"19d08005": "", "20d03004": "", "20917009": ""})
    assert pooled(run, Selection.ALL).estimate == pytest.approx(PUBLISHED_RATIO, abs=0.03)
    for cell in ("wt_20d03", "wt_20917"):
        assert run.ratio("Na", cell).p_ratio == pytest.approx(PUBLISHED_RATIO, abs=0.03)
    assert pooled(run, Selection.ALL).status is Status.FLAGGED
    assert pooled(run, Selection.UNFLAGGED).estimate is None
    leaky = run.ratio("Na", "wt_19d08")
    assert leaky.ci_low is not None
    assert leaky.ci_high is not None
    assert leaky.ci_low < PUBLISHED_RATIO < 0.45 < leaky.ci_high
    (leak,) = run.findings(code=Code.TAIL_LEAK)
    assert leak.recording == "19d08005"
    assert leak.number is not None
    whole_mV = run.reversals["19d08005"].e_rev_mV
    assert whole_mV is not None
    assert ratio_at(whole_mV) == pytest.approx(0.45, abs=0.01)
    assert ratio_at(whole_mV + leak.number) == pytest.approx(PUBLISHED_RATIO, abs=0.03)
