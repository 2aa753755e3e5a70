"""Two ions across a membrane: bi-ionic permeability ratios, the shift after a substitution, the chord conductance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.domain import finite, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV


def bi_ionic_ratio(
    e_rev_mV: ArrayLike, x_out_mM: ArrayLike, ref_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """P_X/P_ref of two monovalent cations, with only X outside and only the reference inside. Parameters broadcast.

    e_rev_mV : reversal potential, corrected for the junction [mV]
    x_out_mM, ref_in_mM : concentrations or activities [mM], > 0;  temperature_C : [°C]

    Raises DomainError for a value outside its range. Source: GHK voltage equation; Charpentier et al., Plant Cell
    20:3467 (2008), for a measured pair.
    """
    exponent = finite(e_rev_mV, "e_rev_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(ref_in_mM, "ref_in_mM") / positive(x_out_mM, "x_out_mM") * np.exp(exponent))


def divalent_ratio(
    e_rev_mV: ArrayLike, divalent_out_mM: ArrayLike, monovalent_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """P₂/P₁ with only a divalent cation outside and only a monovalent cation inside. Parameters broadcast.

    e_rev_mV : reversal potential, corrected for the junction [mV]
    divalent_out_mM, monovalent_in_mM : concentrations or activities [mM], > 0;  temperature_C : [°C]

    Exact for the constant-field theory. Raises DomainError for a value outside its range.

    Source: Charpentier et al., Plant Cell 20:3467 (2008), solved for the ratio.
    """
    w = np.exp(finite(e_rev_mV, "e_rev_mV") / thermal_voltage_mV(temperature_C))
    inside, outside = positive(monovalent_in_mM, "monovalent_in_mM"), positive(divalent_out_mM, "divalent_out_mM")
    return np.asarray(inside * w * (1 + w) / (4 * outside))


def substitution_shift_mV(
    p_ratio: ArrayLike, ref_out_mM: ArrayLike, x_out_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """E_X − E_ref [mV] when X replaces the reference outside. The inverse of :func:`substitution_ratio`.

    p_ratio : P_X/P_ref, > 0;  ref_out_mM, x_out_mM : [mM], > 0;  temperature_C : [°C]. Parameters broadcast.

    Raises DomainError for a value outside its range.
    """
    ratio = positive(p_ratio, "p_ratio") * positive(x_out_mM, "x_out_mM") / positive(ref_out_mM, "ref_out_mM")
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(ratio))


def two_ion_ratio(
    v_mV: ArrayLike,
    ref_out_mM: ArrayLike,
    ref_in_mM: ArrayLike,
    x_out_mM: ArrayLike,
    x_in_mM: ArrayLike,
    temperature_C: ArrayLike,
) -> FloatArray:
    """P_X/P_ref at which the GHK currents of two monovalent cations cancel at ``v_mV``. Parameters broadcast.

    v_mV : membrane potential, inside minus outside [mV];  concentrations or activities [mM], ≥ 0;  temperature_C : [°C]

    The result is negative if no ratio balances the two currents at this voltage. Raises DomainError for a value
    outside its range.
    """
    w = np.exp(finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C))
    needed = not_negative(ref_in_mM, "ref_in_mM") * w - not_negative(ref_out_mM, "ref_out_mM")
    return np.asarray(needed / (not_negative(x_out_mM, "x_out_mM") - not_negative(x_in_mM, "x_in_mM") * w))


def chord_mV(g_nS: ArrayLike, e_mV: ArrayLike) -> FloatArray:
    """Mean of equilibrium potentials weighted by conductance [mV]: the chord-conductance equation.

    This is not the GHK voltage: the weights are conductances at that voltage, not permeabilities.

    g_nS, e_mV : (..., ions) conductances [nS], ≥ 0, and equilibrium potentials [mV]. Returns the leading shape.

    Raises DomainError for a value outside its range or if all conductances are 0.
    """
    g = not_negative(g_nS, "g_nS")
    return np.asarray((g * finite(e_mV, "e_mV")).sum(-1) / positive(g.sum(-1), "total g_nS"))
