"""Mains hum is found in any phase, its effect on E_rev is in the interval, and gates and noise are no hum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.calibration.case_rig import amplifier_of, declared
from reversal.calibration.constant_cases.case import value_of
from reversal.calibration.constant_cases.quality_cases import hum_of_the_mains
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.measured_iv import measure_iv
from reversal.measure.measure_recording import measure_recording
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.mains_hum import Hum, mains_hum
from reversal.measure.voltage.junction_correction import Offset
from reversal.recordings.recording.recording import Epoch, Shape
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium
from reversal.simulate.model_cell import Cell
from reversal.simulate.stimuli import step_family
from reversal.tables.findings.code import Code
from tests.measure.findings_by_code import found_by_code
from tests.measure.made_recordings import recording, steps

PER_S = 10_000.0
LEVEL_mV = np.arange(-120.0, 11.0, 10.0)
E_mV, SLOPE_nS = -73.0, 2.0
NOISE_pA = 2.0


def family(step_ms: float, before_ms: float = 1.0, levels: FloatArray = LEVEL_mV, seed: int = 1) -> FloatArray:
    """An ohmic current in steps after a short time at holding, with white noise; (sweeps, samples)."""
    before, step = round(before_ms * PER_S / 1e3), round(step_ms * PER_S / 1e3)
    rows = NOISE_pA * np.random.default_rng(seed).standard_normal((levels.size, before + step))
    rows[:, before:] += SLOPE_nS * (levels - E_mV)[:, None]
    return rows


def wave(rows: FloatArray, hertz: float, size_pA: float, phase: FloatArray | float = 0.4) -> FloatArray:
    """Hum in every sweep; phase : in radians, one or (sweeps,)."""
    time = np.arange(rows.shape[1]) / PER_S
    return np.asarray(size_pA * np.cos(2 * np.pi * hertz * time + np.reshape(phase, (-1, 1))))


def hum_in(rows: FloatArray, before_ms: float = 1.0, levels: FloatArray = LEVEL_mV) -> Hum | None:
    before = round(before_ms * PER_S / 1e3)
    commands = [steps((-80.0, before), (v, rows.shape[1] - before)) for v in levels.tolist()]
    return hum_of(rows, commands)


def hum_of(rows: FloatArray, commands: list[tuple[Epoch, ...]]) -> Hum | None:
    sweeps = Sweeps.of(recording(rows, commands, PER_S))
    iv = measure_iv(sweeps, plan(sweeps.recording, Window()), Window(), Clamp(), Offset(0.0, 0.0, 1.0))
    return mains_hum(sweeps, iv, iv.total, E_mV)


@pytest.mark.parametrize("phase", [0.4, 2.0])
@pytest.mark.parametrize("hertz", [50.0, 60.0])
@pytest.mark.parametrize("step_ms", [60.0, 110.0])
def test_hum_has_its_size_and_shifts_e_rev_by_what_a_window_leaves_of_it(
    step_ms: float, hertz: float, phase: float
) -> None:
    """A mean over the last fifth of the step, 12 and 22 ms, of a sinusoid, divided by the slope."""
    rows = family(step_ms)
    found = hum_in(rows + wave(rows, hertz, 6.0, phase))
    assert found is not None
    assert (found.frequency_Hz, found.amplitude_pA) == (hertz, pytest.approx(6.0, rel=0.1))
    angle = np.pi * hertz * step_ms / 5e3
    assert found.shift_mV == pytest.approx(6.0 * abs(np.sin(angle) / angle) / SLOPE_nS, rel=0.1)


@pytest.mark.parametrize("hertz", [50.0, 60.0])
def test_hum_of_different_phases_in_the_sweeps_has_its_size(hertz: float) -> None:
    phases = np.random.default_rng(7).uniform(0.0, 2.0 * np.pi, LEVEL_mV.size)
    rows = family(110.0)
    found = hum_in(rows + wave(rows, hertz, 6.0, phases))
    assert found is not None
    assert (found.frequency_Hz, found.amplitude_pA) == (hertz, pytest.approx(6.0, rel=0.1))


def test_a_window_of_whole_periods_has_no_hum() -> None:
    rows = family(100.0)
    found = hum_in(rows + wave(rows, 50.0, 6.0))
    assert found is not None
    assert found.shift_mV < 0.01


def test_a_repeated_family_averages_hum_of_different_phases_only() -> None:
    rows, levels = family(60.0, levels=np.tile(LEVEL_mV, 4)), np.tile(LEVEL_mV, 4)
    phases = np.random.default_rng(3).uniform(0.0, 2.0 * np.pi, levels.size)
    locked, differing = (hum_in(rows + wave(rows, 50.0, 6.0, phase), levels=levels) for phase in (0.4, phases))
    assert locked is not None
    assert differing is not None
    assert differing.shift_mV / differing.amplitude_pA == pytest.approx(
        locked.shift_mV / locked.amplitude_pA / 2.0, rel=0.1
    )


@pytest.mark.parametrize("scale", [1.0, 1e3], ids=["pA", "nA"])
@pytest.mark.parametrize("step_ms", [30.0, 60.0])
def test_white_noise_is_no_hum_at_any_scale_of_the_current(step_ms: float, scale: float) -> None:
    """Two frequencies stand out by chance in 0.6 % of recordings."""
    found = [hum_in(scale * family(step_ms, seed=seed)) for seed in range(50)]
    assert sum(hum is None or hum.amplitude_pA > 0 for hum in found) <= 1


def slow(shape: tuple[int, int], seed: int) -> FloatArray:
    """1/f noise."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((shape[0], 4096)))
    spectrum[:, 1:] *= np.sqrt(20.0 / np.arange(1, spectrum.shape[1]))
    return np.asarray(np.fft.irfft(spectrum, 4096)[:, : shape[1]])


def test_slow_noise_is_no_hum() -> None:
    rows = [family(60.0, seed=seed) + 2.0 * slow((LEVEL_mV.size, 610), seed) for seed in range(50)]
    assert sum(hum is None or hum.amplitude_pA > 0 for hum in map(hum_in, rows)) <= 1


@pytest.mark.parametrize("tau_ms", [0.3, 1.0, 3.0, 10.0, 30.0])
@pytest.mark.parametrize("step_ms", [30.0, 60.0])
def test_gates_and_charging_are_no_hum_although_their_currents_do_not_vanish_at_e_rev(
    step_ms: float, tau_ms: float
) -> None:
    """They reverse 20 mV away from E_rev, and their time constant depends on voltage."""
    rows = family(step_ms)
    since = np.arange(rows.shape[1] - 10) / PER_S * 1e3
    tau = tau_ms * np.exp(-(LEVEL_mV + 60.0) / 80.0)[:, None]
    rows[:, 10:] += 8.0 * (LEVEL_mV - E_mV + 20.0)[:, None] * np.exp(-since / tau)
    found = hum_in(rows)
    assert found is not None
    assert found.amplitude_pA == 0.0


def test_hum_twice_as_large_as_the_noise_of_a_sweep_is_found() -> None:
    """A sinusoid through 590 samples with noise of 2 pA has 0.16 pA rms."""
    rows = [family(60.0, seed=seed) for seed in range(10)]
    found = [hum_in(one + wave(one, 50.0, 0.4)) for one in rows]
    assert [hum is not None and 0.2 < hum.amplitude_pA < 0.6 for hum in found] == [True] * 10


@pytest.mark.parametrize(
    ("sweeps", "step_ms", "before_ms", "known"),
    [(14, 20.9, 1.0, False), (14, 21.1, 1.0, True), (14, 15.0, 30.0, True), (2, 60.0, 1.0, False)],
)
def test_hum_is_unknown_without_three_sweeps_and_a_period_of_50_hz(
    sweeps: int, step_ms: float, before_ms: float, known: bool
) -> None:
    """A millisecond is blanked; time at holding may show the hum too."""
    levels = LEVEL_mV[:sweeps]
    assert (hum_in(family(step_ms, before_ms, levels), before_ms, levels) is not None) is known


def test_hum_shifts_a_ramp_by_its_amplitude_over_the_slope() -> None:
    """The slope over a period, 16 mV here, in which hum adds nothing; within it, hum changes the slope."""
    epochs = (*steps((-80.0, 400), (-120.0, 600)), Epoch("B", Shape.RAMP, 1000, 3000, -120.0, 40.0))
    clean = NOISE_pA * np.random.default_rng(1).standard_normal((5, 3000))
    clean[:, 1000:] += SLOPE_nS * (np.linspace(-120.0, 40.0, 2000) - E_mV)
    for phase in (0.0, 1.5, 3.0):
        found = hum_of(clean + wave(clean, 50.0, 6.0, phase), [epochs] * 5)
        assert found is not None
        assert found.shift_mV == pytest.approx(6.0 / SLOPE_nS, rel=0.1)


def test_the_interval_of_a_recording_contains_the_effect_of_hum_that_is_locked_to_its_sweeps() -> None:
    """Sweeps start a whole number of periods apart, so that each has the same phase of the 50 Hz."""
    case = Case("hum", "background_potassium", 0.1, 2.0, 5.0, 0.8, 0.0, SERIES[3])
    cell, protocol = Cell("c", background_potassium(4.0), 15.0, 0.0), step_family(-120, 60, 10, step_ms=40.0)
    e_mV = []
    for hum_pA in (0.0, 8.0):
        amplifier = replace(amplifier_of(case), hum_pA=hum_pA)
        made = recording_of(cell, amplifier, conditions_in(case.bath), protocol, 1)
        one = measure_recording(declared(case)[0], made, declared(case)[1])
        assert one.reversal.estimate is not None
        e_mV.append(one.reversal.estimate.e_mV)
    assert one.budget is not None
    assert one.budget.own_low_mV is not None
    assert one.budget.own_high_mV is not None
    assert one.budget.own_low_mV < e_mV[0] < one.budget.own_high_mV
    assert abs(e_mV[1] - e_mV[0]) > 2.0
    assert Code.HUM in found_by_code(one)


def test_the_least_hum_that_is_found_in_noise_and_next_to_gates() -> None:
    """One of the constants halved or doubled changes one of these by more."""
    answers = {name: value_of(answer) for name, answer in hum_of_the_mains().items()}
    assert answers["least_pA"] == pytest.approx(0.207, rel=0.07)
    assert answers["least_phases_pA"] == pytest.approx(0.736, rel=0.07)
    assert answers["least_at_gates_pA"] == pytest.approx(12.2, rel=0.3)
    assert answers["far_pA"] == pytest.approx(2.0, rel=0.1)
    assert answers["sweeps"] == 3
    assert {value for name, value in answers.items() if name.startswith("gates")} == {0.0}
