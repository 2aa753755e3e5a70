"""The slides are made without their example if it cannot be drawn."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

import reversal.steps.example_of_night as module
from reversal.report.inputs import Night


def test_a_bug_in_the_example_leaves_the_slides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(*_: object) -> None:
        raise ZeroDivisionError("planted")

    drawn = []
    monkeypatch.setattr(module, "example_of", planted)
    monkeypatch.setattr(module, "lab_meeting_deck", lambda *values: drawn.append(values))
    night = cast(Night, object())
    module.write_deck(tmp_path / "deck.pptx", night, tmp_path, tmp_path)
    assert drawn == [(tmp_path / "deck.pptx", night)]
