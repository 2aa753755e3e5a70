"""Constants of the SI, exact since 2019, and two others that the formulas need.

Sources: BIPM, The International System of Units, 9th edition (2019); CODATA 2022 for the permittivity.
"""

from __future__ import annotations

ELEMENTARY_CHARGE_C = 1.602176634e-19
AVOGADRO_PER_MOL = 6.02214076e23
BOLTZMANN_J_PER_K = 1.380649e-23

GAS_CONSTANT_J_PER_MOL_K = BOLTZMANN_J_PER_K * AVOGADRO_PER_MOL
FARADAY_C_PER_MOL = ELEMENTARY_CHARGE_C * AVOGADRO_PER_MOL

VACUUM_PERMITTIVITY_F_PER_M = 8.8541878188e-12
ZERO_CELSIUS_K = 273.15
