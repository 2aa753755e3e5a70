"""Drawings: text stays text, positions are exact to a tenth of a point, ids are unique."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reversal.report.figure.drawing import Drawing, path_data
from tests.report.picture import Picture, points_of

HOSTILE = [
    "<script>alert('x')</script>",
    "\"quoted\" & 'quoted'",
    '#panic("x") $x$ *b* _i_ `code` \\ \\n @ref <label>',
    "细胞一号 · セル",
    "\u202eright to left\u202c \u05d0\u05d1\u05d2 \u0627\u0644",
    "a" * 200,
    "]]> --> <!-- &lt; &#0; %s {} {{ x }}",
    "line\nbreak\ttab\x00null\x0b\x7f\udcff",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_text_is_never_markup(words: str) -> None:
    drawing = Drawing("a", 100, 50)
    drawing.text(10, 10, words)
    svg = drawing.svg(words)
    picture = Picture(svg)
    assert [node.tag.rpartition("}")[2] for node in picture.root.iter()] == ["svg", "text"]
    (shown,) = picture.words
    assert shown == picture.root.get("aria-label")
    assert set(shown.split()) <= set("".join(c if c.isprintable() else " " for c in words).split())
    assert shown.strip()
    svg.encode("utf-8")


@given(arrays(float, st.tuples(st.integers(2, 30), st.just(2)), elements=st.floats(-500, 500)))
def test_path_is_exact_to_a_tenth_of_a_point(points: np.ndarray) -> None:
    drawn = points_of(path_data(points[:, 0], points[:, 1]))
    for point in points:
        assert not drawn.size or np.abs(drawn - point).max(axis=1).min() <= 0.05 + 1e-9


def test_smooth_curve_is_exact_to_a_hundredth_of_a_point() -> None:
    x = np.linspace(0, 250, 60)
    y = 100 * np.exp(-x / 80)
    assert points_of(path_data(x, y, 10)) == pytest.approx(np.stack((x, y), axis=1), abs=0.0051)


@given(st.lists(st.sampled_from([0.0, 10.0, 20.0, float("nan"), float("inf")]), max_size=12))
def test_value_that_is_not_finite_interrupts_a_path(values: list[float]) -> None:
    y = np.array(values)
    path = path_data(np.arange(y.size, dtype=float), y)
    runs = "".join("x" if np.isfinite(value) else " " for value in values).split()
    assert path.count("M") == sum(len(run) > 1 for run in runs)
    assert "nan" not in path
    assert "inf" not in path


def test_point_far_outside_keeps_the_direction_of_a_line() -> None:
    (start, stop) = points_of(path_data(np.array([0.0, 10.0]), np.array([0.0, 5e4])))
    assert (stop - start).tolist() == [10.0, 5e4]


def test_ids_contain_the_name_of_the_drawing() -> None:
    names = []
    for name in ("iv0", "iv1"):
        drawing = Drawing(name, 10, 10)
        names += [drawing.clip(0, 0, 5, 5), drawing.clip(0, 0, 5, 5)]
    assert len(set(names)) == 4
