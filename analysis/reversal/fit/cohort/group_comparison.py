"""Groups of cells compared: conditions and constructs, one number a cell, Holm over all comparisons.

Sources: Welch, Biometrika 34:28 (1947); Holm, Scand. J. Stat. 6:65 (1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from reversal.arrays import FloatArray
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.permeabilities_table import Bound, PermeabilityRow

Group = tuple[str, str]  # experiment and condition
LEAST_PAIRS = 3


def comparison_rows(permeabilities: Sequence[PermeabilityRow]) -> list[Judged[ComparisonRow]]:
    """Compare every two groups that share an ion and a reference; paired where the cells are the same.

    Cells that give a bound only cannot enter; where a group has any, its comparison is flagged.
    """
    rows = []
    for ion, reference in dict.fromkeys((r.ion, r.reference) for r in permeabilities):
        mine = [r for r in permeabilities if (r.ion, r.reference) == (ion, reference)]
        groups: dict[Group, list[PermeabilityRow]] = {}
        for row in mine:
            groups.setdefault((row.experiment, row.condition), []).append(row)
        rows += [_compare(b, a, groups) for a, b in combinations(groups, 2)]
    return _with_holm(rows)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction, in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate([p_values[k] * (len(p_values) - rank) for rank, k in enumerate(order)])
    corrected = [0.0] * len(p_values)
    for k, value in zip(order, stepped, strict=True):
        corrected[int(k)] = min(1.0, float(value))
    return corrected


@dataclass(frozen=True, slots=True)
class _Difference:
    """Difference of two groups of logarithms with its 95 % interval and two-sided p."""

    mean: float
    low: float
    high: float
    p: float


def _compare(group: Group, against: Group, groups: Mapping[Group, Sequence[PermeabilityRow]]) -> Judged[ComparisonRow]:
    first, second = _logs(groups[group]), _logs(groups[against])
    both = sorted(set(first) & set(second))
    paired = len(both) >= LEAST_PAIRS
    bounded = [r.cell for r in (*groups[group], *groups[against]) if r.bound in (Bound.UPPER, Bound.LOWER)]
    found = [finding(Code.CELLS_BOUND_ONLY, len(bounded), place=", ".join(dict.fromkeys(bounded)))] if bounded else []
    if paired:
        alone = sorted(set(first) ^ set(second))
        found += [finding(Code.CELLS_IN_ONE_GROUP, len(alone), place=", ".join(alone))] if alone else []
        answer = _one_sample(np.array([first[cell] - second[cell] for cell in both]))
        sizes = len(both), len(both)
    else:
        answer = _welch(np.array(list(first.values())), np.array(list(second.values())))
        sizes = len(first), len(second)
        found += [finding(Code.CELLS_UNPAIRED, len(both), LEAST_PAIRS)] if both else []
    if answer is None:
        found = [finding(Code.GROUPS_WITHOUT_SPREAD, sizes[0], against=sizes[1]), *found]
    row = groups[group][0]
    return judge(
        ComparisonRow,
        found,
        ion=row.ion,
        reference=row.reference,
        experiment=group[0],
        condition=group[1],
        against_experiment=against[0],
        against_condition=against[1],
        design="paired" if paired else "unpaired",
        factor=None if answer is None else float(np.exp(answer.mean)),
        ci_low=None if answer is None else float(np.exp(answer.low)),
        ci_high=None if answer is None else float(np.exp(answer.high)),
        p_value=None if answer is None else answer.p,
        p_holm=None,
        n_cells=sizes[0],
        n_cells_against=sizes[1],
        method=None if answer is None else ("paired t of log ratios" if paired else "Welch t of log ratios"),
    )


def _logs(rows: Sequence[PermeabilityRow]) -> dict[str, float]:
    """Log ratio of each cell that has a two-sided interval."""
    return {r.cell: float(np.log(r.p_ratio)) for r in rows if r.p_ratio is not None and r.bound is Bound.TWO_SIDED}


def _one_sample(values: FloatArray) -> _Difference | None:
    return _student(float(values.mean()), float(values.var(ddof=1)) / values.size, values.size - 1)


def _welch(first: FloatArray, second: FloatArray) -> _Difference | None:
    if first.size < 2 or second.size < 2:
        return None
    a, b = first.var(ddof=1) / first.size, second.var(ddof=1) / second.size
    if a + b == 0:
        return None
    df = (a + b) ** 2 / (a**2 / (first.size - 1) + b**2 / (second.size - 1))
    return _student(float(first.mean() - second.mean()), float(a + b), float(df))


def _student(mean: float, variance: float, df: float) -> _Difference | None:
    from scipy.special import stdtr, stdtrit

    if variance <= 0:
        return None
    se = float(np.sqrt(variance))
    reach = float(stdtrit(df, 0.975)) * se
    return _Difference(mean, mean - reach, mean + reach, float(2 * stdtr(df, -abs(mean) / se)))


def _with_holm(rows: Sequence[Judged[ComparisonRow]]) -> list[Judged[ComparisonRow]]:
    tested = [k for k, one in enumerate(rows) if one.row.p_value is not None]
    corrected = dict(zip(tested, holm([p for one in rows if (p := one.row.p_value) is not None]), strict=True))
    return [one.adding(p_holm=corrected.get(k)) for k, one in enumerate(rows)]
