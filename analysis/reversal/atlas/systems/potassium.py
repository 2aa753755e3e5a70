"""Extracellular potassium: release by active cells, uptake by astrocytes, and the feedback on excitability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.domain import check_fields, finite, not_negative, positive, within
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV
from reversal.physics.ranges import CONCENTRATION, DURATION, RATE, RATIO_OR_0, SLOPE_FACTOR, VOLTAGE


@dataclass(frozen=True, slots=True)
class Clearance:
    """Saturable uptake of K⁺ by astrocytes.

    max_mM_per_s : largest rate V_max [mM/s], ≥ 0;  half_mM : rise of [K⁺]ₒ above rest at V_max/2 [mM], > 0
    base_mM : [K⁺]ₒ at rest [mM], > 0

    Raises DomainError for a value outside its range.
    """

    max_mM_per_s: float
    half_mM: float = 3.0
    base_mM: float = 3.0

    def __post_init__(self) -> None:
        check_fields(self, {"max_mM_per_s": RATE, "half_mM": CONCENTRATION, "base_mM": CONCENTRATION})

    def rate_mM_per_s(self, k_out_mM: ArrayLike) -> FloatArray:
        """Uptake at [K⁺]ₒ [mM/s], same shape. Below the resting level it is negative: K⁺ is released."""
        excess = finite(k_out_mM, "k_out_mM") - self.base_mM
        return np.asarray(self.max_mM_per_s * excess / (self.half_mM + np.abs(excess)))


@dataclass(frozen=True, slots=True)
class PotassiumCourse:
    """Time course, shape (times,) each.

    time_s [s], k_out_mM [mM], e_k_mV [mV];  released_mM, cleared_mM : K⁺ released and taken up since time 0 [mM]
    """

    time_s: FloatArray
    k_out_mM: FloatArray
    e_k_mV: FloatArray
    released_mM: FloatArray
    cleared_mM: FloatArray


@dataclass(frozen=True, slots=True)
class Firing:
    """Firing of cells as a function of their resting potential, and the K⁺ it releases.

    release_mM_per_s : K⁺ release at full activity [mM/s];  p_na : P_Na/P_K at rest
    half_mV : activity rises around this potential;  block_mV : depolarisation block around this potential
    width_mV : slope factor of both [mV], > 0

    Raises DomainError for a value outside its range.
    """

    release_mM_per_s: float
    half_mV: float = -55.0
    block_mV: float = -40.0
    width_mV: float = 3.0
    p_na: float = 0.05

    def __post_init__(self) -> None:
        voltages = {"half_mV": VOLTAGE, "block_mV": VOLTAGE, "width_mV": SLOPE_FACTOR}
        check_fields(self, {"release_mM_per_s": RATE, "p_na": RATIO_OR_0, **voltages})

    def activity(self, v_mV: ArrayLike) -> FloatArray:
        """Fraction of full activity at a membrane potential [mV], same shape."""
        v, width = finite(v_mV, "v_mV"), 2 * self.width_mV
        rise, block = 1 + np.tanh((v - self.half_mV) / width), 1 - np.tanh((v - self.block_mV) / width)
        return np.asarray(0.25 * rise * block)


@dataclass(frozen=True, slots=True)
class SyncytiumCourse:
    """Time course along a line.

    time_s : (times,) [s];  position_um : (positions,) [µm];  k_out_mM [mM], astrocyte_mV [mV] : (times, positions)
    """

    time_s: FloatArray
    position_um: FloatArray
    k_out_mM: FloatArray
    astrocyte_mV: FloatArray


def clear_potassium(
    release_mM_per_s: Callable[[float], float],
    duration_s: float,
    clearance: Clearance,
    *,
    k_in_mM: float = 140.0,
    temperature_C: float = 37.0,
    points: int = 300,
) -> PotassiumCourse:
    """[K⁺]ₒ under a given release with saturable uptake, from the resting level.

    release_mM_per_s : function of time [s];  duration_s : [s];  k_in_mM : for E_K [mM];  temperature_C : [°C]
    points : number of evenly spaced times

    Raises DomainError for a duration outside its range.
    """
    return _integrated(
        lambda t, _k: release_mM_per_s(t), duration_s, clearance, clearance.base_mM, k_in_mM, temperature_C, points
    )


def resting_mV(k_out_mM: ArrayLike, p_na: float, temperature_C: float, k_in_mM: float = 140.0) -> FloatArray:
    """Resting potential by GHK [mV], with 145 mM Na⁺ outside and 12 mM inside; same shape as ``k_out_mM``.

    k_out_mM, k_in_mM : [mM], > 0;  p_na : P_Na/P_K;  temperature_C : [°C]. DomainError outside the range.
    """
    k = positive(k_out_mM, "k_out_mM")
    within(k_in_mM, "k_in_mM", CONCENTRATION)
    outside = np.stack([k, np.full_like(k, 145.0)], axis=-1)
    return ghk_voltage_mV([1.0, p_na], outside, [k_in_mM, 12.0], [1, 1], temperature_C)


def excitability_loop(
    start_mM: float,
    duration_s: float,
    clearance: Clearance,
    firing: Firing,
    *,
    k_in_mM: float = 140.0,
    temperature_C: float = 37.0,
    points: int = 300,
) -> PotassiumCourse:
    """[K⁺]ₒ with positive feedback: K⁺ depolarises cells, which fire and release more K⁺. From ``start_mM`` [mM].

    duration_s, clearance, k_in_mM, temperature_C, points : as for :func:`clear_potassium`

    Raises DomainError for a start or a duration outside its range.
    """

    def release(_t: float, k_out: float) -> float:
        v = resting_mV(k_out, firing.p_na, temperature_C, k_in_mM)
        return firing.release_mM_per_s * float(firing.activity(v))

    return _integrated(release, duration_s, clearance, start_mM, k_in_mM, temperature_C, points)


def spatial_buffering(
    position_um: ArrayLike,
    start_mM: ArrayLike,
    duration_s: float,
    *,
    diffusion_um2_per_s: float = 700.0,
    uptake_mM_per_s_mV: float = 0.05,
    length_constant_um: float = 200.0,
    k_in_mM: float = 140.0,
    temperature_C: float = 37.0,
    points: int = 100,
) -> SyncytiumCourse:
    """Spatial buffering: an astrocyte syncytium takes up K⁺ where it is high and releases it where it is low.

    position_um : (positions,) evenly spaced [µm];  start_mM : (positions,) [K⁺]ₒ at time 0 [mM], > 0
    duration_s : [s];  diffusion_um2_per_s : of extracellular K⁺ [µm²/s]
    uptake_mM_per_s_mV : change of [K⁺]ₒ per mV of V − E_K;  length_constant_um : of the cable of the syncytium [µm]
    k_in_mM : constant [K⁺] inside [mM];  temperature_C : [°C];  points : number of evenly spaced times

    The ends are sealed: the total of extracellular K⁺ is constant. Raises DomainError for positions that are not evenly
    spaced or for a value outside its range.
    """
    from scipy.integrate import solve_ivp

    x, start = finite(position_um, "position_um"), within(start_mM, "start_mM", CONCENTRATION)
    within(duration_s, "duration_s", DURATION)
    positive([diffusion_um2_per_s, length_constant_um], "diffusion_um2_per_s and length_constant_um")
    not_negative(uptake_mM_per_s_mV, "uptake_mM_per_s_mV")
    if x.ndim != 1 or x.shape != start.shape or not np.allclose(np.diff(x), x[1] - x[0]):
        raise DomainError(
            "positions are not evenly spaced", expected="evenly spaced positions with one concentration each"
        )
    step = float(x[1] - x[0])
    laplacian = _sealed_laplacian(x.size) / step**2
    # V of the syncytium = smoothing @ E_K, the solution of its cable equation
    smoothing = np.linalg.inv(np.eye(x.size) - length_constant_um**2 * laplacian)

    def slopes(_t: float, k: FloatArray) -> FloatArray:
        e_k = nernst_mV(k, k_in_mM, 1, temperature_C)
        return np.asarray(diffusion_um2_per_s * (laplacian @ k) + uptake_mM_per_s_mV * (smoothing @ e_k - e_k))

    times = np.linspace(0.0, duration_s, points)
    found = solve_ivp(slopes, (0.0, duration_s), start, method="LSODA", t_eval=times, rtol=1e-8, atol=1e-9)
    if not found.success:
        raise ArithmeticError(f"the integration of the syncytium failed: {found.message}")
    k_out = found.y.T
    return SyncytiumCourse(found.t, x, k_out, nernst_mV(k_out, k_in_mM, 1, temperature_C) @ smoothing.T)


def _sealed_laplacian(positions: int) -> FloatArray:
    """Second difference along a line with sealed ends, (positions, positions)."""
    between = np.ones(positions - 1)
    laplacian = np.diag(np.full(positions, -2.0)) + np.diag(between, 1) + np.diag(between, -1)
    laplacian[0, 0] = laplacian[-1, -1] = -1.0
    return laplacian


def _integrated(
    release: Callable[[float, float], float],
    duration_s: float,
    clearance: Clearance,
    start_mM: float,
    k_in_mM: float,
    temperature_C: float,
    points: int,
) -> PotassiumCourse:
    from scipy.integrate import solve_ivp

    within(start_mM, "start_mM", CONCENTRATION)
    within(duration_s, "duration_s", DURATION)

    def slopes(t: float, y: FloatArray) -> list[float]:
        released, cleared = release(t, float(y[0])), float(clearance.rate_mM_per_s(y[0]))
        return [released - cleared, released, cleared]

    found = solve_ivp(
        slopes,
        (0.0, duration_s),
        [start_mM, 0.0, 0.0],
        method="LSODA",
        t_eval=np.linspace(0.0, duration_s, points),
        rtol=1e-8,
        atol=1e-9,
        max_step=duration_s / 100,  # so that no step skips a short release
    )
    if not found.success:
        raise ArithmeticError(f"the integration of [K⁺]ₒ failed: {found.message}")
    k, released, cleared = found.y
    return PotassiumCourse(found.t, k, nernst_mV(k, k_in_mM, 1, temperature_C), released, cleared)
