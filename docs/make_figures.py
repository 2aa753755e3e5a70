"""Draw the figures of the page about leak, with the functions that measure recordings: docs/explanations/figures/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import RecordedCase, recorded_case
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Leak
from reversal.measure.assessment import assessed
from reversal.measure.iv.points import Points
from reversal.measure.measure_recording import measure_recording
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.measure.table_rows import reversal_row
from reversal.report.figure.style import BLUE, FULL_PAGE_INCH, GREY, INK, ORANGE, PALE, new_figure, styled
from reversal.report.figure.svg import svg_file
from reversal.simulate.bath import SERIES
from reversal.tables.reversals_table import Current, ReversalRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FOLDER = Path(__file__).resolve().parent / "explanations" / "figures"
E_CHANNEL_mV, E_LEAK_mV = -90.0, -10.0
SEALS_GOhm = (0.5, 2.0, 10.0, 20.0, 50.0)
CONDUCTANCES_nS = np.geomspace(0.3, 100.0, 60)
JUNCTION_mV = 1.0  # junction.sd_mV
VOLTAGES_mV = np.arange(-120.0, 61.0, 10.0)
EXAMPLE_nS, EXAMPLE_GOhm = 1.0, 2.0
BELOW_pA = -80.0  # where the potentials are written
SEAL_GOhm, WRONG_BY = 2.0, 1.5
SEED = 20261126


@dataclass(frozen=True, slots=True)
class Way:
    """A way of bounding the leak, and what it makes of the same simulated recording."""

    name: str
    row: ReversalRow


def main() -> None:
    """Write every figure."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in figures().items():
        path.write_text(text, encoding="utf-8")


def figures() -> dict[Path, str]:
    """The SVG of each figure."""
    drawn = {"leak_iv": whole_current(), "leak_shift": shifts_by_conductance(), "leak_ways": ways_of_bounding()}
    return {FOLDER / f"{name}.svg": svg_file(figure) for name, figure in drawn.items()}


def shift_mV(seal_GOhm: float, channel_nS: float) -> float:
    """Shift of the zero of the whole current of a channel at −90 mV by the leak of a seal at −10 mV."""
    estimate = reversal_of(_whole(seal_GOhm, channel_nS), compare=False).estimate
    assert estimate is not None
    return estimate.e_mV - E_CHANNEL_mV


def _whole(seal_GOhm: float, channel_nS: float) -> Points:
    current_pA = channel_nS * (VOLTAGES_mV - E_CHANNEL_mV) + (VOLTAGES_mV - E_LEAK_mV) / seal_GOhm
    return Points(VOLTAGES_mV, current_pA, np.full(VOLTAGES_mV.size, 0.01), 60)


def whole_current() -> Figure:
    """Current of a channel of 1 nS, of the leak of a seal of 2 GΩ, and their sum, with the voltages of zero current."""
    figure = new_figure(FULL_PAGE_INCH * 0.62, 2.9)
    with styled():
        axes = figure.subplots()
        v = np.linspace(-120.0, 20.0, 2)
        zero_mV = E_CHANNEL_mV + shift_mV(EXAMPLE_GOhm, EXAMPLE_nS)
        channel, leak = EXAMPLE_nS * (v - E_CHANNEL_mV), (v - E_LEAK_mV) / EXAMPLE_GOhm
        axes.axhline(0.0, color=PALE, linewidth=0.8)
        for current, colour, name, e_mV in (
            (channel, BLUE, f"channel, {EXAMPLE_nS:g} nS", E_CHANNEL_mV),
            (leak, ORANGE, f"leak of a {EXAMPLE_GOhm:g} GΩ seal", E_LEAK_mV),
            (channel + leak, INK, "whole current", zero_mV),
        ):
            axes.plot(v, current, color=colour, label=name)
            axes.plot([e_mV], [0.0], "o", color=colour)
            label = f"{e_mV:.0f} mV".replace("-", "−")
            axes.plot([e_mV, e_mV], [0.0, BELOW_pA], color=colour, linewidth=0.8, linestyle=(0, (1, 2)))
            axes.annotate(label, (e_mV, BELOW_pA), (3, 0), textcoords="offset points", color=colour)
        axes.set_xlabel("Membrane potential (mV)")
        axes.set_ylabel("Current (pA)")
        figure.legend(loc="outside upper left", ncols=3)
    return figure


def shifts_by_conductance() -> Figure:
    """Shift of E_rev against the conductance of the channel, a line for each seal, on logarithmic axes."""
    from matplotlib import colormaps

    figure = new_figure(FULL_PAGE_INCH * 0.62, 3.4)
    with styled():
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.set_yscale("log")
        for place, seal_GOhm in enumerate(SEALS_GOhm):
            colour = colormaps["viridis"](0.82 * place / (len(SEALS_GOhm) - 1))
            shifts_mV = [shift_mV(seal_GOhm, float(g)) for g in CONDUCTANCES_nS]
            axes.plot(CONDUCTANCES_nS, shifts_mV, color=colour, label=f"{seal_GOhm:g} GΩ")
        axes.axhline(JUNCTION_mV, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
        # below the line and in two rows, where no curve is
        corner = CONDUCTANCES_nS[0], JUNCTION_mV
        axes.annotate("error of a\njunction potential", corner, (0, -3), textcoords="offset points", va="top")
        _plain_ticks(axes)
        axes.set_ylim(0.1, 80.0)
        axes.set_xlabel("Conductance of the channel near its E_rev (nS)")
        axes.set_ylabel("Shift of E_rev (mV)")
        figure.legend(loc="outside upper left", ncols=len(SEALS_GOhm), title="seal")
    return figure


def _plain_ticks(axes: Axes) -> None:
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")


def ways_of_bounding() -> Figure:
    """E_rev of one simulated recording with each way of bounding the leak, and the channel's own."""
    figure = new_figure(FULL_PAGE_INCH * 0.75, 2.5)
    with styled():
        axes = figure.subplots()
        axes.axvline(true_mV(), color=BLUE, linewidth=1.0)
        for place, way in enumerate(ways()):
            row = way.row
            if row.channel_low_mV is not None and row.channel_high_mV is not None:
                axes.plot([row.channel_low_mV, row.channel_high_mV], [place, place], color=PALE, linewidth=7)
            axes.plot([row.ci_low_mV, row.ci_high_mV], [place, place], color=INK)
            axes.plot([row.e_rev_mV], [place], "o", color=INK, markerfacecolor=INK if _is_channel(row) else "white")
        axes.set_yticks(range(len(ways())), [way.name for way in ways()])
        axes.set_ylim(len(ways()) - 0.4, -0.6)
        axes.annotate("channel", (true_mV(), -0.6), (3, -8), textcoords="offset points", color=BLUE)
        axes.set_xlabel("E_rev (mV), 95 % interval; grey: range of the channel")
    return figure


def _is_channel(row: ReversalRow) -> bool:
    return row.e_rev_of is Current.CHANNEL


def true_mV() -> float:
    """The channel's own reversal potential in the recording of the figure."""
    return _recorded().true_mV


@cache
def ways() -> tuple[Way, ...]:
    """The recording of the figure, measured with each way of bounding the leak."""
    return tuple(_ways())


def _ways() -> Iterator[Way]:
    made = _recorded()
    yield Way("no seal stated", _row(made, None))
    yield Way(f"seal stated, {WRONG_BY:g} times too large", _row(made, WRONG_BY * SEAL_GOhm))
    yield Way("seal stated", _row(made, SEAL_GOhm))
    yield Way("blocker", reversal_row(assessed(made.measured(), (), ())))


def _row(made: RecordedCase, seal_GOhm: float | None) -> ReversalRow:
    settings = made.settings.model_copy(update={"experiments": {"default": Experiment(leak=Leak())}})
    entry = made.entry.model_copy(update={"seal_GOhm": seal_GOhm})
    return reversal_row(assessed(measure_recording(entry, made.recording, settings), (), ()))


@cache
def _recorded() -> RecordedCase:
    """A potassium channel of about 3 nS in a cell with a seal of 2 GΩ whose leak reverses at 0 mV."""
    case = Case("difference", "background_potassium", 0.3, 1.5, 5.0, 0.8, 1.0 / SEAL_GOhm, SERIES[1])
    (made,) = recorded_case(case, SEED, repeats=1)
    return made


if __name__ == "__main__":
    main()
