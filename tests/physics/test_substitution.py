"""Permeability and conductance ratios from reversal potentials, against GHK and published measurements."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.atlas.systems.bi_ionic import two_ion_ratio
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV, nernst_slope_mV_per_decade
from reversal.physics.substitution import conductance_ratio, substitution_ratio

# J. Physiol. 599:1855 (2021), table 4: background Na⁺ current, [Na]o 42.1, [K]o 2.5 mM; E in mV
# [K]i, [Na]i, E_Na, E_K, E_rev, g_Na/g_K
I_NA_B = [
    (25, 125, -29, -61, -34.8, 4.5),
    (50, 100, -23, -79, -34.9, 3.7),
    (130, 20, 20, -104, -18.4, 2.23),
    (140, 10, 38, -106, -8.1, 2.12),
    (140, 0.5, 117, -106, -12.4, 0.72),
]


@pytest.mark.parametrize("row", I_NA_B, ids=lambda row: f"K{row[0]}-Na{row[1]}")
def test_conductance_ratios_of_the_background_sodium_current(row: tuple[float, ...]) -> None:
    k_in, na_in, e_na, e_k, e_rev, printed = row
    assert conductance_ratio(e_rev, e_na, e_k) == pytest.approx(printed, abs=0.05 if printed > 3 else 0.01)
    assert nernst_mV(42.1, na_in, 1, 33) == pytest.approx(e_na, abs=0.5)  # the printed potentials imply 32–33 °C
    assert nernst_mV(2.5, k_in, 1, 33) == pytest.approx(e_k, abs=0.5)


def test_conductance_ratio_differs_from_the_permeability_ratio() -> None:
    permeability = [float(two_ion_ratio(row[4], 2.5, row[0], 42.1, row[1], 33)) for row in I_NA_B]
    difference = np.abs(np.array(permeability) / [row[5] for row in I_NA_B] - 1)
    assert difference.min() > 0.05
    assert difference.max() > 0.5


def test_constant_ratio_prediction_of_begenisich_cahalan_1980() -> None:
    """J. Physiol. 307:217: 56 mV a decade predicted (9 °C), 42 measured: three quarters, more than rounding."""
    predicted = float(nernst_slope_mV_per_decade(1, 9))
    assert predicted == pytest.approx(56, abs=0.5)
    assert 42 / predicted < 0.8


@pytest.mark.parametrize("ratio", [2.3, 0.92, 0.13])
def test_substitution_ratio_is_the_ratio_of_the_ghk_voltages(ratio: float) -> None:
    """Tl⁺, Rb⁺ and NH₄⁺ of the frog K⁺ channel (Hille 1973, J. Gen. Physiol. 61:669), 100 mM of each for 120 mM K⁺."""
    before = ghk_voltage_mV([1, ratio], [120, 0], [120, 0], [1, 1], 10)
    after = ghk_voltage_mV([1, ratio], [0, 100], [120, 0], [1, 1], 10)
    assert substitution_ratio(float(after - before), 120, 100, 10) == pytest.approx(ratio, rel=1e-12)
