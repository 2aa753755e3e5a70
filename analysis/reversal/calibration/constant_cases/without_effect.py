"""Reviewed list of constants that have no effect in any case, each with the reason.

An entry is right only if halving or doubling the constant changes no answer of any case. A test fails for an entry that
is no longer needed, and if the list becomes longer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """Factors by which a constant may be multiplied without any effect on an answer, and why."""

    factors: tuple[float, ...]
    reason: str


WITHOUT_EFFECT = {
    "FILTER_RESPONSE_PERIODS": WithoutEffect(
        (0.5, 2.0), "the response has decayed to e^−12 after half as long, which is below any noise"
    ),
    "MIN_JUMP_SWEEPS": WithoutEffect(
        (0.5,), "with fewer than 8 sweeps a jump is never four times the median of the differences it raises itself"
    ),
    "MIN_RUNS_TEST_POINTS": WithoutEffect(
        (0.5,), "residuals of a line through fewer than 12 points have at least 3 runs, which is never significant"
    ),
}
MOST_WITHOUT_EFFECT = 3
"""Length of the reviewed list, which may only become less."""
