"""Cases of a reversal potential that moves while tails decay, and of the charge before them, both known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.made import curve, white
from reversal.measure.iv.tail_reversal_shift import ReversalShift, TailDecay, reversal_shift
from reversal.measure.protocol.conditioning import Conditioning
from reversal.measure.quality.tail_charge import tail_charge
from reversal.tables.findings.finding import Finding
from reversal.tables.iv_table import IVKind

FIRST = 20
TIME_ms = 0.1 * np.arange(FIRST, 2000)
E_mV, TAU_ms = -78.0, 33.0
SEEN_ms = (2.7, 43.4)
"""Mean time of the current in the first stretch, and in the last one with more than 15 % of it, of 33 to 57 ms [ms]."""


def _levels(count: int, step_mV: float) -> FloatArray:
    """Levels around the reversal potential."""
    return E_mV + 2.0 + step_mV * (np.arange(float(count)) - count // 2)


def _shift(levels_mV: FloatArray, per_ms: float = 0.0, noise_pA: float = 1.0) -> ReversalShift | None:
    """Tails of 8 nS that close e-fold faster every 60 mV, while E_rev moves by ``per_ms`` [mV/ms]."""
    away_mV = levels_mV[:, None] - E_mV
    rows = 8.0 * np.exp(-TIME_ms / (TAU_ms * np.exp(away_mV / 60.0))) * (away_mV - per_ms * TIME_ms)
    return reversal_shift(rows + white(rows.shape, 4, noise_pA), levels_mV, FIRST, noise_pA**2, 0.0)


def a_reversal_that_moves_while_tails_decay() -> Answers:
    """0.1 mV/ms between the first and the last stretch, and none, in steps of 5 and of 10 mV."""
    answers: dict[str, Known | float | None] = {}
    for step_mV in (5.0, 10.0):
        for name, per_ms in (("moving", 0.1), ("still", 0.0)):
            found = _shift(_levels(round(120.0 / step_mV), step_mV), per_ms)
            truth = per_ms * (SEEN_ms[1] - SEEN_ms[0])
            answers[f"{name}_{step_mV:g}_mV"] = Known(found.mV if found else None, truth, 0.25)
            answers[f"{name}_{step_mV:g}_se_mV"] = found.se_mV if found else None
    return answers


def tails_that_show_no_shift() -> Answers:
    """Fewest levels that show a shift; noise from which the zeros of four, 20 mV apart, are not known [pA]."""
    noises = tuple(100.0 * 1.1**n for n in range(25))
    return {
        "levels": exactly(first(range(2, 14), lambda n: _shift(_levels(n, 10.0)) is not None), 4.0),
        "noise_pA": first(noises, lambda noise: _shift(_levels(4, 20.0), 0.0, noise) is None),
    }


def _note(charge_pC_per_pF: float, shift: ReversalShift | None = None) -> Finding | None:
    """Note on the charge before tails of a cell of 10 pF."""
    decay = TailDecay(np.zeros(3), np.ones(3), shift)
    tails = curve(np.array([-90.0, -70.0, -50.0]), np.zeros(3), IVKind.TAIL)
    return tail_charge(
        replace(tails, tail_decay=decay, conditioning=Conditioning(0.0, 0.0, 10.0 * charge_pC_per_pF)), 10.0
    )


def charge_before_tails() -> Answers:
    """9.6485 pC/pF are 10⁻⁶ mol/m², or 33.3 mM in 30 nm; smallest charge, and shift and error that leave 2 mV open."""
    charges, errors = (0.7, 0.8, 1.4, 1.6, 1.9, 2.1, 2.9, 3.1, 3.9, 4.1), tuple(0.02 * n for n in range(200))
    note = _note(9.6485)
    raised_mM = None if note is None else float(note.values["raised_mM"])

    def possible(mV: float, se_mV: float) -> bool:
        return _note(9.6485, ReversalShift(mV, se_mV)) is not None

    return {
        "raised_mM": exactly(raised_mM, 1e-6 / 30e-9),
        "smallest_pC_per_pF": exactly(first(charges, lambda charge: _note(charge) is not None), 1.6),
        "smallest_mV": exactly(first(charges, lambda mV: possible(mV, 0.0)), 2.1),
        "smallest_se_mV": Known(turning(errors, lambda se_mV: possible(0.0, se_mV)), 2.0 / 1.96, 0.03),
    }


CASES = (a_reversal_that_moves_while_tails_decay, tails_that_show_no_shift, charge_before_tails)
