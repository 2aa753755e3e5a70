"""Cases of reversal potentials and their leak, against I–V curves whose zero is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, Value, exactly, first, turning
from reversal.calibration.constant_cases.made import curve, flat, points, recording, white
from reversal.calibration.constant_cases.protocol_cases import ENTRY
from reversal.experiment.measure_settings import Leak
from reversal.measure.assessment import Assessed, contradiction, peak_noise
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points
from reversal.measure.measure_recording import Measured
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.reversal.background import background_of
from reversal.measure.reversal.channel_models import boltzmann_estimate, ghk_estimate
from reversal.measure.reversal.error_budget import budget_of
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.leak import Subtracted, without_leak
from reversal.measure.reversal.local_polynomial import local_estimate
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.ohmic_leak import OhmicLeak, displacement, sensitivity_mV
from reversal.measure.reversal.reversal_potential import Reversal, agrees, reversal_of
from reversal.measure.reversal.sign_changes import Bracket, one_sided_limit, sign_changes
from reversal.measure.reversal.smooth_curve import smooth_estimate
from reversal.measure.table_rows import iv_rows
from reversal.measure.voltage.junction_correction import Offset
from reversal.measure.voltage.nernst_prediction import Carriers, Prediction
from reversal.physics.ghk_constant_field import ghk_current
from reversal.tables.estimates_table import Estimator
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import Crossing, LeakSource

E_mV = -43.0
LEAK = Leak(subtract="linear", from_mV=-120.0, to_mV=-60.0)


def _bent(v_mV: FloatArray, bend: float = 0.01) -> FloatArray:
    """1 nS through E_mV, with a slope that increases with voltage."""
    return np.asarray((v_mV - E_mV) * np.exp(bend * (v_mV - E_mV)))


def _estimated(one: Estimate | None, name: str = "") -> dict[str, Value | Known]:
    if one is None:
        return {f"{name}e_mV": None}
    return {
        f"{name}e_mV": Known(one.e_mV, E_mV, 5.0 * one.se_mV + 1e-6),
        f"{name}low_mV": one.low_mV,
        f"{name}high_mV": one.high_mV,
    }


def _smooth(step_mV: float, noise: float, seed: int, low_mV: float = -123.0, bend: float = 0.01) -> Answers:
    v = np.arange(low_mV, 60.0, step_mV)
    made = points(v, _bent(v, bend) + white((v.size,), seed, noise), noise)
    (bracket,) = sign_changes(made.i_pA, made.se_pA)
    return _estimated(smooth_estimate(made.v_mV, made.i_pA, made.se_pA, bracket))


def smooth_curve_of_fine_steps() -> Answers:
    """A curved I–V in steps of 4 mV."""
    return _smooth(4.0, 0.5, 1)


def smooth_curve_of_coarse_steps() -> Answers:
    """A curved I–V in steps of 20 mV."""
    return _smooth(20.0, 1.0, 2)


def smooth_curve_of_a_sharp_bend() -> Answers:
    """A curve that bends within 10 mV, in steps of 3 mV and with little noise."""
    v = np.arange(-85.0, 0.0, 3.0)
    i = 0.2 * (v - E_mV) + 30.0 * np.tanh((v - E_mV) / 10.0) * (1.0 + 0.2 * np.sin(v / 4.0))
    made = points(v, i + white((v.size,), 3, 0.2), 0.2)
    (bracket,) = sign_changes(made.i_pA, made.se_pA)
    return _estimated(smooth_estimate(made.v_mV, made.i_pA, made.se_pA, bracket))


def smooth_curve_of_large_currents() -> Answers:
    """A curve whose amplitude is many times the currents at the crossing."""
    v = np.arange(-120.0, 61.0, 6.0)
    made = points(v, _bent(v, 0.04) + white((v.size,), 5, 0.3), 0.3)
    (bracket,) = sign_changes(made.i_pA, made.se_pA)
    return _estimated(smooth_estimate(made.v_mV, made.i_pA, made.se_pA, bracket))


def smooth_curve_of_a_straight_line() -> Answers:
    """A straight line with noise of a thousandth of its currents."""
    return _smooth(10.0, 0.1, 4, bend=0.0)


def points_that_have_a_sign() -> Answers:
    """Current, in standard errors, from which a point has a sign; alone, and against the sign of its neighbours."""
    v = np.arange(-100.0, 1.0, 5.0)
    sizes = tuple(0.8 * 1.02**n for n in range(100))

    def alone(size: float) -> bool:
        return one_sided_limit(v, np.where(v == -50.0, size, 0.0), np.ones(v.size)) is not None

    def against(size: float) -> bool:
        i = np.where(v < -40.0, -8.0, 8.0)
        i[3] = size
        return len(sign_changes(i, np.ones(v.size))) > 1

    return {
        "alone_se": Known(turning(sizes, alone), 2.0, 0.05),
        "against_se": Known(turning(sizes, against), 3.49, 0.08),
    }


def fewest_points() -> Answers:
    """Points from which there is a reversal potential, a smooth curve, and a Boltzmann fit."""

    def made(n: int) -> Points:
        v = E_mV + 1.0 + 12.0 * (np.arange(float(n)) - 0.5 * n)
        return points(v, _bent(v), 0.5)

    def estimator(n: int) -> str:
        estimate = reversal_of(made(n), compare=False).estimate
        return "none" if estimate is None else estimate.estimator.value

    def gated(n: int) -> bool:
        one = made(n)
        return boltzmann_estimate(one.v_mV, one.i_pA, one.se_pA, 2.0) is not None

    return {
        "any": exactly(first(range(2, 12), lambda n: estimator(n) != "none"), 3.0),
        "smooth": exactly(first(range(2, 12), lambda n: estimator(n) == "smooth curve"), 4.0),
        "boltzmann": exactly(first(range(4, 14), gated), 6.0),
    }


def disagreement_of_estimators() -> Answers:
    """Distance of two estimates that disagree, and misfit up to which one is compared."""

    def other(apart: float, misfit: float) -> Estimate:
        return Estimate(E_mV + apart, None, None, 0.01, Estimator.BOLTZMANN, misfit)

    def primary(se_mV: float) -> Estimate:
        return Estimate(E_mV, None, None, se_mV, Estimator.SMOOTH_CURVE, None)

    distances = tuple(0.3 * 1.03**n for n in range(150))
    return {
        "exact_mV": Known(turning(distances, lambda mV: agrees(other(mV, 1.0), primary(0.01)) is False), 1.0, 0.04),
        "uncertain_mV": Known(turning(distances, lambda mV: agrees(other(mV, 1.0), primary(1.0)) is False), 4.0, 0.15),
        "misfit": exactly(
            first((0.8, 1.1, 1.9, 2.1, 3.0, 3.9, 4.1), lambda m: agrees(other(9.0, m), primary(1.0)) is None), 2.1
        ),
    }


def an_extrapolated_reversal() -> Answers:
    """Zero of an inward I–V above its range, and distance up to which it is extrapolated, relative to the range."""

    def above(zero_mV: float, bend: float = 0.0) -> float | None:
        v = np.arange(-100.0, -19.0, 10.0)
        return reversal_of(points(v, 5.0 * (v - zero_mV) - bend * (v + 60.0) ** 2, 0.5)).extrapolated_mV

    distances = (5.0, 15.0, 19.0, 21.0, 30.0, 39.0, 41.0, 60.0, 79.0, 81.0)
    return {
        "zero_mV": exactly(above(5.0), 5.0),
        "bent_zero_mV": above(5.0, 0.01),
        "farthest_mV": exactly(max((d for d in distances if above(-20.0 + d) is not None), default=None), 39.0),
    }


def _local(v_mV: FloatArray, i_pA: FloatArray, se_pA: float = 1.0) -> Estimate | None:
    low = int(np.flatnonzero(i_pA < 0)[-1])
    return local_estimate(v_mV, i_pA, np.full(v_mV.size, se_pA), Bracket(low, low + 1, True), 2.0)


def order_of_a_local_polynomial() -> Answers:
    """Bend from which a line through the nearest points becomes a parabola [pA/mV²], and zeros of higher orders."""
    v = E_mV + 2.0 + 10.0 * np.arange(-6.0, 6.0)
    x = v - E_mV
    bends = tuple(0.0005 * 1.03**n for n in range(180))
    few = v[4:8] - E_mV
    zeros = {
        "cubic": _local(v, x + 0.002 * x**3),
        "quartic": _local(v, 2.0 * x + 0.0005 * x**4),
        "eight_points": _local(v, x + 0.001 * x**3 + 2e-5 * x**4, 30.0),
        "four_points": _local(v[4:8], few + 0.01 * few**3, 0.1),
    }

    def is_parabola(bend: float) -> bool:
        found = _local(v, x + bend * x**2)
        return found is not None and abs(found.e_mV - E_mV) < 1e-6

    return {
        "bend": turning(bends, is_parabola),
        **{f"{name}_mV": one.e_mV if one else None for name, one in zeros.items()},
        **{f"{name}_se_mV": one.se_mV if one else None for name, one in zeros.items()},
    }


CARRIERS = Carriers((5.0, 145.0), (140.0, 10.0), (1, 1), 22.0)


def constant_field_model() -> Answers:
    """Most nearly equal ions, and most negative permeability, with which the constant-field model is used."""
    v = np.arange(-120.0, 61.0, 10.0)
    se = np.ones(v.size)
    apart = tuple(10.0 ** (-8.0 + 0.05 * n) for n in range(120))

    def current(carriers: Carriers, second: float) -> FloatArray:
        unit = ghk_current(v[:, None], 1.0, carriers.out_mM, carriers.in_mM, carriers.z, carriers.temperature_C)
        return np.asarray(100.0 * (unit[:, 0] + second * unit[:, 1]))

    def alike(difference: float) -> bool:
        carriers = Carriers((5.0, 5.0 * (1.0 + difference)), (140.0, 140.0), (1, 1), 22.0)
        return ghk_estimate(v, current(carriers, 0.0), se, carriers, 2.0) is not None

    def negative(size: float) -> bool:
        return ghk_estimate(v, current(CARRIERS, -size), se, CARRIERS, 2.0) is None

    found = ghk_estimate(v, current(CARRIERS, 0.05), se, CARRIERS, 2.0)
    return {
        "apart": turning(apart, alike),
        "negative": turning([1e-5 * 1.05**n for n in range(200)], negative),
        "e_mV": None if found is None else found.e_mV,
    }


def _leak_finding(n: int, deviation: FloatArray, se_pA: float = 1.0) -> str:
    """Finding about a linear leak through n points of the window that deviate from a line."""
    v = np.append(np.linspace(-120.0, -60.0, n), [-40.0, -20.0, 0.0])
    made = points(v, v + 20.0 + np.append(deviation, np.zeros(3)), se_pA)
    found = without_leak(made, LEAK).findings
    return found[0].code.value if found else "none"


def a_leak_that_is_a_line() -> Answers:
    """Fewest points of a leak, curvature that is none [SE], and fewest points of a curved one that show runs."""
    sizes = tuple(0.5 * 1.03**n for n in range(120))

    def parabola(n: int) -> FloatArray:
        return np.linspace(-1.0, 1.0, n) ** 2 - 1.0 / 3.0

    return {
        "points": exactly(first(range(1, 9), lambda n: _leak_finding(n, np.zeros(n)) != "leak_window_points"), 3.0),
        "scatter": turning(sizes, lambda size: _leak_finding(6, size * parabola(6)) == "leak_window_curved"),
        "runs": exactly(
            first(range(4, 40), lambda n: _leak_finding(n, 0.1 * parabola(n)) == "leak_window_curved"), 12.0
        ),
        "alternating": first(range(4, 40), lambda n: _leak_finding(n, 0.6 * parabola(n)) == "leak_window_curved"),
    }


def a_blocked_current() -> Answers:
    """Voltages that a recording with the blocker must share, and distance outside of them that is extrapolated."""
    v = np.arange(-100.0, 1.0, 20.0)
    made = points(v, _bent(v))
    blocker = Leak(subtract="blocker", blocker="b")

    def shares(n: int) -> bool:
        return not without_leak(made, blocker, blocked=points(v[:n], 0.1 * v[:n])).findings

    def used(beyond: float) -> int:
        blocked = np.append(v[:-1], v[-1] - beyond)
        return int(without_leak(made, blocker, blocked=points(blocked, 0.1 * blocked)).points.v_mV.size)

    return {
        "voltages": exactly(first(range(2, 7), shares), 4.0),
        "outside_mV": exactly(first((0.3, 0.45, 0.55, 0.9, 1.1, 1.5, 1.9, 2.1), lambda mV: used(mV) < 6), 1.1),
    }


def a_blocked_current_of_single_sweeps() -> Answers:
    """Distance of a sweep outside the shared voltages up to which its blocked current is known."""
    v, blocker = np.arange(-100.0, 1.0, 20.0), Leak(subtract="blocker", blocker="b")
    used = without_leak(points(v, _bent(v)), blocker, blocked=points(v[:-1], 0.1 * v[:-1]))
    nothing = Reversal(None, Crossing.NONE)
    none = MeasuredReversal(used.points, nothing, nothing)

    def known(beyond: float) -> bool:
        """Whether a sweep at that distance above the last shared level is used."""
        at = np.append(v, v[-2] + beyond)
        iv = MeasuredIV(Plan(IVKind.STEADY, "step", (), ()), 1.0, curve(at, _bent(at)), at, points(v, _bent(v)))
        passive, prediction = Passive(None, None, None, None, None), Prediction("K", 1, 5.0, 140.0, -90.0)
        offset, whole = Offset(0.0, 0.0, 0.0), recording([flat(("A", 9, 0.0))])
        measured = Measured(ENTRY, whole, offset, prediction, passive, iv, used, None, none, None, ())
        return list(iv_rows(Assessed(measured, (), (), ())))[-1].used

    distances = (0.1, 0.24, 0.26, 0.45, 0.49, 0.51, 0.95, 1.05)
    return {"outside_mV": exactly(turning(distances, lambda mV: not known(mV)), 0.51)}


def errors_of_a_seal() -> Answers:
    """5 nS at −90 mV and 0.5 nS at −10 mV: 95 % limits by a seal known to 20 %, and 0.1 nS at 0 mV without it."""
    v = np.arange(-120.0, 61.0, 10.0)
    total = points(v, 5.0 * (v + 90.0) + 0.5 * (v + 10.0))
    found = displacement(total, OhmicLeak(LeakSource.SEAL, 0.5, 0.1, -10.0, 0.0), -90.0)
    most_nS, whole_mV = 0.5 * float(np.exp(1.96 * 0.2)), -455.0 / 5.5
    return {
        "down_mV": Known(found.down_mV or 0.0, -90.0 + (455.0 - 10.0 * most_nS) / (5.5 - most_nS), 1e-3),
        "per_sd_mV": found.g_mV,
        "linearity": Known(found.linearity, (5.5 - most_nS) / (5.5 - 0.25 / most_nS), 1e-3),
        "sensitivity_mV": Known(sensitivity_mV(total, whole_mV) or 0.0, whole_mV * (1.0 - 5.5 / 5.4), 1e-3),
    }


def a_leak_too_large_for_fits() -> Answers:
    """Most leak known to 20 % with 5 nS at −90 mV that fits can use [nS], and the smallest shift that counts [mV].

    The conductance left to the channel at both ends of the leak's interval has the ratio of the linearity.
    """
    v = np.arange(-120.0, 61.0, 10.0)
    factor = float(np.exp(1.96 * 0.2))

    def too_large(g_nS: float, e_mV: float) -> bool:
        total = points(v, 5.0 * (v + 90.0) + g_nS * (v - e_mV))
        leak = OhmicLeak(LeakSource.SEAL, g_nS, 0.2 * g_nS, e_mV, 0.0)
        return not displacement(total, leak, -90.0).is_linear

    sizes, distances = [0.2 * 1.02**n for n in range(200)], [0.4 * 1.02**n for n in range(160)]
    most_nS = 5.0 / 3.0 / (factor - 1.0 - 2.0 / 3.0 * (1.0 / factor - 1.0))
    largest_mV = 3.0 * (factor - 1.0) / (5.0 - 3.0 * (factor - 1.0))  # per mV between both reversal potentials
    return {
        "most_nS": Known(turning(sizes, lambda g_nS: too_large(g_nS, -10.0)), most_nS, 0.02 * most_nS),
        "smallest_mV": Known(turning(distances, lambda mV: too_large(3.0, -90.0 + mV)), 1 / largest_mV, 0.05),
    }


def sources_of_a_leak() -> Answers:
    """Distance of a measured conductance from that of the seal, in its standard errors, that is a contradiction."""
    v = np.arange(-120.0, 61.0, 10.0)
    seal = OhmicLeak(LeakSource.SEAL, 0.5, 0.1, 0.0, 10.0)

    def contradicts(apart: float) -> bool:
        used = Subtracted(points(v, _bent(v)), 0.0 * v, LeakSource.LINE, 0.5 + 0.1 * apart, 0.0)
        return bool(contradiction(used, seal))

    return {"apart_se": Known(turning([0.5 * 1.03**n for n in range(120)], contradicts), 3.0, 0.1)}


def reversal_of_a_decay() -> Answers:
    """Fewest levels of tails of which the decay has a reversal potential."""

    def known(n: int) -> bool:
        v = E_mV + 10.0 * (np.arange(float(n)) - 0.6)
        one = replace(curve(v, _bent(v), IVKind.TAIL), decaying_pA=_bent(v), decaying_se_pA=np.full(n, 0.1))
        return background_of(v, one, Estimate(E_mV, None, None, 1.0, Estimator.SMOOTH_CURVE, None)) is not None

    return {"levels": exactly(first(range(2, 9), known), 3.0)}


def budget_of_a_drift() -> Answers:
    """A drift of 3 mV over the recording is uniform: 3/√3 mV; limits widen by 1.96 of it, in quadrature."""
    v = np.arange(-100.0, 1.0, 20.0)
    known = Reversal(Estimate(E_mV, E_mV - 2.0, E_mV + 2.0, 1.0, Estimator.SMOOTH_CURVE, None), Crossing.BRACKETED)
    series, prediction = SeriesResistance(10.0, 2.0, 4.0, "sheet"), Prediction("K", 1, 5.0, 140.0, -90.0)
    total = points(v, 5.0 * (v + 53.0))
    budget = budget_of(
        MeasuredReversal(total, known, known), total, series, Offset(4.0, 0.5, 1.2), prediction, 20.0, 3.0
    )
    if budget is None:
        return {"drift_mV": None}
    return {
        "drift_mV": exactly(budget.drift_mV, 3.0**0.5),
        "low_mV": exactly(budget.own_low_mV, E_mV - (4.0 + 1.96**2 * (3.0 + 0.2**2)) ** 0.5),
        "temperature_mV": exactly(budget.temperature_mV, 0.5 * 90.0 / 293.15),
    }


def bends_that_coarse_steps_do_not_show() -> Answers:
    """Error of a rectifier's reversal from its steps, and the coarsest steps without one."""

    def error_mV(step_mV: float, before: float) -> float:
        v = E_mV + step_mV * (np.arange(7.0) - before)
        made = points(v, (v - E_mV) / (1.0 + np.exp((v - E_mV + 10.0) / 12.0)), 0.01)
        estimate = reversal_of(made, compare=False).estimate
        return np.nan if estimate is None else estimate.steps_mV

    steps = np.arange(4.0, 80.0, 1.0).tolist()
    return {
        "outermost_mV": error_mV(25.0, 0.4),
        "inner_mV": error_mV(50.0, 1.4),
        "fine_outermost_mV": first(steps, lambda step: error_mV(step, 0.4) > 0.0),
        "fine_inner_mV": first(steps, lambda step: error_mV(step, 1.4) > 0.0),
    }


def noise_of_peaks_with_advice() -> Answers:
    """Smallest standard error of peaks that gets advice: its 95 % limits are 2 mV away."""
    errors_mV = np.arange(0.4, 4.0, 0.01).tolist()
    return {"points_mV": Known(turning(errors_mV, lambda one: bool(peak_noise(one))), 2.0 / 1.96, 0.011)}


CASES = (
    smooth_curve_of_fine_steps,
    smooth_curve_of_coarse_steps,
    smooth_curve_of_a_sharp_bend,
    smooth_curve_of_large_currents,
    smooth_curve_of_a_straight_line,
    points_that_have_a_sign,
    fewest_points,
    disagreement_of_estimators,
    an_extrapolated_reversal,
    order_of_a_local_polynomial,
    constant_field_model,
    a_leak_that_is_a_line,
    a_blocked_current,
    a_blocked_current_of_single_sweeps,
    errors_of_a_seal,
    a_leak_too_large_for_fits,
    sources_of_a_leak,
    reversal_of_a_decay,
    budget_of_a_drift,
    bends_that_coarse_steps_do_not_show,
    noise_of_peaks_with_advice,
)
