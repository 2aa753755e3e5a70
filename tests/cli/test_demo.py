"""``reversal demo`` makes a project of simulated recordings in a new folder and starts the pipeline on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reversal.cli import run as run_module
from reversal.cli.main import main
from reversal.simulate import synthetic_night


def test_the_demo_is_a_project_without_faults(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The night itself is tested elsewhere: here it is its sheets, and files without samples."""

    sheet = root / "config" / "recordings.tsv"

    def sheets_only(folder: Path) -> None:
        shutil.copytree(root / "config", folder)
        for row in sheet.read_text(encoding="utf-8").splitlines()[1:]:
            (folder / row.split("\t")[2]).write_bytes(b"ABF2")

    monkeypatch.setattr(synthetic_night, "make_night", sheets_only)
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
    assert "6 solutions, 0 warnings, 0 faults" in capsys.readouterr().out


def test_a_folder_with_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main(["demo", str(tmp_path)]) == 1
    assert "the folder is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
