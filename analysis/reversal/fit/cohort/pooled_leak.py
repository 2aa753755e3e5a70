"""Effect of an unknown leak on values of several cells, repeated with every cell at the ends of its own range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np

from reversal.fit.edge_scale import EdgeScale
from reversal.fit.leak_range import range_findings
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings_table import Judged
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.reversals_table import Current

Fitted = TypeVar("Fitted", PermeabilityRow, NernstRow)
R = TypeVar("R", PooledRow, ComparisonRow)


def with_leak_in_mean(
    one: Judged[PooledRow],
    rows: Sequence[Fitted],
    value: float | None,
    mean_of: Callable[[Sequence[Fitted]], float | None],
) -> Judged[PooledRow]:
    """The mean with the current to which it belongs, and its range for the leak of the assumed seals of its cells.

    rows : the cells of the mean;  value : the mean, None if there is none
    mean_of : the mean of other rows of the same cells, None if they have none
    """

    def moved_mean(moved: Sequence[Fitted]) -> float | None:
        """Cells with one value, for example 0, have no spread but a mean."""
        values = {row.p_ratio if isinstance(row, PermeabilityRow) else row.slope_ratio for row in moved}
        return values.pop() if len(values) == 1 else mean_of(moved)

    of, columns = current_of(rows), range_columns(rows, value, moved_mean)
    return _flagged(one.adding(estimate_of=of, **columns), f"the mean {one.row.quantity}")


def with_leak_in_factor(
    one: Judged[ComparisonRow],
    rows: Sequence[PermeabilityRow],
    factor_of: Callable[[Sequence[PermeabilityRow]], float | None],
    opposite: int,
) -> Judged[ComparisonRow]:
    """As :func:`with_leak_in_mean` for the factor between two groups.

    rows : the cells of both;  opposite : see :func:`range_columns`; 0 for two conditions of the same cells, which have
        the same seals
    """
    of, columns = current_of(rows), range_columns(rows, one.row.factor, factor_of, opposite)
    return _flagged(one.adding(factor_of=of, **columns), f"the factor of P_{one.row.ion}/P_{one.row.reference}")


def _flagged(one: Judged[R], quantity: str) -> Judged[R]:
    """The row with the finding on its range, if it is open or exceeds the interval."""
    row = one.row
    if row.assumed_seal_GOhm is None:
        return one
    found = None if row.leak_low is None or row.leak_high is None else (row.leak_low, row.leak_high)
    return one.adding(*range_findings(found, (row.ci_low, row.ci_high), row.assumed_seal_GOhm, quantity))


def rotated(
    points: Sequence[LinePointRow], rows: Sequence[NernstRow], moved: Sequence[NernstRow]
) -> list[LinePointRow]:
    """The points of each cell with the slope of its line changed from that in ``rows`` to that in ``moved``."""
    change = {row.cell: _slope(after) - _slope(row) for row, after in zip(rows, moved, strict=True)}
    of_cells = [[point for point in points if point.cell == cell] for cell in change]
    return list(chain.from_iterable(_rotated(of_cell, change[of_cell[0].cell]) for of_cell in of_cells if of_cell))


def _rotated(points: Sequence[LinePointRow], change: float) -> list[LinePointRow]:
    centre_mV = float(np.mean([point.e_nernst_mV for point in points]))
    return [
        point.model_copy(update={"e_rev_mV": point.e_rev_mV + change * (point.e_nernst_mV - centre_mV)})
        for point in points
    ]


def current_of(rows: Sequence[PermeabilityRow | NernstRow]) -> Current | None:
    """The current to which a value of several cells belongs; whole current if this applies to one of them."""
    of = {row.p_of if isinstance(row, PermeabilityRow) else row.slope_of for row in rows}
    return Current.WHOLE if Current.WHOLE in of else Current.CHANNEL if Current.CHANNEL in of else None


def range_columns(
    rows: Sequence[Fitted],
    value: float | None,
    value_of: Callable[[Sequence[Fitted]], float | None],
    opposite: int = 0,
) -> dict[str, float | None]:
    """Range of a value from all cells at the lowest to all at the highest end of theirs, and the seal that it assumes.

    opposite : number of rows at the end that are at the other end of their range: a value that compares two groups
        of cells has its extremes there

    The ends are None if one is open. Empty if the leak of every cell is known, or without a value.
    """
    seals_GOhm = [row.assumed_seal_GOhm for row in rows if row.assumed_seal_GOhm is not None]
    if not seals_GOhm or value is None:
        return {}
    columns: dict[str, float | None] = {"assumed_seal_GOhm": min(seals_GOhm)}
    if any(row.assumed_seal_GOhm is not None and None in _ends(row) for row in rows):
        return columns
    first = len(rows) - opposite
    ends = ([_at_end(row, end if n < first else 1 - end) for n, row in enumerate(rows)] for end in (0, 1))
    known = [moved for each in ends if (moved := value_of(each)) is not None]
    return columns if len(known) < 2 else {**columns, "leak_low": min(value, *known), "leak_high": max(value, *known)}


def _slope(row: NernstRow) -> float:
    return row.slope_ratio or 0.0


def _ends(row: PermeabilityRow | NernstRow) -> tuple[float | None, float | None]:
    if isinstance(row, PermeabilityRow):
        return row.leak_low, row.leak_high
    return row.ratio_leak_low, row.ratio_leak_high


def _at_end(row: Fitted, end: int) -> Fitted:
    """The row with the value at one end of its range; unchanged if its leak is known."""
    value = _ends(row)[end]
    if value is None:
        return row
    if isinstance(row, NernstRow):
        return row.model_copy(update={"slope_ratio": value})
    return row.model_copy(update=_moved_ratio(row, value))


def _moved_ratio(row: PermeabilityRow, to: float) -> dict[str, float | None]:
    """Columns of a ratio with its value and limits moved by one change of the reversal potentials.

    On the scale of the GHK voltage equation, a change of the reversal potentials moves all of them by the same amount.
    With a lower bound, the value of the fit is that of the inverse ratio.
    """
    inverse = row.bound is Bound.LOWER
    scale = EdgeScale(None if inverse else row.ratio_at_balance)
    target = 1.0 / to if inverse else to
    free, se = row.free_p_ratio, row.free_se
    now = row.p_ratio if row.p_ratio is not None and not inverse else max(free or 0.0, 0.0)
    change = float(scale.of(target) - scale.of(now))

    def moved(value: float | None) -> float | None:
        return None if value is None else float(scale.ratio(scale.of(value) + change))

    after = moved(free)
    columns = {"p_ratio": to, "free_p_ratio": after}
    if after is not None and free is not None and se is not None:
        columns["free_se"] = se * float(scale.slope(free) / scale.slope(after))
    if inverse or row.ci_low is None or row.ci_high is None:
        return columns
    factor = 1.0 if not row.p_ratio else to / row.p_ratio
    return {**columns, "ci_low": row.ci_low * factor, "ci_high": row.ci_high * factor}
