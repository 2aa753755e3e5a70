"""Cases of steady currents and peaks, and of what is blanked, against currents made by hand."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.made import flat, sweeps, white
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import between_sweeps, blank_ms, read_curve, recognised
from reversal.measure.iv.lasting_noise import lasting_noise
from reversal.measure.iv.peak_currents import course_of, peak_currents, peaks_at_times, start_reversal_mV
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan

LEVELS_mV = np.arange(-70.0, 71.0, 10.0)
SAMPLES = 800
TIME = np.arange(SAMPLES) / SAMPLES
GATED = np.where(LEVELS_mV > -40.0, LEVELS_mV - 30.0, 0.0)
"""Driving force where a gate opens at −40 mV, mV; not a line of voltage."""


def blank_after_a_step() -> Answers:
    """7 τ and a period of the filter, at least 4 periods; 1 ms where nothing is known."""
    return {
        "unknown_ms": exactly(blank_ms(Window(), None, None, 100.0), 1.0),
        "filter_ms": exactly(blank_ms(Window(), 500.0, 0.01, 100.0), 8.0),
        "clamp_ms": exactly(blank_ms(Window(), 10_000.0, 0.5, 100.0), 3.6),
    }


def _drifting(count: int, shared: int) -> tuple[float, int]:
    commands = [flat(("before", shared, -80.0), ("A", 200, -60.0 + 5.0 * n)) for n in range(count)]
    rng = np.random.default_rng(7)
    rows = white((count, shared + 200), 1) + 3.0 * rng.standard_normal((count, 1))
    return between_sweeps(sweeps(commands, rows), 50)


def drift_between_sweeps() -> Answers:
    """Variance of 9 pA² between sweeps; fewest sweeps and shortest stretch that show it, else 60 degrees of freedom."""
    variance, dof = _drifting(12, 200)
    return {
        "variance_pA2": Known(variance, 9.0, 6.0),
        "dof": dof,
        "sweeps": exactly(first(range(2, 14), lambda n: _drifting(n, 200)[0] > 0), 5.0),
        "samples": exactly(first(range(6, 40, 2), lambda n: _drifting(12, n)[0] > 0), 16.0),
        "without_dof": exactly(float(_drifting(3, 200)[1]), 60.0),
    }


def _lasting(count: int) -> float:
    """Variance that start and end of so many sweeps share; they share 4 pA² and a parabola over the sweeps."""
    commands = [flat(("before", 200, -80.0), ("A", 200, -60.0 + n), ("after", 500, -80.0)) for n in range(count)]
    shared = 2.0 * np.random.default_rng(4).standard_normal((count, 1)) + 0.01 * np.arange(count)[:, None] ** 2
    return lasting_noise(sweeps(commands, white((count, 900), 1) + shared)).variance_pA2


def noise_that_lasts_from_sweep_to_sweep() -> Answers:
    """Variance of 4 pA² that start and end of the sweeps share, and fewest sweeps that show it."""
    return {
        "variance_pA2": Known(_lasting(60), 4.0, 2.2),
        "sweeps": exactly(first(range(2, 40), lambda n: _lasting(n) > 0), 7.0),
    }


def _peaks(
    sizes_pA: FloatArray, rise: float = 0.05, decay: float = 0.1, noise: float = 1.0, seed: int = 2
) -> FloatArray:
    """Currents that rise and fall with these time constants, in windows, with the peak of each; zero at the end."""
    shape = np.exp(-TIME / decay) - np.exp(-TIME / rise)
    return np.outer(sizes_pA, shape / shape.max()) + white((sizes_pA.size, SAMPLES), seed, noise)


def peaks_of_a_family() -> Answers:
    """Peaks of −700 to +700 pA, with and without a known filter, and behind a filter of 50 Hz, which flattens them."""
    samples = _peaks(10.0 * LEVELS_mV)
    answers: dict[str, Known | float] = {}
    for name, lowpass_Hz in (("known", 2000.0), ("unknown", None), ("slow", 50.0)):
        found = peaks_at_times(samples, LEVELS_mV, lowpass_Hz, 20_000.0)
        answers[f"{name}_pA"] = Known(float(found.mean[0]), -700.0, 30.0)
        answers[f"{name}_se_pA"], answers[f"{name}_width"] = float(found.se[0]), found.width
    return answers


def peaks_by_the_course_of_other_levels() -> Answers:
    """A peak of 10 pA in noise of 3 pA, between peaks of up to 100 pA whose decay becomes faster with voltage."""
    rise, decay = (slow * np.exp(-LEVELS_mV / 100.0)[:, None] for slow in (0.02, 0.1))
    shape = np.exp(-TIME / decay) - np.exp(-TIME / rise)
    samples = (LEVELS_mV / 0.7)[:, None] * shape / shape.max(1, keepdims=True) + white(
        (LEVELS_mV.size, SAMPLES), 6, 3.0
    )
    found, at = peak_currents(samples, LEVELS_mV, 2000.0, 20_000.0), int(np.flatnonzero(LEVELS_mV == 10.0)[0])
    return {"pA": Known(float(found.mean[at]), 10.0 / 0.7, 2.0), "se_pA": float(found.se[at])}


def smallest_peak() -> Answers:
    """Smallest peak above noise, and rise that shows that the peak is in the window [pA]."""
    sizes = tuple(0.3 * 1.05**n for n in range(120))

    def without_findings(samples: FloatArray) -> bool:
        return not peak_currents(samples, LEVELS_mV, 2000.0, 20_000.0).findings

    def fell(size: float) -> FloatArray:
        """Peaks at the start of the window, with a rise of ``size`` before them."""
        start = np.where(TIME < 0.02, 40.0 - size, 40.0 * np.exp(-(TIME - 0.02) / 0.1))
        return np.outer(LEVELS_mV / 70.0, start) + white((LEVELS_mV.size, SAMPLES), 3)

    def codes(size: float) -> list[str]:
        sized = np.full(LEVELS_mV.size, size)
        return [one.code.value for one in peak_currents(_peaks(sized), LEVELS_mV, 2000.0, 20_000.0).findings]

    return {
        "detected_pA": turning(sizes, lambda size: "peak_not_detected" not in codes(size)),
        "rise_pA": turning(sizes, lambda size: without_findings(fell(size))),
    }


def _course(samples: FloatArray, levels_mV: FloatArray = LEVELS_mV) -> str:
    return course_of(samples, levels_mV).value


def _gated(lasting: float = 0.0, start: float = 0.0, size: float = 10.0) -> FloatArray:
    """A gated current that rises from ``start`` of its peak and falls to ``lasting`` of it."""
    rises = start + (1.0 - start) * np.minimum(TIME / 0.1, 1.0)
    falls = lasting + (1.0 - lasting) * np.minimum(np.exp(-(TIME - 0.1) / 0.12), 1.0)
    return np.outer(size * GATED, rises * falls) + white((LEVELS_mV.size, SAMPLES), 5)


def course_of_a_family() -> Answers:
    """Limits of a current that is measured at its peak: part that lasts, part at the start, size, backswing."""
    parts = tuple(0.02 * n for n in range(1, 60))
    sizes = tuple(0.002 * 1.06**n for n in range(100))
    rises = "rises and falls"

    def swinging(back: float) -> FloatArray:
        swing = np.where((TIME > 0.4) & (TIME < 0.6), -back, 0.0)
        return _gated() + np.outer(10.0 * GATED, swing)

    def plateau(size: float) -> FloatArray:
        """A gated current of one size that ends after a third of the window."""
        return np.outer(size * GATED, TIME < 0.3) + white((LEVELS_mV.size, SAMPLES), 5)

    return {
        "lasting": Known(turning(parts, lambda part: _course(_gated(lasting=part)) != rises), 0.5, 0.05),
        "start": Known(turning(parts, lambda part: _course(_gated(start=part)) != rises), 0.9, 0.1),
        "size": turning(sizes, lambda size: _course(_gated(size=size)) == rises),
        "departs": turning(sizes, lambda size: _course(plateau(size)) != "lasts"),
        "backswing": Known(turning(parts, lambda part: _course(swinging(part)) != rises), 0.2, 0.04),
    }


def sweeps_with_a_transient_current() -> Answers:
    """Sweeps that must share a transient current, and their size relative to the largest one."""
    parts = tuple(0.02 * n for n in range(1, 50))

    def few(count: int, levels: int, size: float = 1.0) -> str:
        """A transient current in ``count`` neighbours of so many levels, in all but one of relative ``size``."""
        sizes = np.zeros(levels)
        sizes[levels // 2 : levels // 2 + count] = size * 500.0
        sizes[levels // 2] = 500.0
        return _course(_peaks(sizes), np.linspace(-70.0, 70.0, levels))

    def fewest(levels: int) -> int | None:
        return first(range(1, 9), lambda count: few(count, levels) != "lasts")

    return {
        "of_15": exactly(fewest(15), 3.0),
        "of_8": exactly(fewest(8), 2.0),
        "full_family": exactly(first(range(5, 30), lambda levels: fewest(levels) == fewest(40)), 10.0),
        "levels": exactly(first(range(3, 14), lambda levels: few(3, levels) != "lasts"), 5.0),
        "size": Known(turning(parts, lambda part: few(3, 15, part) != "lasts"), 0.3, 0.03),
    }


def reversal_at_the_start_of_a_window() -> Answers:
    """A current that reverses at +30 mV and later at another voltage: shift that is reported, and the voltage."""
    decay = np.exp(-TIME / 0.05)[None]

    def at(shift_mV: float) -> FloatArray:
        drive = LEVELS_mV[:, None] - 33.0
        return 10.0 * drive * decay + 5.0 * (drive + shift_mV) * (1.0 - decay)

    shifts = tuple(0.5 * n for n in range(2, 40))
    return {
        "shift_mV": first(shifts, lambda shift: start_reversal_mV(at(shift), LEVELS_mV) is not None),
        "start_mV": start_reversal_mV(at(40.0), LEVELS_mV),
    }


def a_steady_family() -> Answers:
    """1 nS through 0 mV with slow noise; change within the last fifth of the steps, and its error."""
    commands = [flat(("before", 300, -80.0), ("A", SAMPLES, v)) for v in LEVELS_mV.tolist()]
    rng = np.random.default_rng(9)
    rows = white((LEVELS_mV.size, 300 + SAMPLES), 8) + 0.5 * rng.standard_normal((LEVELS_mV.size, 1))
    rows[:, 300:] += LEVELS_mV[:, None] * (1.0 + 0.02 * TIME)
    made = sweeps(commands, rows)
    planned = plan(made.recording, Window())
    found = read_curve(made, planned, Window(), 1.0, Clamp(0.1, 5000.0))
    return {
        "kind": recognised(made, planned, Window(), 1.0).kind.value,
        "first_pA": Known(float(found.i_pA[0]), -70.0 * 1.018, 5.0 * float(found.se_pA[0])),
        "se_pA": float(found.se_pA[0]),
        "dof": found.dof,
    }


CASES = (
    blank_after_a_step,
    drift_between_sweeps,
    noise_that_lasts_from_sweep_to_sweep,
    peaks_of_a_family,
    peaks_by_the_course_of_other_levels,
    smallest_peak,
    course_of_a_family,
    sweeps_with_a_transient_current,
    reversal_at_the_start_of_a_window,
    a_steady_family,
)
