"""Extracellular potassium: release, uptake, feedback on firing, spatial buffering."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.atlas.systems.potassium import (
    Clearance,
    Firing,
    clear_potassium,
    excitability_loop,
    resting_mV,
    spatial_buffering,
)
from reversal.errors import DomainError
from reversal.physics.nernst import nernst_mV


def burst(t: float) -> float:
    """3 mM/s for 5 s."""
    return 3.0 if t < 5 else 0.0


@pytest.fixture(scope="module")
def clearances():
    return [clear_potassium(burst, 40, Clearance(v)) for v in (1.0, 2.0, 4.0, 8.0)]


def test_stronger_uptake_lowers_and_shortens_the_rise(clearances):
    peaks = [course.k_out_mM.max() for course in clearances]
    durations = [(course.e_k_mV > nernst_mV(4, 140, 1, 37)).mean() for course in clearances]
    assert np.all(np.diff(peaks) < 0)
    assert np.all(np.diff(durations) < 0)


def test_rise_of_potassium_is_release_minus_uptake(clearances):
    for course in clearances:
        assert course.k_out_mM - 3 == pytest.approx(course.released_mM - course.cleared_mM, abs=1e-9)
        assert course.released_mM[-1] == pytest.approx(15, rel=1e-3)


def test_firing_and_high_potassium_sustain_each_other_if_uptake_is_weak():
    weak, strong = Clearance(2.0), Clearance(10.0)
    quiet = excitability_loop(3.0, 120, weak, Firing(6.0)).k_out_mM[-1]
    locked = excitability_loop(14.0, 120, weak, Firing(6.0)).k_out_mM[-1]
    saved = excitability_loop(14.0, 120, strong, Firing(6.0)).k_out_mM[-1]
    assert quiet == pytest.approx(3, abs=0.2)
    assert locked > 15
    assert saved == pytest.approx(3, abs=0.2)


@pytest.fixture(scope="module")
def syncytium():
    x = np.arange(0, 1001, 25.0)
    start = 3 + 9 * np.exp(-(((x - 500) / 100) ** 2))
    return spatial_buffering(x, start, 20), spatial_buffering(x, start, 20, uptake_mM_per_s_mV=0.0)


def test_syncytium_moves_potassium_away_and_conserves_it(syncytium):
    buffered, diffusing = syncytium
    for course in syncytium:
        assert course.k_out_mM.sum(axis=1) == pytest.approx(course.k_out_mM[0].sum(), rel=1e-7)
    middle = buffered.position_um.size // 2
    assert buffered.k_out_mM[25, middle] < diffusing.k_out_mM[25, middle]
    assert buffered.k_out_mM[25, 5] > diffusing.k_out_mM[25, 5]


def test_syncytium_takes_up_potassium_where_it_is_high(syncytium):
    buffered = syncytium[0]
    e_k = nernst_mV(buffered.k_out_mM[0], 140, 1, 37)
    middle = buffered.position_um.size // 2
    assert buffered.astrocyte_mV[0, middle] < e_k[middle]
    assert buffered.astrocyte_mV[0, 0] > e_k[0]


def test_diffusion_alone_spreads_a_gaussian_by_2_d_t() -> None:
    """Variance grows by 2 D t: 100² + 2 · 700 · 5 = 17,000 µm², peak 9 · 100/√17000 mM above 3 mM."""
    x = np.arange(0, 4001, 20.0)
    start = 3 + 9 * np.exp(-((x - 2000) ** 2) / (2 * 100**2))
    spread = spatial_buffering(x, start, 5, uptake_mM_per_s_mV=0.0).k_out_mM[-1] - 3
    variance = float((spread * (x - 2000) ** 2).sum() / spread.sum())
    assert variance == pytest.approx(17_000, rel=1e-4)
    assert spread.max() == pytest.approx(9 * 100 / np.sqrt(17_000), rel=2e-3)


def test_small_cosine_decays_by_diffusion_and_buffering() -> None:
    """A cosine of wave number q decays at D q² + uptake (RT/F)/[K]ₒ (1 − 1/(1 + λ² q²)), linearised by hand."""
    x = np.arange(0, 2001, 10.0)
    q = np.pi / 2000
    cosine = np.cos(q * (x + 5) * 2000 / 2010)  # the sealed ends are half a step outside the outer points
    course = spatial_buffering(x, 5 + 0.01 * cosine, 60)
    q *= 2000 / 2010
    rate = 700 * q**2 + 0.05 * 26.7267 / 5 * (1 - 1 / (1 + 200**2 * q**2))
    remaining = (course.k_out_mM[-1] - 5) @ cosine / (0.01 * cosine @ cosine)
    assert np.log(remaining) == pytest.approx(-60 * rate, rel=2e-3)


@pytest.mark.parametrize(
    ("v_mV", "expected"), [(-55.0, 0.49665), (-40.0, 0.49665), (-47.5, 0.85409), (-100.0, 3.06e-7)]
)
def test_activity_is_a_product_of_two_logistic_curves(v_mV: float, expected: float) -> None:
    """1/(1 + e^{−(V+55)/3}) · 1/(1 + e^{(V+40)/3}), by hand."""
    assert Firing(6.0).activity(v_mV) == pytest.approx(expected, rel=1e-3)


def test_resting_potential_is_the_goldman_potential() -> None:
    """(RT/F) ln((3 + 0.05 · 145)/(140 + 0.05 · 12)) = −69.99 mV at 37 °C, by hand."""
    assert resting_mV(3.0, 0.05, 37) == pytest.approx(26.7267 * np.log(10.25 / 140.6), abs=1e-3)


def test_uptake_is_half_its_maximum_at_half_mM_above_rest() -> None:
    assert Clearance(4.0).rate_mM_per_s([3.0, 6.0, 0.0]).tolist() == [0.0, 2.0, -2.0]
    assert Clearance(4.0, half_mM=1.0, base_mM=2.0).rate_mM_per_s(3.0) == 2.0


def test_unevenly_spaced_positions_are_refused() -> None:
    with pytest.raises(DomainError, match="not evenly spaced"):
        spatial_buffering([0, 1, 3], [3, 3, 3], 1)


def test_course_starts_at_the_resting_level_with_its_nernst_potential() -> None:
    """(RT/F) ln(3/140) = −102.71 mV at 37 °C."""
    course = clear_potassium(burst, 1, Clearance(1.0))
    assert course.k_out_mM[0] == 3.0
    assert course.e_k_mV[0] == pytest.approx(-102.71, abs=0.01)


@pytest.mark.parametrize("k_in_mM", [140.0, 130.0])
def test_locked_potassium_is_where_release_and_uptake_balance(k_in_mM: float) -> None:
    """Root of release = uptake, found by scipy from the formulas of GHK, two logistic curves and half saturation."""
    from scipy.optimize import brentq

    def surplus(k: float) -> float:
        v = 26.7267 * np.log((k + 0.05 * 145.0) / (k_in_mM + 0.05 * 12.0))
        activity = 1 / (1 + np.exp(-(v + 55.0) / 3.0)) / (1 + np.exp((v + 40.0) / 3.0))
        return float(6.0 * activity - 2.0 * (k - 3.0) / (3.0 + k - 3.0))

    expected = brentq(surplus, 14.0, 60.0)
    course = excitability_loop(14.0, 400, Clearance(2.0), Firing(6.0), k_in_mM=k_in_mM)
    assert course.k_out_mM[-1] == pytest.approx(expected, rel=2e-3)
    settings = {"k_in_mM": k_in_mM} if k_in_mM != 140.0 else {}
    assert excitability_loop(14.0, 400, Clearance(2.0), Firing(6.0), **settings).k_out_mM[-1] == course.k_out_mM[-1]
