"""Open ends of intervals are drawn: without an arrow, an interval would seem to end at its value."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, row_of
from reversal.report.cell.series_figure import ARROW_mV, reversal_series
from reversal.report.cohort.reversals_figure import reversals_of_all
from reversal.report.cohort.thumbnail import thumbnail
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.style import PAGE_SIZE
from reversal.tables.reversals_table import Crossing, ReversalRow
from tests.report.picture import Picture, number, points_of


def row(low_mV: float | None, high_mV: float | None) -> ReversalRow:
    return row_of("K5", -70.0, Rig()).model_copy(update={"ci_low_mV": low_mV, "ci_high_mV": high_mV})


@pytest.mark.parametrize(
    ("low_mV", "high_mV", "ends"),
    [(None, -60.0, [-70.0 - ARROW_mV]), (-80.0, None, [-70.0 + ARROW_mV]), (-80.0, -60.0, []), (None, None, [])],
)
def test_an_arrow_points_to_each_side_without_a_limit(
    low_mV: float | None, high_mV: float | None, ends: list[float]
) -> None:
    rows = [row(low_mV, high_mV)]
    picture = Picture(reversals_of_all(rows, "[K]", "cells", PAGE_SIZE).svg("described"))
    heads = [points_of(path) for path, look in picture.paths if look["fill"] != "none"]
    ticks = [(text.y, value) for text in picture.texts if (value := number(text.words)) is not None and value < 0]
    slope, offset = np.polyfit(*zip(*ticks, strict=True), 1)
    assert [slope * head[1][1] + offset for head in heads] == pytest.approx(ends, abs=0.2)


@pytest.mark.parametrize(
    ("low_mV", "high_mV", "arrows"), [(None, -60.0, 1), (-80.0, None, 1), (-80.0, -60.0, 0), (None, None, 0)]
)
def test_the_figure_of_a_cell_has_an_arrow_to_each_side_without_a_limit(
    low_mV: float | None, high_mV: float | None, arrows: int
) -> None:
    picture = Picture(reversal_series(against_changed_side([row(low_mV, high_mV)], (), "K"), "series").svg("described"))
    heads = [points_of(path) for path, look in picture.paths if look["fill"] != "none"]
    assert len(heads) == arrows
    point = max(picture.circles, key=lambda circle: circle.y)
    for head in heads:
        tip = head[1]
        assert tip[0] == pytest.approx(point.x)
        assert bool(tip[1] > point.y) is (low_mV is None)


@pytest.mark.parametrize(("bound", "upwards"), [("above", True), ("below", False)])
def test_a_bound_is_an_open_arrow_in_its_direction(bound: str, upwards: bool) -> None:
    lost = row(None, None).model_copy(
        update={"e_rev_mV": None, "deviation_mV": None, "bound": bound, "bound_mV": -85.0, "crossing": Crossing.NONE}
    )
    picture = Picture(reversal_series(against_changed_side([lost], (), "K"), "series").svg("described"))
    assert "bound only" in picture.words
    head = points_of(picture.paths[-1][0])
    assert bool(head[1][1] < head[0][1]) is upwards
    assert not picture.circles


def test_the_bar_of_a_thumbnail_reaches_its_edge_where_the_interval_is_open() -> None:
    closed, open_below = (thumbnail([row(low, -60.0)], "[K]") for low in (-80.0, None))
    assert closed.count("<path") == open_below.count("<path") == 1
    assert closed != open_below
