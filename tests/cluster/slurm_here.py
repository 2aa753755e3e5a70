"""A Slurm cluster of one node on this computer, without accounting, from the programs of Debian's packages."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONF = Path("/etc/slurm/slurm.conf")  # the commands of a job read only this one: the plugin removes SLURM_CONF
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
STARTS_S = 30
ENDS_S = 180  # Slurm repeats a signal that did not arrive after two minutes
CORES = 4

CONFIGURATION = """\
ClusterName=reversal_test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=16000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def why_not() -> str | None:
    """Why Slurm cannot be started here; None if it can."""
    if os.geteuid() != 0:
        return "Slurm is started by root only"
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (apt-get install munge slurmctld slurmd slurm-client)"
    if CONF.exists() and not CONF.read_text(encoding="utf-8").startswith("ClusterName=reversal_test\n"):
        return f"{CONF} exists: this computer is part of a cluster"
    return None


@dataclass
class Slurm:
    """The running daemons; their messages are in files in ``folder``."""

    folder: Path
    node: subprocess.Popen[bytes]

    def kill_the_node(self, away_s: float = 3.0) -> None:
        """Kill slurmd without a warning and start it again after ``away_s`` seconds."""
        self.node.kill()
        self.node.wait()
        time.sleep(away_s)
        self.node = _daemon(self.folder, "slurmd", "-D")
        _wait_until(_idle_or_working)

    def cancel(self, job: str) -> None:
        """Cancel a job and wait until its processes have ended."""
        subprocess.run(["scancel", job], check=True)
        _wait_until(lambda: job in self.jobs("CANCELLED") and job not in self.jobs("COMPLETING"), ENDS_S)

    def jobs(self, state: str) -> list[str]:
        """Numbers of the jobs in a state, such as RUNNING."""
        words = ["squeue", "--noheader", "--format=%i", f"--states={state}"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()


@contextmanager
def slurm(folder: Path) -> Iterator[Slurm]:
    """Start Slurm; end it, and remove its configuration, at the end of the block."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o600)
    names = {"host": socket.gethostname().partition(".")[0], "folder": folder, "cores": CORES}
    ports = {"controller_port": _free_port(), "node_port": _free_port()}
    CONF.parent.mkdir(parents=True, exist_ok=True)
    CONF.write_text(CONFIGURATION.format(**names, **ports), encoding="utf-8")
    started: list[subprocess.Popen[bytes]] = []
    try:
        files = {"socket": "munge.socket", "key-file": key.name, "pid-file": "munge.pid", "seed-file": "munge.seed"}
        words = [f"--{option}={folder / file}" for option, file in (files | {"log-file": "munge.log"}).items()]
        started.append(_daemon(folder, "munged", "--foreground", "--force", *words))
        _wait_until((folder / "munge.socket").exists)
        started.append(_daemon(folder, "slurmctld", "-D"))
        running = Slurm(folder, _daemon(folder, "slurmd", "-D"))
        try:
            _wait_until(_idle_or_working)
            yield running
        finally:
            started.append(running.node)
    finally:
        for daemon in reversed(started):
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(STARTS_S)
        CONF.unlink(missing_ok=True)


def _daemon(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    with (folder / f"{words[0]}.messages").open("ab") as messages:
        return subprocess.Popen(words, stdout=messages, stderr=subprocess.STDOUT, start_new_session=True)


def _idle_or_working() -> bool:
    words = ["sinfo", "--noheader", "--format=%T"]
    state = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    return state in ("idle", "mixed", "allocated", "completing")


def _wait_until(fulfilled: Callable[[], bool], within_s: float = STARTS_S) -> None:
    until = time.monotonic() + within_s
    while not fulfilled():
        if time.monotonic() > until:
            raise TimeoutError(f"Slurm did not answer as expected within {within_s} s")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
