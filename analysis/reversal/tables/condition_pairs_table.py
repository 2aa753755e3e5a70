"""Table ``condition_pairs``: one condition relative to another in the same cell."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import (
    AssumedSeal,
    BathCount,
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
from reversal.tables.permeabilities_table import Bound
from reversal.tables.reversals_table import Current


class ConditionPairRow(Row):
    """Change of a permeability ratio between two conditions of the same cell."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    against: Annotated[str, Field(description="condition with which it is compared")]
    ion: Ion
    reference: Reference
    ratio_of_ratios: Annotated[Number, Field(description="permeability ratio divided by that of the other condition")]
    ci_low: RatioLow
    ci_high: RatioHigh
    bound: Annotated[Bound | None, Field(description="two-sided, upper or lower: which ends of the interval are known")]
    n_baths: BathCount
    status: StatusColumn
    reason: Reason
    change_of: Annotated[
        Current | None,
        Field(description="whether the ratios are those of the channel, or one of them of the whole current"),
    ] = None
    leak_low: Annotated[
        Number,
        Field(
            description="lowest ratio_of_ratios for any leak up to that of the assumed seal, the same in both "
            "conditions, if the leak is not known"
        ),
    ] = None
    leak_high: Annotated[
        Number,
        Field(
            description="highest ratio_of_ratios for any leak up to that of the assumed seal, the same in both "
            "conditions, if the leak is not known"
        ),
    ] = None
    assumed_seal_GOhm: AssumedSeal = None
