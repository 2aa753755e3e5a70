"""Which side of the membrane a series changes: figures are against the concentration that changes.

If the solution inside is changed and the ion outside stays (an inside-out patch in several baths, a perfused axon), the
rows and lines are those of the inside concentration, in the same columns, so that every figure of a series can draw
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reversal.tables.curves_table import CurvePoint
from reversal.tables.reversals_table import ReversalRow


@dataclass(frozen=True, slots=True)
class SeriesSide:
    """Rows and lines of a series against the concentration that changes.

    label : symbol of that concentration;  side : outside or inside
    """

    reversals: tuple[ReversalRow, ...]
    curves: tuple[CurvePoint, ...]
    label: str
    side: str = "outside"


def against_changed_side(
    reversals: Sequence[ReversalRow], curves: Sequence[CurvePoint], outside_label: str
) -> SeriesSide:
    """The series as it is, or against the inside concentration if this alone changes.

    Without ``curves`` of such a series, its line is Nernst from point to point.
    """
    if not changes_inside(reversals):
        return SeriesSide(tuple(reversals), tuple(curves), outside_label)
    rows = tuple(row.model_copy(update={"out_mM": row.in_mM}) for row in reversals)
    lines = [curve.model_copy(update={"out_mM": curve.in_mM}) for curve in curves if curve.in_mM is not None]
    symbol = outside_label.replace("ₒ", "ᵢ")
    return SeriesSide(rows, tuple(lines or _nernst_line(rows)), symbol, "inside")


def _nernst_line(rows: Sequence[ReversalRow]) -> list[CurvePoint]:
    known = sorted({(row.out_mM, row.e_nernst_mV) for row in rows if row.out_mM and row.e_nernst_mV is not None})
    first = rows[0]
    return [
        CurvePoint(
            experiment=first.experiment, cell=first.cell, condition=first.condition, kind="nernst", out_mM=mM, e_mV=e_mV
        )
        for mM, e_mV in known
    ]


def changes_inside(reversals: Sequence[ReversalRow]) -> bool:
    """Whether the ion of the series has one concentration outside and several inside."""
    outside = {row.out_mM for row in reversals if row.out_mM}
    return len(outside) == 1 and len({row.in_mM for row in reversals if row.in_mM}) > 1
