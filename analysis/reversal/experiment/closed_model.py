"""Base of all models that the user fills in: closed, frozen, finite numbers only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from reversal.errors import Refusal


class ClosedModel(BaseModel):
    """A model in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)


class ConfigurationRefused(Refusal):
    """A fault of the configuration, the recording sheet or the solutions."""
