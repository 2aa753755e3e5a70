"""Reversals that a leak carries are not the channel's: ratio and verdict are withdrawn, and the sentence says why."""

from __future__ import annotations

from collections.abc import Sequence

from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.status import Status

OF_THE_RATIO = (
    *("p_ratio", "ci_low", "ci_high", "bound", "ddg_kJ_mol", "ddg_ci_low", "ddg_ci_high"),
    *("smallest_resolvable", "other_scale_p_ratio"),
)
OF_THE_LINE = (
    *("slope_mV_per_decade", "ci_low", "ci_high", "slope_ratio", "ratio_ci_low", "ratio_ci_high", "verdict"),
    *("intercept_mV", "in_mM_of_line", "residual_sd_mV", "curvature_p", "tost_low", "tost_high"),
)
LEAST_SHARE = 0.1  # of the slope of the I-V; a smaller leak is not taken to explain a disagreement


def leak_at_fault(currents: Sequence[CurrentRatioRow]) -> CurrentRatioRow | None:
    """The row of currents that contradicts the reversals and has the leak to explain it."""
    return next((row for row in currents if row.agrees is False and (row.leak_share or 0) >= LEAST_SHARE), None)


def without_leaky_ratios(rows: Sequence[PermeabilityRow], currents: Sequence[CurrentRatioRow]) -> list[PermeabilityRow]:
    """The rows, each withdrawn whose currents show that a leak carries its reversals."""
    return [_withdrawn(row, next((c for c in currents if c.ion == row.ion), None)) for row in rows]


def without_leaky_verdict(row: NernstRow, fault: CurrentRatioRow | None) -> NernstRow:
    """The row without slope and verdict where a leak carries the reversals; the sentence keeps the slope."""
    if fault is None or row.slope_ratio is None:
        return row
    why = f"cannot tell, because {_leak(fault)}: a slope ratio of {row.slope_ratio:.2g} is that of channel and leak"
    return row.model_copy(update={**dict.fromkeys(OF_THE_LINE), "status": Status.FAILED, "reason": _joined(why, row)})


def _withdrawn(row: PermeabilityRow, current: CurrentRatioRow | None) -> PermeabilityRow:
    if current is None or leak_at_fault([current]) is None:
        return row
    why = (
        f"cannot tell from the reversals, because {_leak(current)}: they give {_interval(row)}, "
        f"the currents of all baths {_interval(current)}"
    )
    return row.model_copy(update={**dict.fromkeys(OF_THE_RATIO), "status": Status.FAILED, "reason": _joined(why, row)})


def _joined(why: str, row: PermeabilityRow | NernstRow) -> str:
    return f"{why}; {row.reason}" if row.reason else why


def _leak(current: CurrentRatioRow) -> str:
    return (
        f"a leak of {current.leak_nS:.2g} nS is {100 * (current.leak_share or 0):.0f} % of the membrane's conductance"
    )


def _interval(row: PermeabilityRow | CurrentRatioRow) -> str:
    low, high = (None if end is None else f"{end:.2g}" for end in (row.ci_low, row.ci_high))
    best = "-" if row.p_ratio is None else f"{row.p_ratio:.2g}"
    if low and high:
        return f"{best} ({low} to {high})"
    return f"below {high}" if high else f"above {low}"
