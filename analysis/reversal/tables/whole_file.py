"""Files that are complete or absent, also after a power cut; temporary files of processes that were killed.

A file is written under a temporary name in its folder, forced to the disk, and then renamed. The temporary name
contains the computer and the process that writes it, so that another run can remove it if the process no longer exists.
Files that belong together are renamed together: if one cannot be, the earlier ones are put back.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

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
    errno.EISDIR: ("a folder has the name of this file", "Rename or remove the folder, then run again"),
    errno.ELOOP: ("a part of the path is a link that leads to itself", "Choose another folder"),
    errno.EEXIST: ("a part of the path is a file or a broken link, not a folder", "Choose another folder"),
}
MIN_FREE_BYTES = 1 << 20
_WRITE_ONLY = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)  # reading a file never gives these

T = TypeVar("T")

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
    """Yield temporary paths; when the block ends without an error, they replace files of one folder, all or none.

    The disk is asked for all of them at once, because each question alone takes some milliseconds; not at all if they
    are not ``forced``.

    Raises Refusal if the folder cannot be written to, or the disk is full.
    """
    targets: list[Path] = []
    try:
        with _refused(paths[0], _WRITE_ONLY):
            targets += map(_temporary, paths)
            yield targets
            if forced:
                _force_to_disk(targets)
            _replace_all(list(zip(targets, paths, strict=True)))
            if forced:
                _force_to_disk([paths[0].parent])
    finally:
        for target in targets:
            with suppress(OSError):
                target.unlink(missing_ok=True)


@contextmanager
def made_together(folder: Path) -> Iterator[Path]:
    """Yield an empty folder whose files and subfolders replace those of the same names when the block ends.

    All are replaced or none. A subfolder is replaced as a whole: earlier files that were not made again are removed.

    Raises Refusal if the folder cannot be written to, or the disk is full.
    """
    made = Path(_created(folder, "", tempfile.mkdtemp))
    try:
        with _refused(folder, _WRITE_ONLY):
            yield made
            _replace_all([(new, folder / new.name) for new in sorted(made.iterdir())])
            _force_to_disk([folder])
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _replace_all(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Give new files and folders, the first of each pair, their names; after an error, the earlier ones have them."""
    with ExitStack() as undo:
        for new, path in pairs:
            undo.callback(_put_back, new, path)
            with _refused(path):
                if len(pairs) > 1 or new.is_dir():  # the name of one file changes at once
                    _set_aside(new, path)
                new.replace(path)
        undo.pop_all()
    for new, _ in pairs:
        _remove(_earlier(new))


def _earlier(new: Path) -> Path:
    """Name of what a new file or folder replaces, until all are replaced."""
    return new.with_name(f"{new.name}.earlier")


def _set_aside(new: Path, path: Path) -> None:
    """Give what is at a path the name ``_earlier`` too, or instead if it cannot have two names.

    A folder in place of a file stays, and a file in place of a folder: they are of a person.
    """
    if not os.path.lexists(path) or path.is_dir() != new.is_dir():
        return
    try:
        os.link(path, _earlier(new), follow_symlinks=False)
    except OSError:  # a folder, or a file system without links
        path.rename(_earlier(new))
    if new.is_dir() and os.path.lexists(path):  # a link to a folder
        path.unlink()


def _put_back(new: Path, path: Path) -> None:
    if not os.path.lexists(new):
        path.rename(new)
    if os.path.lexists(_earlier(new)):
        _earlier(new).replace(path)
        _earlier(new).unlink(missing_ok=True)  # if both names were of one file


def _remove(path: Path) -> None:
    """Remove a file, or a folder with all it contains, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    handle, name = _created(path.parent, path.name, tempfile.mkstemp)
    os.close(handle)
    Path(name).chmod(0o644)
    return Path(name)


def _created(folder: Path, name: str, create: Callable[..., T]) -> T:
    """A new file or folder in a folder, with a name that contains the computer and this process."""
    with _refused(folder / name):
        folder.mkdir(parents=True, exist_ok=True)
        prefix = f".{name}.writing-{_computer()}-{os.getpid()}-"
        return create(prefix=prefix, suffix=Path(name).suffix, dir=folder)


@contextmanager
def _refused(path: Path, faults: Container[int | None] = _WHAT) -> Iterator[None]:
    """Raise Refusal if something could not be written, for one of these reasons."""
    try:
        yield
    except OSError as fault:
        if fault.errno in faults:
            raise not_writable(path, fault) from fault
        raise


def not_writable(path: Path, fault: OSError) -> Refusal:
    """Refusal with the reason why a file cannot be written, with the name that it would have got."""
    what, remedy = _WHAT[fault.errno or 0]
    return Refusal(what, file=Path(*(part for part in path.parts if not _TEMPORARY.fullmatch(part))), remedy=remedy)


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
    """Remove temporary files and folders anywhere in a folder if the process that wrote them no longer exists."""
    removed = []
    for path in list(folder.rglob(".*.writing-*")):
        parts = _TEMPORARY.fullmatch(path.name)
        if parts and parts[1] == _computer() and not is_running(int(parts[2])):
            _remove(path)
            removed.append(path)
    return removed


def _computer() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
