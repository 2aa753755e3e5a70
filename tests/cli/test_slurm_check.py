"""A run on a cluster starts only if it can find out when its jobs have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.cli.main import main
from reversal.cli.slurm_check import check_slurm
from reversal.errors import Refusal

CONFIG = "AccountingStorageType   = {accounting}\nMinJobAge               = {kept}\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only one of PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def answers(programs: Path, text: str, code: int = 0) -> None:
    """Write a scontrol that gives this answer."""
    script = programs / "scontrol"
    script.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{text}END\nexit {code}\n", encoding="utf-8")
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("accounting", "kept"),
    [
        ("accounting_storage/none", "300 sec"),
        ("(null)", "180 sec"),
        ("accounting_storage/slurmdbd", "300 sec"),
        ("accounting_storage/slurmdbd", "2 sec"),
    ],
)
def test_a_cluster_that_can_answer_is_used(programs: Path, accounting: str, kept: str) -> None:
    answers(programs, CONFIG.format(accounting=accounting, kept=kept))
    check_slurm()


@pytest.mark.parametrize("accounting", ["accounting_storage/none", "(null)"])
def test_a_cluster_that_forgets_ended_jobs_is_refused(programs: Path, accounting: str) -> None:
    answers(programs, CONFIG.format(accounting=accounting, kept="60 sec"))
    with pytest.raises(Refusal, match=r"forgets ended jobs.*MinJobAge = 60 s.*180 s or more"):
        check_slurm()


def test_slurm_that_does_not_answer_is_refused(programs: Path) -> None:
    answers(programs, "", code=1)
    with pytest.raises(Refusal, match="Slurm does not answer"):
        check_slurm()


@pytest.mark.usefixtures("programs")
def test_without_slurm_the_run_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--profile", "slurm"]) == 2
    assert "Slurm was not found here" in capsys.readouterr().err
