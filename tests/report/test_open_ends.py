"""Open ends of intervals are drawn: without an arrow, an interval would seem to end at its value."""

from __future__ import annotations

import pytest

from reversal.calibration.simulated_series import Rig, row_of
from reversal.report.cohort.thumbnail import thumbnail
from reversal.report.figure.open_ends import ARROW_mV, draw_open_ends
from reversal.report.figure.style import new_figure
from reversal.tables.reversals_table import ReversalRow


def row(low_mV: float | None, high_mV: float | None) -> ReversalRow:
    return row_of("K5", -70.0, Rig()).model_copy(update={"ci_low_mV": low_mV, "ci_high_mV": high_mV})


@pytest.mark.parametrize(
    ("low_mV", "high_mV", "ends"),
    [(None, -60.0, [-70.0 - ARROW_mV]), (-80.0, None, [-70.0 + ARROW_mV]), (-80.0, -60.0, []), (None, None, [])],
)
def test_an_arrow_points_to_each_side_without_a_limit(
    low_mV: float | None, high_mV: float | None, ends: list[float]
) -> None:
    axes = new_figure(3.0, 2.0).add_subplot()
    draw_open_ends(axes, [(5.0, row(low_mV, high_mV))], "black")
    assert [text.xy[1] for text in axes.texts] == ends


def test_the_bar_of_a_thumbnail_reaches_its_edge_where_the_interval_is_open() -> None:
    closed, open_below = (thumbnail([row(low, -60.0)], "[K]") for low in (-80.0, None))
    assert closed.count("<path") == open_below.count("<path") == 1
    assert closed != open_below
