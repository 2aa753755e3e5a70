"""Solutions of the rig and the junction potentials between them.

The amplifier is zeroed with the pipette in one bath. The junction potential of pipette and that bath is then an offset
of the membrane potential. A later change of the potential between bath and reference electrode adds to it.
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
class RigSolution:
    """A solution, given by its free ions.

    ions_mM : ion -> concentration [mM]; ions of :data:`CHARGE`, and of :data:`CONDUCTIVITY` for junction potentials

    Raises DomainError if it is not electroneutral.
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
        """Concentration of an ion [mM], 0 if the solution does not have it."""
        return self.ions_mM.get(ion, 0.0)


@dataclass(frozen=True, slots=True)
class JunctionPotentials:
    """Junction potentials of one recording [mV].

    v_l_mV : zeroing bath minus pipette
    j_bath_mV, j_zeroing_mV : bath, and zeroing bath, minus reference electrode
    """

    v_l_mV: float
    j_bath_mV: float
    j_zeroing_mV: float

    @property
    def offset_mV(self) -> float:
        """Command minus membrane potential at zero current [mV]."""
        return self.v_l_mV + (self.j_bath_mV - self.j_zeroing_mV)


def potassium_bath(k_mM: float) -> RigSolution:
    """Ringer solution with ``k_mM`` of K⁺; Na⁺ is exchanged for K⁺ at constant ionic strength."""
    ions = {"K": k_mM, "Na": 152.0 - k_mM, "Ca": 1.8, "Mg": 1.0, "Cl": 153.6, "HEPES": 4.0}
    return RigSolution(f"K{k_mM:g}", ions, note="NaCl exchanged for KCl; HEPES is its charged part")


SERIES = tuple(potassium_bath(k_mM) for k_mM in (2.5, 5.0, 10.0, 20.0, 40.0))
PIPETTE = RigSolution(
    "Kglu",
    {"K": 140.0, "Na": 10.0, "Mg": 1.0, "Cl": 30.0, "gluconate": 118.0, "HEPES": 4.0},
    pH=7.2,
    note="potassium gluconate; HEPES is its charged part",
)
SALT_BRIDGE = RigSolution("3 M KCl", {"K": 3000.0, "Cl": 3000.0})


def mixture(one: RigSolution, other: RigSolution, fraction: float) -> RigSolution:
    """Mixture of a fraction of one solution and the rest of another; ``fraction`` from 0 to 1."""
    ions = {ion: fraction * one.mM(ion) + (1 - fraction) * other.mM(ion) for ion in {**one.ions_mM, **other.ions_mM}}
    return RigSolution(f"{one.name}→{other.name}", ions, pH=other.pH)


def thermal_voltage_mV(temperature_C: float) -> float:
    """RT/F [mV] at ``temperature_C`` [°C]."""
    return 1000.0 * GAS_CONSTANT * (temperature_C + 273.15) / FARADAY


def junction_potential_mV(solution: RigSolution, reference: RigSolution, temperature_C: float) -> float:
    """Liquid junction potential, ``solution`` minus ``reference`` [mV], by Henderson's equation.

    With G = Σ|z|λc the conductance of a solution and S = Σ sign(z)·λ·c the conductance of its cations minus that of its
    anions, the potential is (RT/F)·(S − S_ref)/(G − G_ref)·ln(G_ref/G).

    Source: Henderson, Z. Phys. Chem. 59:118, 1907; 63:325, 1908.
    """
    conductance, excess = _conductance_and_cation_excess(solution)
    reference_conductance, reference_excess = _conductance_and_cation_excess(reference)
    change = conductance - reference_conductance
    if abs(change) < 1e-9 * reference_conductance:  # equal conductances: ln(G_ref/G)/(G − G_ref) has the limit −1/G
        return -thermal_voltage_mV(temperature_C) * (excess - reference_excess) / reference_conductance
    ratio = math.log(reference_conductance / conductance) / change
    return thermal_voltage_mV(temperature_C) * (excess - reference_excess) * ratio


def junction_potentials(
    pipette: RigSolution, zeroing: RigSolution, bath: RigSolution, temperature_C: float
) -> JunctionPotentials:
    """Junction potentials of a whole-cell recording whose reference electrode is a 3 M KCl bridge."""
    return JunctionPotentials(
        v_l_mV=junction_potential_mV(zeroing, pipette, temperature_C),
        j_bath_mV=junction_potential_mV(bath, SALT_BRIDGE, temperature_C),
        j_zeroing_mV=junction_potential_mV(zeroing, SALT_BRIDGE, temperature_C),
    )


def _conductance_and_cation_excess(solution: RigSolution) -> tuple[float, float]:
    terms = [(CHARGE[ion], CONDUCTIVITY[ion] * mM) for ion, mM in solution.ions_mM.items()]
    return sum(abs(z) * weight for z, weight in terms), sum(math.copysign(weight, z) for z, weight in terms)
