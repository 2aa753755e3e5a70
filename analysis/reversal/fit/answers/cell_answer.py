"""The answer for one cell in one condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.answers.deviations import BathDeviations
from reversal.fit.answers.rule import AnswerEvidence, Misfit, Shift, Untested, answer_of, why_undecided
from reversal.fit.bath_series import BathSeries
from reversal.fit.permeability.ratios import VoltageFit
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.statistics.student_t import two_sided_quantile
from reversal.tables.answer_sentences import answer_sentence, ratio_words
from reversal.tables.answers_table import Answer, AnswerRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge, judged
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.sides import both_change, common_sides
from reversal.tables.status import Severity

# the answer says these itself, by comparing Nernst with GHK
SAID_BY_THE_ANSWER = (Code.LINE_CURVED, Code.SLOPE_UNDECIDED, Code.ONE_DEGREE_OF_FREEDOM)


def cell_answer(
    series: BathSeries,
    found: BathDeviations | None,
    nernst: Judged[NernstRow],
    ratios: Sequence[Judged[PermeabilityRow]],
    fit: VoltageFit | None,
) -> Judged[AnswerRow]:
    """The answer with its evidence; ``nernst`` and ``ratios`` are without numbers if a leak determines E_rev."""
    known = [one for one in ratios if one.row.bound is not None]
    line = nernst.row
    has_ratio = any(one.row.bound is Bound.TWO_SIDED for one in known)
    evidence = _evidence(line, found, fit if known else None, has_ratio=has_ratio)
    if found is None or evidence is None:
        return _none(series, nernst)
    answer = answer_of(evidence)
    made = judge(
        AnswerRow,
        findings_of(answer, nernst.findings, [one.findings for one in known]),
        **evidence_columns(evidence),
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=line.ion,
        answer=answer,
        sentence="",
        n_cells=1,
        n_baths=line.n_baths,
    )
    words = " and ".join(word for one in known if (word := ratio_words(one.row)))
    where = how_it_leaves(evidence, found.e_nernst_mV, found.parallel_mV, found.names, series.rows)
    return made.adding(sentence=answer_sentence(made.row, words, where, why_words(evidence)))


def explained_by(answer: Answer, line: Judged[NernstRow]) -> Judged[NernstRow]:
    """The line; if the series follows GHK, a curved line or an undecided slope is a note and no warning."""
    if answer is not Answer.GHK:
        return line
    found = tuple(map(_as_ghk_predicts, line.findings))
    return Judged(line.row.model_copy(update=judged(found)), found)


def _as_ghk_predicts(found: Finding) -> Finding:
    if found.code is Code.LINE_CURVED:
        return finding(Code.LINE_CURVED_BY_GHK, found.number, found.limit)
    return replace(found, severity=Severity.NOTE) if found.code is Code.SLOPE_UNDECIDED else found


def findings_of(answer: Answer, of_line: Iterable[Finding], of_ratios: Iterable[Iterable[Finding]]) -> list[Finding]:
    """Findings about the numbers that the answer uses; the ratios only if it compares with the GHK fit."""
    used = [*of_line, *(chain.from_iterable(of_ratios) if answer in (Answer.GHK, Answer.NEITHER) else ())]
    found: list[Finding] = []
    for each in used:
        if each.code not in SAID_BY_THE_ANSWER and each not in found:
            found.append(each)
    return found


def _none(series: BathSeries, nernst: Judged[NernstRow]) -> Judged[AnswerRow]:
    """Row of a cell without a slope, with the reason."""
    made = judge(
        AnswerRow,
        nernst.findings,
        **dict.fromkeys(EVIDENCE_COLUMNS),
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=nernst.row.ion,
        answer=Answer.NONE,
        sentence="",
        n_cells=1,
        n_baths=nernst.row.n_baths,
    )
    return made.adding(sentence=answer_sentence(made.row, "", "", _why_none(nernst)))


EVIDENCE_COLUMNS = (
    *("slope_ratio", "tost_low", "tost_high", "margin", "allowed_mV", "shift_mV", "shift_low_mV", "shift_high_mV"),
    *("nernst_p", "nernst_bath", "nernst_away_mV", "ghk_p", "ghk_bath", "ghk_away_mV"),
)


def evidence_columns(evidence: AnswerEvidence) -> dict[str, float | str | None]:
    """Columns of the row that hold the evidence."""
    shift, nernst = evidence.shift, evidence.nernst
    ghk = evidence.ghk if isinstance(evidence.ghk, Misfit) else None
    values = (
        *(evidence.slope_ratio, evidence.tost_low, evidence.tost_high, evidence.margin, evidence.allowed_mV),
        *((shift.mV, shift.low_mV, shift.high_mV) if shift else (None, None, None)),
        *((nernst.p, nernst.bath, nernst.away_mV) if nernst else (None, None, None)),
        *((ghk.p, ghk.bath, ghk.away_mV) if ghk else (None, None, None)),
    )
    return dict(zip(EVIDENCE_COLUMNS, values, strict=True))


def why_words(evidence: AnswerEvidence) -> str:
    """Why there is no better answer, for the sentence."""
    if answer_of(evidence) is Answer.DIFFERS and isinstance(evidence.ghk, Untested):
        return evidence.ghk.value
    return why_undecided(evidence)


def worst_bath(names: Sequence[str], away_mV: FloatArray, error_mV: FloatArray) -> tuple[str, float]:
    """The bath that deviates most in its errors, and by how much [mV]."""
    place = int(np.argmax(np.abs(away_mV) / error_mV))
    return names[place], float(away_mV[place])


def how_it_leaves(
    evidence: AnswerEvidence,
    e_nernst_mV: FloatArray,
    away_mV: FloatArray,
    names: Sequence[str],
    rows: Sequence[ReversalRow],
) -> str:
    """By a shift of all baths, or towards the bath in which E_rev is farthest from the line through the others.

    If both sides change, the deviation is no curve over the Nernst potential, and the bath with the largest is named.
    """
    if evidence.shift is not None and evidence.ghk_predicts_shift:
        return f"by {evidence.shift.mV:+.1f} mV in all {common_sides(rows).baths}"
    if both_change((row.out_mM, row.in_mM) for row in rows):
        return f"most in {names[int(np.argmax(np.abs(away_mV)))]}"
    ends = np.argsort(e_nernst_mV)
    slope = np.polyfit(e_nernst_mV, away_mV, 1)[0]
    side = int(ends[0]) if _leaves_at_the_low_end(e_nernst_mV, away_mV, float(slope)) else int(ends[-1])
    return f"towards {names[side]}"


def _leaves_at_the_low_end(e_nernst_mV: FloatArray, away_mV: FloatArray, slope: float) -> bool:
    """Whether the deviation changes more from bath to bath at the lowest Nernst potentials than at the highest."""
    order = np.argsort(e_nernst_mV)
    x, y = e_nernst_mV[order], away_mV[order]
    if x.size < 3:
        return slope < 0
    middle = (x[0] + x[-1]) / 2
    at_middle = float(np.interp(middle, x, y))
    return abs(float(y[0]) - at_middle) >= abs(float(y[-1]) - at_middle)


def _evidence(
    line: NernstRow, found: BathDeviations | None, fit: VoltageFit | None, *, has_ratio: bool
) -> AnswerEvidence | None:
    """AnswerEvidence of a cell; None without a slope."""
    if found is None or line.slope_ratio is None or line.verdict is None or line.margin is None:
        return None
    nernst = None
    if found.parallel_p is not None:
        nernst = Misfit(found.parallel_p, *worst_bath(found.names, found.parallel_mV, found.own_sd_mV))
    return AnswerEvidence(
        verdict=line.verdict,
        slope_ratio=line.slope_ratio,
        tost_low=line.tost_low,
        tost_high=line.tost_high,
        margin=line.margin,
        allowed_mV=line.margin * found.range_mV / 2,
        shift=_shift(found, found.e_rev_mV - found.e_nernst_mV) if found.nernst_known else None,
        nernst=nernst,
        ghk=_ghk(found, fit),
        has_ratio=has_ratio,
        ghk_shift=None if fit is None or found.from_ghk_mV is None else _shift(found, found.from_ghk_mV),
    )


def _ghk(found: BathDeviations, fit: VoltageFit | None) -> Misfit | Untested:
    if fit is None or found.ghk_mV is None:
        return Untested.NO_FIT
    if fit.scatter_p is None:
        return Untested.TOO_FEW_BATHS
    return Misfit(fit.scatter_p, *worst_bath(found.names, found.ghk_mV, found.own_sd_mV))


def _shift(found: BathDeviations, away: FloatArray) -> Shift:
    """Mean distance from a model; its interval is from the scatter of the baths and the shared error.

    away : (n,) distance of each bath from the model [mV]
    """
    n = away.size
    of_errors = TWO_SIDED_95 * float(np.sqrt(np.sum(found.own_sd_mV**2))) / n
    of_baths = two_sided_quantile(n - 1) * float(away.std(ddof=1)) / np.sqrt(n) if n > 2 else of_errors
    reach = float(np.hypot(of_baths, TWO_SIDED_95 * found.shared_sd_mV))
    mean = float(away.mean())
    return Shift(mean, mean - reach, mean + reach)


def _why_none(nernst: Judged[NernstRow]) -> str:
    """First reason of a row without a slope, as the end of a sentence."""
    if not nernst.findings:
        return "there is no line"
    words = nernst.findings[0].sentence.removeprefix("Cannot tell, because ").rstrip(".")
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
