"""Two groups of cells, one number a cell: which cells a test compares, and the test.

Cells that are in both groups are compared with themselves. If too few are in both, only the cells that are in one group
are compared: a test of different cells would count a cell that is in both twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reversal.fit.fit_constants import MIN_SPREAD_CELLS
from reversal.statistics.t_test import Difference, one_sample, welch
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.shifts_table import Design


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """Cells that a test of two groups compares.

    first, second : cells of each group in the test, in order; the same cells if paired
    findings : cells that are not in the test
    """

    design: Design
    first: tuple[str, ...]
    second: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def paired(self) -> bool:
        """Whether each cell is compared with itself."""
        return self.design is Design.PAIRED

    def difference(self, first: Mapping[str, float], second: Mapping[str, float]) -> Difference | None:
        """First less second, by cell; None without a test."""
        a, b = (np.array([of[cell] for cell in cells]) for of, cells in ((first, self.first), (second, self.second)))
        if self.paired:
            return one_sample(a - b)
        return welch(a, b)


def two_groups(first: Mapping[str, object], second: Mapping[str, object]) -> TwoGroups:
    """The cells that can be compared; the keys are the cells that have a value."""
    both = sorted(set(first) & set(second))
    alone = tuple(cell for cell in first if cell not in both), tuple(cell for cell in second if cell not in both)
    if len(both) >= MIN_SPREAD_CELLS:
        rest = sorted({*alone[0], *alone[1]})
        found = [finding(Code.CELLS_IN_ONE_GROUP, len(rest), place=", ".join(rest))] if rest else []
        return TwoGroups(Design.PAIRED, tuple(both), tuple(both), tuple(found))
    found = [finding(Code.CELLS_UNPAIRED, len(both), MIN_SPREAD_CELLS, place=", ".join(both))] if both else []
    design = Design.UNPAIRED if min(map(len, alone)) >= 2 else Design.NONE
    return TwoGroups(design, *alone, tuple(found))
