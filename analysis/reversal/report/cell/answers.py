"""What a cell says, in a sentence each; where the data cannot say it, that and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from reversal.report.text.labels import ratio_name
from reversal.report.text.rounding import interval_mV, interval_ratio, millivolts, ratio, significant
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

F = TypeVar("F", PermeabilityRow, NernstRow)
MOST_NAMED = 3


def cannot_tell(reason: str | None, otherwise: str) -> str:
    """Say plainly that there is no answer, and why."""
    because = (reason or otherwise).strip()
    return because if because.lower().startswith("cannot tell") else f"cannot tell, because {because}"


def ratio_sentence(row: PermeabilityRow) -> str:
    """State a permeability ratio with its interval."""
    name = ratio_name(row.ion, row.reference)
    if row.bound is Bound.UPPER:
        return f"{name} < {significant(row.ci_high, 2)} (95 %)"
    if row.bound is Bound.LOWER:
        return f"{name} > {significant(row.ci_low, 2)} (95 %)"
    if row.p_ratio is None:
        return f"{name}: {cannot_tell(row.reason, 'no fit was possible')}"
    value = ratio(row.p_ratio, row.ci_low, row.ci_high)
    if row.ci_low is None and row.ci_high is None:
        return f"{name} = {value}, interval not known"
    return f"{name} = {value} (95 %: {interval_ratio(row.p_ratio, row.ci_low, row.ci_high)})"


def nernst_sentence(row: NernstRow, margin: float | None = None) -> str:
    """State the slope against Nernst and the verdict."""
    margin = row.margin if row.margin is not None else margin
    within = f"±{margin * 100:g} %" if margin is not None else "the stated margin"
    if row.slope_mV_per_decade is None:
        return f"Nernst: {cannot_tell(row.reason, 'no line could be fitted')}"
    slope = (
        f"slope {millivolts(row.slope_mV_per_decade, row.ci_low, row.ci_high)} mV per decade "
        f"(95 %: {interval_mV(row.ci_low, row.ci_high)}), "
        f"{ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)} of Nernst "
        f"({interval_ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)})"
    )
    if row.verdict is Verdict.EQUIVALENT:
        tested = interval_ratio(row.slope_ratio, row.tost_low, row.tost_high)
        judged = f" (90 % interval {tested}, two one-sided tests)" if row.tost_low is not None else ""
        return f"follows Nernst within {within}{judged}: {slope}"
    if row.verdict is Verdict.DIFFERENT:
        return f"differs from Nernst, 1 is outside the 95 % interval: {slope}"
    open_question = f"the interval of the slope reaches beyond {within}"
    return f"Nernst: {cannot_tell(row.reason, open_question)} ({slope})"


def told_once(fits: Sequence[F], recordings: Sequence[RecordingRow], reversals: Sequence[ReversalRow]) -> tuple[F, ...]:
    """Fits whose reasons name a flagged recording instead of repeating what stands beside the recording itself."""
    reasons: dict[str, dict[str, None]] = {}
    rows: list[RecordingRow | ReversalRow] = [*recordings, *reversals]
    for row in rows:
        if row.reason:
            reasons.setdefault(row.cell, {})[f"{row.recording}: {row.reason}"] = None
    return tuple(_told_once(fit, tuple(reasons.get(fit.cell, ()))) for fit in fits)


def _told_once(fit: F, told: Sequence[str]) -> F:
    reason, names = fit.reason or "", []
    for sentence in sorted(told, key=len, reverse=True):
        if sentence in reason:
            reason = reason.replace(f"; {sentence}", "").replace(f"{sentence}; ", "").replace(sentence, "")
            names.append(sentence.split(":", 1)[0])
    if not names:
        return fit
    flagged = sorted(set(names))
    which = ", ".join(flagged) if len(flagged) <= MOST_NAMED else f"{len(flagged)} recordings"
    return fit.model_copy(update={"reason": "; ".join(part for part in (reason, f"flagged: {which}") if part)})


def counts_sentence(rows: Sequence[RecordingRow]) -> str:
    """Count recordings by what became of them."""
    counts = [(status, sum(row.status is status for row in rows)) for status in Status]
    said = ", ".join(f"{number} {status.value}" for status, number in counts if number)
    return f"{len(rows)} recording{'' if len(rows) == 1 else 's'}" + (f": {said}" if said else "")
