"""Table ``models``: alternative explanations of a cell's reversal potentials compared."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Number, Reason, RecordingCount
from reversal.tables.files import Row


class ModelRow(Row):
    """One explanation of a cell's reversal potentials."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    model: Annotated[str, Field(description="nernst, ghk, ghk+offset or ghk+Cl")]
    free: Annotated[str, Field(description="fitted parameters, separated by spaces")]
    n_parameters: Annotated[int, Field(description="number of fitted parameters")]
    n_recordings: RecordingCount
    chi2: Annotated[Number, Field(description="weighted sum of squares of the fit")]
    aicc: Annotated[
        Number, Field(description="corrected Akaike information criterion; empty with too few recordings")
    ] = None
    delta_aicc: Annotated[Number, Field(description="aicc minus that of the best model of the cell")] = None
    against: Annotated[str | None, Field(description="simpler model that it is tested against")] = None
    p_value: Annotated[Number, Field(description="likelihood-ratio test; mixture of χ² at a boundary")] = None
    loo_rms_mV: Annotated[
        Number,
        Field(
            description="root mean square error of predicting each bath from the others; empty if the others do not "
            "determine one of them [mV]"
        ),
    ] = None
    reason: Reason = None
