"""Donnan equilibrium."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.donnan import donnan, swollen_excess_mOsm
from reversal.physics.nernst import nernst_mV

MILLIMOLAR = st.floats(0.01, 500)


@given(MILLIMOLAR, st.floats(0, 300), st.floats(-3, 3))
def test_every_ion_is_at_its_nernst_potential_and_the_inside_is_neutral(salt, impermeant, z):
    outside = np.array([salt, 0.1 * salt, 1.2 * salt])
    found = donnan(outside, [1, 2, -1], impermeant, z, 37)
    assert nernst_mV(outside, found.in_mM, [1, 2, -1], 37) == pytest.approx(float(found.potential_mV), abs=1e-6)
    charge = found.in_mM @ [1, 2, -1] + impermeant * z
    assert charge == pytest.approx(0, abs=1e-9 * (found.in_mM.sum() + impermeant))


def test_osmotic_excess_falls_with_swelling_and_stays_above_zero():
    excess = swollen_excess_mOsm([1, 2, 10, 100], [110, 110], [1, -1], 150, -1, 37)
    assert np.all(np.diff(excess) < 0)
    assert np.all(excess > 0)
