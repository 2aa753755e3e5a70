"""Liquid junction potential V_L between pipette and bath, and potential J of a bath against the reference electrode.

V_L is bath minus pipette, J is solution minus electrode. The membrane potential of a whole-cell recording is
command − V_L(zeroing bath) − [J(bath) − J(zeroing bath)] − I·R_s; :mod:`reversal.measure.voltage` computes it.
Arrays of ions have the ions on their LAST axis.
Sources: Henderson, Z. Phys. Chem. 59:118 (1907); Barry & Lynch, J. Membr. Biol. 121:101 (1991);
Ng & Barry, J. Neurosci. Methods 56:37 (1995).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.domain import finite, fraction, last_axis_matches, nonzero, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV

BRIDGE_KCL_MM = 3000.0
MOBILITY_K, MOBILITY_CL = 1.0, 1.0382  # relative to K⁺: λ⁰ 73.5 and 76.31 S cm²/equiv (CRC Handbook)


def henderson_mV(
    bath_mM: ArrayLike, pipette_mM: ArrayLike, z: ArrayLike, mobility: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Liquid junction potential, bath minus pipette [mV], by the generalised Henderson equation.

    bath_mM, pipette_mM : (..., ions) concentrations or activities [mM], ≥ 0
    z : (ions,) charge numbers, not 0
    mobility : (ions,) generalised relative mobility, λ⁰/(|z| λ⁰_K), > 0
    temperature_C : broadcasts with the leading axes [°C]

    Returns the leading shape. Raises DomainError for a value outside its range or for a solution without ions.

    >>> round(float(henderson_mV([50, 0, 50], [0, 50, 50], [1, 1, -1], [1, 0.682, 1.0382], 20)), 1)
    -4.3
    """
    valence = np.atleast_1d(nonzero(z))
    bath = last_axis_matches("bath_mM", not_negative(bath_mM, "bath_mM"), valence.size)
    pipette = last_axis_matches("pipette_mM", not_negative(pipette_mM, "pipette_mM"), valence.size)
    u = last_axis_matches("mobility", positive(np.atleast_1d(mobility), "mobility"), valence.size)
    conductance_bath, conductance_pipette = (valence**2 * u * bath).sum(-1), (valence**2 * u * pipette).sum(-1)
    if not (np.all(conductance_bath > 0) and np.all(conductance_pipette > 0)):
        raise DomainError(
            "a junction needs ions on both sides", expected="at least one ion in the bath and in the pipette"
        )
    separation = (valence * u * (bath - pipette)).sum(-1)
    relative = (conductance_pipette - conductance_bath) / conductance_bath
    # ln(1 + x)/x has the limit 1 where both solutions conduct equally
    unequal = np.where(relative == 0.0, 1.0, relative)
    logarithm = np.where(relative == 0.0, 1.0, np.log1p(unequal) / unequal)
    return np.asarray(-thermal_voltage_mV(temperature_C) * separation / conductance_bath * logarithm)


def mobility_sd_mV(
    bath_mM: ArrayLike,
    pipette_mM: ArrayLike,
    z: ArrayLike,
    mobility: ArrayLike,
    error: ArrayLike,
    temperature_C: ArrayLike,
) -> float:
    """Change of the junction potential for errors of mobilities, which are independent [mV].

    bath_mM, pipette_mM, z, mobility, error : (ions,); error 0 for a mobility that is known;  others as henderson_mV
    """
    u, errors = np.asarray(mobility, dtype=float), np.asarray(error, dtype=float)
    arguments = bath_mM, pipette_mM, z
    steps = [np.where(np.arange(u.size) == k, errors[k], 0.0) for k in np.flatnonzero(errors)]
    changes = [
        henderson_mV(*arguments, u + d, temperature_C) - henderson_mV(*arguments, u - d, temperature_C) for d in steps
    ]
    return float(np.linalg.norm(changes) / 2) if changes else 0.0


def salt_bridge_mV(solution_mM: ArrayLike, z: ArrayLike, mobility: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Potential J of a solution against a 3 M KCl bridge in it [mV], by Henderson's equation.

    solution_mM : (..., ions) concentrations or activities [mM], ≥ 0
    z, mobility, temperature_C : as for :func:`henderson_mV`

    Returns the leading shape. Raises DomainError for a value outside its range or for a solution without ions.
    """
    valence, u = np.atleast_1d(nonzero(z)), np.atleast_1d(positive(mobility, "mobility"))
    solution = last_axis_matches("solution_mM", not_negative(solution_mM, "solution_mM"), valence.size)
    both = np.concatenate([solution, np.zeros((*solution.shape[:-1], 2))], axis=-1)
    bridge = np.concatenate([np.zeros(valence.size), [BRIDGE_KCL_MM, BRIDGE_KCL_MM]])
    return henderson_mV(
        both,
        bridge,
        np.concatenate([valence, [1.0, -1.0]]),
        np.concatenate([np.broadcast_to(u, valence.shape), [MOBILITY_K, MOBILITY_CL]]),
        temperature_C,
    )


def silver_chloride_mV(chloride_mM: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """Potential J of a solution against a bare Ag/AgCl pellet in it [mV], up to a constant of the pellet.

    Only the difference between two solutions has a meaning. Both parameters broadcast.

    chloride_mM : concentration or activity of Cl⁻ [mM], > 0;  temperature_C : [°C]

    Raises DomainError for a value outside its range.

    >>> round(float(silver_chloride_mV(145, 20) - silver_chloride_mV(75, 20)), 2)
    16.65
    """
    return thermal_voltage_mV(temperature_C) * np.log(positive(chloride_mM, "chloride_mM"))


def whole_cell_mV(
    command_mV: ArrayLike,
    junction_mV: ArrayLike,
    reference_now_mV: ArrayLike = 0.0,
    reference_zeroed_mV: ArrayLike = 0.0,
    *,
    online_mV: ArrayLike = 0.0,
    current_pA: ArrayLike = 0.0,
    series_MOhm: ArrayLike = 0.0,
    compensation: ArrayLike = 0.0,
) -> FloatArray:
    """Membrane potential of a whole-cell or outside-out patch [mV], inside minus outside.

    All parameters broadcast together.

    command_mV : command of the amplifier [mV]
    junction_mV : V_L of the pipette and the bath in which the amplifier was zeroed, bath minus pipette [mV]
    reference_now_mV, reference_zeroed_mV : J of the present bath and of the zeroing bath against the reference
        electrode [mV]; both 0 if the bath was not exchanged. V_L of the present bath is not used: after break-in
        pipette and bath are no longer in contact.
    online_mV : junction potential that the acquisition software has already subtracted from the command [mV]
    current_pA : total current, positive when positive charge leaves the cell [pA]
    series_MOhm, compensation : series resistance [MΩ], ≥ 0, and its compensated fraction, 0 to 1

    Raises DomainError for a value outside its range.

    >>> float(whole_cell_mV(-70, 15, current_pA=1000, series_MOhm=10, compensation=0.8))
    -87.0

    Sources: Barry & Lynch 1991; for the series resistance Neher, Methods Enzymol. 207:123 (1992).
    """
    offset = whole_cell_offset_mV(junction_mV, reference_now_mV, reference_zeroed_mV, online_mV)
    residual_MOhm = not_negative(series_MOhm, "series_MOhm") * (1.0 - fraction(compensation, "compensation"))
    error_mV = finite(current_pA, "current_pA") * residual_MOhm * 1e-3  # pA · MΩ is µV
    return np.asarray(finite(command_mV, "command_mV") - offset - error_mV)


def whole_cell_offset_mV(
    junction_mV: ArrayLike,
    reference_now_mV: ArrayLike = 0.0,
    reference_zeroed_mV: ArrayLike = 0.0,
    online_mV: ArrayLike = 0.0,
) -> FloatArray:
    """Command minus membrane potential at zero current [mV]; parameters as in :func:`whole_cell_mV`.

    Raises DomainError for a value that is not finite.
    """
    change_mV = finite(reference_now_mV, "reference_now_mV") - finite(reference_zeroed_mV, "reference_zeroed_mV")
    return np.asarray(finite(junction_mV, "junction_mV") + change_mV - finite(online_mV, "online_mV"))
