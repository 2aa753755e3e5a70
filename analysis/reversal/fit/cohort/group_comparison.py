"""Comparison of groups of cells (conditions, constructs): one number per cell, Holm correction over all comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations

import numpy as np

from reversal.fit.cohort.pooled_leak import with_leak_in_factor
from reversal.fit.fit_constants import MIN_SPREAD_CELLS
from reversal.statistics.multiple_testing import holm
from reversal.statistics.t_test import Difference, one_sample, welch
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.permeabilities_table import Bound, PermeabilityRow

Group = tuple[str, str]  # experiment and condition


def comparison_rows(permeabilities: Sequence[PermeabilityRow]) -> list[Judged[ComparisonRow]]:
    """Compare all pairs of groups with the same ion and reference, by t tests of the log ratios.

    A comparison is paired if enough cells are in both groups, otherwise it is Welch's t test. Cells with only a bound
    are not used; a comparison that has such cells is flagged. p is corrected for all comparisons (Holm).
    """
    rows = []
    for ion, reference in dict.fromkeys((r.ion, r.reference) for r in permeabilities):
        same_ratio = [r for r in permeabilities if (r.ion, r.reference) == (ion, reference)]
        groups: dict[Group, list[PermeabilityRow]] = {}
        for row in same_ratio:
            groups.setdefault((row.experiment, row.condition), []).append(row)
        rows += [_compare(b, a, groups) for a, b in combinations(groups, 2)]
    return _with_holm(rows)


def _compare(group: Group, against: Group, groups: Mapping[Group, Sequence[PermeabilityRow]]) -> Judged[ComparisonRow]:
    """Compare ``group`` with ``against``; without spread between cells there is no test."""
    first, second = _log_ratios(groups[group]), _log_ratios(groups[against])
    both = sorted(set(first) & set(second))
    paired = len(both) >= MIN_SPREAD_CELLS
    bounded = [r.cell for r in (*groups[group], *groups[against]) if r.bound in (Bound.UPPER, Bound.LOWER)]
    found = [finding(Code.CELLS_BOUND_ONLY, len(bounded), place=", ".join(dict.fromkeys(bounded)))] if bounded else []
    test = _test(first, second, paired)
    if paired:
        unpaired = sorted(set(first) ^ set(second))
        found += [finding(Code.CELLS_IN_ONE_GROUP, len(unpaired), place=", ".join(unpaired))] if unpaired else []
        sizes = len(both), len(both)
    else:
        sizes = len(first), len(second)
        found += [finding(Code.CELLS_UNPAIRED, len(both), MIN_SPREAD_CELLS)] if both else []
    if test is None:
        found = [finding(Code.GROUPS_WITHOUT_SPREAD, sizes[0], against=sizes[1]), *found]
    row = groups[group][0]
    made = judge(
        ComparisonRow,
        found,
        ion=row.ion,
        reference=row.reference,
        experiment=group[0],
        condition=group[1],
        against_experiment=against[0],
        against_condition=against[1],
        design="paired" if paired else "unpaired",
        factor=None if test is None else float(np.exp(test.mean)),
        ci_low=None if test is None else float(np.exp(test.low)),
        ci_high=None if test is None else float(np.exp(test.high)),
        p_value=None if test is None else test.p,
        p_holm=None,
        n_cells=sizes[0],
        n_cells_against=sizes[1],
        method=None if test is None else ("paired t of log ratios" if paired else "Welch t of log ratios"),
    )
    used = [[r for r in groups[name] if r.cell in ratios] for name, ratios in ((group, first), (against, second))]
    return with_leak_in_factor(
        made, [*used[0], *used[1]], partial(_factor, len(used[0]), paired), 0 if paired else len(used[1])
    )


def _factor(count: int, paired: bool, rows: Sequence[PermeabilityRow]) -> float | None:
    """Factor between the first ``count`` rows and the others; None without spread, or if a ratio is 0."""
    if any(row.p_ratio is not None and row.p_ratio <= 0.0 for row in rows):
        return None
    found = _test(_log_ratios(rows[:count]), _log_ratios(rows[count:]), paired)
    return None if found is None else float(np.exp(found.mean))


def _test(first: Mapping[str, float], second: Mapping[str, float], paired: bool) -> Difference | None:
    """Test of the log ratios of two groups, by cell; None without spread."""
    if paired:
        return one_sample(np.array([first[cell] - second[cell] for cell in sorted(set(first) & set(second))]))
    return welch(np.array(list(first.values())), np.array(list(second.values())))


def _log_ratios(rows: Sequence[PermeabilityRow]) -> dict[str, float]:
    """Log ratio of each cell with a two-sided interval."""
    return {r.cell: float(np.log(r.p_ratio)) for r in rows if r.p_ratio is not None and r.bound is Bound.TWO_SIDED}


def _with_holm(rows: Sequence[Judged[ComparisonRow]]) -> list[Judged[ComparisonRow]]:
    """The comparisons with p corrected for the number of tests (Holm)."""
    tested = [k for k, one in enumerate(rows) if one.row.p_value is not None]
    corrected = dict(zip(tested, holm([p for one in rows if (p := one.row.p_value) is not None]), strict=True))
    return [one.adding(p_holm=corrected.get(k)) for k, one in enumerate(rows)]
