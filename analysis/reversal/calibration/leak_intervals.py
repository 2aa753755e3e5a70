"""Coverage and silent misses of E_rev and of P_Na/P_K, over simulated cells with leaky seals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reversal.calibration.counted_groups import Limits, contains
from reversal.calibration.leaky_cells import LeakyCell
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import Current, ReversalRow
from reversal.tables.status import Status

MISS_mV = 1.0


@dataclass(frozen=True, slots=True)
class ScoredLeak:
    """Reversal potentials and ratios of cells with leaky seals; shares are NaN without values.

    values : reversal potentials;  coverage : share of their intervals that contain the channel's E_rev, an open end
    has no limit;  open_ends, silent_misses, flagged : shares with an open end, see :func:`silent_miss`, and with a
    status that is not ok
    false_alarms : share flagged among the values that are right, within 1 mV and with the truth in their interval
    ratios, ratio_coverage, silent_ratios : the same of P_Na/P_K; a silent one is wrong with the status ok
    """

    cells: int
    values: int
    coverage: float
    open_ends: float
    silent_misses: float
    flagged: float
    false_alarms: float
    ratios: int
    ratio_coverage: float
    silent_ratios: float


def scored(cells: Sequence[LeakyCell]) -> ScoredLeak:
    """Score the reversal potentials and the ratios of cells."""
    values = [
        (row, cell.true_mV[row.recording]) for cell in cells for row in cell.reversals if row.e_rev_mV is not None
    ]
    limits = [(row.ci_low_mV, row.ci_high_mV) for row, _ in values]
    ratios = [found for cell in cells if (found := _ratio(cell)) is not None]
    right = [contains((row.ci_low, row.ci_high), true) for row, true in ratios]
    right_values = [row for row, true_mV in values if _is_right(row, true_mV)]
    return ScoredLeak(
        cells=len(cells),
        values=len(values),
        coverage=_share(contains(ends, true_mV) for ends, (_, true_mV) in zip(limits, values, strict=True)),
        open_ends=_share(None in ends for ends in limits),
        silent_misses=_share(silent_miss(row, true_mV) for row, true_mV in values),
        flagged=_share(row.status is not Status.OK for row, _ in values),
        false_alarms=_share(row.status is not Status.OK for row in right_values),
        ratios=len(ratios),
        ratio_coverage=_share(right),
        silent_ratios=_share(
            not inside and row.status is Status.OK for inside, (row, _) in zip(right, ratios, strict=True)
        ),
    )


def silent_miss(row: ReversalRow, true_mV: float) -> bool:
    """Whether a value differs from the channel's E_rev by more than 1 mV and nothing in its row shows it.

    A row shows it by a status that is not ok, or by limits that are at most 1 mV from the channel's E_rev.
    """
    if row.status is not Status.OK or row.e_rev_mV is None or abs(row.e_rev_mV - true_mV) <= MISS_mV:
        return False
    low, high = _stated(row, row.e_rev_mV)
    return not contains((None if low is None else low - MISS_mV, None if high is None else high + MISS_mV), true_mV)


def _is_right(row: ReversalRow, true_mV: float) -> bool:
    e_mV = row.e_rev_mV
    return e_mV is not None and abs(e_mV - true_mV) <= MISS_mV and contains((row.ci_low_mV, row.ci_high_mV), true_mV)


def _stated(row: ReversalRow, e_mV: float) -> Limits:
    """Limits of the channel's E_rev in a row [mV], None for an open end.

    If E_rev is of the whole current, they are those for any leak up to the assumed one, with the error of E_rev added.
    """
    low, high = row.ci_low_mV, row.ci_high_mV
    if row.e_rev_of is not Current.WHOLE or row.assumed_leak_nS is None:
        return low, high
    return (
        None if low is None or row.channel_low_mV is None else row.channel_low_mV - (e_mV - low),
        None if high is None or row.channel_high_mV is None else row.channel_high_mV + (high - e_mV),
    )


def _ratio(cell: LeakyCell) -> tuple[PermeabilityRow, float] | None:
    """Ratio of a cell with its truth, None if the cell has no ratio or no interval of it."""
    if cell.ratio is None or cell.ratio.bound is None or cell.true_ratio is None:
        return None
    return cell.ratio, cell.true_ratio


def _share(answers: Iterable[bool]) -> float:
    found = list(answers)
    return sum(found) / len(found) if found else math.nan
