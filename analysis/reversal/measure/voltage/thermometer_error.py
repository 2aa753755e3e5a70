"""The error of the bath thermometer, and its effect on a Nernst potential."""

from __future__ import annotations

from reversal.measure.voltage.voltage_constants import THERMOMETER_SD_C
from reversal.physics.constants import ZERO_CELSIUS_K


def nernst_sd_mV(e_nernst_mV: float | None, temperature_C: float) -> float:
    """Standard deviation of a Nernst potential from the thermometer [mV]; 0 without one.

    A Nernst potential is proportional to the absolute temperature.
    """
    return 0.0 if e_nernst_mV is None else abs(e_nernst_mV) * THERMOMETER_SD_C / (temperature_C + ZERO_CELSIUS_K)
