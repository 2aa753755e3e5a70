"""Constants of the voltage axis."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, PHYSICS, RIG, Because

MEASURED_JUNCTION_SD_mV: Annotated[
    float,
    Because(
        "mV",
        RIG,
        "chosen: standard deviation of a junction potential that the user measured, half of that of a "
        "computed one (junction.sd_mV, 1 mV). Smaller makes the shared part of the interval too narrow",
    ),
] = 0.5
ENTERED_REVERSAL_SD_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: error of a reversal potential that was entered without one, about that of reading a published figure. "
        "The row is flagged; fits take their scale from the scatter if it is too small",
    ),
] = 1.0
UNDECLARED_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: three usual standard deviations of a junction potential. Without a declared zeroing bath or ground, a "
        "smaller difference between the baths of a cell is not reported; larger would hide an Ag/AgCl electrode in a "
        "bath with 11 % less chloride",
    ),
] = 3.0
THERMOMETER_SD_C: Annotated[
    float,
    Because(
        "°C",
        RIG,
        "chosen: accuracy of a bath thermometer. It moves a Nernst potential by 0.17 %, 0.15 mV at −90 "
        "mV, so that half or twice of it hardly matters",
    ),
] = 0.5
MAX_BEYOND_IONS_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: a concentration that is wrong by 12 % moves the Nernst potential of a monovalent ion by 3 mV. Smaller "
        "flags recordings for errors of a solution; larger hides electrodes that have drifted",
    ),
] = 3.0
SATURATED_CHLORIDE_mM: Annotated[
    float,
    Because(
        "mM",
        PHYSICS,
        "derived: root of the solubility product of AgCl, 1.8e-10 M² (CRC Handbook); an electrode of AgCl keeps this "
        "much chloride in a bath without any",
    ),
] = 0.0134
