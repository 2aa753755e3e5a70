"""The page of the cases that test constants: every answer, and its truth if it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reversal.calibration.constant_cases.all_cases import CASES
from reversal.calibration.constant_cases.case import Case, Known, Value, about, value_of
from reversal.calibration.page import made_with, table, write_page
from reversal.steps.rerun_digest import digest_of_script

PAGE = Path("docs/reference/constant_cases.md")
DIGITS = 6
HEAD = """# Cases that test the constants

Small cases that ask one function each: a recording, a curve or a series of baths made by hand or by the simulator. The
truth of an answer is known from the simulation, from a publication, or from a calculation by hand. Answers without a
truth follow from the others; they show the width of an interval, or the limit at which a decision changes. The tests
compare the code with each truth, and each answer with the one printed here to four digits. So if a constant has an
effect on an answer, it cannot change without a failing test. [constants.md](constants.md) lists which answers each
constant changes. A dash means that there is no value."""


def write() -> str:
    """Write the page; returns what was written."""
    lines = [*HEAD.splitlines(), "", made_with("cases", digest_of_script(Path(__file__))), ""]
    room = ""
    for case in CASES:
        if room != case.__module__:
            room = case.__module__
            lines += [f"## `{room.rsplit('.', 1)[-1]}`", ""]
        lines += [f"### `{case.__name__}`", "", about(case), ""]
        lines += [*table(("answer", "value", "truth"), _rows(case)), ""]
    write_page(PAGE, lines[:-1])
    return f"{PAGE}: {len(CASES)} cases"


def _rows(case: Case) -> list[tuple[str, str, str]]:
    rows = []
    for name, answer in case().items():
        truth = f"{answer.truth:.{DIGITS}g} ± {answer.within:.2g}" if isinstance(answer, Known) else ""
        rows.append((f"`{name}`", written_answer(value_of(answer), DIGITS), truth))
    return rows


def written_answer(value: Value, digits: int) -> str:
    """An answer as the pages show it."""
    if value is None:
        return "–"
    return value if isinstance(value, str) else f"{value:.{digits}g}"


def printed_answers(page: str) -> Mapping[str, Mapping[str, Value]]:
    """The answers of a page, by case."""
    found: dict[str, Mapping[str, Value]] = {}
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        name = section[1 : section.index("`", 1)]
        rows = re.findall(r"^\| `(\w[^`]*)` \| ([^|]*) \|", section, re.MULTILINE)
        found[name] = {answer: _read(text) for answer, text in rows}
    return found


def _read(text: str) -> Value:
    if text == "–":
        return None
    try:
        return float(text)
    except ValueError:
        return text
