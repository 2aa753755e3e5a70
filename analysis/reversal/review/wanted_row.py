"""What a person wants for a recording, and which values of its row this changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pydantic import Field, ValidationError

from reversal.errors import Refusal
from reversal.experiment.closed_model import ClosedModel
from reversal.experiment.faults import value_faults
from reversal.experiment.recording_sheet import WORDS_FOR_INCLUDED
from reversal.experiment.step_settings import SheetEntry
from reversal.experiment.sweep_numbers import listed_sweeps, sweep_ranges
from reversal.report.text.labels import one_line

LONGEST_REMARK = 2000
DIGITS = 10  # of a time in ms


class WantedRow(ClosedModel):
    """What a person set on the page; only what is given is changed.

    sweeps : numbers of the sweeps to use
    guesses_checked : whether the values that `reversal scan` guessed are right
    reviewed : whether the recording was accepted or excluded
    """

    sweeps: tuple[int, ...] | None = None
    window_start_ms: float | None = Field(None, ge=0)
    window_stop_ms: float | None = Field(None, gt=0)
    exclude: str | None = None
    note: str | None = None
    guesses_checked: bool = False
    reviewed: bool = False


def changed_values(entry: SheetEntry, wanted: WantedRow, offered: Sequence[int], today: str) -> dict[str, str]:
    """Text by column of what differs from the row; an empty text is the default.

    offered : numbers of all sweeps of the recording
    today : date of the review

    Raises Refusal for what a sheet cannot say.
    """
    given = wanted.model_fields_set
    texts: dict[str, str] = {}
    if "sweeps" in given:
        texts["sweeps"] = _sweeps(entry, wanted.sweeps, offered)
    for name, time in (("window_start_ms", wanted.window_start_ms), ("window_stop_ms", wanted.window_stop_ms)):
        if name in given:
            texts[name] = "" if time is None else f"{time:.{DIGITS}g}"
    for name, remark in (("exclude", wanted.exclude), ("note", wanted.note)):
        if name in given:
            texts[name] = _plain(remark or "")
    if wanted.guesses_checked:
        texts["guessed"] = ""
    if wanted.reviewed:
        texts["reviewed"] = today
    _refuse_without_meaning(texts)
    return {name: text for name, text in texts.items() if _differs(text, getattr(entry, name))}


def entry_with(entry: SheetEntry, values: Mapping[str, str]) -> SheetEntry:
    """The entry of the row with these values, as the sheet will be read. Raises Refusal for an impossible value."""
    fields = SheetEntry.model_fields
    typed = {name: text or fields[name].default for name, text in values.items()}
    try:
        return SheetEntry.model_validate({**entry.model_dump(), **typed})
    except ValidationError as error:
        raise Refusal("; ".join(sentence for _, sentence in value_faults(error)).removesuffix(".")) from None


def _sweeps(entry: SheetEntry, wanted: Sequence[int] | None, offered: Sequence[int]) -> str:
    """The column `sweeps`: empty for all sweeps, unchanged if it names the wanted ones already."""
    chosen = set(offered if wanted is None else wanted)
    if not chosen:
        raise Refusal("no sweep is chosen", remedy="Choose at least one, or exclude the recording")
    if unknown := sorted(chosen - set(offered)):
        raise Refusal("the recording has no such sweep", found=listed_sweeps(unknown))
    if entry.sweeps is not None and _names(entry.sweeps, chosen):
        return entry.sweeps
    return "" if chosen == set(offered) else listed_sweeps(chosen)


def _names(text: str, chosen: set[int]) -> bool:
    """Whether a text of the column `sweeps` names exactly these sweeps."""
    ranges = sweep_ranges(text)
    return sum(map(len, ranges)) == len(chosen) and all(any(n in one for one in ranges) for n in chosen)


def _plain(remark: str) -> str:
    """One line of text that every kind of sheet can hold."""
    if len(remark) > LONGEST_REMARK:
        raise Refusal("the text is too long", expected=f"at most {LONGEST_REMARK} characters")
    return one_line(remark.encode("utf-8", "replace").decode(), LONGEST_REMARK)


def _refuse_without_meaning(texts: Mapping[str, str]) -> None:
    reason = texts.get("exclude", "")
    if reason and reason.lower() in WORDS_FOR_INCLUDED:
        raise Refusal("this text in the column exclude means that the recording is used", found=reason)
    start, stop = texts.get("window_start_ms"), texts.get("window_stop_ms")
    if start and stop and not float(start) < float(stop):
        raise Refusal("the window ends before it starts", found=f"{start} to {stop} ms")


def _differs(text: str, present: object) -> bool:
    if isinstance(present, float):
        return not text or not math.isclose(float(text), present, rel_tol=0.0, abs_tol=1e-9)
    return text != (present or "")
