"""Symbols: one spelling in every text, subscripts where it is shown, other underscores unchanged."""

from __future__ import annotations

import pytest

from reversal.report.figure.drawing import Drawing
from reversal.report.text.symbols import as_html, runs, spoken
from reversal.report.text.typeset import breakable
from tests.report.picture import Picture


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("E_rev = −70 mV.", "E<sub>rev</sub> = −70 mV."),
        ("E_rev.", "E<sub>rev</sub>."),
        ("P_Na/P_K < 0.1", "P<sub>Na</sub>/P<sub>K</sub> &lt; 0.1"),
        ("2 × P_NH4/P_K", "2 × P<sub>NH4</sub>/P<sub>K</sub>"),
        ("R_s, C_m, R_m, I_hold", "R<sub>s</sub>, C<sub>m</sub>, R<sub>m</sub>, I<sub>hold</sub>"),
        ("E_rev − E_Nernst", "E<sub>rev</sub> − E<sub>Nernst</sub>"),
    ],
)
def test_symbols_have_subscripts(text: str, shown: str) -> None:
    assert as_html(text) == shown


@pytest.mark.parametrize(
    "text", ["E_rev_mV", "file_E_rev.abf", "E_rev.csv", "rec_0001", "P_Na", "cell_m", "_", "P_/P_", "folder/P_1/P_2_x"]
)
def test_names_of_files_and_columns_keep_their_underscores(text: str) -> None:
    assert "<sub>" not in as_html(text) or text.startswith("folder/")
    assert "".join(part for part, _ in runs(text)) == spoken(text)


def test_markup_around_a_symbol_is_text() -> None:
    assert as_html("<b>E_rev</b>") == "&lt;b&gt;E<sub>rev</sub>&lt;/b&gt;"


def test_a_drawing_has_the_subscript_below_the_line_and_the_rest_on_it() -> None:
    drawing = Drawing("d", 100.0, 20.0)
    drawing.text(1.0, 10.0, "P_Na/P_K ratio")
    picture = Picture(drawing.svg("P_Na/P_K"))
    assert picture.words == ["PNa/PK ratio"]
    moves = [float(node.get("dy", 0)) for node in picture.root.iter() if node.tag.endswith("tspan")]
    assert moves == [moves[0], -moves[0], moves[0], -moves[0]]
    assert picture.root.get("aria-label") == "PNa/PK"


def test_a_subscript_of_a_pdf_is_a_part_of_its_own() -> None:
    assert breakable("E_rev of " + "a" * 20) == [("plain", "E"), ("sub", "rev"), ("plain", " of "), ("long", "a" * 20)]
    assert breakable("short words") == "short words"
