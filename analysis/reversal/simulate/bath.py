"""Solutions and the junction potentials between them, as they add up on a rig.

The amplifier is zeroed with the pipette in one bath; from then on the potential between pipette solution and that bath
is an offset of the membrane, and every later change of the bath's potential against the reference electrode adds to it.
Ionic conductivities at infinite dilution, 25 °C: Robinson & Stokes, Electrolyte Solutions, 2nd ed. 1959, appendix 6.1
(equivalent conductivity, S·cm²/mol); gluconate, HEPES⁻ and EGTA²⁻ from their mobility relative to K⁺ in Barry & Lynch,
J. Membr. Biol. 121:101, 1991, and Ng & Barry, J. Neurosci. Meth. 56:37, 1995.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reversal.errors import DomainError

GAS_CONSTANT = 8.31446261815324  # J/(mol·K)
FARADAY = 96485.33212331  # C/mol

CHARGE = {
    **dict.fromkeys(("K", "Na", "Li", "Rb", "Cs", "Tl", "NH4", "NMDG"), 1),
    **dict.fromkeys(("Ca", "Mg", "Ba"), 2),
    **dict.fromkeys(("Cl", "HCO3", "HEPES", "gluconate"), -1),
    "EGTA": -2,
}
CONDUCTIVITY = {
    "K": 73.50,
    "Na": 50.11,
    "Cl": 76.35,
    "Ca": 59.50,
    "Mg": 53.06,
    "HEPES": 22.05,
    "gluconate": 24.26,
    "EGTA": 35.28,
}


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution by its free ions.

    ions_mM : ion -> concentration [mM]; ions known to :data:`CHARGE`, and to :data:`CONDUCTIVITY` for its junctions
    """

    name: str
    ions_mM: Mapping[str, float]
    pH: float = 7.4
    note: str = ""

    def __post_init__(self) -> None:
        net = sum(CHARGE[ion] * mM for ion, mM in self.ions_mM.items())
        if abs(net) > 1e-6:
            raise DomainError("solution is not electroneutral", place=self.name, found=net, expected="0 mM of charge")

    def mM(self, ion: str) -> float:
        """Concentration of an ion [mM], 0 where it is not in the solution."""
        return self.ions_mM.get(ion, 0.0)


@dataclass(frozen=True, slots=True)
class Junctions:
    """The junction potentials of one recording [mV].

    v_l_mV : zeroing bath minus pipette
    j_bath_mV, j_zeroing_mV : bath, and zeroing bath, minus reference electrode
    """

    v_l_mV: float
    j_bath_mV: float
    j_zeroing_mV: float

    @property
    def offset_mV(self) -> float:
        """Command minus membrane potential where no current flows [mV]."""
        return self.v_l_mV + (self.j_bath_mV - self.j_zeroing_mV)


def potassium_bath(k_mM: float) -> Solution:
    """Return a Ringer with Na⁺ exchanged for K⁺ at constant ionic strength."""
    ions = {"K": k_mM, "Na": 152.0 - k_mM, "Ca": 1.8, "Mg": 1.0, "Cl": 153.6, "HEPES": 4.0}
    return Solution(f"K{k_mM:g}", ions, note="NaCl exchanged for KCl; HEPES is its charged part")


SERIES = tuple(potassium_bath(k_mM) for k_mM in (2.5, 5.0, 10.0, 20.0, 40.0))
PIPETTE = Solution(
    "Kglu",
    {"K": 140.0, "Na": 10.0, "Mg": 1.0, "Cl": 30.0, "gluconate": 118.0, "HEPES": 4.0},
    pH=7.2,
    note="potassium gluconate; HEPES is its charged part",
)
SALT_BRIDGE = Solution("3 M KCl", {"K": 3000.0, "Cl": 3000.0})


def mixed(one: Solution, other: Solution, share: float) -> Solution:
    """Return ``share`` of one solution and the rest of another."""
    ions = {ion: share * one.mM(ion) + (1 - share) * other.mM(ion) for ion in {**one.ions_mM, **other.ions_mM}}
    return Solution(f"{one.name}→{other.name}", ions, pH=other.pH)


def thermal_mV(temperature_C: float) -> float:
    """RT/F [mV]."""
    return 1000.0 * GAS_CONSTANT * (temperature_C + 273.15) / FARADAY


def potential_across_mV(of: Solution, against: Solution, temperature_C: float) -> float:
    """Liquid junction potential: ``of`` minus ``against`` [mV], ions mixing linearly across the junction.

    With G = Σ|z|λc the conductance of a solution and S = Σ sign(z)·λ·c its surplus of cationic over anionic
    conductance, the potential is (RT/F)·(S_of − S_against)/(G_of − G_against)·ln(G_against/G_of).

    Source: Henderson, Z. Phys. Chem. 59:118, 1907; 63:325, 1908.
    """
    conductance_of, surplus_of = _conductance_and_surplus(of)
    conductance_against, surplus_against = _conductance_and_surplus(against)
    change = conductance_of - conductance_against
    if abs(change) < 1e-9 * conductance_against:  # equal conductances: the logarithm over the change has a limit
        return -thermal_mV(temperature_C) * (surplus_of - surplus_against) / conductance_against
    ratio = math.log(conductance_against / conductance_of) / change
    return thermal_mV(temperature_C) * (surplus_of - surplus_against) * ratio


def junctions(pipette: Solution, zeroing: Solution, bath: Solution, temperature_C: float) -> Junctions:
    """Junction potentials of a whole-cell recording with a 3 M KCl bridge as reference."""
    return Junctions(
        v_l_mV=potential_across_mV(zeroing, pipette, temperature_C),
        j_bath_mV=potential_across_mV(bath, SALT_BRIDGE, temperature_C),
        j_zeroing_mV=potential_across_mV(zeroing, SALT_BRIDGE, temperature_C),
    )


def _conductance_and_surplus(solution: Solution) -> tuple[float, float]:
    terms = [(CHARGE[ion], CONDUCTIVITY[ion] * mM) for ion, mM in solution.ions_mM.items()]
    return sum(abs(z) * weight for z, weight in terms), sum(math.copysign(weight, z) for z, weight in terms)
