"""Buffers, chelators and nucleotides: the parts of each at the pH of a solution.

| pK | at 25 °C, if not stated | source |
|---|---|---|
| HEPES, MES, MOPS, TES, Tris | 0 mol/L | Goldberg, Kishore & Lennen (2002), J. Phys. Chem. Ref. Data 31:231 |
| phosphocreatine, ATP | 0 mol/L | Golding, Teague & Dobson (1995), J. Exp. Biol. 198:1775 |
| GTP | 0 mol/L | taken as that of ATP |
| EGTA (H₂EGTA²⁻ to HEGTA³⁻) | 0.1 mol/L | Martell & Smith (1974) |
| PIPES | 20 °C, 0.1 mol/L | Good et al. (1966), Biochemistry 5:467 |

A pK of ionic strength 0 is corrected to 0.15 mol/L with the equation of Davies. Between 20 and 37 °C the pK of these
buffers moves by up to 0.4; 10 mM of HEPES then have 0.9 mM more or less of charge at pH 7.4, which moves a junction
potential by less than 0.1 mV.

Mg²⁺ binds to ATP and GTP. The complexes MgATP²⁻ and MgGTP²⁻ move as such; the rest is a mixture of HATP³⁻ and ATP⁴⁻.
The binding of Na⁺ and K⁺ to nucleotides, and that of Mg²⁺ to phosphocreatine (about 2 %), is not computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reversal.errors import nearest
from reversal.experiment.closed_model import ConfigurationRefused

IONIC_STRENGTH_M = 0.15
DAVIES_A = 0.509  # at 25 °C
DAVIES_LINEAR = 0.3


@dataclass(frozen=True, slots=True)
class Buffer:
    """An acid and its base.

    with_magnesium : ion of the complex with Mg²⁺; None if it binds little
    pK : at 25 °C; is_corrected if it holds at the ionic strength of physiological solutions
    acid, base : ions of the ion table; None if this part is uncharged
    base_z : charge number of the base
    """

    pK: float
    acid: str | None
    base: str | None
    base_z: int
    is_corrected: bool = False
    with_magnesium: str | None = None

    @property
    def pK_in_solution(self) -> float:
        """pK at the ionic strength of physiological solutions."""
        if self.is_corrected:
            return self.pK
        return self.pK + (2 * self.base_z + 1) * _davies()

    def parts(self, pH: float) -> dict[str | None, float]:
        """Fraction of each part at a pH; the key None is the uncharged one."""
        of_base = 1.0 / (1.0 + 10.0 ** (self.pK_in_solution - pH))
        return {self.acid: 1.0 - of_base, self.base: of_base}


BUFFERS: Mapping[str, Buffer] = {
    "HEPES": Buffer(7.564, None, "HEPES", -1),
    "MES": Buffer(6.270, None, "MES", -1),
    "MOPS": Buffer(7.184, None, "MOPS", -1),
    "TES": Buffer(7.550, None, "TES", -1),
    "Tris": Buffer(8.072, "Tris", None, 0),
    "EGTA": Buffer(8.85, "EGTA2", "EGTA3", -3, is_corrected=True),
    "PIPES": Buffer(6.76, "PIPES1", "PIPES2", -2, is_corrected=True),
    "phosphocreatine": Buffer(5.053, "phosphocreatine1", "phosphocreatine2", -2),
    "ATP": Buffer(7.60, "ATP3", "ATP4", -4, with_magnesium="ATP"),
    "GTP": Buffer(7.60, "GTP3", "GTP4", -4, with_magnesium="GTP2"),
}
OTHER_NAMES = {"creatine phosphate": "phosphocreatine", "PCr": "phosphocreatine"}
LOG_K_MAGNESIUM_ATP = 6.180  # MgATP²⁻ from Mg²⁺ and ATP⁴⁻ [L/mol] at 25 °C and ionic strength 0, Golding et al. (1995)
CHARGES_SQUARED = 2**2 - 2**2 - 4**2  # of the complex, less those of Mg²⁺ and ATP⁴⁻


def _davies() -> float:
    """−log₁₀ of the activity coefficient of a monovalent ion at the ionic strength of physiological solutions."""
    root = math.sqrt(IONIC_STRENGTH_M)
    return DAVIES_A * (root / (1 + root) - DAVIES_LINEAR * IONIC_STRENGTH_M)


def free_magnesium_mM(total_mM: float, nucleotides_mM: float, pH: float) -> float:
    """Free Mg²⁺ beside ATP and GTP [mM], within a factor of 2, which is the range of the published constants.

    total_mM : Mg²⁺;  nucleotides_mM : ATP and GTP

    >>> 0.1 < free_magnesium_mM(4.0, 4.0, 7.2) < 0.6
    True
    """
    log_k = LOG_K_MAGNESIUM_ATP + CHARGES_SQUARED * _davies()
    per_mM = 10**log_k * 1e-3 * BUFFERS["ATP"].parts(pH)["ATP4"]
    b = 1 + per_mM * (nucleotides_mM - total_mM)
    return (math.sqrt(b**2 + 4 * per_mM * total_mM) - b) / (2 * per_mM)


UNCHARGED = ("glucose", "dextrose", "sucrose", "mannitol", "sorbitol", "glutamine", "taurine", "inositol")


def buffer_named(name: str, place: str) -> Buffer:
    """A buffer by its name in any case. Raises ConfigurationRefused for an unknown one."""
    names = {other.casefold(): known for other, known in OTHER_NAMES.items()}
    names |= {known.casefold(): known for known in BUFFERS}
    if name.casefold() in names:
        return BUFFERS[names[name.casefold()]]
    if name.casefold() == "bapta":
        raise ConfigurationRefused(
            "the charge of BAPTA is not computed: its pK are not confirmed here by a source",
            place=place,
            found=name,
            remedy="Write what is in the solution under ions_mM, and add the ion with its charge and mobility to your "
            "own ion table",
        )
    raise ConfigurationRefused(
        "the buffer is not known",
        place=place,
        found=name,
        remedy=f"{nearest(name, BUFFERS)}. Write the charged part of another one under ions_mM; its ion can be added "
        "to your own ion table",
    )
