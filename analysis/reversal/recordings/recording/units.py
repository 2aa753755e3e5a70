"""Units as acquisition programs write them, and their factors to pA, mV and s."""

from __future__ import annotations

CURRENT_TO_PA = {"fA": 1e-3, "pA": 1.0, "nA": 1e3, "uA": 1e6, "mA": 1e9, "A": 1e12}
VOLTAGE_TO_MV = {"uV": 1e-3, "mV": 1.0, "V": 1e3}
TIME_TO_S = {"s": 1.0, "ms": 1e-3, "us": 1e-6}

CURRENT, VOLTAGE, OTHER = "current", "voltage", "other"


def plain_unit(unit: str) -> str:
    """Unit without padding, with u for micro."""
    return unit.strip().replace("µ", "u").replace("μ", "u")


def role_of(unit: str) -> str:
    """Role of a channel by its unit: current, voltage or other."""
    unit = plain_unit(unit)
    if unit in CURRENT_TO_PA:
        return CURRENT
    return VOLTAGE if unit in VOLTAGE_TO_MV else OTHER


def factor_to_pA_or_mV(unit: str) -> float:
    """Factor from a unit of current to pA, or from a unit of voltage to mV."""
    unit = plain_unit(unit)
    return CURRENT_TO_PA[unit] if unit in CURRENT_TO_PA else VOLTAGE_TO_MV[unit]
