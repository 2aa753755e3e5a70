"""Over cells: pooled permeability ratios and slopes, and groups compared. The cell is the unit everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from reversal.fit.bath_series import TWO_SIDED_95
from reversal.fit.cohort.group_comparison import comparison_rows
from reversal.fit.cohort.mixed_slope import mixed_slope, slope_points
from reversal.statistics.meta_analysis import PooledMean, pool
from reversal.tables.fitted import Bound, CohortFits, CohortRow, NernstRow, PermeabilityRow
from reversal.tables.measured import ReversalRow, Status

TWO_STAGE = "Hartung-Knapp-Sidik-Jonkman, spread by REML"
ONE_STAGE = "mixed model, REML"


def fit_cohort(
    permeabilities: Sequence[PermeabilityRow], nernst: Sequence[NernstRow], reversals: Sequence[ReversalRow] = ()
) -> CohortFits:
    """Pool the cells of each experiment and condition, and compare groups.

    reversals : those the fits were made from, for the mixed model; without them there is none
    """
    ratios: dict[tuple[str, str, str, str], list[PermeabilityRow]] = {}
    for row in permeabilities:
        ratios.setdefault((row.experiment, row.condition, row.ion, row.reference), []).append(row)
    lines: dict[tuple[str, str], list[NernstRow]] = {}
    for line in nernst:
        lines.setdefault((line.experiment, line.condition), []).append(line)
    of_group: dict[tuple[str, str], list[ReversalRow]] = {}
    for reversal in reversals:
        of_group.setdefault((reversal.experiment, reversal.condition), []).append(reversal)
    rows = [_ratio_row(mine) for key, mine in ratios.items()]
    for group, mine in lines.items():
        rows += _slope_rows(mine, of_group.get(group, []))
    return CohortFits(tuple(rows), tuple(comparison_rows(permeabilities)))


def _ratio_row(rows: Sequence[PermeabilityRow]) -> CohortRow:
    used = [r for r in rows if r.bound is Bound.TWO_SIDED and r.p_ratio is not None]
    bounded = [r for r in rows if r.bound in (Bound.UPPER, Bound.LOWER)]
    values = np.log(np.array([r.p_ratio for r in used], dtype=float))
    widths = np.log(np.array([(r.ci_high or 1.0) / (r.ci_low or 1.0) for r in used], dtype=float))
    errors = np.maximum(widths / (2 * TWO_SIDED_95), 1e-6)
    notes = [f"{r.cell}: {r.reason or 'no ratio'}" for r in rows if r not in used and r not in bounded]
    doubtful = [r for r in used if r.status is Status.FLAGGED]
    notes += [f"{r.cell}: flagged, in the mean: {r.reason}" for r in doubtful]
    notes += [f"{r.cell}: {r.reason}" for r in used if r.n_left_out and r not in doubtful]
    if bounded:
        names = ", ".join(r.cell for r in bounded)
        notes.append(f"{names}: a bound only, not in the mean, which therefore lies too far from the bound")
    answer = pool(values, errors) if values.size >= 2 else _too_few(values.size)
    quantity = f"P_{rows[0].ion}/P_{rows[0].reference}"
    return _row(rows, quantity, answer, TWO_STAGE, used, len(bounded), notes, bool(doubtful), np.exp)


def _slope_rows(rows: Sequence[NernstRow], reversals: Sequence[ReversalRow]) -> list[CohortRow]:
    """Slope ratio in two stages and, where reversals are given, in one."""
    used = [r for r in rows if r.slope_ratio is not None and r.n_baths > 2]
    values = np.array([r.slope_ratio for r in used], dtype=float)
    notes = [f"{r.cell}: {r.reason or 'no slope'}" for r in rows if r not in used or r.n_left_out]
    # Cells count alike: a slope's own error rests on a few residuals, and weights as uncertain as that mislead.
    answer = pool(values, np.full(values.shape, 1e-9)) if values.size >= 2 else _too_few(values.size)
    found = [_row(rows, "slope ratio", answer, TWO_STAGE, used, 0, notes)]
    if reversals and values.size:
        one_stage = mixed_slope(slope_points(reversals, [r.cell for r in used]))
        if not isinstance(one_stage, str):
            one_stage = _signed(one_stage, rows[0])
        found.append(_row(rows, "slope ratio", one_stage, ONE_STAGE, used, 0, notes))
    return found


def _signed(pooled: PooledMean, row: NernstRow) -> PooledMean:
    """Slope against (RT/F) ln out, which is 1/z by Nernst, as its ratio to that."""
    z = 1 if row.expected_mV_per_decade is None else round(60 / row.expected_mV_per_decade)  # RT ln 10/F: 53 to 66 mV
    low, high = sorted((z * pooled.low, z * pooled.high))
    return PooledMean(z * pooled.mean, low, high, abs(z) * pooled.se, abs(z) * pooled.between_sd, pooled.cells)


def _too_few(cells: int) -> str:
    return f"{cells} cell{'' if cells == 1 else 's'} cannot show the spread between cells"


def _row(
    rows: Sequence[PermeabilityRow] | Sequence[NernstRow],
    quantity: str,
    answer: PooledMean | str,
    method: str,
    used: Sequence[PermeabilityRow] | Sequence[NernstRow],
    bounded: int,
    notes: Sequence[str],
    doubtful: bool = False,
    back: Callable[[float], float] = float,
) -> CohortRow:
    got = None if isinstance(answer, str) else answer
    why = [f"cannot tell, because {answer}"] if isinstance(answer, str) else []
    return CohortRow(
        experiment=rows[0].experiment,
        condition=rows[0].condition,
        quantity=quantity,
        estimate=None if got is None else float(back(got.mean)),
        ci_low=None if got is None else float(back(got.low)),
        ci_high=None if got is None else float(back(got.high)),
        between_cell_sd=None if got is None else got.between_sd,
        n_cells=len(used) if got is None else got.cells,
        n_recordings=sum(r.n_recordings for r in used),
        n_bounded=bounded,
        n_excluded=sum(r.n_left_out for r in rows),
        method=method,
        status=Status.FAILED if got is None else (Status.FLAGGED if bounded or doubtful else Status.OK),
        reason="; ".join([*why, *notes]) or None,
    )
