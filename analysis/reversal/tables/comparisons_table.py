"""Table ``comparisons``: groups of cells compared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.columns import AssumedSeal, Condition, Experiment, Ion, Number, Reason, Reference, StatusColumn
from reversal.tables.files import Row
from reversal.tables.reversals_table import Current


class ComparisonRow(Row):
    """Two groups of cells compared in one permeability ratio; the cell is the unit."""

    ion: Ion
    reference: Reference
    experiment: Experiment
    condition: Condition
    against_experiment: Annotated[str, Field(description="experiment of the other group")]
    against_condition: Annotated[str, Field(description="condition of the other group")]
    design: Annotated[Literal["paired", "unpaired"], Field(description="paired if the same cells are in both groups")]
    factor: Annotated[Number, Field(description="geometric mean of the first group divided by that of the other")]
    ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of the factor")]
    ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of the factor")]
    p_value: Annotated[Number, Field(description="probability of such a difference if there is none, two-sided")]
    p_holm: Annotated[Number, Field(description="p_value corrected for all comparisons of the cohort (Holm)")]
    n_cells: Annotated[int, Field(description="cells of the first group")]
    n_cells_against: Annotated[int, Field(description="cells of the other group")]
    method: Annotated[str | None, Field(description="name of the test; empty if there is none")]
    status: StatusColumn
    reason: Reason
    factor_of: Annotated[
        Current | None,
        Field(description="whether the ratios are of the channel; whole current if this applies to one of the cells"),
    ] = None
    leak_low: Annotated[
        Number,
        Field(
            description="lowest factor for unknown leaks: the cells of one group at the lowest, those of the other at "
            "the highest end of their ranges; in a paired design, both at the same end"
        ),
    ] = None
    leak_high: Annotated[
        Number,
        Field(description="highest factor for unknown leaks, from the same ends"),
    ] = None
    assumed_seal_GOhm: AssumedSeal = None
