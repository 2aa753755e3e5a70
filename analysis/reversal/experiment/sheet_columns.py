"""Names of the columns of a recording sheet: those of the reference, and what laboratories write instead.

A title is compared without regard to upper and lower case, blanks, underscores and dots. A unit in brackets must be the
unit of the column: `Rs (kOhm)` is not rs_MOhm. If a sheet has the column of the reference, no other title is taken for
it.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.step_settings import SheetEntry

NOT_COLUMNS = ("extra", "outside", "ground", "points")
KNOWN = tuple(name for name in SheetEntry.model_fields if name not in NOT_COLUMNS)
LIKE_A_COLUMN = 0.8  # equal letters of a title and a column, from which on the title is likely a typing error

OTHER_TITLES = {
    "recording": ("recording name", "recording id", "id"),
    "cell": ("cell name", "cell id", "cell no", "cell number"),
    "file": ("file name", "filename", "file path", "path"),
    "bath": ("bath solution", "external", "external solution", "extracellular", "extracellular solution"),
    "pipette": ("pipette solution", "internal", "internal solution", "intracellular solution"),
    "temperature_C": ("temperature", "temp", "temp c", "bath temperature"),
    "inside": ("cytosol",),
    "rs_MOhm": ("rs", "series resistance", "access resistance", "ra"),
    "rs_compensation": ("rs comp", "compensation", "series resistance compensation"),
    "cm_pF": ("cm", "capacitance", "membrane capacitance"),
    "ljp_mV": ("ljp", "junction potential", "liquid junction potential"),
    "seal_GOhm": ("seal", "seal resistance"),
    "exclude": ("excluded",),
    "note": ("notes", "comment", "comments", "remark", "remarks"),
}
UNITS = {
    "temperature_C": ("c", "°c", "degc", "deg c", "celsius", "℃", "ºc"),
    "rs_MOhm": ("mohm", "mω", "megaohm"),
    "cm_pF": ("pf",),
    "ljp_mV": ("mv",),
    "seal_GOhm": ("gohm", "gω"),
    "seal_e_mV": ("mv",),
    "rs_compensation": ("0-1", "fraction"),
    "window_start_ms": ("ms",),
    "window_stop_ms": ("ms",),
}
BRACKETS = re.compile(r"^(.*?)\s*[(\[](.*)[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a sheet.

    names : name of each column in order: one of the reference, or the title as written for a further column
    notes : titles that were taken for a column of another name, and further columns that look like a typing error
    """

    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def columns_of(titles: Sequence[str], path: Path, *, has_points: bool = False) -> Columns:
    """Columns by their titles. Raises ConfigurationRefused for a missing or repeated column."""
    titles = [title.strip().lstrip("\ufeff") for title in titles]
    named = {title for title in titles if title in KNOWN}
    names = [title if title in named or (name := _name_of(title)) in named else name or title for title in titles]
    _refuse_repeated(names, titles, path)
    missing = [name for name in required_columns(names, has_points=has_points) if name not in names]
    if missing:
        _refuse_missing(missing, [name for name in names if name and name not in KNOWN], names, path)
    taken = [f"{t!r} is {n}" for t, n in zip(titles, names, strict=True) if t != n]
    notes = [f"titles of columns: {', '.join(taken)}"] if taken else []
    return Columns(tuple(names), (*notes, *_likely_errors(names)))


def required_columns(names: Sequence[str], *, has_points: bool = False) -> tuple[str, ...]:
    """Columns that a sheet with these columns needs: those of a bilayer, or the bath and what is inside."""
    source = () if has_points or "e_rev_mV" in names else ("file",)
    solutions = ("bath",) if "inside" in names else ("bath", "pipette")
    if {"cis", "trans"} & set(names):
        solutions = ("cis", "trans")
    return ("recording", "cell", *source, *solutions, "temperature_C")


def _name_of(title: str) -> str | None:
    """The column that a title names; None if it names none, or gives it another unit."""
    if title in KNOWN:
        return title
    bracketed = BRACKETS.match(title)
    stem, unit = (bracketed[1], bracketed[2].strip().casefold()) if bracketed else (title, None)
    for name in KNOWN:
        forms = {_plain(name), *map(_plain, OTHER_TITLES.get(name, ()))}
        if name in UNITS:
            forms.add(_plain(name.rpartition("_")[0] if name != "rs_compensation" else name))
        if _plain(stem) in forms and (unit is None or unit in UNITS.get(name, ())):
            return name
    return None


def _plain(text: str) -> str:
    return re.sub(r"[\s_.\-]+", "", text).casefold()


def _refuse_repeated(names: Iterable[str], titles: Sequence[str], path: Path) -> None:
    names = list(names)
    for name, count in Counter(names).items():
        if name and count > 1:
            same = [title for title, one in zip(titles, names, strict=True) if one == name]
            raise ConfigurationRefused(
                "a column name is used twice", file=path, place="row 1", found=", ".join(same), remedy="Remove one"
            )


def _refuse_missing(missing: Sequence[str], unknown: Sequence[str], names: Sequence[str], path: Path) -> None:
    near = [name for name in unknown if any(_alike(name, one) for one in missing)]
    raise ConfigurationRefused(
        "a required column is missing, and there is an unknown column" if near else "a required column is missing",
        file=path,
        place="row 1",
        found=", ".join(near) or ", ".join(names),
        expected=", ".join(missing),
        remedy="; ".join(nearest(name, KNOWN) for name in near[:3])
        or f"Add {', '.join(repr(name) for name in missing)}",
    )


def _likely_errors(names: Sequence[str]) -> list[str]:
    """Further columns whose title looks like a column that the sheet does not have."""
    found = []
    for name in names:
        if not name or name in KNOWN:
            continue
        bracketed = BRACKETS.match(name)
        near = next((one for one in KNOWN if one not in names and _alike(name, one)), None)
        if bracketed and (of_stem := _name_of(bracketed[1])) and of_stem not in names:
            found.append(f"column {name!r} is not used: its unit is not that of {of_stem}")
        elif near:
            found.append(f"column {name!r} is not used. Did you mean {near!r}?")
    return found


def _alike(title: str, name: str) -> bool:
    return difflib.SequenceMatcher(None, _plain(title), _plain(name)).ratio() >= LIKE_A_COLUMN
