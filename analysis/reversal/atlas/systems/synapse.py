"""A synaptic conductance and the membrane potential it gives, for example of AMPA receptors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import finite, not_negative, positive


def driven_voltage_mV(
    rest_mV: ArrayLike, rest_nS: ArrayLike, reversal_mV: ArrayLike, synaptic_nS: ArrayLike
) -> FloatArray:
    """Steady membrane potential with a synaptic conductance [mV]: mean of rest and reversal, weighted by conductance.

    rest_mV, reversal_mV : resting and synaptic reversal potential [mV];  rest_nS > 0, synaptic_nS ≥ 0 [nS]

    All broadcast together. Raises DomainError for a value outside its range.
    """
    g_rest, g = positive(rest_nS, "rest_nS"), not_negative(synaptic_nS, "synaptic_nS")
    return np.asarray((g_rest * finite(rest_mV, "rest_mV") + g * finite(reversal_mV, "reversal_mV")) / (g_rest + g))


def driven_course_mV(
    time_ms: ArrayLike,
    rest_mV: float,
    rest_nS: float,
    reversal_mV: float,
    synaptic_nS: float,
    capacitance_pF: float,
) -> FloatArray:
    """Membrane potential after the conductance opens at time 0 [mV], same shape as ``time_ms``.

    time_ms : [ms], ≥ 0;  capacitance_pF : [pF], > 0;  others as for :func:`driven_voltage_mV`

    Exponential with time constant C/(g_rest + g). Raises DomainError for a value outside its range.
    """
    steady = driven_voltage_mV(rest_mV, rest_nS, reversal_mV, synaptic_nS)
    rate = (rest_nS + synaptic_nS) / float(positive(capacitance_pF, "capacitance_pF"))
    return np.asarray(steady + (rest_mV - steady) * np.exp(-not_negative(time_ms, "time_ms") * rate))
