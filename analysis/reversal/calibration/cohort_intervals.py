"""How often the intervals over cells contain the truth: means in a bath, shifts between groups, the mean slope.

The cell is the unit. The potentials of a cell are those of its own line, with errors of their own; all cells share the
error of the junction. Cells differ in level and slope, and in their shift between two conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.calibration.counted_groups import contains
from reversal.calibration.fit_intervals import Coverage
from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.step_settings import CellSettings
from reversal.fit.bath_series import series_of_cell
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.cohort.reversal_groups import group_reversal_rows, shift_rows
from reversal.fit.nernst.verdict import nernst_row
from reversal.statistics.statistics_constants import EQUIVALENCE_LEVEL
from reversal.statistics.student_t import two_sided_quantile
from reversal.tables.nernst_table import NernstRow
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.shifts_table import Shifted, ShiftRow

OWN_mV, JUNCTION_mV = 0.5, 1.0
LEVEL_SD_mV, SLOPE_SD, SHIFT_SD_mV = 1.5, 0.02, 1.0
SHIFT_mV, SLOPE_SHIFT = 3.0, -0.1
MARGIN = Experiment().equivalence_margin
Group = Sequence[ReversalRow]


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """One cell: slope relative to Nernst, and its distance from the Nernst line [mV]."""

    slope: float
    level_mV: float


@cache
def _settings(condition: str) -> tuple[Rig, CellSettings, tuple[ReversalRow, ...]]:
    rig = Rig()
    rig.baths, rig.se_mV, rig.shared_sd_mV = k_series(2.5, 10, 40), OWN_mV, JUNCTION_mV
    rows = tuple(rig.reversals({"K": 1.0}, condition=condition))
    return rig, rig.settings(Experiment(permeant=["K"]), (condition,)), rows


def nernst_mV(condition: str = "control") -> tuple[float, ...]:
    """Potentials of a membrane that follows Nernst, by bath [mV]."""
    return tuple(row.e_rev_mV or 0.0 for row in _settings(condition)[2])


def group_of(
    drawn_cells: Iterable[DrawnCell], condition: str, error_mV: float, rng: np.random.Generator, first: int = 0
) -> list[ReversalRow]:
    """Reversal potentials of the cells of a condition.

    error_mV : error of the junction, shared by all cells;  first : number of the first cell
    """
    rows: list[ReversalRow] = []
    for number, cell in enumerate(drawn_cells, first):
        for row in _settings(condition)[2]:
            exact_mV = cell.level_mV + cell.slope * (row.e_rev_mV or 0.0)
            e_mV = exact_mV + error_mV + rng.normal(0, OWN_mV)
            named = {"cell": f"c{number}", "recording": f"{row.recording}_{number}"}
            rows.append(row.model_copy(update={"e_rev_mV": e_mV, "e_nernst_mV": row.e_rev_mV, **named}))
    return rows


def lines_of(group: Group, condition: str) -> list[NernstRow]:
    """Nernst line of each cell."""
    lines = []
    for cell in dict.fromkeys(row.cell for row in group):
        rows = [row.model_copy(update={"cell": "c1"}) for row in group if row.cell == cell]
        for series in series_of_cell(rows, _settings(condition)[1]):
            lines.append(nernst_row(series).row.model_copy(update={"cell": cell}))
    return lines


def drawn(count: int, rng: np.random.Generator, slope: float = 1.0) -> list[DrawnCell]:
    """Cells with their own slope and level."""
    return [DrawnCell(rng.normal(slope, SLOPE_SD), rng.normal(0, LEVEL_SD_mV)) for _ in range(count)]


def shifted(cells: Sequence[DrawnCell], rng: np.random.Generator) -> list[DrawnCell]:
    """The cells in another condition: each with its own shift, and a smaller slope."""
    by_mV = [SHIFT_mV + rng.normal(0, SHIFT_SD_mV) for _ in cells]
    return [replace(c, level_mV=c.level_mV + d, slope=c.slope + SLOPE_SHIFT) for c, d in zip(cells, by_mV, strict=True)]


def mean_coverage(cells: int, repeats: int, seed: int) -> Coverage:
    """Intervals of the mean E_rev of a group in one bath."""
    rng = np.random.default_rng((seed, cells))
    covered = 0
    for _ in range(repeats):
        group = group_of(drawn(cells, rng), "control", rng.normal(0, JUNCTION_mV), rng)
        row = group_reversal_rows(group)[0].row
        covered += contains((row.ci_low_mV, row.ci_high_mV), nernst_mV()[0])
    return Coverage(repeats, covered)


def shift_coverage(cells: int, paired: bool, of: Shifted, repeats: int, seed: int) -> Coverage:
    """Intervals of the shift of E_rev over all baths, or of the slope, between two conditions.

    paired : whether the cells are the same
    """
    rng = np.random.default_rng((seed, cells, paired))
    true = SLOPE_SHIFT if of is Shifted.SLOPE_RATIO else SHIFT_mV + SLOPE_SHIFT * float(np.mean(nernst_mV()))
    covered = none = 0
    for _ in range(repeats):
        row = _shift(cells, paired, of, rng)
        none += row.difference is None
        covered += row.difference is not None and contains((row.ci_low, row.ci_high), true)
    return Coverage(repeats, covered, none=none)


def _shift(cells: int, paired: bool, of: Shifted, rng: np.random.Generator) -> ShiftRow:
    before, error_mV = drawn(cells, rng), rng.normal(0, JUNCTION_mV)
    after = shifted(before if paired else drawn(cells, rng), rng)
    first = group_of(before, "control", error_mV, rng)
    second = group_of(after, "drug", error_mV, rng, 0 if paired else cells)
    slopes = of is Shifted.SLOPE_RATIO
    lines = [*lines_of(first, "control"), *lines_of(second, "drug")] if slopes else []
    rows = [one.row for one in shift_rows([*first, *second], lines)]
    return next(row for row in rows if row.quantity is of and row.bath is None)


def slope_coverage(cells: int, repeats: int, seed: int) -> Coverage:
    """Intervals of the mean slope of a group, two stages."""
    rng = np.random.default_rng((seed, cells))
    covered = 0
    for _ in range(repeats):
        group = group_of(drawn(cells, rng), "control", rng.normal(0, JUNCTION_mV), rng)
        row = mean_slope(lines_of(group, "control"))
        covered += contains((row.ci_low, row.ci_high), 1.0)
    return Coverage(repeats, covered)


def mean_slope(lines: Sequence[NernstRow]) -> PooledRow:
    """Mean slope of a group with its interval and verdict, as the program computes it."""
    pooled = fit_cohort((), lines).pooled
    (row,) = (r for r in pooled if r.kind is PooledKind.SLOPE_RATIO and r.selection is Selection.ALL)
    return row


def equivalence_rate(slope: float, cells: int, repeats: int, seed: int) -> float:
    """Share of groups whose mean slope is "equivalent" within the margin for a true mean [%].

    The slopes and verdicts of all groups are computed at once, because a share near 5 % needs many groups; a test
    compares them with those of the program.
    """
    rng = np.random.default_rng((seed, cells, round(1000 * slope)))
    errors_mV = rng.normal(0, OWN_mV, (repeats, cells, len(nernst_mV())))
    return 100.0 * float(np.mean(are_equivalent(rng.normal(slope, SLOPE_SD, (repeats, cells)) + slopes_of(errors_mV))))


def slopes_of(e_mV: FloatArray) -> FloatArray:
    """Slope ratios (…) of cells with potentials (…, baths) [mV]: the regression on the Nernst potentials."""
    x = np.array(nernst_mV()) - np.mean(nernst_mV())
    return np.asarray(e_mV @ x / (x @ x))


def are_equivalent(slopes: FloatArray) -> NDArray[np.bool_]:
    """(groups,) verdicts on the mean of slope ratios (groups, cells): Student's t, two one-sided tests."""
    cells = slopes.shape[1]
    mean, se = slopes.mean(axis=1), slopes.std(axis=1, ddof=1) / np.sqrt(cells)
    reach = two_sided_quantile(cells - 1, EQUIVALENCE_LEVEL) * se
    return np.asarray((mean - reach > 1 - MARGIN) & (mean + reach < 1 + MARGIN))
