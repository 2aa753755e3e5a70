"""Content of figures: positions of points, order of colours, no points without a value."""

from __future__ import annotations

from types import ModuleType

import pytest
from matplotlib.colors import to_rgb

from reversal.report.cell.cell_figures import Panel, iv_family, raw_sweeps, reversal_series
from reversal.report.figure.style import bar_size, category_styles, concentration_colours
from reversal.tables.reversals_table import Crossing
from reversal.tables.status import Status


def luminance(colour: str | tuple[float, float, float]) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_colours_of_concentrations_keep_their_order_in_grey() -> None:
    colours = concentration_colours([40, 2.5, 10, 20, 5, None])
    greys = [luminance(colours[level]) for level in (2.5, 5, 10, 20, 40)]
    assert greys == sorted(greys)
    assert len(set(greys)) == 5


def test_conditions_differ_in_marker_and_colour() -> None:
    styles = category_styles(["control", "drug", "wash", "control"])
    assert list(styles) == ["control", "drug", "wash"]
    assert len({marker for _, marker in styles.values()}) == 3
    # WCAG 2.1, 1.4.11: graphics need a contrast of 3:1 against their background.
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour, _ in styles.values())


@pytest.mark.parametrize(("span", "size"), [(320.0, 100.0), (8100.0, 2000.0), (37.0, 10.0), (0.9, 0.2)])
def test_scale_bars_are_round_and_close_to_a_quarter_of_the_span(span: float, size: float) -> None:
    assert bar_size(span) == pytest.approx(size)


def test_reversal_without_a_value_has_no_point(rows: ModuleType) -> None:
    lost = rows.reversal_row(
        "c",
        "r0",
        2.5,
        e_rev_mV=None,
        ci_low_mV=None,
        ci_high_mV=None,
        deviation_mV=None,
        crossing=Crossing.NONE,
        status=Status.FLAGGED,
    )
    axes = reversal_series([lost, rows.reversal_row("c", "r1", 5.0, e_rev_mV=-73.0)], (), "[K⁺]ₒ").axes[0]
    points = [(x, y) for line in axes.lines for x, y in line.get_xydata() if line.get_marker() == "o"]
    assert points == [(5.0, -73.0)]


def test_flagged_reversal_is_drawn_open(rows: ModuleType) -> None:
    flagged = rows.reversal_row("c", "r1", 5.0, status=Status.FLAGGED, reason="noisy")
    axes = reversal_series([flagged, rows.reversal_row("c", "r2", 10.0)], (), "[K⁺]ₒ").axes[0]
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"]
    assert [face == "white" for face in faces] == [True, False]


def test_iv_axes_cross_at_zero_with_one_legend_entry_per_concentration(rows: ModuleType) -> None:
    measures = rows.some_measures("c")
    figure = iv_family(measures.iv, measures.reversals, "[K⁺]ₒ")
    for axes in figure.axes:
        assert axes.spines["left"].get_position() == ("data", 0.0)
        assert axes.spines["bottom"].get_position() == ("data", 0.0)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["2.5", "5", "10", "20"]
    assert legend.get_title().get_text() == "[K⁺]ₒ (mM)"


def test_raw_sweeps_have_one_scale_and_labelled_scale_bars(rows: ModuleType) -> None:
    panels = [Panel(f"K{level}", rows.a_recording(level, 1, sweeps=3), "#000000") for level in (2.5, 40.0)]
    figure = raw_sweeps(panels)
    currents = [axes for axes in figure.axes if axes.get_title(loc="left")]
    assert len({axes.get_ylim() for axes in currents}) == 1
    assert {text.get_text() for axes in currents for text in axes.texts} >= {"100 ms", "0"}
