"""Permeability ratios from reversal potentials, and back: bi-ionic conditions, substitutions, divalents.

A permeability ratio is not a conductance ratio; both are here, under names that keep them apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.physics.checks import finite, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV


def bi_ionic_ratio(
    e_rev_mV: ArrayLike, x_out_mM: ArrayLike, ref_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """P_X/P_ref of two monovalent cations, X alone outside and the reference alone inside.

    e_rev_mV : reversal potential corrected for the junction [mV];  x_out_mM, ref_in_mM : [mM], > 0
    """
    exponent = finite(e_rev_mV, "e_rev_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(ref_in_mM, "ref_in_mM") / positive(x_out_mM, "x_out_mM") * np.exp(exponent))


def bi_ionic_mV(p_ratio: ArrayLike, x_out_mM: ArrayLike, ref_in_mM: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Reversal potential [mV] for P_X/P_ref; the inverse of :func:`bi_ionic_ratio`."""
    inward = positive(p_ratio, "p_ratio") * positive(x_out_mM, "x_out_mM")
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(inward / positive(ref_in_mM, "ref_in_mM")))


def substitution_ratio(
    shift_mV: ArrayLike, ref_out_mM: ArrayLike, x_out_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """P_X/P_ref from the shift of the reversal potential when X replaces the reference outside.

    shift_mV : E_X − E_ref [mV], each corrected for the junction of its own bath; the inside unchanged
    ref_out_mM, x_out_mM : outside concentration of each in its own bath [mM], > 0
    Monovalent cations; for anions pass −shift.
    """
    exponent = finite(shift_mV, "shift_mV") / thermal_voltage_mV(temperature_C)
    return np.asarray(positive(ref_out_mM, "ref_out_mM") / positive(x_out_mM, "x_out_mM") * np.exp(exponent))


def substitution_shift_mV(
    p_ratio: ArrayLike, ref_out_mM: ArrayLike, x_out_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """E_X − E_ref [mV] for P_X/P_ref; the inverse of :func:`substitution_ratio`."""
    ratio = positive(p_ratio, "p_ratio") * positive(x_out_mM, "x_out_mM") / positive(ref_out_mM, "ref_out_mM")
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(ratio))


def divalent_ratio(
    e_rev_mV: ArrayLike, divalent_out_mM: ArrayLike, monovalent_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """P₂/P₁ with a divalent cation alone outside and a monovalent one alone inside.

    e_rev_mV : [mV];  concentrations or activities [mM], > 0. Exact within the constant-field theory.
    """
    w = np.exp(finite(e_rev_mV, "e_rev_mV") / thermal_voltage_mV(temperature_C))
    inside, outside = positive(monovalent_in_mM, "monovalent_in_mM"), positive(divalent_out_mM, "divalent_out_mM")
    return np.asarray(inside * w * (1 + w) / (4 * outside))


def divalent_mV(
    p_ratio: ArrayLike, divalent_out_mM: ArrayLike, monovalent_in_mM: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Reversal potential [mV] for P₂/P₁; the inverse of :func:`divalent_ratio`.

    Source of the form: Charpentier et al., Plant Cell 20:3467 (2008).
    """
    pull = positive(p_ratio, "p_ratio") * positive(divalent_out_mM, "divalent_out_mM")
    x = 4 * pull / positive(monovalent_in_mM, "monovalent_in_mM")
    # sqrt(1/4 + x) − 1/2 without the difference of near numbers
    return np.asarray(thermal_voltage_mV(temperature_C) * np.log(x / (np.sqrt(0.25 + x) + 0.5)))


def two_ion_ratio(
    v_mV: ArrayLike,
    ref_out_mM: ArrayLike,
    ref_in_mM: ArrayLike,
    x_out_mM: ArrayLike,
    x_in_mM: ArrayLike,
    temperature_C: ArrayLike,
) -> FloatArray:
    """P_X/P_ref of two monovalent cations present on both sides whose GHK currents cancel at ``v_mV``.

    A negative value says that no ratio balances the currents at this voltage.
    """
    w = np.exp(finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C))
    needed = not_negative(ref_in_mM, "ref_in_mM") * w - not_negative(ref_out_mM, "ref_out_mM")
    return np.asarray(needed / (not_negative(x_out_mM, "x_out_mM") - not_negative(x_in_mM, "x_in_mM") * w))


def chord_mV(g_nS: ArrayLike, e_mV: ArrayLike) -> FloatArray:
    """Conductance-weighted mean of equilibrium potentials [mV] (chord-conductance equation).

    Not the GHK voltage: the weights are conductances at that voltage, not permeabilities.

    g_nS, e_mV : (..., ions) conductances [nS], ≥ 0, and equilibrium potentials [mV]
    """
    g = not_negative(g_nS, "g_nS")
    return np.asarray((g * finite(e_mV, "e_mV")).sum(-1) / positive(g.sum(-1), "total g_nS"))


def conductance_ratio(e_rev_mV: ArrayLike, e_x_mV: ArrayLike, e_ref_mV: ArrayLike) -> FloatArray:
    """g_X/g_ref = (E_rev − E_ref)/(E_X − E_rev): a ratio of chord conductances, not of permeabilities.

    >>> round(float(conductance_ratio(-18.4, 20, -104)), 2)
    2.23
    """
    e = finite(e_rev_mV, "e_rev_mV")
    return np.asarray((e - finite(e_ref_mV, "e_ref_mV")) / (finite(e_x_mV, "e_x_mV") - e))
