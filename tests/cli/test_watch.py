"""``reversal run --watch``: new recordings start a run, files that still grow wait, and the watch ends as it should."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from reversal.cli import watch as watch_module
from reversal.cli.init import init_project
from reversal.cli.main import main
from reversal.experiment.project import load_project, read_configuration
from tests.cli.rig_folder import rig_truth, write_rig

AGE_s = 600.0


@dataclass
class Night:
    """What happens while the watch sleeps, and the runs that it starts.

    sheets : recordings in the sheet at the start of each run, with the time before which their files were written
    """

    happens: list[Callable[[], None]]
    sheets: list[tuple[list[str], float]] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=lambda: [0])

    def run(self, options: argparse.Namespace, cutoff: float, more: list[str]) -> int:
        lines = Path("config/recordings.tsv").read_text(encoding="utf-8").splitlines()[1:]
        self.sheets.append(([line.split("\t")[0] for line in lines], cutoff))
        self.words.append([*options.further, *more])
        return self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]

    def sleep(self, _seconds: float) -> None:
        if not self.happens:
            raise KeyboardInterrupt  # Ctrl-C
        self.happens.pop(0)()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three recordings that are ten minutes old."""
    truth = [one for one in rig_truth() if one.cell == "A19-2" and one.bath][:3]
    raw = tmp_path / "raw"
    write_rig(raw, truth)
    for path in raw.rglob("*.abf"):
        os.utime(path, (time.time() - AGE_s, time.time() - AGE_s))
    init_project(tmp_path, raw.as_posix())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def watched(monkeypatch: pytest.MonkeyPatch, *happens: Callable[[], None]) -> Night:
    night = Night(list(happens))
    monkeypatch.setattr(watch_module, "_child", night.run)
    monkeypatch.setattr(time, "sleep", night.sleep)
    return night


def test_a_file_that_grows_waits_until_it_is_complete(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    last = sorted((project / "raw").rglob("*.abf"))[-1]
    content = last.read_bytes()
    last.write_bytes(content[:2000])  # the acquisition has just begun

    def it_is_complete() -> None:
        last.write_bytes(content)
        os.utime(last, (time.time() - AGE_s, time.time() - AGE_s))

    night = watched(monkeypatch, lambda: None, it_is_complete, lambda: None)
    assert main(["run", "--watch", "-n"]) == 0
    printed = capsys.readouterr()
    assert [len(rows) for rows, _ in night.sheets] == [2, 3]  # one run at the start, one when the file is complete
    assert night.words == [["-n"], ["-n"]]
    assert f"1 may still be written: {last.name}" in printed.out
    assert "the watch has ended" in printed.err


def test_a_row_of_a_file_that_grows_waits(project: Path) -> None:
    main(["scan"])
    document = read_configuration(project / "config/config.yaml")
    last = sorted((project / "raw").rglob("*.abf"))[-1]
    os.utime(last)
    faults = load_project({**document, "written_before": time.time() - 60}).faults
    assert [fault for fault in faults if "the file may still be written" in fault]
    assert not [fault for fault in load_project(document).faults if "still be written" in fault]


def test_a_changed_sheet_starts_a_run_and_the_own_scan_does_not(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = project / "config/recordings.tsv"

    def a_person_edits() -> None:
        sheet.write_text(sheet.read_text(encoding="utf-8").replace("2026_11_19_cell02", "mouse7"), encoding="utf-8")

    night = watched(monkeypatch, lambda: None, a_person_edits, lambda: None)
    main(["run", "--watch-minutes", "0,5"])
    assert [len(rows) for rows, _ in night.sheets] == [3, 3]


@pytest.mark.usefixtures("project")
def test_the_watch_ends_after_its_hours_with_the_code_of_the_last_run_and_notifies_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    began, slept_s = time.monotonic(), [0.0]
    night = watched(monkeypatch, lambda: slept_s.append(7300.0))
    night.codes = [0, 1]
    monkeypatch.setattr(time, "monotonic", lambda: began + sum(slept_s))
    assert main(["run", "--watch-hours", "2", "--notify", "mail"]) == 1
    assert night.words == [[], ["--notify", "mail"]]
    assert capsys.readouterr().out.endswith("the watch has ended\n")


@pytest.mark.usefixtures("project")
def test_the_signal_that_ends_a_service_ends_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    night = watched(monkeypatch, lambda: signal.raise_signal(signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    assert main(["run", "--watch"]) == 0
    assert len(night.sheets) == 1
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_that_does_not_end_with_the_watch_is_killed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(99)"
    monkeypatch.setattr(watch_module, "ENDS_WITHIN_s", 0.1)
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        watch_module._end(child)
    assert child.returncode == -signal.SIGKILL
    assert "the run was killed" in capsys.readouterr().err


@pytest.mark.long
def test_a_run_ends_when_its_watch_is_killed(project: Path) -> None:
    config = project / "config/config.yaml"
    config.write_text(f"raw_dir: {(project / 'raw').as_posix()}\nscan: {{fill: {{temperature_C: 22}}}}\n", "utf-8")
    command = [sys.executable, "-c", watch_module.ENTRY, "run", "--watch", "--cores", "1"]
    with (project / "said").open("w") as said, subprocess.Popen(command, stderr=said) as watching:
        while " jobs" not in (project / "said").read_text(encoding="utf-8"):
            assert watching.poll() is None
            time.sleep(0.05)
        (run,) = psutil.Process(watching.pid).children()
        watching.kill()
        run.wait(5)


@pytest.mark.usefixtures("project")
def test_a_project_that_is_damaged_at_night_does_not_end_the_watch(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = project / "config/config.yaml"
    whole = config.read_text(encoding="utf-8")

    def becomes(text: str) -> Callable[[], None]:
        def write() -> None:
            config.write_text(text, encoding="utf-8")

        return write

    night = watched(monkeypatch, becomes("? [a]\n: b\n"), becomes(whole))
    main(["run", "--watch"])
    assert len(night.sheets) == 3
    assert "a key is a list or a mapping" in capsys.readouterr().err


def test_a_folder_without_a_project_is_not_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--watch"]) == 2
    assert "config.yaml" in capsys.readouterr().err


def test_a_disk_that_is_gone_for_a_while_does_not_end_the_watch(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = project / "raw"

    def moves(source: str, target: str) -> Callable[[], None]:
        def move() -> None:
            (project / source).rename(project / target)

        return move

    night = watched(monkeypatch, moves("raw", "away"), moves("away", "raw"), lambda: None)
    main(["run", "--watch"])
    assert raw.is_dir()
    assert [len(rows) for rows, _ in night.sheets] == [3, 3, 3]
    assert "the folder of the recordings cannot be opened" in capsys.readouterr().err


def test_a_watch_without_an_end_cannot_notify(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--watch", "--notify", "mail"]) == 2
    assert "--notify needs --watch-hours" in capsys.readouterr().err


@pytest.mark.long
def test_the_run_of_a_watch_is_a_run_of_a_person(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One real run: Snakemake plans the jobs of the rows that the scan has drafted."""
    (project / "config/config.yaml").write_text(
        f"raw_dir: {(project / 'raw').as_posix()}\nscan: {{fill: {{temperature_C: 22}}}}\n", encoding="utf-8"
    )
    code = main(["run", "--watch-hours", "0.000001", "--cores", "1", "-n", "--quiet", "all"])
    printed = capfd.readouterr()
    assert code == 0, printed.err
    assert "3 new rows" in printed.out
