"""Results of a cell as sentences: permeability ratios, Nernst slope, counts of recordings."""

from __future__ import annotations

from collections.abc import Sequence

from reversal.report.text.labels import counted, ratio_name, status_counts_text
from reversal.report.text.rounding import interval_mV, interval_ratio, millivolts, ratio, significant
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import Current

NO_RESULT = "No result."
NO_USABLE_REVERSAL = "Cannot tell, because no recording gave a usable reversal potential."


def ratio_sentence(row: PermeabilityRow) -> str:
    """Permeability ratio with its interval or bound; without a value, the reason."""
    name = ratio_name(row.ion, row.reference)
    if row.bound is Bound.UPPER:
        return f"{name} < {significant(row.ci_high, 2)} (95 %)."
    if row.bound is Bound.LOWER:
        return f"{name} > {significant(row.ci_low, 2)} (95 %)."
    if row.p_ratio is None:
        return f"{name}: {row.reason or NO_RESULT}"
    value = ratio(row.p_ratio, row.ci_low, row.ci_high)
    if row.ci_low is None and row.ci_high is None:
        return f"{name} = {value} (no interval)."
    return f"{name} = {value} (95 %: {interval_ratio(row.p_ratio, row.ci_low, row.ci_high)})."


def leak_sentence(row: PermeabilityRow | NernstRow | PooledRow) -> str:
    """What a value is of if the leak is not known, with its range for the assumed seal; empty if it is known."""
    if isinstance(row, PermeabilityRow):
        of, low, high = row.p_of, row.leak_low, row.leak_high
    elif isinstance(row, NernstRow):
        of, low, high = row.slope_of, row.ratio_leak_low, row.ratio_leak_high
    else:
        of, low, high = row.estimate_of, row.leak_low, row.leak_high
    if of is not Current.WHOLE:
        return ""
    if row.assumed_seal_GOhm is None and (row.ci_low is not None or row.ci_high is not None):
        return "Whole current with its leak, as declared."
    if low is None or high is None:
        return "Whole current, leak not known."
    return f"Whole current; with an unknown leak {significant(low, 2)} to {significant(high, 2)}."


def nernst_sentence(row: NernstRow) -> str:
    """Verdict on the Nernst equation with the slope; without a slope, the reason."""
    if row.slope_mV_per_decade is None:
        return f"Nernst: {row.reason or NO_RESULT}"
    slope = (
        f"slope {millivolts(row.slope_mV_per_decade, row.ci_low, row.ci_high)} mV per decade "
        f"(95 %: {interval_mV(row.ci_low, row.ci_high)}), "
        f"{ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)} of the Nernst slope "
        f"({interval_ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)})."
    )
    if row.verdict is Verdict.EQUIVALENT:
        margin = f"±{row.margin * 100:g} %" if row.margin is not None else "the declared margin"
        tested = interval_ratio(row.slope_ratio, row.tost_low, row.tost_high)
        test = f" (90 % interval {tested}, two one-sided tests)" if row.tost_low is not None else ""
        return f"Follows Nernst within {margin}{test}: {slope}"
    if row.verdict is Verdict.DIFFERENT:
        return f"Differs from Nernst (the 95 % interval of the slope ratio excludes 1): {slope}"
    return f"Nernst: undecided, {slope}"


def ratio_known(row: PermeabilityRow) -> bool:
    """Whether a ratio has a value or a bound."""
    return row.p_ratio is not None or row.ci_low is not None or row.ci_high is not None


def counts_sentence(rows: Sequence[RecordingRow]) -> str:
    """Number of recordings, in total and by status."""
    parts = status_counts_text(rows)
    return counted(len(rows), "recording") + (f": {parts}" if parts else "")
