"""Table ``current_ratios``: permeability ratios from the currents of all baths."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import (
    Cell,
    Condition,
    Experiment,
    Ion,
    Number,
    RatioHigh,
    RatioLow,
    Reason,
    Reference,
    StatusColumn,
)
from reversal.tables.files import Row


class CurrentRatioRow(Row):
    """P of one ion relative to the reference from the currents of all baths."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    ion: Ion
    reference: Reference
    p_ratio: Annotated[Number, Field(description="permeability ratio from the currents")]
    ci_low: RatioLow
    ci_high: RatioHigh
    p_reference_um3_per_s: Annotated[Number, Field(description="permeability times area of the reference ion [µm³/s]")]
    v_half_mV: Annotated[Number, Field(description="half-activation potential of the fitted gate [mV]")]
    gate_slope_mV: Annotated[Number, Field(description="slope factor of the fitted gate [mV]")]
    gate_floor: Annotated[Number, Field(description="open probability that remains at all voltages")]
    leak_nS: Annotated[Number, Field(description="conductance of the fitted leak [nS]")]
    e_leak_mV: Annotated[Number, Field(description="reversal potential of the fitted leak [mV]")]
    leak_share: Annotated[
        Number, Field(description="leak as a fraction of the slope of the I–V over its range, median of the baths")
    ]
    n_points: Annotated[int, Field(description="number of I–V points in the fit")]
    rms_pA: Annotated[Number, Field(description="root mean square misfit [pA]")]
    voltage_p_ratio: Annotated[Number, Field(description="permeability ratio from the reversal potentials")]
    agrees: Annotated[bool | None, Field(description="whether the two intervals overlap")]
    status: StatusColumn
    reason: Reason
