"""Processes that were recorded: whether they still work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from reversal.process import ProcessState, end_with, is_running, this_process


def test_this_process_is_running() -> None:
    assert this_process().state is ProcessState.RUNNING
    assert is_running(os.getpid())


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"computer": "another computer"}, ProcessState.ELSEWHERE),
        ({"namespace": "pid:[1]"}, ProcessState.ELSEWHERE),
        ({"boot": "an earlier start"}, ProcessState.GONE),
        ({"start": "0"}, ProcessState.GONE),  # the number was used again by another process
    ],
)
def test_state_of_another_process(changes: dict[str, str], state: ProcessState) -> None:
    assert replace(this_process(), **changes).state is state


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


def test_a_process_does_not_end_with_one_on_another_computer() -> None:
    end_with(replace(this_process(), computer="another computer", start="0"), 0.01)
    time.sleep(0.1)  # this test itself would end
