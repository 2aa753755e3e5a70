"""Protocols the user declares, for rigs whose files do not carry the command."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reversal.experiment.closed_model import Closed


class Levels(Closed):
    """A level that changes by sweep: ``{from: -120, to: 60, by: 10}`` [mV]."""

    start_mV: float = Field(alias="from", description="level of the first sweep [mV]")
    stop_mV: float = Field(alias="to", description="level of the last sweep [mV]")
    by_mV: float = Field(alias="by", description="change from sweep to sweep [mV], sign as you like")

    @model_validator(mode="after")
    def _steps_arrive(self) -> Levels:
        if self.by_mV == 0:
            raise ValueError("'by' is 0; give the change of the level from sweep to sweep in mV")
        steps = abs(self.stop_mV - self.start_mV) / abs(self.by_mV)
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"steps of {self.by_mV} mV do not lead from {self.start_mV} to {self.stop_mV} mV")
        return self

    def of_sweeps(self) -> tuple[float, ...]:
        """Level of each sweep [mV]."""
        count = round(abs(self.stop_mV - self.start_mV) / abs(self.by_mV))
        sign = 1.0 if self.stop_mV >= self.start_mV else -1.0
        return tuple(self.start_mV + sign * abs(self.by_mV) * n for n in range(count + 1))


Level = float | Annotated[list[float], Field(min_length=1)] | Levels


class Ramp(Closed):
    """A straight line of voltage: ``{from: -100, to: 60}`` [mV]."""

    start_mV: Level = Field(alias="from", description="voltage at the begin of the ramp [mV]")
    stop_mV: Level = Field(alias="to", description="voltage at the end of the ramp [mV]")


class DeclaredEpoch(Closed):
    """One epoch of a declared protocol: a step or a ramp, and how long it lasts."""

    step: Level | None = Field(None, description="one level, a list with one level a sweep, or {from, to, by} [mV]")
    ramp: Ramp | None = Field(None, description="{from, to} [mV]")
    ms: float = Field(gt=0, description="duration [ms]")

    @model_validator(mode="after")
    def _one_shape(self) -> DeclaredEpoch:
        if (self.step is None) == (self.ramp is None):
            raise ValueError("an epoch is either a 'step' or a 'ramp'")
        return self


class Protocol(Closed):
    """A declared command and, for files that are plain arrays, how to read them."""

    holding_mV: float = Field(description="level before the first and after the last epoch [mV]")
    epochs: list[DeclaredEpoch] = Field(min_length=1, description="epochs in order; they begin with the sweep")
    sample_rate_Hz: float | None = Field(None, gt=0, description="sampling rate of a plain array [Hz]")
    current_unit: Literal["fA", "pA", "nA", "uA", "A"] | None = Field(
        None, description="unit of the current in a plain array"
    )
    scale: float = Field(1.0, description="factor on the current of a plain array; -1 turns the sign")
    sweep_samples: int | None = Field(None, gt=0, description="samples a sweep, for sweeps stored end to end")
    variable: str | None = Field(None, description="name of the array in a MAT or NPZ file")
