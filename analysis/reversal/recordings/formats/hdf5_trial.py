"""Damaged HDF5 files with which the HDF5 library ends the process, never returns, or takes gigabytes.

A damaged length of a text of variable length is enough, and no exception comes out of the library. So a copy of this
process (fork) reads all attributes and short texts first, with limits of time and memory. If it is killed, the file is
refused. Systems without fork have no trial. Errors that the library reports are left to the reader.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from reversal.recordings.files.file_content import MB, Content, FileContent
from reversal.recordings.recording.recording import RecordingRefused

FIRST_ms, MB_PER_s, POLL_ms, WAITED_s, MS_PER_s = 500, 2, 2, 600, 1000
MORE_BYTES, MAX_ELEMENTS = 1 << 28, 100_000
TOO_LARGE = 3  # exit code


def refuse_fatal_file(content: Content, path: Path) -> None:
    """Raise RecordingRefused if the HDF5 library does not survive the texts of a file."""
    if isinstance(content, FileContent) and _is_fatal(content):
        raise RecordingRefused(
            "the HDF5 file is damaged: the HDF5 library does not survive it", file=path, remedy="Copy the file again"
        )


@lru_cache(maxsize=8)
def _is_fatal(content: FileContent) -> bool:
    """Whether the trial is killed. An opened file is tried once, and refused at any later read if it has changed."""
    if not hasattr(os, "fork"):
        return False
    import h5py  # noqa: F401 - before the fork: each copy of this process would load it again

    child = os.fork()
    if child == 0:
        _try(content.path, FIRST_ms / MS_PER_s + len(content) / (MB_PER_s * MB))
    deadline = time.monotonic() + WAITED_s
    while time.monotonic() < deadline:
        ended, state = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.WIFSIGNALED(state) or os.WEXITSTATUS(state) == TOO_LARGE
        time.sleep(POLL_ms / MS_PER_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _try(path: Path, seconds: float) -> None:
    """Read all texts of a file and end this process."""
    code = 0
    try:
        faulthandler.disable()
        _limit(seconds)
        _read_texts(path)
    except MemoryError:
        code = TOO_LARGE
    except BaseException as fault:  # the reader meets the same error and refuses the file with it
        code = TOO_LARGE if "memory allocation" in str(fault) else 0
    finally:
        os._exit(code)


def _limit(seconds: float) -> None:
    """Limit the processor time and the memory of this process; no core is written."""
    import resource  # not on systems without fork

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) if Path("/proc").is_dir() else 0
    limits = {resource.RLIMIT_CORE: 0}
    if pages:
        limits[resource.RLIMIT_AS] = pages * resource.getpagesize() + MORE_BYTES
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, also within the library
    signal.setitimer(signal.ITIMER_PROF, seconds)
    for kind, limit in limits.items():
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _read_texts(path: Path) -> None:
    import h5py

    def read(_: str, item: Any) -> None:
        for name in item.attrs:
            item.attrs[name]
        if isinstance(item, h5py.Dataset) and item.dtype.hasobject and item.size <= MAX_ELEMENTS:
            item[()]

    with h5py.File(path, "r") as file:
        read("/", file)
        file.visititems(read)
