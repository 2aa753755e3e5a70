"""Raw currents and commands of the recordings of a cell, with scale bars instead of axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.recording.recording import Recording
from reversal.report.figure.drawing import Drawing, TextLook
from reversal.report.figure.scale import Scale, bar_label, bar_size, tick_label
from reversal.report.figure.style import GREY, INK, FULL_WIDTH_pt
from reversal.report.figure.traces import away_from_edges, command_line, shown_sweeps, thinned
from reversal.report.text.labels import one_line

POINTS_A_FIGURE = 30_000
FEWEST_BINS, MOST_BINS = 40, 400
DRAWN_BINS = 160  # of the chosen sweeps
SWEEPS_A_PANEL = 25
PANELS_A_ROW, PANELS_A_PAGE = 3, 12
NARROWEST_PANEL = 110.0
OUTLIER_PERCENTILES = (0.2, 99.8)
BLANK_MS = 2.0  # after an edge of the command; longer than the transients of most patched cells
SAMPLES_FOR_SCALE = 2000
BEYOND_MEASURED = 0.6  # of the range of the measured currents, shown below and above it at most
LEFT, RIGHT, BETWEEN = 10.0, 12.0, 12.0  # room for the zero, for the label of the scale bar, between columns
TITLE, CURRENTS, BAR, COMMAND, FOOT = 13.0, 96.0, 13.0, 20.0, 18.0  # heights of the parts of a panel
SMALL = TextLook(size=6.5, colour=GREY)
CHARACTERS_A_pt = 1 / (8.0 * 0.66)


@dataclass(frozen=True)
class Panel:
    """A recording to draw.

    name : of the recording
    measured_pA : currents of its I–V as recorded; the scale shows them even if they are as fast as a transient
    """

    title: str
    recording: Recording
    colour: str
    measured_pA: tuple[float, ...] = ()
    name: str = ""

    @property
    def shown(self) -> tuple[int, ...]:
        """Numbers of the sweeps that are drawn."""
        return shown_sweeps(self.recording, SWEEPS_A_PANEL)

    @property
    def longest_ms(self) -> float:
        """Duration of the longest sweep [ms]."""
        samples = max((sweep.current.size for sweep in self.recording.sweeps), default=0)
        return samples * self.sample_ms or 1.0

    @property
    def sample_ms(self) -> float:
        """Time between two samples [ms]."""
        return 1000.0 / self.recording.sample_rate_Hz

    @cached_property
    def ends_pA(self) -> tuple[float, float]:
        """Lowest and highest current of the sweeps that are drawn, without capacitive transients, and zero."""
        ends = [0.0, *self.measured_pA]
        shown = [self._away_from_transients(number) for number in self.shown]
        for size in {current.size for current in shown} - {0}:
            of_size = np.stack([current for current in shown if current.size == size])
            ends += np.percentile(of_size, OUTLIER_PERCENTILES, axis=1).ravel().tolist()
        return min(ends), max(ends)

    def _away_from_transients(self, number: int) -> FloatArray:
        """Some known samples of a sweep, without its capacitive transients."""
        current = self.recording.sweeps[number].current
        if number < len(self.recording.command.sweeps):
            command = self.recording.command.sweeps[number]
            current = away_from_edges(current, command, round(BLANK_MS / self.sample_ms))
        some = np.asarray(current[:: max(current.size // SAMPLES_FOR_SCALE, 1)], dtype=float)
        known: FloatArray = some[np.isfinite(some)]
        return known


def raw_sweeps(panels: Sequence[Panel], name: str) -> list[Drawing]:
    """Current and command of every recording on a common current scale, in drawings that fit on a page.

    Traces are reduced to the minimum and maximum of each segment. Transients outside the common scale are clipped.
    """
    bins = int(np.clip(POINTS_A_FIGURE // (2 * max(sum(len(p.shown) for p in panels), 1)), FEWEST_BINS, MOST_BINS))
    range_pA = common_range_pA(panels)
    return [
        _drawn(panels[start : start + PANELS_A_PAGE], f"{name}{start}", bins, range_pA)
        for start in range(0, len(panels), PANELS_A_PAGE)
    ]


def chosen_sweeps(panels: Sequence[Panel], name: str, width: float = FULL_WIDTH_pt) -> Drawing | None:
    """The first, the middle and the last recording in one row, or below each other if it is narrow. None without any.

    width : of the drawing [pt]
    """
    some = chosen_panels(panels)
    if not some:
        return None
    columns = len(some) if width > len(some) * NARROWEST_PANEL else 1
    return _drawn(some, name, DRAWN_BINS, common_range_pA(panels), columns, width)


def chosen_panels(panels: Sequence[Panel]) -> list[Panel]:
    """The first, the middle and the last recording."""
    return [panels[place] for place in sorted({0, len(panels) // 2, len(panels) - 1})] if panels else []


def _drawn(
    panels: Sequence[Panel],
    name: str,
    bins: int,
    range_pA: tuple[float, float],
    columns: int = 0,
    whole: float = FULL_WIDTH_pt,
) -> Drawing:
    columns = columns or (2 if len(panels) in (2, 4) else min(PANELS_A_ROW, len(panels)))
    rows = math.ceil(len(panels) / columns)
    height = TITLE + CURRENTS + BAR + COMMAND + FOOT
    drawing = Drawing(name, whole, rows * height)
    width = (whole - (columns - 1) * BETWEEN) / columns
    for place, panel in enumerate(panels):
        row, column = divmod(place, columns)
        left, top = column * (width + BETWEEN), row * height
        across = Scale(0.0, panel.longest_ms, left + LEFT, left + width - RIGHT)
        characters = max(int(width * CHARACTERS_A_pt), 8)
        drawing.text(left + LEFT, top + 6, one_line(panel.title, characters), TextLook(size=8.0, bold=True))
        down = Scale(*range_pA, top + TITLE + CURRENTS, top + TITLE)
        _draw_currents(drawing, panel, bins, across, down)
        _draw_bars(drawing, panel, across, down)
        _draw_command(drawing, panel, across, top + TITLE + CURRENTS + BAR)
    return drawing


def common_range_pA(panels: Sequence[Panel]) -> tuple[float, float]:
    """Range of the currents of all panels without capacitive transients, with zero and a small edge."""
    ends = [0.0, *chain.from_iterable(panel.ends_pA for panel in panels)]
    low, high = _near_measured(min(ends), max(ends), panels)
    edge = max((high - low) * 0.06, 1.0)
    return low - edge, high + edge


def _near_measured(low: float, high: float, panels: Sequence[Panel]) -> tuple[float, float]:
    """Range that is at most some times that of the measured currents: slow transients may outlast the blanked time."""
    measured = [0.0, *(current for panel in panels for current in panel.measured_pA)]
    least, most = min(measured), max(measured)
    reach = (most - least) * BEYOND_MEASURED
    return (max(low, least - reach), min(high, most + reach)) if reach else (low, high)


def _draw_currents(drawing: Drawing, panel: Panel, bins: int, across: Scale, down: Scale) -> None:
    zero = down.at(0.0)
    drawing.line([across.start, across.stop], [zero, zero], GREY, 0.6, dash="2 2")
    drawing.text(across.start - 2, zero, "0", TextLook(size=6.5, colour=GREY, anchor="end"))
    lines = []
    for number in panel.shown:
        positions, current = thinned(panel.recording.sweeps[number].current, bins)
        lines.append((across(positions * panel.sample_ms), down(current)))
    clip = drawing.clip(across.start - 1, down.stop, across.stop + 1, down.start)
    drawing.lines(lines, panel.colour, 0.5, clip=clip)


def _draw_bars(drawing: Drawing, panel: Panel, across: Scale, down: Scale) -> None:
    """Scale bars outside of the traces, at the lower right corner."""
    time_ms, current_pA = bar_size(panel.longest_ms), bar_size(down.high - down.low)
    x, y = across.stop + 3, down.start + 3
    long, tall = across.at(time_ms) - across.start, down.at(0.0) - down.at(current_pA)
    drawing.line([x - long, x, x], [y, y, y - tall], INK, 1.2)
    drawing.text(x - long / 2, y + 5, bar_label(time_ms, "ms"), TextLook(size=6.5, anchor="middle"))
    upright = TextLook(size=6.5, anchor="middle", upright=False)
    drawing.text(x + 5, y - tall / 2, bar_label(current_pA, "pA"), upright)


def _draw_command(drawing: Drawing, panel: Panel, across: Scale, top: float) -> None:
    commands = panel.recording.command.sweeps
    known = [command_line(commands[number]) for number in panel.shown if number < len(commands)]
    levels = [part[np.isfinite(part)] for _, part in known]
    bottom = top + COMMAND
    if any(part.size for part in levels):
        low, high = float(min(p.min() for p in levels if p.size)), float(max(p.max() for p in levels if p.size))
        down = Scale(low, high, bottom - 1, top + 1)
        drawing.lines([(across(x * panel.sample_ms), down(y)) for x, y in _once(known)], GREY, 0.6)
        words = f"{tick_label(low)} to {tick_label(high)} mV" if high > low else f"{tick_label(low)} mV"
    else:
        words = "command not known"
    drawing.text(across.start, bottom + 6, words, SMALL)


def _once(lines: Sequence[tuple[FloatArray, FloatArray]]) -> list[tuple[FloatArray, FloatArray]]:
    """Lines without repetitions."""
    return list({(x.tobytes(), y.tobytes()): (x, y) for x, y in lines}.values())
