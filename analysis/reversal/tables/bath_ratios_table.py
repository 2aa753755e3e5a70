"""Table ``bath_ratios``: the permeability ratio that each bath gives alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import (
    Bath,
    Cell,
    Condition,
    Experiment,
    Ion,
    Number,
    RatioHigh,
    RatioLow,
    Reason,
    RecordingName,
    Reference,
)
from reversal.tables.files import Row


class BathRatioRow(Row):
    """P of one ion from one bath alone, from its shift relative to the reference bath, and as chord conductance."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    recording: RecordingName
    bath: Bath
    ion: Ion
    reference: Reference
    p_ratio: Annotated[Number, Field(description="permeability ratio that balances the GHK currents in this bath")]
    ci_low: RatioLow
    ci_high: RatioHigh
    reference_bath: Annotated[str | None, Field(description="bath relative to which shift_mV is given")] = None
    shift_mV: Annotated[Number, Field(description="E_rev here minus E_rev in the reference bath [mV]")] = None
    shift_p_ratio: Annotated[
        Number, Field(description="permeability ratio from the shift alone, in which an offset of the junction cancels")
    ] = None
    shift_ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of shift_p_ratio")] = None
    shift_ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of shift_p_ratio")] = None
    conductance_ratio: Annotated[
        Number, Field(description="chord conductance ratio g_X/g_ref; not a permeability ratio")
    ] = None
    reason: Reason = None
