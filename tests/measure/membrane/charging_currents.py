"""Charging currents behind a four-pole Bessel filter, in closed form."""

from __future__ import annotations

import numpy as np
from scipy.signal import bessel

from reversal.arrays import FloatArray

PER_MS = 20.0  # samples
Parts = list[tuple[float, float]]  # charge and time constant of each compartment


def response(t: FloatArray, g: float, parts: Parts, period: float) -> FloatArray:
    """Current per step height at times after the step [samples], behind a four-pole Bessel filter, in closed form."""
    _, poles, gain = bessel(4, 2 * np.pi / period, analog=True, output="zpk", norm="mag")
    late = np.maximum(t, 0.0)
    total = np.zeros(t.shape, dtype=complex)
    for pole in poles:
        residue = gain / np.prod([pole - other for other in poles if other != pole])
        total += g * residue / pole * (np.exp(pole * late) - 1.0)
        for charge, tau in parts:
            own = np.exp(-late / tau) if tau > 0 else np.zeros_like(late)
            total += charge * residue / (pole * tau + 1.0) * (np.exp(pole * late) - own)
    return np.where(t >= 0, total.real, 0.0)


def charging(t: FloatArray, rs_MOhm: float, cm_pF: float, rm_MOhm: float, lowpass_Hz: float = 4000.0) -> FloatArray:
    """Current per millivolt [pA/mV] of a cell after a step; nS, pF and ms give pA/mV."""
    whole = rs_MOhm + rm_MOhm
    g, charge_pF = 1000.0 / whole, cm_pF * (rm_MOhm / whole) ** 2
    tau_ms = cm_pF * rs_MOhm * rm_MOhm / whole / 1000.0
    return response(t, g, [(charge_pF * PER_MS, tau_ms * PER_MS)], PER_MS * 1000.0 / lowpass_Hz)
