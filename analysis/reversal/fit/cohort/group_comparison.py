"""Permeability ratios of groups of cells (conditions, constructs) compared: one number a cell, Holm over all tests.

If every cell of both groups has two limits, the logarithms of the ratios are compared. If some have only a bound, all
are compared on a scale that includes a ratio of 0 (or infinity): without them, the group would be biased away from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.cohort.asked import Asked, Group
from reversal.fit.cohort.pooled_leak import with_leak_in_factor
from reversal.fit.cohort.ratio_mean import value_near_0, value_near_infinity, without_value
from reversal.fit.cohort.two_groups import TwoGroups, two_groups
from reversal.fit.edge_scale import EdgeScale
from reversal.statistics.degrees_of_freedom import satterthwaite
from reversal.statistics.factor_of_means import Factor, Means, factor_of_means
from reversal.statistics.multiple_testing import holm_of_known
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.shifts_table import Design

ByCell = Mapping[str, PermeabilityRow]
TEST_NAMES = {Design.PAIRED: "paired t", Design.UNPAIRED: "Welch t"}
OF_LOGS, NEAR_EDGE = "of log ratios", "on a scale that includes 0"


@dataclass(frozen=True, slots=True)
class _Compared:
    """Factor of two groups, and on which scale it was found; the factor is None without a test."""

    factor: Factor | None
    scale: str


def comparison_rows(
    permeabilities: Sequence[PermeabilityRow], asked: Asked | None = None
) -> list[Judged[ComparisonRow]]:
    """Compare groups with the same ion and reference; p is corrected for all comparisons that were asked (Holm)."""
    asked = asked or Asked()
    rows = []
    for ion, reference in dict.fromkeys((r.ion, r.reference) for r in permeabilities):
        same_ratio = [r for r in permeabilities if (r.ion, r.reference) == (ion, reference)]
        groups: dict[Group, list[PermeabilityRow]] = {}
        for row in same_ratio:
            groups.setdefault((row.experiment, row.condition), []).append(row)
        rows += [_compare(one, against, groups) for one, against in asked.pairs(list(groups))]
    corrected = holm_of_known([one.row.p_value for one in rows])
    return [one.adding(p_holm=p) for one, p in zip(rows, corrected, strict=True)]


def _compare(group: Group, against: Group, groups: Mapping[Group, Sequence[PermeabilityRow]]) -> Judged[ComparisonRow]:
    """Compare ``group`` with ``against``; without spread between cells there is no test."""
    every = [row for name in (group, against) for row in groups[name] if row.bound is not None]
    first, second = ({r.cell: r for r in groups[name] if _can_be_used(r, every)} for name in (group, against))
    which = two_groups(first, second)
    pairs = [first[cell] for cell in which.first], [second[cell] for cell in which.second]
    compared = _compared(pairs, which)
    factor, row = compared.factor, groups[group][0]
    made = judge(
        ComparisonRow,
        _findings(which, every, pairs, factor),
        ion=row.ion,
        reference=row.reference,
        experiment=group[0],
        condition=group[1],
        against_experiment=against[0],
        against_condition=against[1],
        design="paired" if which.paired else "unpaired",
        factor=None if factor is None else factor.value,
        ci_low=None if factor is None else factor.low,
        ci_high=None if factor is None else factor.high,
        p_value=None if factor is None else factor.p,
        p_holm=None,
        n_cells=len(which.first),
        n_cells_against=len(which.second),
        method=None if factor is None else f"{TEST_NAMES[which.design]} {compared.scale}",
    )

    def moved_factor(rows: Sequence[PermeabilityRow]) -> float | None:
        if any(row.p_ratio is not None and row.p_ratio <= 0.0 for row in rows):
            return None
        found = _compared((rows[: len(which.first)], rows[len(which.first) :]), which).factor
        return None if found is None else found.value

    return with_leak_in_factor(made, [*pairs[0], *pairs[1]], moved_factor, 0 if which.paired else len(which.second))


def _can_be_used(row: PermeabilityRow, every: Sequence[PermeabilityRow]) -> bool:
    """Whether a row has a ratio, or a bound with a value, and no other row has the opposite bound."""
    if row.bound is Bound.TWO_SIDED:
        return row.p_ratio is not None
    opposite = {Bound.UPPER: Bound.LOWER, Bound.LOWER: Bound.UPPER}
    if row.bound is None or without_value([row]):
        return False
    return all(other.bound is not opposite[row.bound] for other in every)


def _findings(
    which: TwoGroups,
    every: Sequence[PermeabilityRow],
    pairs: tuple[Sequence[PermeabilityRow], Sequence[PermeabilityRow]],
    factor: Factor | None,
) -> list[Finding]:
    """Why there is no test, and which cells have only a bound or are not in the test."""
    used = {id(row) for rows in pairs for row in rows}
    unused = [row.cell for row in every if row.bound is not Bound.TWO_SIDED and id(row) not in used]
    unused = [cell for cell in dict.fromkeys(unused) if cell not in {row.cell for rows in pairs for row in rows}]
    bounded = [row.cell for rows in pairs for row in rows if row.bound is not Bound.TWO_SIDED]
    found: list[Finding] = []
    if factor is None:
        found.append(finding(Code.GROUPS_WITHOUT_SPREAD, len(pairs[0]), against=len(pairs[1])))
    for code, cells in ((Code.CELLS_BOUND_ONLY, unused), (Code.CELLS_NEAR_EDGE, bounded)):
        if cells:
            found.append(finding(code, len(cells), place=", ".join(dict.fromkeys(cells))))
    return [*found, *which.findings]


def _compared(pairs: tuple[Sequence[PermeabilityRow], Sequence[PermeabilityRow]], which: TwoGroups) -> _Compared:
    """The factor of the first group over the second; None without a test."""
    every = [row for rows in pairs for row in rows]
    if which.design is Design.NONE:
        return _Compared(None, OF_LOGS)
    if all(row.bound is Bound.TWO_SIDED and (row.p_ratio or 0.0) > 0.0 for row in every):
        return _Compared(_factor_of_logs(pairs, which), OF_LOGS)
    return _Compared(_factor_near_edge(pairs, which), NEAR_EDGE)


def _factor_of_logs(
    pairs: tuple[Sequence[PermeabilityRow], Sequence[PermeabilityRow]], which: TwoGroups
) -> Factor | None:
    first, second = ({row.cell: float(np.log(row.p_ratio or np.nan)) for row in rows} for rows in pairs)
    test = which.difference(first, second)
    if test is None:
        return None
    value, low, high = (float(np.exp(of_log)) for of_log in (test.mean, test.low, test.high))
    return Factor(value, low, high, test.p)


def _factor_near_edge(
    pairs: tuple[Sequence[PermeabilityRow], Sequence[PermeabilityRow]], which: TwoGroups
) -> Factor | None:
    """The factor from the means on a scale that includes 0; of inverse ratios if a ratio may be infinite."""
    every = [row for rows in pairs for row in rows]
    inverse = any(row.bound is Bound.LOWER for row in every)
    balances = [row.ratio_at_balance for row in every if row.ratio_at_balance is not None]
    scale = EdgeScale(max(balances) if len(balances) == len(every) and not inverse else None)
    value_of = value_near_infinity if inverse else value_near_0
    first, second = (scale.of([value_of(row)[0] for row in rows]) for rows in pairs)
    means = _means(first, second, scale, paired=which.paired)
    if means is None:
        return None
    found = factor_of_means(means)
    if not inverse:
        return found
    low, high = (None if end is None else 1 / end for end in (found.high, found.low))
    return Factor(None if found.value is None else 1 / found.value, low, high, found.p)


def _means(first: FloatArray, second: FloatArray, scale: EdgeScale, *, paired: bool) -> Means | None:
    """Means of both groups with their covariance and its degrees of freedom; None without spread in one of them."""
    position = np.array([first.mean(), second.mean()])
    if paired:
        covariance, dof = np.cov(first, second) / first.size, float(first.size - 1)
    else:
        variances = first.var(ddof=1) / first.size, second.var(ddof=1) / second.size
        covariance = np.diag(variances)
        dof = satterthwaite(variances, (first.size - 1, second.size - 1)) if sum(variances) > 0 else 0.0
    if np.linalg.matrix_rank(covariance) < len(position):
        return None
    return Means(position, covariance, dof, scale.of, scale.ratio)
