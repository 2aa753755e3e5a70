"""Content of figures: positions of points, order of colours, no points without a value."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb

from reversal.recordings.recording.recording import Sweep
from reversal.report.cell.iv_figure import iv_family
from reversal.report.cell.series_figure import reversal_series
from reversal.report.cell.sweeps_figure import Panel, common_range_pA, raw_sweeps
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.drawing import text_width
from reversal.report.figure.style import category_styles, concentration_colours, viridis
from reversal.tables.reversals_table import Crossing
from reversal.tables.status import Status
from tests.report.picture import Circle, Picture, Text, number, points_of


def luminance(colour: str | tuple[float, float, float]) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_colours_of_concentrations_keep_their_order_in_grey() -> None:
    colours = concentration_colours([40, 2.5, 10, 20, 5, None])
    greys = [luminance(colours[level]) for level in (2.5, 5, 10, 20, 40)]
    assert greys == sorted(greys)
    assert len(set(greys)) == 5


def test_colour_map_is_viridis() -> None:
    for share in np.linspace(0, 1, 52):
        assert to_rgb(viridis(share)) == pytest.approx(colormaps["viridis"](share)[:3], abs=0.02)


def test_conditions_differ_in_marker_and_colour() -> None:
    styles = category_styles(["control", "drug", "wash", "control"])
    assert list(styles) == ["control", "drug", "wash"]
    assert len({marker for _, marker in styles.values()}) == 3
    # WCAG 2.1, 1.4.11: graphics need a contrast of 3:1 against their background.
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour, _ in styles.values())


def series_of(rows: list, curves: tuple = ()) -> Picture:
    return Picture(reversal_series(against_changed_side(rows, curves, "K⁺"), "series").svg("described"))


def points_in(picture: Picture) -> list[Circle]:
    """Circles of the plot, without those of the key above it."""
    top = max(text.y for text in picture.texts if "interval" in text.words or "flagged" in text.words)
    return [circle for circle in picture.circles if circle.y > top + 3]


def voltage_at(picture: Picture, y: float) -> float:
    """Voltage at a height, from the labels of the voltage axis."""
    ticks = [(text.y, value) for text in picture.texts if (value := number(text.words)) is not None and value < 0]
    slope, offset = np.polyfit(*zip(*ticks, strict=True), 1)
    return float(slope * y + offset)


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
    picture = series_of([lost, rows.reversal_row("c", "r1", 5.0, e_rev_mV=-73.0)])
    (point,) = points_in(picture)
    assert point.x == pytest.approx(picture.placed("5").x, abs=0.1)
    assert voltage_at(picture, point.y) == pytest.approx(-73.0, abs=0.1)


def test_flagged_reversal_is_drawn_open(rows: ModuleType) -> None:
    flagged = rows.reversal_row("c", "r1", 5.0, status=Status.FLAGGED, reason="noisy")
    picture = series_of([flagged, rows.reversal_row("c", "r2", 10.0)])
    faces = [point.fill for point in sorted(points_in(picture), key=lambda point: point.x)]
    assert [face == "#fff" for face in faces] == [True, False]
    assert {"flagged or extrapolated", "measured, 95 % interval"} <= set(picture.words)


def test_concentrations_close_together_have_a_tick_each_and_labels_that_do_not_overlap(rows: ModuleType) -> None:
    levels = (2.5, 5.0, 5.2, 40.0)
    picture = series_of([rows.reversal_row("c", f"r{level}", level) for level in levels])
    shown = [text for text in picture.texts if text.words in ("2.5", "5", "5.2", "40")]
    assert [text.words for text in shown] == ["2.5", "5", "40"]
    assert len(points_in(picture)) == 4


def test_curves_are_named_and_dashed(rows: ModuleType) -> None:
    picture = series_of([rows.reversal_row("c", "r1", 5.0)], rows.curves_of("c"))
    assert {"Nernst", "GHK fit"} <= set(picture.words)
    assert sum("stroke-dasharray" in look for _, look in picture.paths) == 2  # the curve and its line in the key


def test_wide_band_does_not_set_the_scale(rows: ModuleType) -> None:
    narrow = rows.curves_of("c")
    wide = tuple(point.model_copy(update={"low_mV": -520.0}) for point in narrow)
    ticks = []
    for curves in (narrow, wide):
        picture = series_of([rows.reversal_row("c", "r1", 5.0)], curves)
        bands = [look for _, look in picture.paths if look.get("opacity") and look.get("clip-path")]
        assert len(bands) == 2
        ticks.append([value for words in picture.words if (value := number(words)) is not None and value < 0])
    assert min(ticks[1]) >= min(ticks[0]) - 40


def plots_of(svg: str) -> tuple[list[Text], list[Text]]:
    """Texts of the plot of the full range, and of the one near E_rev."""
    texts = Picture(svg).texts
    start = next(n for n, text in enumerate(texts) if text.words == "near Erev")
    return texts[:start], texts[start:]


def voltages_in(texts: list[Text]) -> list[tuple[float, float]]:
    """Positions and values of the labels of the voltage axis of a plot."""
    labels = [text for text in texts if text.halo and number(text.words) is not None]
    height, _ = Counter(text.y for text in labels).most_common(1)[0]  # labels of currents have different heights
    return [(text.x, value) for text in labels if text.y == height and (value := number(text.words)) is not None]


def test_iv_axes_cross_at_zero_with_one_legend_entry_per_concentration(rows: ModuleType) -> None:
    measures = rows.some_measures("c")
    close = [  # 0 mV is in the range near E_rev
        row.model_copy(update={"e_rev_mV": row.e_rev_mV and row.e_rev_mV + 50.0, "ci_low_mV": None, "ci_high_mV": None})
        for row in measures.reversals
    ]
    svg = iv_family(measures.iv, close, "[K⁺]ₒ", "iv").svg("described")
    for texts in plots_of(svg):
        (current,) = (text for text in texts if text.words == "I (pA)")
        slope, offset = np.polyfit(*zip(*voltages_in(texts), strict=True), 1)
        assert slope * current.x + offset == pytest.approx(0.0, abs=0.1)
    picture = Picture(svg)
    title = picture.placed("[K⁺]ₒ (mM)")
    assert [text.words for text in picture.texts if text.x > title.x] == ["2.5", "5", "10", "20"]


def test_labels_of_ticks_are_in_front_of_the_curves_and_none_is_left_out(rows: ModuleType) -> None:
    measures = rows.some_measures("c")
    svg = iv_family(measures.iv, measures.reversals, "[K⁺]ₒ", "iv").svg("described")
    full, _ = plots_of(svg)
    volts = sorted(value for _, value in voltages_in(full))
    steps = np.diff([*volts, 0.0]) if 0.0 not in volts else np.diff(volts)
    assert len(volts) >= 2
    assert set(np.round(steps, 6)) == {steps[0]}
    first_plot = svg[: svg.index(">near E<")]
    assert first_plot.rindex("<circle") < first_plot.index('paint-order="stroke"')


def test_no_curve_passes_through_the_label_of_a_tick(rows: ModuleType) -> None:
    measures = rows.some_measures("c")
    for gain, shift_mV in ((1.0, 0.0), (-1.0, 0.0), (1.0, 60.0), (1.0, -60.0), (0.01, 85.0)):
        points = [
            point.model_copy(update={"i_pA": gain * point.i_pA, "v_membrane_mV": point.v_membrane_mV + shift_mV})
            for point in measures.iv
        ]
        moved = [
            row.model_copy(update={"e_rev_mV": row.e_rev_mV and row.e_rev_mV + shift_mV}) for row in measures.reversals
        ]
        picture = Picture(iv_family(points, moved, "[K⁺]ₒ", "iv").svg("described"))
        curves = [
            (path, look) for path, look in picture.paths if look.get("stroke-width") == "10" and "clip-path" in look
        ]
        marks = [point for path, look in curves for point in seen(dense(path), picture.clips[look["clip-path"]])]
        labels = [text for text in picture.texts if text.halo]
        assert len(labels) >= 6
        for label in labels:
            half, tall = text_width(label.words, 7.0) / 2, 3.0
            near = [abs(x - middle(label, half)) < half and abs(y - label.y) < tall for x, y in marks]
            assert not any(near), (label, gain, shift_mV)


def middle(label: Text, half: float) -> float:
    """Horizontal middle of a label."""
    return label.x + {"middle": 0.0, "start": half, "end": -half}[label.anchor]


def seen(points: np.ndarray, clip: tuple[float, float, float, float]) -> np.ndarray:
    """Points inside a clip: left, top, right and bottom."""
    left, top, right, bottom = clip
    x, y = points.T
    return points[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)]


def dense(path: str) -> np.ndarray:
    """Points along a path, closer to each other than a label is high."""
    corners = points_of(path)
    steps = [np.linspace(a, b, 40) for a, b in pairwise(corners)]
    return np.concatenate(steps)


def test_range_near_reversals_does_not_reach_zero_if_they_are_far_from_it(rows: ModuleType) -> None:
    measures = rows.some_measures("c")
    lowest = [row for row in measures.reversals if row.out_mM == 2.5]
    points = [point for point in measures.iv if point.recording == lowest[0].recording]
    far = [row.model_copy(update={"e_rev_mV": -85.0, "ci_low_mV": -86.0, "ci_high_mV": -84.0}) for row in lowest]
    _, near = plots_of(iv_family(points, far, "[K⁺]ₒ", "iv").svg("described"))
    volts = [value for _, value in voltages_in(near)]
    assert -97.0 <= min(volts) < -90.0
    assert -80.0 < max(volts) <= -73.0


@pytest.mark.parametrize("e_rev_mV", [-85.0, -5.0, 5.0, 85.0])
def test_labels_of_one_plot_are_not_on_the_other(rows: ModuleType, e_rev_mV: float) -> None:
    measures = rows.some_measures("c")
    update = {"e_rev_mV": e_rev_mV, "ci_low_mV": e_rev_mV - 1, "ci_high_mV": e_rev_mV + 1}
    moved = [row.model_copy(update=update) for row in measures.reversals]
    full, near = plots_of(iv_family(measures.iv, moved, "[K⁺]ₒ", "iv").svg("described"))
    (name,) = (text for text in full if text.words == "V (mV)")
    end = name.x + text_width(name.words)
    volts = [x for x, _ in voltages_in(near)]
    left = [text.x - text_width(text.words) / (2 if text.x in volts else 1) for text in near if text.halo]
    assert min(left) > end - 1


def test_raw_sweeps_have_one_scale_and_labelled_scale_bars(rows: ModuleType) -> None:
    panels = [Panel(f"K{level}", rows.a_recording(level, 1, sweeps=3), "#000000") for level in (2.5, 40.0)]
    (drawing,) = raw_sweeps(panels, "sweeps")
    picture = Picture(drawing.svg("described"))
    zeros = [text for text in picture.texts if text.words == "0"]
    assert len(zeros) == 2
    assert len({text.y for text in zeros}) == 1  # both panels are in one row
    assert picture.words.count("100 ms") == 2
    bars = [words for words in picture.words if words.endswith((" pA", " nA"))]
    assert len(bars) == 2
    assert len(set(bars)) == 1
    assert {"K2.5", "K40.0"} <= set(picture.words)


def test_capacitive_transients_do_not_set_the_scale_of_currents(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=3)
    panel = Panel("K5", recording, "#000000")
    low, high = common_range_pA([panel])
    extremes = [np.ptp(sweep.i_pA) for sweep in recording.sweeps]
    assert high - low < max(extremes) / 4  # the file does have transients
    steady = [np.median(sweep.i_pA) for sweep in recording.sweeps]
    assert low < min(steady) < max(steady) < high


def test_fast_measured_current_is_inside_the_scale(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=3)
    peak = Panel("K5", recording, "#000000", (-4000.0,))
    assert common_range_pA([peak])[0] < -4000.0


def test_sweep_without_a_known_command_is_drawn(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=3)
    unknown = replace(recording, command=replace(recording.command, sweeps=()))
    (drawing,) = raw_sweeps([Panel("K5", unknown, "#123456")], "sweeps")
    picture = Picture(drawing.svg("described"))
    assert "command not known" in picture.words
    assert any(look.get("stroke") == "#123456" for _, look in picture.paths)


@pytest.mark.parametrize("values", [[], [np.nan] * 5, [7.0] * 9, [np.inf, 1.0, -np.inf]])
def test_strange_sweeps_are_drawn(rows: ModuleType, values: list[float]) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=3)
    strange = replace(recording, sweeps=(Sweep(0.0, np.array(values)), *recording.sweeps[1:]))
    (drawing,) = raw_sweeps([Panel("K5", strange, "#123456")], "sweeps")
    assert "K5" in Picture(drawing.svg("described")).words


def test_drawings_of_many_recordings_fit_on_a_page_and_have_one_scale(rows: ModuleType) -> None:
    panels = [Panel(f"K{n}", rows.a_recording(5.0, 1, sweeps=3), "#123456") for n in range(14)]
    first, second = raw_sweeps(panels, "sweeps")
    assert max(first.height, second.height) < 700.0  # of A4 without margins
    assert first.name != second.name
    bars = {words for drawing in (first, second) for words in Picture(drawing.svg("")).words if words.endswith("A")}
    assert len(bars) == 1


@pytest.mark.parametrize(("factor", "unit"), [(1.0, "pA"), (1e2, "nA"), (1e5, "µA")])
def test_large_currents_have_a_convenient_unit(rows: ModuleType, factor: float, unit: str) -> None:
    measures = rows.some_measures("c")
    large = [point.model_copy(update={"i_pA": point.i_pA * factor}) for point in measures.iv]
    full, _ = plots_of(iv_family(large, measures.reversals, "[K⁺]ₒ", "iv").svg("described"))
    assert f"I ({unit})" in [text.words for text in full]
    assert max(len(text.words) for text in full if text.halo) <= 7


def test_many_concentrations_have_a_key_inside_the_drawing(rows: ModuleType) -> None:
    measures = rows.some_measures("c")
    levels = np.geomspace(1, 150, 120)
    reversals = [rows.reversal_row("c", f"r{n}", round(float(level), 2)) for n, level in enumerate(levels)]
    names = {row.recording: row for row in reversals}
    points = [measures.iv[0].model_copy(update={"recording": name}) for name in names]
    drawing = iv_family(points, reversals, "[K⁺]ₒ", "iv")
    texts = Picture(drawing.svg("described")).texts
    assert "…" in [text.words for text in texts]
    assert all(text.x < drawing.width and text.y < drawing.height for text in texts)
