"""The membrane as a capacitor, and the charged layers at its faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.constants import (
    AVOGADRO_PER_MOL,
    ELEMENTARY_CHARGE_C,
    FARADAY_C_PER_MOL,
    GAS_CONSTANT_J_PER_MOL_K,
    VACUUM_PERMITTIVITY_F_PER_M,
)
from reversal.physics.domain import finite, kelvin, nonzero, positive, within
from reversal.physics.nernst import thermal_voltage_mV
from reversal.physics.ranges import SALT


def field_force_ratio(z: ArrayLike, z_ref: ArrayLike) -> FloatArray:
    """Force of the same field on two ions, as a ratio: z/z_ref. Both broadcast; not 0 (else DomainError)."""
    return np.asarray(nonzero(z) / nonzero(z_ref))


def sphere_capacitance_pF(radius_um: ArrayLike, specific_uF_per_cm2: ArrayLike = 1.0) -> FloatArray:
    """Capacitance of a spherical membrane [pF].

    radius_um : [µm], > 0;  specific_uF_per_cm2 : specific capacitance [µF/cm²], > 0. Both broadcast.

    Raises DomainError for a value outside its range.
    """
    area_um2 = 4 * np.pi * positive(radius_um, "radius_um") ** 2
    return np.asarray(area_um2 * positive(specific_uF_per_cm2, "specific_uF_per_cm2") * 1e-2)


def ions_to_change_voltage(capacitance_pF: ArrayLike, change_mV: ArrayLike, z: ArrayLike = 1) -> FloatArray:
    """Number of ions of charge z that must cross to change the voltage by ``change_mV``; negative for inward.

    capacitance_pF : [pF], > 0;  change_mV : [mV];  z : charge number, not 0. All broadcast together.

    Raises DomainError for a value outside its range.
    """
    charge_C = positive(capacitance_pF, "capacitance_pF") * finite(change_mV, "change_mV") * 1e-15
    return np.asarray(-charge_C / (nonzero(z) * ELEMENTARY_CHARGE_C))


def fraction_of_bulk(
    change_mV: ArrayLike, radius_um: ArrayLike, bulk_mM: ArrayLike, specific_uF_per_cm2: ArrayLike = 1.0
) -> FloatArray:
    """Fraction of the ions of a spherical cell that cross when the voltage changes, 3 C |ΔV| / (r F c).

    change_mV : ΔV [mV];  radius_um : r [µm], > 0;  bulk_mM : concentration of monovalent ions inside [mM], > 0
    specific_uF_per_cm2 : C [µF/cm²], > 0. All broadcast together.

    Raises DomainError for a value outside its range.
    """
    ions = np.abs(ions_to_change_voltage(sphere_capacitance_pF(radius_um, specific_uF_per_cm2), change_mV))
    volume_L = 4 / 3 * np.pi * positive(radius_um, "radius_um") ** 3 * 1e-15
    return np.asarray(ions / (volume_L * positive(bulk_mM, "bulk_mM") * 1e-3 * AVOGADRO_PER_MOL))


def electrical_over_thermal(v_mV: ArrayLike, z: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """|zFV|/RT: electrical work to move one mole of ions across the membrane, in units of RT.

    v_mV : [mV];  z : charge number, not 0;  temperature_C : [°C]. All broadcast; DomainError outside the range.
    """
    return np.abs(nonzero(z) * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C))


def debye_length_nm(ionic_strength_M: ArrayLike, permittivity: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Debye length, the thickness of the diffuse layer of charge [nm].

    ionic_strength_M : [mol/L], above 0, up to 10;  permittivity : relative, of the solution, > 0;  temperature_C : [°C]

    All broadcast together. Raises DomainError for a value outside its range.

    Source: Debye & Hückel, Phys. Z. 24:185 (1923).
    """
    thermal = VACUUM_PERMITTIVITY_F_PER_M * positive(permittivity, "permittivity") * _rt(temperature_C)
    squared = thermal / (2 * FARADAY_C_PER_MOL**2 * within(ionic_strength_M, "ionic_strength_M", SALT) * 1e3)
    return np.asarray(np.sqrt(squared) * 1e9)


def surface_potential_mV(
    charge_C_per_m2: ArrayLike, salt_M: ArrayLike, permittivity: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Potential of a charged face relative to the bulk of its solution [mV], by Grahame's equation for a 1:1 salt.

    charge_C_per_m2 : surface charge [C/m²];  salt_M : concentration of the salt [mol/L], above 0, up to 10
    permittivity : relative, of the solution, > 0;  temperature_C : [°C]

    All broadcast together. Raises DomainError for a value outside its range.

    Source: Grahame, Chem. Rev. 41:441 (1947).
    """
    thermal = VACUUM_PERMITTIVITY_F_PER_M * positive(permittivity, "permittivity") * _rt(temperature_C)
    scale = np.sqrt(8 * thermal * within(salt_M, "salt_M", SALT) * 1e3)
    half = np.arcsinh(finite(charge_C_per_m2, "charge_C_per_m2") / scale)
    return np.asarray(2 * thermal_voltage_mV(temperature_C) * half)


def surface_concentration_mM(
    bulk_mM: ArrayLike, potential_mV: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Concentration at a charged face in equilibrium with the bulk [mM], by the Boltzmann factor.

    bulk_mM : [mM], > 0;  potential_mV : surface potential [mV];  z : charge number, not 0;  temperature_C : [°C]

    The surface potential changes the voltage across the membrane and, through this concentration, the equilibrium
    potential at the face by the same amount. The driving force is therefore that of the bulk: a surface charge shifts
    gating and conductance, but not the reversal potential. All broadcast; DomainError outside the range.
    """
    exponent = -nonzero(z) * finite(potential_mV, "potential_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(bulk_mM, "bulk_mM") * np.exp(exponent))


def time_constant_ms(capacitance_pF: ArrayLike, g_nS: ArrayLike) -> FloatArray:
    """Time constant C/g with which the membrane charges [ms]. Concentrations change much more slowly.

    capacitance_pF : [pF], > 0;  g_nS : total conductance [nS], > 0. Both broadcast; DomainError outside the range.
    """
    return np.asarray(positive(capacitance_pF, "capacitance_pF") / positive(g_nS, "g_nS"))


def _rt(temperature_C: ArrayLike) -> FloatArray:
    """RT [J/mol]."""
    return np.asarray(GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C))
