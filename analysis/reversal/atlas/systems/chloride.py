"""The GABA switch: NKCC1 and KCC2 set inside chloride, chloride sets the sign of the synaptic potential.

Every pathway is taken as a conductance times its own driving force, which makes the balance linear in ln[Cl]ᵢ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, not_negative, positive
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV


class Synapse(StrEnum):
    """What opening chloride channels does to the membrane potential."""

    DEPOLARISING = "depolarising"
    HYPERPOLARISING = "hyperpolarising"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What chloride transport depends on besides itself.

    [mM], all > 0; v_mV : mean membrane potential [mV]; temperature_C : [°C]
    """

    na_out_mM: float = 145.0
    na_in_mM: float = 12.0
    k_out_mM: float = 5.0
    k_in_mM: float = 140.0
    cl_out_mM: float = 140.0
    v_mV: float = -65.0
    temperature_C: float = 37.0


def steady_chloride_mM(nkcc1_nS: ArrayLike, kcc2_nS: ArrayLike, leak_nS: ArrayLike, around: Surroundings) -> FloatArray:
    """Inside chloride at which NKCC1, KCC2 and the leak balance [mM].

    nkcc1_nS, kcc2_nS, leak_nS : ≥ 0, broadcast; transport as the current one cycle's single ion carries per mV of the
    cycle's driving force. Limits: KCC2 alone gives E_Cl = E_K, the leak alone E_Cl = V.
    """
    g_in, g_out = not_negative(nkcc1_nS, "nkcc1_nS"), not_negative(kcc2_nS, "kcc2_nS")
    leak = not_negative(leak_nS, "leak_nS")
    thermal = float(thermal_voltage_mV(around.temperature_C))
    cations = np.log(around.na_out_mM * around.k_out_mM / (around.na_in_mM * around.k_in_mM))
    potassium = np.log(around.k_in_mM / around.k_out_mM)
    # 2 g_in (cations − 2y) − g_out (potassium + y) + leak (V/thermal − y) = 0, y = ln(Cl_i/Cl_o)
    pull = 2 * g_in * cations - g_out * potassium + leak * around.v_mV / thermal
    return np.asarray(around.cl_out_mM * np.exp(pull / positive(4 * g_in + g_out + leak, "total conductance")))


def chloride_reversal_mV(cl_in_mM: ArrayLike, cl_out_mM: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """E_Cl [mV] from inside and outside chloride [mM]."""
    return nernst_mV(cl_out_mM, cl_in_mM, -1, temperature_C)


def synaptic_potential_mV(
    rest_mV: ArrayLike, reversal_mV: ArrayLike, rest_nS: ArrayLike, synaptic_nS: ArrayLike
) -> FloatArray:
    """Steady change of the membrane potential when synaptic channels open [mV]: g_s (E − V)/(g_s + g_rest)."""
    g = not_negative(synaptic_nS, "synaptic_nS")
    drive = finite(reversal_mV, "reversal_mV") - finite(rest_mV, "rest_mV")
    return np.asarray(drive * g / (g + positive(rest_nS, "rest_nS")))


def synapse_kind(rest_mV: float, reversal_mV: float) -> Synapse:
    """The sign of the synaptic potential by name."""
    if reversal_mV == rest_mV:
        return Synapse.SILENT
    return Synapse.DEPOLARISING if reversal_mV > rest_mV else Synapse.HYPERPOLARISING
