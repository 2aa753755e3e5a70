"""What all declared models share: closed, frozen, no infinities."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from reversal.errors import Refusal


class Closed(BaseModel):
    """A declared object in which an unknown key is a fault, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)


class ConfigurationRefused(Refusal):
    """A fault of the configuration, the recording sheet or the solutions."""
