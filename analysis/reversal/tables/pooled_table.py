"""Table ``pooled``: quantities pooled over the cells of an experiment and condition."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import AssumedSeal, Condition, Experiment, Number, Reason, StatusColumn
from reversal.tables.files import Row
from reversal.tables.nernst_table import Verdict
from reversal.tables.reversals_table import Current


class PooledKind(StrEnum):
    """What is pooled."""

    PERMEABILITY_RATIO = "permeability ratio"
    SLOPE_RATIO = "slope ratio"


class Selection(StrEnum):
    """Which cells are pooled."""

    ALL = "all cells"
    UNFLAGGED = "cells without flagged recordings"


class PooledRow(Row):
    """A quantity pooled over the cells of one experiment and condition; the cell is the unit."""

    experiment: Experiment
    condition: Condition
    quantity: Annotated[str, Field(description="P_X/P_ref, or slope ratio of the Nernst line")]
    estimate: Annotated[
        Number,
        Field(
            description="mean over cells; geometric for a permeability ratio, or near 0 a mean that includes values "
            "of 0; empty where only a bound is known"
        ),
    ]
    ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of the estimate")]
    ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of the estimate")]
    between_cell_sd: Annotated[
        Number,
        Field(description="standard deviation between cells; of the natural logarithm for a permeability ratio"),
    ]
    n_cells: Annotated[int, Field(description="number of cells in the mean")]
    n_recordings: Annotated[int, Field(description="number of recordings of these cells in the fits")]
    n_bounded: Annotated[int, Field(description="cells in the mean whose ratio has a bound only")]
    n_excluded: Annotated[int, Field(description="recordings of these cells that are not used")]
    method: Annotated[str | None, Field(description="how the cells were pooled")]
    status: StatusColumn
    reason: Reason
    kind: Annotated[PooledKind, Field(description="what is pooled: permeability ratio or slope ratio")]
    ion: Annotated[str | None, Field(description="ion of the ratio; empty for a slope")] = None
    reference: Annotated[str | None, Field(description="reference ion of the ratio; empty for a slope")] = None
    selection: Annotated[
        Selection,
        Field(description="all cells; if some have flagged recordings, also the cells without any"),
    ] = Selection.ALL
    estimate_of: Annotated[
        Current | None,
        Field(description="whether the mean is that of the channel; whole current if this applies to one of the cells"),
    ] = None
    leak_low: Annotated[
        Number,
        Field(description="mean of the lowest values of the cells for an unknown leak; empty if one of them is open"),
    ] = None
    leak_high: Annotated[
        Number,
        Field(description="mean of the highest values of the cells for an unknown leak; empty if one of them is open"),
    ] = None
    assumed_seal_GOhm: AssumedSeal = None
    verdict: Annotated[
        Verdict | None, Field(description="of a slope ratio: equivalent, different or undecided, as in nernst")
    ] = None
    tost_low: Annotated[
        Number, Field(description="lower end of the 90 % interval of a slope ratio, for the equivalence test")
    ] = None
    tost_high: Annotated[
        Number, Field(description="upper end of the 90 % interval of a slope ratio, for the equivalence test")
    ] = None
    margin: Annotated[Number, Field(description="declared margin of equivalence about a slope_ratio of 1")] = None
