"""Table ``reversals``: the reversal potential of each recording and its Nernst potential."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.columns import (
    Bath,
    Cell,
    Condition,
    Experiment,
    Ion,
    Number,
    Reason,
    RecordingName,
    RecordingStatus,
)
from reversal.tables.estimates_table import Estimator
from reversal.tables.files import Row
from reversal.tables.iv_table import IVKind
from reversal.tables.sides import Chamber, Pair, Sides, sides_of
from reversal.tables.status import Status


class Crossing(StrEnum):
    """Position of the reversal potential relative to the currents that differ from zero."""

    BRACKETED = "bracketed"
    EXTRAPOLATED = "extrapolated"
    NONE = "none"


class Current(StrEnum):
    """The current to which a reversal potential belongs."""

    WHOLE = "whole current"
    CHANNEL = "channel"


class LeakSource(StrEnum):
    """How the subtracted leak was determined."""

    SEAL = "seal resistance"
    DECLARED = "declared conductance"
    LINE = "line through part of the I–V"
    BLOCKER = "recording with blocker"
    BASELINE = "window before the evoked current"
    SUB_PULSES = "sub-pulses (P/N)"


class ReversalRow(Row):
    """A reversal potential with its interval, its method and its Nernst potential."""

    experiment: Experiment
    cell: Cell
    recording: RecordingName
    condition: Condition
    bath: Bath
    pipette: Annotated[str, Field(description="pipette solution, as named in solutions.yaml")]
    temperature_C: Annotated[Number, Field(description="bath temperature [°C]")]
    ion: Ion
    out_mM: Annotated[Number, Field(description="free concentration of the ion in the bath [mM]")]
    in_mM: Annotated[Number, Field(description="free concentration of the ion in the cell [mM]")]
    ljp_mV: Annotated[Number, Field(description="all junction terms that were subtracted from the command [mV]")]
    e_rev_mV: Annotated[Number, Field(description="reversal potential, inside minus outside [mV]")]
    ci_low_mV: Annotated[
        Number, Field(description="lower end of the 95 % interval of e_rev_mV, every error included [mV]")
    ]
    ci_high_mV: Annotated[
        Number, Field(description="upper end of the 95 % interval of e_rev_mV, every error included [mV]")
    ]
    method: Annotated[Estimator | None, Field(description="estimator of e_rev_mV")]
    crossing: Annotated[
        Crossing,
        Field(
            description="bracketed by currents of both signs, extrapolated beyond the last current that differs "
            "from zero, or none"
        ),
    ]
    e_nernst_mV: Annotated[Number, Field(description="Nernst potential of the ion at the bath temperature [mV]")]
    deviation_mV: Annotated[Number, Field(description="e_rev_mV minus e_nernst_mV [mV]")]
    status: RecordingStatus
    reason: Reason
    se_mV: Annotated[
        Number,
        Field(
            description="standard error of e_rev_mV, without the errors of junction potential, temperature and known "
            "leak [mV]"
        ),
    ] = None
    shared_sd_mV: Annotated[
        Number, Field(description="junction and temperature error, shared by the recordings of the cell [mV]")
    ] = None
    e_rev_uncorrected_mV: Annotated[
        Number, Field(description="command potential at which the current reverses, without corrections [mV]")
    ] = None
    extrapolated_mV: Annotated[
        Number,
        Field(
            description="zero of a line through the nearest points, where all currents that differ from zero "
            "have one sign [mV]"
        ),
    ] = None
    bound: Annotated[
        Literal["above", "below"] | None, Field(description="whether E_rev is above or below bound_mV")
    ] = None
    bound_mV: Annotated[Number, Field(description="one-sided limit if all currents have one sign [mV]")] = None
    line_mV: Annotated[Number, Field(description="E_rev by the straight line through the crossing [mV]")] = None
    local_mV: Annotated[Number, Field(description="E_rev by a local polynomial [mV]")] = None
    boltzmann_mV: Annotated[Number, Field(description="E_rev by a Boltzmann gate times a driving force [mV]")] = None
    boltzmann_misfit: Annotated[
        Number, Field(description="χ² per degree of freedom of the fit behind boltzmann_mV")
    ] = None
    ghk_mV: Annotated[Number, Field(description="E_rev by GHK currents of the permeant ions [mV]")] = None
    ghk_misfit: Annotated[Number, Field(description="χ² per degree of freedom of the fit behind ghk_mV")] = None
    other_crossings_mV: Annotated[
        str | None, Field(description="further sign changes of the current, separated by spaces [mV]")
    ] = None
    series_sd_mV: Annotated[Number, Field(description="part of se_mV from the error of R_s [mV]")] = None
    drift_sd_mV: Annotated[
        Number, Field(description="part of se_mV from drift or disagreeing repeats, and mains hum [mV]")
    ] = None
    steps_sd_mV: Annotated[
        Number, Field(description="part of se_mV from bends of the I–V that coarse steps do not show [mV]")
    ] = None
    junction_sd_mV: Annotated[Number, Field(description="shared error of the junction potential [mV]")] = None
    temperature_sd_mV: Annotated[Number, Field(description="shared error of e_nernst_mV from the thermometer [mV]")] = (
        None
    )
    with_leak_mV: Annotated[Number, Field(description="E_rev of the whole current, no leak subtracted [mV]")] = None
    leak_shift_mV: Annotated[
        Number, Field(description="shift of E_rev by leak subtraction; 0 if nothing was subtracted [mV]")
    ] = None
    leak_nS: Annotated[Number, Field(description="conductance of the subtracted leak [nS]")] = None
    leak_e_mV: Annotated[Number, Field(description="reversal potential of the subtracted leak [mV]")] = None
    leak_source: Annotated[LeakSource | None, Field(description="how the subtracted leak was determined")] = None
    leak_sd_mV: Annotated[
        Number, Field(description="error of e_rev_mV from the known leak, shared by the recordings of the cell [mV]")
    ] = None
    leak_g_shift_mV: Annotated[
        Number, Field(description="change of e_rev_mV for one standard deviation of the leak's conductance [mV]")
    ] = None
    leak_e_shift_mV: Annotated[
        Number,
        Field(description="change of e_rev_mV for one standard deviation of the leak's reversal potential [mV]"),
    ] = None
    background_shift_mV: Annotated[
        Number,
        Field(
            description="distance from E_rev to that of the decaying part of tails or peaks, beyond its error; in the "
            "interval and shared by the recordings of the cell [mV]"
        ),
    ] = None
    leak_sensitivity_mV: Annotated[
        Number, Field(description="change of E_rev by a leak of 0.1 nS that reverses at 0 mV [mV]")
    ] = None
    assumed_leak_nS: Annotated[Number, Field(description="leak of the assumed seal, if the leak is not known [nS]")] = (
        None
    )
    channel_low_mV: Annotated[
        Number,
        Field(description="lower end of the channel's E_rev for any leak up to assumed_leak_nS; empty if open [mV]"),
    ] = None
    channel_high_mV: Annotated[
        Number,
        Field(description="upper end of the channel's E_rev for any leak up to assumed_leak_nS; empty if open [mV]"),
    ] = None
    estimators_agree: Annotated[
        bool | None, Field(description="whether all other estimators that fit agree; empty if none fits")
    ] = None
    kind: Annotated[IVKind | None, Field(description="how the currents were measured: steady, peak, tail or ramp")] = (
        None
    )
    e_rev_of: Annotated[
        Current | None, Field(description="whether e_rev_mV is of the whole current or, without its leak, the channel")
    ] = None
    own_low_mV: Annotated[
        Number,
        Field(description="lower end of the 95 % interval from the errors of this recording alone [mV]"),
    ] = None
    own_high_mV: Annotated[
        Number,
        Field(description="upper end of the 95 % interval from the errors of this recording alone [mV]"),
    ] = None
    open_error: Annotated[
        bool,
        Field(
            description="whether leak, another current or accumulated ions may move E_rev to one side by an unknown "
            "amount"
        ),
    ] = False
    inside: Annotated[str | None, Field(description="solution inside; empty if it is the pipette solution")] = None
    outside: Annotated[str | None, Field(description="solution outside; empty if it is the bath")] = None
    ground: Annotated[
        Chamber | None, Field(description="chamber of a bilayer with the ground, which counts as outside and as bath")
    ] = None
    leak_not_linear: Annotated[
        bool,
        Field(description="whether the error of the leak is so large that its effect on e_rev_mV is not linear"),
    ] = False

    @property
    def intracellular(self) -> str:
        """Solution in the cell, as named in solutions.yaml."""
        return self.inside or self.pipette

    @property
    def solutions(self) -> Pair:
        """Solutions on both sides, by name."""
        return Pair(self.bath, self.extracellular, self.intracellular)

    @property
    def sides(self) -> Sides:
        """Names of the two sides of the membrane."""
        return sides_of(self.ground)

    @property
    def extracellular(self) -> str:
        """Solution outside the membrane, as named in solutions.yaml."""
        return self.outside or self.bath


class Unusable(StrEnum):
    """Why a recording is not used in a fit."""

    FAILED = "failed"
    EXCLUDED = "excluded"
    OUT_OF_RANGE = "no reversal potential in the tested range"
    NO_VALUE = "no reversal potential"
    OPEN_ERROR = "reversal potential with an error that is not known on one side"
    NOT_LINEAR = "error of the leak too large for a fit, which takes its effect as linear"
    NO_ERROR = "reversal potential without an error"


def why_unusable(row: ReversalRow) -> Unusable | None:
    """Why a reversal potential cannot be used in a fit; None if it can."""
    if row.status in (Status.EXCLUDED, Status.FAILED):
        return Unusable.EXCLUDED if row.status is Status.EXCLUDED else Unusable.FAILED
    if row.crossing is not Crossing.BRACKETED:
        return Unusable.OUT_OF_RANGE
    if row.e_rev_mV is None or row.temperature_C is None:
        return Unusable.NO_VALUE
    if row.open_error:
        return Unusable.OPEN_ERROR
    if row.leak_not_linear:
        return Unusable.NOT_LINEAR
    return Unusable.NO_ERROR if own_sd_mV(row) is None else None


def own_sd_mV(row: ReversalRow) -> float | None:
    """Standard error of a reversal potential without shared errors [mV]; None if it is not known."""
    return row.se_mV if row.se_mV is not None and row.se_mV > 0 else None
