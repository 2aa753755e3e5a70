"""A dendrite in which chloride, and therefore E_Cl, varies along its length: the steady cable equation with E_Cl(x)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.domain import finite, not_negative, positive, within
from reversal.physics.nernst import nernst_mV
from reversal.physics.ranges import PLACE, POINTS, VOLTAGE, WIDTH

LENGTH_um = 500.0


@dataclass(frozen=True, slots=True)
class DendriteState:
    """Steady state along the dendrite, shape (points,) each.

    position_um [µm], e_cl_mV, v_mV [mV];  membrane_pA_per_um : membrane current per length, outward positive [pA/µm]
    """

    position_um: FloatArray
    e_cl_mV: FloatArray
    v_mV: FloatArray
    membrane_pA_per_um: FloatArray


def steady_dendrite(
    position_um: ArrayLike,
    cl_in_mM: ArrayLike,
    gaba_nS_per_um: ArrayLike,
    *,
    cl_out_mM: float,
    rest_mV: float,
    rest_nS_per_um: float,
    axial_nS_um: float,
    temperature_C: float,
) -> DendriteState:
    """Membrane potential along a dendrite with sealed ends, with GABA conductance and E_Cl that vary along it.

    position_um : (points,), at least three, evenly spaced, rising [µm]
    cl_in_mM : (points,) or a number, chloride inside [mM], > 0;  cl_out_mM : outside [mM], > 0
    gaba_nS_per_um : (points,) or a number, open GABA_A conductance per length [nS/µm], ≥ 0
    rest_mV, rest_nS_per_um : resting potential [mV] and conductance per length [nS/µm], > 0
    axial_nS_um : axial conductance times length, π a²/R_i with radius a [nS µm], > 0;  temperature_C : [°C]

    The length constant is √(axial/rest); the spacing must be much shorter. No current leaves the ends, so the membrane
    current integrated over the dendrite is 0. Raises DomainError for a value outside its range.

    Source: cable equation, Rall, Exp. Neurol. 1:491 (1959).
    """
    from scipy.linalg import solve_banded

    x = finite(position_um, "position_um")
    steps = np.diff(x)
    if x.ndim != 1 or x.size < 3 or not np.allclose(steps, steps[0]) or steps[0] <= 0:
        raise DomainError("positions are not evenly spaced", found=x.shape, expected="three or more, with equal steps")
    e_cl = nernst_mV(cl_out_mM, np.broadcast_to(positive(cl_in_mM, "cl_in_mM"), x.shape), -1, temperature_C)
    gaba = np.broadcast_to(not_negative(gaba_nS_per_um, "gaba_nS_per_um"), x.shape)
    rest = float(positive(rest_nS_per_um, "rest_nS_per_um"))
    width = np.full(x.size, steps[0])
    width[[0, -1]] *= 0.5
    axial_nS = float(positive(axial_nS_um, "axial_nS_um")) / steps[0]
    bands = np.zeros((3, x.size))
    bands[0, 1:] = bands[2, :-1] = -axial_nS
    bands[1] = (rest + gaba) * width + 2 * axial_nS
    bands[1, [0, -1]] -= axial_nS
    v_rest = float(within(rest_mV, "rest_mV", VOLTAGE))
    v = solve_banded((1, 1), bands, (rest * v_rest + gaba * e_cl) * width)
    return DendriteState(x, e_cl, v, rest * (v - v_rest) + gaba * (v - e_cl))


def gaba_dendrite(
    points: int,
    *,
    cl_mM: tuple[float, float],
    gaba_nS_per_um: float,
    place_um: float,
    width_um: float,
    cl_out_mM: float,
    rest_mV: float,
    temperature_C: float,
    rest_nS_per_um: float = 0.02,
    axial_nS_um: float = 300.0,
) -> DendriteState:
    """A dendrite of 500 µm whose chloride changes evenly from the soma to the end, with one GABA input.

    points : number of compartments, at least 3;  cl_mM : [Cl⁻]ᵢ at the soma and at the end [mM], > 0
    gaba_nS_per_um : GABA_A conductance per length in the middle of the input [nS/µm];  place_um : its distance from the
    soma [µm];  width_um : distance at which it is 1/e [µm], > 0;  the other inputs are those of :func:`steady_dendrite`

    Raises DomainError for a value outside its range.
    """
    x = np.linspace(0.0, LENGTH_um, int(within(points, "points", POINTS)))
    distance = (x - float(within(place_um, "place_um", PLACE))) / float(within(width_um, "width_um", WIDTH))
    return steady_dendrite(
        x,
        np.interp(x, [0.0, LENGTH_um], positive(cl_mM, "cl_mM")),
        float(not_negative(gaba_nS_per_um, "gaba_nS_per_um")) * np.exp(-(distance**2)),
        cl_out_mM=cl_out_mM,
        rest_mV=rest_mV,
        rest_nS_per_um=rest_nS_per_um,
        axial_nS_um=axial_nS_um,
        temperature_C=temperature_C,
    )
