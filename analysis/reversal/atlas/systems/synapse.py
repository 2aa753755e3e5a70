"""A synaptic conductance draws the membrane to its reversal potential: the AMPA receptor, a channel for Na⁺ and K⁺."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.checks import finite, not_negative, positive


def driven_voltage_mV(
    rest_mV: ArrayLike, rest_nS: ArrayLike, reversal_mV: ArrayLike, synaptic_nS: ArrayLike
) -> FloatArray:
    """Where a steady synaptic conductance holds the membrane [mV]: the mean of rest and reversal, by conductance."""
    g_rest, g = positive(rest_nS, "rest_nS"), not_negative(synaptic_nS, "synaptic_nS")
    return np.asarray((g_rest * finite(rest_mV, "rest_mV") + g * finite(reversal_mV, "reversal_mV")) / (g_rest + g))


def conductance_for_voltage(v_mV: float, rest_mV: float, reversal_mV: float) -> float:
    """g_synapse/g_rest that holds the membrane at ``v_mV``, between rest and reversal.

    >>> conductance_for_voltage(-1, -79, 0)
    78.0
    """
    ratio = (v_mV - rest_mV) / (reversal_mV - v_mV) if v_mV != reversal_mV else -1.0
    if ratio < 0:
        raise DomainError(
            "no conductance holds the membrane there", found=v_mV, expected=f"between {rest_mV} and {reversal_mV} mV"
        )
    return ratio


def driven_course_mV(
    time_ms: ArrayLike,
    rest_mV: float,
    rest_nS: float,
    reversal_mV: float,
    synaptic_nS: float,
    capacitance_pF: float,
) -> FloatArray:
    """Membrane potential after the conductance opens at time 0 [mV]; exact, with time constant C/(g_rest + g).

    time_ms : ≥ 0 [ms]
    """
    aim = driven_voltage_mV(rest_mV, rest_nS, reversal_mV, synaptic_nS)
    rate = (rest_nS + synaptic_nS) / float(positive(capacitance_pF, "capacitance_pF"))
    return np.asarray(aim + (rest_mV - aim) * np.exp(-not_negative(time_ms, "time_ms") * rate))
