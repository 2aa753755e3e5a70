"""Processes recorded in a file: whether each still runs, on this computer or on another.

The number of a process is used again after its end. A process is therefore recorded with its computer, the last start
of the computer, and the time at which the process started.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_START_FIELD = 19  # starttime, counted from the state, which follows the name of the program
_ENDED = ("Z", "X")


class ProcessState(StrEnum):
    """What is known about a recorded process."""

    RUNNING = "running"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"  # on another computer or in another container, or it cannot be read: its state is not known


@dataclass(frozen=True, slots=True)
class RecordedProcess:
    """A process as it is recorded in a file.

    computer : name of the computer, and its machine identifier if it has one
    boot : identifier of the last start of the computer, which no other computer has; empty if it has none
    namespace : identifier of the set of processes that the process can see; empty if there is none
    start : time at which the process started, as the operating system gives it; empty if it is not known
    """

    computer: str
    boot: str
    namespace: str
    pid: int
    start: str

    @property
    def state(self) -> ProcessState:
        """Whether the process still works."""
        computer, boot, namespace = _here()
        since_this_boot = bool(boot) and self.boot == boot  # whatever the computer was called then
        if self.computer != computer and not since_this_boot:
            return ProcessState.ELSEWHERE
        if self.boot != boot and self.boot and boot:
            return ProcessState.ENDED
        if (self.boot, self.namespace) != (boot, namespace):
            return ProcessState.ELSEWHERE
        start = _start_of(self.pid)
        if start is None:
            return ProcessState.ENDED
        if not start or not self.start:
            return ProcessState.ELSEWHERE
        return ProcessState.RUNNING if start == self.start else ProcessState.ENDED

    def state_since(self, recorded_s: float) -> ProcessState:
        """The state of a process that was recorded at a time [s since 1970], perhaps by a computer of another name.

        Computers that were copied have the same machine identifier. Such a process is therefore taken as one of an
        earlier start of this computer only if it was recorded before this computer started.
        """
        computer, _, _ = _here()
        was_here = "(" in computer and self.computer.rpartition("(")[2] == computer.rpartition("(")[2]
        if self.state is ProcessState.ELSEWHERE and was_here and recorded_s < _booted_s():
            return ProcessState.ENDED
        return self.state


def this_process() -> RecordedProcess:
    """The process that runs this code."""
    computer, boot, namespace = _here()
    return RecordedProcess(computer, boot, namespace, pid=os.getpid(), start=_start_of(os.getpid()) or "")


@cache
def _here() -> tuple[str, str, str]:
    """Computer, boot and namespace of this process: read once, so that a later failure to read changes none."""
    machine = _line(Path("/etc/machine-id"))[:8]
    computer = socket.gethostname() + (f" ({machine})" if machine else "")
    return computer, _line(_PROC / "sys/kernel/random/boot_id"), _link(_PROC / "self/ns/pid")


def _booted_s() -> float:
    """When this computer started [s since 1970]."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def is_running(pid: int) -> bool:
    """Whether a process of this computer has this number; True if that cannot be found out."""
    return _start_of(pid) is not None


def end_with(process: RecordedProcess, every_s: float) -> None:
    """End this process within ``every_s`` seconds after another one of this computer is known to have ended.

    Without this, the jobs of a killed run would go on and write files while the next run works.
    """
    if process.state is not ProcessState.ELSEWHERE:
        threading.Thread(target=_end_after, args=(process, every_s), daemon=True).start()


def _end_after(process: RecordedProcess, every_s: float) -> None:
    while process.state is not ProcessState.ENDED:
        time.sleep(every_s)
    os._exit(1)


def _start_of(pid: int) -> str | None:
    """Time at which a process started; None if it has ended, even if it is not yet removed; empty if it is not known.

    A process is not known if it cannot be read, such as when this process has too many open files.
    """
    try:
        return _start_in_proc(pid) if _PROC.is_dir() else _start_by_ps(pid)
    except OSError:
        return ""


def _start_in_proc(pid: int) -> str | None:
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in _ENDED else fields[_START_FIELD]


def _start_by_ps(pid: int) -> str | None:
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    state, _, start = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip().partition(" ")
    return start.strip() if state and not state.startswith(_ENDED) else None


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
