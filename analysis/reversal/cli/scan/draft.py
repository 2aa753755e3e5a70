"""Rows for recordings that the sheet does not have, with every guess marked and every gap named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reversal.cli.scan.found import Found
from reversal.cli.scan.grouping import Group
from reversal.cli.scan.guesses import Guess

COLUMNS = (
    *("recording", "cell", "file", "channel", "sweeps", "bath", "pipette", "temperature_C", "condition", "experiment"),
    *("protocol", "rs_MOhm", "rs_compensation", "cm_pF", "note", "exclude", "guessed"),
    *("evidence", "started", "acquisition_protocol", "sweeps_in_file", "duration_s", "test_rs_MOhm", "test_cm_pF"),
)
NEEDED = ("recording", "cell", "file", "bath", "pipette", "temperature_C")  # for a row that can be measured
ALWAYS = (*NEEDED, "guessed")
# without these, a row would mean something else
IF_NEEDED = ("channel", "sweeps", "condition", "experiment", "protocol")
IMPLIED = ("condition", "experiment")  # an empty cell means control, or the experiment `default`


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row: text by column. ``gaps`` : columns that a person must fill, with the reason."""

    values: Mapping[str, str]
    gaps: Mapping[str, str]


def draft_row(found: Found, cell: str, group: Group, recording: str, guesses: Mapping[str, Guess]) -> DraftRow:
    """The row of a recording."""
    joined = found.place.joined
    guessed = ["cell", *(["channel"] if found.cells_in_file > 1 else []), *(["sweeps"] if joined else [])]
    guessed += [name for name, one in guesses.items() if one.value is not None and not one.is_measured]
    guessed += [name for name in IMPLIED if name in guesses and guesses[name].value is None]
    gaps = {name: one.why for name, one in guesses.items() if one.value is None and name in NEEDED}
    why = {"cell": group.basis, "sweeps": joined.why if joined else ""}
    why |= {name: one.why for name, one in guesses.items()}
    telegraph = found.telegraph
    test = None if found.passive is None else found.passive.test
    values = {
        "recording": recording,
        "cell": cell,
        "file": found.place.file,
        "channel": found.place.channel or "",
        "sweeps": joined.sweeps if joined else "",
        "rs_MOhm": _number(telegraph.rs_MOhm),
        "cm_pF": _number(telegraph.cm_pF),
        **{name: one.value or "" for name, one in guesses.items()},
        "protocol": found.declared_protocol or "",
        "rs_compensation": _number(telegraph.rs_compensation),
        "guessed": ", ".join(guessed),
        "evidence": "; ".join(f"{name}: {text}" for name, text in why.items() if text),
        "started": found.started.isoformat(sep=" ", timespec="seconds") if found.started else "",
        "acquisition_protocol": found.protocol,
        "sweeps_in_file": "" if found.sweeps is None else str(found.sweeps),
        "duration_s": "" if found.duration_s is None else f"{found.duration_s:.1f}",
        "test_rs_MOhm": _number(test.rs_MOhm.value if test is not None and test.rs_MOhm is not None else None),
        "test_cm_pF": _number(test.cm_pF.value if test is not None and test.cm_pF is not None else None),
    }
    return DraftRow({name: _one_line(text) for name, text in values.items()}, gaps)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _one_line(text: str) -> str:
    """A text without line breaks and tabs: comments of files may have them."""
    return " ".join(text.split()) if re.search(r"[\t\r\n]", text) else text


def recording_names(recordings: Sequence[Found], taken: Iterable[str]) -> list[str]:
    """A name for each recording: that of its file, with folders or channel where this is not unique."""
    used = {name.casefold() for name in taken}
    stems = Counter(
        _plain(found.place.stem).casefold()
        for found in recordings
        if found.cells_in_file < 2 and not found.place.is_series
    )
    names = []
    for found in recordings:
        place = found.place
        is_one_of_several = found.cells_in_file > 1 or place.is_series
        parts = [_plain(place.stem), _plain(place.channel or "") if is_one_of_several else ""]
        if stems[parts[0].casefold()] > 1 or parts[0].casefold() in used:
            parts = [*(_plain(folder) for folder in place.folders), *parts]
        stem = "_".join(part for part in parts if part)[-90:].lstrip("-.") or "recording"
        name, n = stem, 1
        while name.casefold() in used:
            n += 1
            name = f"{stem}_{n}"
        used.add(name.casefold())
        names.append(name)
    return names


def _plain(text: str) -> str:
    """A text as a name of the sheet: letters, digits, '.', '_' and '-'."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("._-") or ""
