"""Table ``influence``: the results of a cell with each bath left out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Number
from reversal.tables.files import Row


class InfluenceRow(Row):
    """The results of a cell without one bath."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    bath: Annotated[str, Field(description="bath left out; named with its pipette where pipettes differ")]
    predicted_mV: Annotated[
        Number,
        Field(description="its E_rev as predicted from the other baths; empty if they do not determine it [mV]"),
    ]
    error_mV: Annotated[Number, Field(description="observed minus predicted [mV]")]
    p_ratio_without: Annotated[
        Number,
        Field(
            description="permeability ratio of the first ion without the bath; empty if the other baths do not "
            "determine it"
        ),
    ]
    slope_ratio_without: Annotated[Number, Field(description="slope divided by the Nernst slope without the bath")]
