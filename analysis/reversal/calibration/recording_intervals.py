"""Bias, rms error and coverage of the 95 % interval of E_rev, over simulated recordings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.calibration.counted_groups import CLAIMED_COVERAGE, by_factor
from reversal.calibration.drawn_cases import draw_without_e_rev
from reversal.calibration.measured_cases import MeasuredCase, outcomes
from reversal.tables.estimates_table import Estimator

DEFAULT_NOISE_pA, LARGEST_BIAS_mV = 3.0, 0.3
Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class ScoredRecording:
    """An estimator over the recordings for which it gives a value."""

    count: int
    bias_mV: float
    rms_mV: float
    coverage: float


def scored(results: Sequence[MeasuredCase], estimator: Estimator | None = None) -> ScoredRecording:
    """Score the reported E_rev with its interval, or the value of one estimator with its own."""
    found = [(one.true_mV, _reported(one) if estimator is None else _estimated(one, estimator)) for one in results]
    errors, covered = [], []
    for true_mV, value in found:
        if value is not None:
            e_mV, (low, high) = value
            errors.append(e_mV - true_mV)
            covered.append((low is None or low <= true_mV) and (high is None or high >= true_mV))
    if not errors:
        return ScoredRecording(0, math.nan, math.nan, math.nan)
    every = np.array(errors)
    return ScoredRecording(every.size, float(every.mean()), float(np.sqrt((every**2).mean())), float(np.mean(covered)))


def _reported(one: MeasuredCase) -> tuple[float, Limits] | None:
    """E_rev and the limits of its own errors, as the tables have them; None if a declared leak was not subtracted."""
    estimate, budget, used = one.measured.reversal.estimate, one.measured.budget, one.measured.used
    leak_not_subtracted = bool(used.findings) and used.leak_pA is None
    if estimate is None or budget is None or leak_not_subtracted:
        return None
    return estimate.e_mV, (budget.own_low_mV, budget.own_high_mV)


def _estimated(one: MeasuredCase, estimator: Estimator) -> tuple[float, Limits] | None:
    found = [estimate for estimate in one.measured.reversal.estimates if estimate.estimator is estimator]
    return (found[0].e_mV, (found[0].low_mV, found[0].high_mV)) if found else None


def at_default_noise(results: Sequence[MeasuredCase]) -> list[MeasuredCase]:
    """Recordings with the noise for which the largest bias is claimed."""
    return [one for one in results if one.case.noise_pA == DEFAULT_NOISE_pA]


def failed_claims(results: Sequence[MeasuredCase]) -> list[str]:
    """Rows of the table whose coverage is outside the claimed range, or whose bias at default noise is too large."""
    failed = []
    for row, group in {("all", ""): list(results), **by_factor(results)}.items():
        name, coverage = " ".join(row).strip(), scored(group).coverage
        if not CLAIMED_COVERAGE[0] <= coverage <= CLAIMED_COVERAGE[1]:
            failed.append(f"{name}: coverage {100 * coverage:.1f} %")
        bias_mV = scored(at_default_noise(group)).bias_mV
        if abs(bias_mV) >= LARGEST_BIAS_mV:
            failed.append(f"{name}: bias {bias_mV:+.2f} mV")
    return failed


@dataclass(frozen=True, slots=True)
class Warned:
    """Recordings without a measurable E_rev.

    share : share that has a warning
    share_of_misses : the same of those whose interval does not contain the truth; NaN if there are none
    silent : share of all whose interval does not contain the truth, without a warning
    """

    count: int
    share: float
    share_of_misses: float
    silent: float


def warned(what: str, cells: int, seed: int) -> Warned:
    """Measure recordings of one sort without a measurable E_rev and count their warnings."""
    results = list(outcomes(cells, seed, lambda rng: draw_without_e_rev(rng, what)))
    misses = [one for one in results if scored([one]).coverage == 0.0]
    of_all, of_misses = (
        float(np.mean([one.flagged for one in group])) if group else math.nan for group in (results, misses)
    )
    silent = sum(not one.flagged for one in misses) / len(results)
    return Warned(len(results), of_all, of_misses, silent)
