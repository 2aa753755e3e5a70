"""Declared choices of measurement: junction, leak, window, quality limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from reversal.experiment.closed_model import Closed


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

    subtract: Literal["none", "linear", "declared", "blocker", "pn"] = Field(
        "none",
        description="linear: a line through a window of the I-V that shows nothing but leak; declared: g_nS and e_mV; "
        "blocker: the same bath with the channel blocked; pn: sub-pulses (P/N) in the same sweeps, from where and at "
        "which no gate opens",
    )
    from_mV: float | None = Field(None, description="linear: lower end of the leak window, membrane potential [mV]")
    to_mV: float | None = Field(None, description="linear: upper end of the leak window, membrane potential [mV]")
    g_nS: float | None = Field(None, ge=0, description="declared: leak conductance [nS]")
    g_sd_nS: float = Field(0.0, ge=0, description="declared: its standard deviation [nS]")
    e_mV: float = Field(0.0, description="declared: reversal potential of the leak [mV]")
    blocker: str | None = Field(None, description="blocker: the condition under which the channel is blocked")
    of_interest: bool = Field(False, description="a leak-like current is what is measured: nothing is ever subtracted")

    @model_validator(mode="after")
    def _complete(self) -> Leak:
        if self.of_interest and self.subtract != "none":
            raise ValueError("the leak is the current of interest and cannot be subtracted")
        if self.subtract == "linear" and (self.from_mV is None or self.to_mV is None or self.from_mV >= self.to_mV):
            raise ValueError("'linear' needs the window in which only leak flows: from_mV below to_mV")
        if self.subtract == "declared" and self.g_nS is None:
            raise ValueError("'declared' needs g_nS")
        if self.subtract == "blocker" and self.blocker is None:
            raise ValueError("'blocker' needs the name of the condition with the blocker")
        return self


class Window(Closed):
    """Where in a sweep the current is read."""

    measure: Literal["auto", "steady", "peak", "tail", "ramp"] = Field(
        "auto", description="kind of I-V; auto: by the shape of the protocol"
    )
    epoch: str | None = Field(None, description="rig's letter of the epoch that is measured; default: by the protocol")
    from_mV: float | None = Field(None, description="lowest command of the I-V that is used [mV]")
    to_mV: float | None = Field(None, description="highest command of the I-V that is used [mV]")
    last_fraction: float = Field(0.2, gt=0, le=1, description="steady state: last part of the epoch")
    start_ms: float | None = Field(None, ge=0, description="begin of the window after the epoch's begin [ms]")
    stop_ms: float | None = Field(None, gt=0, description="end of the window after the epoch's begin [ms]")
    blank_ms: float | None = Field(
        None, ge=0, description="blanked after each edge [ms]; default: from clamp speed and filter"
    )


Check = Literal[
    "series_resistance",
    "series_resistance_drift",
    "series_resistance_agrees",
    "capacitance_agrees",
    "one_compartment",
    "series_over_input",
    "input_resistance",
    "holding",
    "voltage_error",
    "clamp_speed",
    "led_back",
    "tail_left",
    "leak_fraction",
    "tail_leak",
    "drift",
    "jump",
    "wash_in",
    "settling",
    "hysteresis",
    "hum",
    "saturation",
    "series_resistance_over_cell",
    "return_to_bath",
    "run_down",
    "declared_bath",
]


class Quality(Closed):
    """Limits beyond which a recording is flagged; a flagged recording stays visible."""

    exclude: list[Check] = Field(
        [], description="checks that leave a recording out of the fits when they find something"
    )

    series_resistance_MOhm: float = Field(20.0, gt=0, description="largest uncompensated series resistance [MOhm]")
    series_resistance_drift: float = Field(0.2, gt=0, description="largest relative drift of R_s over a cell")
    series_resistance_apart: float = Field(
        0.5, gt=0, description="largest relative difference between told R_s and membrane test"
    )
    capacitance_apart: float = Field(
        0.3, gt=0, description="largest relative difference between told C_m and membrane test"
    )
    second_compartment: float = Field(
        0.2, gt=0, lt=0.5, description="largest part of the charge that a second compartment may take"
    )
    series_over_input: float = Field(0.1, gt=0, description="largest part of the input resistance that is residual R_s")
    input_resistance_MOhm: float = Field(
        10.0, gt=0, description="smallest input resistance, seal and open channels together [MOhm]"
    )
    holding_pA: float = Field(2000.0, gt=0, description="largest holding current, either sign [pA]")
    leak_fraction: float = Field(
        0.8, gt=0, le=1, description="largest part of the slope at E_rev that may be a linear leak"
    )
    tail_leak_mV: float = Field(
        3.0, gt=0, description="largest distance of E_rev from the reversal of what relaxes in the tails [mV]"
    )
    voltage_error_mV: float = Field(
        5.0, gt=0, description="largest residual series-resistance error of the points around E_rev [mV]"
    )
    clamp_constants: float = Field(
        3.0, gt=0, description="smallest number of time constants of the clamp between a step and its window"
    )
    extrapolated_tail: float = Field(
        0.3, gt=0, description="largest part of tail currents that is extrapolated through the transient"
    )
    tail_completeness: float = Field(
        0.75, ge=0, description="smallest part of a tail that is seen, of what the current before the step implies"
    )
    drift_mV: float = Field(2.0, gt=0, description="largest drift within a recording, as a shift of E_rev [mV]")
    run_down: float = Field(
        0.4,
        gt=0,
        description="largest relative change of conductance on return to a bath, or of outward current over baths",
    )
    return_mV: float = Field(3.0, gt=0, description="largest change of E_rev on return to a bath [mV]")
    bath_mV: float = Field(
        5.0, gt=0, description="smallest declared change of the Nernst potential that E_rev must not move against [mV]"
    )
    saturated_samples: int = Field(0, ge=0, description="largest number of samples at the digitiser's limit")
    hum_pA: float = Field(5.0, gt=0, description="largest amplitude of 50 or 60 Hz [pA]")
