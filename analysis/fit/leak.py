"""Reversals that a leak carries are not the channel's: ratio and verdict are withdrawn, and the sentence says why."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.fit.results import CurrentRow, NernstRow, PermeabilityRow, Verdict
from analysis.measure.results import Status

LEAST_SHARE = 0.1  # of the slope of the I-V; a smaller leak is not taken to explain a disagreement


def leak_at_fault(currents: Sequence[CurrentRow]) -> CurrentRow | None:
    """The row of currents that contradicts the reversals and has the leak to explain it."""
    return next((row for row in currents if row.agrees is False and (row.leak_share or 0) >= LEAST_SHARE), None)


def without_leaky_ratios(rows: Sequence[PermeabilityRow], currents: Sequence[CurrentRow]) -> list[PermeabilityRow]:
    """The rows, each withdrawn whose currents show that a leak carries its reversals."""
    return [_withdrawn(row, next((c for c in currents if c.ion == row.ion), None)) for row in rows]


def without_leaky_verdict(row: NernstRow, fault: CurrentRow | None) -> NernstRow:
    """The row with no verdict where a leak carries the reversals; the line itself stays."""
    if fault is None or row.verdict is None:
        return row
    why = f"cannot tell, because {_leak(fault)}: the line is that of channel and leak together"
    reason = f"{why}; {row.reason}" if row.reason else why
    return row.model_copy(update={"verdict": Verdict.UNDECIDED, "status": Status.FLAGGED, "reason": reason})


def _withdrawn(row: PermeabilityRow, current: CurrentRow | None) -> PermeabilityRow:
    if current is None or leak_at_fault([current]) is None:
        return row
    why = (
        f"cannot tell from the reversals, because {_leak(current)}: they give {_interval(row)}, "
        f"the currents of all baths {_interval(current)}"
    )
    nothing = dict.fromkeys(("p_ratio", "ci_low", "ci_high", "bound", "ddg_kJ_mol", "ddg_ci_low", "ddg_ci_high"))
    reason = f"{why}; {row.reason}" if row.reason else why
    gone = {**nothing, "other_scale_p_ratio": None, "status": Status.FAILED, "reason": reason}
    return row.model_copy(update=gone)


def _leak(current: CurrentRow) -> str:
    return (
        f"a leak of {current.leak_nS:.2g} nS is {100 * (current.leak_share or 0):.0f} % of the membrane's conductance"
    )


def _interval(row: PermeabilityRow | CurrentRow) -> str:
    low, high = (None if end is None else f"{end:.2g}" for end in (row.ci_low, row.ci_high))
    best = "-" if row.p_ratio is None else f"{row.p_ratio:.2g}"
    if low and high:
        return f"{best} ({low} to {high})"
    return f"below {high}" if high else f"above {low}"
