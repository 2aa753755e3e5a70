"""Table ``iv``: the points of every I–V."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Cell, Condition, Experiment, Number, RecordingName
from reversal.tables.files import Row


class IVKind(StrEnum):
    """How the current of an I–V was measured."""

    STEADY = "steady"
    PEAK = "peak"
    TAIL = "tail"
    RAMP = "ramp"


class IVPoint(Row):
    """One point of an I–V: the current in a window of one sweep."""

    experiment: Experiment
    cell: Cell
    recording: RecordingName
    condition: Condition
    sweep: Annotated[int, Field(description="number of the sweep in the file, from 0; the first one of an average")]
    v_command_mV: Annotated[float, Field(description="command potential [mV]")]
    v_membrane_mV: Annotated[
        Number, Field(description="membrane potential, corrected for junction potential and series resistance [mV]")
    ]
    i_pA: Annotated[float, Field(description="current, leak subtracted where declared [pA]")]
    se_pA: Annotated[Number, Field(description="standard error of i_pA; noise may be correlated in time [pA]")]
    n_effective: Annotated[
        Number, Field(description="number of independent samples behind the mean; empty for ramps")
    ] = None
    kind: Annotated[IVKind, Field(description="how the current was measured: steady, peak, tail or ramp")] = (
        IVKind.STEADY
    )
    window_start_ms: Annotated[Number, Field(description="start of the window in the sweep [ms]")] = None
    window_stop_ms: Annotated[Number, Field(description="end of the window in the sweep [ms]")] = None
    leak_pA: Annotated[Number, Field(description="leak that was subtracted to give i_pA [pA]")] = None
    reason: Annotated[str | None, Field(description="why the point is not used; empty if it is used")] = None
    i_pA_per_pF: Annotated[Number, Field(description="current density; empty if C_m is not known [pA/pF]")] = None
    used: Annotated[bool, Field(description="whether the point enters the fits; if not, `reason` gives the cause")] = (
        True
    )
    v_error_mV: Annotated[
        Number, Field(description="standard deviation of v_membrane_mV from the error of R_s [mV]")
    ] = None
