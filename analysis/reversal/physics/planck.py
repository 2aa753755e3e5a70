"""The steady junction of two solutions by the Nernst–Planck equations: any number of ions, electroneutral, no current.

Sources: Planck, Ann. Phys. Chem. 39:161 (1890); Marino, Misuri & Brogioli, arXiv:1403.3640 (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.checks import last_axis_matches, nonzero, not_negative, positive
from reversal.physics.junctions import henderson_mV
from reversal.physics.nernst import thermal_voltage_mV

NEUTRAL_PART = 1e-6  # of all charge: what rounding of a recipe may leave


@dataclass(frozen=True, slots=True)
class SteadyJunction:
    """The steady state between pipette (position 0) and bath (position 1).

    junction_mV : bath minus pipette [mV]
    position : (points,);  potential_mV : (points,) [mV], 0 at the pipette;  concentrations_mM : (ions, points) [mM]
    fluxes : (ions,) towards the bath, relative: u RT/F per length [mM]
    """

    junction_mV: float
    position: FloatArray
    potential_mV: FloatArray
    concentrations_mM: FloatArray
    fluxes: FloatArray


@dataclass(frozen=True, slots=True)
class JunctionMethods:
    """One junction by both methods [mV]; their difference is the error of the model, not of the measurement."""

    henderson_mV: float
    nernst_planck_mV: float

    @property
    def model_error_mV(self) -> float:
        """Nernst–Planck minus Henderson [mV]."""
        return self.nernst_planck_mV - self.henderson_mV


def charge_mM(concentrations_mM: ArrayLike, z: ArrayLike) -> FloatArray:
    """Net charge of a recipe, Σ z c [mM]; ions on the last axis."""
    return np.asarray((not_negative(concentrations_mM, "concentrations_mM") * nonzero(z)).sum(-1))


def steady_junction(
    bath_mM: ArrayLike,
    pipette_mM: ArrayLike,
    z: ArrayLike,
    mobility: ArrayLike,
    temperature_C: float,
    tolerance_mM: float = 0.0,
) -> SteadyJunction:
    """Solve the steady Nernst–Planck equations across a junction.

    bath_mM, pipette_mM : (ions,) concentrations or activities [mM], ≥ 0, each electroneutral
    z : (ions,) charge numbers;  mobility : (ions,) generalised relative mobility;  temperature_C : [°C]
    tolerance_mM : net charge that a recipe may have; within it all ions share the closing in proportion (0.5 mM moves
        an ordinary junction by less than 0.1 mV)

    Raises DomainError for a recipe that is not electroneutral: what closes it would decide the answer.
    """
    valence = np.atleast_1d(nonzero(z))
    bath = last_axis_matches("bath_mM", not_negative(bath_mM, "bath_mM"), valence.size)
    pipette = last_axis_matches("pipette_mM", not_negative(pipette_mM, "pipette_mM"), valence.size)
    u = last_axis_matches("mobility", positive(mobility, "mobility"), valence.size)
    bath = _neutral("bath_mM", bath, valence, tolerance_mM)
    pipette = _neutral("pipette_mM", pipette, valence, tolerance_mM)
    start_mV = float(henderson_mV(bath, pipette, valence, u, temperature_C))
    thermal = float(thermal_voltage_mV(temperature_C))
    position = np.linspace(0.0, 1.0, 41)
    there = (bath + pipette) > 0
    kept = _solve(bath[there], pipette[there], valence[there], u[there], start_mV / thermal, position)
    concentrations = np.zeros((valence.size, position.size))
    concentrations[there] = kept[1]
    fluxes = np.zeros(valence.size)
    fluxes[there] = kept[2]
    return SteadyJunction(float(kept[0][-1] * thermal), position, kept[0] * thermal, concentrations, fluxes)


def both_methods(
    bath_mM: ArrayLike, pipette_mM: ArrayLike, z: ArrayLike, mobility: ArrayLike, temperature_C: float
) -> JunctionMethods:
    """The junction potential by Henderson and by steady Nernst–Planck; parameters as :func:`steady_junction`."""
    steady = steady_junction(bath_mM, pipette_mM, z, mobility, temperature_C)
    return JunctionMethods(float(henderson_mV(bath_mM, pipette_mM, z, mobility, temperature_C)), steady.junction_mV)


def _neutral(name: str, concentrations: FloatArray, z: FloatArray, tolerance_mM: float) -> FloatArray:
    """The recipe with its last trace of charge shared by all ions; refused beyond the tolerance."""
    excess = float(charge_mM(concentrations, z))
    total = float((concentrations * np.abs(z)).sum())
    if abs(excess) > max(tolerance_mM, NEUTRAL_PART * total):
        raise DomainError(
            f"{name} is not electroneutral",
            found=f"{excess:+.4g} mM of charge",
            expected=f"0 within {tolerance_mM:g} mM",
            remedy="Name the ion that closes the balance: the junction potential depends on which it is",
        )
    return np.asarray(concentrations * (1 - np.sign(z) * (excess / total if total else 0.0)))


def _solve(
    bath: FloatArray, pipette: FloatArray, z: FloatArray, u: FloatArray, psi_end: float, position: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Potential [RT/F], concentrations and fluxes on ``position``.

    Unknown functions: ψ and every concentration but one, which electroneutrality gives; unknown constants: every flux
    but that one, which zero current gives.
    """
    from scipy.integrate import solve_bvp

    scale = max(float(bath.sum()), float(pipette.sum()))
    last = int(np.argmax(np.minimum(bath, pipette) * np.abs(z)))
    free = np.arange(z.size) != last

    def completed(partial: FloatArray) -> FloatArray:
        full = np.empty((z.size, *partial.shape[1:]))
        full[free] = partial
        full[last] = -np.tensordot(z[free], partial, axes=1) / z[last]
        return full

    def slopes(_x: FloatArray, y: FloatArray, fluxes: FloatArray) -> FloatArray:
        c, j = completed(y[1:]), completed(fluxes)
        field = -(z * j / u).sum() / np.tensordot(z**2, c, axes=1)
        change = -(j / u)[:, None] - z[:, None] * c * field
        return np.concatenate([field[None, :], change[free]])

    def ends(at_pipette: FloatArray, at_bath: FloatArray, _fluxes: FloatArray) -> FloatArray:
        return np.concatenate(
            [at_pipette[:1], at_pipette[1:] - pipette[free] / scale, at_bath[1:] - bath[free] / scale]
        )

    line = (pipette[:, None] + (bath - pipette)[:, None] * position) / scale
    guess = np.concatenate([psi_end * position[None, :], line[free]])
    fluxes = (-u * ((bath - pipette) + z * 0.5 * (bath + pipette) * psi_end) / scale)[free]
    found = solve_bvp(slopes, ends, position, guess, p=fluxes, tol=1e-7, max_nodes=20_000)
    if not found.success:
        raise DomainError("the steady junction was not found", found=found.message, remedy="Use Henderson's equation")
    y = np.asarray(found.sol(position))
    return y[0], completed(y[1:]) * scale, completed(np.asarray(found.p)) * scale
