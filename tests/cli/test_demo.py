"""``reversal demo`` makes a project of simulated recordings in a new folder and starts the pipeline on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.cli import run as run_module
from reversal.cli.main import main


def test_the_demo_is_a_project_without_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words: list[str] = []

    def snakemake(options: list[str]) -> int:
        words.extend(options)
        return 0

    monkeypatch.setattr(run_module, "run_snakemake", snakemake)
    assert main(["demo", "a demo", "--cores", "1", "--dry-run"]) == 0
    assert words[-5:] == ["--cores", "1", "all", "atlas", "--dry-run"]
    assert Path.cwd() == tmp_path / "a demo"
    assert main(["check"]) == 0
    assert "27 recordings of 6 cells, 6 solutions" in capsys.readouterr().out


def test_a_folder_with_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main(["demo", str(tmp_path)]) == 1
    assert "the folder is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
