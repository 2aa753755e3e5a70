"""Potentials between two solutions in contact, and what they do to the voltage a pipette imposes.

V_L is bath minus pipette throughout. Arrays of ions have the ions on their LAST axis.
Sources: Henderson, Z. Phys. Chem. 59:118 (1907); Barry & Lynch, J. Membr. Biol. 121:101 (1991);
Ng & Barry, J. Neurosci. Methods 56:37 (1995).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.checks import finite, fraction, last_axis_matches, nonzero, not_negative, positive
from reversal.physics.nernst import thermal_voltage_mV

BRIDGE_KCL_MM = 3000.0
MOBILITY_K, MOBILITY_CL = 1.0, 1.0382  # λ⁰ 73.5 and 76.31 S cm²/equiv (CRC Handbook)


def henderson_mV(
    bath_mM: ArrayLike, pipette_mM: ArrayLike, z: ArrayLike, mobility: ArrayLike, temperature_C: ArrayLike
) -> FloatArray:
    """Liquid junction potential, bath minus pipette [mV], by the generalised Henderson equation.

    bath_mM, pipette_mM : (..., ions) concentrations or activities [mM], ≥ 0
    z : (ions,) charge numbers, not 0
    mobility : (ions,) generalised relative mobility, λ⁰/(|z| λ⁰_K), > 0
    temperature_C : broadcasts with the leading axes [°C]

    Returns the leading shape. Raises DomainError for a value outside its range or a solution without ions.

    >>> round(float(henderson_mV([50, 0, 50], [0, 50, 50], [1, 1, -1], [1, 0.682, 1.0382], 20)), 1)
    -4.3
    """
    valence = np.atleast_1d(nonzero(z))
    bath = last_axis_matches("bath_mM", not_negative(bath_mM, "bath_mM"), valence.size)
    pipette = last_axis_matches("pipette_mM", not_negative(pipette_mM, "pipette_mM"), valence.size)
    u = last_axis_matches("mobility", positive(np.atleast_1d(mobility), "mobility"), valence.size)
    conducts_bath, conducts_pipette = (valence**2 * u * bath).sum(-1), (valence**2 * u * pipette).sum(-1)
    if not (np.all(conducts_bath > 0) and np.all(conducts_pipette > 0)):
        raise DomainError("a junction needs ions on both sides", expected="at least one ion in bath and pipette")
    separation = (valence * u * (bath - pipette)).sum(-1)
    relative = (conducts_pipette - conducts_bath) / conducts_bath
    # ln(1+x)/x has the limit 1: solutions of equal conductance need no case of their own
    apart = np.where(relative == 0.0, 1.0, relative)
    logarithm = np.where(relative == 0.0, 1.0, np.log1p(apart) / apart)
    return np.asarray(-thermal_voltage_mV(temperature_C) * separation / conducts_bath * logarithm)


def salt_bridge_mV(solution_mM: ArrayLike, z: ArrayLike, mobility: ArrayLike, temperature_C: ArrayLike) -> FloatArray:
    """J: potential of a solution against a 3 M KCl bridge in it [mV], by Henderson; parameters as there."""
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
    """J: potential of a solution against a bare Ag/AgCl pellet in it [mV], up to a constant of the pellet.

    chloride_mM : concentration or activity of Cl⁻ [mM], > 0. Only differences between solutions mean anything.

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

    Parameters broadcast together.

    command_mV : what the amplifier imposes [mV]
    junction_mV : V_L of pipette and bath in which the amplifier was zeroed, bath minus pipette [mV]
    reference_now_mV, reference_zeroed_mV : J of the present and of the zeroing bath against the reference
        electrode [mV]; leave both out if the bath was not exchanged. V_L of the present bath plays no part:
        that junction is no longer there.
    online_mV : junction potential that the acquisition software had already subtracted from the command [mV]
    current_pA : total current, positive when positive charge leaves the cell [pA]
    series_MOhm, compensation : series resistance [MΩ] and the fraction of it that is compensated (0 to 1)

    >>> float(whole_cell_mV(-70, 15, current_pA=1000, series_MOhm=10, compensation=0.8))
    -87.0

    Sources: Barry & Lynch 1991; for the series resistance Neher, Methods Enzymol. 207:123 (1992).
    """
    offset = whole_cell_offset_mV(junction_mV, reference_now_mV, reference_zeroed_mV, online_mV)
    residual_MOhm = not_negative(series_MOhm, "series_MOhm") * (1.0 - fraction(compensation, "compensation"))
    drop_mV = finite(current_pA, "current_pA") * residual_MOhm * 1e-3  # pA · MΩ is µV
    return np.asarray(finite(command_mV, "command_mV") - offset - drop_mV)


def whole_cell_offset_mV(
    junction_mV: ArrayLike,
    reference_now_mV: ArrayLike = 0.0,
    reference_zeroed_mV: ArrayLike = 0.0,
    online_mV: ArrayLike = 0.0,
) -> FloatArray:
    """Command minus membrane potential at zero current [mV]; parameters as in :func:`whole_cell_mV`."""
    offset = _offset_mV(junction_mV, reference_now_mV, reference_zeroed_mV)
    return np.asarray(offset - finite(online_mV, "online_mV"))


def inside_out_mV(
    command_mV: ArrayLike,
    junction_mV: ArrayLike,
    reference_now_mV: ArrayLike = 0.0,
    reference_zeroed_mV: ArrayLike = 0.0,
) -> FloatArray:
    """Membrane potential of an inside-out patch [mV], cytoplasmic face minus outer face; as :func:`whole_cell_mV`."""
    return _offset_mV(junction_mV, reference_now_mV, reference_zeroed_mV) - finite(command_mV, "command_mV")


def cell_attached_mV(
    command_mV: ArrayLike,
    cell_mV: ArrayLike,
    junction_mV: ArrayLike,
    reference_now_mV: ArrayLike = 0.0,
    reference_zeroed_mV: ArrayLike = 0.0,
) -> FloatArray:
    """Potential across a cell-attached patch [mV], inside minus outside; ``cell_mV`` is the cell's own potential."""
    inside_out = inside_out_mV(command_mV, junction_mV, reference_now_mV, reference_zeroed_mV)
    return finite(cell_mV, "cell_mV") + inside_out


def _offset_mV(junction_mV: ArrayLike, now_mV: ArrayLike, zeroed_mV: ArrayLike) -> FloatArray:
    """Bath minus pipette at zero command: V_L plus what the exchange of the bath added at the reference electrode."""
    moved = finite(now_mV, "reference_now_mV") - finite(zeroed_mV, "reference_zeroed_mV")
    return finite(junction_mV, "junction_mV") + moved
