"""The answer for all cells of an experiment and condition, by the rule for a cell. The cell is the statistical unit.

The deviations of a bath are tested with the spread between cells, corrected for the number of baths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.answers.cell_answer import evidence_columns, findings_of, how_it_leaves, why_words
from reversal.fit.answers.rule import AnswerEvidence, Misfit, Shift, Untested, answer_of
from reversal.fit.fit_constants import MIN_SPREAD_CELLS
from reversal.statistics.multiple_testing import holm_of_known
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.statistics.student_t import two_sided_quantile
from reversal.statistics.t_test import one_sample
from reversal.tables.answer_sentences import answer_sentence, ratio_words
from reversal.tables.answers_table import AnswerRow
from reversal.tables.findings_table import Judged, judge
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection
from reversal.tables.reversals_table import ReversalRow, why_unusable

ByBath = Mapping[str, FloatArray]


def cohort_answers(
    pooled: Sequence[Judged[PooledRow]], points: Sequence[LinePointRow], reversals: Sequence[ReversalRow]
) -> list[Judged[AnswerRow]]:
    """One answer for each mean slope of all cells in two stages; none where there is no mean."""
    answers: list[Judged[AnswerRow]] = []
    for one_slope in pooled:
        slope = one_slope.row
        if slope.verdict is None or slope.selection is not Selection.ALL or slope.estimate is None:
            continue
        group = slope.experiment, slope.condition
        if any((one.row.experiment, one.row.condition) == group for one in answers):
            continue  # the second mean of the group is that of the mixed model
        ratios = [one for one in pooled if _is_ratio_of(one.row, group)]
        of_group = [point for point in points if (point.experiment, point.condition) == group]
        rows = [row for row in reversals if (row.experiment, row.condition) == group and why_unusable(row) is None]
        if of_group and rows:
            answers.append(_answer(one_slope, ratios, of_group, rows))
    return answers


def _is_ratio_of(row: PooledRow, group: tuple[str, str]) -> bool:
    is_all = row.kind is PooledKind.PERMEABILITY_RATIO and row.selection is Selection.ALL
    return is_all and (row.experiment, row.condition) == group


def _answer(
    of_slope: Judged[PooledRow],
    ratios: Sequence[Judged[PooledRow]],
    points: Sequence[LinePointRow],
    rows: Sequence[ReversalRow],
) -> Judged[AnswerRow]:
    slope = of_slope.row
    e_nernst = by_bath(points, lambda point: point.e_nernst_mV)
    nernst_mV = np.array([np.mean(values) for values in e_nernst.values()])
    parallel = by_bath(points, _parallel(points))
    range_mV = float(np.ptp(nernst_mV))
    unknown = any(row.e_nernst_mV is None for row in rows)
    from_ghk = [(point.cell, point.ghk_shift_mV) for point in points if point.ghk_shift_mV is not None]
    evidence = AnswerEvidence(
        verdict=slope.verdict,  # type: ignore[arg-type]  # only slopes with a verdict
        slope_ratio=slope.estimate or 0.0,
        tost_low=slope.tost_low,
        tost_high=slope.tost_high,
        margin=slope.margin or 0.0,
        allowed_mV=(slope.margin or 0.0) * range_mV / 2,
        shift=None if unknown else _shift([(p.cell, p.e_rev_mV - p.e_nernst_mV) for p in points], rows),
        nernst=misfit(parallel),
        ghk=_ghk(points),
        has_ratio=any(one.row.estimate is not None for one in ratios),
        ghk_shift=_shift(from_ghk, rows),
    )
    answer = answer_of(evidence)
    made = judge(
        AnswerRow,
        findings_of(answer, of_slope.findings, [one.findings for one in ratios]),
        **evidence_columns(evidence),
        experiment=slope.experiment,
        cell="",
        condition=slope.condition,
        ion=rows[0].ion,
        answer=answer,
        sentence="",
        n_cells=slope.n_cells,
        n_baths=len(e_nernst),
    )
    words = " and ".join(word for one in ratios if (word := ratio_words(one.row)))
    away = np.array([np.mean(values) for values in parallel.values()])
    where = how_it_leaves(evidence, nernst_mV, away, tuple(e_nernst), rows)
    return made.adding(sentence=answer_sentence(made.row, words, where, why_words(evidence)))


def by_bath(points: Sequence[LinePointRow], value: Callable[[LinePointRow], float]) -> dict[str, FloatArray]:
    """Values of the cells that have a bath, by bath."""
    found: dict[str, list[float]] = {}
    for point in points:
        found.setdefault(point.bath, []).append(value(point))
    return {bath: np.array(values) for bath, values in found.items()}


def _parallel(points: Sequence[LinePointRow]) -> Callable[[LinePointRow], float]:
    """Distance of a point from the mean distance of its cell from Nernst [mV]."""
    away: dict[str, list[float]] = {}
    for point in points:
        away.setdefault(point.cell, []).append(point.e_rev_mV - point.e_nernst_mV)
    return lambda point: point.e_rev_mV - point.e_nernst_mV - float(np.mean(away[point.cell]))


def misfit(deviations: ByBath) -> Misfit | None:
    """The bath whose mean deviation is least probable, after Holm over the baths; None with too few cells.

    deviations : (cells,) of each bath [mV]
    """
    tests = {bath: one_sample(values) for bath, values in deviations.items() if values.size >= MIN_SPREAD_CELLS}
    known = {bath: test for bath, test in tests.items() if test is not None}
    if not known:
        return None
    corrected = holm_of_known([test.p for test in known.values()])
    p, bath, mean = min((p or 0.0, bath, test.mean) for p, (bath, test) in zip(corrected, known.items(), strict=True))
    return Misfit(p, bath, mean)


def _ghk(points: Sequence[LinePointRow]) -> Misfit | Untested:
    with_fit = [point for point in points if point.ghk_away_mV is not None]
    if not with_fit:
        return Untested.NO_FIT
    return misfit(by_bath(with_fit, lambda point: point.ghk_away_mV or 0.0)) or Untested.TOO_FEW_CELLS


def _shift(away: Sequence[tuple[str, float]], rows: Sequence[ReversalRow]) -> Shift | None:
    """Mean distance of the cells from a model; its interval is from their spread and the error that they share.

    away : cell and distance of each of its baths [mV];  None with one cell
    """
    cells: dict[str, list[float]] = {}
    for cell, distance_mV in away:
        cells.setdefault(cell, []).append(distance_mV)
    means = np.array([np.mean(values) for values in cells.values()])
    if means.size < 2:
        return None
    of_cells = two_sided_quantile(means.size - 1) * float(means.std(ddof=1)) / np.sqrt(means.size)
    shared_mV = float(np.mean([row.shared_sd_mV or 0.0 for row in rows]))
    reach = float(np.hypot(of_cells, TWO_SIDED_95 * shared_mV))
    return Shift(float(means.mean()), float(means.mean()) - reach, float(means.mean()) + reach)
