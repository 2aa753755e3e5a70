"""Command to membrane potential, with the junctions and the series resistance of a recording."""

from __future__ import annotations

from reversal.arrays import FloatArray
from reversal.measure.voltage.junction_correction import Offset
from reversal.physics.junctions import whole_cell_mV


def membrane_mV(command_mV: FloatArray, i_pA: FloatArray, offset: Offset, residual_MOhm: float | None) -> FloatArray:
    """Membrane potential at each point [mV].

    command_mV, i_pA : command and total current, (points,)
    residual_MOhm : series resistance left by compensation; None if not known, and then nothing is subtracted
    """
    return offset.resting_mV + whole_cell_mV(
        command_mV,
        offset.zeroing_mV,
        offset.reference_mV,
        online_mV=offset.online_mV,
        current_pA=i_pA,
        series_MOhm=residual_MOhm or 0.0,
    )
