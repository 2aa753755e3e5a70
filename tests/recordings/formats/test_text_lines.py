"""Text is read piece by piece, with the lines and numbers of the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.formats import text_lines
from reversal.recordings.formats.array_files import table_in_text
from reversal.recordings.formats.text_lines import blocks_of_lines, encoding_of
from reversal.recordings.recording.recording import RecordingRefused

PATH = Path("one.txt")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_do_not_depend_on_the_pieces(size: int, encoding: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "PIECE_BYTES", size)
    lines = ["Time (µs)", "", "1,2", "3,4 Ω" if encoding != "cp1252" else "3,4 µ", "", "last"]
    content = end.join(lines).encode(encoding)
    found = [line for block in blocks_of_lines(content, encoding_of(content), PATH) for line in block]
    assert found == lines


@pytest.mark.parametrize("size", [100, 1 << 20])
def test_a_table_of_several_pieces_is_that_of_one(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "PIECE_BYTES", size)
    numbers = np.random.default_rng(2).normal(size=(50, 3))
    rows = "\n".join(";".join(map(repr, map(float, row))) + ";" for row in numbers)
    table = table_in_text(PATH, f"a;b;c\n{rows}\n\n\n".replace(".", ",").encode())
    assert (table.numbers.shape, table.titles) == ((50, 3), (("a", "b", "c"),))
    np.testing.assert_array_equal([column[:] for column in table.numbers.T.rows()], numbers.T)


@pytest.mark.parametrize("late", ["1\tx", "1\t2\t3"])
def test_a_fault_in_a_later_piece_is_refused(late: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "PIECE_BYTES", 64)
    content = ("1\t2\n" * 100 + late + "\n").encode()
    with pytest.raises(RecordingRefused, match=r"one\.txt: the table of numbers is incomplete"):
        table_in_text(PATH, content)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "PIECE_BYTES", 1000)
    monkeypatch.setattr(text_lines, "MAX_LINE_LETTERS", 2000)
    with pytest.raises(RecordingRefused, match="a line without an end"):
        list(blocks_of_lines(b"1" * 5000, "utf-8", PATH))


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n# the end", "\n# the end\n\n"])
def test_a_small_table_is_one_block_and_comments_at_its_end_are_none_of_its_rows(end: str) -> None:
    assert len(list(blocks_of_lines(f"1,2\n3,4{end}".encode(), "utf-8", PATH))) == 1
    assert table_in_text(PATH, f"1,2\n3,4{end}".encode()).numbers.shape == (2, 2)


@pytest.mark.parametrize("size", [9, 100])
def test_comments_are_left_out_also_where_a_piece_has_nothing_else(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "PIECE_BYTES", size)
    content = b"1,2\n3,4\n" + b"# a comment\n" * 20 + b"5,6\n"
    table = table_in_text(PATH, content).numbers
    np.testing.assert_array_equal([column[:] for column in table.T.rows()], [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]])
