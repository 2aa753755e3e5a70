"""Constants of the voltage axis."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import RIG, Because

MEASURED_JUNCTION_SD_mV: Annotated[
    float,
    Because(
        "mV",
        RIG,
        "chosen: standard deviation of a junction potential that the user measured, half of that of a "
        "computed one (junction.sd_mV, 1 mV). Smaller makes the shared part of the interval too narrow",
    ),
] = 0.5
