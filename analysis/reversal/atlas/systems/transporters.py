"""Coupled transport from its stoichiometry: charge, reversal potential, free energy, direction, largest gradient.

A cycle is written in its forward direction: ``stoichiometry("3 Na+ in, 1 Ca^2+ out")``.
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
from reversal.physics.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from reversal.physics.domain import finite, kelvin, nonzero, positive
from reversal.physics.nernst import thermal_voltage_mV

Sides = Mapping[str, tuple[ArrayLike, ArrayLike]]  # species: (outside, inside) [mM]


@dataclass(frozen=True, slots=True)
class Leg:
    """One species of a cycle: ``inward`` particles with charge z enter per cycle; negative if they leave."""

    species: str
    inward: int
    z: int


@dataclass(frozen=True, slots=True)
class Transporter:
    """A transport cycle, in its forward direction."""

    name: str
    legs: tuple[Leg, ...]

    @property
    def net_charge(self) -> int:
        """Charge that one forward cycle moves in [e]; 0 if electroneutral."""
        return sum(leg.inward * leg.z for leg in self.legs)

    @property
    def kind(self) -> Kind:
        """Uniport: one species. Symport: all in one direction. Antiport: in both directions."""
        if len(self.legs) == 1:
            return Kind.UNIPORT
        return Kind.SYMPORT if len({leg.inward > 0 for leg in self.legs}) == 1 else Kind.ANTIPORT


class Kind(StrEnum):
    """Kind of a transporter by the directions of what it moves."""

    UNIPORT = "uniport"
    SYMPORT = "symport"
    ANTIPORT = "antiport"


class Mode(StrEnum):
    """Direction in which a cycle runs."""

    FORWARD = "forward"
    REVERSE = "reverse"
    EQUILIBRIUM = "equilibrium"


LEG = re.compile(r"^(?:(\d+)\s*)?([A-Za-z][A-Za-z0-9_]*?)(?:\^(\d*)([+-])|([+-]))?\s+(in|out)$")


def stoichiometry(text: str, name: str = "") -> Transporter:
    """Read a cycle such as ``"3 Na+ in, 1 Ca^2+ out"`` or ``"2 Na+ in, 1 glucose in"``.

    A charge is written ``Na+``, ``Ca^2+``, ``HCO3^-``. The caret is required if the name ends in a digit: ``Ca2+`` is
    ambiguous. Raises DomainError for a text that is not of this form.

    >>> stoichiometry("1 Na+ in, 2 HCO3^- in").net_charge
    -1
    """
    legs = tuple(_leg(part.strip()) for part in text.split(","))
    return Transporter(name or text, legs)


def reversal_mV(transporter: Transporter, sides: Sides, temperature_C: ArrayLike) -> FloatArray:
    """Membrane potential at which the cycle is at equilibrium [mV].

    sides : (outside, inside) of each species [mM], > 0, broadcast together;  temperature_C : [°C]

    Raises DomainError for an electroneutral cycle, which has no reversal potential, for a species without
    concentrations, and for a value outside its range.
    """
    if transporter.net_charge == 0:
        raise DomainError(
            "an electroneutral cycle has no reversal potential",
            found=transporter.name,
            remedy="Compute its free energy: its direction depends on the concentrations only",
        )
    return np.asarray(-thermal_voltage_mV(temperature_C) * _chemical(transporter, sides) / transporter.net_charge)


def free_energy_kJ_per_mol(
    transporter: Transporter, sides: Sides, v_mV: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """ΔG of one mole of forward cycles [kJ/mol]. Below 0 the cycle runs forward.

    sides : (outside, inside) of each species [mM], > 0;  v_mV : membrane potential [mV];  temperature_C : [°C]

    All broadcast together. Raises DomainError for a species without concentrations and for a value outside its range.
    """
    rt = GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_C)
    electrical = transporter.net_charge * FARADAY_C_PER_MOL * finite(v_mV, "v_mV") * 1e-3
    return np.asarray((rt * _chemical(transporter, sides) + electrical) * 1e-3)


def mode(transporter: Transporter, sides: Sides, v_mV: float, temperature_C: float) -> Mode:
    """Direction of the cycle at this voltage and these concentrations; parameters as of the free energy."""
    energy = float(free_energy_kJ_per_mol(transporter, sides, v_mV, temperature_C))
    if energy == 0:
        return Mode.EQUILIBRIUM
    return Mode.FORWARD if energy < 0 else Mode.REVERSE


def steepest_ratio(
    transporter: Transporter, species: str, sides: Sides, v_mV: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Inside/outside ratio of ``species`` at which the cycle is at equilibrium: the largest gradient it can make.

    sides : (outside, inside) of every other species [mM], > 0;  v_mV : membrane potential [mV];  temperature_C : [°C]

    All broadcast together. Raises DomainError for a species that the cycle does not move, for one without
    concentrations, and for a value outside its range.
    """
    leg = next((leg for leg in transporter.legs if leg.species == species), None)
    if leg is None:
        raise DomainError(
            "the cycle does not move this species",
            found=species,
            remedy=nearest(species, [leg.species for leg in transporter.legs]),
        )
    others = Transporter(transporter.name, tuple(one for one in transporter.legs if one is not leg))
    electrical = transporter.net_charge * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(np.exp(-(_chemical(others, sides) + electrical) / leg.inward))


def ion_motive_force_mV(
    v_mV: ArrayLike, out: ArrayLike, inside: ArrayLike, temperature_C: ArrayLike, z: int = 1
) -> FloatArray:
    """Proton- or sodium-motive force: V − E of the coupling ion [mV]. Below 0 it drives a cation in.

    v_mV : membrane potential [mV];  out, inside : concentrations or activities, same unit, > 0;  temperature_C : [°C]
    z : charge number. All broadcast together. Raises DomainError for a value outside its range.
    """
    ratio = np.log(positive(out, "out") / positive(inside, "inside"))
    return np.asarray(finite(v_mV, "v_mV") - thermal_voltage_mV(temperature_C) / nonzero(z) * ratio)


def atp_efficiency(cost_kJ_per_mol: ArrayLike, atp_kJ_per_mol: ArrayLike) -> FloatArray:
    """Fraction of the free energy of one ATP that a cycle stores. Above 1 the cycle cannot run.

    cost_kJ_per_mol : free energy of the cycle;  atp_kJ_per_mol : of ATP hydrolysis, > 0. Both broadcast.

    Raises DomainError for a value outside its range.
    """
    cost = finite(cost_kJ_per_mol, "cost_kJ_per_mol")
    return np.asarray(cost / positive(atp_kJ_per_mol, "atp_kJ_per_mol"))


def ions_per_atp(force_mV: ArrayLike, atp_kJ_per_mol: ArrayLike) -> FloatArray:
    """Smallest number of coupling ions whose entry gives the free energy of one ATP, ΔG_ATP/(F |force|).

    force_mV : proton- or sodium-motive force, below 0 [mV];  atp_kJ_per_mol : to make one ATP, > 0. Both broadcast.

    Raises DomainError for a value outside its range.

    >>> round(float(ions_per_atp(-200, 50)), 2)
    2.59
    """
    inward = positive(-finite(force_mV, "force_mV"), "−force_mV")
    return np.asarray(positive(atp_kJ_per_mol, "atp_kJ_per_mol") * 1e6 / (FARADAY_C_PER_MOL * inward))


def _chemical(transporter: Transporter, sides: Sides) -> FloatArray:
    """Σ n ln(inside/outside), n particles moved in by a forward cycle."""
    total: FloatArray = np.zeros(())
    for leg in transporter.legs:
        if leg.species not in sides:
            raise DomainError(
                "a species of the cycle has no concentrations", found=leg.species, expected="(outside, inside)"
            )
        outside, inside = sides[leg.species]
        logarithm = np.log(positive(inside, f"{leg.species} inside") / positive(outside, f"{leg.species} outside"))
        total = total + leg.inward * logarithm
    return total


def _leg(text: str) -> Leg:
    found = LEG.match(text)
    if not found:
        raise DomainError(
            "a part of the cycle cannot be read", found=text, expected="for example '3 Na+ in' or '1 Ca^2+ out'"
        )
    count, species, size, sign, sign_without_caret, direction = found.groups()
    if sign_without_caret and species[-1].isdigit():
        raise DomainError(
            "the charge is ambiguous", found=text, expected="a caret before the charge: Ca^2+, NH4^+, HCO3^-"
        )
    charge = sign or sign_without_caret
    z = 0 if not charge else int(size or 1) * (1 if charge == "+" else -1)
    number = int(count or 1)
    if number == 0:
        raise DomainError("the cycle moves 0 of a species", found=text)
    return Leg(species, number if direction == "in" else -number, z)


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
