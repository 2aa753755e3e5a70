"""Pages: text is escaped, and marks of direction act only inside the text that contains them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.report.text.pages import isolated, rendered


@pytest.mark.parametrize("text", ["\u202egpj.abf", "\u200fnote", "a\u2069b\u202ec", "\u2066\u2067x"])
def test_marks_of_direction_end_with_their_text(text: str) -> None:
    shown = isolated(text)
    assert (shown[0], shown[-1]) == ("\u2068", "\u2069")
    assert not set(shown[1:-1]) & set("\u2066\u2067\u2068\u2069")  # nothing inside ends the isolation


@pytest.mark.parametrize("value", ["cell 1", "=1+1", "测试", 1.5, None])
def test_other_values_are_unchanged(value: object) -> None:
    assert isolated(value) == value


def test_a_page_escapes_and_isolates(tmp_path: Path) -> None:
    (tmp_path / "page.html.j2").write_text('<p title="{{ name }}">{{ name }}</p>', encoding="utf-8")
    page = rendered("page.html.j2", (tmp_path,), name='<b>"\u202e')
    assert page == '<p title="\u2068&lt;b&gt;&#34;\u202e\u2069">\u2068&lt;b&gt;&#34;\u202e\u2069</p>'
