"""Layout of the PDF: no block is cut, table heads are repeated, titles stay with their figures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reversal.report.cell.cell_pdf import Block, paged


@given(heights=st.lists(st.floats(0.1, 9.0), max_size=40))
def test_every_block_occurs_once_and_no_page_overflows(heights: list[float]) -> None:
    blocks = [Block(height) for height in heights]
    pages = paged(blocks, 10.0)
    assert [block for page in pages for block in page] == blocks
    assert all(sum(block.height for block in page) <= 10.0 + 1e-9 for page in pages)


def test_table_head_is_repeated_on_a_new_page() -> None:
    head = Block(1.0)
    rows = [Block(4.0, head=head) for _ in range(4)]
    pages = paged([head, *rows], 10.0)
    assert [page[0] is head for page in pages] == [True, True]
    assert [len(page) for page in pages] == [3, 3]


def test_title_stays_with_its_figure() -> None:
    title, figure = Block(0.5, keep=True), Block(4.0)
    pages = paged([Block(6.0), title, figure], 10.0)
    assert pages[1] == [title, figure]
