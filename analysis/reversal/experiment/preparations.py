"""Preparations, and the declared values that are usual for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Range = tuple[float, float]


class Preparation(StrEnum):
    """What is clamped; the recording configuration is another fact."""

    CELL = "cell"
    OOCYTE = "oocyte"
    MARINE = "marine"
    BILAYER = "bilayer"


class Clamped(StrEnum):
    """The recording configuration: how membrane and amplifier are connected.

    It determines which solutions are inside and outside, the sign of voltage and current, and the junctions.
    """

    WHOLE_CELL = "whole_cell"
    OUTSIDE_OUT = "outside_out"
    INSIDE_OUT = "inside_out"
    CELL_ATTACHED = "cell_attached"
    PERFORATED = "perforated"
    TWO_ELECTRODE = "two_electrode"
    BILAYER = "bilayer"

    @property
    def is_inverted(self) -> bool:
        """Whether the pipette is outside, so that its voltage and current have the opposite sign."""
        return self in (Clamped.INSIDE_OUT, Clamped.CELL_ATTACHED)

    @property
    def has_pipette(self) -> bool:
        """Whether a pipette passes current and measures voltage: a liquid junction, a seal and R_s in the voltage."""
        return self not in (Clamped.TWO_ELECTRODE, Clamped.BILAYER)

    @property
    def needs_inside(self) -> bool:
        """Whether no solution of the experimenter fills the inside, so that the sheet must name it."""
        return self in (Clamped.CELL_ATTACHED, Clamped.PERFORATED, Clamped.TWO_ELECTRODE)


DEFAULT_PREPARATION = MappingProxyType(
    {Clamped.TWO_ELECTRODE: Preparation.OOCYTE, Clamped.BILAYER: Preparation.BILAYER}
)
OOCYTE_GOhm = 0.001  # the leak of a healthy oocyte is that of 1 MΩ


@dataclass(frozen=True, slots=True)
class UsualValues:
    """Usual ranges of what is declared about a preparation.

    solutes_mM : total of ions and uncharged solutes in a solution; solute_ratio : between bath and pipette, at most
    rs_MOhm, cm_pF, temperature_C, ljp_mV, rs_compensation : values of the recording sheet
    sides : whether the inside has more K⁺ than Na⁺ and the outside the reverse
    quality : limits of quality checks that are the defaults of the preparation
    """

    solutes_mM: Range
    solute_ratio: float
    rs_MOhm: Range
    cm_pF: Range
    temperature_C: Range
    ljp_mV: Range = (-40.0, 40.0)
    rs_compensation: Range = (0.0, 0.98)
    sides: bool = True
    quality: Mapping[str, float] = field(default_factory=dict)


# Large membranes pass large currents: an oocyte or an axon of 10 kΩ held at −80 mV needs 8 µA.
LARGE_MEMBRANE = MappingProxyType({"holding_pA": 1e7, "input_resistance_MOhm": 0.01})
MAX_PORE_mV = 3.0  # of a perforated patch; three usual standard deviations of a junction potential
MAX_NERNST_mV = {1: 150.0, 2: 200.0}  # by absolute charge; reasons in the definition of the finding
USUAL: Mapping[Preparation, UsualValues] = MappingProxyType(
    {
        Preparation.CELL: UsualValues((100.0, 1000.0), 2.0, (0.2, 200.0), (0.5, 500.0), (4.0, 50.0)),
        Preparation.OOCYTE: UsualValues(
            (100.0, 1000.0), 2.0, (0.0, 200.0), (0.5, 1e6), (4.0, 50.0), quality=LARGE_MEMBRANE
        ),
        Preparation.MARINE: UsualValues(
            (300.0, 3000.0), 2.0, (0.0, 200.0), (0.5, 1e6), (-2.0, 40.0), quality=LARGE_MEMBRANE
        ),
        Preparation.BILAYER: UsualValues((5.0, 8000.0), 100.0, (0.0, 200.0), (0.5, 1e5), (4.0, 60.0), sides=False),
    }
)
