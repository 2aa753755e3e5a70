"""Table ``answers``: do the reversal potentials follow Nernst, GHK, or neither; for each cell and for all cells."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Condition, Experiment, Ion, Number, Reason, StatusColumn
from reversal.tables.files import Row


class Answer(StrEnum):
    """What the reversal potentials follow."""

    NERNST = "follows Nernst"
    SHIFTED = "parallel to Nernst"
    GHK = "follows GHK"
    NEITHER = "neither"
    DIFFERS = "differs from Nernst"
    UNDECIDED = "undecided"
    NONE = "no answer"


class AnswerRow(Row):
    """The answer for one cell in one condition, or for all cells of a condition."""

    experiment: Experiment
    cell: Annotated[str, Field(description="cell, as named in the recording sheet; empty for all cells")]
    condition: Condition
    ion: Ion
    answer: Annotated[
        Answer,
        Field(
            description="follows Nernst: the slope is equivalent and no bath deviates by more than allowed_mV; "
            "parallel to Nernst: the same, shifted; follows GHK: Nernst is rejected and the GHK fit is not; neither: "
            "both are rejected; differs from Nernst: Nernst is rejected, GHK cannot be tested; undecided: Nernst is "
            "neither equivalent nor rejected; no answer: no line"
        ),
    ]
    sentence: Annotated[str, Field(description="the answer in words")]
    slope_ratio: Annotated[Number, Field(description="slope divided by the Nernst slope; mean over cells")]
    tost_low: Annotated[Number, Field(description="lower end of the 90 % interval of slope_ratio")]
    tost_high: Annotated[Number, Field(description="upper end of the 90 % interval of slope_ratio")]
    margin: Annotated[Number, Field(description="declared margin of equivalence about a slope_ratio of 1")]
    allowed_mV: Annotated[
        Number,
        Field(
            description="deviation of a bath from a model that the margin allows: margin times half the range of the "
            "Nernst potentials [mV]"
        ),
    ]
    shift_mV: Annotated[Number, Field(description="mean of E_rev minus the Nernst potential over the baths [mV]")]
    shift_low_mV: Annotated[Number, Field(description="lower end of the 95 % interval of shift_mV [mV]")]
    shift_high_mV: Annotated[Number, Field(description="upper end of the 95 % interval of shift_mV [mV]")]
    nernst_p: Annotated[
        Number,
        Field(
            description="probability of such deviations if E_rev is parallel to Nernst: of a cell, from the errors of "
            "its recordings; of all cells, from the spread between cells, corrected for the number of baths (Holm)"
        ),
    ]
    nernst_bath: Annotated[str | None, Field(description="bath that deviates most from a line parallel to Nernst")]
    nernst_away_mV: Annotated[Number, Field(description="deviation of that bath [mV]")]
    ghk_p: Annotated[Number, Field(description="the same probability for the GHK fit; empty if it cannot be tested")]
    ghk_bath: Annotated[str | None, Field(description="bath that deviates most from the GHK fit")]
    ghk_away_mV: Annotated[Number, Field(description="deviation of that bath [mV]")]
    n_cells: Annotated[int, Field(description="number of cells")]
    n_baths: Annotated[int, Field(description="number of different pairs of solutions")]
    status: StatusColumn
    reason: Reason
