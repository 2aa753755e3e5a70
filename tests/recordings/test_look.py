"""``reversal inspect`` and ``reversal survey``: what they print and write."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.cli.main import main
from tests.recordings.abf1 import Epoch1, File1, Output1, noise

STEPS = Output1((Epoch1(1, -60.0, 100), Epoch1(1, -120.0, 200, level_step=20.0)), holding=-80.0)
Write = Callable[..., Path]


def test_inspect_prints_the_epochs_with_levels_and_times_and_draws(
    abf1: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = abf1(File1(noise(3, 640), (STEPS,)))
    assert main(["inspect", str(path), "--compare", "--png", str(tmp_path / "look.png")]) == 0
    printed = capsys.readouterr().out
    assert "reconstructed: rebuilt from the header's protocol of output 'Cmd 0'" in printed
    assert "A step -60 @ 1 | B step -80 @ 11 | after hold -80 @ 31" in printed  # sweep 2, 10 samples a millisecond
    assert "channel    IN 0 [pA] current  <- the current" in printed
    assert (tmp_path / "look.png").read_bytes().startswith(b"\x89PNG")


def test_inspect_shows_the_header_of_a_file_it_refuses(abf1: Write, capsys: pytest.CaptureFixture[str]) -> None:
    listed = Output1(STEPS.epochs, -80.0, user_list=(22, "-10, x", False))
    path = abf1(File1(noise(3, 640), (listed,)))
    assert main(["inspect", str(path)]) == 1
    printed = capsys.readouterr().out
    assert "user list of parameter 22: -10, x" in printed
    assert "epoch B  kind 1  level -120 by 20  200 samples by 0" in printed
    assert "REFUSED" in printed


def test_survey_gives_a_row_for_every_file_and_channel(abf1: Write, tmp_path: Path) -> None:
    abf1(File1(noise(2, 640), (STEPS,)), "good.abf")
    two = (("IN 0", "pA"), ("IN 1", "pA"))
    abf1(File1(noise(2, 640, 2), (STEPS, STEPS), channels=two), "pair.abf")
    (tmp_path / "broken.abf").write_bytes(b"ABF2 no more")
    (tmp_path / "notes.md").write_text("not a recording")
    assert main(["survey", str(tmp_path), "--out", str(tmp_path / "out" / "table.csv")]) == 0
    with (tmp_path / "out" / "table.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    told = [(row["file"], row["channel"], row["status"], row["command_evidence"]) for row in rows]
    assert told == [
        ("broken.abf", "", "refused", "unknown"),
        ("good.abf", "IN 0", "read", "reconstructed"),
        ("pair.abf", "IN 0", "read", "reconstructed"),
        ("pair.abf", "IN 1", "read", "reconstructed"),
    ]
    assert {row["readers"] for row in rows[1:]} == {"agree"}
