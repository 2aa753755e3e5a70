"""Recordings whose noise, converter or protocol is less favourable than in the first table, with the same claim."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reversal.calibration.drawn_cases import Case, DEFAULT_RANGE_mV, DEFAULT_STEP_mV, LEVEL_SHIFT_mV, RANGES_mV, draw
from reversal.simulate.amplifier import COUNTS, RANGE_V
from reversal.simulate.bath import SERIES

COARSE_pA = 5.0  # of one count of the converter
QUIET_NOISES_pA = (0.5, 1.5, 5.0)  # a tenth of a count, a third of it, one count
FLICKERS_pA = (0.5, 1.5)  # rms of 1/f noise in each decade of frequency
FLICKER_WHITE_pA = 3.0
FAINT_PEAK_SCALE, FAINT_PEAK_NOISE_pA = 0.02, 8.0  # the largest inward peaks are about 50 pA
RECTIFIER_STEPS_mV = (10.0, 20.0, 30.0)
TAIL_CHANNELS = ("slow_delayed_rectifier", "hyperpolarisation_activated")


def _coarse(case: Case, rng: np.random.Generator) -> Case:
    noise = float(rng.choice(QUIET_NOISES_pA))
    return replace(_any_protocol(case, rng), noise_pA=noise, mV_per_pA=1000.0 * RANGE_V / (COUNTS * COARSE_pA))


def _flicker(case: Case, rng: np.random.Generator) -> Case:
    amplitude = float(rng.choice(FLICKERS_pA))
    return replace(_any_protocol(case, rng), noise_pA=FLICKER_WHITE_pA, flicker_pA=amplitude)


def _single_ramp(case: Case, rng: np.random.Generator) -> Case:
    return replace(_of(case, "one-way ramp", "background_potassium", rng), sweeps=1)


def _single_ramp_and_return(case: Case, rng: np.random.Generator) -> Case:
    return replace(_of(case, "ramp", "background_potassium", rng), sweeps=1)


def _lagging_gates(case: Case, rng: np.random.Generator) -> Case:
    return replace(_of(case, "ramp", "weakly_gated_potassium", rng), sweeps=int(rng.choice((1, 5))))


def _two_relaxations(case: Case, rng: np.random.Generator) -> Case:
    return _of(case, "tail", "two_relaxations", rng)


def _faint_peaks(case: Case, rng: np.random.Generator) -> Case:
    rig = replace(case, scale=FAINT_PEAK_SCALE, noise_pA=FAINT_PEAK_NOISE_pA, rs_MOhm=5.0, compensation=0.8)
    return _of(rig, "peak", "transient_sodium", rng)


def _steps_through_a_rectifier(step_mV: float) -> Callable[[Case, np.random.Generator], Case]:
    """Draw tails or steady currents of an inward rectifier, in steps of which the first lies anywhere."""

    def drawing(case: Case, rng: np.random.Generator) -> Case:
        kind, channel = (("tail", "rectifying_tail"), ("steady", "inward_rectifier"))[int(rng.integers(2))]
        drawn = _of(case, kind, channel, rng)
        low_mV = drawn.low_mV - round(rng.uniform(0.0, step_mV), 1)
        steps = math.ceil((drawn.high_mV - low_mV) / step_mV)
        return replace(drawn, low_mV=low_mV, high_mV=low_mV + steps * step_mV, step_mV=step_mV)

    return drawing


COARSE = {f"steps of {step:g} mV through a rectifier": _steps_through_a_rectifier(step) for step in RECTIFIER_STEPS_mV}
"""Their intervals contain a bend that the steps may hide, so they contain the truth more often than they claim."""
HARDER: dict[str, Callable[[Case, np.random.Generator], Case]] = {
    "one count of the converter is 5 pA, noise 0.5 to 5 pA": _coarse,
    "1/f noise of 0.5 or 1.5 pA in each decade": _flicker,
    "one sweep of a ramp": _single_ramp,
    "one sweep of a ramp up and down": _single_ramp_and_return,
    "ramps up and down, gates of 2 to 12 ms": _lagging_gates,
    "tails of two slow relaxations": _two_relaxations,
    "sodium peaks of about 50 pA, noise 8 pA": _faint_peaks,
    **COARSE,
}


def draw_harder(rng: np.random.Generator, what: str) -> Case:
    """Draw a recording of one of the sorts above."""
    return HARDER[what](draw(rng), rng)


def _any_protocol(case: Case, rng: np.random.Generator) -> Case:
    kind = str(rng.choice(("steady", "tail", "ramp", "one-way ramp")))
    return _of(case, kind, str(rng.choice(TAIL_CHANNELS)) if kind == "tail" else "background_potassium", rng)


def _of(case: Case, kind: str, channel: str, rng: np.random.Generator) -> Case:
    """The case with another protocol and channel, in any bath."""
    low, high = np.array(RANGES_mV.get(kind, DEFAULT_RANGE_mV)) + round(rng.uniform(-LEVEL_SHIFT_mV, LEVEL_SHIFT_mV), 1)
    return replace(
        case,
        kind=kind,
        channel=channel,
        bath=SERIES[int(rng.integers(len(SERIES)))],
        low_mV=float(low),
        high_mV=float(high),
        step_mV=DEFAULT_STEP_mV,
    )
