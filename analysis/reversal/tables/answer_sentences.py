"""Answers of a cell or a cohort as sentences, in the words of a paper; the numbers are those of the row."""

from __future__ import annotations

from reversal.tables.answers_table import Answer, AnswerRow
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.shifts_table import Design, Shifted, ShiftRow

SMALLEST_P = 0.001
USUAL_LEVEL = 0.05
"""The usual level of a test. A p below it reads like a rejection; a sentence about a fit says why it is none."""


def ratio_words(row: PermeabilityRow | PooledRow) -> str:
    """A permeability ratio with its interval, or its bound; empty without one."""
    value = row.p_ratio if isinstance(row, PermeabilityRow) else row.estimate
    name = f"P_{row.ion}/P_{row.reference}"
    if value is not None and (not isinstance(row, PermeabilityRow) or row.bound is Bound.TWO_SIDED):
        if row.ci_low is None or row.ci_high is None:
            return f"{name} = {_digits(value, 2)}"
        # a third digit if two do not tell the limits from the value
        digits = 2 if f"{row.ci_low:.2g}" != f"{value:.2g}" != f"{row.ci_high:.2g}" else 3
        value_text, low, high = (_digits(number, digits) for number in (value, row.ci_low, row.ci_high))
        return f"{name} = {value_text} ({low} to {high})"
    if row.ci_high is not None and row.ci_low is None:
        return f"{name} < {row.ci_high:.2g}"
    return f"{name} > {row.ci_low:.2g}" if row.ci_low is not None and row.ci_high is None else ""


def _digits(value: float, digits: int) -> str:
    """Significant digits, with zeros at the end: 0.010 is not as uncertain as 0.01."""
    return f"{value:#.{digits}g}".rstrip(".")


def answer_sentence(row: AnswerRow, ratios: str, where: str, why: str) -> str:
    """The answer in words.

    ratios : the ratios of the GHK fit;  where : the baths in which E_rev leaves Nernst;  why : reason without an answer
    """
    words = _of_answer(row, ratios, where, why)
    return f"{words} (n = {row.n_cells} cells)." if not row.cell else f"{words}."


def _of_answer(row: AnswerRow, ratios: str, where: str, why: str) -> str:
    slope = _slope(row)
    match row.answer:
        case Answer.NERNST:
            return f"Follows Nernst (slope ratio {slope}, equivalent within ±{100 * (row.margin or 0):g} %)"
        case Answer.SHIFTED:
            return (
                f"Follows the slope of Nernst (slope ratio {slope}, equivalent within ±{100 * (row.margin or 0):g} %), "
                f"but lies {row.shift_mV:+.1f} mV (95 %: {row.shift_low_mV:+.1f} to {row.shift_high_mV:+.1f}) from it"
            )
        case Answer.GHK:
            return f"Follows GHK: E_rev leaves Nernst {where} as {ratios} predicts ({_ghk_fits(row)})"
        case Answer.NEITHER:
            other = "" if row.nernst_bath == row.ghk_bath else f"{row.nernst_bath} lies "
            return (
                f"Neither: {row.ghk_bath} lies {row.ghk_away_mV:+.1f} mV from the GHK fit ({_p(row.ghk_p)}) and "
                f"{other}{row.nernst_away_mV:+.1f} mV from a line parallel to Nernst ({_p(row.nernst_p)})"
            )
        case Answer.DIFFERS:
            return f"Differs from Nernst (slope ratio {slope}); {why}"
        case Answer.UNDECIDED:
            return f"Cannot tell (slope ratio {slope}), because {why}"
        case _:
            return f"Cannot tell, because {why}"


def _ghk_fits(row: AnswerRow) -> str:
    """The p of the GHK fit; a small one with the deviation that it is of, and why it does not reject the fit."""
    if row.ghk_p is None or row.ghk_p >= USUAL_LEVEL or row.ghk_away_mV is None or row.allowed_mV is None:
        return _p(row.ghk_p)
    lies = f"{row.ghk_bath} lies {row.ghk_away_mV:+.2g} mV from it"
    if abs(row.ghk_away_mV) <= row.allowed_mV:
        return f"{lies}, within the {row.allowed_mV:.2g} mV that the margin allows; {_p(row.ghk_p)}"
    return f"{lies}; {_p(row.ghk_p)} does not reject the fit, which takes p < 0.01"


def _slope(row: AnswerRow) -> str:
    if row.slope_ratio is None:
        return "unknown"
    if row.tost_low is None or row.tost_high is None:
        return f"{row.slope_ratio:.2f}"
    return f"{row.slope_ratio:.2f}, 90 %: {row.tost_low:.2f} to {row.tost_high:.2f}"


def shift_sentence(row: ShiftRow) -> str:
    """The difference between two groups in words."""
    groups = _groups(row)
    of = "the slope ratio" if row.quantity is Shifted.SLOPE_RATIO else "E_rev"
    place = f" in {row.bath}" if row.bath else ""
    if row.difference is None:
        return f"{groups[0]} and {groups[1]}: no test of {of}{place}, because too few cells can be compared."
    digits, unit = ("+.2f", "") if row.quantity is Shifted.SLOPE_RATIO else ("+.1f", " mV")
    value, low, high = (format(v, digits) for v in (row.difference, row.ci_low, row.ci_high))
    corrected = f", {_p(row.p_holm)} after Holm for {row.n_tests} tests" if row.n_tests > 1 else ""
    by = f"{value}{unit} (95 %: {low} to {high}; {_cells(row)}; {_p(row.p_value)}{corrected})"
    if _is_significant(row):
        return f"{groups[0]} differs from {groups[1]} in {of}{place} by {by}."
    return f"{groups[0]} does not differ significantly from {groups[1]} in {of}{place}: {by}."


def comparison_sentence(row: ComparisonRow) -> str:
    """The ratio of two groups in words."""
    groups, name = _groups(row), f"P_{row.ion}/P_{row.reference}"
    if row.p_value is None:
        return f"{groups[0]} and {groups[1]}: no test of {name}, because too few cells can be compared."
    low, high = (None if end is None else _two_digits(end) for end in (row.ci_low, row.ci_high))
    ends = f"{low} to {high}" if low and high else f"> {low}" if low else f"< {high}" if high else "not known"
    corrected = "" if row.p_holm in (None, row.p_value) else f", {_p(row.p_holm)} after Holm"
    times = f"{_two_digits(row.factor)} times that" if row.factor is not None else "no certain multiple of that"
    about = f"(95 %: {ends}; {_cells(row)}; {_p(row.p_value)}{corrected})"
    if _is_significant(row):
        return f"{name} of {groups[0]} is {times} of {groups[1]} {about}."
    return f"{name} of {groups[0]} does not differ significantly from that of {groups[1]}: it is {times} {about}."


def _groups(row: ShiftRow | ComparisonRow) -> tuple[str, str]:
    """Names of both groups, with their experiments if the conditions have one name."""
    if row.condition != row.against_condition:
        return row.condition, row.against_condition
    return f"{row.experiment}, {row.condition}", f"{row.against_experiment}, {row.against_condition}"


def _cells(row: ShiftRow | ComparisonRow) -> str:
    if row.design == Design.PAIRED:
        return f"paired, n = {row.n_cells} cells"
    return f"unpaired, n = {row.n_cells} and {row.n_cells_against} cells"


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):g}"


def _is_significant(row: ShiftRow | ComparisonRow) -> bool:
    """Whether the corrected p is below the usual level."""
    p = row.p_value if row.p_holm is None else row.p_holm
    return p is not None and p < USUAL_LEVEL


def _p(value: float | None) -> str:
    if value is None:
        return "p unknown"
    return f"p < {SMALLEST_P}" if value < SMALLEST_P else f"p = {value:.2g}"
