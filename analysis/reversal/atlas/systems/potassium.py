"""Potassium outside the cells: its rise with activity, its clearance by astrocytes, the loop to excitability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.checks import finite, not_negative, positive
from reversal.physics.ghk import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV


@dataclass(frozen=True, slots=True)
class Clearance:
    """Saturable uptake by astrocytes.

    max_mM_per_s : V_max, ≥ 0;  half_mM : excess at half of it, > 0;  base_mM : [K]ₒ at rest, > 0
    """

    max_mM_per_s: float
    half_mM: float = 3.0
    base_mM: float = 3.0

    def rate_mM_per_s(self, k_out_mM: ArrayLike) -> FloatArray:
        """Uptake [mM/s] at [K]ₒ; below the base it turns round."""
        excess = np.asarray(k_out_mM, dtype=np.float64) - self.base_mM
        return np.asarray(self.max_mM_per_s * excess / (self.half_mM + np.abs(excess)))


@dataclass(frozen=True, slots=True)
class PotassiumCourse:
    """(times,) each; released_mM and cleared_mM are cumulative, and their difference is the rise of [K]ₒ."""

    time_s: FloatArray
    k_out_mM: FloatArray
    e_k_mV: FloatArray
    released_mM: FloatArray
    cleared_mM: FloatArray


@dataclass(frozen=True, slots=True)
class Firing:
    """Release that follows the resting potential: it rises round ``half_mV`` and is blocked round ``block_mV``.

    release_mM_per_s : K⁺ release at full activity;  width_mV : of rise and block;  p_na : P_Na/P_K at rest
    """

    release_mM_per_s: float
    half_mV: float = -55.0
    block_mV: float = -40.0
    width_mV: float = 3.0
    p_na: float = 0.05

    def activity(self, v_mV: ArrayLike) -> FloatArray:
        """Share of full activity at a membrane potential [mV]."""
        v, steep = np.asarray(v_mV, dtype=np.float64), 2 * self.width_mV
        rise, block = 1 + np.tanh((v - self.half_mV) / steep), 1 - np.tanh((v - self.block_mV) / steep)
        return np.asarray(0.25 * rise * block)


@dataclass(frozen=True, slots=True)
class SyncytiumCourse:
    """time_s : (times,);  position_um : (places,);  k_out_mM, astrocyte_mV : (times, places)."""

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
    """[K]ₒ under a given release against saturable clearance; release of time [s] in mM/s, started at the base."""
    return _follow(
        lambda t, _k: release_mM_per_s(t), duration_s, clearance, clearance.base_mM, k_in_mM, temperature_C, points
    )


def resting_mV(k_out_mM: ArrayLike, p_na: float, temperature_C: float, k_in_mM: float = 140.0) -> FloatArray:
    """Resting potential from [K]ₒ by GHK, with 145 mM Na⁺ outside and 12 inside [mV]."""
    k = positive(k_out_mM, "k_out_mM")
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
    """[K]ₒ that depolarises, makes cells fire and so rises further, against clearance; from ``start_mM``."""

    def release(_t: float, k_out: float) -> float:
        v = resting_mV(k_out, firing.p_na, temperature_C, k_in_mM)
        return firing.release_mM_per_s * float(firing.activity(v))

    return _follow(release, duration_s, clearance, start_mM, k_in_mM, temperature_C, points)


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
    """An astrocyte syncytium that takes up K⁺ where it is high and gives it back where it is low.

    position_um : (places,) evenly spaced;  start_mM : (places,) [K]ₒ at time 0 [mM]
    uptake_mM_per_s_mV : change of [K]ₒ per mV of V − E_K;  length_constant_um : of the syncytium's own cable
    The ends are sealed and inside K⁺ is taken as constant, so the K⁺ outside is carried, not lost.
    """
    from scipy.integrate import solve_ivp

    x, start = finite(position_um, "position_um"), positive(start_mM, "start_mM")
    if x.ndim != 1 or x.shape != start.shape or not np.allclose(np.diff(x), x[1] - x[0]):
        raise DomainError(
            "positions are not evenly spaced", expected="one concentration for each of evenly spaced places"
        )
    step = float(x[1] - x[0])
    lap = _sealed_laplacian(x.size) / step**2
    spread = np.linalg.inv(np.eye(x.size) - length_constant_um**2 * lap)  # V = E_K smoothed by the cable

    def slopes(_t: float, k: FloatArray) -> FloatArray:
        e_k = nernst_mV(k, k_in_mM, 1, temperature_C)
        return np.asarray(diffusion_um2_per_s * (lap @ k) + uptake_mM_per_s_mV * (spread @ e_k - e_k))

    times = np.linspace(0.0, duration_s, points)
    found = solve_ivp(slopes, (0.0, duration_s), start, method="LSODA", t_eval=times, rtol=1e-8, atol=1e-9)
    if not found.success:
        raise ArithmeticError(f"the syncytium could not be followed: {found.message}")
    k_out = found.y.T
    return SyncytiumCourse(found.t, x, k_out, nernst_mV(k_out, k_in_mM, 1, temperature_C) @ spread.T)


def _sealed_laplacian(places: int) -> FloatArray:
    lap = np.diag(np.full(places, -2.0)) + np.diag(np.ones(places - 1), 1) + np.diag(np.ones(places - 1), -1)
    lap[0, 0] = lap[-1, -1] = -1.0
    return lap


def _follow(
    release: Callable[[float, float], float],
    duration_s: float,
    clearance: Clearance,
    start_mM: float,
    k_in_mM: float,
    temperature_C: float,
    points: int,
) -> PotassiumCourse:
    from scipy.integrate import solve_ivp

    not_negative(clearance.max_mM_per_s, "max_mM_per_s")
    positive([clearance.half_mM, clearance.base_mM, start_mM], "clearance")

    def slopes(t: float, y: FloatArray) -> list[float]:
        given, taken = release(t, float(y[0])), float(clearance.rate_mM_per_s(y[0]))
        return [given - taken, given, taken]

    found = solve_ivp(
        slopes,
        (0.0, duration_s),
        [start_mM, 0.0, 0.0],
        method="LSODA",
        t_eval=np.linspace(0.0, duration_s, points),
        rtol=1e-8,
        atol=1e-9,
        max_step=duration_s / 100,  # a short release must not fall between two steps
    )
    if not found.success:
        raise ArithmeticError(f"potassium could not be followed: {found.message}")
    k, released, cleared = found.y
    return PotassiumCourse(found.t, k, nernst_mV(k, k_in_mM, 1, temperature_C), released, cleared)
