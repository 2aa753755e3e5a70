"""Ratios from measured reversal potentials: of permeabilities after a substitution of ions, and of conductances.

A permeability ratio is not a conductance ratio: the first weights concentrations in the GHK equation, the second
weights equilibrium potentials in the chord-conductance equation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import finite, positive
from reversal.physics.nernst import thermal_voltage_mV


def substitution_ratio(
    shift_mV: ArrayLike, ref_out_mM: ArrayLike, x_out_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """P_X/P_ref from the shift of the reversal potential when X replaces the reference ion outside.

    All parameters broadcast together. For monovalent cations; for anions pass −shift.

    shift_mV : E_X − E_ref [mV]. Each is corrected for the junction of its own bath. The inside is the same in both.
    ref_out_mM, x_out_mM : concentration or activity of each ion outside, each in its own bath [mM], > 0
    temperature_C : [°C]

    Raises DomainError for a value outside its range.

    >>> round(float(substitution_ratio(0.0, 120, 120, 10)), 3)
    1.0

    Source: GHK equation for one permeant ion on each side; Hille, J. Gen. Physiol. 61:669 (1973).
    """
    exponent = finite(shift_mV, "shift_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(ref_out_mM, "ref_out_mM") / positive(x_out_mM, "x_out_mM") * np.exp(exponent))


def conductance_ratio(e_rev_mV: ArrayLike, e_x_mV: ArrayLike, e_ref_mV: ArrayLike) -> FloatArray:
    """g_X/g_ref = (E_rev − E_ref)/(E_X − E_rev), a ratio of chord conductances. All parameters broadcast together.

    e_rev_mV : reversal potential [mV];  e_x_mV, e_ref_mV : equilibrium potentials of the two ions [mV]

    The ratio is negative if E_rev is not between the two equilibrium potentials. Raises DomainError for a value that
    is not finite.

    >>> round(float(conductance_ratio(-18.4, 20, -104)), 2)
    2.23
    """
    e = finite(e_rev_mV, "e_rev_mV")
    return np.asarray((e - finite(e_ref_mV, "e_ref_mV")) / (finite(e_x_mV, "e_x_mV") - e))
