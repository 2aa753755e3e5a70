"""``reversal run``: the words of the command that it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from reversal.cli import run as run_module
from reversal.cli.main import main
from reversal.cli.run import CHECKOUT


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would replace this process."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: commands.append(command))
    return commands


def test_the_profile_and_the_workflow_of_this_package_are_used(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["run"])
    profile = CHECKOUT / "workflow" / "profiles" / "default"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(CHECKOUT / "Snakefile")]
    assert started == [[*command, "--workflow-profile", str(profile)]]
    assert profile.is_dir()


def test_options_are_passed_on(started: list[list[str]], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    config = "config/config.yaml"
    main(["run", "--config", config, "--profile", "overnight", "--cores", "2", "--unlock", "-n", "-j", "3", "all"])
    (command,) = started
    assert command[-9:] == ["--configfile", config, "--cores", "2", "--unlock", "-n", "-j", "3", "all"]
    assert command[6].endswith("profiles/overnight")


def test_a_damaged_configuration_is_said_before_the_start(
    started: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("? [a]\n: b\n", encoding="utf-8")
    assert main(["run", "--config", str(path)]) == 1
    assert "a key is a list or a mapping" in capsys.readouterr().err
    assert started == []


def test_without_a_workflow_the_message_gives_where_to_run(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_module, "CHECKOUT", tmp_path / "elsewhere")
    assert main(["run"]) == 1
    assert "there is no workflow here" in capsys.readouterr().err
    assert started == []


def test_other_commands_refuse_unknown_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--cores", "2"])
    assert "unrecognized arguments: --cores" in capsys.readouterr().err
