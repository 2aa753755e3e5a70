"""Driving force, electrochemical potential difference, directions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.atlas.systems.driving import (
    Direction,
    current_direction,
    driving_force_mV,
    electrochemical_difference_kJ_per_mol,
    ion_flux_direction,
)
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.nernst import nernst_mV

MILLIMOLAR = st.floats(1e-9, 1e4)
CHARGE = st.sampled_from([-3, -2, -1, 1, 2, 3])
CELSIUS = st.floats(0, 50)


@given(MILLIMOLAR, MILLIMOLAR, CHARGE, CELSIUS, st.floats(-1000, 1000))
def test_electrochemical_difference_follows_its_definition(out, inside, z, celsius, v):
    e = nernst_mV(out, inside, z, celsius)
    rt = GAS_CONSTANT_J_PER_MOL_K * (celsius + 273.15)
    defined = (rt * np.log(inside / out) + z * FARADAY_C_PER_MOL * v * 1e-3) * 1e-3
    assert electrochemical_difference_kJ_per_mol(v, e, z) == pytest.approx(defined, abs=1e-9)
    assert driving_force_mV(v, e) == pytest.approx(v - e)


def test_anion_moves_against_its_current():
    assert current_direction(-65, -88) is Direction.OUTWARD
    assert ion_flux_direction(-65, -88, -1) is Direction.INWARD
    assert ion_flux_direction(-65, -88, 1) is Direction.OUTWARD
    assert current_direction(-65, -65) is Direction.NONE
