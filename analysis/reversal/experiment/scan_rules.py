"""Rules by which `reversal scan` drafts a recording sheet from file names, folders, comments, tags and protocols."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from reversal.experiment.closed_model import ClosedModel
from reversal.physics.ranges import TEMPERATURE


def _is_pattern(text: str) -> str:
    try:
        pattern = re.compile(text)
    except re.error as fault:
        raise ValueError(f"a regular expression ({fault})") from None
    if "cell" not in pattern.groupindex:
        raise ValueError("a regular expression with a group (?P<cell>…)")
    return text


CellPattern = Annotated[str, AfterValidator(_is_pattern)]
Words = dict[str, list[str]]


class Fill(ClosedModel):
    """Values of a new row where no file gives one."""

    bath: str | None = Field(None, description="a name in solutions.yaml")
    pipette: str | None = Field(None, description="a name in solutions.yaml")
    temperature_C: float | None = Field(
        None, ge=TEMPERATURE.low, le=TEMPERATURE.high, description="measured temperature of the bath [°C]"
    )
    condition: str | None = Field(None, description="for example control")
    experiment: str | None = Field(None, description="an experiment of this file")


class ScanRules(ClosedModel):
    """How `reversal scan` groups recordings into cells, and what it fills in. Every value it guesses is marked."""

    cell_patterns: list[CellPattern] = Field(
        [],
        description="regular expressions with a group (?P<cell>…), tried in the path of the file before the built-in "
        "ones (cell03, c3, s1c2, neuron2, oocyte4)",
    )
    pause_min: float = Field(
        12.0,
        gt=0,
        description="recordings without a name of a cell: after a longer pause, another cell begins [min]",
    )
    cm_change: float = Field(
        0.25,
        gt=0,
        description="recordings without a name of a cell: another cell begins if the telegraphed C_m changes by more "
        "than this fraction",
    )
    bath: Words = Field({}, description="words that name a bath: {K5: [5K, ACSF]}; names of solutions are known")
    pipette: Words = Field({}, description="words that name a pipette solution")
    condition: Words = Field({}, description="words that name a condition: {drug: [ZD7288, ZD]}")
    experiment: Words = Field({}, description="words that name an experiment of this file")
    protocol: Words = Field({}, description="words of recordings whose command is a declared protocol")
    leave_out: list[str] = Field([], description="words of recordings that are no I–V, such as memtest")
    fill: Fill = Field(
        Fill(),
        description="values where no file gives one: {pipette: Kglu, temperature_C: 22.5}; they count as guesses",
    )
