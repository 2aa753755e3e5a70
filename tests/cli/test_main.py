"""The command ``reversal``: version, check, and refusals as messages."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from reversal.cli.main import main


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"reversal {version('reversal')}"


@pytest.mark.parametrize("command", [["check"], ["calc"], ["inspect"], ["survey"], ["simulate"], ["truth"], ["review"]])
def test_every_command_has_a_help_page(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "usage: reversal" in capsys.readouterr().out


def test_a_shell_completes_commands_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    asked = """COMP_WORDS=(reversal {words}); COMP_CWORD={at}; _reversal; echo "${{COMPREPLY[@]}}\""""
    answers = []
    for words, at in (("sc", 1), ("check --re", 2), ("calc ljp --ba", 3), ("calc ne", 2)):
        text = f"{script}\n{asked.format(words=words, at=at)}"
        answers.append(subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True).stdout.split())
    assert answers == [["scan"], ["--read"], [], ["nernst"]]


def test_check_counts_recordings_cells_and_faults(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    config = tmp_path / "config.yaml"
    config.write_text("raw_dir: no_such_folder\n", encoding="utf-8")
    assert main(["check", "--config", str(config)]) == 1
    lines = capsys.readouterr().out.splitlines()
    rows = len((root / "config" / "recordings.tsv").read_text(encoding="utf-8").splitlines()) - 1
    assert lines[0].startswith("no_such_folder, raw_dir: the folder of the recordings cannot be opened")
    assert lines[-1].startswith(f"{config}: {rows} recordings of ")
    assert lines[-1].endswith(", 0 warnings, 1 fault")


def test_check_prints_warnings_and_is_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.abf").write_bytes(b"ABF2")
    (tmp_path / "solutions.yaml").write_text(
        "o: {ions_mM: {K: 0.005, Na: 0.14, Cl: 0.145}}\ni: {ions_mM: {K: 140, Cl: 140}}\n", encoding="utf-8"
    )
    (tmp_path / "sheet.tsv").write_text(
        "recording\tcell\tfile\tbath\tpipette\ttemperature_C\na\tc\ta.abf\to\ti\t22\n", encoding="utf-8"
    )
    config = tmp_path / "config.yaml"
    config.write_text(
        f"raw_dir: {tmp_path}\nrecordings: {tmp_path}/sheet.tsv\nsolutions: {tmp_path}/solutions.yaml\n",
        encoding="utf-8",
    )
    assert main(["check", "--config", str(config)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"Warning: {tmp_path}/sheet.tsv, row 2: Solution o contains 0.29 mM")
    assert lines[-1].endswith("1 warning, 0 faults")


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """`reversal survey FOLDER | head -1`."""
    for n in range(300):
        (tmp_path / f"{n}.txt").write_text("x" * 300, encoding="utf-8")
    program = "from reversal.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", program, "survey", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 141


def test_a_refusal_is_printed_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path / "none.yaml")]) == 1
    said = capsys.readouterr().err
    assert "the configuration is missing" in said
    assert "`reversal init FOLDER` makes one" in said
