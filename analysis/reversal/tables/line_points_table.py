"""Table ``line_points``: the points of the Nernst line of each cell."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Number
from reversal.tables.files import Row


class LinePointRow(Row):
    """E_rev against the Nernst potential for one pair of bath and pipette; repeats are averaged."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    bath: Annotated[str, Field(description="bath solution; named with its pipette where pipettes differ")]
    e_nernst_mV: Annotated[
        float,
        Field(
            description="Nernst potential on the scale of the fits (concentrations or activities) at the mean "
            "temperature of the cell; for 1 mM inside where no pipette contains the ion [mV]"
        ),
    ]
    e_rev_mV: Annotated[float, Field(description="reversal potential, scaled to the mean temperature of the cell [mV]")]
    ghk_away_mV: Annotated[
        Number,
        Field(
            description="e_rev_mV minus the GHK fit of the cell, without the mean over the baths; empty without a fit "
            "[mV]"
        ),
    ] = None
    ghk_shift_mV: Annotated[
        Number,
        Field(
            description="that mean over the baths of the cell, with the error of the junction; empty without a fit [mV]"
        ),
    ] = None
