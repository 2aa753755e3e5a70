"""Coupled transport from its stoichiometry alone: charge, reversal, free energy, direction, steepest gradient.

A cycle is written in its forward sense: ``stoichiometry("3 Na+ in, 1 Ca^2+ out")``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError, nearest
from reversal.physics.checks import finite, kelvin, positive
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.nernst import thermal_voltage_mV

Sides = Mapping[str, tuple[ArrayLike, ArrayLike]]  # species: (outside, inside) [mM]


@dataclass(frozen=True, slots=True)
class Leg:
    """One species of a cycle: ``inward`` of it enter (negative: leave), each with charge z."""

    species: str
    inward: int
    z: int


@dataclass(frozen=True, slots=True)
class Transporter:
    """A cycle, written in its forward sense."""

    name: str
    legs: tuple[Leg, ...]

    @property
    def net_charge(self) -> int:
        """Charge that one forward cycle brings in [e]; 0 = electroneutral."""
        return sum(leg.inward * leg.z for leg in self.legs)


class Mode(StrEnum):
    """Which way a cycle runs."""

    FORWARD = "forward"
    REVERSE = "reverse"
    EQUILIBRIUM = "equilibrium"


LEG = re.compile(r"^(?:(\d+)\s*)?([A-Za-z][A-Za-z0-9_]*?)(?:\^(\d*)([+-])|([+-]))?\s+(in|out)$")


def stoichiometry(text: str, name: str = "") -> Transporter:
    """Read a cycle such as ``"3 Na+ in, 1 Ca^2+ out"`` or ``"2 Na+ in, 1 glucose in"``.

    A charge is written ``Na+``, ``Ca^2+``, ``HCO3^-``; after a name that ends in a digit the caret is required,
    for there ``Ca2+`` could be read in two ways. Raises DomainError for what cannot be read.

    >>> stoichiometry("1 Na+ in, 2 HCO3^- in").net_charge
    -1
    """
    legs = tuple(_leg(part.strip()) for part in text.split(","))
    return Transporter(name or text, legs)


def reversal_mV(transporter: Transporter, sides: Sides, temperature_C: ArrayLike) -> FloatArray:
    """Membrane potential at which the cycle stands still [mV]; concentrations broadcast.

    Raises DomainError for an electroneutral cycle, which has none.
    """
    if transporter.net_charge == 0:
        raise DomainError(
            "an electroneutral cycle has no reversal potential",
            found=transporter.name,
            remedy="Ask for its free energy: the concentrations alone decide its direction",
        )
    return np.asarray(-thermal_voltage_mV(temperature_C) * _chemical(transporter, sides) / transporter.net_charge)


def free_energy_kJ_per_mol(
    transporter: Transporter, sides: Sides, v_mV: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """ΔG of one mole of forward cycles [kJ/mol]; below 0 the cycle runs forward by itself."""
    rt = GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C)
    electrical = transporter.net_charge * FARADAY_C_PER_MOL * finite(v_mV, "v_mV") * 1e-3
    return np.asarray((rt * _chemical(transporter, sides) + electrical) * 1e-3)


def mode(transporter: Transporter, sides: Sides, v_mV: float, temperature_C: float) -> Mode:
    """Which way the cycle runs at this voltage and these concentrations."""
    energy = float(free_energy_kJ_per_mol(transporter, sides, v_mV, temperature_C))
    if energy == 0:
        return Mode.EQUILIBRIUM
    return Mode.FORWARD if energy < 0 else Mode.REVERSE


def steepest_ratio(
    transporter: Transporter, species: str, sides: Sides, v_mV: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Inside/outside ratio of ``species`` at which the cycle, driven by all others, stands still.

    sides : (outside, inside) [mM] of every other species
    """
    leg = next((leg for leg in transporter.legs if leg.species == species), None)
    if leg is None:
        raise DomainError(
            "a cycle does not carry this",
            found=species,
            remedy=nearest(species, [leg.species for leg in transporter.legs]),
        )
    others = Transporter(transporter.name, tuple(one for one in transporter.legs if one is not leg))
    electrical = transporter.net_charge * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(np.exp(-(_chemical(others, sides) + electrical) / leg.inward))


def ion_motive_force_mV(
    v_mV: ArrayLike, out: ArrayLike, inside: ArrayLike, temperature_C: ArrayLike, z: int = 1
) -> FloatArray:
    """V − E of the ion that couples a cell's work [mV]: proton- or sodium-motive force; below 0 drives it in."""
    ratio = np.log(positive(out, "out") / positive(inside, "inside"))
    return np.asarray(finite(v_mV, "v_mV") - thermal_voltage_mV(temperature_C) / z * ratio)


def proton_motive_force_mV(
    v_mV: ArrayLike, ph_out: ArrayLike, ph_in: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """V − (RT ln 10/F)(pH_in − pH_out) [mV]."""
    step = thermal_voltage_mV(temperature_C) * np.log(10.0)
    return np.asarray(finite(v_mV, "v_mV") - step * (finite(ph_in, "ph_in") - finite(ph_out, "ph_out")))


def ions_per_atp(atp_kJ_per_mol: ArrayLike, motive_force_mV: ArrayLike) -> FloatArray:
    """Fewest ions that must flow in for one ATP: ΔG_ATP/(F |motive force|).

    atp_kJ_per_mol : free energy of hydrolysis, > 0 [kJ/mol];  motive_force_mV : below 0 [mV]
    """
    per_ion = FARADAY_C_PER_MOL * positive(-np.asarray(motive_force_mV, dtype=np.float64), "−motive_force_mV") * 1e-6
    return np.asarray(positive(atp_kJ_per_mol, "atp_kJ_per_mol") / per_ion)


def atp_efficiency(cost_kJ_per_mol: ArrayLike, atp_kJ_per_mol: ArrayLike) -> FloatArray:
    """Share of the free energy of one ATP that a cycle stores; above 1 it cannot run."""
    cost = finite(cost_kJ_per_mol, "cost_kJ_per_mol")
    return np.asarray(cost / positive(atp_kJ_per_mol, "atp_kJ_per_mol"))


def _chemical(transporter: Transporter, sides: Sides) -> FloatArray:
    """Σ n ln(inside/outside) over what the forward cycle brings in."""
    total: FloatArray = np.zeros(())
    for leg in transporter.legs:
        if leg.species not in sides:
            raise DomainError(
                "a species of the cycle has no concentrations", found=leg.species, expected="outside, inside"
            )
        outside, inside = sides[leg.species]
        logarithm = np.log(positive(inside, f"{leg.species} inside") / positive(outside, f"{leg.species} outside"))
        total = total + leg.inward * logarithm
    return total


def _leg(text: str) -> Leg:
    found = LEG.match(text)
    if not found:
        raise DomainError(
            "a part of a cycle cannot be read", found=text, expected="such as '3 Na+ in' or '1 Ca^2+ out'"
        )
    count, species, size, sign, bare, way = found.groups()
    if bare and species[-1].isdigit():
        raise DomainError(
            "a charge can be read in two ways", found=text, expected="a caret before the charge: Ca^2+, NH4^+, HCO3^-"
        )
    z = 0 if not (sign or bare) else int(size or 1) * (1 if (sign or bare) == "+" else -1)
    number = int(count or 1)
    if number == 0:
        raise DomainError("a cycle moves none of a species", found=text)
    return Leg(species, number if way == "in" else -number, z)


NKCC1 = stoichiometry("1 Na+ in, 1 K+ in, 2 Cl- in", "NKCC1")
KCC2 = stoichiometry("1 K+ out, 1 Cl- out", "KCC2")
NBCE1 = stoichiometry("1 Na+ in, 2 HCO3^- in", "NBCe1 (1:2)")
NCX = stoichiometry("3 Na+ in, 1 Ca^2+ out", "NCX")
NHE = stoichiometry("1 Na+ in, 1 H+ out", "NHE")
SOS1 = stoichiometry("1 H+ in, 1 Na+ out", "SOS1")
SGLT1 = stoichiometry("2 Na+ in, 1 glucose in", "SGLT1")
SGLT2 = stoichiometry("1 Na+ in, 1 glucose in", "SGLT2")
GAT_SODIUM_ONLY = stoichiometry("2 Na+ in, 1 GABA in", "GAT (2 Na⁺ : 1 GABA, as textbooks print)")
GAT1 = stoichiometry("2 Na+ in, 1 Cl- in, 1 GABA in", "GAT1 (2 Na⁺ : 1 Cl⁻ : 1 GABA)")
NA_K_PUMP = stoichiometry("3 Na+ out, 2 K+ in", "Na⁺/K⁺ pump")
NAMED = {
    "NKCC1": NKCC1,
    "KCC2": KCC2,
    "NBCe1": NBCE1,
    "NCX": NCX,
    "NHE": NHE,
    "SOS1": SOS1,
    "SGLT1": SGLT1,
    "SGLT2": SGLT2,
    "GAT": GAT_SODIUM_ONLY,
    "GAT1": GAT1,
    "NaK": NA_K_PUMP,
}
