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
    """The series as it is, or against the inside concentration if this alone changes; then its line is Nernst."""
    if not changes_inside(reversals):
        return SeriesSide(tuple(reversals), tuple(curves), outside_label)
    rows = tuple(row.model_copy(update={"out_mM": row.in_mM}) for row in reversals)
    known = sorted({(row.out_mM, row.e_nernst_mV) for row in rows if row.out_mM and row.e_nernst_mV is not None})
    first = rows[0]
    lines = [
        CurvePoint(
            experiment=first.experiment, cell=first.cell, condition=first.condition, kind="nernst", out_mM=mM, e_mV=e_mV
        )
        for mM, e_mV in known
    ]
    return SeriesSide(rows, tuple(lines), outside_label.replace("ₒ", "ᵢ"), "inside")


def changes_inside(reversals: Sequence[ReversalRow]) -> bool:
    """Whether the ion of the series has one concentration outside and several inside."""
    outside = {row.out_mM for row in reversals if row.out_mM}
    return len(outside) == 1 and len({row.in_mM for row in reversals if row.in_mM}) > 1
