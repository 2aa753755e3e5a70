"""Numbers of a cell's figures as wide tables that a page offers to save."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from reversal.report.cell.budget_figure import SOURCES
from reversal.report.cell.sweeps_figure import DRAWN_BINS, Panel
from reversal.report.figure.changed_side import SeriesSide
from reversal.report.figure.traces import thinned
from reversal.tables.curves_table import CurvePoint
from reversal.tables.iv_table import IVPoint
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.reversals_table import ReversalRow


def iv_csv(points: Sequence[IVPoint]) -> str:
    """I–V curves, one line a sweep, with voltage, current and standard error of each recording."""
    names = list(dict.fromkeys(point.recording for point in points))
    by_place = {(point.sweep, point.recording): point for point in points}
    head = ["sweep", *(f"{of} {name}" for name in names for of in ("V_mV", "I_pA", "SE_pA"))]
    lines = []
    for sweep in sorted({point.sweep for point in points}):
        some = (by_place.get((sweep, name)) for name in names)
        lines.append([str(sweep), *(text for point in some for text in _texts(_of_point(point)))])
    return _written([head, *lines])


def reversals_csv(seen: SeriesSide, curves: Sequence[CurvePoint] = ()) -> str:
    """Reversal potentials with their 95 % intervals, one line a recording, then the points of the drawn lines."""
    mM, other = f"{seen.column}_mM", [f"{seen.other_column}_mM"] * bool(seen.other)
    ordered = sorted(seen.reversals, key=lambda row: (row.out_mM is None, row.out_mM or 0.0))
    numbers = (
        (r.out_mM, *[r.in_mM] * len(other), r.e_rev_mV, r.ci_low_mV, r.ci_high_mV, r.e_nernst_mV) for r in ordered
    )
    lines = [[*_texts(some), row.recording] for some, row in zip(numbers, ordered, strict=True)]
    if not curves:
        return _written([[mM, *other, "E_rev_mV", "low_mV", "high_mV", "E_Nernst_mV", "recording"], *lines])
    of_lines = ("Nernst_mV", "Nernst_low_mV", "Nernst_high_mV", "GHK_mV", "GHK_low_mV", "GHK_high_mV")
    head = [mM, *other, "E_rev_mV", "low_mV", "high_mV", "E_Nernst_mV", *of_lines, "recording"]
    points = [
        [
            *_texts((c.out_mM, *[c.in_mM] * len(other))),
            *[""] * (4 + 3 * (c.kind == "ghk")),
            *_texts((c.e_mV, c.low_mV, c.high_mV)),
        ]
        for c in curves
    ]
    wide = [[*line[:-1], *[""] * len(of_lines), line[-1]] for line in lines]
    return _written([head, *wide, *(line + [""] * (len(head) - len(line)) for line in points)])


def traces_csv(panels: Sequence[Panel]) -> str:
    """Current and command of the sweeps as they are drawn, one line a point in time, columns by recording and sweep.

    A trace is reduced to the lowest and highest sample of each segment; the raw files have every sample.
    """
    head: list[str] = []
    columns: list[list[str]] = []
    for panel in panels:
        for number in panel.shown:
            positions, current = thinned(panel.recording.sweeps[number].current, DRAWN_BINS)
            name = f"{panel.name} sweep {panel.recording.number_of(number)}"
            head += [f"t_ms {name}", f"I_pA {name}"]
            columns += [_texts((positions * panel.sample_ms).tolist()), _texts(current.tolist())]
    return _written([head, *zip_longest(*columns, fillvalue="")])


def budget_csv(rows: Sequence[ReversalRow]) -> str:
    """Standard deviations of E_rev by source, and the shift by a leak of 0.1 nS, one line a recording."""
    head = ["recording", *(f"{name} SD_mV" for name, _ in SOURCES), "shift by 0.1 nS mV"]
    lines = ([row.recording, *_texts([*(of(row) for _, of in SOURCES), row.leak_sensitivity_mV])] for row in rows)
    return _written([head, *lines])


def profiles_csv(points: Sequence[ProfilePoint]) -> str:
    """Profiles of the ratios, one line a value: ratio, likelihood ratio, limit."""
    head = ["ion", "reference", "ratio", "likelihood_ratio", "limit_95"]
    numbers = ((point.p_ratio, point.likelihood_ratio, point.limit) for point in points)
    return _written([head, *([p.ion, p.reference, *_texts(n)] for p, n in zip(points, numbers, strict=True))])


def as_link(text: str) -> str:
    """Address that contains a text as a file."""
    return f"data:text/csv;base64,{b64encode(text.encode()).decode()}"


def _of_point(point: IVPoint | None) -> tuple[float | None, float | None, float | None]:
    if point is None:
        return None, None, None
    volt_mV = point.v_command_mV if point.v_membrane_mV is None else point.v_membrane_mV
    return volt_mV, point.i_pA, point.se_pA


def _texts(numbers: Iterable[float | None]) -> list[str]:
    return ["" if number is None else f"{number:.7g}" for number in numbers]


def _written(lines: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(lines)
    return stream.getvalue()
