"""Cases of tail currents that are extrapolated to the step, against relaxations of known size."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.made import flat, sweeps, white
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import read_curve
from reversal.measure.iv.tail_currents import EdgeCurrents, Noise, edge_currents, noise_of, transient_remains
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan

LEVELS_mV = np.array([-110.0, -90.0, -70.0, -50.0, -30.0, -10.0])
SIZES_pA = np.array([-300.0, -180.0, -60.0, 60.0, 180.0, 300.0])
FIRST, SAMPLES = 20, 600
WHITE = Noise(1.0, 1.0)


def _tails(
    taus: tuple[float, ...], sizes_pA: FloatArray = SIZES_pA, start: int = FIRST, noise_pA: float = 1.0
) -> FloatArray:
    """Tails with a part of equal size for each time constant, ``start`` samples after the step, with white noise."""
    time = start + np.arange(SAMPLES)
    shape = np.mean([np.exp(-time / tau) for tau in taus], axis=0)
    return np.outer(sizes_pA, shape) + white((sizes_pA.size, SAMPLES), 4, noise_pA)


def _answers(found: EdgeCurrents, truth_pA: FloatArray = SIZES_pA) -> Answers:
    near = int(np.argmin(np.abs(truth_pA)))
    return {
        "largest_pA": Known(float(found.at_edge[0]), float(truth_pA[0]), 5.0 * float(found.se[0])),
        "smallest_pA": Known(float(found.at_edge[near]), float(truth_pA[near]), 5.0 * float(found.se[near])),
        "se_largest_pA": float(found.se[0]),
        "se_smallest_pA": float(found.se[near]),
        "extrapolated_fraction": found.extrapolated_fraction,
        "drift_gain": float(found.drift_gain[0]),
    }


def tails_of_one_relaxation() -> Answers:
    """τ of 150 samples; the window starts 20 samples after the step."""
    return _answers(edge_currents(_tails((150.0,)), LEVELS_mV, FIRST, WHITE, transient=False))


def tails_of_two_relaxations() -> Answers:
    """τ of 40 and 200 samples with noise of 10 pA."""
    samples = _tails((40.0, 200.0), noise_pA=10.0)
    return _answers(edge_currents(samples, LEVELS_mV, FIRST, Noise(100.0, 1.0), transient=False))


def tails_with_a_small_second_relaxation() -> Answers:
    """Smallest part with a τ of 45 samples, besides 150 samples, for which the error of a tail of 300 pA is larger."""
    parts = tuple(0.004 * n for n in range(1, 100))
    one, other = _tails((150.0,), noise_pA=0.0), _tails((45.0,), noise_pA=0.0)
    noise = white((6, SAMPLES), 4, 3.0)

    def error_pA(part: float) -> float:
        samples = (1.0 - part) * one + part * other + noise
        return float(edge_currents(samples, LEVELS_mV, FIRST, Noise(9.0, 1.0), transient=False).se[0])

    alone_pA = error_pA(0.0)
    part = first(parts, lambda one: error_pA(one) > 1.5 * alone_pA)
    return {"part": part}


def small_tails() -> Answers:
    """Tails of a few standard deviations of the noise, of which the neighbours show the time constant."""
    sizes_pA = SIZES_pA / 60.0
    return _answers(edge_currents(_tails((60.0,), sizes_pA), LEVELS_mV, FIRST, WHITE, transient=False), sizes_pA)


def tails_much_slower_than_the_window() -> Answers:
    """τ of 2000 samples in a window of 600."""
    return _answers(edge_currents(_tails((2000.0,)), LEVELS_mV, FIRST, WHITE, transient=False))


def tails_as_fast_as_the_samples() -> Answers:
    """τ of 3 samples; the window starts 2 samples after the step."""
    return _answers(edge_currents(_tails((3.0,), start=2), LEVELS_mV, 2, WHITE, transient=False))


def tails_as_fast_as_the_blank() -> Answers:
    """τ of 12 samples; the window starts 20 samples after the step."""
    return _answers(edge_currents(_tails((12.0,)), LEVELS_mV, FIRST, WHITE, transient=False))


def tails_with_a_transient() -> Answers:
    """τ of 150 samples, and a charging current of 30 pA with a τ of 15 samples that is not extrapolated."""
    charging = 30.0 * np.exp(-np.arange(SAMPLES) / 15.0)
    return _answers(edge_currents(_tails((150.0,)) + charging, LEVELS_mV, FIRST, WHITE, transient=True))


def tails_with_a_fast_and_a_slow_transient() -> Answers:
    """Charging currents with a τ of 9 and of 70 samples, together with a tail of 300 samples."""
    sizes: dict[str, Known | float] = {}
    for name, tau in (("fast", 9.0), ("slow", 70.0)):
        charging = 60.0 * np.exp(-np.arange(SAMPLES) / tau)
        found = edge_currents(_tails((300.0,)) + charging, LEVELS_mV, FIRST, WHITE, transient=True)
        sizes[f"{name}_pA"], sizes[f"{name}_se_pA"] = float(found.at_edge[0]), float(found.se[0])
    return sizes


def smallest_transient_in_tails() -> Answers:
    """Smallest transient that is detected where the tails reverse [pA], by length of the window and noise."""
    tails = _tails((300.0,))
    decay = np.exp(-np.arange(SAMPLES) / 15.0)
    sizes = tuple(0.3 * 1.04**n for n in range(130))

    def smallest(samples: int, noise: Noise) -> float | None:
        return turning(
            sizes, lambda size: transient_remains((tails + size * decay)[:, :samples], LEVELS_mV, FIRST, noise)
        )

    return {
        "white_pA": smallest(600, WHITE),
        "correlated_pA": smallest(600, Noise(1.0, 4.0)),
        "medium_pA": smallest(300, WHITE),
        "short_pA": smallest(200, WHITE),
    }


def shortest_window_with_a_transient() -> Answers:
    """Window, in blanks, from which a transient is looked for: its end must not be all of the later stretch."""
    tails = _tails((300.0,)) + 100.0 * np.exp(-np.arange(SAMPLES) / 15.0)
    blanks = (7, 8, 9, 12, 15, 16, 17, 20)
    return {
        "blanks": Known(
            first(blanks, lambda n: transient_remains(tails[:, : n * FIRST], LEVELS_mV, FIRST, WHITE)), 9.0, 0.1
        )
    }


def fewest_tails_with_a_transient() -> Answers:
    """Tails of which two on each side of the reversal are enough to show a transient."""

    def shows(count: int) -> bool:
        levels = 20.0 * (np.arange(float(count)) - 0.5 * (count - 1) - 0.2)
        tails = _tails((300.0,), 6.0 * levels) + 100.0 * np.exp(-np.arange(SAMPLES) / 15.0)
        return transient_remains(tails, levels, FIRST, WHITE)

    return {"tails": exactly(first(range(2, 10), shows), 4.0)}


def noise_of_tails() -> Answers:
    """White noise of variance 4 and a relaxation that lasts into the second half of the window."""
    noise = noise_of(_tails((150.0,)) + white((6, SAMPLES), 8, 3.0**0.5))
    return {"variance": Known(noise.variance, 4.0, 0.6), "inflation": Known(noise.inflation, 1.0, 0.3)}


def a_family_of_tails() -> Answers:
    """Tails of τ 8 ms, extrapolated to 2 samples after the step, the delay of the clamp."""
    rng = np.random.default_rng(3)
    commands = [flat(("before", 400, -80.0), ("A", 200, 20.0), ("B", SAMPLES, v)) for v in LEVELS_mV.tolist()]
    rows = white((6, 400 + 200 + SAMPLES), 6) + np.cumsum(0.06 * rng.standard_normal((6, 1200)), axis=1)
    rows[:, 600:] += np.outer(SIZES_pA, np.exp(-np.arange(SAMPLES) / 80.0))
    made = sweeps(commands, rows)
    found = read_curve(made, plan(made.recording, Window()), Window(), 1.5, Clamp(0.1, 5000.0))
    if found.decaying_pA is None or found.decaying_se_pA is None:
        return {"kind": found.kind.value}
    largest = -300.0 * float(np.exp(-2.0 / 80.0))
    return {
        "largest_pA": Known(float(found.i_pA[0]), largest, 5.0 * float(found.se_pA[0])),
        "se_pA": float(found.se_pA[0]),
        "dof": found.dof,
        "decaying_pA": Known(float(found.decaying_pA[0]), largest, 5.0 * float(found.decaying_se_pA[0])),
        "decaying_se_pA": float(found.decaying_se_pA[0]),
    }


CASES = (
    tails_of_one_relaxation,
    tails_of_two_relaxations,
    tails_with_a_small_second_relaxation,
    small_tails,
    tails_much_slower_than_the_window,
    tails_as_fast_as_the_samples,
    tails_as_fast_as_the_blank,
    tails_with_a_transient,
    tails_with_a_fast_and_a_slow_transient,
    smallest_transient_in_tails,
    shortest_window_with_a_transient,
    fewest_tails_with_a_transient,
    noise_of_tails,
    a_family_of_tails,
)
