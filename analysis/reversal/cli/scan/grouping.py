"""Groups recordings into cells: by a name in folder, file name or comment, else by pauses and telegraphed C_m.

A name counts within one folder and one session, because laboratories number the cells of each day from 1. A session
ends where nothing was recorded for hours. Every grouping is a guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from reversal.cli.scan.found import Found
from reversal.cli.scan.words import NAMED_CELLS, NAMED_CELLS_OF_FILES, cell_in, plain_cell
from reversal.experiment.recording_sheet import CELL_PATTERN
from reversal.experiment.scan_rules import ScanRules
from reversal.recordings.files.sweep_files import NUMBERED_FOLDER

SESSION_PAUSE = dt.timedelta(hours=5)
DATE_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d\d[._-]?[01]\d[._-]?[0-3]\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Group:
    """Recordings of one cell.

    label : name of the cell in the files; None if they have none
    basis : why the recordings are one cell, in words
    session : start of the session; None if not known
    """

    recordings: tuple[Found, ...]
    label: str | None
    basis: str
    session: dt.datetime | None

    @property
    def date(self) -> str:
        """Date on which the session began, or that in the path of the first recording; empty if not known."""
        if self.session is not None:
            return self.session.strftime("%Y_%m_%d")
        in_path = [match[0] for found in self.recordings for match in DATE_IN_NAME.finditer(found.place.file)]
        return re.sub(r"[._-]", "_", in_path[0]) if in_path else ""


def grouped(recordings: Sequence[Found], rules: ScanRules) -> list[Group]:
    """All recordings, each in one group, in the order of their starts."""
    own = [re.compile(pattern) for pattern in rules.cell_patterns]
    ordered = sorted(recordings, key=lambda found: (found.started or dt.datetime.min, _as_counted(found.place.file)))
    sessions = _sessions(ordered)
    named: dict[tuple[object, ...], list[tuple[Found, str, str]]] = {}
    unnamed: dict[tuple[object, ...], list[Found]] = {}
    for found in ordered:
        label, source = _label(found, own)
        scope = (_scope(found), sessions.get(id(found)), _channel_of_cell(found))
        if label is None:
            unnamed.setdefault(scope, []).append(found)
        else:
            named.setdefault((*scope, plain_cell(label)), []).append((found, label, source))
    order = {id(found): n for n, found in enumerate(ordered)}
    groups = []
    for same in named.values():
        first, label, source = same[0]
        of_cell = tuple(found for found, _, _ in same)
        groups.append(Group(of_cell, label, f"named in the {source}", sessions.get(id(first))))
    for alone in unnamed.values():
        groups += _by_pauses(alone, rules, sessions)
    return sorted(groups, key=lambda group: order[id(group.recordings[0])])


def _as_counted(file: str) -> list[str | int]:
    """A path for sorting, in which ad0_9 is before ad0_10."""
    return [int(part) if n % 2 else part for n, part in enumerate(re.split(r"([0-9]+)", file))]


def _label(found: Found, own: Iterable[re.Pattern[str]]) -> tuple[str | None, str]:
    """The name of the cell and where it is written; the path comes before comments, which are often old ones."""
    place = found.place
    for pattern in own:
        if match := pattern.search(place.file):
            return match["cell"], "path, by scan.cell_patterns"
    for folder in reversed(place.folders):
        if name := cell_in(folder, NAMED_CELLS_OF_FILES):
            return name, "folder"
    if name := cell_in(place.stem, NAMED_CELLS_OF_FILES):
        return name, "file name"
    if place.is_series and place.channel:
        return place.channel.rpartition("/")[0], "group of the file"
    for source, text in (("comment", found.comment), ("tags", " | ".join(found.tags))):
        if name := cell_in(text, NAMED_CELLS):
            return name, source
    return None, ""


def _scope(found: Found) -> object:
    """Folders of the recording around that of its cell, in which a name of a cell is unique."""
    folders = found.place.folders
    of_cells = [n for n, folder in enumerate(folders) if cell_in(folder, NAMED_CELLS_OF_FILES)]
    around = folders[: of_cells[-1]] if of_cells else folders
    outside = [folder for folder in around if not cell_in(folder, NAMED_CELLS_OF_FILES)]
    if found.place.is_series:
        return (*outside, found.place.file)
    if PurePosixPath(found.place.file).suffix in NUMBERED_FOLDER:
        return (*outside, PurePosixPath(found.place.file).name)  # a headstage: each is on a cell of its own
    return tuple(outside)


def _channel_of_cell(found: Found) -> str | None:
    """The channel, if each current channel of a file is a cell; series of a bundle are recordings of one cell."""
    return found.place.channel if found.cells_in_file > 1 else None


def _sessions(ordered: Sequence[Found]) -> Mapping[int, dt.datetime]:
    """Start of the session of each recording with a start."""
    sessions: dict[int, dt.datetime] = {}
    start = last = None
    for found in ordered:
        if found.started is None:
            continue
        if start is None or last is None or found.started - last > SESSION_PAUSE:
            start = found.started
        sessions[id(found)], last = start, found.started
    return sessions


def _by_pauses(recordings: Sequence[Found], rules: ScanRules, sessions: Mapping[int, dt.datetime]) -> list[Group]:
    """Recordings without a name of a cell, cut where a cell was changed; without a start, each is a cell."""
    timed = [found for found in recordings if found.started is not None]
    groups: list[list[Found]] = []
    for found in timed:
        if groups and not _is_new_cell(groups[-1], found, rules):
            groups[-1].append(found)
        else:
            groups.append([found])
    basis = f"no pause above {rules.pause_min:g} min, C_m unchanged"
    alone = [Group((found,), None, "no name and no start time", None) for found in recordings if found.started is None]
    return [*(Group(tuple(same), None, basis, sessions.get(id(same[0]))) for same in groups), *alone]


def _is_new_cell(group: Sequence[Found], found: Found, rules: ScanRules) -> bool:
    last = group[-1]
    assert last.started is not None
    assert found.started is not None
    pause = found.started - last.started - dt.timedelta(seconds=last.duration_s or 0.0)
    if pause > dt.timedelta(minutes=rules.pause_min):
        return True
    before = next((one.telegraph.cm_pF for one in reversed(group) if one.telegraph.cm_pF), None)
    now = found.telegraph.cm_pF
    return bool(before and now) and abs(now / before - 1.0) > rules.cm_change  # type: ignore[operator]


def cell_names(
    groups: Sequence[Group], in_sheet: Mapping[tuple[str, str | None], str], taken: Iterable[str]
) -> list[str]:
    """Name of the cell of each group: that of its rows in the sheet, else a new one.

    in_sheet : name of the cell by file and channel, of the rows that the sheet already has
    taken : names of all cells of the sheet
    """
    used = {name.casefold() for name in taken}
    names = []
    for group in groups:
        known = [name for found in group.recordings if (name := _in_sheet(found, in_sheet))]
        name = max(set(known), key=known.count) if known else _new_name(group, used)
        used.add(name.casefold())
        names.append(name)
    return names


def _in_sheet(found: Found, in_sheet: Mapping[tuple[str, str | None], str]) -> str | None:
    name = in_sheet.get(found.place.key)
    return name if name is not None and CELL_PATTERN.fullmatch(name) else None


def _new_name(group: Group, used: set[str]) -> str:
    label = _plain_name(group.label or "")
    parts = [] if DATE_IN_NAME.search(group.label or "") else [group.date]
    channel = _channel_of_cell(group.recordings[0])
    stem = "_".join(part for part in (*parts, label, _plain_name(channel or "")) if part)
    if label and stem.casefold() not in used and CELL_PATTERN.fullmatch(stem):
        return stem
    stem = stem[:80] or "cell"
    form = f"{stem}_cell{{}}" if not label and stem != "cell" else f"{stem}{{}}" if stem == "cell" else f"{stem}_{{}}"
    return next(name for n in range(1, 100_000) if (name := form.format(n)).casefold() not in used)


def _plain_name(text: str) -> str:
    """A text as part of a name: letters, digits, '_' and '-'."""
    return re.sub(r"[^A-Za-z0-9-]+", "_", text).strip("_-")[:60]
