"""The path of a recording inside ``raw_dir``, and the reason if it is not valid."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe (FIFO)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_MISSING = (errno.ENOENT, errno.ENOTDIR, errno.EIO, errno.ESTALE, errno.EHOSTDOWN, errno.ENXIO)


class FileMissing(ConfigurationRefused):
    """There is no such file, or its disk does not answer."""


class StillWritten(ConfigurationRefused):
    """A file that may still be written."""


def check_raw_dir(raw_dir: Path) -> None:
    """Raise ConfigurationRefused if the folder of the recordings is missing, unreadable or empty.

    A disk that is not connected would otherwise make every recording of a finished analysis fail.
    """
    remedy = "Connect the disk of the recordings, or correct raw_dir"
    if any(ord(sign) < ord(" ") for sign in str(raw_dir)):
        remedy = "In YAML, \\n and \\t between double quotation marks are signs: write the path with /, or between '…'"
    elif "\\" in str(raw_dir) and os.sep == "/":
        remedy = "This is a path of Windows; write the path of the folder on this computer, with /"
    try:
        with os.scandir(raw_dir) as entries:
            is_empty = next(entries, None) is None
    except OSError as fault:
        what = "the folder of the recordings cannot be opened"
        found = fault.strerror or str(fault)
        raise ConfigurationRefused(what, file=raw_dir, place="raw_dir", found=found, remedy=remedy) from None
    if is_empty:
        raise ConfigurationRefused(
            "the folder of the recordings is empty", file=raw_dir, place="raw_dir", remedy=remedy
        )


def recording_path(raw_dir: Path, file: str, allow_outside: bool = False) -> Path:
    """Path of a recording.

    allow_outside : whether the path, or a link in it, may lead out of ``raw_dir``

    Raises FileMissing for a missing file, and ConfigurationRefused for a path outside the folder and for anything that
    is not a file.
    """
    path = raw_dir / file
    if "\0" in file or not (allow_outside or _is_below(file)):
        raise ConfigurationRefused(
            "the file must be inside raw_dir", found=file, expected=f"a path relative to {raw_dir}"
        )
    try:
        mode = path.stat().st_mode
        leads_outside = not path.resolve().is_relative_to(raw_dir.resolve())
    except (OSError, RuntimeError) as fault:
        raise _not_reached(path, fault) from None
    if leads_outside and not allow_outside:
        raise ConfigurationRefused(
            "the link leads to a file outside raw_dir",
            file=path,
            found=str(path.resolve()),
            remedy="Copy the file into raw_dir, or set allow_outside_raw_dir: true",
        )
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "no file")
        raise ConfigurationRefused(
            f"the path is {kind}, not a file", file=path, remedy="Write the path of a recording file"
        )
    return path


def why_unreadable(path: Path) -> str | None:
    """Why nothing can be read in a file that is there; None if its first byte can be."""
    try:
        with path.open("rb") as stream:
            return None if stream.read(1) else "the file is empty"
    except OSError as fault:
        return f"the file cannot be opened ({_strerror(fault)})"


def is_complete(path: Path, before: float | None) -> bool:
    """Whether a file is there and has not changed after a time [s since 1970]; None: any time."""
    try:
        return before is None or path.stat().st_mtime <= before
    except OSError:
        return False


def check_written(path: Path, before: float | None) -> None:
    """Raise StillWritten if the file changed after a time [s since 1970]; None: any time is accepted."""
    if not is_complete(path, before):
        raise StillWritten(
            "the file may still be written", file=path, remedy="It is read in a later run, when it no longer changes"
        )


def as_written_here(raw_dir: Path, file: str) -> str:
    """The path of a recording with / if a sheet of a Windows computer has \\ and there is such a file here."""
    with_slashes = file.replace("\\", "/")
    if with_slashes == file:
        return file
    try:
        is_here = (raw_dir / with_slashes).is_file() and not (raw_dir / file).is_file()
    except (OSError, ValueError):
        return file
    return with_slashes if is_here else file


def _is_below(file: str) -> bool:
    return not Path(file).is_absolute() and ".." not in Path(file).parts


def _not_reached(path: Path, fault: OSError | RuntimeError) -> ConfigurationRefused:
    number = fault.errno if isinstance(fault, OSError) else errno.ELOOP  # Python 3.11 and 3.12 raise RuntimeError
    if number == errno.ENOENT and path.is_symlink():
        return FileMissing("the link leads to a file that is missing", file=path, found=os.readlink(path))
    if number in _MISSING:
        return FileMissing("the file is missing", file=path, remedy=_nearest_file(path))
    what = {
        errno.ENAMETOOLONG: "the name of the file is too long; the limit is 255 bytes",
        errno.ELOOP: "the link leads to itself",
        errno.EACCES: "the folder of the file cannot be read; there is no permission",
    }.get(number or 0, "the file cannot be reached")
    return ConfigurationRefused(what, file=path, found=None if number in (errno.ELOOP,) else _strerror(fault))


def _nearest_file(path: Path) -> str:
    """The most similar file of the folder; of a path with the folders of Windows, the file of that name."""
    last = path.name.replace("\\", "/").rpartition("/")[2]
    names = _names_in(path.parent)
    if last != path.name and last in names:
        return f"{last!r} is in the folder {path.parent}; write the path of the file in raw_dir, with /"
    return nearest(last, names, most=5)


def _strerror(fault: OSError | RuntimeError) -> str:
    return getattr(fault, "strerror", None) or str(fault)


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(other.name for other in folder.iterdir())
    except OSError:
        return []
