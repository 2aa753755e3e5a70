"""Bias, rms error and coverage of the 95 % interval of E_rev, over simulated recordings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reversal.calibration.counted_groups import (
    CLAIMED_COVERAGE,
    CLUSTERING,
    STANDARD_ERRORS_95,
    Limits,
    by_factor,
    contains,
    counting_error,
)
from reversal.calibration.drawn_cases import draw_without_e_rev
from reversal.calibration.measured_cases import MeasuredCase, outcomes
from reversal.tables.estimates_table import Estimator

DEFAULT_NOISE_pA, LARGEST_BIAS_mV = 3.0, 0.3
LARGEST_CLAIMED_ERROR = 0.5 * (CLAIMED_COVERAGE[1] - CLAIMED_COVERAGE[0])


@dataclass(frozen=True, slots=True)
class ScoredRecording:
    """An estimator over the recordings for which it gives a value.

    bias_error_mV : half-width of the 95 % interval of the bias; the recordings of one cell are not independent
    """

    count: int
    bias_mV: float
    bias_error_mV: float
    rms_mV: float
    coverage: float


def scored(results: Sequence[MeasuredCase], estimator: Estimator | None = None) -> ScoredRecording:
    """Score the reported E_rev with its interval, or the value of one estimator with its own."""
    errors, covered, cells = [], [], []
    for one in results:
        value = _reported(one) if estimator is None else _estimated(one, estimator)
        if value is not None:
            e_mV, limits = value
            errors.append(e_mV - one.true_mV)
            covered.append(contains(limits, one.true_mV))
            cells.append(id(one.case))
    if not errors:
        return ScoredRecording(0, *(math.nan for _ in range(4)))
    every = np.array(errors)
    return ScoredRecording(
        count=every.size,
        bias_mV=float(every.mean()),
        bias_error_mV=_error_of_mean(every, cells),
        rms_mV=float(np.sqrt((every**2).mean())),
        coverage=float(np.mean(covered)),
    )


def _error_of_mean(values: np.ndarray, cells: Sequence[int]) -> float:
    """Half-width of the 95 % interval of a mean of values, several of each cell; NaN for a single cell."""
    count, cell = len(set(cells)), np.unique(cells, return_inverse=True)[1]
    if count < 2:
        return math.nan
    deviation = float(np.linalg.norm(np.bincount(cell, values - values.mean()))) / values.size
    return STANDARD_ERRORS_95 * deviation * math.sqrt(count / (count - 1))


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


class Claim(StrEnum):
    """What a row claims about its coverage and bias."""

    HOLDS = "holds"
    FAILS = "fails"
    NONE = "not claimed"


def claim(group: Sequence[MeasuredCase], *, of_bias: bool = True) -> Claim:
    """Whether the coverage and the bias of a row are in the claimed ranges, without any allowance.

    Nothing is claimed for a row whose counting error is larger than half of the claimed range of coverage.

    of_bias : whether the bias is claimed, too
    """
    score = scored(group)
    if counting_error(0.95, score.count, CLUSTERING) > LARGEST_CLAIMED_ERROR:
        return Claim.NONE
    default = scored(at_default_noise(group))
    biased = of_bias and default.count > 0 and abs(default.bias_mV) >= LARGEST_BIAS_mV
    covered = CLAIMED_COVERAGE[0] <= score.coverage <= CLAIMED_COVERAGE[1]
    return Claim.HOLDS if covered and not biased else Claim.FAILS


def rows_by_factor(results: Sequence[MeasuredCase]) -> dict[tuple[str, str], list[MeasuredCase]]:
    """Recordings of each row of the table, by factor and level; those of all levels are first."""
    return {("all", ""): list(results), **dict(sorted(by_factor(results).items()))}


def failed_claims(results: Sequence[MeasuredCase]) -> list[str]:
    """Names of the rows that do not hold what they claim."""
    return [" ".join(row).strip() for row, group in rows_by_factor(results).items() if claim(group) is Claim.FAILS]


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
