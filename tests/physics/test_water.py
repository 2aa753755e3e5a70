"""Permittivity and density of water against printed tables."""

from __future__ import annotations

import pytest

from reversal.physics.water import water_density_kg_per_L, water_permittivity

# CRC Handbook of Chemistry and Physics, "Properties of water": kg/L
DENSITIES = {4: 0.99997, 10: 0.99970, 15: 0.99910, 20: 0.99821, 25: 0.99705, 30: 0.99565, 37: 0.99333, 40: 0.99222}
# Malmberg & Maryott 1956, table of measured values
PERMITTIVITIES = {0: 87.74, 20: 80.10, 25: 78.30, 40: 73.15}


@pytest.mark.parametrize(("temperature_C", "density"), DENSITIES.items())
def test_density_of_water_is_that_of_the_table(temperature_C: float, density: float) -> None:
    assert float(water_density_kg_per_L(temperature_C)) == pytest.approx(density, abs=4e-5)


@pytest.mark.parametrize(("temperature_C", "permittivity"), PERMITTIVITIES.items())
def test_permittivity_of_water_is_that_of_the_table(temperature_C: float, permittivity: float) -> None:
    assert float(water_permittivity(temperature_C)) == pytest.approx(permittivity, abs=0.02)
