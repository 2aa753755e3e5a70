"""The log of a step: what a person can correct is a sentence, a bug has its traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.steps.step_log import logged


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
