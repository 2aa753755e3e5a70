"""Which side of the membrane a series changes: figures are against the concentration that changes.

If the inside has more concentrations than the outside (an inside-out patch in several baths, a perfused axon), the rows
and lines are those of the inside concentration, in the same columns, so that every figure of a series can draw them. If
both sides change, figures have a line for each concentration of the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from reversal.tables.curves_table import CurvePoint
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.sides import common_sides, is_against_inside

RowT = TypeVar("RowT", ReversalRow, CurvePoint)


@dataclass(frozen=True, slots=True)
class SeriesSide:
    """Rows and lines of a series against the concentration that changes.

    reversals, curves : with this concentration in ``out_mM`` and that of the other side in ``in_mM``
    label : symbol of the concentration;  side : name of the side;  column : the same in the name of a column
    other : symbol of the concentration of the other side if it changes too, else empty;  other_column : of its column
    """

    reversals: tuple[ReversalRow, ...]
    curves: tuple[CurvePoint, ...]
    label: str
    side: str
    column: str
    other: str
    other_column: str

    def other_mM(self, row: RowT) -> float | None:
        """Concentration of the other side if it changes too [mM]."""
        return row.in_mM if self.other else None


def against_changed_side(reversals: Sequence[ReversalRow], curves: Sequence[CurvePoint], ion: str) -> SeriesSide:
    """The series against the outside concentration, or against the inside if this has more values.

    ion : name of the ion with its charge
    """
    sides = common_sides(reversals)
    outside, inside = sides.out_symbol.format(ion), sides.in_symbol.format(ion)
    if not is_against_inside((row.out_mM, row.in_mM) for row in reversals):
        several = len({row.in_mM for row in reversals if row.in_mM is not None}) > 1
        names = (outside, sides.outside, sides.out_column, inside if several else "", sides.in_column)
        return SeriesSide(tuple(reversals), tuple(curves), *names)
    rows = tuple(map(_swapped, reversals))
    lines = tuple(_swapped(curve) for curve in curves if curve.in_mM is not None)
    other = outside if len({row.out_mM for row in reversals if row.out_mM is not None}) > 1 else ""
    return SeriesSide(rows, lines, inside, sides.inside, sides.in_column, other, sides.out_column)


def _swapped(row: RowT) -> RowT:
    return row.model_copy(update={"out_mM": row.in_mM, "in_mM": row.out_mM})


def nernst_lines(rows: Sequence[ReversalRow]) -> list[list[tuple[float, float]]]:
    """Concentration [mM] and Nernst potential [mV] of rows, a line for each concentration of the other side."""
    lines: dict[float | None, list[tuple[float, float]]] = {}
    for row in rows:
        if row.out_mM and row.e_nernst_mV is not None:
            lines.setdefault(row.in_mM, []).append((row.out_mM, row.e_nernst_mV))
    return [sorted(line) for line in lines.values()]
