"""Table ``estimates``: the reversal potential of each recording by every estimator."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Experiment, Number, RecordingName
from reversal.tables.files import Row


class Estimator(StrEnum):
    """How a reversal potential was measured from an I–V."""

    SMOOTH_CURVE = "smooth curve"
    LOCAL_POLYNOMIAL = "local polynomial"
    STRAIGHT_LINE = "straight line"
    BOLTZMANN = "Boltzmann gate times driving force"
    GHK_CURRENT = "GHK current"


class EstimateRow(Row):
    """A reversal potential by one estimator."""

    experiment: Experiment
    cell: Cell
    recording: RecordingName
    estimator: Annotated[Estimator, Field(description="how the value was measured from the I–V")]
    primary: Annotated[bool, Field(description="whether it is the reported value")]
    e_mV: Annotated[float, Field(description="reversal potential [mV]")]
    ci_low_mV: Annotated[
        Number, Field(description="lower end of its 95 % interval from noise and fit, without R_s and drift [mV]")
    ]
    ci_high_mV: Annotated[
        Number, Field(description="upper end of its 95 % interval from noise and fit, without R_s and drift [mV]")
    ]
    se_mV: Annotated[float, Field(description="standard error from noise and fit [mV]")]
    misfit: Annotated[Number, Field(description="χ² per degree of freedom of its fit")]
    agrees: Annotated[
        bool | None,
        Field(
            description="whether it agrees with the reported value; empty if it does not fit, or if its fit cannot "
            "be tested"
        ),
    ]
