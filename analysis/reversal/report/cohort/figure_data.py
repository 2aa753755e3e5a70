"""Numbers of a cohort figure as a wide table: one line for each cell or bath, columns for each condition.

The columns of an estimate are value, lower and upper limit, the order in which statistics programs import them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import ReversalRow

Numbers = tuple[float | None, float | None, float | None]  # value, lower and upper limit of the 95 % interval


@dataclass(frozen=True, slots=True)
class WideTable:
    """Estimates by line and by group of columns.

    line_name : head of the first column
    """

    line_name: str
    estimates: dict[tuple[str, str], Numbers]


def ratios_wide(rows: Sequence[PermeabilityRow]) -> WideTable:
    """Permeability ratios, one line a cell. A bound has one limit and no value."""
    return WideTable("cell", {(r.cell, r.condition): (r.p_ratio, r.ci_low, r.ci_high) for r in rows})


def slopes_wide(rows: Sequence[NernstRow]) -> WideTable:
    """Slope ratios, one line a cell."""
    return WideTable("cell", {(r.cell, r.condition): (r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high) for r in rows})


def reversals_wide(rows: Sequence[ReversalRow], concentration: str) -> WideTable:
    """Reversal potentials, one line a concentration, columns by cell; repeats of a bath have columns of their own.

    concentration : name of its column
    """
    estimates: dict[tuple[str, str], Numbers] = {}
    for row in sorted((row for row in rows if row.out_mM is not None), key=lambda row: row.out_mM or 0.0):
        line, repeat = f"{row.out_mM:g}", 1
        name = f"{row.cell} {row.condition}"
        while (line, name) in estimates:
            repeat += 1
            name = f"{row.cell} {row.condition} ({repeat})"
        estimates[line, name] = (row.e_rev_mV, row.ci_low_mV, row.ci_high_mV)
    return WideTable(concentration, estimates)


def as_csv(table: WideTable) -> str:
    """The table as comma-separated text; an unknown value is empty."""
    lines = list(dict.fromkeys(line for line, _ in table.estimates))
    groups = list(dict.fromkeys(group for _, group in table.estimates))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([table.line_name, *(f"{of} {group}" for group in groups for of in ("value", "low", "high"))])
    for line in lines:
        numbers = (table.estimates.get((line, group), (None, None, None)) for group in groups)
        writer.writerow([line, *_texts(number for estimate in numbers for number in estimate)])
    return stream.getvalue()


def _texts(numbers: Iterable[float | None]) -> list[str]:
    return ["" if number is None else f"{number:.7g}" for number in numbers]
