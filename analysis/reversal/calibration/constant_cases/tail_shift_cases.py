"""Cases of a reversal potential that moves while tails decay, and of the charge before them, both known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.made import curve, white
from reversal.measure.iv.tail_reversal_shift import ReversalShift, TailDecay, reversal_shift
from reversal.measure.protocol.conditioning import Conditioning
from reversal.measure.quality.tail_charge import UnseenShift, unseen_shift
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.voltage.nernst_prediction import Prediction
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV
from reversal.tables.estimates_table import Estimator
from reversal.tables.iv_table import IVKind

FIRST = 20
TIME_ms = 0.1 * np.arange(FIRST, 2000)
E_mV, TAU_ms, EXCHANGE_ms = -78.0, 33.0, 100.0
CELSIUS = 22.0
SEEN_ms = (2.7, 43.4)
"""Mean time of the current in the first stretch, and in the last one with more than 15 % of it, of 33 to 57 ms [ms]."""


def _levels(count: int, step_mV: float) -> FloatArray:
    """Levels around the reversal potential."""
    return E_mV + 2.0 + step_mV * (np.arange(float(count)) - count // 2)


def _shift(levels_mV: FloatArray, per_ms: float = 0.0, noise_pA: float = 1.0) -> ReversalShift | None:
    """Tails of 8 nS that close e-fold faster every 60 mV, while E_rev moves by ``per_ms`` [mV/ms]."""
    away_mV = levels_mV[:, None] - E_mV
    rows = 8.0 * np.exp(-TIME_ms / (TAU_ms * np.exp(away_mV / 60.0))) * (away_mV - per_ms * TIME_ms)
    return reversal_shift(rows + white(rows.shape, 4, noise_pA), levels_mV, FIRST, noise_pA**2, 0.0, 10.0 * EXCHANGE_ms)


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


def _unseen(charge_pC_per_pF: float, shift: ReversalShift | None = None) -> UnseenShift | None:
    """Shift that is not excluded by tails of a cell of 10 pF in 20 mM K⁺, with 140 mM inside."""
    tails = curve(np.array([-90.0, -70.0, -50.0]), np.zeros(3), IVKind.TAIL)
    tails = replace(
        tails,
        tail_decay=TailDecay(np.zeros(3), np.ones(3), shift),
        conditioning=Conditioning(0.0, 0.0, 10.0 * charge_pC_per_pF),
    )
    e_mV = float(nernst_mV(20.0, 140.0, 1, CELSIUS))
    estimate = Estimate(e_mV, e_mV - 1.0, e_mV + 1.0, 0.5, Estimator.SMOOTH_CURVE, None)
    return unseen_shift(tails, 10.0, estimate, Prediction("K", 1, 20.0, 140.0, e_mV), None, CELSIUS, 30.0)


def charge_before_tails() -> Answers:
    """9.6485 pC/pF are 10⁻⁶ mol/m², or 33.3 mM in 30 nm; smallest charge, and shift and error that leave 1 mV open.

    1 pC/pF is 3.455 mM of the 20 mM that E_rev shows.
    """
    charges, errors = tuple(0.01 * n for n in range(100)), tuple(0.02 * n for n in range(200))
    all_of_it, one = _unseen(9.6485), _unseen(1.0)

    def possible(mV: float, se_mV: float) -> bool:
        return _unseen(9.6485, ReversalShift(mV, se_mV, seen=0.5)) is not None

    thermal_mV = float(thermal_voltage_mV(CELSIUS))
    return {
        "raised_mM": exactly(
            None if all_of_it is None else float(all_of_it.finding().values["raised_mM"]), 1e-6 / 30e-9
        ),
        "of_charge_mV": Known(None if one is None else one.mV, thermal_mV * float(np.log(20.0 / (20.0 - 3.455))), 0.01),
        "smallest_pC_per_pF": Known(
            turning(charges, lambda charge: _unseen(charge) is not None),
            20.0 * (1.0 - float(np.exp(-1.0 / thermal_mV))) / 3.455,
            0.02,
        ),
        "smallest_mV": Known(turning(errors, lambda mV: possible(-mV, 0.0)), 0.5, 0.03),
        "smallest_se_mV": Known(turning(errors, lambda se_mV: possible(0.0, se_mV)), 0.5 / 1.645, 0.03),
    }


CASES = (a_reversal_that_moves_while_tails_decay, tails_that_show_no_shift, charge_before_tails)
