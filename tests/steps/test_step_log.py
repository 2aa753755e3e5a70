"""The log of a step: what a person can correct is a sentence, a bug has its traceback."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.steps.step_log import logged
from reversal.tables.whole_file import whole_file


def test_a_refusal_ends_the_step_with_its_sentence(tmp_path: Path) -> None:
    path = tmp_path / "logs/step.log"
    with pytest.raises(SystemExit, match=r"table.csv: the disk is full"), logged(str(path)):
        raise Refusal("the disk is full", file="table.csv")
    text = path.read_text(encoding="utf-8")
    assert "ERROR table.csv: the disk is full." in text
    assert "Traceback" not in text


def test_a_bug_has_its_traceback(tmp_path: Path) -> None:
    path = tmp_path / "step.log"
    with pytest.raises(ZeroDivisionError), logged(str(path)):
        1 / 0  # noqa: B018
    assert "Traceback" in path.read_text(encoding="utf-8")


def test_a_job_that_is_cancelled_leaves_no_unfinished_file(tmp_path: Path) -> None:
    """A cluster sends SIGTERM when it cancels a job, or when the job has reached its time limit."""
    path, table = tmp_path / "step.log", tmp_path / "table.csv"
    before = signal.getsignal(signal.SIGTERM)

    def write_half() -> None:
        with logged(str(path)), whole_file(table) as unfinished:
            unfinished.write_text("half", encoding="utf-8")
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)

    with pytest.raises(SystemExit) as end:
        write_half()
    assert end.value.code == 128 + signal.SIGTERM
    assert [file.name for file in tmp_path.iterdir()] == ["step.log"]
    assert "ERROR the job was ended from outside" in path.read_text(encoding="utf-8")
    assert signal.getsignal(signal.SIGTERM) is before
