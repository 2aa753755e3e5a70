"""Runs of the pipeline on projects in temporary folders."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run_pipeline(root: Path) -> Run:
    """Run Snakemake with a configuration file; ``words`` are its arguments, ``variables`` its environment."""

    def run(
        config: Path, *words: str, expect: int | None = 0, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "snakemake", "--workflow-profile", "workflow/profiles/default", "--nolock"]
        command += ["--configfile", str(config), *words]
        environment = {**os.environ, **(variables or {})}
        result = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        if expect is not None:
            assert result.returncode == expect, result.stdout + result.stderr
        return result

    return run
