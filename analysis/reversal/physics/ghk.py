"""Goldman–Hodgkin–Katz: the current of one ion in a constant field, and the voltage at which several cancel.

Everything rests on the Bernoulli function, so nothing is special at 0 mV and nothing overflows.

Arrays of ions have the ions on their LAST axis; the axes before it are parameter sets and broadcast.
Sources: Goldman, J. Gen. Physiol. 27:37 (1943); Hodgkin & Katz, J. Physiol. 108:37 (1949).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.checks import finite, last_axis_matches, nonzero, not_negative
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import thermal_voltage_mV

PA_PER_PERMEABILITY_AND_MM = FARADAY_C_PER_MOL * 1e-6  # µm³/s · mmol/L · C/mol = 1e-18 A
BLOCK = 16384


def bernoulli(x: ArrayLike) -> FloatArray:
    """B(x) = x / (exp(x) − 1), with B(0) = 1; any finite x, no overflow.

    >>> bernoulli([0.0, -800.0, 800.0]).round(6).tolist()
    [1.0, 800.0, 0.0]
    """
    numbers = np.asarray(x, dtype=np.float64)
    apart = np.where(numbers == 0.0, 1.0, numbers)
    return np.where(numbers == 0.0, 1.0, apart / np.expm1(np.minimum(apart, 700.0)))


def bernoulli_slope(x: ArrayLike) -> FloatArray:
    """dB/dx, with B'(0) = −1/2; near 0 by its series, elsewhere B (1 − B − x) / x.

    >>> float(bernoulli_slope(0.0))
    -0.5
    """
    numbers = np.asarray(x, dtype=np.float64)
    near = np.abs(numbers) < 0.2
    apart = np.where(near, 1.0, numbers)
    value = bernoulli(apart)
    s = np.where(near, numbers, 0.0)
    q = s * s
    series = -0.5 + s * (1 / 6 - q * (1 / 180 - q * (1 / 5040 - q * (1 / 151200 - q / 4790016))))
    return np.where(near, series, value * (1.0 - value - apart) / apart)


def ghk_current(
    v_mV: ArrayLike, p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Current of one ion through a constant field [pA], outward positive.

    All parameters broadcast together (no ion axis: each element is one ion at one voltage).

    v_mV : membrane potential, inside minus outside [mV]
    p : permeability × area [µm³/s], ≥ 0 (a relative p gives a relative current)
    out_mM, in_mM : concentrations or activities [mM], ≥ 0
    z : charge number, not 0
    temperature_C : [°C]

    Raises DomainError for a value outside its range.

    >>> float(ghk_current(0.0, 1.0, 10.0, 10.0, 1, 20.0))
    0.0
    """
    z_ = nonzero(z)
    entering, leaving = _both_ways(z_ * finite(v_mV, "v_mV") / thermal_voltage_mV(temperature_C))
    scale = not_negative(p, "p") * z_ * PA_PER_PERMEABILITY_AND_MM
    return np.asarray(scale * (not_negative(in_mM, "in_mM") * leaving - not_negative(out_mM, "out_mM") * entering))


@dataclass(frozen=True, slots=True)
class GhkSlopes:
    """Partial derivatives of the GHK current, each of the broadcast shape.

    by_v : [pA/mV = nS];  by_p : [pA s/µm³];  by_out, by_in : [pA/mM]
    """

    by_v: FloatArray
    by_p: FloatArray
    by_out: FloatArray
    by_in: FloatArray


def ghk_current_slopes(
    v_mV: ArrayLike, p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> GhkSlopes:
    """Jacobian of :func:`ghk_current`; same parameters."""
    z_, thermal = nonzero(z), thermal_voltage_mV(temperature_C)
    zu = z_ * finite(v_mV, "v_mV") / thermal
    p_, outside, inside = not_negative(p, "p"), not_negative(out_mM, "out_mM"), not_negative(in_mM, "in_mM")
    unit = z_ * PA_PER_PERMEABILITY_AND_MM
    entering, leaving = _both_ways(zu)
    by_u = -inside * bernoulli_slope(-zu) - outside * bernoulli_slope(zu)
    return GhkSlopes(
        by_v=p_ * unit * by_u * z_ / thermal,
        by_p=unit * (inside * leaving - outside * entering),
        by_out=-p_ * unit * entering,
        by_in=p_ * unit * leaving,
    )


def ghk_voltage_mV(
    p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Voltage at which the GHK currents of several ions cancel [mV], inside minus outside.

    p, out_mM, in_mM : (..., ions) relative permeabilities and concentrations or activities [mM], ≥ 0
    z : (ions,) charge numbers, not 0
    temperature_C : broadcasts with the leading axes [°C]

    Returns the leading shape. Monovalents in closed form; with divalents the positive root of a quadratic in
    exp(FV/RT); any other valence by a bracketed root of the total current, which rises with V and so has one zero.
    Raises DomainError where the permeant ions are all on one side, for then no voltage balances them.

    >>> round(float(ghk_voltage_mV([1, 0.04], [5, 145], [140, 15], [1, 1], 37)), 2)
    -68.59

    Sources: Hodgkin & Katz 1949; Jan & Jan, J. Physiol. 262:215 (1976); Lewis, J. Physiol. 286:417 (1979).
    """
    valence = np.atleast_1d(nonzero(z))
    outward, inward, absolute = _as_cations(p, out_mM, in_mM, valence)
    thermal = thermal_voltage_mV(temperature_C)
    if np.all(absolute == 1.0):
        pull_out, pull_in = outward @ absolute, inward @ absolute
        _both_sides(pull_out, pull_in)
        exponent = np.log(pull_in / pull_out)
    elif np.all((absolute == 1.0) | (absolute == 2.0)):
        exponent = np.log(_quadratic_root(outward, inward, absolute))
    else:
        exponent = _bracketed_root(outward, inward, absolute)
    return np.asarray(thermal * exponent)


def _both_ways(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """B(x) and B(−x) from one exponential: B(−|x|) = B(|x|) + |x|, a sum of positive terms that cancels nothing."""
    size = np.abs(x)
    against = bernoulli(size)
    along = against + size
    return np.where(x > 0, against, along), np.where(x > 0, along, against)


def _as_cations(
    p: ArrayLike, out_mM: ArrayLike, in_mM: ArrayLike, z: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """P × concentration of what drives current outward and inward, and |z|.

    An anion leaving is a cation entering: with its sides exchanged it enters every formula as a cation of charge |z|.
    """
    permeability = last_axis_matches("p", not_negative(p, "p"), z.size)
    outside = last_axis_matches("out_mM", not_negative(out_mM, "out_mM"), z.size)
    inside = last_axis_matches("in_mM", not_negative(in_mM, "in_mM"), z.size)
    if np.all(z > 0):
        return permeability * inside, permeability * outside, z
    return permeability * np.where(z > 0, inside, outside), permeability * np.where(z > 0, outside, inside), np.abs(z)


def _both_sides(outward: FloatArray, inward: FloatArray) -> None:
    if not (np.all(outward > 0) and np.all(inward > 0)):
        raise DomainError(
            "no voltage balances the currents: the permeant ions are all on one side",
            expected="current carriers both outward and inward",
        )


def _quadratic_root(outward: FloatArray, inward: FloatArray, z: FloatArray) -> FloatArray:
    """w = exp(FV/RT) > 0 of (A_i + 4B_i) w² + (A_i − A_o) w − (A_o + 4B_o) = 0, without cancellation."""
    once, squared = (z == 1.0).astype(np.float64), z * z
    q = (inward - outward) @ once
    square, constant = outward @ squared, inward @ squared
    _both_sides(square, constant)
    root = np.sqrt(q * q + 4 * square * constant)
    return np.asarray(np.where(q > 0, (q + root) / (2 * square), 2 * constant / (root - np.minimum(q, 0.0))))


def _bracketed_root(outward: FloatArray, inward: FloatArray, z: FloatArray) -> FloatArray:
    """u = FV/RT at which the currents cancel, for any whole valences.

    With w = exp(u) and S_z = 1 + w + … + w^(z−1) the balance reads Σ z² outward w^z/S_z = Σ z² inward/S_z.
    """
    if not np.all(z == np.round(z)):
        raise DomainError("a charge number is not whole", found=z.tolist(), expected="whole charge numbers")
    valences = np.unique(z)
    by_valence = np.where(z[:, None] == valences, z[:, None] ** 2, 0.0)
    leaving, entering = np.broadcast_arrays(outward @ by_valence, inward @ by_valence)
    shape = leaving.shape[:-1]
    leaving, entering = leaving.reshape(-1, valences.size).T, entering.reshape(-1, valences.size).T
    _both_sides(leaving.sum(0), entering.sum(0))
    u = np.empty(leaving.shape[1])
    for start in range(0, u.size, BLOCK):  # blocks that stay in the cache halve the time of a million sets
        block = slice(start, start + BLOCK)
        u[block] = _newton_in_bracket(valences, np.ascontiguousarray(leaving[:, block]), entering[:, block].copy())
    return u.reshape(shape)


def _newton_in_bracket(
    valences: FloatArray, leaving: FloatArray, entering: FloatArray, most_steps: int = 60
) -> FloatArray:
    """Newton's method on the logarithm of outward over inward side, kept inside a bracket that only shrinks.

    leaving, entering : (valences, sets). The logarithm rises with u at a slope of at least 1, so that the root lies
    between u and u minus its value.
    """
    u: FloatArray = np.log(entering.sum(0) / leaving.sum(0)) / valences.mean()
    low, high = np.full_like(u, -np.inf), np.full_like(u, np.inf)
    for _ in range(most_steps):
        excess, slope = _imbalance(u, valences, leaving, entering)
        low = np.maximum(low, np.minimum(u, u - excess))
        high = np.minimum(high, np.maximum(u, u - excess))
        newton = u - excess / slope
        nearer = np.where((newton >= low) & (newton <= high), newton, 0.5 * (low + high))
        settled = np.abs(nearer - u) <= 1e-14 + 1e-13 * np.abs(u)
        u = nearer
        if np.all(settled):
            return u
    raise ArithmeticError("the bracketed root did not settle")


def _imbalance(
    u: FloatArray, valences: FloatArray, leaving: FloatArray, entering: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """ln(outward side / inward side) of the balance, and its slope in u."""
    w = np.exp(u)
    out, into = np.zeros_like(u), np.zeros_like(u)
    out_slope, into_slope = np.zeros_like(u), np.zeros_like(u)
    for n, a, b in zip(valences, leaving, entering, strict=True):
        series, weighted, power = np.ones_like(w), np.zeros_like(w), w
        for _ in range(int(n) - 1):  # Horner: S = 1 + w S, and w S' alongside
            weighted = w * (weighted + series)
            series = 1.0 + w * series
            power = power * w
        steep = weighted / series
        out_term, into_term = a * power / series, b / series
        out, into = out + out_term, into + into_term
        out_slope, into_slope = out_slope + out_term * (n - steep), into_slope - into_term * steep
    return np.asarray(np.log(out / into)), out_slope / out - into_slope / into
