"""Verdict on the Nernst equation for one cell in one condition, with its reasons."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import (
    CURVATURE_PROBABILITY,
    MIN_LINE_BATHS,
    MIN_SLOPE_RATIO,
    MIN_SAME_CONCENTRATION_SHIFT_mV,
)
from reversal.fit.nernst.line import (
    BathMeans,
    Line,
    bath_means,
    concentration_levels,
    has_robust_weights,
    line_of,
    on_the_line,
)
from reversal.physics.nernst import nernst_in_mM, nernst_slope_mV_per_decade
from reversal.statistics.statistics_constants import CHANGE_SE
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.nernst_table import NernstRow, Verdict


def nernst_row(series: BathSeries) -> Judged[NernstRow]:
    """Fit the line and test its slope against the Nernst equation. If there is no line, a finding gives the reason."""
    *_, z = series.of(series.choices.ion)
    points = bath_means(series)
    n_baths = points.x_mV.size
    findings = [*_without_place(series), *_same_concentration(series, points)]
    if concentration_levels(points.x_mV) < MIN_LINE_BATHS:
        return _no_line(series, n_baths, findings)
    robust, line = has_robust_weights(series, points), line_of(series)
    one_inside = len({pair.of(series.choices.ion)[1] for pair in series.solutions}) == 1
    verdict = _verdict(line, series.choices.equivalence_margin)
    expected = float(nernst_slope_mV_per_decade(z, line.temperature_C))
    ends = sorted(expected * end for end in (line.low, line.high))
    return judge(
        NernstRow,
        [*_line_findings(line, verdict, series, robust, findings), *series.all_findings],
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=series.choices.ion,
        n_baths=n_baths,
        slope_mV_per_decade=line.slope_ratio * expected,
        ci_low=ends[0],
        ci_high=ends[1],
        expected_mV_per_decade=expected,
        slope_ratio=line.slope_ratio,
        ratio_ci_low=line.low,
        ratio_ci_high=line.high,
        verdict=verdict,
        n_recordings=int(np.sum(on_the_line(series))),
        n_left_out=len(series.left_out),
        n_flagged=series.n_flagged,
        intercept_mV=line.intercept_mV if one_inside else None,
        in_mM_of_line=_inside_mM(line, z) if one_inside else None,
        residual_sd_mV=line.residual_sd_mV,
        curvature_p=line.curvature_p,
        tost_low=line.tost_low,
        tost_high=line.tost_high,
        margin=series.choices.equivalence_margin,
        z=round(z),
    )


def _without_place(series: BathSeries) -> list[Finding]:
    """Recordings without a Nernst potential, which are not on the line."""
    ion, place = series.choices.ion, on_the_line(series)
    outside, _, _ = series.of(ion)
    absent = [row.recording for row, out in zip(series.rows, outside, strict=True) if out <= 0]
    lacking = [row.recording for row, on, out in zip(series.rows, place, outside, strict=True) if not on and out > 0]
    return [
        finding(code, place=", ".join(names), ion=ion, where=where)
        for code, names, where in (
            (Code.ION_ABSENT_OUTSIDE, absent, series.sides.out_where),
            (Code.ION_ABSENT_INSIDE, lacking, series.sides.in_where),
        )
        if names
    ]


def _same_concentration(series: BathSeries, points: BathMeans) -> list[Finding]:
    """The two points that differ most in E_rev although they have the same concentrations of the series ion."""
    ion = series.choices.ion
    pairs, names = list(dict.fromkeys(series.solutions)), series.solution_names
    worst: Finding | None = None
    for a, b in combinations(range(len(points.solution)), 2):
        first, second = points.solution[a], points.solution[b]
        difference = float(points.e_mV[b] - points.e_mV[a])
        variance = points.covariance[a, a] + points.covariance[b, b] - 2 * points.covariance[a, b]
        limit = max(MIN_SAME_CONCENTRATION_SHIFT_mV, CHANGE_SE * float(np.sqrt(max(variance, 0.0))))
        if pairs[first].of(ion) != pairs[second].of(ion) or abs(difference) <= limit:
            continue
        if worst is None or abs(difference) > abs(worst.number or 0.0):
            place = f"{names[first]} and {names[second]}"
            worst = finding(Code.SAME_CONCENTRATION_DIFFERS, difference, limit, place=place, ion=ion)
    return [worst] if worst is not None else []


def _verdict(line: Line, margin: float) -> Verdict:
    """Verdict on a line; undecided if its interval is from the measurement errors alone."""
    if line.degrees_of_freedom == 0:
        return Verdict.UNDECIDED
    return slope_verdict((line.low, line.high), (line.tost_low, line.tost_high), margin)


def slope_verdict(limits95: tuple[float, float], limits90: tuple[float, float], margin: float) -> Verdict:
    """Equivalent if the 90 % interval is inside the margin (TOST); different if 1 is outside the 95 % interval."""
    if 1 - margin < limits90[0] and limits90[1] < 1 + margin:
        return Verdict.EQUIVALENT
    return Verdict.UNDECIDED if limits95[0] <= 1 <= limits95[1] else Verdict.DIFFERENT


def _line_findings(
    line: Line, verdict: Verdict, series: BathSeries, robust: bool, findings: list[Finding]
) -> list[Finding]:
    """``findings`` with those about the verdict before them and those about the line after them."""
    found = list(findings)
    if verdict is Verdict.UNDECIDED:
        found = [*_undecided_findings(line, series.choices.equivalence_margin), *found]
    if line.curvature_p is not None and line.curvature_p < CURVATURE_PROBABILITY:
        found.append(finding(Code.LINE_CURVED, line.curvature_p, CURVATURE_PROBABILITY))
    if robust:
        found.append(finding(Code.ROBUST_WEIGHTS))
    return found


def _undecided_findings(line: Line, margin: float) -> list[Finding]:
    """Why the verdict on a line is undecided."""
    if line.degrees_of_freedom == 0:
        return [finding(Code.TWO_BATHS)]
    wide = finding(
        Code.SLOPE_UNDECIDED,
        low=line.tost_low,
        high=line.tost_high,
        margin_low=1 - margin,
        margin_high=1 + margin,
    )
    return [wide, finding(Code.ONE_DEGREE_OF_FREEDOM)] if line.degrees_of_freedom == 1 else [wide]


def _inside_mM(line: Line, z: float) -> float | None:
    """Outside concentration [mM] at which the line crosses 0 mV: the inside concentration, if there is no offset."""
    if line.slope_ratio < MIN_SLOPE_RATIO:
        return None
    return float(nernst_in_mM(line.intercept_mV / line.slope_ratio, 1.0, z, line.temperature_C))


def _no_line(series: BathSeries, n_baths: int, findings: list[Finding]) -> Judged[NernstRow]:
    """Failed row of a cell with fewer than two concentrations of the series ion."""
    ion = series.choices.ion
    if not series.rows:
        why = finding(Code.NO_REVERSALS)
    elif n_baths == 0:
        why = finding(Code.ION_IN_NO_BATH, place=ion, where=series.sides.out_where)
    else:
        why = finding(Code.ONE_CONCENTRATION, place=ion)
    return judge(
        NernstRow,
        [why, *findings, *series.all_findings],
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=ion,
        n_baths=n_baths,
        slope_mV_per_decade=None,
        ci_low=None,
        ci_high=None,
        expected_mV_per_decade=None,
        slope_ratio=None,
        ratio_ci_low=None,
        ratio_ci_high=None,
        verdict=None,
        n_recordings=len(series.rows),
        n_left_out=len(series.left_out),
    )
