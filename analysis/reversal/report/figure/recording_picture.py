"""Picture of one recording: current and command of every sweep on a common time axis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import SampleArray
from reversal.recordings.command.waveform import expand
from reversal.recordings.recording.recording import Recording
from reversal.report.figure.style import FULL_PAGE_INCH, GREY, new_figure, styled
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_SWEEPS = 60
MOST_COLUMNS = 2000  # of a trace; each keeps its lowest and highest sample, so that no spike is lost


def write_picture(recording: Recording, path: Path) -> None:
    """Write the picture as PNG, complete or not at all."""
    with whole_file(path) as target, styled():
        sweeps_and_command(recording).savefig(target, format="png", dpi=150)


def sweeps_and_command(recording: Recording) -> Figure:
    """Draw current [pA] and command [mV] of the sweeps against time [ms]; recorded voltage in grey."""
    figure = new_figure(FULL_PAGE_INCH, 4.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    count = min(len(recording.sweeps), MOST_SWEEPS)
    colours = _colours(count)
    for n in range(count):
        sweep = recording.sweeps[n]
        command_mV = expand(recording.command.sweeps[n], sweep.current.size)
        above.plot(*_drawn(sweep.i_pA, recording.sample_rate_Hz), color=colours[n], linewidth=0.6)
        if sweep.v_mV is not None:
            below.plot(*_drawn(sweep.v_mV, recording.sample_rate_Hz), color=GREY, linewidth=0.4)
        below.plot(*_drawn(command_mV, recording.sample_rate_Hz), color=colours[n], linewidth=0.8)
    left_out = f", the first {count} of {len(recording.sweeps)} sweeps" if count < len(recording.sweeps) else ""
    above.set_title(f"{recording.file}: {recording.current_channel.name}{left_out}")
    above.set_ylabel("Current (pA)")
    below.set_ylabel("Command (mV)")
    below.set_xlabel("Time (ms)")
    below.set_title(f"{recording.command.evidence}: {recording.command.basis}", fontweight="normal")
    return figure


def _colours(count: int) -> list[tuple[float, float, float, float]]:
    from matplotlib import colormaps

    return [colormaps["viridis"](0.85 * n / max(count - 1, 1)) for n in range(count)]


def _drawn(values: SampleArray, rate_Hz: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Time [ms] and values of a trace, reduced to the minimum and maximum of each column of pixels."""
    size = values.size
    width = size // MOST_COLUMNS
    if width < 2:
        return np.arange(size) / rate_Hz * 1e3, np.asarray(values, dtype=float)
    columns = np.asarray(values[: size // width * width], dtype=float).reshape(-1, width)
    places = np.sort(
        np.stack([columns.argmin(axis=1), columns.argmax(axis=1)], axis=1) + np.arange(len(columns))[:, None] * width,
        axis=1,
    ).reshape(-1)
    return places / rate_Hz * 1e3, np.asarray(values, dtype=float)[places]
