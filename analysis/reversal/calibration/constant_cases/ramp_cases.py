"""Cases of ramps and their charging current, against a conductance of 2 nS that reverses at −20 mV."""

from __future__ import annotations

import numpy as np

from reversal.calibration.constant_cases.case import Answers, Known, exactly, first
from reversal.calibration.constant_cases.made import flat, sweeps, white
from reversal.errors import Refusal
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.ramp_capacitance import Onset, charging_capacitance
from reversal.measure.iv.ramp_currents import RampCurve, read_ramp
from reversal.measure.membrane.clamp import Capacitance, Clamp
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.statistics.correlated_noise import covariance_of_noise

FROM_mV, RANGE_mV, BEFORE = -110.0, 150.0, 1600
CLAMP = Clamp(0.1, 5000.0, residual_MOhm=10.0, cm_pF=20.0)


def _ramp(
    count: int = 5, length: int = 4000, range_mV: float = RANGE_mV, before: int = BEFORE, noise: float = 2.0
) -> Sweeps:
    """Ramps at 10 kHz after a flat stretch at their first level, with the charging current of 20 pF and slow noise."""
    v = FROM_mV + range_mV * np.concatenate([np.zeros(before), np.arange(length) / length])
    charging = np.where(np.arange(v.size) >= before, 20.0 * range_mV / (0.1 * length), 0.0)
    bent = 2.0 * (v + 20.0) + 0.02 * (v + 20.0) ** 2
    slow = np.convolve(white((v.size + 199,), 2, 0.5 * noise), np.ones(200), "valid") / 10.0
    rows = bent + charging + white((count, v.size), 6, noise) + np.outer(np.linspace(-1.0, 1.0, count), slow)
    parts = [("before", before, FROM_mV)] if before else []
    command = flat(*parts, ("A", length, FROM_mV + range_mV), ramp_from_mV=FROM_mV)
    return sweeps([command] * count, rows)


def _read(made: Sweeps, clamp: Clamp = CLAMP) -> RampCurve:
    return read_ramp(made, plan(made.recording, Window()), 1.0, clamp)


def _answers(found: RampCurve) -> Answers:
    middle = found.v_mV.size // 2
    truth_pA = 2.0 * (found.v_mV + 20.0) + 0.02 * (found.v_mV + 20.0) ** 2
    return {
        "points": found.v_mV.size,
        "middle_pA": Known(float(found.i_pA[middle]), float(truth_pA[middle]), 5.0 * float(found.se_pA[middle])),
        "se_pA": float(found.se_pA[middle]),
        "se_first_pA": float(found.se_pA[0]),
        "correlation": float(found.correlation[middle, middle + 1]),
        "dof": found.dof,
    }


def ramps_of_five_sweeps() -> Answers:
    """Ramps of 150 mV in 400 ms: current in the middle, errors and their correlation."""
    return _answers(_read(_ramp()))


def ramps_of_three_sweeps() -> Answers:
    """The fewest sweeps whose scatter gives the error."""
    return _answers(_read(_ramp(3)))


def ramps_of_two_sweeps() -> Answers:
    """Errors from the noise about a polynomial through each sweep."""
    return _answers(_read(_ramp(2)))


def ramps_of_one_sweep() -> Answers:
    """Errors from the noise about a polynomial; a ramp of 36 mV has the fewest degrees of freedom."""
    short = _read(_ramp(1, range_mV=36.0))
    return {**_answers(_read(_ramp(1))), "short_se_pA": float(short.se_pA[3]), "short_dof": exactly(short.dof, 5.0)}


def noise_of_a_ramp_and_its_return() -> Answers:
    """White noise of variance 4 and slow noise of variance 4 with a τ of two points, from one record of 30 points."""
    lags = np.abs(np.arange(30)[:, None] - np.arange(30))
    covariance = 4.0 * (np.eye(30) + np.exp(-lags / 2.0))
    rows = white((40, 30), 7) @ np.linalg.cholesky(covariance).T
    found = covariance_of_noise(rows, np.ones((30, 1)))
    slow = covariance_of_noise(np.sin(np.linspace(0.0, 3.0, 30))[None], np.ones((30, 1)))
    return {
        "variance": Known(float(found[15, 15]), 8.0, 1.2),
        "next": Known(float(found[15, 16]), 4.0 * float(np.exp(-0.5)), 1.2),
        "slow": float(slow.sum() / 900.0),
    }


def points_of_short_ramps() -> Answers:
    """Shortest ramp that gives six points of 16 samples, and points of a ramp of 36 mV."""

    def measured(length: int) -> bool:
        made = _ramp(length=length, before=0)
        try:
            return _read(made).v_mV.size > 0
        except Refusal:
            return False

    return {
        "samples": exactly(first(range(40, 240, 2), measured), 106.0),
        "points_of_36_mV": exactly(float(_read(_ramp(range_mV=36.0)).v_mV.size), 6.0),
        "points_of_31_mV": exactly(float(_read(_ramp(range_mV=31.0)).v_mV.size), 6.0),
        "points_of_90_mV": exactly(float(_read(_ramp(range_mV=90.0)).v_mV.size), 15.0),
    }


def _at_corner(made: Sweeps, tested: Capacitance | None = None) -> Capacitance | None:
    onset = Onset(RANGE_mV / 400.0, 0.17, 1.0)
    return charging_capacitance(made, plan(made.recording, Window()), 10, onset, tested, None)[0]


def capacitance_at_the_start_of_a_ramp() -> Answers:
    """20 pF from the jump of the current, alone and with a membrane test of 20 ± 0.2 pF."""
    alone, both = _at_corner(_ramp()), _at_corner(_ramp(), Capacitance(20.0, 0.2))
    if alone is None or both is None:
        return {"capacitance": "none"}
    return {
        "alone_pF": Known(alone.pF, 20.0, 5.0 * alone.sd_pF),
        "alone_sd_pF": alone.sd_pF,
        "both_pF": Known(both.pF, 20.0, 5.0 * both.sd_pF),
        "both_sd_pF": both.sd_pF,
    }


def capacitance_of_short_stretches() -> Answers:
    """Shortest flat stretch before a ramp, and shortest ramp, of which the jump of the current is measured."""

    def before(n: int) -> bool:
        return _at_corner(_ramp(before=n)) is not None

    def length(n: int) -> bool:
        return _at_corner(_ramp(length=n)) is not None

    return {
        "before": exactly(first(range(10, 80, 2), before), 32.0),
        "length": exactly(first(range(40, 400, 4), length), 128.0),
    }


def membrane_test_of_a_ramp() -> Answers:
    """Without a flat stretch, the membrane test alone counts, with 0.3 pF of stray capacitance."""
    found = _at_corner(_ramp(before=0), Capacitance(20.0, 0.4))
    return {"sd_pF": exactly(found.sd_pF if found else None, 0.5)}


def unknown_delay_of_a_ramp() -> Answers:
    """Where clamp and filter are not known, the delay adds the slope times 0.28 ms of the ramp."""
    found = _read(_ramp(), Clamp(None, None)).se_pA
    return {"se_last_pA": float(found[-1]), "se_first_pA": float(found[0])}


CASES = (
    ramps_of_five_sweeps,
    ramps_of_three_sweeps,
    ramps_of_two_sweeps,
    ramps_of_one_sweep,
    noise_of_a_ramp_and_its_return,
    points_of_short_ramps,
    capacitance_at_the_start_of_a_ramp,
    capacitance_of_short_stretches,
    membrane_test_of_a_ramp,
    unknown_delay_of_a_ramp,
)
