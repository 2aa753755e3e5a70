"""Units as rigs write them, brought to pA and mV."""

from __future__ import annotations

CURRENT_TO_PA = {"fA": 1e-3, "pA": 1.0, "nA": 1e3, "uA": 1e6, "mA": 1e9, "A": 1e12}
VOLTAGE_TO_MV = {"uV": 1e-3, "mV": 1.0, "V": 1e3}

CURRENT, VOLTAGE, OTHER = "current", "voltage", "other"


def canonical(unit: str) -> str:
    """Unit without padding and with u for micro."""
    return unit.strip().replace("µ", "u").replace("μ", "u")


def role_of(unit: str) -> str:
    """Role a channel has by its unit: current, voltage or other."""
    unit = canonical(unit)
    if unit in CURRENT_TO_PA:
        return CURRENT
    return VOLTAGE if unit in VOLTAGE_TO_MV else OTHER


def factor_to_fixed(unit: str) -> float:
    """Factor that brings a current to pA or a voltage to mV."""
    unit = canonical(unit)
    return CURRENT_TO_PA[unit] if unit in CURRENT_TO_PA else VOLTAGE_TO_MV[unit]
