"""Removal of ratio and verdict if a leak, not the channel, determines the reversal potentials."""

from __future__ import annotations

from collections.abc import Sequence

from reversal.fit.fit_constants import MIN_LEAK_FRACTION
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import Judged
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow

# findings that stay in a withdrawn row: they name recordings, not the number
OF_THE_RECORDINGS = (
    *(Code.RECORDINGS_FLAGGED, Code.RECORDINGS_LEFT_OUT),
    *(Code.ION_ABSENT_OUTSIDE, Code.ION_ABSENT_INSIDE),
)
OF_THE_RATIO = (
    *("p_ratio", "ci_low", "ci_high", "bound", "ddg_kJ_mol", "ddg_ci_low", "ddg_ci_high"),
    *("smallest_resolvable", "other_scale_p_ratio", "free_p_ratio", "free_se", "leak_low", "leak_high"),
    "assumed_seal_GOhm",
)
OF_THE_LINE = (
    *("slope_mV_per_decade", "ci_low", "ci_high", "slope_ratio", "ratio_ci_low", "ratio_ci_high", "verdict"),
    *(
        "intercept_mV",
        "in_mM_of_line",
        "residual_sd_mV",
        "curvature_p",
        "tost_low",
        "tost_high",
        "ratio_leak_low",
        "ratio_leak_high",
        "assumed_seal_GOhm",
    ),
)


def dominant_leak(currents: Sequence[CurrentRatioRow]) -> CurrentRatioRow | None:
    """First row whose currents contradict the reversal potentials and whose leak can explain it; None without one."""
    return next((row for row in currents if row.agrees is False and (row.leak_share or 0) >= MIN_LEAK_FRACTION), None)


def without_leaky_ratios(
    ratios: Sequence[Judged[PermeabilityRow]], currents: Sequence[CurrentRatioRow]
) -> list[Judged[PermeabilityRow]]:
    """The ratios; a ratio is withdrawn if the current fit shows that a leak determines its reversal potentials."""
    return [_withdrawn(one, next((c for c in currents if c.ion == one.row.ion), None)) for one in ratios]


def without_leaky_verdict(one: Judged[NernstRow], leak: CurrentRatioRow | None) -> Judged[NernstRow]:
    """The Nernst row, without slope and verdict if a leak determines E_rev; the finding then gives the slope."""
    if leak is None or one.row.slope_ratio is None:
        return one
    found = finding(
        Code.LEAK_DOMINATES_SLOPE,
        leak.leak_share,
        MIN_LEAK_FRACTION,
        leak_nS=leak.leak_nS or 0.0,
        slope_ratio=one.row.slope_ratio,
    )
    return one.keeping(OF_THE_RECORDINGS).adding(found, **dict.fromkeys(OF_THE_LINE))


def _withdrawn(one: Judged[PermeabilityRow], current: CurrentRatioRow | None) -> Judged[PermeabilityRow]:
    """The ratio without its numbers if ``current`` has a dominant leak, else unchanged."""
    if current is None or dominant_leak([current]) is None:
        return one
    found = finding(
        Code.LEAK_DOMINATES_RATIO,
        current.leak_share,
        MIN_LEAK_FRACTION,
        leak_nS=current.leak_nS or 0.0,
        by_reversals=_interval(one.row),
        by_currents=_interval(current),
    )
    return one.keeping(OF_THE_RECORDINGS).adding(found, **dict.fromkeys(OF_THE_RATIO))


def _interval(row: PermeabilityRow | CurrentRatioRow) -> str:
    """Value and limits as text for the sentence of the finding."""
    low, high = (None if end is None else f"{end:.2g}" for end in (row.ci_low, row.ci_high))
    best = "-" if row.p_ratio is None else f"{row.p_ratio:.2g}"
    if low and high:
        return f"{best} ({low} to {high})"
    return f"below {high}" if high else f"above {low}"
