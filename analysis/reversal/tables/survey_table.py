"""Table of ``reversal survey``: what each recording of a folder is and whether it can be read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Number
from reversal.tables.files import Row


class SurveyRow(Row):
    """One recording of a folder: a file, or one channel or series of a file that has several."""

    file: Annotated[str, Field(description="file, relative to the folder")]
    channel: Annotated[
        str,
        Field(description="current channel; HEKA: group/series; NWB: electrode or electrode/run"),
    ]
    format: Annotated[str, Field(description="file format, recognised by content; empty if it is not known")]
    sweeps: Annotated[int | None, Field(description="number of sweeps")]
    sample_rate_Hz: Annotated[Number, Field(description="sampling rate [Hz]")]
    started: Annotated[str, Field(description="start of the recording, if the file has it")]
    protocol: Annotated[str, Field(description="name of the protocol or series, if the file has it")]
    readers: Annotated[str, Field(description="libraries that read the samples")]
    largest_difference: Annotated[
        Number, Field(description="largest difference between two readers, relative to the range of the samples")
    ]
    command_evidence: Annotated[
        str, Field(description="how the command is known: monitor, verified, reconstructed, declared, unknown")
    ]
    status: Annotated[str, Field(description="read, no command, or refused")]
    reason: Annotated[str, Field(description="why it cannot be read, or warnings about it")]
