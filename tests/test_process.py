"""Processes that were recorded: whether they still work."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from reversal import process
from reversal.process import ProcessState, end_with, is_running, this_process


def test_this_process_is_running() -> None:
    assert this_process().state is ProcessState.RUNNING
    assert is_running(os.getpid())


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"computer": "another computer", "boot": "its start"}, ProcessState.ELSEWHERE),
        ({"computer": "another name"}, ProcessState.RUNNING),
        ({"computer": "another name", "start": "0"}, ProcessState.ENDED),
        ({"namespace": "pid:[1]"}, ProcessState.ELSEWHERE),
        ({"boot": "an earlier start"}, ProcessState.ENDED),
        ({"start": "0"}, ProcessState.ENDED),  # the number was used again by another process
        ({"boot": ""}, ProcessState.ELSEWHERE),  # it could not be read
        ({"start": ""}, ProcessState.ELSEWHERE),
    ],
)
def test_state_of_another_process(changes: dict[str, str], state: ProcessState) -> None:
    assert replace(this_process(), **changes).state is state


@pytest.mark.parametrize(
    ("machine", "before_start", "state"),
    [
        ("(1234)", True, ProcessState.ENDED),
        ("(1234)", False, ProcessState.ELSEWHERE),  # a copy of this computer has the same identifier
        ("(5678)", True, ProcessState.ELSEWHERE),
        ("", True, ProcessState.ELSEWHERE),
    ],
)
def test_a_computer_with_another_name_is_known_by_its_identifier_and_start(
    monkeypatch: pytest.MonkeyPatch, machine: str, before_start: bool, state: ProcessState
) -> None:
    monkeypatch.setattr(process, "_here", lambda: ("new name (1234)", "this start", "pid:[1]"))
    recorded = replace(this_process(), computer=f"old name {machine}".strip(), boot="an earlier start")
    assert recorded.state is ProcessState.ELSEWHERE
    assert recorded.state_since(0.0 if before_start else time.time()) is state


def test_a_killed_process_has_ended_before_its_parent_asks() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert is_running(child.pid)
    child.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while is_running(child.pid) and time.monotonic() < deadline:  # the parent has not waited: a zombie remains
        time.sleep(0.01)
    assert not is_running(child.pid)
    child.wait()


def test_a_process_ends_with_another() -> None:
    above = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    code = (
        "import dataclasses, sys, time\n"
        "import reversal.process as p\n"
        "above = dataclasses.replace(p.this_process(), pid=int(sys.argv[1]), start=p._start_of(int(sys.argv[1])))\n"
        "p.end_with(above, 0.05); print('ready', flush=True); time.sleep(60)"
    )
    below = subprocess.Popen([sys.executable, "-c", code, str(above.pid)], stdout=subprocess.PIPE)
    assert below.stdout is not None
    assert below.stdout.readline() == b"ready\n"
    above.kill()
    assert below.wait(30) == 1
    above.wait()


@pytest.mark.parametrize("fault", [FileNotFoundError(), ProcessLookupError()])
def test_a_process_without_a_folder_has_ended(monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    recorded = this_process()
    _fail(monkeypatch, "reversal.process.Path.read_text", fault)
    assert recorded.state is ProcessState.ENDED
    assert not is_running(os.getpid())


@pytest.mark.parametrize("fault", [PermissionError(), OSError(errno.EMFILE, "Too many open files")])
def test_a_process_that_cannot_be_read_has_not_ended(monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    recorded = this_process()
    _fail(monkeypatch, "reversal.process.Path.read_text", fault)
    assert recorded.state is this_process().state is ProcessState.ELSEWHERE
    assert is_running(os.getpid())


@pytest.mark.parametrize("fault", [FileNotFoundError(), PermissionError(), BlockingIOError()])
def test_a_process_has_not_ended_if_ps_cannot_be_started(monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    recorded = this_process()
    monkeypatch.setattr("reversal.process.Path.is_dir", lambda _: False)
    _fail(monkeypatch, "reversal.process.subprocess.run", fault)
    assert recorded.state is ProcessState.ELSEWHERE
    assert is_running(os.getpid())


def _fail(monkeypatch: pytest.MonkeyPatch, name: str, fault: OSError) -> None:
    def fails(*_: object, **__: object) -> str:
        raise fault

    monkeypatch.setattr(name, fails)


def test_a_process_of_unknown_state_does_not_end_another(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(Exception):
        pass

    def exit_(_: int) -> None:
        raise Ended

    states = [ProcessState.RUNNING, ProcessState.ELSEWHERE, ProcessState.RUNNING, ProcessState.ENDED]
    monkeypatch.setattr(process.RecordedProcess, "state", property(lambda _: states.pop(0)))
    monkeypatch.setattr("reversal.process.os._exit", exit_)
    with pytest.raises(Ended):
        process._end_after(this_process(), 0.0)
    assert not states


def test_a_changed_name_of_the_computer_does_not_end_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = this_process()
    monkeypatch.setattr("reversal.process.socket.gethostname", lambda: "another computer")
    assert recorded.state is ProcessState.RUNNING


def test_a_process_does_not_end_with_one_on_another_computer() -> None:
    end_with(replace(this_process(), computer="another computer", boot="its start"), 0.01)
    time.sleep(0.1)  # this test itself would end
