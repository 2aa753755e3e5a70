"""Recordings as they leave the converter: noise, filter, range, and what the truth says about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import bessel, freqz, welch

from reversal.errors import DomainError
from reversal.simulate.amplifier import Amplifier, bessel_filtered
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium, nonselective
from reversal.simulate.model_cell import Cell, steady_current_pA
from reversal.simulate.rig import ChannelLoss, RecordingConditions, digitised_counts, pipette_current_pA, record
from reversal.simulate.stimuli import ramp_up_and_down, repeated_step, step_family, tail_family
from reversal.simulate.stimulus_protocol import AbfProtocol

NO_CURRENT_SAMPLES = 40000


def noise_alone(amplifier: Amplifier, seed: int = 1) -> np.ndarray:
    """Two seconds at 20 kHz of an amplifier with nothing connected, two sweeps [pA]."""
    protocol = AbfProtocol((), 0.0, sweeps=2, samples=NO_CURRENT_SAMPLES, sample_rate_Hz=20000.0)
    return amplifier.in_pA(digitised_counts(np.zeros((2, 4 * NO_CURRENT_SAMPLES)), amplifier, protocol, seed))


def autocorrelation(noise: np.ndarray, lag: int) -> float:
    return float(np.mean(noise[:, lag:] * noise[:, :-lag]) / np.mean(noise**2))


def steady_pA(i_pA: np.ndarray, protocol: AbfProtocol) -> np.ndarray:
    """Mean of the last tenth of the tested epoch, which is the last but one, shape (sweeps,)."""
    start, stop = protocol.edges(0)[-2]
    return i_pA[:, stop - (stop - start) // 10 : stop].mean(axis=1)


def test_broad_band_noise_has_the_declared_rms() -> None:
    noise = noise_alone(Amplifier(noise_pA=5.0, slow_noise_pA=0.0))
    assert noise.std() == pytest.approx(5.0, rel=0.02)  # 80,000 samples, standard error 0.4 %


def test_broad_band_noise_has_the_spectrum_of_the_bessel_filter() -> None:
    noise = noise_alone(Amplifier(noise_pA=20.0, slow_noise_pA=0.0, lowpass_Hz=2000.0))
    frequency, density = welch(noise.ravel(), fs=20000.0, nperseg=512)
    _, response = freqz(*bessel(4, 2000.0, fs=80000.0, norm="mag"), worN=frequency, fs=80000.0)
    relative = density / density[1:20].mean()
    inside = (frequency > 100) & (frequency < 4000)
    assert relative[inside] == pytest.approx(np.abs(response[inside]) ** 2, abs=0.15)


def test_neighbouring_samples_are_correlated_and_distant_ones_are_not() -> None:
    noise = noise_alone(Amplifier(noise_pA=5.0, slow_noise_pA=0.0, lowpass_Hz=2000.0))
    assert autocorrelation(noise, 1) > 0.7
    assert abs(autocorrelation(noise, 100)) < 0.02


def test_slow_noise_decays_with_its_time_constant() -> None:
    noise = noise_alone(Amplifier(noise_pA=0.0, slow_noise_pA=50.0, slow_noise_ms=5.0))
    assert noise.std() == pytest.approx(50.0, rel=0.15)  # some 200 independent stretches
    assert autocorrelation(noise, 100) == pytest.approx(np.exp(-1), abs=0.1)


def test_hum_is_a_line_at_its_frequency() -> None:
    noise = noise_alone(Amplifier(noise_pA=1.0, slow_noise_pA=0.0, hum_pA=20.0, hum_Hz=50.0))
    spectrum = np.abs(np.fft.rfft(noise[0])) / NO_CURRENT_SAMPLES * 2
    assert np.argmax(spectrum) == 100  # 50 Hz of 0.5 Hz bins
    assert spectrum[100] == pytest.approx(20.0, rel=0.01)


def test_filter_is_3_dB_down_at_its_frequency_and_passes_steady_current() -> None:
    time_s = np.arange(80000) / 80000
    tone = np.sin(2 * np.pi * 4000 * time_s)[None, :]
    assert np.abs(bessel_filtered(tone, 80000.0, 4000.0)[0, 40000:]).max() == pytest.approx(10 ** (-3 / 20), abs=0.01)
    assert bessel_filtered(np.full((1, 100), 7.0), 80000.0, 4000.0)[0] == pytest.approx(np.full(100, 7.0))


def test_filter_above_half_the_rate_is_refused() -> None:
    with pytest.raises(DomainError, match="below half the sampling rate"):
        bessel_filtered(np.zeros((1, 10)), 8000.0, 4000.0)


def test_same_seed_gives_the_same_counts_and_another_seed_does_not(
    potassium_cell: Cell, k5: RecordingConditions
) -> None:
    protocol = step_family(-100.0, 0.0, 50.0, step_ms=20.0)
    first, again, other = (record(potassium_cell, Amplifier(), k5, protocol, seed).counts for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_current_beyond_the_range_is_clipped_at_the_rail(potassium_cell: Cell, k5: RecordingConditions) -> None:
    coarse = Amplifier(mV_per_pA=20.0)
    made = record(potassium_cell, coarse, k5, step_family(-100.0, 0.0, 50.0, step_ms=20.0), seed=1)
    assert coarse.limit_pA == 500.0
    assert made.counts.max() == 32767
    assert made.counts.min() == -32768
    assert np.abs(made.i_pA).max() <= 500.0


def test_step_family_reads_the_steady_state_curve_on_the_membrane_axis(
    potassium_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    """At rest V_m = V_cmd − offset − I·R_s·(1 − compensation), and the current is the cell's own at that V_m."""
    protocol = step_family(-120.0, 40.0, 20.0, step_ms=300.0)
    made = record(potassium_cell, silent, k5, protocol, seed=1)
    measured = steady_pA(made.i_pA, protocol)
    command = np.arange(-120.0, 41.0, 20.0)
    v_mV = command - made.truth.junctions.offset_mV - measured * silent.residual_MOhm * 1e-3
    expected = steady_current_pA(potassium_cell, v_mV, k5.pipette, k5.bath, k5.temperature_C)
    assert measured == pytest.approx(expected, abs=0.5)  # a count is 0.6 pA


def test_current_is_zero_at_the_true_reversal(potassium_cell: Cell, k5: RecordingConditions, silent: Amplifier) -> None:
    truth = record(potassium_cell, silent, k5, repeated_step(0.0, repeats=1), seed=1).truth
    assert truth.e_rev_total_mV is not None
    at_reversal = repeated_step(truth.e_rev_total_mV + truth.junctions.offset_mV, repeats=1)
    made = record(potassium_cell, silent, k5, at_reversal, seed=1)
    assert steady_pA(made.i_pA, at_reversal)[0] == pytest.approx(0.0, abs=0.35)


def test_capacitance_compensation_removes_the_transient_but_not_the_steady_current(
    passive_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    protocol = step_family(-100.0, -60.0, 40.0, step_ms=20.0)
    plain = record(passive_cell, silent, k5, protocol, seed=1).i_pA
    compensated = record(passive_cell, replace(silent, capacitance_compensated=1.0), k5, protocol, seed=1).i_pA
    assert np.abs(plain).max() > 1000
    assert np.abs(compensated).max() < 300
    assert steady_pA(compensated, protocol) == pytest.approx(steady_pA(plain, protocol), abs=0.01)


def test_blocker_leaves_leak_and_the_difference_is_the_channel(
    potassium_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    protocol = step_family(-120.0, 40.0, 40.0)
    blocked = record(potassium_cell, silent, k5, protocol, seed=1, loss=ChannelLoss(blocked=1.0))
    command = np.arange(-120.0, 41.0, 40.0)
    v_mV = command - blocked.truth.junctions.offset_mV
    assert steady_pA(blocked.i_pA, protocol) == pytest.approx(0.1 * v_mV, abs=0.4)


def test_run_down_shrinks_the_channel_from_sweep_to_sweep(k5: RecordingConditions, silent: Amplifier) -> None:
    cell = Cell("c", background_potassium(), cm_pF=10.0, leak_nS=0.0)
    protocol = repeated_step(0.0, repeats=4)
    nearly_ideal = replace(silent, rs_MOhm=0.5)
    made = record(cell, nearly_ideal, k5, protocol, seed=1, loss=ChannelLoss(run_down_per_sweep=0.1))
    steady = steady_pA(made.i_pA, protocol)
    assert steady[1:] / steady[:-1] == pytest.approx([0.9] * 3, abs=0.002)


def test_drifting_series_resistance_takes_more_of_the_command(k5: RecordingConditions, silent: Amplifier) -> None:
    """Ohmic 20 nS between E and the command behind R: I = (V_cmd − offset − E)/(1/g + R), R growing by 1 MΩ a sweep."""
    cell = Cell("c", nonselective(20.0, -80.0), cm_pF=10.0, leak_nS=0.0)
    protocol = repeated_step(0.0, repeats=4)
    made = record(cell, replace(silent, rs_drift_per_sweep=0.1), k5, protocol, seed=1)
    residual_MOhm = 2.5 + np.arange(4)
    expected_pA = 1000 * (80.0 - made.truth.junctions.offset_mV) / (50.0 + residual_MOhm)
    assert steady_pA(made.i_pA, protocol) == pytest.approx(expected_pA, abs=0.4)


def test_wash_in_moves_the_reversal_within_the_recording(k5: RecordingConditions, silent: Amplifier) -> None:
    cell = Cell("c", background_potassium(), cm_pF=10.0, leak_nS=0.0)
    washing = replace(k5, bath=SERIES[4], wash_from=SERIES[1], wash_s=5.0)
    protocol = repeated_step(-60.0, repeats=12)
    steady = steady_pA(record(cell, silent, washing, protocol, seed=1).i_pA, protocol)
    settled = steady_pA(record(cell, silent, replace(k5, bath=SERIES[4]), protocol, seed=1).i_pA, protocol)
    before = steady_pA(record(cell, silent, k5, protocol, seed=1).i_pA, protocol)
    assert steady[0] == pytest.approx(before[0], abs=0.5)
    assert np.all(np.diff(steady) < 0)
    left = (steady[5] - settled[0]) / (steady[0] - settled[0])
    assert left == pytest.approx(np.exp(-2.0), abs=0.05)  # ten seconds in; the current is nearly linear in the mixture


def test_averages_over_the_fine_grid_keep_the_charge(
    passive_cell: Cell, k5: RecordingConditions, silent: Amplifier
) -> None:
    protocol = step_family(-100.0, -100.0, 10.0, step_ms=40.0)
    current = pipette_current_pA(passive_cell, silent, k5, protocol)
    start, stop = (4 * edge for edge in protocol.edges(0)[3])
    fine_ms = 0.0125
    charge_fC = float((current[0, start:stop] - current[0, stop - 100 : stop].mean()).sum() * fine_ms)
    share = 500.0 / 502.5
    assert charge_fC == pytest.approx(-20.0 * 20.0 * share**2, rel=1e-4)


@pytest.mark.parametrize(
    "protocol",
    [
        step_family(-120.0, 40.0, 10.0),
        tail_family(30.0, -120.0, 0.0, 10.0),
        ramp_up_and_down(-120.0, 40.0),
        repeated_step(-20.0),
    ],
    ids=lambda protocol: protocol.name,
)
def test_protocols_begin_with_the_same_membrane_test_and_end_at_holding(protocol: AbfProtocol) -> None:
    command = protocol.command_mV()
    start, stop = protocol.edges(0)[1]
    assert np.all(command[:, start:stop] == -90.0)
    assert np.all(command[:, :start] == -80.0)
    assert np.all(command[:, -20:] == -80.0)


def test_family_that_misses_its_last_level_is_refused() -> None:
    with pytest.raises(DomainError, match="does not lead from the first level to the last"):
        step_family(-120.0, 40.0, 15.0)
