"""The GABA switch: NKCC1 and KCC2 set intracellular chloride, and chloride sets the sign of the synaptic potential.

Each pathway is a conductance times its own driving force. The balance is then linear in ln [Cl⁻]ᵢ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import check_fields, finite, not_negative, positive
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV
from reversal.physics.ranges import CONCENTRATION, TEMPERATURE, VOLTAGE

QUANTITIES = {
    "na_out_mM": CONCENTRATION,
    "na_in_mM": CONCENTRATION,
    "k_out_mM": CONCENTRATION,
    "k_in_mM": CONCENTRATION,
    "cl_out_mM": CONCENTRATION,
    "v_mV": VOLTAGE,
    "temperature_C": TEMPERATURE,
}


@dataclass(frozen=True, slots=True)
class TransportConditions:
    """Concentrations, voltage and temperature on which chloride transport depends.

    *_mM : concentrations [mM], > 0;  v_mV : mean membrane potential [mV];  temperature_C : [°C]

    Raises DomainError for a value outside its range.
    """

    na_out_mM: float = 145.0
    na_in_mM: float = 12.0
    k_out_mM: float = 5.0
    k_in_mM: float = 140.0
    cl_out_mM: float = 140.0
    v_mV: float = -65.0
    temperature_C: float = 37.0

    def __post_init__(self) -> None:
        check_fields(self, QUANTITIES)


def steady_chloride_mM(
    nkcc1_nS: ArrayLike, kcc2_nS: ArrayLike, leak_nS: ArrayLike, conditions: TransportConditions
) -> FloatArray:
    """Intracellular chloride at which NKCC1, KCC2 and the leak balance [mM].

    nkcc1_nS, kcc2_nS : current of one monovalent ion of a cycle per mV of driving force of the cycle [nS], ≥ 0
    leak_nS : chloride conductance [nS], ≥ 0. The three broadcast together; their sum is above 0.

    Limits: KCC2 alone gives E_Cl = E_K; the leak alone gives E_Cl = V. Raises DomainError for a value outside its
    range.
    """
    g_in, g_out = not_negative(nkcc1_nS, "nkcc1_nS"), not_negative(kcc2_nS, "kcc2_nS")
    leak = not_negative(leak_nS, "leak_nS")
    thermal = float(thermal_voltage_mV(conditions.temperature_C))
    cations = np.log(conditions.na_out_mM * conditions.k_out_mM / (conditions.na_in_mM * conditions.k_in_mM))
    potassium = np.log(conditions.k_in_mM / conditions.k_out_mM)
    # 2 g_in (cations − 2y) − g_out (potassium + y) + leak (V/thermal − y) = 0, y = ln(Cl_i/Cl_o)
    weighted = 2 * g_in * cations - g_out * potassium + leak * conditions.v_mV / thermal
    return np.asarray(conditions.cl_out_mM * np.exp(weighted / positive(4 * g_in + g_out + leak, "total conductance")))


def chloride_reversal_mV(cl_in_mM: ArrayLike, cl_out_mM: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """E_Cl [mV] from chloride inside and outside [mM], > 0. Parameters broadcast.

    Raises DomainError for a value outside its range.
    """
    return nernst_mV(cl_out_mM, cl_in_mM, -1, temperature_C)


def synaptic_potential_mV(
    rest_mV: ArrayLike, reversal_mV: ArrayLike, rest_nS: ArrayLike, synaptic_nS: ArrayLike
) -> FloatArray:
    """Steady change of the membrane potential when synaptic channels open [mV], g_s (E − V_rest)/(g_s + g_rest).

    rest_mV, reversal_mV : resting and synaptic reversal potential [mV];  rest_nS > 0, synaptic_nS ≥ 0 [nS]

    All broadcast together. Raises DomainError for a value outside its range.
    """
    g = not_negative(synaptic_nS, "synaptic_nS")
    drive = finite(reversal_mV, "reversal_mV") - finite(rest_mV, "rest_mV")
    return np.asarray(drive * g / (g + positive(rest_nS, "rest_nS")))
