"""The membrane as a capacitor, and the layers of charge at its faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, kelvin, nonzero, positive
from reversal.physics.constants import (
    AVOGADRO_PER_MOL,
    ELEMENTARY_CHARGE_C,
    FARADAY_C_PER_MOL,
    GAS_CONSTANT_J_PER_MOL_K,
    VACUUM_PERMITTIVITY_F_PER_M,
)
from reversal.physics.nernst import thermal_voltage_mV


def field_force_ratio(z: ArrayLike, z_ref: ArrayLike) -> FloatArray:
    """Force of one field on an ion relative to that on another: the ratio of the charges."""
    return np.asarray(nonzero(z) / nonzero(z_ref))


def sphere_capacitance_pF(radius_um: ArrayLike, specific_uF_per_cm2: ArrayLike = 1.0) -> FloatArray:
    """Capacitance of a spherical membrane [pF];  radius [µm], specific capacitance [µF/cm²]."""
    area_um2 = 4 * np.pi * positive(radius_um, "radius_um") ** 2
    return np.asarray(area_um2 * positive(specific_uF_per_cm2, "specific_uF_per_cm2") * 1e-2)


def ions_to_change_voltage(capacitance_pF: ArrayLike, change_mV: ArrayLike, z: ArrayLike = 1) -> FloatArray:
    """Number of ions of charge z that must cross to change the voltage by ``change_mV`` [mV]; negative = inward."""
    charge_C = positive(capacitance_pF, "capacitance_pF") * finite(change_mV, "change_mV") * 1e-15
    return np.asarray(-charge_C / (nonzero(z) * ELEMENTARY_CHARGE_C))


def fraction_of_bulk(
    change_mV: ArrayLike, radius_um: ArrayLike, bulk_mM: ArrayLike, specific_uF_per_cm2: ArrayLike = 1.0
) -> FloatArray:
    """Share of a spherical cell's monovalent ions that ``change_mV`` moves: 3 C |ΔV| / (r F c).

    change_mV : [mV];  radius_um : [µm];  bulk_mM : concentration they are counted against [mM]
    """
    ions = np.abs(ions_to_change_voltage(sphere_capacitance_pF(radius_um, specific_uF_per_cm2), change_mV))
    volume_L = 4 / 3 * np.pi * positive(radius_um, "radius_um") ** 3 * 1e-15
    return np.asarray(ions / (volume_L * positive(bulk_mM, "bulk_mM") * 1e-3 * AVOGADRO_PER_MOL))


def electrical_over_thermal(v_mV: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """|zFV|/RT: electrical work of one crossing in units of RT."""
    return np.abs(nonzero(z) * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C))


def debye_length_nm(ionic_strength_M: ArrayLike, permittivity: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Thickness of the diffuse layer of charge [nm].

    ionic_strength_M : [mol/L], > 0;  permittivity : relative, of the solution;  temperature_C : [°C]

    Source: Debye & Hückel, Phys. Z. 24:185 (1923).
    """
    thermal = VACUUM_PERMITTIVITY_F_PER_M * positive(permittivity, "permittivity") * _rt(temperature_C)
    squared = thermal / (2 * FARADAY_C_PER_MOL**2 * positive(ionic_strength_M, "ionic_strength_M") * 1e3)
    return np.asarray(np.sqrt(squared) * 1e9)


def surface_potential_mV(
    charge_C_per_m2: ArrayLike, salt_M: ArrayLike, permittivity: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Potential of a charged face against its own bulk solution [mV], by Grahame's equation for a 1:1 salt.

    charge_C_per_m2 : surface charge [C/m²];  salt_M : [mol/L], > 0

    Source: Grahame, Chem. Rev. 41:441 (1947).
    """
    thermal = VACUUM_PERMITTIVITY_F_PER_M * positive(permittivity, "permittivity") * _rt(temperature_C)
    scale = np.sqrt(8 * thermal * positive(salt_M, "salt_M") * 1e3)
    half = np.arcsinh(finite(charge_C_per_m2, "charge_C_per_m2") / scale)
    return np.asarray(2 * thermal_voltage_mV(temperature_C) * half)


def surface_charge_C_per_m2(
    potential_mV: ArrayLike, salt_M: ArrayLike, permittivity: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Surface charge [C/m²] for a surface potential [mV]; the inverse of :func:`surface_potential_mV`."""
    thermal = VACUUM_PERMITTIVITY_F_PER_M * positive(permittivity, "permittivity") * _rt(temperature_C)
    half = finite(potential_mV, "potential_mV") / (2 * thermal_voltage_mV(temperature_C))
    return np.asarray(np.sqrt(8 * thermal * positive(salt_M, "salt_M") * 1e3) * np.sinh(half))


def surface_concentration_mM(
    bulk_mM: ArrayLike, potential_mV: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Concentration at a face whose layer is in equilibrium with the bulk [mM] (Boltzmann).

    The same potential enters the membrane's voltage and, through this concentration, the equilibrium potential at the
    face: their difference, the driving force, is that of the bulk. A surface charge moves gating and conductance,
    not the reversal potential.
    """
    exponent = -nonzero(z) * finite(potential_mV, "potential_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(bulk_mM, "bulk_mM") * np.exp(exponent))


def time_constant_ms(capacitance_pF: ArrayLike, g_nS: ArrayLike) -> FloatArray:
    """C/g [ms]: how fast the membrane charges; not how fast concentrations run down."""
    return np.asarray(positive(capacitance_pF, "capacitance_pF") / positive(g_nS, "g_nS"))


def _rt(temperature_C: ArrayLike) -> FloatArray:
    return np.asarray(GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C))
