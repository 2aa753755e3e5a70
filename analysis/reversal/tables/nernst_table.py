"""Table ``nernst``: the slope of the reversal potential against concentration, and the verdict."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import (
    AssumedSeal,
    Cell,
    Condition,
    Experiment,
    FlaggedCount,
    Ion,
    LeftOutCount,
    Number,
    Reason,
    RecordingCount,
    StatusColumn,
)
from reversal.tables.files import Row
from reversal.tables.reversals_table import Current


class Verdict(StrEnum):
    """Does the reversal potential follow Nernst?"""

    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class NernstRow(Row):
    """The line of E_rev against (RT/F) ln a_out/a_in of one cell in one condition."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    ion: Ion
    n_baths: Annotated[int, Field(description="number of different pairs of bath and pipette, by recipe, on the line")]
    slope_mV_per_decade: Annotated[Number, Field(description="slope of E_rev [mV per decade]")]
    ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of the slope [mV per decade]")]
    ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of the slope [mV per decade]")]
    expected_mV_per_decade: Annotated[Number, Field(description="Nernst slope [mV per decade]")]
    slope_ratio: Annotated[Number, Field(description="slope divided by the Nernst slope")]
    ratio_ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of slope_ratio")]
    ratio_ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of slope_ratio")]
    verdict: Annotated[Verdict | None, Field(description="equivalent, different or undecided")]
    status: StatusColumn
    reason: Reason
    n_recordings: RecordingCount = 0
    n_left_out: LeftOutCount = 0
    n_flagged: FlaggedCount = 0
    intercept_mV: Annotated[
        Number,
        Field(
            description="E_rev of the line at 1 mM outside and the mean temperature; empty where pipettes differ in "
            "the ion [mV]"
        ),
    ] = None
    in_mM_of_line: Annotated[
        Number,
        Field(
            description="inside concentration or activity that the line implies if nothing shifts it; empty where "
            "pipettes differ in the ion [mM]"
        ),
    ] = None
    residual_sd_mV: Annotated[Number, Field(description="standard deviation about the line [mV]")] = None
    curvature_p: Annotated[Number, Field(description="probability of this much curvature if the line is straight")] = (
        None
    )
    tost_low: Annotated[
        Number, Field(description="lower end of the 90 % interval of slope_ratio, for the equivalence test")
    ] = None
    tost_high: Annotated[
        Number, Field(description="upper end of the 90 % interval of slope_ratio, for the equivalence test")
    ] = None
    margin: Annotated[Number, Field(description="declared margin of equivalence about a slope_ratio of 1")] = None
    z: Annotated[int | None, Field(description="charge number of the ion")] = None
    slope_of: Annotated[
        Current | None, Field(description="whether the slope is that of the whole current or of the channel")
    ] = None
    ratio_leak_low: Annotated[
        Number, Field(description="lowest slope ratio for any leak up to that of the assumed seal")
    ] = None
    ratio_leak_high: Annotated[
        Number, Field(description="highest slope ratio for any leak up to that of the assumed seal")
    ] = None
    assumed_seal_GOhm: AssumedSeal = None
