"""What measurement gives for a cell; the row models are the columns of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from analysis.tables import Row

Maybe = float | None


class Status(StrEnum):
    """Whether a number may be used."""

    OK = "ok"
    FLAGGED = "flagged"
    EXCLUDED = "excluded"
    FAILED = "failed"


class Crossing(StrEnum):
    """Where the reversal potential lies against the tested range."""

    BRACKETED = "bracketed"
    EXTRAPOLATED = "extrapolated"
    NONE = "none"


class IVPoint(Row):
    """One point of an I-V: current in a window of one sweep."""

    experiment: str
    cell: str
    recording: str
    condition: str
    sweep: int
    v_command_mV: float
    v_membrane_mV: Annotated[Maybe, Field(description="after junction and series-resistance correction")]
    i_pA: float
    se_pA: Annotated[Maybe, Field(description="standard error, autocorrelation of the noise allowed for")]
    n_effective: Maybe = None
    kind: str = "steady"
    window_start_ms: Maybe = None
    window_stop_ms: Maybe = None
    leak_pA: Annotated[Maybe, Field(description="leak taken off to give i_pA")] = None
    reason: Annotated[str | None, Field(description="why the point is not used; empty where it is")] = None


class ReversalRow(Row):
    """A reversal potential with its interval, its method and its Nernst prediction."""

    experiment: str
    cell: str
    recording: str
    condition: str
    bath: str
    pipette: str
    temperature_C: Maybe
    ion: str
    out_mM: Maybe
    in_mM: Maybe
    ljp_mV: Annotated[Maybe, Field(description="all junction terms taken off the command")]
    e_rev_mV: Maybe
    ci_low_mV: Maybe
    ci_high_mV: Maybe
    method: str | None
    crossing: Crossing
    e_nernst_mV: Maybe
    deviation_mV: Maybe
    status: Status
    reason: str | None
    se_mV: Annotated[Maybe, Field(description="standard error of e_rev_mV without the shared errors")] = None
    shared_sd_mV: Annotated[Maybe, Field(description="junction and temperature error, shared by the cell")] = None
    e_rev_uncorrected_mV: Annotated[Maybe, Field(description="on the command axis, nothing corrected")] = None
    extrapolated_mV: Annotated[
        Maybe, Field(description="zero of a line through the nearest points, outside the range")
    ] = None
    bound: Annotated[Literal["above", "below"] | None, Field(description="where E_rev lies from bound_mV")] = None
    bound_mV: Maybe = None


class RecordingRow(Row):
    """One recording of the sheet: what it is and what became of it."""

    experiment: str
    cell: str
    recording: str
    file: str
    sha256: str | None
    format: str | None
    sweeps: int | None
    sample_rate_Hz: Maybe
    protocol_kind: Literal["step", "ramp", "tail", "other"] | None
    command_evidence: str | None
    rs_MOhm: Maybe
    cm_pF: Maybe
    rm_MOhm: Maybe
    holding_pA: Maybe
    status: Status
    reason: str | None


class Finding(Row):
    """One answer of a quality check."""

    experiment: str
    cell: str
    recording: str | None
    name: str
    number: Maybe
    limit: Maybe
    sentence: str


@dataclass(frozen=True, slots=True)
class CellMeasures:
    """Everything measured on a cell."""

    recordings: tuple[RecordingRow, ...]
    iv: tuple[IVPoint, ...]
    reversals: tuple[ReversalRow, ...]
    findings: tuple[Finding, ...]
