"""Arrows at the open ends of intervals: without them, an open interval looks like one that ends at its value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reversal.tables.reversals_table import ReversalRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ARROW_mV = 8.0


def draw_open_ends(axes: Axes, placed: Iterable[tuple[float, ReversalRow]], colour: str) -> None:
    """Draw an arrow from each reversal potential to the side on which its interval has no limit.

    placed : position on the concentration axis [mM] and row
    """
    for x, row in placed:
        if row.e_rev_mV is None or (row.ci_low_mV is None and row.ci_high_mV is None):
            continue
        for end, towards in ((row.ci_low_mV, -ARROW_mV), (row.ci_high_mV, ARROW_mV)):
            if end is None:
                arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
                axes.annotate("", (x, row.e_rev_mV + towards), (x, row.e_rev_mV), arrowprops=arrow, zorder=2)
                axes.update_datalim([(x, row.e_rev_mV + towards)])
