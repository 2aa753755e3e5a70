"""Does the membrane follow Nernst: the row of one cell in one condition, with its verdict and the reason for it."""

from __future__ import annotations

import numpy as np

from reversal.fit.bath_series import Series
from reversal.fit.nernst.line import Line, bath_means, downweighted, fit_line
from reversal.physics.nernst import nernst_in_mM, nernst_slope_mV_per_decade
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.status import Status

LEAST_BATHS_ROBUST = 5
LEAST_SLOPE = 0.5  # slope ratio below which the inside concentration that a line implies means nothing


def nernst_row(series: Series) -> NernstRow:
    """Fit the line and judge its slope; where it cannot be told, say why."""
    outside, _, z = series.of(series.choices.ion)
    absent = [row.recording for row, out in zip(series.rows, outside, strict=True) if out <= 0]
    notes = [f"{name}: no {series.choices.ion} outside, so no Nernst potential" for name in absent]
    levels = np.unique(outside[outside > 0])
    if levels.size < 2:
        return _no_line(series, int(levels.size), notes)
    points = bath_means(series)
    robust = series.choices.fitting.robust and levels.size >= LEAST_BATHS_ROBUST
    line = fit_line(downweighted(points) if robust else points)
    verdict, doubt = _judge(line, series.choices.equivalence_margin)
    expected = float(nernst_slope_mV_per_decade(z, line.temperature_C))
    ends = sorted(expected * end for end in (line.low, line.high))
    notes = [*doubt, *notes, *_curved(line), *series.doubts, *series.left_out]
    if robust:
        notes.append("bisquare weights: the interval is approximate")
    return NernstRow(
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=series.choices.ion,
        n_baths=int(levels.size),
        slope_mV_per_decade=line.slope_ratio * expected,
        ci_low=ends[0],
        ci_high=ends[1],
        expected_mV_per_decade=expected,
        slope_ratio=line.slope_ratio,
        ratio_ci_low=line.low,
        ratio_ci_high=line.high,
        verdict=verdict,
        status=Status.FLAGGED if doubt or _curved(line) or series.doubts or absent else Status.OK,
        reason="; ".join(notes) or None,
        n_recordings=int(np.sum(outside > 0)),
        n_left_out=len(series.left_out),
        intercept_mV=line.intercept_mV,
        in_mM_of_line=_inside(line, z),
        residual_sd_mV=line.residual_sd_mV,
        curvature_p=line.curvature_p,
        tost_low=line.tost_low,
        tost_high=line.tost_high,
        margin=series.choices.equivalence_margin,
    )


def _judge(line: Line, margin: float) -> tuple[Verdict, list[str]]:
    """Equivalence by two one-sided tests; different only where 1 is outside the 95 % interval."""
    if line.degrees_of_freedom == 0:
        return Verdict.UNDECIDED, [
            "cannot tell, because two baths leave no scatter about the line: the interval rests on stated errors alone"
        ]
    if 1 - margin < line.tost_low and line.tost_high < 1 + margin:
        return Verdict.EQUIVALENT, []
    if not line.low <= 1 <= line.high:
        return Verdict.DIFFERENT, []
    few = " (three baths leave one degree of freedom)" if line.degrees_of_freedom == 1 else ""
    return Verdict.UNDECIDED, [
        f"cannot tell, because the slope ratio's 90 % interval {line.tost_low:.3f} to {line.tost_high:.3f} is wider "
        f"than {1 - margin:.2f} to {1 + margin:.2f} and its 95 % interval holds 1{few}"
    ]


def _curved(line: Line) -> list[str]:
    if line.curvature_p is None or line.curvature_p >= 0.05:
        return []
    return [
        f"the line is curved (p = {line.curvature_p:.2g}): a second permeant ion flattens the low end, "
        "which a slope does not describe; see the permeability ratios"
    ]


def _inside(line: Line, z: float) -> float | None:
    """Outside concentration at which the line crosses 0 mV: the inside concentration if nothing shifts it."""
    if line.slope_ratio < LEAST_SLOPE:
        return None
    return float(nernst_in_mM(line.intercept_mV / line.slope_ratio, 1.0, z, line.temperature_C))


def _no_line(series: Series, n_baths: int, notes: list[str]) -> NernstRow:
    ion = series.choices.ion
    if not series.rows:
        why = "no recording gave a reversal potential"
    elif n_baths == 0:
        why = f"no bath has {ion}"
    else:
        why = f"all {len(series.rows)} recordings have the same {ion} outside" if len(series.rows) > 1 else "one bath"
        why += "; a slope needs two"
    return NernstRow(
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
        status=Status.FAILED,
        reason="; ".join([f"cannot tell, because {why}", *notes, *series.left_out]),
        n_recordings=len(series.rows),
        n_left_out=len(series.left_out),
    )
