"""Files that are complete or absent, also after a power cut; temporary files of processes that were killed.

A file is written under a temporary name in its folder, forced to the disk, and then renamed. The temporary name
contains the computer and the process that writes it, so that another run can remove it if the process no longer exists.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import socket
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from reversal.errors import Refusal
from reversal.process import is_running

_WHAT = {
    errno.ENOSPC: ("the disk is full", "Free space on the disk, then run again; finished files are kept"),
    errno.EDQUOT: ("the disk quota is used up", "Free space in your quota, then run again; finished files are kept"),
    errno.EFBIG: ("the file is larger than allowed", "Raise the limit of the file size, then run again"),
    errno.EROFS: ("the file system is read-only", "Choose a folder that you may write to"),
    errno.EACCES: ("there is no permission to write", "Give the permission, or choose another folder"),
    errno.EPERM: ("there is no permission to write", "Give the permission, or choose another folder"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "Choose another folder"),
    errno.ELOOP: ("a part of the path is a link that leads to itself", "Choose another folder"),
    errno.EEXIST: ("a part of the path is a file or a broken link, not a folder", "Choose another folder"),
}
MIN_FREE_BYTES = 1 << 20
_WRITE_ONLY = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)  # reading a file never gives these

_TEMPORARY = re.compile(r"\..*\.writing-([0-9a-f]{8})-(\d+)-[^.]*(\..*)?")


@contextmanager
def whole_file(path: Path, *, forced: bool = True) -> Iterator[Path]:
    """Yield a temporary path in the same folder that replaces ``path`` only when the block ends without an error.

    forced : whether to wait until the disk has it; not for a file without which work is only repeated

    Raises Refusal if the folder cannot be written to, or the disk is full.
    """
    with whole_files([path], forced=forced) as (target,):
        yield target


@contextmanager
def whole_files(paths: Sequence[Path], *, forced: bool = True) -> Iterator[list[Path]]:
    """Yield temporary paths that replace several files of one folder only when the block ends without an error.

    The disk is asked for all of them at once, because each question alone takes some milliseconds; not at all if they
    are not ``forced``.

    Raises Refusal if the folder cannot be written to, or the disk is full.
    """
    targets: list[Path] = []
    try:
        targets += map(_temporary, paths)
        yield targets
        if forced:
            _force_to_disk(targets)
        for target, path in zip(targets, paths, strict=True):
            target.replace(path)
        if forced:
            _force_to_disk([paths[0].parent])
    except OSError as fault:
        if fault.errno in _WRITE_ONLY:
            raise not_writable(paths[0], fault) from fault
        raise
    finally:
        for target in targets:
            with suppress(OSError):
                target.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{path.name}.writing-{_computer()}-{os.getpid()}-"
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=path.suffix, dir=path.parent)
    except OSError as fault:
        if fault.errno in _WHAT:
            raise not_writable(path, fault) from fault
        raise
    os.close(handle)
    Path(name).chmod(0o644)
    return Path(name)


def not_writable(path: Path, fault: OSError) -> Refusal:
    """Refusal with the reason why a file cannot be written."""
    what, remedy = _WHAT[fault.errno or 0]
    return Refusal(what, file=path, remedy=remedy)


def check_writable(folder: Path) -> None:
    """Raise Refusal if no file can be written in a folder: no space, no permission, read-only."""
    test = folder / "write_test"
    with whole_file(test) as target:
        target.write_bytes(bytes(MIN_FREE_BYTES))
    test.unlink(missing_ok=True)


def _force_to_disk(paths: Sequence[Path]) -> None:
    """Wait until files, or the names in a folder, are on the disk. Otherwise a power cut can leave empty files."""
    if len(paths) == 1:
        _force_one(paths[0])
        return
    with ThreadPoolExecutor(max_workers=len(paths)) as threads:
        list(threads.map(_force_one, paths))


def _force_one(path: Path) -> None:
    if path.is_dir() and os.name != "posix":  # Windows opens no folders
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems cannot do this for a folder
            raise
    finally:
        os.close(handle)


def remove_temporary_files(folder: Path) -> list[Path]:
    """Remove temporary files in a folder and its subfolders if the process that wrote them no longer exists."""
    removed = []
    for path in folder.rglob(".*.writing-*"):
        parts = _TEMPORARY.fullmatch(path.name)
        if parts and parts[1] == _computer() and not is_running(int(parts[2])):
            path.unlink(missing_ok=True)
            removed.append(path)
    return removed


def _computer() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
