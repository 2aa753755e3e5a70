"""What measurement gives for a cell; the row models are the columns of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.files import Row

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
    i_pA_per_pF: Annotated[Maybe, Field(description="current density; empty where C_m is not known")] = None
    v_error_mV: Annotated[Maybe, Field(description="standard deviation of v_membrane_mV by R_s")] = None


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
    line_mV: Annotated[Maybe, Field(description="by the straight line through the bracket")] = None
    local_mV: Annotated[Maybe, Field(description="by a local polynomial")] = None
    boltzmann_mV: Annotated[Maybe, Field(description="by a gate times a driving force")] = None
    boltzmann_misfit: Annotated[Maybe, Field(description="its chi-square per degree of freedom")] = None
    ghk_mV: Annotated[Maybe, Field(description="by constant-field currents of the permeant ions")] = None
    ghk_misfit: Annotated[Maybe, Field(description="its chi-square per degree of freedom")] = None
    other_crossings_mV: Annotated[str | None, Field(description="further sign changes, separated by spaces")] = None
    series_sd_mV: Annotated[Maybe, Field(description="part of se_mV that the error of R_s makes")] = None
    drift_sd_mV: Annotated[Maybe, Field(description="part of se_mV: E_rev moved while it was recorded")] = None
    junction_sd_mV: Annotated[Maybe, Field(description="shared error of the junction potential")] = None
    temperature_sd_mV: Annotated[Maybe, Field(description="shared error of e_nernst_mV by the thermometer")] = None
    with_leak_mV: Annotated[Maybe, Field(description="reversal of the total current, no leak taken off")] = None
    leak_shift_mV: Annotated[Maybe, Field(description="what taking the leak off moved; 0 where none was")] = None
    leak_nS: Annotated[Maybe, Field(description="conductance of the leak taken off")] = None
    leak_e_mV: Annotated[Maybe, Field(description="reversal potential of the leak taken off")] = None
    leak_fraction: Annotated[
        Maybe, Field(description="largest part of the slope at E_rev that may be a linear leak")
    ] = None
    leak_farthest_mV: Annotated[
        Maybe, Field(description="zero of the current if all of that were leak through 0 mV")
    ] = None
    estimators_agree: Annotated[
        bool | None, Field(description="whether all other estimators that fit agree; empty where none does")
    ] = None
    kind: Annotated[
        Literal["steady", "peak", "tail", "ramp"] | None, Field(description="how the currents were read")
    ] = None


class EstimateRow(Row):
    """A reversal potential by one estimator, beside the one that is reported."""

    experiment: str
    cell: str
    recording: str
    estimator: str
    primary: Annotated[bool, Field(description="whether it is the reported one")]
    e_mV: float
    ci_low_mV: Annotated[Maybe, Field(description="of its own noise and fit, without R_s and drift")]
    ci_high_mV: Maybe
    se_mV: float
    misfit: Annotated[Maybe, Field(description="chi-square per degree of freedom of its fit")]
    agrees: Annotated[
        bool | None,
        Field(description="with the reported one; empty where it does not fit or cannot show it"),
    ]


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
    rs_residual_MOhm: Annotated[Maybe, Field(description="what compensation leaves of R_s")] = None
    rs_source: Annotated[str | None, Field(description="sheet, telegraph or membrane test")] = None
    rs_test_MOhm: Annotated[Maybe, Field(description="residual R_s by the membrane test in the trace")] = None
    rs_test_se_MOhm: Maybe = None
    cm_test_pF: Annotated[Maybe, Field(description="C_m by the membrane test in the trace")] = None
    cm_test_se_pF: Maybe = None
    rm_se_MOhm: Maybe = None
    clamp_ms: Annotated[Maybe, Field(description="time constant of the clamp")] = None


class Judgement(StrEnum):
    """Where the number of a check lies."""

    WITHIN = "within"
    BEYOND = "beyond"
    UNKNOWN = "unknown"


class CheckRow(Row):
    """One quality check of a recording: its number beside its limit."""

    experiment: str
    cell: str
    recording: str
    name: str
    number: Annotated[Maybe, Field(description="empty where it cannot be had or told from noise")]
    limit: Maybe
    verdict: Judgement
    sentence: Annotated[str | None, Field(description="what it means, where the number is beyond the limit")]


@dataclass(frozen=True, slots=True)
class CellMeasures:
    """Everything measured on a cell."""

    recordings: tuple[RecordingRow, ...]
    iv: tuple[IVPoint, ...]
    reversals: tuple[ReversalRow, ...]
    checks: tuple[CheckRow, ...]
    estimates: tuple[EstimateRow, ...] = ()

    @property
    def findings(self) -> tuple[CheckRow, ...]:
        """Checks whose number is beyond its limit."""
        return tuple(row for row in self.checks if row.verdict is Judgement.BEYOND)
