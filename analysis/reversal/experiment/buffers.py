"""Buffers: the charged and the uncharged part at the pH of a solution.

pK of HEPES, MES, MOPS, TES and Tris: Goldberg, Kishore & Lennen (2002), J. Phys. Chem. Ref. Data 31:231, at 25 °C and
ionic strength 0, corrected to 0.15 mol/L with the equation of Davies. pK of EGTA (H₂EGTA²⁻ to HEGTA³⁻): Martell & Smith
(1974), at 25 °C and 0.1 mol/L. Between 20 and 37 °C the pK of these buffers moves by up to 0.4; 10 mM of HEPES then
have 0.9 mM more or less of charge at pH 7.4, which moves a junction potential by less than 0.1 mV.
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

    pK : at 25 °C; is_corrected if it holds at the ionic strength of physiological solutions
    acid, base : ions of the ion table; None if this part is uncharged
    base_z : charge number of the base
    """

    pK: float
    acid: str | None
    base: str | None
    base_z: int
    is_corrected: bool = False

    @property
    def pK_in_solution(self) -> float:
        """pK at the ionic strength of physiological solutions."""
        if self.is_corrected:
            return self.pK
        root = math.sqrt(IONIC_STRENGTH_M)
        davies = DAVIES_A * (root / (1 + root) - DAVIES_LINEAR * IONIC_STRENGTH_M)
        return self.pK + (2 * self.base_z + 1) * davies

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
}
UNCHARGED = ("glucose", "dextrose", "sucrose", "mannitol", "sorbitol", "glutamine", "taurine", "inositol")


def buffer_named(name: str, place: str) -> Buffer:
    """A buffer by its name in any case. Raises ConfigurationRefused for an unknown one."""
    for known, buffer in BUFFERS.items():
        if known.casefold() == name.casefold():
            return buffer
    raise ConfigurationRefused(
        "the buffer is not known",
        place=place,
        found=name,
        remedy=f"{nearest(name, BUFFERS)}. Write the charged part of another one under ions_mM; its ion can be added "
        "to your own ion table",
    )
