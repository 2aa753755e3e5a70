"""The lock of a killed run is released, that of a live one is respected; about another computer a person is asked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.process import RecordedProcess, this_process
from reversal.steps import run_lock
from reversal.steps.run_lock import ABOVE, BESIDE, LOCKS, OWN, RECORDS, SCRIPTS, begin_run
from reversal.tables.whole_file import whole_file

UNUSED_PID = 2**22 + 1  # above the largest number of a process
ENDED = replace(this_process(), pid=os.getppid(), start="0")
ELSEWHERE = replace(this_process(), computer="rig 2", boot="its start")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with Snakemake's lock on a file in results, and one on a file of another project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ABOVE, "[]")
    monkeypatch.setattr(run_lock, "JOBS_END_S", 0.0)
    LOCKS.mkdir(parents=True)
    (LOCKS / "0.output.lock").write_text("results/cells/a/iv.csv\nreports/index.html\n", encoding="utf-8")
    (LOCKS / "1.output.lock").write_text("other/cells/a/iv.csv\n", encoding="utf-8")
    return tmp_path


def record(process: RecordedProcess, *folders: str) -> Path:
    """The record that a run of a process leaves."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    path = RECORDS / f"{process.computer}-{process.pid}-{'-'.join(folders)}.json"
    names = [str(Path(name).resolve()) for name in folders or ("results", "reports")]
    path.write_text(json.dumps({"process": asdict(process), "folders": names}), encoding="utf-8")
    return path


def begin(*words: str, answer: bool = False) -> list[str]:
    """Begin a run in results and reports; the questions that were asked."""
    asked: list[str] = []

    def ask(question: str) -> bool:
        asked.append(question)
        return answer

    begin_run([Path("results"), Path("reports")], words, ask)
    return asked


def locks() -> list[str]:
    return sorted(path.name for path in LOCKS.iterdir())


def test_the_lock_of_a_process_that_has_ended_is_released_and_reported(capsys: pytest.CaptureFixture[str]) -> None:
    left = record(ENDED)
    assert begin() == []
    assert locks() == ["1.output.lock"]
    assert not left.exists()
    assert f"The run of process {ENDED.pid} on" in capsys.readouterr().err


def test_this_run_is_recorded_and_passed_on_to_its_jobs() -> None:
    begin()
    places = [RECORDS.glob("*"), Path("results").glob(BESIDE.format("*")), Path("reports").glob(BESIDE.format("*"))]
    for (path,) in places:
        assert json.loads(path.read_text(encoding="utf-8"))["process"] == asdict(this_process())
    assert json.loads(os.environ[ABOVE]) == [asdict(this_process())]


def test_the_lock_of_a_live_process_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    live = this_process()
    record(live)
    monkeypatch.setattr(run_lock, "this_process", lambda: replace(live, pid=live.pid + 1))
    with pytest.raises(Refusal, match=f"another run writes to these results .process {live.pid} on"):
        begin()
    with pytest.raises(Refusal, match="another run writes to these results"):
        begin("--unlock")
    assert locks() == ["0.output.lock", "1.output.lock"]


@pytest.mark.parametrize(
    "command",
    [
        "-n",
        "-np",
        "-nc1",
        "-npq",
        "--dry-run",
        "--dryrun",
        "--dry-r",
        "--executor=dryrun",
        "-edryrun",
        "--lint",
        "--lint=json",
        "-l",
        "--list",
        "--list-rules",
        "--lt",
        "--list-target-rules",
        "-S",
        "--summary",
        "-D",
        "--detailed-summary",
        "--dag",
        "--dag=dot",
        "--rulegraph",
        "--filegraph",
        "--d3dag",
        "--li",
        "--lp",
        "--list-input-changes",
        "--list-params-changes",
        "--lc=code",
        "--list-untracked",
        "--lu",
        "--list-conda-envs",
        "--print-compilation",
    ],
)
def test_a_command_that_only_shows_is_no_run(command: str) -> None:
    record(ELSEWHERE)
    assert begin("all", command) == []
    assert locks() == ["0.output.lock", "1.output.lock"]
    assert len(list(RECORDS.iterdir())) == 1


@pytest.mark.parametrize(
    "words",
    [["-p"], ["-k", "-F"], ["--until", "dag"], ["--config", "note=-n"], ["--notemp"], ["-c1"], ["--touch"]],
    ids=str,
)
def test_a_command_that_writes_is_a_run(words: list[str]) -> None:
    record(ELSEWHERE)
    with pytest.raises(Refusal, match="cannot check whether it still works"):
        begin(*words)


def test_about_another_computer_a_person_is_asked() -> None:
    record(ELSEWHERE)
    with pytest.raises(
        Refusal, match=r"started here by process .* on rig 2; this computer cannot check whether it still works"
    ):
        begin()
    assert locks() == ["0.output.lock", "1.output.lock"]
    (question,) = begin(answer=True)
    assert "on rig 2. Has it ended" in question
    assert locks() == ["1.output.lock"]


def test_unlock_answers_the_question() -> None:
    record(ELSEWHERE)
    assert begin("--unlock") == []
    assert locks() == ["1.output.lock"]


def test_a_run_in_other_folders_is_not_touched() -> None:
    other = record(ENDED, "other")
    begin()
    assert other.exists()
    assert locks() == ["0.output.lock", "1.output.lock"]


@pytest.fixture
def from_another_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[RecordedProcess], None]:
    """Begin a run of a process on the same results and reports, and forget that it ends; then start in this folder."""

    def started(process: RecordedProcess) -> None:
        (folder / "other").mkdir()
        monkeypatch.chdir(folder / "other")
        with monkeypatch.context() as of_process:
            of_process.setattr(run_lock, "this_process", lambda: process)
            begin_run([folder / "results", folder / "reports"], [])
        LOCKS.mkdir(parents=True)
        (LOCKS / "0.output.lock").write_text("../results/cells/a/iv.csv\n", encoding="utf-8")
        (LOCKS / "1.output.lock").write_text("results/cells/a/iv.csv\n", encoding="utf-8")
        monkeypatch.chdir(folder)

    return started


def test_a_run_from_another_folder_on_the_same_results_is_respected(
    from_another_folder: Callable[[RecordedProcess], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    live = this_process()
    from_another_folder(live)
    monkeypatch.setattr(run_lock, "this_process", lambda: replace(live, pid=live.pid + 1))
    with pytest.raises(Refusal, match=f"another run writes to these results .process {live.pid} on"):
        begin()
    with pytest.raises(Refusal, match="another run writes"):
        begin_run([Path("other_results"), Path("reports")], [])


def test_a_killed_run_from_another_folder_is_released_there(
    from_another_folder: Callable[[RecordedProcess], None], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from_another_folder(ENDED)
    begin()
    assert capsys.readouterr().err.count("its lock is released") == 1
    assert [path.name for path in (folder / "other" / LOCKS).iterdir()] == ["1.output.lock"]
    assert list((folder / "other" / RECORDS).iterdir()) == []
    (own,) = (folder / "results").glob(BESIDE.format("*"))
    assert json.loads(own.read_text(encoding="utf-8"))["process"] == asdict(this_process())


def test_the_unfinished_record_of_a_killed_process_is_removed() -> None:
    with whole_file(RECORDS / "record.json") as target:
        left = Path(str(target).replace(f"-{os.getpid()}-", f"-{UNUSED_PID}-"))
        left.write_text("", encoding="utf-8")
    other = OWN / ".of another program"
    other.write_text("", encoding="utf-8")
    begin()
    assert not left.exists()
    assert other.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"process": {"pid": 1}, "folders": []}'])
def test_a_damaged_record_stops_nothing(content: str) -> None:
    RECORDS.mkdir(parents=True)
    (RECORDS / "damaged.json").write_text(content, encoding="utf-8")
    assert begin() == []


def test_copies_of_scripts_are_removed_if_no_other_run_works() -> None:
    SCRIPTS.mkdir(parents=True)
    (SCRIPTS / "tmp1.fit_cell.py").write_text("", encoding="utf-8")
    other = record(this_process(), "other")
    other.write_text(other.read_text(encoding="utf-8").replace('"pid": ', '"pid": 1'), encoding="utf-8")
    begin()
    assert list(SCRIPTS.iterdir()) != []
    other.unlink()
    begin()
    assert list(SCRIPTS.iterdir()) == []


def test_a_refused_run_leaves_no_record() -> None:
    other = record(ELSEWHERE)
    with pytest.raises(Refusal):
        begin()
    assert list(RECORDS.iterdir()) == [other]
    assert list(Path("results").iterdir()) == []


def test_results_that_cannot_be_written_stop_the_run_first(folder: Path) -> None:
    (folder / "results").write_text("a file", encoding="utf-8")
    with pytest.raises(Refusal, match="a part of the path is a file"):
        begin()
