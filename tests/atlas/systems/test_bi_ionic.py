"""Bi-ionic permeability ratios against published measurements and GHK; chord conductance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.arrays import FloatArray
from reversal.atlas.systems.bi_ionic import (
    bi_ionic_ratio,
    chord_mV,
    divalent_ratio,
    substitution_shift_mV,
    two_ion_ratio,
)
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV
from reversal.physics.substitution import substitution_ratio

RATIO, MILLIMOLAR = st.floats(1e-4, 1e4), st.floats(0.1, 500)
HILLE_1973 = {"Tl": 2.3, "Rb": 0.92, "NH4": 0.13}  # P_X/P_K, K⁺ channel of the frog node, J. Gen. Physiol. 61:669


def test_bi_ionic_ratio_of_castor_for_sodium():
    """Charpentier et al. 2008, table 3: E_rev of 17.9 mV gives P_K/P_Na 2.0 (20 °C, equal concentrations)."""
    assert bi_ionic_ratio(17.9, 100, 100, 20) == pytest.approx(2.03, abs=0.005)


def test_divalent_ratio_of_castor_for_calcium():
    """Same table: E_rev 5.0 mV; by the printed formula P_Ca[Ca]o/P_K[K]i = 0.676 (recomputed independently)."""
    assert divalent_ratio(5.0, 1, 1, 20) == pytest.approx(0.6761, abs=5e-5)
    assert 1 / divalent_ratio(5.0, 0.947, 1, 20) == pytest.approx(1.4, abs=0.005)


@pytest.mark.parametrize(("ion", "ratio"), HILLE_1973.items())
def test_substitution_shift_of_hille_1973_is_that_of_ghk(ion, ratio):
    """120 mM of X replaces 120 mM K⁺ outside, 120 mM K⁺ inside: the shift equals that of the GHK voltage."""
    shift = substitution_shift_mV(ratio, 120, 120, 10)
    before = ghk_voltage_mV([1, ratio], [120, 0], [120, 0], [1, 1], 10)
    after = ghk_voltage_mV([1, ratio], [0, 120], [120, 0], [1, 1], 10)
    assert shift == pytest.approx(float(after - before), abs=1e-9)
    assert substitution_ratio(shift, 120, 120, 10) == pytest.approx(ratio, rel=1e-12)
    assert bool(shift > 0) is (ratio > 1), ion


def test_upper_limit_of_permeability_limits_the_reversal_potential():
    """Hille 1973: P_Na/P_K < 0.01. With only Na⁺ outside, E_rev is below (RT/F) ln 0.01 = −112 mV at 10 °C."""
    assert bi_ionic_ratio(-24.4 * np.log(100), 120, 120, 10) == pytest.approx(0.01, rel=0.01)


def _bi_ionic_mV(ratio: FloatArray, x_out_mM: float, ref_in_mM: FloatArray) -> FloatArray:
    """GHK voltage at 10 °C with only X outside and only the reference inside."""
    zero = np.zeros_like(ratio)
    sides = [np.stack([zero, zero + x_out_mM], -1), np.stack([ref_in_mM, zero], -1)]
    return ghk_voltage_mV(np.stack([zero + 1, ratio], -1), *sides, [1, 1], 10)


def test_measured_ratios_shift_the_reversal_potential_less_than_a_constant_ratio():
    """Cahalan & Begenisich 1976: P_Na/P_K 12.8, 5.7, 3.5 at [K]i 530, 180, 50 mM (440 mM Na outside, squid)."""
    k_in, ratio = np.array([530.0, 180.0, 50.0]), np.array([12.8, 5.7, 3.5])
    measured, constant = (_bi_ionic_mV(p, 440, k_in) for p in (ratio, np.full(3, ratio[0])))
    assert bi_ionic_ratio(measured, 440, k_in, 10) == pytest.approx(ratio)
    assert np.ptp(measured) < 0.5 * np.ptp(constant)
    assert constant[-1] - constant[0] == pytest.approx(24.4 * np.log(530 / 50), abs=0.1)


@given(RATIO, MILLIMOLAR, MILLIMOLAR)
def test_bi_ionic_and_divalent_ratios_invert_the_ghk_voltage(ratio, out, inside):
    monovalent = ghk_voltage_mV([1, ratio], [0, out], [inside, 0], [1, 1], 20)
    assert bi_ionic_ratio(monovalent, out, inside, 20) == pytest.approx(ratio, rel=1e-9)
    divalent = ghk_voltage_mV([1, ratio], [0, out], [inside, 0], [1, 2], 20)
    assert divalent_ratio(divalent, out, inside, 20) == pytest.approx(ratio, rel=1e-9)


@given(st.floats(1e-3, 1e3))
def test_two_ion_ratio_inverts_the_ghk_voltage(ratio):
    v = ghk_voltage_mV([1, ratio], [5, 145], [140, 15], [1, 1], 37)
    assert two_ion_ratio(v, 5, 140, 145, 15, 37) == pytest.approx(ratio, rel=1e-6)


def test_chord_conductance_voltage_differs_from_the_ghk_voltage():
    e = np.array([nernst_mV(5, 140, 1, 37), nernst_mV(145, 15, 1, 37)])
    chord = chord_mV([1, 0.04], e)
    assert chord == pytest.approx((e[0] + 0.04 * e[1]) / 1.04)
    assert abs(chord - ghk_voltage_mV([1, 0.04], [5, 145], [140, 15], [1, 1], 37)) > 5
