"""Liquid junction potential from the steady Nernst–Planck equations, for any number of ions.

The junction is electroneutral at every point and carries no current.

Sources: Planck, Ann. Phys. Chem. 39:161 (1890); Marino, Misuri & Brogioli, arXiv:1403.3640 (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.domain import electroneutral, last_axis_matches, nonzero, not_negative, positive
from reversal.physics.junctions import henderson_mV
from reversal.physics.nernst import thermal_voltage_mV

GRID_POINTS = 41


@dataclass(frozen=True, slots=True)
class SteadyJunction:
    """Steady state of the junction between the pipette (position 0) and the bath (position 1).

    junction_mV : bath minus pipette [mV]
    position : (points,);  potential_mV : (points,) [mV], 0 at the pipette;  concentrations_mM : (ions, points) [mM]
    fluxes : (ions,) towards the bath, in units of mobility · RT/F per length of the junction [mM]
    """

    junction_mV: float
    position: FloatArray
    potential_mV: FloatArray
    concentrations_mM: FloatArray
    fluxes: FloatArray


def charge_mM(concentrations_mM: ArrayLike, z: ArrayLike) -> FloatArray:
    """Net charge of a solution, Σ z c [mM].

    concentrations_mM : (..., ions) [mM], ≥ 0;  z : (ions,) charge numbers, not 0. Returns the leading shape.

    Raises DomainError for a value outside its range.

    >>> float(charge_mM([100, 98], [1, -1]))
    2.0
    """
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

    bath_mM, pipette_mM : (ions,) concentrations or activities [mM], ≥ 0, each solution electroneutral
    z : (ions,) charge numbers, not 0;  mobility : (ions,) generalised relative mobility, > 0;  temperature_C : [°C]
    tolerance_mM : net charge that a solution may have [mM]. Below it, all ions are scaled in proportion until the
        solution is neutral; 0.5 mM changes an ordinary junction by less than 0.1 mV.

    Raises DomainError for a value outside its range, for a solution whose net charge is above the tolerance (the
    result would depend on the ion that closes the balance), and if the equations have no numerical solution.
    """
    valence = np.atleast_1d(nonzero(z))
    bath = last_axis_matches("bath_mM", not_negative(bath_mM, "bath_mM"), valence.size)
    pipette = last_axis_matches("pipette_mM", not_negative(pipette_mM, "pipette_mM"), valence.size)
    u = last_axis_matches("mobility", positive(mobility, "mobility"), valence.size)
    bath = _neutral("bath_mM", bath, valence, tolerance_mM)
    pipette = _neutral("pipette_mM", pipette, valence, tolerance_mM)
    guess_mV = float(henderson_mV(bath, pipette, valence, u, temperature_C))
    thermal = float(thermal_voltage_mV(temperature_C))
    position = np.linspace(0.0, 1.0, GRID_POINTS)
    present = (bath + pipette) > 0
    psi, present_mM, present_fluxes = _solve(
        bath[present], pipette[present], valence[present], u[present], guess_mV / thermal, position
    )
    concentrations = np.zeros((valence.size, position.size))
    concentrations[present] = present_mM
    fluxes = np.zeros(valence.size)
    fluxes[present] = present_fluxes
    return SteadyJunction(float(psi[-1] * thermal), position, psi * thermal, concentrations, fluxes)


def _neutral(name: str, concentrations: FloatArray, z: FloatArray, tolerance_mM: float) -> FloatArray:
    """The solution with its net charge removed in proportion from all ions. Raises DomainError above the tolerance."""
    remedy = "Give the ion that balances the charge; the junction potential depends on it"
    electroneutral(concentrations, z, name, tolerance_mM=tolerance_mM, remedy=remedy)
    excess = float(charge_mM(concentrations, z))
    total = float((concentrations * np.abs(z)).sum())
    return np.asarray(concentrations * (1 - np.sign(z) * (excess / total if total else 0.0)))


def _solve(
    bath: FloatArray, pipette: FloatArray, z: FloatArray, u: FloatArray, psi_end: float, position: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Potential ψ [RT/F], concentrations [mM] and fluxes [mM] at ``position``, for ions that are present.

    The unknown functions are ψ and all concentrations but one, which follows from electroneutrality. The unknown
    constants are all fluxes but the same one, which follows from zero current.
    """
    from scipy.integrate import solve_bvp

    scale = max(float(bath.sum()), float(pipette.sum()))
    dependent = int(np.argmax(np.minimum(bath, pipette) * np.abs(z)))
    free = np.arange(z.size) != dependent

    def completed(partial: FloatArray) -> FloatArray:
        full = np.empty((z.size, *partial.shape[1:]))
        full[free] = partial
        full[dependent] = -np.tensordot(z[free], partial, axes=1) / z[dependent]
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
        raise DomainError(
            "the Nernst–Planck equations of the junction have no numerical solution",
            found=found.message,
            remedy="Use Henderson's equation",
        )
    y = np.asarray(found.sol(position))
    return y[0], completed(y[1:]) * scale, completed(np.asarray(found.p)) * scale
