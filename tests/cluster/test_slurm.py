"""A small night on a real Slurm: its files are those of a local run, also after a killed job and a killed node.

``make test-cluster`` runs it. It needs root and Debian's packages munge, slurmctld, slurmd and slurm-client.
"""

from __future__ import annotations

import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.kills import files_of, small_project, start
from tests.cluster.slurm_here import Slurm, slurm, why_not

pytestmark = pytest.mark.long

LONGEST_S = 240


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with ExitStack() as stack:
        try:
            running = stack.enter_context(slurm(tmp_path_factory.mktemp("slurm")))
        except TimeoutError as fault:
            pytest.skip(f"Slurm does not start on this computer: {fault}")
        yield running


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, synthetic_night: Path) -> dict[str, bytes]:
    """Tables, pages, PDFs, figures and slides of a run on this computer alone."""
    folder = small_project(tmp_path_factory.mktemp("local") / "project", synthetic_night)
    assert start(folder, 2, ()).wait(LONGEST_S) == 0
    return files_of(folder)


def start_on_cluster(folder: Path) -> subprocess.Popen[bytes]:
    """Start the profile as it is, except that each cell is a job and the state of jobs is asked for more often."""
    command = [str(Path(sysconfig.get_path("scripts"), "reversal")), "run", "--profile", "slurm"]
    command += ["-C", "cells_per_job=1", "--slurm-init-seconds-before-status-checks", "5"]
    with (folder / "messages.txt").open("wb") as messages:
        return subprocess.Popen(command, cwd=folder, stdout=messages, stderr=subprocess.STDOUT, start_new_session=True)


def wait_for_a_job(cluster: Slurm, run: subprocess.Popen[bytes], other_than: tuple[str, ...] = ()) -> str:
    """Number of a running job."""
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until and run.poll() is None:
        jobs = [job for job in cluster.jobs("RUNNING") if job not in other_than]
        if jobs:
            return jobs[0]
        time.sleep(0.2)
    raise AssertionError("no job of the run was started")


def test_a_cancelled_job_and_a_killed_node_change_no_file(
    cluster: Slurm, expected: dict[str, bytes], synthetic_night: Path, tmp_path: Path
) -> None:
    folder = small_project(tmp_path / "project", synthetic_night)
    run = start_on_cluster(folder)
    try:
        first = wait_for_a_job(cluster, run)
        cluster.cancel(first)
        wait_for_a_job(cluster, run, other_than=(first,))
        cluster.kill_the_node()
        code = run.wait(LONGEST_S)
    finally:
        run.kill()
    messages = (folder / "messages.txt").read_text(encoding="utf-8")
    assert code == 0, messages
    assert first in cluster.jobs("CANCELLED")
    assert files_of(folder) == expected
    assert list(folder.rglob(".*.writing-*")) == []
