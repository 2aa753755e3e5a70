"""Fitted permeability ratios beside the truth of a synthetic night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.fit.results import PermeabilityRow
from analysis.measure.results import Status
from analysis.tables import Row


class TruthRow(Row):
    """One fitted ratio and the ratio the simulator used."""

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


def compare_with_truth(rows: Sequence[PermeabilityRow], truth: Mapping[str, Mapping[str, float]]) -> list[TruthRow]:
    """Put each fitted ratio beside the true one.

    truth : cell to ratios by name, as ``{"c1": {"Na": 0.02}}``; cells and ions it does not name are passed over
    """
    return [
        TruthRow(
            cell=row.cell,
            condition=row.condition,
            ion=row.ion,
            reference=row.reference,
            truth=truth[row.cell][row.ion],
            p_ratio=row.p_ratio,
            ci_low=row.ci_low,
            ci_high=row.ci_high,
            inside=_inside(row, truth[row.cell][row.ion]),
            status=row.status,
            reason=row.reason,
        )
        for row in rows
        if row.ion in truth.get(row.cell, {})
    ]


def truth_lines(rows: Sequence[TruthRow]) -> Iterator[str]:
    """Print the comparison: a line a ratio, then how many intervals hold the truth."""
    yield f"{'cell':<12} {'ratio':<10} {'truth':>9}  {'fit':>9}  {'95 % interval':<22} holds the truth"
    for row in rows:
        fit = "-" if row.p_ratio is None else f"{row.p_ratio:.4g}"
        answer = {True: "yes", False: "NO", None: "no interval"}[row.inside]
        reason = f"  ({row.reason})" if row.reason else ""
        name = f"P_{row.ion}/P_{row.reference}"
        yield f"{row.cell:<12} {name:<10} {row.truth:>9.4g}  {fit:>9}  {_interval(row):<22} {answer}{reason}"
    known = [row.inside for row in rows if row.inside is not None]
    yield f"{sum(known)} of {len(known)} intervals hold the truth; {len(rows) - len(known)} of {len(rows)} have none"


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
