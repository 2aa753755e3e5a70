"""Snakemake's linter on the workflow."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from reversal.steps.run_log import WITHOUT_JOB

# all rules use the environment of requirements.lock; the linter expects one per rule
RULE = re.compile(r"^rule (\w+):", re.MULTILINE)
NOT_OURS = {"Specify a conda environment or container for each rule."}


def test_snakemake_linter_reports_only_missing_environments(root: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "--workflow-profile", "workflow/profiles/default", "--lint"]
    report = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stderr
    rules = [name for path in (root / "workflow/rules").glob("*.smk") for name in RULE.findall(path.read_text("utf-8"))]
    rules = [name for name in rules if name not in WITHOUT_JOB]  # they need no environment
    assert sorted(re.findall(r"^Lints for rule (\w+)", report, re.MULTILINE)) == sorted(rules), report
    assert set(re.findall(r"^    \* (.*):$", report, re.MULTILINE)) == NOT_OURS
