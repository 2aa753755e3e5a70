"""The intervals to expect of a plan, by the fits of a run.

The interval of a ratio in one cell is that of its fit to the expected reversal potentials. The interval of a slope and
those of a cohort depend on the scatter of the data. They are medians over simulated cells, each fitted as in a run:
every recording has its own error, and the recordings of a cell share a junction error, which is another one in each
cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.cli.design.planned_series import PlannedSeries, expected_series
from reversal.fit.bath_series import BathSeries
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.fit_constants import MIN_POOLED_CELLS
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.ratios import permeability_rows
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection

SEED = 1
CELL_DRAWS = 100  # simulated cells for the slope of one cell; the median width has an error of about 5 %
COHORT_DRAWS = 15


@dataclass(frozen=True, slots=True)
class Expected:
    """A value to expect with its 95 % limits; a limit is None where the interval is open."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def width(self) -> float:
        """Width of the interval; infinite if it is open."""
        return float("inf") if self.low is None or self.high is None else self.high - self.low

    @property
    def log_width(self) -> float:
        """Width of the logarithm of the interval; infinite if it is open or reaches 0."""
        return float(np.log(self.high / self.low)) if self.low and self.high else float("inf")


@dataclass(frozen=True, slots=True)
class RatioPrecision:
    """What a plan gives for one permeability ratio.

    cohort : None if there is no mean;  reason : why there is no value
    smallest : smallest ratio that one cell distinguishes from 0, None if there is none
    """

    ion: str
    assumed: float
    cell: Expected
    cohort: Expected | None
    smallest: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SlopePrecision:
    """What a plan gives for the slope of the Nernst line, as a ratio to the Nernst slope.

    nernst_mV : Nernst slope [mV per decade];  decided : part of the cells with a verdict other than undecided
    """

    cell: Expected
    cohort: Expected | None
    nernst_mV: float | None
    decided: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Precision:
    """What a plan gives: reversal potentials without error, ratios, slope."""

    e_rev_mV: dict[str, float]
    ratios: tuple[RatioPrecision, ...]
    slope: SlopePrecision


def precision(plan: PlannedSeries) -> Precision:
    """The intervals to expect. Raises Refusal for a plan that is not valid."""
    series = expected_series(plan)
    cells = list(draws(series, CELL_DRAWS))
    cohorts = _cohorts(series, plan.cells) if plan.cells >= MIN_POOLED_CELLS else []
    return Precision(
        e_rev_mV=dict(zip(plan.baths, (float(e) for e in series.e_mV), strict=True)),
        ratios=tuple(_ratio(row, plan, cohorts) for row in ratio_rows(series)),
        slope=slope_precision(series, cells, cohorts),
    )


def draws(series: BathSeries, count: int) -> Iterator[BathSeries]:
    """Simulated cells: the expected reversal potentials with the errors that the series states."""
    rng = np.random.default_rng(SEED)
    for cell in range(count):
        own = series.own_sd_mV * rng.normal(size=series.e_mV.size)
        shared = series.shared_sd_mV * rng.normal()
        yield replace(series, cell=f"simulated {cell + 1}", e_mV=series.e_mV + own + shared)


def ratio_rows(series: BathSeries) -> list[PermeabilityRow]:
    """The fitted ratios of a series, as a run writes them."""
    return [one.row for one in permeability_rows(series)[0]]


def slope_precision(
    series: BathSeries, cells: Sequence[BathSeries], cohorts: Sequence[Sequence[PooledRow]] = ()
) -> SlopePrecision:
    """Slope of the expected line, and the median interval of simulated cells."""
    of_expected = nernst_row(series).row
    rows = [nernst_row(one).row for one in cells]
    pooled = [row for rows in cohorts for row in rows if row.kind is PooledKind.SLOPE_RATIO]
    half = _median([_half_width(row) for row in rows])
    value = of_expected.slope_ratio
    cell = Expected(value, None, None)
    if value is not None and half is not None:
        cell = Expected(value, value - half, value + half)
    return SlopePrecision(
        cell=cell,
        cohort=_of_cohorts(pooled, value),
        nernst_mV=of_expected.expected_mV_per_decade,
        decided=None if value is None else float(np.mean([row.verdict is not Verdict.UNDECIDED for row in rows])),
        reason=of_expected.reason if value is None else None,
    )


def _half_width(row: NernstRow) -> float | None:
    if row.ratio_ci_low is None or row.ratio_ci_high is None:
        return None
    return (row.ratio_ci_high - row.ratio_ci_low) / 2


def _ratio(row: PermeabilityRow, plan: PlannedSeries, cohorts: Sequence[Sequence[PooledRow]]) -> RatioPrecision:
    pooled = [one for rows in cohorts for one in rows if one.ion == row.ion]
    assumed = plan.p_ratios[row.ion]
    return RatioPrecision(
        ion=row.ion,
        assumed=assumed,
        cell=Expected(assumed if row.bound else None, row.ci_low, row.ci_high),
        cohort=_of_cohorts(pooled, assumed),
        smallest=row.smallest_resolvable,
        reason=row.reason if row.bound is None else None,
    )


def _cohorts(series: BathSeries, cells: int) -> list[list[PooledRow]]:
    """Means over the cells of simulated cohorts, as a run writes them."""
    simulated = list(draws(series, cells * COHORT_DRAWS))
    groups = [simulated[start : start + cells] for start in range(0, len(simulated), cells)]
    return [_pooled(group) for group in groups]


def _pooled(group: Sequence[BathSeries]) -> list[PooledRow]:
    ratios = [row for one in group for row in ratio_rows(one)]
    fits = fit_cohort(ratios, [nernst_row(one).row for one in group])
    return [row for row in fits.pooled if row.selection is Selection.ALL]


def _of_cohorts(rows: Sequence[PooledRow], value: float | None) -> Expected | None:
    """Median limits over simulated cohorts; a limit is None if most of them have none. None without any limit."""
    low, high = _median([row.ci_low for row in rows]), _median([row.ci_high for row in rows])
    return None if low is None and high is None else Expected(value, low, high)


def _median(values: Sequence[float | None]) -> float | None:
    """Median of the values; None if fewer than half are known."""
    known: FloatArray = np.array([one for one in values if one is not None], dtype=float)
    return float(np.median(known)) if 2 * known.size > len(values) else None
