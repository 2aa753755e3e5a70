"""Fitted permeability ratios of a synthetic night compared with the true ratios."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

from reversal.tables.files import Row, read_table
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.status import Status


class TruthRow(Row):
    """One fitted ratio and the true one. ``inside``: the interval contains the true ratio; None without an interval."""

    cell: str
    condition: str
    ion: str
    reference: str
    truth: float
    p_ratio: float | None
    ci_low: float | None
    ci_high: float | None
    inside: bool | None
    status: Status
    reason: str | None


def compare_with_truth(permeabilities: Path, truth: Path) -> list[TruthRow]:
    """Compare each ratio of ``permeabilities.csv`` with the true one in ``truth.json``.

    Cells and ions that are not in ``truth.json`` are left out.
    """
    known = true_ratios(json.loads(truth.read_text(encoding="utf-8")))
    return [
        _truth_row(row, known[row.cell][row.ion] / known[row.cell][row.reference])
        for row in read_table(permeabilities, PermeabilityRow)
        if {row.ion, row.reference} <= known.get(row.cell, {}).keys()
    ]


def true_ratios(truth: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """True relative permeabilities: cell -> ion -> ratio, from the content of ``truth.json``."""
    return {facts["cell"]: dict(facts["p_ratios"]) for facts in truth.values() if facts["p_ratios"]}


def truth_table(rows: Sequence[TruthRow]) -> str:
    """Text of the comparison: one line a ratio, then the number of intervals that contain the true ratio."""
    lines = [f"{'cell':<10} {'ratio':<10} {'truth':>9} {'fit':>9}  {'95 % interval':<20} contains the true ratio"]
    for row in rows:
        fit = "-" if row.p_ratio is None else f"{row.p_ratio:.4g}"
        answer = {True: "yes", False: "NO", None: "no interval"}[row.inside]
        reason = f"  ({shorten(row.reason, 110, placeholder=' …')})" if row.reason else ""
        name = f"P_{row.ion}/P_{row.reference}"
        lines.append(f"{row.cell:<10} {name:<10} {row.truth:>9.4g} {fit:>9}  {_interval(row):<20} {answer}{reason}")
    known = [row.inside for row in rows if row.inside is not None]
    lines.append(
        f"{sum(known)} of {len(known)} intervals contain the true ratio; {len(rows) - len(known)} ratios have none"
    )
    return "\n".join(lines)


def _truth_row(row: PermeabilityRow, truth: float) -> TruthRow:
    return TruthRow(
        cell=row.cell,
        condition=row.condition,
        ion=row.ion,
        reference=row.reference,
        truth=truth,
        p_ratio=row.p_ratio,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        inside=_inside(row, truth),
        status=row.status,
        reason=row.reason,
    )


def _inside(row: PermeabilityRow, truth: float) -> bool | None:
    if row.ci_low is None and row.ci_high is None:
        return None
    return (row.ci_low is None or row.ci_low <= truth) and (row.ci_high is None or truth <= row.ci_high)


def _interval(row: TruthRow) -> str:
    if row.ci_low is None and row.ci_high is None:
        return "-"
    if row.ci_low is None:
        return f"below {row.ci_high:.4g}"
    return f"above {row.ci_low:.4g}" if row.ci_high is None else f"{row.ci_low:.4g} to {row.ci_high:.4g}"
