"""Another workflow uses this one as a module, with a configuration of its own and a prefix for all that is written."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OTHER_WORKFLOW = """
configfile: "settings.yaml"


module night:
    snakefile:
        "{snakefile}"
    config:
        config["night"]
    prefix:
        "first night"


use rule * from night as night_*


rule count:
    input:
        table="first night/results/cohort/reversals.csv",
        page="first night/reports/index.html",
    output:
        "counted.txt",
    shell:
        "wc -l < {{input.table:q}} > {{output}}"
"""
SETTINGS = """
night:
  raw_dir: table
  recordings: table/recordings.tsv
  solutions: table/solutions.yaml
  experiments:
    default:
      {permeant: [K, Na], reference: K, junction: {apply: false, reference_electrode: none}}
"""


@pytest.fixture
def other_workflow(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "examples/published_table", tmp_path / "table")
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "Snakefile").write_text(OTHER_WORKFLOW.format(snakefile=root / "Snakefile"), encoding="utf-8")
    return tmp_path


def test_another_workflow_uses_this_one_as_a_module(other_workflow: Path) -> None:
    printed = _run(other_workflow)
    assert int((other_workflow / "counted.txt").read_text()) == 5 + 1, printed  # rows and the line of names
    with (other_workflow / "first night/results/cohort/permeabilities.csv").open(encoding="utf-8") as table:
        ratio = next(row for row in csv.DictReader(table) if row["ion"] == "Na")
    assert float(ratio["ci_low"]) < 0.012 < float(ratio["ci_high"])  # what the table was made with
    assert list((other_workflow / "first night/reports/cells").glob("table_1.*"))
    assert not (other_workflow / "results").exists()
    assert "Nothing to do" in _run(other_workflow, "-n")


def _run(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "count", "night_all", *words]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr
