"""Cases of the quality checks, against recordings whose drift, hum, settling and run-down are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.constant_cases.made import curve, flat, points, sweeps, white
from reversal.experiment.measure_settings import Quality, Window
from reversal.measure.iv.measured_iv import measure_iv
from reversal.measure.membrane.clamp import Clamp, SeriesResistance
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.protocol.conditioning import conditioning
from reversal.measure.protocol.measured_epoch import Plan, plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.cell_checks import (
    declared_bath,
    return_to_bath,
    run_down_over_baths,
    series_resistance_over_cell,
)
from reversal.measure.quality.cell_recording import CellRecording, RecordingCheck
from reversal.measure.quality.check import Check
from reversal.measure.quality.mains_hum import Hum, mains_hum
from reversal.measure.quality.recording_checks import capacitance_mismatch, series_resistance_mismatch, tail_leak
from reversal.measure.quality.recording_quality import MembraneQuality, RecordingQuality, ReversalQuality
from reversal.measure.quality.repeats import Repeats, disagreement, repeats_of
from reversal.measure.quality.steadiness import (
    holding_drift_pA,
    hysteresis_mV,
    jump_mV,
    reversal_drift_mV,
    settling_mV,
)
from reversal.measure.quality.tail_completeness import tail_completeness
from reversal.measure.quality.two_currents import two_currents
from reversal.measure.reversal.background import Background
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.voltage.junction_correction import Offset
from reversal.measure.voltage.nernst_prediction import Prediction
from reversal.physics.ghk_constant_field import constant_field
from reversal.physics.nernst import thermal_voltage_mV
from reversal.tables.estimates_table import Estimator
from reversal.tables.iv_table import IVKind

V_mV = np.arange(-100.0, 1.0, 10.0)
E_mV, SLOPE_nS = -47.0, 4.0
USED = points(V_mV, SLOPE_nS * (V_mV - E_mV))
LIMITS = Quality()
NAMES = ((0,), (1,), (2,))  # sweeps of three repeats
HUM_V_mV = np.arange(-130.0, 41.0, 10.0)
LADDER = tuple(0.02 * 1.03**n for n in range(320))


def _held(holding_pA: FloatArray, samples: int = 40) -> Sweeps:
    """Sweeps with a constant current at holding, before steps to different levels."""
    levels = [flat(("before", samples, -80.0), ("A", 20, -60.0 + float(n))) for n in range(holding_pA.size)]
    return sweeps(levels, np.repeat(holding_pA[:, None], samples + 20, axis=1))


def _wiggle(n: int, size: float = 0.1) -> FloatArray:
    return size * np.where(np.arange(n) % 4 < 2, 1.0, -1.0) * (1.0 + 0.1 * (np.arange(n) % 3))


def drift_of_the_holding_current() -> Answers:
    """Trend of the holding current that is a drift, the fewest sweeps and the shortest stretch that show it."""
    order = np.arange(8.0)

    def drifts(trend: float) -> bool:
        return holding_drift_pA(_held(trend * order + _wiggle(8))) is not None

    return {
        "trend_pA": turning(LADDER, drifts),
        "sweeps": exactly(first(range(3, 12), lambda n: holding_drift_pA(_held(np.arange(float(n)))) is not None), 4.0),
        "samples": exactly(first(range(3, 20), lambda n: holding_drift_pA(_held(order, n)) is not None), 8.0),
    }


def _jumping(at: int, size_pA: float, levels: FloatArray = V_mV) -> float | None:
    later = np.arange(levels.size) >= at
    i_pA = SLOPE_nS * (levels - E_mV) + 0.03 * (levels - E_mV) ** 2 + _wiggle(levels.size, 0.02)
    holding = _held(np.where(later, size_pA, 0.0) + _wiggle(levels.size, 0.02))
    return jump_mV(holding, curve(levels, i_pA + np.where(later, size_pA, 0.0)), levels, E_mV)


def a_jump_of_the_seal() -> Answers:
    """6 pA over 4 nS are 1.5 mV; smallest jump, farthest jump from E_rev, and fewest sweeps that show one."""
    wide = np.arange(-107.0, 113.0, 10.0)

    def few(n: int) -> bool:
        return _jumping(2, 6.0, E_mV + 3.0 + 10.0 * (np.arange(float(n)) - 2.0)) is not None

    far = {float(wide[n - 1] - E_mV): _jumping(n, 8.0, wide) for n in range(7, wide.size - 2)}
    return {
        "shift_mV": Known(_jumping(7, 6.0), -1.5, 0.1),
        "smallest_pA": turning(LADDER, lambda size: _jumping(7, size) is not None),
        "farthest_mV": Known(max(away for away, found in far.items() if found is not None), 60.0, 10.0),
        "sweeps": exactly(first(range(4, 16), few), 8.0),
    }


def _settling(change: float, before: float | None, n: int = V_mV.size, se_pA: float = 0.1) -> float | None:
    one = replace(
        curve(V_mV[:n], USED.i_pA[:n]),
        trend_pA=np.full(n, change),
        trend_se_pA=np.full(n, se_pA),
        change_before_pA=None if before is None else np.full(n, before),
    )
    return settling_mV(one, V_mV[:n], USED, E_mV)


def a_current_that_settles() -> Answers:
    """Half of the change comes after the middle of the window, and c r/(1 − r) after it; r is at most 0.9."""
    return {
        "alone_mV": exactly(_settling(8.0, None), -1.0),
        "slow_mV": exactly(_settling(4.0, 8.0), -(0.5 * 4.0 + 4.0) / SLOPE_nS),
        "steady_mV": exactly(_settling(8.0, 8.0), -8.0 * 9.5 / SLOPE_nS),
        "significant_pA": Known(
            turning(LADDER, lambda change: _settling(change, None, se_pA=0.5) is not None), 2.0 / 2.0**0.5, 0.05
        ),
        "points": exactly(first(range(2, 10), lambda n: _settling(8.0, None, n) is not None), 4.0),
    }


def e_rev_that_moves_between_repeats() -> Answers:
    """E_rev moves by 0.5 mV from repeat to repeat while the conductance falls; fewest repeats that show it."""

    def moved(count: int, run_down: float = 0.0) -> float | None:
        order = np.arange(count)
        rows = SLOPE_nS * (V_mV - E_mV - 0.5 * order[:, None]) * (1.0 - run_down * order[:, None])
        return reversal_drift_mV(replace(curve(V_mV, rows.mean(0), IVKind.RAMP), by_sweep_pA=rows), V_mV, E_mV)

    return {
        "shift_mV": exactly(moved(6), 2.5),
        "with_run_down_mV": Known(moved(6, 0.05), 2.5, 1.5),
        "repeats": exactly(first(range(2, 9), lambda n: moved(n) is not None), 4.0),
    }


def repeats_that_disagree() -> Answers:
    """Range of E_rev that noise rarely exceeds, for 3 repeats of 1 pA; fewest points; and noise before two ramps."""
    rows = SLOPE_nS * (V_mV - E_mV - np.array([[0.0], [1.0], [2.0]]))
    found = disagreement(Repeats(V_mV, rows, np.ones(rows.shape)), E_mV)

    def known(n: int) -> bool:
        v = E_mV + 5.0 + 10.0 * (np.arange(float(n)) - n // 2)
        few = SLOPE_nS * (v - E_mV - np.array([[0.0], [1.0]]))
        return disagreement(Repeats(v, few, np.ones(few.shape)), E_mV) is not None

    flat_then_ramp = flat(("before", 600, -100.0), ("A", 1000, 0.0), ramp_from_mV=-100.0)
    ramps = sweeps([flat_then_ramp] * 2, white((2, 1600), 4, 3.0))
    two = SLOPE_nS * (V_mV - E_mV - np.array([[0.0], [1.0]]))
    windows = np.stack([np.arange(11.0) * 9.0, np.arange(11.0) * 9.0 + 9.0], axis=1)
    ramp = replace(curve(V_mV, two.mean(0), IVKind.RAMP), by_sweep_pA=two, window_ms=windows)
    repeats = repeats_of(ramps, ramp, V_mV)
    return {
        "range_mV": exactly(found.range_mV if found else None, 2.0),
        "noise_mV": found.noise_mV if found else None,
        "points": exactly(first(range(2, 12), known), 4.0),
        "ramp_se_pA": None if repeats is None else Known(float(repeats.se_pA[0, 0]), 3.0 * (12.0 / 90.0) ** 0.5, 0.4),
    }


def repeats_of_two_currents() -> Answers:
    """Smallest gap between repeats of 4 and 16 nS that is two currents; range of the latter that hides 20 mV."""

    def found(*shifts_mV: float) -> bool:
        rows = [4.0 * (V_mV - E_mV), *(16.0 * (V_mV - E_mV - shift) for shift in shifts_mV)]
        return (
            two_currents(Repeats(V_mV, np.array(rows), np.full((len(rows), V_mV.size), 0.1), NAMES), E_mV) is not None
        )

    return {
        "gap_mV": Known(turning(np.arange(2.0, 40.0, 0.05).tolist(), found), 10.0, 0.1),
        "range_mV": Known(
            turning(np.arange(0.0, 19.0, 0.05).tolist(), lambda range_mV: not found(20.0, 20.0 + range_mV)), 10.0, 0.1
        ),
    }


def a_ramp_with_hysteresis() -> Answers:
    """A difference of 3 pA between the directions about E_rev."""
    v = np.arange(-100.0, 1.0, 2.0)
    bent = 0.04 * (v + 110.0) ** 2
    gap = 3.0 * np.exp(-(((v - E_mV) / 12.0) ** 2))
    one = replace(curve(v, bent, IVKind.RAMP), half_difference_pA=gap)
    return {"shift_mV": hysteresis_mV(one, v, E_mV)}


def _hum(added_pA: FloatArray, sweeps_at: FloatArray = HUM_V_mV) -> Hum | None:
    """Hum found in steps of 60 ms with noise of 2 pA and more current, (sweeps, 600)."""
    i_pA = np.concatenate([np.zeros((sweeps_at.size, 20)), SLOPE_nS * (sweeps_at - E_mV)[:, None] + added_pA], axis=1)
    commands = [flat(("before", 20, -80.0), ("A", 600, v)) for v in sweeps_at.tolist()]
    made = sweeps(commands, i_pA + white(i_pA.shape, 3, 2.0))
    iv = measure_iv(made, plan(made.recording, Window()), Window(), Clamp(), Offset(0.0, 0.0, 1.0))
    return mains_hum(made, iv, iv.total, E_mV)


def _hum_pA(added_pA: FloatArray) -> float:
    found = _hum(added_pA)
    return found.amplitude_pA if found is not None else -1.0


def hum_of_the_mains() -> Answers:
    """2 pA of 50 or 60 Hz of one and of many phases, the least that is found, and gates, which are no hum."""
    time, away = np.arange(600) / 10_000.0, (HUM_V_mV - E_mV)[:, None]

    def wave(size_pA: float, frequency: float = 50.0, phases: FloatArray | float = 0.3) -> FloatArray:
        angle = 2.0 * np.pi * frequency * time + np.broadcast_to(phases, HUM_V_mV.shape)[:, None]
        return np.asarray(size_pA * np.sin(angle))

    def relaxing(tau_ms: float) -> FloatArray:
        return np.asarray(20.0 * (away + 20.0) * np.exp(-1000.0 * time / tau_ms))

    other = np.asarray(2.4 * np.arange(HUM_V_mV.size), dtype=np.float64)
    far = np.where(np.abs(away) > 50.0, 40.0, 0.0) * np.sin(2 * np.pi * 50.0 * time + other[:, None])
    few = first(range(2, 9), lambda n: _hum(wave(2.0)[:n], HUM_V_mV[4 : 4 + n]) is not None)
    return {
        **{f"{hertz:g}_pA": Known(_hum_pA(wave(2.0, hertz)), 2.0, 0.2) for hertz in (50.0, 60.0)},
        **{f"{hertz:g}_phases_pA": Known(_hum_pA(wave(2.0, hertz, other)), 2.0, 0.3) for hertz in (50.0, 60.0)},
        "least_pA": turning(LADDER, lambda size: _hum_pA(wave(size)) > 0.0),
        "least_phases_pA": turning(LADDER, lambda size: _hum_pA(wave(size, 50.0, other)) > 0.0),
        "least_at_gates_pA": turning(LADDER, lambda size: _hum_pA(wave(size) + relaxing(10.0)) > 0.0),
        "far_pA": Known(_hum_pA(wave(2.0) + far), 2.0, 0.3),
        **{f"gates_{tau:g}_ms": Known(_hum_pA(relaxing(tau)), 0.0, 1e-9) for tau in (0.2, 1.0, 3.0, 10.0, 30.0)},
        "sweeps": exactly(few, 3.0),
    }


def _fails(check: Check | None) -> bool:
    return check is not None and not check.passed


def _membrane(**numbers: float) -> RecordingQuality:
    return RecordingQuality(membrane=MembraneQuality(**numbers))  # type: ignore[arg-type]


def a_reported_value_against_the_membrane_test() -> Answers:
    """Difference of R_s and of C_m that fails; error of the test up to which R_s is compared."""
    limits = LIMITS.model_copy(update={"series_resistance_apart": 0.01, "capacitance_apart": 0.01})

    def rs(apart: float, se: float = 0.01, reported: float = 10.0) -> Check | None:
        one = _membrane(reported_residual_MOhm=reported, tested_MOhm=reported + apart, tested_se_MOhm=se)
        return series_resistance_mismatch(one, limits)

    def cm(apart: float) -> Check | None:
        return capacitance_mismatch(_membrane(reported_pF=20.0, tested_pF=20.0 + apart, tested_se_pF=1.0), limits)

    floor = 0.1 * limits.series_resistance_MOhm
    return {
        "rs_MOhm": Known(turning(LADDER, lambda apart: _fails(rs(apart))), floor, 0.04 * floor),
        "rs_se": Known(turning(LADDER, lambda apart: _fails(rs(-apart, 1.0))), 4.0, 0.15),
        "cm_se": Known(turning(LADDER, lambda apart: _fails(cm(apart))), 4.0, 0.15),
        "compared": exactly(
            first((0.1, 0.14, 0.16, 0.29, 0.31, 0.5, 0.59, 0.61), lambda se: rs(0.0, 10.0 * se) is None), 0.31
        ),
    }


def leak_in_tails() -> Answers:
    """Difference between E_rev of tails and of their decay that fails, in standard errors."""
    limits = LIMITS.model_copy(update={"tail_leak_mV": 0.01})

    def fails(shift_mV: float) -> bool:
        at = ReversalQuality(tail_background=Background(E_mV, shift_mV, 1.0))
        return _fails(tail_leak(RecordingQuality(reversal=at), limits))

    return {"shift_se": Known(turning(LADDER, fails), 3.0, 0.1)}


def _tested(rs_MOhm: float, residual_MOhm: float, tested_MOhm: float, se_MOhm: float) -> Passive:
    test = MembraneTest(Ranged(tested_MOhm, se_MOhm), None, None)
    return Passive(SeriesResistance(rs_MOhm, residual_MOhm, 0.1, "sheet"), 20.0, None, None, test)


def _recorded(
    name: str,
    e_mV: float = E_mV,
    bath: str = "K5",
    passive: Passive | None = None,
    i_pA: FloatArray | None = None,
    se_pA: float = 0.01,
    command_off_mV: float = 0.0,
    e_nernst_mV: float = -80.0,
    se_mV: float = 0.01,
) -> CellRecording:
    v = np.arange(-100.0, 61.0, 5.0)
    field = constant_field(v, e_mV, float(thermal_voltage_mV(22.0)))
    current = field if i_pA is None else i_pA
    measured = replace(curve(v, current, se_pA=se_pA), v_command_mV=v + command_off_mV)
    estimate = Estimate(e_mV, e_mV - 0.1, e_mV + 0.1, se_mV, Estimator.SMOOTH_CURVE, None)
    prediction = Prediction("K", 1, 5.0, 140.0, e_nernst_mV)
    of_cell = passive or Passive(None, None, None, None, None)
    return CellRecording(
        name, bath, "pip", "", 22.0, of_cell, measured, v, points(v, current, se_pA), estimate, prediction
    )


Checked = Callable[[Sequence[CellRecording], Quality], Iterator[RecordingCheck]]


def _checked(check: Checked, earlier: CellRecording, one: CellRecording, limits: Quality = LIMITS) -> list[Check]:
    return [found for _, found in check([earlier, one], limits)]


def series_resistance_that_changes() -> Answers:
    """Change of the tested R_s that counts [SE], and difference of the setting of the compensation that is none."""
    limits = LIMITS.model_copy(update={"series_resistance_drift": 0.001})
    check = partial(_checked, series_resistance_over_cell, limits=limits)
    before = _recorded("a", passive=_tested(10.0, 2.0, 2.0, 0.1))

    def counts(change: float) -> bool:
        later = _recorded("b", passive=_tested(10.0, 2.0, 2.0 + 0.1 * 2.0**0.5 * change, 0.1))
        return any(map(_fails, check(before, later)))

    def other(setting: float) -> bool:
        later = _recorded("b", passive=_tested(10.0, 2.0 + 10.0 * setting, 4.0, 0.1))
        return not any(map(_fails, check(before, later)))

    return {
        "change_se": Known(turning(LADDER, counts), 3.0, 0.1),
        "setting": exactly(first((0.004, 0.0055, 0.009, 0.011, 0.015, 0.019, 0.021), other), 0.011),
    }


def e_rev_back_in_a_bath() -> Answers:
    """Shift of E_rev between two recordings in one bath that fails [SE of each]; warming that is not compared."""
    limits = LIMITS.model_copy(update={"return_mV": 0.01, "run_down": 100.0})

    def fails(shift: float) -> bool:
        later = _recorded("b", E_mV + shift, se_mV=1.0)
        return any(map(_fails, _checked(return_to_bath, _recorded("a", se_mV=1.0), later, limits)))

    def compared(degrees: float) -> bool:
        later = replace(_recorded("b", E_mV + 50.0), temperature_C=22.0 + degrees)
        return bool(_checked(return_to_bath, _recorded("a"), later))

    warmer = (0.2, 0.4, 0.6, 0.9, 1.1, 1.5, 1.9, 2.1)
    return {
        "shift_se": Known(turning(LADDER, fails), 3.0 * 2.0**0.5, 0.15),
        "degrees_C": exactly(first(warmer, lambda degrees: not compared(degrees)), 1.1),
    }


def outward_current_between_baths() -> Answers:
    """Driving force and size of currents whose run-down is measured: 30 % less, but all of it only far from E_rev."""
    v = np.arange(-100.0, 61.0, 5.0)
    field = constant_field(v, E_mV, float(thermal_voltage_mV(22.0)))
    far = np.where(v - E_mV > 0, 1.0 - 0.004 * np.clip(v - E_mV, 0.0, 100.0), 1.0)
    unit = field / float(field[-1])

    def change(i_pA: FloatArray, se_pA: float) -> float | None:
        earlier = _recorded("a", i_pA=1000.0 * unit, se_pA=se_pA)
        found = _checked(run_down_over_baths, earlier, _recorded("b", bath="K10", i_pA=i_pA, se_pA=se_pA))
        return found[0].finding.number if found else None

    return {"change": change(1000.0 * unit * far, 0.1), "noisy_change": change(1000.0 * unit * far, 60.0)}


def run_down_of_an_inward_rectifier() -> Answers:
    """Conductance that falls 0.05 % a mV from E_rev, which moves by 20 mV: it changes at equal commands only."""
    v, thermal = np.arange(-100.0, 61.0, 5.0), float(thermal_voltage_mV(22.0))

    def recorded(name: str, e_mV: float, inward: float) -> CellRecording:
        conductance = np.where(v < e_mV, inward, 1.0 - 0.0005 * (v - e_mV - 50.0))
        return _recorded(name, e_mV, name, i_pA=constant_field(v, e_mV, thermal) * conductance)

    def change(inward: float) -> float | None:
        found = _checked(run_down_over_baths, recorded("K5", E_mV, inward), recorded("K10", E_mV + 20.0, inward))
        return found[0].finding.number if found else None

    ratios = (0.8, 0.9, 1.1, 1.5, 1.9, 2.1, 3.0, 3.8, 4.2)
    return {
        "not_rectifying": Known(change(1.0), 20.0 * 0.0005, 0.001),
        "rectification": exactly(first(ratios, lambda ratio: abs(change(ratio) or 0.0) < 1e-6), 2.1),
    }


def e_rev_against_the_declared_bath() -> Answers:
    """Shift of E_rev against the declared change of the Nernst potential that fails, with small and large errors."""

    def fails(shift: float, se_mV: float) -> bool:
        earlier = _recorded("a", e_nernst_mV=-90.0, se_mV=se_mV)
        later = _recorded("b", E_mV - shift, "K10", e_nernst_mV=-70.0, se_mV=se_mV)
        return any(map(_fails, _checked(declared_bath, earlier, later)))

    return {
        "exact_mV": Known(turning(LADDER, lambda shift: fails(shift, 0.01)), 1.0, 0.04),
        "uncertain_mV": Known(turning(LADDER, lambda shift: fails(shift, 1.0)), 3.0 * 2.0**0.5, 0.15),
    }


TAILS_mV, HELD_mV, CHANNEL_mV = np.arange(-140.0, 21.0, 10.0), 40.0, -75.0


def _completeness(
    left: FloatArray | float = 1.0,
    decaying: FloatArray | float = 0.0,
    decaying_se_pA: FloatArray | float = 0.5,
    e_mV: float = CHANNEL_mV,
    noise_pA: float = 0.5,
    end_pA: float = 0.0,
) -> float | None:
    """Measured / expected size of tails of a channel that carries 1000 pA at the end of the conditioning step."""
    thermal = float(thermal_voltage_mV(22.0))
    full = constant_field(TAILS_mV, e_mV, thermal) / float(constant_field(np.array([HELD_mV]), e_mV, thermal)[0])
    full = 1000.0 * full
    commands = [flat(("before", 100, -80.0), ("A", 400, HELD_mV), ("B", 300, v)) for v in TAILS_mV.tolist()]
    samples = np.concatenate([np.zeros(100), 1000.0 + end_pA * np.linspace(-1.0, 0.0, 400) ** 2, np.zeros(300)])
    made = sweeps(commands, np.tile(samples, (TAILS_mV.size, 1)))
    measured = Plan(IVKind.TAIL, "tail", tuple(command[2] for command in commands), tuple(range(TAILS_mV.size)))
    one = replace(
        curve(TAILS_mV, full * left, IVKind.TAIL, noise_pA),
        conditioning=conditioning(made, measured),
        decaying_pA=full * decaying,
        decaying_se_pA=np.broadcast_to(decaying_se_pA, TAILS_mV.shape),
    )
    return tail_completeness(one, TAILS_mV, 0.0, e_mV, 22.0)


def tails_that_are_measured_in_part() -> Answers:
    """Remaining part of a distant tail, decay that shows that it was measured, and its error."""
    parts = tuple(0.02 * n for n in range(1, 60))
    thermal = float(thermal_voltage_mV(22.0))
    held = float(constant_field(np.array([HELD_mV]), CHANNEL_mV, thermal)[0])
    whole_pA = np.abs(1000.0 * constant_field(TAILS_mV, CHANNEL_mV, thermal) / held)
    decays = np.where(TAILS_mV < CHANNEL_mV, 0.3, 0.8)

    def uncertain(error: float) -> float:
        """Completeness where the decays below E_rev have this error, relative to the expected one of 0.8."""
        errors_pA = np.where(TAILS_mV < CHANNEL_mV, error * 0.8 * whole_pA, 1e-3)
        return _completeness(1.0, decays, errors_pA) or 0.0

    near = [e for e in np.arange(-139.0, -99.0, 1.0).tolist() if _completeness(e_mV=e) is not None]
    return {
        "left": Known(_completeness(np.where(TAILS_mV < -130.0, 0.2, 1.0)), 0.2, 0.002),
        "end_of_conditioning": _completeness(0.5, end_pA=400.0),
        "decaying": Known(turning(parts, lambda part: _completeness(1.0, part, 1.0) is None), 0.52, 0.02),
        "error": Known(turning(LADDER, lambda error: uncertain(error) > 0.9), 0.25, 0.01),
        "uncertain": exactly(_completeness(1.0, decays, 0.04 * whole_pA), 0.3 / (0.8 - 2.0 * 0.04)),
        "nearest_mV": Known(min(near, default=None), -120.0, 2.0),
    }


CASES = (
    drift_of_the_holding_current,
    a_jump_of_the_seal,
    a_current_that_settles,
    e_rev_that_moves_between_repeats,
    repeats_that_disagree,
    repeats_of_two_currents,
    a_ramp_with_hysteresis,
    hum_of_the_mains,
    a_reported_value_against_the_membrane_test,
    leak_in_tails,
    series_resistance_that_changes,
    e_rev_back_in_a_bath,
    outward_current_between_baths,
    run_down_of_an_inward_rectifier,
    e_rev_against_the_declared_bath,
    tails_that_are_measured_in_part,
)
