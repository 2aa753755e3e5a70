"""Declared choices of measurement: junction, leak, window, quality limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.experiment.base import Closed


class Junction(Closed):
    """How the liquid junction potential moves the voltage axis."""

    apply: bool = Field(True, description="correct the voltage axis; false where the rig already did")
    method: Literal["henderson", "nernst_planck"] = Field("henderson", description="how the junction is computed")
    reference_electrode: Literal["salt_bridge_3M_KCl", "ag_agcl", "none"] = Field(
        "salt_bridge_3M_KCl", description="what the bath is grounded through"
    )
    sd_mV: float = Field(
        1.0, ge=0, description="standard deviation of the correction, shared by a cell's recordings [mV]"
    )


class Leak(Closed):
    """What is taken off the current before the reversal potential is read."""

    subtract: Literal["none", "linear"] = Field(
        "none", description="linear: a line through a window of the I-V that shows nothing but leak"
    )
    from_mV: float | None = Field(None, description="lower end of the leak window [mV]")
    to_mV: float | None = Field(None, description="upper end of the leak window [mV]")


class Window(Closed):
    """Where in a sweep the current is read."""

    measure: Literal["auto", "steady", "peak", "tail", "ramp"] = Field(
        "auto", description="kind of I-V; auto: by the shape of the protocol"
    )
    epoch: str | None = Field(None, description="rig's letter of the epoch that is measured; default: by the protocol")
    last_fraction: float = Field(0.2, gt=0, le=1, description="steady state: last part of the epoch")
    start_ms: float | None = Field(None, ge=0, description="begin of the window after the epoch's begin [ms]")
    stop_ms: float | None = Field(None, gt=0, description="end of the window after the epoch's begin [ms]")
    blank_ms: float | None = Field(
        None, ge=0, description="blanked after each edge [ms]; default: from clamp speed and filter"
    )


class Quality(Closed):
    """Limits beyond which a recording is flagged; a flagged recording stays visible."""

    series_resistance_MOhm: float = Field(20.0, gt=0, description="largest uncompensated series resistance [MOhm]")
    series_resistance_drift: float = Field(0.2, gt=0, description="largest relative drift of R_s over a cell")
    input_resistance_MOhm: float = Field(
        10.0, gt=0, description="smallest input resistance, seal and open channels together [MOhm]"
    )
    voltage_error_mV: float = Field(
        5.0, gt=0, description="largest residual series-resistance error of the points around E_rev [mV]"
    )
