"""SIGTERM ends a real run after its present jobs, also while Snakemake chooses jobs and has the lock of its handler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.kills import small_project

ARRIVES_WHILE_JOBS_ARE_CHOSEN = """
import os, signal
from snakemake.scheduling.job_scheduler import JobScheduler

choose = JobScheduler.update_available_resources


def with_signal(self, jobs):
    os.kill(os.getpid(), signal.SIGTERM)
    choose(self, jobs)


JobScheduler.update_available_resources = with_signal
"""


@pytest.mark.long
def test_a_signal_while_jobs_are_chosen_ends_the_run(root: Path, tmp_path: Path, synthetic_night: Path) -> None:
    folder = small_project(tmp_path / "project", synthetic_night)
    script = f"{ARRIVES_WHILE_JOBS_ARE_CHOSEN}\nfrom snakemake.cli import main\nmain()"
    options = ["--snakefile", str(root / "Snakefile"), "--workflow-profile", str(root / "workflow/profiles/default")]
    command = [sys.executable, "-c", script, *options, "--cores", "1"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert "1 of 6 jobs" in ended.stderr
    assert "2 of 6 jobs" not in ended.stderr
    assert "The run is incomplete" in ended.stderr
    assert not list((folder / ".snakemake/reversal/runs").glob("*.json"))
