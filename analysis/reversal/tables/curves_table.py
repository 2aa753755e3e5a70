"""Table ``curves``: lines to draw over the reversal potentials of a cell."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment
from reversal.tables.files import Row


class CurvePoint(Row):
    """One point of a predicted line."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    kind: Annotated[Literal["nernst", "ghk"], Field(description="nernst: Nernst equation; ghk: fitted GHK voltage")]
    out_mM: Annotated[float, Field(description="outside concentration of the experiment's ion [mM]")]
    e_mV: Annotated[float, Field(description="predicted reversal potential [mV]")]
