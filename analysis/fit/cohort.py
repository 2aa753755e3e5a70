"""Over cells: pooled permeability ratios and slopes, one number a cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.fit.pooled import pool
from analysis.fit.results import Bound, CohortFits, CohortRow, NernstRow, PermeabilityRow
from analysis.fit.series import TWO_SIDED_95
from analysis.measure.results import ReversalRow, Status

METHOD = "REML, Hartung-Knapp"


def fit_cohort(
    permeabilities: Sequence[PermeabilityRow], nernst: Sequence[NernstRow], reversals: Sequence[ReversalRow] = ()
) -> CohortFits:
    """Pool the cells of each experiment and condition.

    reversals : those the fits were made from, to say how many recordings were left out and why
    """
    ratios = dict.fromkeys((r.experiment, r.condition, r.ion, r.reference) for r in permeabilities)
    lines = dict.fromkeys((r.experiment, r.condition) for r in nernst)
    rows = [
        _pooled_ratio([r for r in permeabilities if (r.experiment, r.condition, r.ion, r.reference) == key], reversals)
        for key in ratios
    ]
    rows += [_pooled_slope([r for r in nernst if (r.experiment, r.condition) == key], reversals) for key in lines]
    return CohortFits(tuple(rows))


def _pooled_ratio(rows: Sequence[PermeabilityRow], reversals: Sequence[ReversalRow]) -> CohortRow:
    used = [r for r in rows if r.bound is Bound.TWO_SIDED and r.p_ratio is not None]
    bounded = [r for r in rows if r.bound in (Bound.UPPER, Bound.LOWER)]
    values = np.log([r.p_ratio for r in used if r.p_ratio is not None])
    widths = np.log([(r.ci_high or 1.0) / (r.ci_low or 1.0) for r in used])
    notes = [_exclusion(r.cell, r.reason) for r in rows if r not in used and r not in bounded]
    if bounded:
        names = ", ".join(r.cell for r in bounded)
        notes.append(f"{names}: bound only, not in the mean, which is therefore too far from the bound")
    return _row(rows[0], f"P_{rows[0].ion}/P_{rows[0].reference}", values, widths, len(bounded), used, notes, reversals)


def _pooled_slope(rows: Sequence[NernstRow], reversals: Sequence[ReversalRow]) -> CohortRow:
    used = [r for r in rows if r.slope_ratio is not None and r.n_baths > 2]
    values = np.array([r.slope_ratio for r in used], dtype=float)
    notes = [_exclusion(r.cell, r.reason) for r in rows if r not in used]
    # Cells count alike: a slope's own error rests on a few residuals, and weights as uncertain as that mislead.
    return _row(rows[0], "slope ratio", values, np.zeros_like(values), 0, used, notes, reversals)


def _row(
    first: PermeabilityRow | NernstRow,
    quantity: str,
    values: np.ndarray,
    widths: np.ndarray,
    bounded: int,
    used: Sequence[PermeabilityRow] | Sequence[NernstRow],
    notes: list[str],
    reversals: Sequence[ReversalRow],
) -> CohortRow:
    ratio = quantity.startswith("P_")
    answer = pool(values, np.maximum(widths / (2 * TWO_SIDED_95), 1e-6)) if values.size >= 2 else None
    if answer is None:
        few = f"{values.size} cell{'' if values.size == 1 else 's'} cannot show the spread between cells"
        notes = [f"cannot tell, because {few}", *notes]
    back = np.exp if ratio else float
    return CohortRow(
        experiment=first.experiment,
        condition=first.condition,
        quantity=quantity,
        estimate=None if answer is None else float(back(answer.mean)),
        ci_low=None if answer is None else float(back(answer.low)),
        ci_high=None if answer is None else float(back(answer.high)),
        between_cell_sd=None if answer is None else answer.between_sd,
        n_cells=int(values.size),
        n_recordings=sum(r.n_recordings for r in used),
        n_bounded=bounded,
        n_excluded=sum(
            (r.experiment, r.condition) == (first.experiment, first.condition)
            and r.status in (Status.EXCLUDED, Status.FAILED)
            for r in reversals
        ),
        method=None if answer is None else METHOD,
        status=Status.FAILED if answer is None else (Status.FLAGGED if bounded else Status.OK),
        reason="; ".join(notes) or None,
    )


def _exclusion(cell: str, reason: str | None) -> str:
    return f"{cell}: {reason}" if reason else cell
