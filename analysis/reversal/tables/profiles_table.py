"""Table ``profiles``: profile likelihood of every permeability ratio of a cell."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Ion, Reference
from reversal.tables.files import Row


class ProfilePoint(Row):
    """Likelihood of one value of a ratio, with the other ratios fitted again."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    ion: Ion
    reference: Reference
    p_ratio: Annotated[float, Field(description="value of the permeability ratio")]
    likelihood_ratio: Annotated[
        float, Field(description="χ² of the best fit with this value, minus χ² of the best fit of all")
    ]
    limit: Annotated[
        float,
        Field(description="likelihood ratio below which the value is in the 95 % interval; smaller near a ratio of 0"),
    ]
