"""Each error that the rig adds to an interval, with a number derived by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from reversal.experiment.measure_settings import Window
from reversal.measure.iv import tail_currents
from reversal.measure.iv.ramp_capacitance import Onset, charging_capacitance
from reversal.measure.iv.tail_currents import Noise, edge_currents
from reversal.measure.membrane.charging_model import TransientWindow, fitted
from reversal.measure.membrane.clamp import Capacitance, Clamp
from reversal.measure.membrane.membrane_test import membrane_test
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.recordings.recording.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
)

CURRENT = Channel("I", "pA", "current")


def recorded(i_pA: np.ndarray, epochs: Sequence[Epoch], limit_pA: float | None = None) -> Sweeps:
    """A recording at 10 kHz of the same command in every sweep; i_pA : (sweeps, samples)."""
    command = Command(tuple(SweepCommand(tuple(epochs)) for _ in i_pA), Evidence.RECONSTRUCTED, "")
    sweeps = tuple(Sweep(0.0, row) for row in i_pA)
    return Sweeps.of(
        Recording("r", "", "", 10_000.0, sweeps, command, CURRENT, (CURRENT,), digitiser_limit_pA=limit_pA)
    )


def test_a_thermometer_is_accurate_to_half_a_degree() -> None:
    """E_K is proportional to the absolute temperature: −90 mV at 20 °C change by 90/293.15 mV per °C."""
    assert nernst_sd_mV(-90.0, 20.0) == pytest.approx(0.5 * 90.0 / 293.15)
    assert nernst_sd_mV(None, 20.0) == 0.0


def test_an_unknown_series_resistance_is_an_error_of_10_megohm_in_the_input_resistance() -> None:
    """Clipped, the transient is not fitted: R_s + R_m = 100 MΩ of a −10 mV step, known without noise to ± R_s."""
    step = [Epoch("A", Shape.STEP, 0, 200, -70.0, -70.0), Epoch("B", Shape.STEP, 200, 500, -80.0, -80.0)]
    rows = np.zeros((6, 500))
    rows[:, 200:] = -100.0
    test = membrane_test(recorded(rows, step, limit_pA=100.0))
    assert test is not None
    assert test.rs_MOhm is None
    assert test.rm_MOhm is not None
    assert test.rm_MOhm.value == pytest.approx(100.0)
    assert test.rm_MOhm.se == pytest.approx(10.0)


RAMP = [Epoch("A", Shape.RAMP, 0, 4000, -100.0, 60.0)]


def charging(tested: Capacitance | None, reported_pF: float | None) -> Capacitance:
    sweeps = recorded(np.zeros((3, 4000)), RAMP)  # no flat stretch before the ramp, which would show its capacitance
    onset = Onset(0.4, 0.1, 1.0)
    found, _ = charging_capacitance(sweeps, plan(sweeps.recording, Window()), 40, onset, tested, reported_pF)
    assert found is not None
    return found


def test_stray_capacitance_adds_0_3_pF_to_the_error_of_the_membrane_test() -> None:
    """A pipette that is compensated to a few tenths of a pF charges faster than the membrane test can see."""
    assert charging(Capacitance(20.0, 0.4), None).sd_pF == pytest.approx(np.hypot(0.4, 0.3))
    assert charging(Capacitance(20.0, 0.0), None).sd_pF == pytest.approx(0.3)


def test_a_reported_capacitance_is_known_to_a_tenth() -> None:
    assert charging(None, 30.0).sd_pF == pytest.approx(3.0)


def test_an_unknown_delay_of_the_clamp_is_0_2_ms() -> None:
    """Known clamp and filter: a tenth of τ. Neither known: 0.2 ms each."""
    assert Clamp(0.3, 5000.0).delay_sd_ms == pytest.approx(0.03)
    assert Clamp(None, None).delay_sd_ms == pytest.approx(0.2 * np.sqrt(2.0))


def test_a_further_relaxation_of_a_tail_costs_one_in_log_likelihood() -> None:
    """Without any current all models fit: their weights follow from the cost of ½ per parameter (half of AIC's 1).

    The error is that of the average model, of the spreads that least squares gives for each.
    """
    first, n = 20, 400
    models = tail_currents._models(n, first, False)
    spreads = np.sum(models.to_edge**2, axis=1)  # of white noise of variance 1
    weights = np.exp(-0.5 * models.parameters)
    found = edge_currents(np.zeros((1, n)), np.array([-50.0]), first, Noise(1.0, 1.0), transient=False)
    assert set(models.parameters) == {1.0, 3.0, 5.0}
    assert found.se[0] ** 2 == pytest.approx(weights @ spreads / weights.sum(), rel=1e-6)


def test_the_next_level_needs_another_number_of_relaxations_in_1_of_20_tails() -> None:
    """5 % go to all models equally; the rest stays in the models of the same number."""
    models = tail_currents._models(400, 20, False)
    other = models.parameters[:, None] != models.parameters
    elsewhere = np.where(other, models.transition(20.0), 0.0).sum(1)
    assert elsewhere == pytest.approx(0.05 * other.mean(1), rel=1e-9)


def through_filter(g: float, charge: float, tau: float, window: TransientWindow, lag: float) -> np.ndarray:
    """Current per step height of one compartment behind a four-pole Bessel filter, by SciPy."""
    from scipy.signal import bessel

    total = window.before + window.length
    _, poles, gain = bessel(4, 2 * np.pi / window.filter_samples, analog=True, output="zpk", norm="mag")
    residues = [gain / np.prod([p - q for q in poles if q != p]) for p in poles]
    t = np.arange(total, dtype=float) - window.before - lag
    after = np.maximum(t, 0.0)
    out = np.zeros(total, dtype=complex)
    for residue, pole in zip(residues, poles, strict=True):
        rise = np.exp(pole * after)
        out += residue * g * (rise - 1.0) / pole
        out += residue * charge / tau * (rise - np.exp(-after / tau)) / (pole + 1.0 / tau)
    return np.where(t > 0, out.real, 0.0)


@pytest.mark.parametrize(("period", "deviation"), [(8.0, 0.004), (5.0, 0.004), (2.0, 0.025), (1.25, 0.064)])
def test_a_filter_follows_its_model_to_0_4_percent_and_worse_with_few_samples_in_its_period(
    period: float, deviation: float
) -> None:
    """0.4 % of the transient's height in each of its first 16 samples; (5/P)² times that below 5 samples in a period.

    The error of the charge is that of least squares with level, conductance, charge and time constant free.
    """
    window = TransientWindow(100, 800, 0, period, 1e-6, 0.0, 1e-6)
    g, charge, tau = 0.5, 60.0, 30.0
    clean = through_filter(g, charge, tau, window, 0.0)
    rows = clean + 1e-4 * np.random.default_rng(3).standard_normal((4, clean.size))
    found = fitted(rows, np.full(4, 0.25), window)
    transient = through_filter(0.0, charge, tau, window, 0.0)
    columns = np.column_stack(
        [
            np.ones(clean.size),
            through_filter(1.0, 0.0, tau, window, 0.0),
            transient / charge,
            (through_filter(0.0, charge, tau + 1e-3, window, 0.0) - transient) / 1e-3,
        ]
    )
    weights = np.linalg.pinv(columns)[2, window.before : window.before + 16]
    expected = deviation * transient.max() * np.sqrt(weights @ weights)
    moved = found.charges[0, 1 + 4 :] - found.charges[0, 0]
    assert found.charges[0, 0] == pytest.approx(charge, rel=0.02)
    assert np.sqrt(moved @ moved) == pytest.approx(expected, rel=0.05)
