"""Tables come back as they were written, and a file appears whole or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.tables.files import Row, as_written, not_a_formula, read_table, write_json, write_table
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status
from reversal.tables.whole_file import whole_file


class Pair(Row):
    name: str
    number: float | None


TEXTS = st.text(st.characters(exclude_characters="\0\r", codec="utf-8"))


@given(st.lists(st.tuples(TEXTS, st.none() | st.floats(-1e300, 1e300))))
def test_a_table_comes_back_exactly(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, float]]) -> None:
    path = tmp_path_factory.getbasetemp() / "table.csv"
    rows = [Pair(name=name, number=number) for name, number in pairs]
    write_table(path, rows, Pair)
    assert read_table(path, Pair) == rows


def test_a_carriage_return_breaks_no_row(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", [Pair(name="a\rb\r\nc", number=1.0)], Pair)
    assert read_table(tmp_path / "t.csv", Pair) == [Pair(name="a\nb\nc", number=1.0)]


def test_not_known_is_written_as_empty(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", [Pair(name="a", number=None)], Pair)
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == "name,number\na,\n"


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        Pair(name="a", number=float("nan"))


def test_the_reversal_table_begins_with_the_published_columns() -> None:
    published = (
        "experiment, cell, recording, condition, bath, pipette, temperature_C, ion, out_mM, in_mM, ljp_mV, e_rev_mV, "
        "ci_low_mV, ci_high_mV, method, crossing, e_nernst_mV, deviation_mV, status, reason"
    )
    assert list(ReversalRow.model_fields)[:20] == published.split(", ")
    assert (Crossing.NONE.value, Status.FLAGGED.value) == ("none", "flagged")


def test_a_write_that_fails_leaves_the_old_file_and_no_scraps(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, {"a": float("nan")})
    with pytest.raises(RuntimeError, match="halfway"):
        _write_half(path)
    assert path.read_text(encoding="utf-8") == '{\n "a": 1\n}\n'
    assert [p.name for p in tmp_path.iterdir()] == ["t.json"]


def _write_half(path: Path) -> None:
    with whole_file(path) as target:
        target.write_text("half", encoding="utf-8")
        raise RuntimeError("halfway")


@pytest.mark.parametrize(
    "text", ["=1+1", "+K20", "-2+3", "@SUM(A1)", "\t=1", "'=1", "''+1", "＝1+1", "-1+1|cmd", '=HYPERLINK("x")', "-"]
)
def test_no_spreadsheet_runs_a_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    write_table(path, [Pair(name=text, number=-1.5)], Pair)
    assert next(csv.reader(path.read_text(encoding="utf-8").splitlines()[1:])) == [f"'{text}", "-1.5"]
    assert read_table(path, Pair)[0].name == text


@given(st.text(st.sampled_from("'=+-@\t1.eE ax＝"), min_size=1, max_size=6))
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    assert as_written(not_a_formula(text)) == text


@pytest.mark.parametrize("text", ["-80.5", "+1e-3", "-.5", "a=b", "'quoted'", "K5"])
def test_numbers_and_other_texts_are_unchanged(text: str) -> None:
    assert not_a_formula(text) == text
