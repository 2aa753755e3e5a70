"""``reversal init`` makes a project that `check` and `scan` understand, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.cli.main import main


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "my 'raw' {data}"
    folder.mkdir()
    (folder / "notes.md").write_text("no recording", encoding="utf-8")
    return folder


def test_a_new_project_lacks_only_its_recordings(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a project"
    assert main(["init", str(folder), "--recordings", str(raw)]) == 0
    assert 'Next: cd "' in capsys.readouterr().out
    monkeypatch.chdir(folder)
    assert main(["check"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert "the recording sheet has no recordings. Add one row per recording, or run reversal scan" in first
    assert last.endswith("0 recordings of 0 cells, 6 solutions, 0 warnings, 1 fault")
    assert main(["scan"]) == 0
    assert "No recording with an I–V was found." in capsys.readouterr().out
    assert {path.name for path in folder.iterdir()} == {"config", ".gitignore"}


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "config" / "solutions.yaml"
    mine.parent.mkdir()
    mine.write_text("mine: {ions_mM: {K: 5, Cl: 5}}\n", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    assert f"kept {mine}" in capsys.readouterr().out
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(["init", str(tmp_path)]) == 0
    assert "made" not in capsys.readouterr().out
    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "p"), "--recordings", str(tmp_path / "none")]) == 1
    assert "the folder of the recordings does not exist" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 1
    assert "config" in capsys.readouterr().err
