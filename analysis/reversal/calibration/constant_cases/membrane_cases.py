"""Cases of the membrane test and of the clamp, against cells with known R_s, C_m and R_m."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.charging import Compartment, TestedCell, step_current
from reversal.calibration.constant_cases.made import white
from reversal.calibration.constant_cases.protocol_cases import ENTRY
from reversal.measure.membrane.charging_model import Charging, TransientWindow, fitted
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged, membrane_test
from reversal.measure.membrane.passive_properties import passive_properties

CELL = TestedCell()
UNREPORTED = TestedCell(rs_MOhm=20.0, cm_pF=100.0, period=5.0, reported=False, noise_pA=0.01)
EQUAL = np.full(4, 0.25)


def delay_of_the_clamp() -> Answers:
    """τ and 0.336 periods of the filter; an unknown clamp or filter adds 0.2 ms to the error of the delay."""
    return {
        "delay_ms": exactly(Clamp(0.12, 4000.0).delay_ms, 0.12 + 0.336 / 4.0),
        "known_sd_ms": exactly(Clamp(0.12, 4000.0).delay_sd_ms, 0.012),
        "unknown_sd_ms": exactly(Clamp(None, None).delay_sd_ms, 0.2 * 2**0.5),
    }


def _numbers(test: MembraneTest | None, cell: TestedCell = CELL) -> Answers:
    if test is None:
        return {"test": "none"}
    known = {"rs_MOhm": cell.rs_MOhm, "cm_pF": cell.cm_pF, "rm_MOhm": cell.rm_MOhm}
    found: dict[str, Ranged | None] = {"rs_MOhm": test.rs_MOhm, "cm_pF": test.cm_pF, "rm_MOhm": test.rm_MOhm}
    answers: dict[str, Known | float | None] = {}
    for name, one in found.items():
        answers[name] = None if one is None else Known(one.value, known[name], 4.0 * one.se)
        answers[f"{name}_se"] = None if one is None else one.se
    return answers


def _tested(cell: TestedCell) -> Answers:
    return _numbers(membrane_test(cell.sweeps()), cell)


def a_usual_cell() -> Answers:
    """10 MΩ, 20 pF and 500 MΩ, tested with −10 mV behind a filter of 2.5 kHz at 20 kHz."""
    return _tested(CELL)


def a_fast_rig() -> Answers:
    """Sampled at 100 kHz, where the delay of the amplifier is as long as half a sample."""
    return _tested(replace(CELL, rate_Hz=100_000.0, step=2000, period=10.0))


def a_fast_cell_on_a_fast_rig() -> Answers:
    """1 MΩ and 20 pF at 100 kHz: the delay of the amplifier is as long as the time constant."""
    return _tested(replace(CELL, rs_MOhm=1.0, rate_Hz=100_000.0, step=2000, period=10.0))


def a_filter_that_is_not_reported() -> Answers:
    """The filter is taken for one fifth of the sampling rate, and three periods of it are left out."""
    return _tested(replace(UNREPORTED, noise_pA=1.0))


def a_long_test_step() -> Answers:
    """A step of 150 ms, of which 40 ms are fitted."""
    return _tested(replace(CELL, step=3000, drift_pA=8.0, noise_pA=0.5))


def a_clipped_transient() -> Answers:
    """Without its transient, R_m is that of R_s + R_m, from the last quarter, to ± 10 MΩ."""
    test = membrane_test(replace(CELL, limit_pA=100.0, noise_pA=0.1, drift_pA=2.0).sweeps())
    if test is None or test.rm_MOhm is None:
        return {"rm_MOhm": None}
    return {"rm_MOhm": Known(test.rm_MOhm.value, 510.0, 60.0), "se_MOhm": Known(test.rm_MOhm.se, 10.0, 1.0)}


def filter_above_half_the_sampling_rate() -> Answers:
    """Samples in a period of a reported filter from which it counts as the filter of the samples."""

    def distinguished(period: float) -> bool:
        test = membrane_test(replace(CELL, period=period, lag=1.0).sweeps())
        other = membrane_test(replace(CELL, period=period, lag=1.0, reported=False).sweeps())
        return test != other and test is not None and not _same_rs(test, other)

    return {"period": exactly(first((0.7, 0.9, 1.1, 1.5, 1.9, 2.1, 3.0, 3.9, 4.1, 6.0), distinguished), 2.1)}


def _same_rs(one: MembraneTest, other: MembraneTest | None) -> bool:
    return other is not None and one.taus_ms == other.taus_ms


def shortest_test_steps() -> Answers:
    """Shortest step with any test, with a transient, and with one behind an unknown filter (16 + 2 · 5 + 4 · 16)."""

    def any_test(n: int) -> bool:
        return membrane_test(replace(CELL, step=n).sweeps()) is not None

    def transient(n: int) -> bool:
        test = membrane_test(replace(CELL, step=n, noise_pA=0.01, cm_pF=4.0, period=20.0).sweeps())
        return test is not None and test.exponentials > 0

    def unreported(n: int) -> bool:
        test = membrane_test(replace(UNREPORTED, step=n).sweeps())
        return test is not None and test.exponentials > 0

    return {
        "any": exactly(turning(range(4, 50), any_test), 16.0),
        "transient": exactly(turning(range(20, 120, 2), transient), 56.0),
        "unreported": exactly(turning(range(30, 200, 2), unreported), 90.0),
    }


def slowest_charging() -> Answers:
    """Largest time constant that is charging and not gating."""
    taus_ms = (2.0, 2.4, 2.6, 3.5, 4.8, 5.2, 7.0, 9.5, 10.5)

    def charging(tau_ms: float) -> bool:
        cell = replace(CELL, rs_MOhm=20.0, cm_pF=50.0 * tau_ms, rm_MOhm=5e3, step=2000, rate_Hz=20_000.0, noise_pA=0.2)
        test = membrane_test(cell.sweeps())
        return test is not None and test.exponentials > 0

    return {"tau_ms": exactly(max(filter(charging, taus_ms)), 4.8)}


def largest_series_resistance() -> Answers:
    """Largest R_s that is not attributed to a partly cancelled transient."""
    values = (40.0, 48.0, 52.0, 80.0, 97.0, 104.0, 150.0, 190.0, 210.0)

    def measured(rs_MOhm: float) -> bool:
        test = membrane_test(replace(CELL, rs_MOhm=rs_MOhm, cm_pF=10.0, rm_MOhm=5e3, noise_pA=0.2).sweeps())
        return test is not None and test.exponentials > 0

    return {"rs_MOhm": exactly(max(filter(measured, values)), 97.0)}


def ringing_after_a_step() -> Answers:
    """Ringing of the amplifier with which a transient is no charging current [pA]."""
    values = tuple(10.0 * 1.15**n for n in range(50))

    def charging(ringing_pA: float) -> bool:
        test = membrane_test(replace(CELL, ringing_pA=ringing_pA).sweeps())
        return test is not None and test.exponentials > 0

    return {"ringing_pA": turning(values, lambda ringing_pA: not charging(ringing_pA))}


def samples_at_the_limit() -> Answers:
    """Limit of the digitiser, relative to the largest current, from which a transient is not clipped."""
    peak_pA = max(float(np.abs(row[:]).max()) for row in CELL.sweeps().i_pA)

    def free(relative: float) -> bool:
        test = membrane_test(replace(CELL, limit_pA=peak_pA * relative).sweeps())
        return test is not None and test.exponentials > 0

    return {"relative": exactly(first((0.4, 0.51, 0.9, 0.999, 1.0005, 1.002, 1.9, 2.1), free), 1.002)}


def c_m_behind_a_coarsely_sampled_filter() -> Answers:
    """Samples in a period of the filter from which C_m is reported for a clamp too fast for R_s."""

    def reported(period: float) -> bool:
        test = membrane_test(replace(CELL, rs_MOhm=0.05, period=period, noise_pA=2.0, lag=0.4).sweeps())
        return test is not None and test.rs_MOhm is None and test.cm_pF is not None

    return {"period": exactly(first((1.5, 1.8, 2.2, 3.0, 3.8, 4.2, 6.0, 7.8, 8.2), reported), 4.2)}


def one_sweep_with_most_of_the_weight() -> Answers:
    """Smallest height of two further steps, next to one of 20 mV, with which the error is that of the sweeps."""

    def tested(height: float) -> bool:
        return membrane_test(replace(CELL, changes_mV=(-20.0, -height, -height)).sweeps()) is not None

    return {"height_mV": exactly(first((4.0, 6.0, 6.9, 7.3, 10.0, 14.0, 17.0, 17.6, 19.0), tested), 7.3)}


def drift_of_series_resistance() -> Answers:
    """Trend of R_s that is a drift at p < 0.1 %, and the fewest sweeps that show one."""
    wiggle = 0.1 * np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0])
    order = np.arange(8) - 3.5
    trends = tuple(0.002 * 1.05**n for n in range(100))

    def drifts(trend: float, count: int = 8) -> bool:
        rows = 10.0 + trend * order[:count] + wiggle[:count]
        return MembraneTest(None, None, None, by_sweep_MOhm=rows).rs_drift_MOhm() is not None

    residual = wiggle - (order @ wiggle) / (order @ order) * order
    least = 5.9588 * float(np.sqrt(residual @ residual / 6.0 / (order @ order)))
    return {
        "trend": Known(turning(trends, drifts), least, 0.06 * least),
        "sweeps": exactly(first(range(3, 9), lambda n: drifts(50.0, n)), 4.0),
    }


def leaky_cell() -> Answers:
    """Smallest R_m, relative to R_s, with which the two are separated."""

    def separated(ratio: float) -> bool:
        test = membrane_test(replace(CELL, rs_MOhm=20.0, rm_MOhm=20.0 * ratio, cm_pF=40.0, noise_pA=0.1).sweeps())
        return test is not None and test.exponentials > 0

    return {"ratio": exactly(first((0.2, 0.3, 0.4, 0.7, 0.95, 1.05, 2.0, 5.0, 20.0), separated), 1.05)}


def a_cancelled_capacitance() -> Answers:
    """Largest reported C_m with which the transient of 20 pF is that of the cell."""
    cell = CELL.sweeps()

    def of_the_cell(reported_pF: float) -> bool:
        return passive_properties(cell, ENTRY.model_copy(update={"cm_pF": reported_pF})).rs is not None

    values = (12.0, 13.0, 14.0, 20.0, 26.0, 27.2, 35.0, 52.0, 54.0)
    reported = passive_properties(cell, ENTRY.model_copy(update={"rs_MOhm": 12.0})).rs
    return {
        "reported_pF": exactly(max(filter(of_the_cell, values), default=None), 26.0),
        "reported_rs_sd": exactly(reported.sd_MOhm if reported else None, 1.2),
    }


def _fitted(compartments: list[Compartment], window: TransientWindow, noise: float, seed: int = 3) -> Charging:
    time = np.arange(window.before + window.length, dtype=float) - window.before
    clean = step_current(0.5, compartments, window.filter_samples, time - 0.4)
    return fitted(clean + white((4, clean.size), seed, noise), EQUAL, window)


def _window(period: float, length: int = 800) -> TransientWindow:
    return TransientWindow(100, length, 0, period, 0.03 * period, 0.4, 0.3)


def _of_charging(found: Charging, charge: float, tau: float) -> Answers:
    by_rig = found.charges[:, 5:] - found.charges[:, :1]
    sd = float(np.sqrt((by_rig**2).sum()))
    return {
        "charge": Known(float(found.charges[0, 0]), charge, max(4.0 * sd, 0.02 * charge)),
        "tau": Known(float(found.taus[0, 0]), tau, 0.1 * tau + 0.5),
        "charge_sd_by_rig": sd,
    }


def transient_of_one_compartment() -> Answers:
    """Charge and time constant behind a well-sampled filter."""
    return _of_charging(_fitted([(60.0, 30.0)], _window(8.0), 0.002), 60.0, 30.0)


def transient_behind_a_coarsely_sampled_filter() -> Answers:
    """Two samples in a period of the filter, which deviates (5/2)² as much from its model."""
    return _of_charging(_fitted([(60.0, 30.0)], _window(2.0), 0.002), 60.0, 30.0)


def transient_like_a_pulse() -> Answers:
    """A time constant of a hundredth of the filter's period is not distinguished from a pulse."""
    return _of_charging(_fitted([(60.0, 0.08)], _window(8.0), 0.2, seed=2), 60.0, 0.08)


def transient_of_two_compartments() -> Answers:
    """Charges and time constants of two compartments."""
    found = _fitted([(40.0, 15.0), (50.0, 150.0)], _window(8.0), 0.002)
    names = ("fast_charge", "slow_charge", "fast_tau", "slow_tau")
    values = [*found.charges[:, 0].tolist(), *found.taus[:, 0].tolist()]
    truths = (40.0, 50.0, 15.0, 150.0)
    return {name: Known(value, truth, 0.05 * truth) for name, value, truth in zip(names, values, truths, strict=True)}


def transients_of_three_compartments() -> Answers:
    """Two time constants of three, of which the one of the later bins may be far from the first."""
    answers: dict[str, float] = {}
    for name, parts in {
        "pulse": [(62.2, 1.5), (6.1, 18.6), (14.0, 200.2)],
        "slow": [(6.2, 2.1), (6.2, 78.9), (67.5, 185.1)],
    }.items():
        found = _fitted(parts, _window(8.0), 0.02)
        answers[f"{name}_first"], answers[f"{name}_last"] = float(found.taus[0, 0]), float(found.taus[-1, 0])
    return answers


def smallest_second_compartment() -> Answers:
    """Charge of a slow compartment from which it is found, behind filters of 2.5, 8 and 40 samples in a period."""
    charges = tuple(1.0 * 1.03**n for n in range(120))

    def found(charge: float, period: float, noise: float, length: int) -> bool:
        window = _window(period, length)
        return _fitted([(40.0, 2.0 * period), (charge, 12.0 * period)], window, noise).taus.shape[:1] == (2,)

    return {
        "coarse": turning(charges, lambda charge: found(charge, 2.5, 0.05, 800)),
        "usual": turning(charges, lambda charge: found(charge, 8.0, 0.05, 800)),
        "oversampled": turning(charges, lambda charge: found(charge, 40.0, 0.01, 1600)),
    }


def nearest_time_constants() -> Answers:
    """Ratio of two time constants from which they are two, and slowest one relative to the step."""
    ratios = (1.5, 1.8, 2.1, 2.4, 2.6, 3.0, 4.0, 4.8, 5.2, 6.0)
    slow = (0.15, 0.2, 0.24, 0.27, 0.35, 0.45, 0.49, 0.54, 0.7, 0.95, 1.1)

    def two(compartments: list[Compartment]) -> bool:
        return _fitted(compartments, _window(8.0), 1e-4).taus.shape[:1] == (2,)

    return {
        "ratio": Known(first(ratios, lambda one: two([(40.0, 30.0), (40.0, 30.0 * one)])), 2.5, 0.5),
        "slowest": max((one for one in slow if two([(40.0, 30.0), (200.0, 800.0 * one)])), default=None),
    }


CASES = (
    delay_of_the_clamp,
    a_usual_cell,
    a_fast_rig,
    a_fast_cell_on_a_fast_rig,
    a_filter_that_is_not_reported,
    a_long_test_step,
    a_clipped_transient,
    filter_above_half_the_sampling_rate,
    shortest_test_steps,
    slowest_charging,
    largest_series_resistance,
    ringing_after_a_step,
    samples_at_the_limit,
    c_m_behind_a_coarsely_sampled_filter,
    one_sweep_with_most_of_the_weight,
    drift_of_series_resistance,
    leaky_cell,
    a_cancelled_capacitance,
    transient_of_one_compartment,
    transient_behind_a_coarsely_sampled_filter,
    transient_like_a_pulse,
    transient_of_two_compartments,
    transients_of_three_compartments,
    smallest_second_compartment,
    nearest_time_constants,
)
