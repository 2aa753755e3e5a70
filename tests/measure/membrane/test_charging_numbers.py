"""The filter of the charging model, its bins and grids, against scipy and by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.membrane.charging_model import TransientWindow, bessel, fitted
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged


def test_the_filter_is_scipys_four_pole_bessel() -> None:
    from scipy.signal import bessel as design

    _, expected, _ = design(4, 2 * np.pi, analog=True, output="zpk", norm="mag")
    poles, residues = bessel()
    upper = sorted((pole for pole in expected if pole.imag > 0), key=lambda pole: pole.imag)
    assert sorted(poles, key=lambda pole: pole.imag) == pytest.approx(upper, rel=1e-9)
    for frequency, power in ((0.0, 1.0), (1.0, 0.5)):
        s = 2j * np.pi * frequency
        response = sum(r / (s - p) + np.conj(r) / (s - np.conj(p)) for p, r in zip(poles, residues, strict=True))
        assert abs(response) ** 2 == pytest.approx(power, rel=1e-9)


def charging(g: float, parts: list[tuple[float, float]], window: TransientWindow, late: float = 0.0) -> np.ndarray:
    """Current per step height behind the filter, by convolution on a grid fifty times finer."""
    from scipy.signal import bessel as design

    fine = 50
    total = window.before + window.length + window.after
    t = np.arange(total * fine) / fine - window.before - late
    _, poles, gain = design(4, 2 * np.pi / window.filter_samples, analog=True, output="zpk", norm="mag")
    current = np.where(t >= 0, g, 0.0)
    for charge, tau in parts:
        current = current + np.where(t >= 0, charge / tau * np.exp(-np.maximum(t, 0) / tau), 0.0)
    time = np.arange(int(8 * window.filter_samples) * fine) / fine
    residues = [gain / np.prod([p - q for q in poles if q != p]) for p in poles]
    kernel = np.real(sum(r * np.exp(p * time) for p, r in zip(poles, residues, strict=True))) / fine
    return np.convolve(current, kernel)[: current.size].reshape(total, fine)[:, 0]


WINDOW = TransientWindow(200, 1200, 0, 8.0, 0.1, 0.4, 0.3)


def test_one_compartment_gives_back_its_charge_and_its_time_constant() -> None:
    clean = charging(0.5, [(60.0, 30.0)], WINDOW, late=0.4)
    rows = clean + 0.002 * np.random.default_rng(1).standard_normal((8, clean.size))
    found = fitted(rows, np.full(8, 1 / 8), WINDOW)
    assert found.charges.shape[0] == 1
    assert found.conductance[0] == pytest.approx(0.5, rel=0.01)
    assert found.charges[0, 0] == pytest.approx(60.0, rel=0.02)
    assert found.taus[0, 0] == pytest.approx(30.0, rel=0.02)
    assert found.misfit < 0.05


def test_two_compartments_are_distinguished() -> None:
    clean = charging(0.5, [(40.0, 15.0), (50.0, 150.0)], WINDOW, late=0.4)
    rows = clean + 0.002 * np.random.default_rng(2).standard_normal((8, clean.size))
    found = fitted(rows, np.full(8, 1 / 8), WINDOW)
    assert found.taus[:, 0] == pytest.approx([15.0, 150.0], rel=0.05)
    assert found.charges[:, 0] == pytest.approx([40.0, 50.0], rel=0.05)


def test_limits_of_a_value_are_1_96_standard_errors_away() -> None:
    one = Ranged(10.0, 2.0)
    assert (one.low, one.high) == pytest.approx((6.08, 13.92), abs=1e-3)


def with_sweeps(by_sweep_MOhm: np.ndarray | None) -> MembraneTest:
    return MembraneTest(Ranged(10.0, 0.2), None, None, by_sweep_MOhm=by_sweep_MOhm)


def test_a_drift_of_series_resistance_is_its_trend_from_first_to_last_sweep() -> None:
    wiggle = 0.01 * np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
    assert with_sweeps(10.0 + 0.3 * np.arange(6) + wiggle).rs_drift_MOhm() == pytest.approx(1.5, abs=0.05)
    assert with_sweeps(10.0 + wiggle).rs_drift_MOhm() is None
    assert with_sweeps(10.0 + 0.3 * np.arange(3)).rs_drift_MOhm() is None
    assert with_sweeps(10.0 + 0.3 * np.arange(4) + wiggle[:4]).rs_drift_MOhm() is not None
    assert with_sweeps(None).rs_drift_MOhm() is None


def test_delay_and_error_of_a_clamp() -> None:
    """τ 0.12 ms and 0.336 periods of a 4 kHz filter; 10 % of τ is not known, or 0.2 ms of a clamp or filter."""
    known = Clamp(0.12, 4000.0)
    assert known.delay_ms == pytest.approx(0.12 + 0.336 / 4.0)
    assert known.delay_sd_ms == pytest.approx(0.012)
    assert Clamp(0.12, None).delay_ms == pytest.approx(0.12)
    assert Clamp(0.12, None).delay_sd_ms == pytest.approx(np.hypot(0.012, 0.2))
    assert Clamp(None, 4000.0).delay_sd_ms == pytest.approx(0.2)
    assert Clamp(None, 4000.0).delay_ms == pytest.approx(0.084)


def test_a_reported_resistance_is_known_to_a_tenth_of_what_compensation_leaves(
    measured: Callable[..., MeasuredCase],
) -> None:
    """5 MΩ of which 80 % are compensated, as sheet or amplifier state it."""
    rs = measured().measured.passive.rs
    assert rs is not None
    assert rs.source != "membrane test"
    assert rs.residual_MOhm == pytest.approx(0.2 * rs.rs_MOhm)
    assert rs.sd_MOhm == pytest.approx(0.1 * rs.residual_MOhm)
