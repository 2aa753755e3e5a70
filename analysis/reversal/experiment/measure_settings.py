"""Settings of the measurement: junction, leak, window, quality limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field, model_validator

from reversal.experiment.closed_model import ClosedModel
from reversal.tables.findings.code import CHECKS


class Junction(ClosedModel):
    """How the liquid junction potential is corrected."""

    apply: bool = Field(
        True,
        description="subtract V_L of pipette and zeroing bath; false if the rig had already corrected it. The change "
        "of the reference electrode between zeroing bath and bath is subtracted in both cases",
    )
    method: Literal["henderson", "nernst_planck"] = Field("henderson", description="method for the junction potential")
    reference_electrode: Literal["salt_bridge_3M_KCl", "ag_agcl", "none"] | None = Field(
        None,
        description="reference electrode (ground) of the bath; if empty, a 3 M KCl bridge is assumed, and a finding "
        "reports if chloride changes",
    )
    sd_mV: float = Field(
        1.0, ge=0, description="standard deviation of the correction, common to the recordings of a cell [mV]"
    )


class Leak(ClosedModel):
    """Leak that is subtracted before the reversal potential is estimated."""

    subtract: Literal["none", "linear", "declared", "blocker", "baseline", "pn"] = Field(
        "none",
        description="none: only the leak of the seal, if the sheet has seal_GOhm; linear: a line through a window of "
        "the I–V in which only leak flows; declared: g_nS and e_mV; blocker: the same bath with the channel blocked; "
        "baseline: another window of the same epoch, before the current is evoked; "
        "pn: sub-pulses (P/N) in the same sweeps, in a range where no channel opens",
    )
    from_mV: float | None = Field(None, description="linear: lowest membrane potential of the fit [mV]")
    to_mV: float | None = Field(None, description="linear: highest membrane potential of the fit [mV]")
    g_nS: float | None = Field(None, ge=0, description="declared: leak conductance [nS]")
    g_sd_nS: float = Field(0.0, ge=0, description="declared: standard deviation of the leak conductance [nS]")
    e_mV: float = Field(0.0, description="declared: reversal potential of the leak [mV]")
    e_sd_mV: float = Field(
        10.0, ge=0, description="declared and seal: standard deviation of the leak's reversal potential [mV]"
    )
    seal_relative_sd: float = Field(
        0.23,
        ge=0,
        lt=1,
        description="relative standard deviation of the seal resistance in the sheet; 0.23 is that of a seal that is "
        "known within a factor of 1.5",
    )
    assumed_seal_GOhm: float = Field(
        1.0,
        gt=0,
        description="assumed seal resistance for the range of the channel's reversal potential if the leak is not "
        "known [GOhm]",
    )
    blocker: str | None = Field(
        None, description="blocker: name of the condition in which the channel is blocked, or of the baseline"
    )
    start_ms: float | None = Field(
        None, ge=0, description="baseline: start of the window after the start of the epoch [ms]"
    )
    stop_ms: float | None = Field(
        None, gt=0, description="baseline: end of the window after the start of the epoch [ms]"
    )
    of_interest: bool = Field(False, description="the leak is the current of interest: nothing is subtracted")

    @model_validator(mode="after")
    def _complete(self) -> Leak:
        if self.of_interest and self.subtract != "none":
            raise ValueError("the leak is the current of interest and is not subtracted; set subtract to 'none'")
        if self.subtract == "linear" and (self.from_mV is None or self.to_mV is None or self.from_mV >= self.to_mV):
            raise ValueError("'linear' needs from_mV and to_mV, where only leak flows, with from_mV below to_mV")
        if self.subtract == "declared" and self.g_nS is None:
            raise ValueError("'declared' needs g_nS")
        if self.subtract == "blocker" and self.blocker is None:
            raise ValueError("'blocker' needs the name of the condition with the blocker")
        if self.subtract == "baseline" and not (self.start_ms or 0.0) < (self.stop_ms or 0.0):
            raise ValueError("'baseline' needs start_ms and stop_ms of a window before the evoked current")
        return self


class Window(ClosedModel):
    """Where in a sweep the current is measured."""

    measure: Literal["auto", "steady", "peak", "tail", "ramp"] = Field(
        "auto", description="kind of I–V; auto: from the protocol"
    )
    epoch: str | None = Field(None, description="letter of the epoch that is measured; default: from the protocol")
    from_mV: float | None = Field(None, description="lowest command used in the I–V [mV]")
    to_mV: float | None = Field(None, description="highest command used in the I–V [mV]")
    last_fraction: float = Field(0.2, gt=0, le=1, description="steady state: last part of the epoch")
    start_ms: float | None = Field(None, ge=0, description="start of the window after the start of the epoch [ms]")
    stop_ms: float | None = Field(None, gt=0, description="end of the window after the start of the epoch [ms]")
    blank_ms: float | None = Field(
        None, ge=0, description="time blanked after each step [ms]; default: from the clamp and the filter"
    )


if TYPE_CHECKING:
    CheckCode: TypeAlias = str
else:
    CheckCode = Literal[tuple(code.value for code in CHECKS)]


class Quality(ClosedModel):
    """Limits of the quality checks; a recording that fails one is flagged and stays in the fits, unless excluded."""

    exclude: list[CheckCode] = Field([], description="checks that leave a recording out of the fits if they fail")
    series_resistance_MOhm: float = Field(20.0, gt=0, description="maximum R_s before compensation [MOhm]")
    series_resistance_drift: float = Field(
        0.2, gt=0, description="maximum relative change of R_s within a recording and over a cell"
    )
    series_resistance_apart: float = Field(
        0.5, gt=0, description="maximum relative difference between declared or telegraphed R_s and membrane test"
    )
    capacitance_apart: float = Field(
        0.3, gt=0, description="maximum relative difference between declared or telegraphed C_m and membrane test"
    )
    second_compartment: float = Field(
        0.2, gt=0, lt=0.5, description="maximum fraction of the charge in the smaller of two compartments"
    )
    series_over_input: float = Field(0.1, gt=0, description="maximum residual R_s / input resistance")
    input_resistance_MOhm: float = Field(
        10.0, gt=0, description="minimum input resistance, seal and open channels together [MOhm]"
    )
    holding_pA: float = Field(2000.0, gt=0, description="maximum holding current of either sign [pA]")
    tail_decay_se: float = Field(
        4.0,
        gt=0,
        description="minimum decaying current of the clearest tail, in standard errors, if tail_completeness is not "
        "known",
    )
    tail_leak_mV: float = Field(
        3.0,
        gt=0,
        description="maximum difference between E_rev and the reversal of the decaying part of tails or peaks [mV]",
    )
    tail_shift_mV: float = Field(
        0.5, gt=0, description="maximum shift of the reversal of the tails while they decay [mV]"
    )
    tail_space_nm: float = Field(
        30.0,
        ge=0,
        description="width of the space at the membrane in which ions may accumulate before tails [nm]; 0 if the bath "
        "reaches the membrane freely, as at a cultured cell that lies alone",
    )
    accumulated_charge: float = Field(
        0.25,
        gt=0,
        description="if the reversal of one recording's tails shifts: maximum charge before the tails of the cell's "
        "other recordings, as a fraction of the charge in that recording",
    )
    voltage_error_mV: float = Field(
        5.0, gt=0, description="maximum I × residual R_s of the two points nearest E_rev [mV]"
    )
    clamp_constants: float = Field(
        3.0, gt=0, description="minimum time from step to window, in time constants of the clamp"
    )
    extrapolated_tail: float = Field(
        0.3, gt=0, description="maximum fraction of the decaying tail current that is extrapolated to the step"
    )
    tail_completeness: float = Field(0.75, ge=0, description="minimum measured / expected tail amplitude")
    drift_mV: float = Field(
        2.0,
        gt=0,
        description="maximum drift, jump, range of repeats, remaining change, hysteresis or mains hum within a "
        "recording, as a shift of E_rev [mV]",
    )
    run_down: float = Field(
        0.4,
        gt=0,
        description="maximum relative change of conductance on return to a bath, or of outward current between baths",
    )
    return_mV: float = Field(3.0, gt=0, description="maximum change of E_rev on return to a bath [mV]")
    bath_mV: float = Field(5.0, gt=0, description="the bath check ignores predicted changes of E_rev up to this [mV]")
    beyond_ions_se: float = Field(
        2.33,
        gt=0,
        description="maximum mean distance of a cell's E_rev beyond the Nernst potentials of all ions, and maximum "
        "current there that no ion carries in this direction [standard errors]",
    )
    saturated_samples: int = Field(0, ge=0, description="maximum number of samples at the digitiser's limit")
