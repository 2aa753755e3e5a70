"""Cases of clipped samples, against currents of whole steps of a digitiser of which the flat tops are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, exactly, first
from reversal.calibration.constant_cases.made import RATE_Hz, curve, flat, sweeps
from reversal.measure.quality.clipping import clipped_samples

SAMPLES, TOP = 1000, 1000.0


def samples_that_are_clipped() -> Answers:
    """Current, relative to the limit of the digitiser, that counts as clipped."""

    def clipped(relative: float) -> bool:
        commands = [flat(("before", 40, -80.0), ("A", 100, v)) for v in (-60.0, -40.0)]
        made = sweeps(commands, np.full((2, 140), 100.0 * relative), limit_pA=100.0)
        one = replace(curve(np.array([-60.0, -40.0]), np.zeros(2)), window_ms=np.array([[8.0, 12.0]] * 2))
        return bool(clipped_samples(made, one))

    return {"relative": exactly(first((0.4, 0.51, 0.9, 0.998, 0.9995, 1.5, 2.1), clipped), 0.9995)}


def _has_flat_top(i_pA: FloatArray) -> bool:
    """Whether samples of one sweep, all of it measured, are clipped."""
    made = sweeps([flat(("A", i_pA.size, -60.0))], i_pA[None])
    one = curve(np.array([-60.0]), np.zeros(1))
    return bool(clipped_samples(made, replace(one, window_ms=np.array([[0.0, 1000.0 * i_pA.size / RATE_Hz]]))))


def _below(top: int, alike: int = 1) -> FloatArray:
    """A current of whole steps from 0 to below a top; each value ``alike`` times, the next one at least 4 steps off."""
    return np.asarray((np.arange(SAMPLES) // alike * 11 % top), dtype=np.float64)


def shortest_flat_top() -> Answers:
    """Fewest samples of a flat top where no neighbours are alike, and where half of them are: 1 + log₂(10⁶ samples)."""

    def shortest(alike: int) -> int | None:
        below = _below(800, alike)
        return first(range(1, 60), lambda run: _has_flat_top(np.concatenate([below, np.full(run, TOP)])))

    return {"unlike": exactly(shortest(1), 5.0), "half_alike": exactly(shortest(2), 1.0 + 30.0)}


def noise_of_a_flat_top() -> Answers:
    """Largest noise of 100 clipped samples that are seen, and smallest current that is clipped, in digitiser steps."""

    def noisy(steps: float) -> bool:
        return _has_flat_top(np.concatenate([_below(800), TOP - steps * (np.arange(100) % 2)]))

    def small(steps: int) -> bool:
        return _has_flat_top(np.concatenate([_below(steps - 5), np.full(100, float(steps))]))

    return {
        "noise_steps": exactly(max((n for n in range(1, 8) if noisy(float(n))), default=None), 2.0),
        "current_steps": exactly(first((20, 24, 26, 48, 50, 52, 98, 102), small), 50.0),
    }


CASES = (samples_that_are_clipped, shortest_flat_top, noise_of_a_flat_top)
