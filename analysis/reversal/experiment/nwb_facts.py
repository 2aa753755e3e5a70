"""What NWB files of a project state about animals and people. No number depends on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reversal.experiment.closed_model import ClosedModel


class NwbFacts(ClosedModel):
    """Facts that archives such as DANDI ask for. A column ``subject`` of the recording sheet names the animal."""

    species: str = Field(pattern=r"[A-Z][a-z]+ [a-z]+", description="Latin name, such as Rattus norvegicus")
    sex: Literal["M", "F", "U", "O"] = Field("U", description="M, F, O (other) or U (unknown)")
    age: str | None = Field(None, pattern=r"P.+", description="age as ISO 8601, such as P30D")
    experimenter: list[str] = Field([], description="names, each as 'Last, First'")
    lab: str | None = Field(None, description="name of the laboratory")
    institution: str | None = Field(None, description="name of the institution")
    amplifier: str = Field("amplifier", description="name of the amplifier")
