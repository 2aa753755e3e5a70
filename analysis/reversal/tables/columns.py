"""Columns that many tables share, each with its sentence."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.status import Status

Number = float | None

Experiment = Annotated[str, Field(description="experiment, as named in config.yaml")]
Cell = Annotated[str, Field(description="cell, as named in the recording sheet")]
RecordingName = Annotated[str, Field(description="recording, as named in the recording sheet")]
Condition = Annotated[str, Field(description="condition, as named in the recording sheet")]
Bath = Annotated[str, Field(description="bath solution, as named in solutions.yaml")]
Ion = Annotated[str, Field(description="ion, as named in the ion table")]
Reference = Annotated[str, Field(description="reference ion of the ratio")]
StatusColumn = Annotated[Status, Field(description="ok, flagged, excluded or failed: the worst of the row's findings")]
RecordingStatus = Annotated[
    Status,
    Field(
        description="ok, flagged, no reversal in range, excluded or failed: the worst of all findings about the "
        "recording and its reversal potential"
    ),
]
Reason = Annotated[str | None, Field(description="the row's findings in words; empty where there are none")]
RatioLow = Annotated[Number, Field(description="lower end of the 95 % interval of the ratio; empty where it is open")]
RatioHigh = Annotated[Number, Field(description="upper end of the 95 % interval of the ratio; empty where it is open")]
BathCount = Annotated[int, Field(description="number of different pairs of bath and pipette, by recipe")]
RecordingCount = Annotated[int, Field(description="number of recordings used")]
FlaggedCount = Annotated[int, Field(description="flagged recordings among those used")]
LeftOutCount = Annotated[int, Field(description="recordings of the cell and condition that are not used")]
AssumedSeal = Annotated[
    Number, Field(description="seal of which the range assumes the leak, if the leak is not known [GΩ]")
]
