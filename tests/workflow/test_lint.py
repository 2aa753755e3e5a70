"""The workflow as Snakemake's own linter sees it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# every rule runs in the one environment that requirements.lock pins; the linter wants one for each rule
NOT_OURS = {"Specify a conda environment or container for each rule."}


def test_snakemake_lint_finds_nothing_but_the_missing_environments(root: Path) -> None:
    command = [sys.executable, "-m", "snakemake", "--workflow-profile", "workflow/profiles/default", "--lint"]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stderr
    assert len(re.findall(r"^Lints for rule", said, re.MULTILINE)) >= 7, said
    assert set(re.findall(r"^    \* (.*):$", said, re.MULTILINE)) == NOT_OURS
