"""Table ``recordings``: what each recording of the sheet is, and its status."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.columns import Cell, Experiment, Number, Reason, RecordingName, RecordingStatus
from reversal.tables.files import Row


class RecordingRow(Row):
    """One recording of the sheet."""

    experiment: Experiment
    cell: Cell
    recording: RecordingName
    file: Annotated[str, Field(description="file, relative to raw_dir")]
    sha256: Annotated[str | None, Field(description="SHA-256 hash of the file")]
    format: Annotated[str | None, Field(description="file format, recognised by content")]
    sweeps: Annotated[int | None, Field(description="number of sweeps that are used")]
    sample_rate_Hz: Annotated[Number, Field(description="sampling rate [Hz]")]
    protocol_kind: Annotated[
        Literal["step", "ramp", "tail", "other"] | None, Field(description="kind of the protocol around the I–V")
    ]
    command_evidence: Annotated[
        str | None, Field(description="how the command is known: monitor, verified, reconstructed, declared, unknown")
    ]
    rs_MOhm: Annotated[Number, Field(description="series resistance before compensation [MΩ]")]
    cm_pF: Annotated[Number, Field(description="membrane capacitance [pF]")]
    rm_MOhm: Annotated[Number, Field(description="input resistance at holding [MΩ]")]
    holding_pA: Annotated[Number, Field(description="mean current before the first change of the command [pA]")]
    status: RecordingStatus
    reason: Reason
    condition: Annotated[
        str | None, Field(description="condition, as named in the recording sheet; empty for a faulty row")
    ] = None
    rs_residual_MOhm: Annotated[Number, Field(description="series resistance after compensation [MΩ]")] = None
    rs_source: Annotated[
        Literal["sheet", "telegraph", "membrane test"] | None, Field(description="source of rs_MOhm")
    ] = None
    rs_test_MOhm: Annotated[Number, Field(description="residual series resistance by membrane test [MΩ]")] = None
    rs_test_se_MOhm: Annotated[Number, Field(description="standard error of rs_test_MOhm [MΩ]")] = None
    cm_test_pF: Annotated[Number, Field(description="membrane capacitance by membrane test [pF]")] = None
    cm_test_se_pF: Annotated[Number, Field(description="standard error of cm_test_pF [pF]")] = None
    rm_se_MOhm: Annotated[Number, Field(description="standard error of rm_MOhm [MΩ]")] = None
    samples: Annotated[
        str | None,
        Field(
            description="numbers of sweeps and samples, and 32 currents spread over the recording [pA]; they identify "
            "the same recording under another name"
        ),
    ] = None
    clamp_ms: Annotated[Number, Field(description="time constant of the clamp, residual R_s times C_m [ms]")] = None
    sweeps_used: Annotated[
        str | None, Field(description="numbers of the used sweeps in the file, from 0; empty if all are used")
    ] = None
    started: Annotated[str | None, Field(description="start of the recording as given in its file, ISO 8601")] = None
