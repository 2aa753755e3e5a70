"""Recordings with a file for each sweep: the files that the column ``sweeps`` of the recording sheet joins.

An Igor wave (``ad0_12.ibw``) has its number in its name; a file of acq4 (``012/Clamp1.ma``) in that of its folder. The
sheet names one of the files, and ``sweeps`` the numbers of all, its own among them. Without that nothing is joined:
files with numbers are often recordings of different baths. A matrix of Igor has its sweeps in its columns and is never
joined.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from reversal.recordings.recording.recording import RecordingRefused

NUMBERED_NAME, NUMBERED_FOLDER = (".ibw",), (".ma",)
COLUMNS_AT = slice(136, 140)  # number of columns in the header of an Igor wave of version 5
NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>\d{1,9})")


def sweep_files(path: Path, wanted: tuple[range, ...] | None) -> dict[int, Path]:
    """Files of the chosen sweeps by number, in order; empty if ``path`` is not one of several.

    wanted : ranges of numbers that the sheet chooses, or None

    Raises RecordingRefused if there is no file with a chosen number, or two.
    """
    own = number_in_name(path)
    if wanted is None or own is None or not any(own[1] in numbers for numbers in wanted):
        return {}
    in_folders = path.suffix.lower() in NUMBERED_FOLDER
    by_number = _siblings(path, own[0], in_folders)
    chosen = sorted(number for numbers in wanted for number in numbers)
    for number in chosen:
        found = by_number.get(number, [])
        if len(found) != 1:
            names = ", ".join(one.parent.name if in_folders else one.name for one in found)
            raise RecordingRefused(
                f"there are several files of sweep {number}" if found else f"there is no file of sweep {number}",
                file=path,
                found=names or None,
                remedy="Correct the column 'sweeps': it joins the files with these numbers in their names",
            )
    return {number: by_number[number][0] for number in chosen}


def number_in_name(path: Path) -> tuple[str, int] | None:
    """The name, without its number, and the number that ``sweeps`` means; None for a file that is never joined."""
    suffix = path.suffix.lower()
    own = NUMBERED.fullmatch(path.parent.name if suffix in NUMBERED_FOLDER else path.stem)
    if own is None or suffix not in (*NUMBERED_NAME, *NUMBERED_FOLDER) or _is_matrix(path):
        return None
    return own["stem"], int(own["number"])


def _is_matrix(path: Path) -> bool:
    """Whether a file is an Igor wave with columns: version 5, with rows in its second dimension."""
    try:
        with path.open("rb") as stream:
            head = stream.read(COLUMNS_AT.stop)
    except OSError:  # reading it gives the reason
        return False
    order = {b"\x05\x00": "<", b"\x00\x05": ">"}.get(head[:2])
    return order is not None and len(head) == COLUMNS_AT.stop and struct.unpack(f"{order}i", head[COLUMNS_AT])[0] > 0


def _siblings(path: Path, stem: str, in_folders: bool) -> dict[int, list[Path]]:
    """Files with the same name, or in folders with the same name, but for the number; by number."""
    folder = path.parent.parent if in_folders else path.parent
    found: dict[int, list[Path]] = {}
    for other in sorted(folder.iterdir()):
        match = NUMBERED.fullmatch(other.name if in_folders else other.stem)
        file = other / path.name if in_folders else other
        if match and match["stem"] == stem and file.suffix == path.suffix and file.is_file():
            found.setdefault(int(match["number"]), []).append(file)
    return found
