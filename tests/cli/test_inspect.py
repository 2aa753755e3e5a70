"""``reversal inspect`` and ``reversal survey``: the text they print and the table they write."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.cli.main import main
from reversal.simulate.stimulus_protocol import SimulatedUserList, UserListTarget
from tests.recordings.abf1_files import protocol, second_output

Write = Callable[..., Path]


def test_inspect_prints_epochs_and_draws_the_sweeps(
    abf1: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = abf1(protocol())
    assert main(["inspect", str(path), "--compare", "--png", str(tmp_path / "look.png")]) == 0
    printed = capsys.readouterr().out
    assert "reconstructed: from the protocol of output 'Cmd 0'" in printed
    assert "A step -60 @ 1 | B step -80 @ 11 | after hold -80 @ 31" in printed  # sweep 2, 10 samples per ms
    assert "channel    IN 0 [pA] current  <- current of the cell" in printed
    assert (tmp_path / "look.png").read_bytes().startswith(b"\x89PNG")


def test_inspect_writes_nothing_that_nobody_asked_for(
    abf1: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = abf1(protocol())
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    assert main(["inspect", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["command"]["evidence"], found["current_channel"], found["sweeps"]) == ("reconstructed", "IN 0", 3)
    assert set(tmp_path.rglob("*")) == before


def test_survey_prints_its_columns_or_json(abf1: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    abf1(protocol(), name="good.abf")
    assert main(["survey", str(tmp_path)]) == 0
    header, row = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    found = dict(zip(header, row, strict=True))
    assert found["file and channel"] == "good.abf IN 0"
    assert (found["sweeps"], found["readers"], found["command"]) == ("3", "agree", "reconstructed")
    assert main(["survey", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["file"] == "good.abf"


def test_inspect_prints_the_header_of_a_refused_file(abf1: Write, capsys: pytest.CaptureFixture[str]) -> None:
    played = protocol(user_list=SimulatedUserList(UserListTarget.LEVEL, 1, (-10.0,)))
    path = abf1(played, changes={"sULParamValueList": "-10, x"})
    assert main(["inspect", str(path)]) == 1
    printed = capsys.readouterr().out
    assert "user list of parameter 22: -10, x" in printed
    assert "epoch B  kind 1  level -120 by 20  200 samples by 0" in printed
    assert "REFUSED" in printed


def test_survey_has_a_row_for_every_file_and_channel(abf1: Write, tmp_path: Path) -> None:
    abf1(protocol(), name="good.abf")
    pair = protocol(channels=2, other_outputs=second_output())
    abf1(pair, inputs=(("IN 0", "pA"), ("IN 1", "pA")), name="pair.abf")
    (tmp_path / "broken.abf").write_bytes(b"ABF2 no more")
    (tmp_path / "notes.md").write_text("not a recording")
    assert main(["survey", str(tmp_path), "--out", str(tmp_path / "out" / "table.csv")]) == 0
    with (tmp_path / "out" / "table.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = [(row["file"], row["channel"], row["status"], row["command_evidence"]) for row in rows]
    assert found == [
        ("broken.abf", "", "refused", "unknown"),
        ("good.abf", "IN 0", "read", "reconstructed"),
        ("pair.abf", "IN 0", "read", "reconstructed"),
        ("pair.abf", "IN 1", "read", "reconstructed"),
    ]
    assert {row["readers"] for row in rows[1:]} == {"agree"}
