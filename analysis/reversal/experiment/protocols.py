"""Protocols that the user declares, for files that do not contain their command."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reversal.experiment.closed_model import ClosedModel


class Levels(ClosedModel):
    """A level that changes from sweep to sweep: ``{from: -120, to: 60, by: 10}`` [mV]."""

    start_mV: float = Field(alias="from", description="level of the first sweep [mV]")
    stop_mV: float = Field(alias="to", description="level of the last sweep [mV]")
    by_mV: float = Field(alias="by", description="change from sweep to sweep [mV]; the sign does not matter")

    @model_validator(mode="after")
    def _last_level_is_reached(self) -> Levels:
        if self.by_mV == 0:
            raise ValueError("'by' is 0; give the change of the level from sweep to sweep in mV")
        steps = abs(self.stop_mV - self.start_mV) / abs(self.by_mV)
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"steps of {self.by_mV} mV from {self.start_mV} mV do not reach {self.stop_mV} mV")
        return self

    def by_sweep(self) -> tuple[float, ...]:
        """Level of each sweep [mV]."""
        count = round(abs(self.stop_mV - self.start_mV) / abs(self.by_mV))
        sign = 1.0 if self.stop_mV >= self.start_mV else -1.0
        return tuple(self.start_mV + sign * abs(self.by_mV) * n for n in range(count + 1))


Level = float | Annotated[list[float], Field(min_length=1)] | Levels


class Ramp(ClosedModel):
    """A linear voltage ramp: ``{from: -100, to: 60}`` [mV]."""

    start_mV: Level = Field(alias="from", description="voltage at the start of the ramp [mV]")
    stop_mV: Level = Field(alias="to", description="voltage at the end of the ramp [mV]")


class DeclaredEpoch(ClosedModel):
    """One epoch of a declared protocol: a step or a ramp, with its duration."""

    step: Level | None = Field(None, description="one level, a list of levels (one per sweep), or {from, to, by} [mV]")
    ramp: Ramp | None = Field(None, description="{from, to}, each given like a step [mV]")
    ms: float = Field(gt=0, description="duration [ms]")

    @model_validator(mode="after")
    def _one_shape(self) -> DeclaredEpoch:
        if (self.step is None) == (self.ramp is None):
            raise ValueError("an epoch has either a 'step' or a 'ramp'")
        return self


class Protocol(ClosedModel):
    """A declared command. For plain arrays it also gives sampling rate, unit and sweep length."""

    holding_mV: float = Field(description="level before the first and after the last epoch [mV]")
    epochs: list[DeclaredEpoch] = Field(
        min_length=1, description="epochs in order; the first one starts with the sweep"
    )
    sample_rate_Hz: float | None = Field(None, gt=0, description="sampling rate of a plain array [Hz]")
    current_unit: Literal["fA", "pA", "nA", "uA", "A"] | None = Field(
        None, description="unit of the current in a plain array"
    )
    scale: float = Field(
        1.0,
        description="factor on the current of a plain array; -1 inverts the sign. If the title of a text table "
        "has the unit, only 1 and -1 are possible",
    )
    sweep_samples: int | None = Field(None, gt=0, description="samples per sweep, if the sweeps are stored end to end")
    variable: str | None = Field(None, description="name of the array in a MAT or NPZ file")
