"""Effect of an unknown leak on ratio, slope and the change of a ratio between conditions.

The fits are repeated at the ends of the range of the channel's E_rev.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.nernst.line import line_of
from reversal.fit.permeability.condition_pairs import fit_together
from reversal.fit.permeability.ratios import VoltageFit, fit_voltage
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import Current, ReversalRow

Range = tuple[float, float]
Limits = tuple[float | None, float | None]
F = TypeVar("F", PermeabilityRow, NernstRow, ConditionPairRow)
RATIO_COLUMNS, SLOPE_COLUMNS = ("leak_low", "leak_high"), ("ratio_leak_low", "ratio_leak_high")


def scenarios(series: BathSeries) -> list[BathSeries] | None:
    """The series with each E_rev at the lowest, the highest, and the more distant end; None if an end is open.

    A leak moves E_rev towards its own reversal potential. With baths on both sides of it, some move down without the
    leak and others up. All at the lowest or all at the highest end do not show this.
    """
    ends = [(row.channel_low_mV, row.channel_high_mV) if _is_open_question(row) else None for row in series.rows]
    low, high = series.e_mV.copy(), series.e_mV.copy()
    for n, end in enumerate(ends):
        if end is not None:
            if end[0] is None or end[1] is None:
                return None
            low[n], high[n] = end
    distant = np.where(series.e_mV - low > high - series.e_mV, low, high)
    return [replace(series, e_mV=e_mV) for e_mV in (low, high, distant)]


def with_leak_in_ratios(
    ratios: Sequence[Judged[PermeabilityRow]], series: BathSeries, fit: VoltageFit | None
) -> list[Judged[PermeabilityRow]]:
    """The ratios with the current to which they belong, and their range for the leak of the assumed seal."""
    of = _what(series)
    if fit is None or not any(_is_open_question(row) for row in series.rows):
        return [one.adding(p_of=of) for one in ratios]
    moved = scenarios(series)
    fitted = None if moved is None else _over_fits(moved, fit)
    return [_with_range(one, of, None if fitted is None else fitted.get(one.row.ion), series) for one in ratios]


def with_leak_in_slope(one: Judged[NernstRow], series: BathSeries) -> Judged[NernstRow]:
    """The Nernst row with the current to which its slope belongs, and its range for the leak of the assumed seal."""
    row, of = one.row, _what(series)
    if row.slope_ratio is None or not any(_is_open_question(r) for r in series.rows):
        return one.adding(slope_of=of)
    moved = scenarios(series)
    slopes = None if moved is None else [row.slope_ratio, *(line_of(each).slope_ratio for each in moved)]
    found = None if slopes is None else (min(slopes), max(slopes))
    return _adding_range(one, found, (row.ratio_ci_low, row.ratio_ci_high), series, SLOPE_COLUMNS, slope_of=of)


def with_leak_in_pairs(
    pairs: Sequence[Judged[ConditionPairRow]],
    first: tuple[BathSeries, VoltageFit | None],
    second: tuple[BathSeries, VoltageFit | None],
) -> list[Judged[ConditionPairRow]]:
    """The changes between two conditions with their range for the leak of the assumed seal.

    The seal is the same in both conditions, so both are moved to the same end of the range.
    """
    (a, fit_a), (b, fit_b) = first, second
    kinds = {_what(a), _what(b)}
    of = Current.WHOLE if Current.WHOLE in kinds else Current.CHANNEL if Current.CHANNEL in kinds else None
    if fit_a is None or fit_b is None or not any(map(_is_open_question, (*a.rows, *b.rows))):
        return [one.adding(change_of=of) for one in pairs]
    of_a, of_b = scenarios(a), scenarios(b)
    moved = None if of_a is None or of_b is None else list(zip(of_a, of_b, strict=True))
    return [
        one.adding(change_of=of)
        if one.row.bound is None
        else _adding_range(
            one,
            None if moved is None else _changes([(a, b), *moved], (fit_a, fit_b), one.row.ion),
            (one.row.ci_low, one.row.ci_high),
            b,
            RATIO_COLUMNS,
            change_of=of,
        )
        for one in pairs
    ]


def _changes(
    pairs: Sequence[tuple[BathSeries, BathSeries]], fits: tuple[VoltageFit, VoltageFit], ion: str
) -> Range | None:
    """Range of the change of a ratio over these pairs of series; None if one of them cannot be fitted."""
    found = []
    try:
        for a, b in pairs:
            fit_a, fit_b = (fit_voltage(one, fit.ions, fit.model.offset) for one, fit in zip((a, b), fits, strict=True))
            found.append(fit_together(a, fit_a, b, fit_b, ion).change)
    except DomainError:
        return None
    return min(found), max(found)


def _is_open_question(row: ReversalRow) -> bool:
    """Whether the leak of a recording is not known."""
    return row.assumed_leak_nS is not None


def _what(series: BathSeries) -> Current | None:
    """The current to which the reversal potentials belong; whole current if this applies to one of them."""
    of = {row.e_rev_of for row in series.rows}
    return Current.WHOLE if Current.WHOLE in of else Current.CHANNEL if Current.CHANNEL in of else None


def _over_fits(moved: Sequence[BathSeries], fit: VoltageFit) -> dict[str, Range] | None:
    """Range of each ratio over the fits of these series and the reported one; None if one cannot be fitted."""
    try:
        found = [fit.p_ratios, *(fit_voltage(each, fit.ions, fit.model.offset).p_ratios for each in moved)]
    except DomainError:
        return None
    return {ion: (min(each[ion] for each in found), max(each[ion] for each in found)) for ion in fit.ions}


def _with_range(
    one: Judged[PermeabilityRow], of: Current | None, found: Range | None, series: BathSeries
) -> Judged[PermeabilityRow]:
    row = one.row
    if row.bound is None:
        return one.adding(p_of=of)
    return _adding_range(one, found, (row.ci_low, row.ci_high), series, RATIO_COLUMNS, p_of=of)


def _adding_range(
    one: Judged[F], found: Range | None, interval: Limits, series: BathSeries, columns: tuple[str, str], **of: Any
) -> Judged[F]:
    """The row with its range for an unknown leak; ``columns`` : names of those of its ends."""
    quantity = _named(one.row)
    assumed_GOhm = series.choices.leak.assumed_seal_GOhm
    findings = range_findings(found, interval, assumed_GOhm, quantity)
    ends = dict(zip(columns, found or (None, None), strict=True))
    return one.adding(*findings, **ends, **of, assumed_seal_GOhm=assumed_GOhm)


def _named(row: PermeabilityRow | NernstRow | ConditionPairRow) -> str:
    if isinstance(row, NernstRow):
        return "the slope ratio"
    ratio = f"P_{row.ion}/P_{row.reference}"
    return ratio if isinstance(row, PermeabilityRow) else f"the change of {ratio}"


def range_findings(found: Range | None, interval: Limits, assumed_GOhm: float, quantity: str) -> list[Finding]:
    """Finding if the range of a value for an unknown leak is open (``found`` None) or exceeds its interval."""
    if found is None:
        return [finding(Code.LEAK_RANGE_OPEN, None, assumed_GOhm, place=quantity)]
    low, high = interval
    if (low is None or found[0] >= low) and (high is None or found[1] <= high):
        return []
    return [finding(Code.LEAK_RANGE_WIDE, None, assumed_GOhm, place=quantity, low=found[0], high=found[1])]
