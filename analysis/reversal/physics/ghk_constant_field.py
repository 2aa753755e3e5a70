"""Goldman–Hodgkin–Katz (GHK): the current of one ion in a constant field, and the voltage at which currents cancel.

The current is written with the Bernoulli function. It has no singularity at 0 mV and no overflow at large voltages.

Arrays of ions have the ions on their LAST axis; the axes before it are parameter sets and broadcast.
Sources: Goldman, J. Gen. Physiol. 27:37 (1943); Hodgkin & Katz, J. Physiol. 108:37 (1949).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.domain import finite, last_axis_matches, nonzero, not_negative
from reversal.physics.nernst import thermal_voltage_mV

PA_PER_PERMEABILITY_AND_MM = FARADAY_C_PER_MOL * 1e-6  # µm³/s · mmol/L · C/mol = 1e-18 A
BLOCK_SETS = 16384  # parameter sets solved at a time; a block that stays in the cache halves the time of a million
MAX_NEWTON_STEPS = 60


def bernoulli(x: ArrayLike) -> FloatArray:
    """B(x) = x / (exp(x) − 1), with B(0) = 1, same shape as x. Any finite x; no overflow.

    >>> bernoulli([0.0, -800.0, 800.0]).round(6).tolist()
    [1.0, 800.0, 0.0]
    """
    numbers = np.asarray(x, dtype=np.float64)
    away = np.where(numbers == 0.0, 1.0, numbers)
    return np.where(numbers == 0.0, 1.0, away / np.expm1(np.minimum(away, 700.0)))


def ghk_current(
    v_mV: ArrayLike, p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Current of one ion through a constant field [pA], outward positive.

    All parameters broadcast together. There is no ion axis: each element is one ion at one voltage.

    v_mV : membrane potential, inside minus outside [mV]
    p : permeability × area [µm³/s], ≥ 0. A relative p gives a relative current.
    out_mM, in_mM : concentrations or activities [mM], ≥ 0
    z : charge number, not 0
    temperature_C : [°C]

    Raises DomainError for a value outside its range.

    >>> float(ghk_current(0.0, 1.0, 10.0, 10.0, 1, 20.0))
    0.0
    """
    z_ = nonzero(z)
    entering, leaving = _bernoulli_pair(z_ * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C))
    scale = not_negative(p, "p") * z_ * PA_PER_PERMEABILITY_AND_MM
    return np.asarray(scale * (not_negative(in_mM, "in_mM") * leaving - not_negative(out_mM, "out_mM") * entering))


def constant_field(v_mV: FloatArray, e_mV: float, thermal_mV: float) -> FloatArray:
    """Relative GHK current of monovalent cations that reverses at ``e_mV``, dimensionless, same shape as the voltage.

    thermal_mV : RT/F [mV]
    """
    x = v_mV / thermal_mV
    return np.asarray(bernoulli(-x) - np.exp(e_mV / thermal_mV) * bernoulli(x))


def ghk_voltage_mV(
    p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Voltage at which the GHK currents of several ions cancel [mV], inside minus outside.

    p, out_mM, in_mM : (..., ions) relative permeabilities and concentrations or activities [mM], ≥ 0
    z : (ions,) charge numbers, not 0
    temperature_C : broadcasts with the leading axes [°C]

    Returns the leading shape. Monovalent ions: closed form. With divalent ions: the positive root of a quadratic in
    exp(FV/RT). Other valences: Newton's method in a bracket; the total current rises with V and so has one zero.

    Raises DomainError for a value outside its range, for a charge number that is not whole, and if all permeant
    ions are on one side: then no voltage balances the currents.

    >>> round(float(ghk_voltage_mV([1, 0.04], [5, 145], [140, 15], [1, 1], 37)), 2)
    -68.59

    Sources: Hodgkin & Katz 1949; Jan & Jan, J. Physiol. 262:215 (1976); Lewis, J. Physiol. 286:417 (1979).
    """
    valence = np.atleast_1d(nonzero(z))
    outward, inward, absolute = _as_cations(p, out_mM, in_mM, valence)
    thermal = thermal_voltage_mV(temperature_C)
    if np.all(absolute == 1.0):
        weight_out, weight_in = outward @ absolute, inward @ absolute
        _require_both_directions(weight_out, weight_in)
        exponent = np.log(weight_in / weight_out)
    elif np.all((absolute == 1.0) | (absolute == 2.0)):
        exponent = np.log(_quadratic_root(outward, inward, absolute))
    else:
        exponent = _bracketed_root(outward, inward, absolute)
    return np.asarray(thermal * exponent)


def _bernoulli_pair(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """B(x) and B(−x) from one exponential: B(−|x|) = B(|x|) + |x|, a sum of positive terms without cancellation."""
    size = np.abs(x)
    smaller = bernoulli(size)
    larger = smaller + size
    return np.where(x > 0, smaller, larger), np.where(x > 0, larger, smaller)


def _as_cations(
    p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """P × concentration of the ions that carry current outward and inward, (..., ions) each, and |z|, (ions,).

    An anion that leaves carries the same current as a cation that enters. With its sides exchanged, an anion enters
    every formula as a cation of charge |z|.
    """
    permeability = last_axis_matches("p", not_negative(p, "p"), z.size)
    outside = last_axis_matches("out_mM", not_negative(out_mM, "out_mM"), z.size)
    inside = last_axis_matches("in_mM", not_negative(in_mM, "in_mM"), z.size)
    if np.all(z > 0):
        return permeability * inside, permeability * outside, z
    return permeability * np.where(z > 0, inside, outside), permeability * np.where(z > 0, outside, inside), np.abs(z)


def _require_both_directions(outward: FloatArray, inward: FloatArray) -> None:
    if np.any((outward == 0) & (inward == 0)):
        raise DomainError(
            "no voltage balances the currents: there is no permeant ion",
            expected="at least one ion with a permeability and a concentration above 0",
            remedy="Set a permeability above 0",
        )
    if not (np.all(outward > 0) and np.all(inward > 0)):
        raise DomainError(
            "no voltage balances the currents: the permeant ions are all on one side",
            expected="at least one ion that carries outward current and one that carries inward current",
        )


def _quadratic_root(outward: FloatArray, inward: FloatArray, z: FloatArray) -> FloatArray:
    """Positive root w = exp(FV/RT) of (A_i + 4B_i) w² + (A_i − A_o) w − (A_o + 4B_o) = 0, without cancellation.

    A, B : sums of P × concentration of the monovalent and the divalent ions
    """
    monovalent, squared = (z == 1.0).astype(np.float64), z * z
    q = (inward - outward) @ monovalent
    square, constant = outward @ squared, inward @ squared
    _require_both_directions(square, constant)
    root = np.sqrt(q * q + 4 * square * constant)
    return np.asarray(np.where(q > 0, (q + root) / (2 * square), 2 * constant / (root - np.minimum(q, 0.0))))


def _bracketed_root(outward: FloatArray, inward: FloatArray, z: FloatArray) -> FloatArray:
    """u = FV/RT at which the currents cancel, for whole valences.

    With w = exp(u) and S_z = 1 + w + … + w^(z−1) the currents cancel where Σ z² outward w^z/S_z = Σ z² inward/S_z.
    """
    if not np.all(z == np.round(z)):
        raise DomainError("a charge number is not a whole number", found=z.tolist(), expected="whole charge numbers")
    valences = np.unique(z)
    by_valence = np.where(z[:, None] == valences, z[:, None] ** 2, 0.0)
    leaving, entering = np.broadcast_arrays(outward @ by_valence, inward @ by_valence)
    shape = leaving.shape[:-1]
    leaving, entering = leaving.reshape(-1, valences.size).T, entering.reshape(-1, valences.size).T
    _require_both_directions(leaving.sum(0), entering.sum(0))
    u = np.empty(leaving.shape[1])
    for start in range(0, u.size, BLOCK_SETS):
        block = slice(start, start + BLOCK_SETS)
        u[block] = _newton_in_bracket(valences, np.ascontiguousarray(leaving[:, block]), entering[:, block].copy())
    return u.reshape(shape)


def _newton_in_bracket(valences: FloatArray, leaving: FloatArray, entering: FloatArray) -> FloatArray:
    """Root of :func:`_imbalance` by Newton's method inside a bracket that only shrinks, shape (sets,).

    leaving, entering : (valences, sets). The imbalance rises with u at a slope of at least 1. The root is therefore
    between u and u minus the imbalance.
    """
    u: FloatArray = np.log(entering.sum(0) / leaving.sum(0)) / valences.mean()
    low, high = np.full_like(u, -np.inf), np.full_like(u, np.inf)
    for _ in range(MAX_NEWTON_STEPS):
        excess, slope = _imbalance(u, valences, leaving, entering)
        low = np.maximum(low, np.minimum(u, u - excess))
        high = np.minimum(high, np.maximum(u, u - excess))
        newton = u - excess / slope
        following = np.where((newton >= low) & (newton <= high), newton, 0.5 * (low + high))
        converged = np.abs(following - u) <= 1e-14 + 1e-13 * np.abs(u)
        u = following
        if np.all(converged):
            return u
    raise ArithmeticError("the root of the GHK voltage equation did not converge")


def _imbalance(
    u: FloatArray, valences: FloatArray, leaving: FloatArray, entering: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """ln(outward current / inward current) at u, and its derivative with respect to u, shape (sets,) each."""
    w = np.exp(u)
    out, into = np.zeros_like(u), np.zeros_like(u)
    out_slope, into_slope = np.zeros_like(u), np.zeros_like(u)
    for n, a, b in zip(valences, leaving, entering, strict=True):
        series, weighted, power = np.ones_like(w), np.zeros_like(w), w
        for _ in range(int(n) - 1):  # Horner: S = 1 + w S, and w S′ with it
            weighted = w * (weighted + series)
            series = 1.0 + w * series
            power = power * w
        relative_slope = weighted / series
        out_term, into_term = a * power / series, b / series
        out, into = out + out_term, into + into_term
        out_slope, into_slope = out_slope + out_term * (n - relative_slope), into_slope - into_term * relative_slope
    return np.asarray(np.log(out / into)), out_slope / out - into_slope / into
