"""Table ``curves``: lines to draw over the reversal potentials of a cell."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Number
from reversal.tables.files import Row


class CurvePoint(Row):
    """One point of a predicted line, with the 95 % band that its temperature, solutions and ratios give it."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    kind: Annotated[Literal["nernst", "ghk"], Field(description="nernst: Nernst equation; ghk: fitted GHK voltage")]
    out_mM: Annotated[float, Field(description="outside concentration of the experiment's ion [mM]")]
    e_mV: Annotated[float, Field(description="predicted reversal potential [mV]")]
    low_mV: Annotated[Number, Field(description="lower end of the 95 % band of the line [mV]")] = None
    high_mV: Annotated[Number, Field(description="upper end of the 95 % band of the line [mV]")] = None
    in_mM: Annotated[Number, Field(description="inside concentration of the ion, in a series that changes it [mM]")] = (
        None
    )
