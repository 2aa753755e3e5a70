"""Cases of the fit to the currents of all baths, against currents of a gated channel with a leak."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.fit_cases import BATHS_mM
from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.currents import current_model, ratios_from_currents
from reversal.fit.currents.current_model import (
    CurrentFit,
    Currents,
    Gating,
    currents_of,
    fit_currents,
    jackknife_interval,
)
from reversal.fit.currents.identifiability import Effects, is_identified
from reversal.fit.currents.leak_verdict import dominant_leak
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.iv_table import IVPoint

GATE = (-20.0, 12.0)
P = {"K": 1.0, "Na": 0.02}


@cache
def _measured(baths: int = 3) -> tuple[BathSeries, list[IVPoint]]:
    rig = Rig()
    rig.baths = k_series(*BATHS_mM[:baths])
    series = next(iter(series_of_cell(rig.reversals(P), rig.settings(Experiment(permeant=["K", "Na"])))))
    return series, iv_points(rig, P, GATE)


def points_of_the_currents() -> Answers:
    """Baths and points in each from which currents are fitted; weight of a bath without currents."""
    series, iv = _measured(3)

    def with_baths(n: int) -> bool:
        return currents_of(*_measured(n)) is not None

    def with_points(n: int) -> bool:
        return currents_of(series, [point for point in iv if point.sweep < n]) is not None

    silent = [p.model_copy(update={"i_pA": 1e-6 * p.i_pA}) if p.recording.endswith("K5") else p for p in iv]
    data = currents_of(series, silent)
    return {
        "baths": exactly(first(range(1, 5), with_baths), 2.0),
        "points": exactly(first(range(1, 13), with_points), 5.0),
        "weight": exactly(None if data is None else float(data.weight.max() / data.weight.min()), 1000.0),
    }


def _currents(gate: tuple[float, float], leak_nS: float = 0.0, e_leak_mV: float = 0.0, ratio: float = 0.02) -> Currents:
    """Exact currents of two baths: 300 µm³/s through a gate, and a leak."""
    data = currents_of(*_measured(2))
    if data is None:
        raise ValueError("no currents")
    opened = 1.0 / (1.0 + np.exp(np.clip((gate[0] - data.v_mV) / gate[1], -60.0, 60.0)))
    i_pA = 300.0 * opened * (data.unit_pA[:, 0] + ratio * data.unit_pA[:, 1]) + leak_nS * (data.v_mV - e_leak_mV)
    return replace(data, i_pA=i_pA)


def _fit(data: Currents) -> CurrentFit:
    return fit_currents(data, 0, [1])


def currents_of_a_gated_channel() -> Answers:
    """300 µm³/s through a gate at −20 mV with a slope of 12 mV, P_Na/P_K of 0.02, and a leak of 1 nS."""
    answers: dict[str, Known | float | None] = {}
    for e_mV in (195.0, 205.0):
        fit = _fit(_currents(GATE, 1.0, e_mV))
        answers[f"e_leak_{e_mV:g}_mV"] = fit.e_leak_mV
    answers["log_ratio"] = Known(float(fit.log_ratios[0]), float(np.log(0.02)), 0.01)
    answers["half_mV"] = Known(fit.gate[0] if fit.gate else None, GATE[0], 0.1)
    answers["leak_nS"] = Known(fit.leak_nS, 1.0, 0.01)
    return answers


def gates_at_their_limits() -> Answers:
    """A gate is at least 1 mV and at most 60 mV flat, and half-activated at most 200 mV from 0."""

    def limited(half_mV: float, slope_mV: float) -> FloatArray:
        trial, before = np.array([0.0, half_mV, slope_mV]), np.array([0.0, -20.0, 12.0])
        return current_model._limited(trial, before, 1, Gating.BOLTZMANN)

    return {
        "steepest_mV": exactly(float(limited(0.0, 0.1)[2]), 1.0),
        "flattest_mV": exactly(float(limited(0.0, 900.0)[2]), 60.0),
        "half_mV": exactly(float(limited(900.0, 12.0)[1]), 200.0),
    }


def fewest_baths_of_an_interval() -> Answers:
    """Baths from which leaving each out gives an interval."""

    def interval(n: int) -> bool:
        jackknife = np.linspace(-1.0, 1.0, n)[:, None]
        fit = CurrentFit(np.zeros(1), 1.0, None, None, None, None, 1.0, 9, jackknife, np.zeros(1))
        return jackknife_interval(fit, 0) is not None

    return {"baths": exactly(first(range(1, 8), interval), 3.0)}


def currents_that_give_no_ratio() -> Answers:
    """Misfit of the currents, log ratio, and width of its interval from which there is no ratio."""
    data, (series, _) = _currents(GATE), _measured(2)
    size_pA = float(np.std(data.i_pA))

    def without(misfit: float = 0.0, log_ratio: float = -1.0, width: float = 0.1) -> bool:
        jackknife = np.array([[log_ratio - 0.01], [log_ratio], [log_ratio + 0.01]])
        shift = np.array([width / (2.0 * 1.959964)])
        fit = CurrentFit(np.array([log_ratio]), 1.0, GATE, None, None, None, misfit * size_pA, 9, jackknife, shift)
        return ratios_from_currents._obstacle(series, data, fit, 0) is not None

    return {
        "misfit": exactly(turning((0.02, 0.024, 0.026, 0.049, 0.051, 0.09, 0.11), lambda m: without(misfit=m)), 0.051),
        "log_ratio": exactly(turning((3.0, 3.4, 3.6, 6.9, 7.1, 13.9, 14.1), lambda r: without(log_ratio=-r)), 7.1),
        "width": exactly(turning((3.0, 3.4, 3.6, 6.9, 7.1, 13.9, 14.1), lambda w: without(width=w)), 7.1),
    }


def effect_that_determines_a_ratio() -> Answers:
    """Part of the effect of a ratio that no other parameter imitates from which the ratio is determined."""

    def determined(sine: float) -> bool:
        columns = np.array([[1.0, np.sqrt(1.0 - sine * sine)], [0.0, sine]])
        return bool(is_identified(Effects(columns, (0, 1)), 1))

    return {"sine": exactly(first((4e-4, 6e-4, 9e-4, 1.1e-3, 1.9e-3, 2.1e-3), determined), 1.1e-3)}


def leak_that_explains_a_disagreement() -> Answers:
    """Part of the conductance from which a leak withdraws a ratio that the currents contradict."""

    def withdrawn(part: float) -> bool:
        row: dict[str, Any] = {"agrees": False, "leak_share": part}
        return dominant_leak([CurrentRatioRow.model_construct(**row)]) is not None

    return {"part": exactly(first((0.03, 0.045, 0.055, 0.09, 0.11, 0.15, 0.19, 0.21), withdrawn), 0.11)}


def interval_of_a_substituted_ion() -> Answers:
    """Log ratio of an ion that is in one bath only, and the width of its interval."""
    rig, p = Rig(), {"K": 1.0, "Li": 0.4, "Cs": 0.8}
    rig.baths = {ion: {ion: 150.0, "Cl": 150.0} for ion in p}
    series = next(iter(series_of_cell(rig.reversals(p), rig.settings(Experiment(permeant=list(p))))))
    data = currents_of(series, iv_points(rig, p, None, kind="tail"))
    if data is None:
        return {"log_ratio": None}
    fit = fit_currents(data, series.ions.index("K"), [series.ions.index("Li"), series.ions.index("Cs")])
    low, high = jackknife_interval(fit, 0) or (np.nan, np.nan)
    return {"log_ratio": Known(float(fit.log_ratios[0]), float(np.log(0.4)), 0.05), "width": high - low}


CASES = (
    points_of_the_currents,
    currents_of_a_gated_channel,
    gates_at_their_limits,
    fewest_baths_of_an_interval,
    currents_that_give_no_ratio,
    effect_that_determines_a_ratio,
    leak_that_explains_a_disagreement,
    interval_of_a_substituted_ion,
)
