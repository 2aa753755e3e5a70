"""Permeability ratios as free energies, in both sign conventions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.physics.selectivity import SelectivityEnergy, SignConvention, permeability_ratio, selectivity_energy

RATIO = st.floats(1e-4, 1e4)


@given(RATIO, st.floats(0, 50), st.sampled_from(SignConvention))
def test_energy_converts_back_to_the_ratio_in_either_convention(ratio, celsius, convention):
    energy = selectivity_energy(ratio, celsius, convention)
    assert energy.convention is convention
    assert permeability_ratio(energy, celsius) == pytest.approx(ratio, rel=1e-12)


def test_convention_sets_the_sign():
    disfavoured = selectivity_energy(0.01, 37)
    favoured = selectivity_energy(0.01, 37, SignConvention.FAVOURED_POSITIVE)
    assert disfavoured.kJ_per_mol == pytest.approx(11.875, abs=0.001)  # RT ln 100 at 37 °C
    assert favoured.kJ_per_mol == -disfavoured.kJ_per_mol
    assert permeability_ratio(SelectivityEnergy(12.0), 25) == pytest.approx(1 / 126.6, rel=1e-3)
