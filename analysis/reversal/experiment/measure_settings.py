"""Settings of the measurement: junction, leak, window, quality limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from reversal.experiment.closed_model import ClosedModel


class Junction(ClosedModel):
    """Correction of the voltage axis for the liquid junction potential."""

    apply: bool = Field(True, description="correct the voltage axis; false if the acquisition software already did")
    method: Literal["henderson", "nernst_planck"] = Field("henderson", description="method for the junction potential")
    reference_electrode: Literal["salt_bridge_3M_KCl", "ag_agcl", "none"] = Field(
        "salt_bridge_3M_KCl", description="reference electrode of the bath"
    )
    sd_mV: float = Field(
        1.0,
        ge=0,
        description="standard deviation of the correction; the error is common to all recordings of a cell [mV]",
    )


class Leak(ClosedModel):
    """Leak that is subtracted from the current before the reversal potential is measured."""

    subtract: Literal["none", "linear", "declared", "blocker", "pn"] = Field(
        "none",
        description="linear: a line fitted to the part of the I-V where only leak flows; declared: g_nS and e_mV; "
        "blocker: the recording in the same bath with the channel blocked; pn: sub-pulses (P/N) in the same sweeps, "
        "at voltages where no channel gates",
    )
    from_mV: float | None = Field(None, description="linear: lowest membrane potential of the fit [mV]")
    to_mV: float | None = Field(None, description="linear: highest membrane potential of the fit [mV]")
    g_nS: float | None = Field(None, ge=0, description="declared: leak conductance [nS]")
    g_sd_nS: float = Field(0.0, ge=0, description="declared: standard deviation of the leak conductance [nS]")
    e_mV: float = Field(0.0, description="declared: reversal potential of the leak [mV]")
    blocker: str | None = Field(None, description="blocker: name of the condition in which the channel is blocked")
    of_interest: bool = Field(
        False, description="true if the leak-like current itself is studied; leak is then never subtracted"
    )

    @model_validator(mode="after")
    def _complete(self) -> Leak:
        if self.of_interest and self.subtract != "none":
            raise ValueError("of_interest is true, so the leak cannot be subtracted; set subtract to 'none'")
        if self.subtract == "linear" and (self.from_mV is None or self.to_mV is None or self.from_mV >= self.to_mV):
            raise ValueError(
                "'linear' needs from_mV and to_mV, the range where only leak flows; from_mV must be below to_mV"
            )
        if self.subtract == "declared" and self.g_nS is None:
            raise ValueError("'declared' needs g_nS")
        if self.subtract == "blocker" and self.blocker is None:
            raise ValueError("'blocker' needs the name of the condition with the blocker")
        return self


class Window(ClosedModel):
    """Where in the sweep the current is measured."""

    measure: Literal["auto", "steady", "peak", "tail", "ramp"] = Field(
        "auto", description="kind of I-V; auto: chosen from the shape of the protocol"
    )
    epoch: str | None = Field(None, description="letter of the measured epoch; default: chosen from the protocol")
    from_mV: float | None = Field(None, description="lowest command voltage of the I-V [mV]")
    to_mV: float | None = Field(None, description="highest command voltage of the I-V [mV]")
    last_fraction: float = Field(
        0.2, gt=0, le=1, description="steady state: the last fraction of the epoch is averaged"
    )
    start_ms: float | None = Field(None, ge=0, description="start of the window after the start of the epoch [ms]")
    stop_ms: float | None = Field(None, gt=0, description="end of the window after the start of the epoch [ms]")
    blank_ms: float | None = Field(
        None,
        ge=0,
        description="time that is left out after each voltage step [ms]; default: from clamp speed and filter",
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


class Quality(ClosedModel):
    """Limits of the quality checks. A recording that fails a check is flagged; it stays in tables and reports."""

    exclude: list[Check] = Field([], description="checks that exclude a recording from the fits if it fails them")

    series_resistance_MOhm: float = Field(
        20.0, gt=0, description="largest series resistance before compensation [MOhm]"
    )
    series_resistance_drift: float = Field(
        0.2, gt=0, description="largest relative drift of R_s over the recordings of a cell"
    )
    series_resistance_apart: float = Field(
        0.5, gt=0, description="largest relative difference between telegraphed R_s and membrane test"
    )
    capacitance_apart: float = Field(
        0.3, gt=0, description="largest relative difference between telegraphed C_m and membrane test"
    )
    second_compartment: float = Field(
        0.2, gt=0, lt=0.5, description="largest fraction of the capacitive charge in a second compartment"
    )
    series_over_input: float = Field(0.1, gt=0, description="largest ratio of residual R_s to input resistance")
    input_resistance_MOhm: float = Field(
        10.0, gt=0, description="smallest input resistance, with seal and open channels in parallel [MOhm]"
    )
    holding_pA: float = Field(2000.0, gt=0, description="largest absolute holding current [pA]")
    leak_fraction: float = Field(
        0.8, gt=0, le=1, description="largest fraction of the slope conductance at E_rev that a linear leak can explain"
    )
    tail_leak_mV: float = Field(
        3.0,
        gt=0,
        description="largest difference between E_rev and the reversal potential of the relaxing tail current [mV]",
    )
    voltage_error_mV: float = Field(
        5.0, gt=0, description="largest residual series-resistance error of the points next to E_rev [mV]"
    )
    clamp_constants: float = Field(
        3.0, gt=0, description="smallest number of clamp time constants between a step and its window"
    )
    extrapolated_tail: float = Field(
        0.3,
        gt=0,
        description="largest fraction of the tail current that is extrapolated through the capacitive transient",
    )
    tail_left: float = Field(0.75, ge=0, description="smallest ratio of measured to expected tail amplitude")
    drift_mV: float = Field(
        2.0, gt=0, description="largest drift within a recording, expressed as a shift of E_rev [mV]"
    )
    run_down: float = Field(
        0.4,
        gt=0,
        description="largest relative change of conductance on return to a bath, or of outward current between baths",
    )
    return_mV: float = Field(3.0, gt=0, description="largest change of E_rev on return to a bath [mV]")
    bath_mV: float = Field(
        5.0, gt=0, description="the bath-identity check ignores expected shifts of E_rev smaller than this [mV]"
    )
    saturated_samples: int = Field(0, ge=0, description="largest number of samples at the limit of the digitiser")
    hum_pA: float = Field(5.0, gt=0, description="largest amplitude of 50 or 60 Hz hum [pA]")
