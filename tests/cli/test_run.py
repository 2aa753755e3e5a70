"""``reversal run``: the options of Snakemake, the exit codes, and the command that is run at the end."""

from __future__ import annotations

import json
import logging
import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reversal.cli import run as run_module
from reversal.cli.main import main
from reversal.cli.notify import notify
from reversal.cli.run import CHECKOUT


@dataclass
class FakeSnakemake:
    """Keeps the options with which Snakemake would run, and ends as a test wants.

    reports : what the run reports
    end : exit code, or the message of a workflow that refuses to start
    """

    reports: tuple[str, ...] = ("Run of 1 cells",)
    end: int | str = 0
    options: list[list[str]] = field(default_factory=list)

    def __call__(self, words: list[str]) -> int | str:
        self.options.append(words)
        for sentence in self.reports:
            logging.getLogger("reversal.run").error(sentence)
        return self.end


@pytest.fixture
def snakemake_run(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSnakemake]:
    fake = FakeSnakemake()
    monkeypatch.setattr(run_module, "run_snakemake", fake)
    logger = logging.getLogger("reversal.run")
    before = list(logger.handlers)
    yield fake
    logger.handlers[:] = before


def test_the_profile_and_the_workflow_of_this_package_are_used(
    snakemake_run: FakeSnakemake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["run"])
    profile = CHECKOUT / "workflow" / "profiles" / "default"
    options = ["--snakefile", str(CHECKOUT / "Snakefile"), "--workflow-profile", str(profile)]
    assert snakemake_run.options == [options]
    assert profile.is_dir()


@pytest.fixture
def niceness(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    added: list[int] = []
    monkeypatch.setattr(os, "nice", added.append)
    return added


def test_options_are_passed_on(
    snakemake_run: FakeSnakemake, niceness: list[int], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    config = "config/config.yaml"
    main(["run", "--config", config, "--profile", "overnight", "--cores", "2", "--unlock", "-n", "-j", "3", "all"])
    (options,) = snakemake_run.options
    assert options[-9:] == ["--configfile", config, "--cores", "2", "--unlock", "-n", "-j", "3", "all"]
    assert options[3].endswith("profiles/overnight")
    assert niceness == [10]


@pytest.mark.parametrize(("of_computer", "used"), [(1, "1"), (2, "1"), (8, "7")])
def test_overnight_leaves_one_core_free(
    snakemake_run: FakeSnakemake,
    niceness: list[int],  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    of_computer: int,
    used: str,
) -> None:
    monkeypatch.setattr(run_module, "cores_here", lambda: of_computer)
    main(["run", "--profile", "overnight"])
    assert snakemake_run.options[0][-2:] == ["--cores", used]


@pytest.mark.parametrize(
    ("end", "reports", "code"),
    [
        (0, ("Run of 1 cells",), 0),
        (1, ("Run of 1 cells",), 1),
        (1, (), 2),  # such as a target that no rule makes
        (2, (), 2),  # an unknown option
        ("nothing was run: raw_dir is missing", (), 2),
    ],
)
def test_exit_codes(
    snakemake_run: FakeSnakemake,
    capsys: pytest.CaptureFixture[str],
    end: int | str,
    reports: tuple[str, ...],
    code: int,
) -> None:
    snakemake_run.end, snakemake_run.reports = end, reports
    assert main(["run"]) == code
    if isinstance(end, str):
        assert end in capsys.readouterr().err


def notified(tmp_path: Path) -> tuple[str, Path]:
    """A command that writes its words, its input and its variables to a file."""
    script, answer = tmp_path / "notify.py", tmp_path / "answer.json"
    script.write_text(
        "import json, os, sys\n"
        "names = ('REVERSAL_EXIT_CODE', 'REVERSAL_SUMMARY')\n"
        f"json.dump([sys.argv[1:], sys.stdin.read(), *map(os.environ.get, names)], open({str(answer)!r}, 'w'))\n",
        encoding="utf-8",
    )
    return shlex.join([sys.executable, str(script), "two words", "$(touch x); `y`"]), answer


@pytest.mark.parametrize(("end", "code"), [(0, 0), (1, 1), ("nothing was run: the disk is gone", 2)])
def test_the_command_of_notify_gets_summary_and_exit_code(
    snakemake_run: FakeSnakemake, tmp_path: Path, end: int | str, code: int
) -> None:
    command, answer = notified(tmp_path)
    hostile = "c1; rm -rf $HOME `id`: E_rev −3 mV"
    snakemake_run.end, snakemake_run.reports = end, (hostile,)
    assert main(["run", "--notify", command]) == code
    words, read, exit_code, summary = json.loads(answer.read_text(encoding="utf-8"))
    assert words == ["two words", "$(touch x); `y`"]
    assert exit_code == str(code)
    assert "c1; rm -rf $HOME `id`: E_rev −3 mV" in read
    assert read == summary + "\n"
    assert summary.startswith("Reversal: ")
    if isinstance(end, str):
        assert end in summary


def test_a_summary_with_what_no_text_may_contain_is_passed_on_without_it(tmp_path: Path) -> None:
    command, answer = notified(tmp_path)
    notify(shlex.split(command), 0, ["c1 \0 of half a character \udc80 end"])
    _, read, _, summary = json.loads(answer.read_text(encoding="utf-8"))
    assert read == summary + "\n"
    assert summary.endswith("c1  of half a character ? end")


def test_a_very_long_summary_is_read_whole_from_the_standard_input(
    snakemake_run: FakeSnakemake, tmp_path: Path
) -> None:
    command, answer = notified(tmp_path)
    snakemake_run.reports = tuple(f"µ{number:09}" for number in range(50_000))
    assert main(["run", "--notify", command]) == 0
    _, read, _, summary = json.loads(answer.read_text(encoding="utf-8"))
    assert read.count("µ") == 50_000
    assert summary.endswith("µ000049999")


@pytest.mark.parametrize("command", ["false", "/no/such/program", "/"])
def test_a_failing_notify_is_reported_and_changes_no_exit_code(
    snakemake_run: FakeSnakemake, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for end in (0, 1):
        snakemake_run.end = end
        assert main(["run", "--notify", command]) == end
        assert "The command of --notify failed" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["mail 'lab", "", "  "])
def test_a_notify_that_is_no_command_is_refused_before_the_run(
    snakemake_run: FakeSnakemake, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main(["run", "--notify", command]) == 2
    assert "--notify has no command that can be read" in capsys.readouterr().err
    assert snakemake_run.options == []


TWICE = "experiments: {default: {ion: Na}}\nexperiments: {default: {ion: K}}\n"
CODE = '__use_yte__: true\n?if __import__("pathlib").Path("ran").touch() is None:\n  title: x\n'


@pytest.mark.parametrize(
    ("words", "text", "message"),
    [
        ([], TWICE, "the key 'experiments' is used twice"),
        ([], CODE, "Snakemake would run code"),
        (["-n", "-C", "solutions=other.yaml"], CODE, "Snakemake would run code"),
        (["--config", "config/config.yaml"], "? [a]\n: b\n", "a key is a list or a mapping"),
        (["--config", "config/config.yaml"], CODE, "Snakemake would run code"),
        (["--configfiles", "other.yaml", "config/config.yaml"], TWICE, "the key 'experiments' is used twice"),
        (["-n", "--configfile=config/config.yaml"], CODE, "Snakemake would run code"),
        (["--config", "other.yaml"], TWICE, "the recording sheet is missing"),  # the other file is not read
    ],
)
def test_a_configuration_is_read_without_code_and_repeated_keys_whatever_names_it(
    project_folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], text: str, message: str
) -> None:
    (project_folder / "config/config.yaml").write_text(text, encoding="utf-8")
    (project_folder / "other.yaml").write_text("raw_dir: away\n", encoding="utf-8")
    assert main(["run", *words]) == 2
    assert message in capsys.readouterr().err
    assert not Path("ran").exists()


@pytest.mark.parametrize("words", [["--cores", "0"], ["--cores=-1"], ["-j", "0"]])
@pytest.mark.usefixtures("project_folder")
def test_a_run_that_could_start_no_job_is_refused(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["run", *words]) == 2
    assert "Expected: at least 1" in capsys.readouterr().err


@pytest.fixture
def project_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text("raw_dir: raw\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_workflow_the_message_gives_where_to_run(
    snakemake_run: FakeSnakemake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_module, "CHECKOUT", tmp_path / "elsewhere")
    (tmp_path / "Snakefile").write_text("rule other:\n", encoding="utf-8")  # a workflow of somebody else
    assert main(["run"]) == 2
    assert "there is no workflow here" in capsys.readouterr().err
    assert snakemake_run.options == []


def test_other_commands_refuse_unknown_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--cores", "2"])
    assert "unrecognized arguments: --cores" in capsys.readouterr().err


def test_a_run_outside_a_project_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run"]) == 2
    assert "the configuration is missing. Run the command in the folder of your project; `reversal init FOLDER`" in (
        capsys.readouterr().err
    )
