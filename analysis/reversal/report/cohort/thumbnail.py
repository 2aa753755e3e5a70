"""Thumbnail of a bath series: E_rev against log concentration in a few hundred bytes, for pages of 500 cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from reversal.report.figure.changed_side import nernst_lines
from reversal.report.figure.scale import Scale
from reversal.report.figure.style import GREY, INK, ORANGE
from reversal.report.text.tabulated import reversal_text
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

WIDTH, HEIGHT, EDGE = 150, 84, 6


def thumbnail(rows: Sequence[ReversalRow], concentration: str) -> str:
    """An ``<svg>`` element with points, 95 % intervals and the Nernst line (dashed); empty without values."""
    placed = sorted(
        ((math.log10(r.out_mM), r) for r in rows if r.out_mM and r.e_rev_mV is not None), key=lambda pair: pair[0]
    )
    if not placed:
        return ""
    lines = nernst_lines(rows)
    nernst = [(math.log10(mM), e_mV) for line in lines for mM, e_mV in line]
    xs = [x for x, _ in placed] + [x for x, _ in nernst]
    ys = [y for _, r in placed for y in (r.e_rev_mV, r.ci_low_mV, r.ci_high_mV) if y is not None]
    across = _scale(xs, EDGE, WIDTH - EDGE)
    down = _scale(ys + [y for _, y in nernst], HEIGHT - EDGE, EDGE)
    parts = []
    for line in lines:
        at = " ".join(f"{across.at(math.log10(mM)):.0f},{down.at(e_mV):.0f}" for mM, e_mV in line)
        parts.append(f'<polyline points="{at}" fill="none" stroke="{GREY}" stroke-dasharray="4 3"/>' * (len(line) > 1))
    for x, row in placed:
        parts.append(_point(across.at(x), row, down, (HEIGHT - EDGE, EDGE)))
    values = "; ".join(f"{row.out_mM:g} mM {reversal_text(row)} mV" for _, row in placed)
    label = escape(f"Reversal potential against {concentration}: {values}", quote=True)
    return f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'


def _point(x: float, row: ReversalRow, down: Scale, edges: tuple[float, float]) -> str:
    """A point with its interval; an open end reaches the edge of the drawing, lower or upper."""
    sound = row.status is Status.OK
    colour = INK if sound else ORANGE
    fill = colour if sound else "#fff"
    bar = ""
    if row.ci_low_mV is not None or row.ci_high_mV is not None:
        low, high = (
            edge if end is None else down.at(end)
            for end, edge in zip((row.ci_low_mV, row.ci_high_mV), edges, strict=True)
        )
        bar = f'<path d="M{x:.0f} {low:.1f}V{high:.1f}" stroke="{colour}"/>'
    y = down.at(row.e_rev_mV or 0.0)
    return f'{bar}<circle cx="{x:.0f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{colour}"/>'


def _scale(values: Sequence[float], start: float, stop: float) -> Scale:
    return Scale(min(values), max(values), start, stop)
