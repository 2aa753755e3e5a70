"""Tables of the PDF: every line of text has its place, inside its column."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.report.text.line_breaks import broken, text_width
from reversal.report.text.printed_table import GAP, MOST_LINES, SIZE_pt, printed_table
from reversal.report.text.tabulated import Table, TableEntry, checks_table, without_repeats
from reversal.report.text.typeset import Words, cjk_fonts, typeset
from reversal.tables.checks_table import CheckRow, Outcome
from reversal.tables.findings.code import Code
from reversal.tables.status import Status

ROOM_pt = 500.0
LETTERS = "ab,-/_ é\u0301細خלΩ−"


def shown(words: Words) -> str:
    """Text of parts with their kind."""
    return words if isinstance(words, str) else "".join(text for _, text in words)


def table(*rows: tuple[str, ...], status: Status | None = None) -> Table:
    """Table with a number in its second column and a status in its last one."""
    body = tuple(
        (
            TableEntry(first),
            TableEntry(number, number=True),
            *map(TableEntry, others[:-1]),
            TableEntry(others[-1], status),
        )
        for first, number, *others in rows
    )
    return Table("caption", tuple(f"column {n}" for n in range(len(rows[0]))), body)


def test_widths_are_those_of_the_font() -> None:
    assert text_width("0") == pytest.approx(1303 / 2048)
    assert text_width("0", bold=True) == pytest.approx(1425 / 2048)
    assert text_width("E_rev") < text_width("Erev")  # the subscript is smaller
    assert text_width("細\u0e01\u0526") == pytest.approx(3 * 1.15)  # of other fonts


@given(text=st.text(LETTERS, max_size=80), room=st.floats(2.0, 30.0))
def test_broken_lines_have_every_letter_and_fit(text: str, room: float) -> None:
    lines = broken(text, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert text_width(line) <= room + 1e-3 or set(line[1:]) <= {"\u0301"}


def test_words_break_only_if_they_are_longer_than_a_line() -> None:
    assert broken("a long sentence of words", 6.0) == ["a long", "sentence of", "words"]
    assert broken("night/cell_0007_step_family.abf", 11.0) == ["night/cell_0007_step_", "family.abf"]
    assert broken("e\u0301" * 4, 1.3) == ["e\u0301e\u0301", "e\u0301e\u0301"]  # an accent stays on its letter


CELLS = st.text(LETTERS + "xyz 0123456789", min_size=1, max_size=120)


@given(
    rows=st.lists(
        st.tuples(CELLS, st.text("0123456789.−", min_size=1, max_size=12), CELLS, CELLS), min_size=1, max_size=4
    )
)
def test_no_text_reaches_the_next_column(rows: list[tuple[str, ...]]) -> None:
    made = printed_table(table(*rows), ROOM_pt)
    assert made["width"] * made["size"] == pytest.approx(ROOM_pt)
    for row in made["rows"]:
        bold = row["rule"] == "head"
        for height in {line[1] for line in row["lines"]}:
            line = sorted(
                (left, text_width(shown(words), bold)) for left, down, words, _ in row["lines"] if down == height
            )
            for (left, width), (right, _) in zip(line, [*line[1:], (made["width"], 0.0)], strict=True):
                assert left + width <= right + 0.01


def test_numbers_end_at_the_same_place() -> None:
    made = printed_table(table(("a", "1", "x"), ("b", "−20.5", "y")), ROOM_pt)
    ends = [left + text_width(shown(words)) for row in made["rows"][1:] for left, _, words, _ in row["lines"][1:2]]
    assert ends[0] == pytest.approx(ends[1])


def test_a_long_reason_is_below_its_row_in_the_colour_of_its_status() -> None:
    made = printed_table(table(("a", "1", "⚠ flagged: " + "the seal is worse " * 3), status=Status.FLAGGED), ROOM_pt)
    (_, _, word, colour), (left, down, reason, of_reason) = made["rows"][1]["lines"][-2:]
    assert (word, shown(reason).strip()) == ("⚠ flagged", ("the seal is worse " * 3).strip())
    assert (colour, of_reason, left) == ("flagged", "flagged", GAP)
    assert down > made["rows"][1]["lines"][0][1]


def test_a_row_that_is_longer_than_a_page_has_several_parts() -> None:
    _, *parts = printed_table(table(("a", "1", "word " * 3000)), ROOM_pt)["rows"]
    assert [part["rule"] for part in parts] == ["open"] * (len(parts) - 1) + ["row"]
    assert len(parts) > 1
    assert max(len(part["lines"]) for part in parts) <= MOST_LINES + 2
    assert max(part["height"] for part in parts) * SIZE_pt < 600.0
    assert sum(shown(line[2]).count("word") for part in parts for line in part["lines"]) == 3000


def test_what_all_rows_have_is_said_once() -> None:
    same = table(
        ("a", "1", "telegraph", "–", "✓ ok"), ("b", "2", "telegraph", "–", "✓ ok"), ("c", "3", "telegraph", "–", "✓ ok")
    )
    assert without_repeats(same).head == ("column 0", "column 1")
    assert without_repeats(same).note == "In all rows, column 2: telegraph · column 4: ✓ ok."
    two = Table("", same.head, same.body[:2])
    assert without_repeats(two) == two


def test_a_status_that_is_not_ok_and_columns_of_one_name_stay() -> None:
    flagged = table(*[(name, "1", "x", "⚠ flagged") for name in "abc"], status=Status.FLAGGED)
    twice = Table("", ("column", "E", "E", "status"), flagged.body)
    assert without_repeats(twice) == twice


def test_checks_that_no_recording_has_are_in_the_note() -> None:
    rows = [check(Code.HUM, Outcome.PASSED), check(Code.HUM, Outcome.UNKNOWN), check(Code.JUMP, Outcome.UNKNOWN)]
    made = checks_table(rows)
    assert [row[0].text for row in made.body] == ["hum"]
    assert made.note == "Not measured in any recording: jump."
    assert checks_table(rows[:2]).note == ""


def check(code: Code, outcome: Outcome) -> CheckRow:
    return CheckRow(
        experiment="e", cell="c", recording="r", code=code, outcome=outcome, number=1.0, limit=2.0, unit="mV"
    )


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (Poppler) is not installed")
@pytest.mark.parametrize("text", ["خلية رقم", "שלום עולם", "細胞 記録", "e\u0301a\u0308"])
def test_scripts_of_other_directions_and_fonts_are_printed(text: str, tmp_path: Path) -> None:
    if not cjk_fonts() and "細" in text:
        pytest.skip("no font for Chinese, Japanese and Korean on this computer")
    (tmp_path / "t.pdf").write_bytes(typeset("cell.typ", content=json.dumps(page(table((text, "1", "x")))), boxes=""))
    ran = subprocess.run(["pdftotext", str(tmp_path / "t.pdf"), "-"], capture_output=True, check=True)
    assert set(text) <= set(ran.stdout.decode())


def page(of: Table) -> dict[str, Any]:
    """Content of a report with one table only."""
    lists = ("answers", "troubles", "series", "chosen", "budget", "profiles", "sweeps", "numbers", "messages")
    words = ("title", "heading", "counts", "no_answers", "about", "foot")
    tables = {"tables": [printed_table(of, ROOM_pt)], "more_troubles": 0, "narrow": 0}
    return {name: [] for name in lists} | dict.fromkeys(words, "word") | tables
