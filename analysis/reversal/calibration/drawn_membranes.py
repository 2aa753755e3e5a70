"""Cells and rigs drawn for the calibration of the membrane test.

What no file states is drawn too: the error of the filter frequency and the rate at which the rig itself runs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from reversal.simulate.model_cell import Compartment
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind

OVERSAMPLING = (1, 2, 4)  # multiples of the sampling rate at which rigs run
FILTER_SD = 0.03  # relative error of the stated filter frequency
HOLDING_mV = -80.0
STEP_MS, FAMILY_STEP_MS, FAMILY_FROM_mV, FAMILY_BY_mV, FAMILY_SWEEPS = 20, 60, -35.0, 10.0, 8


@dataclass(frozen=True, slots=True)
class MembraneCase:
    """One drawn cell on one drawn rig.

    lowpass_Hz, filter_error : filter as the file states it, and the true one as a multiple of it
    oversampling : multiple of the sampling rate at which the rig runs
    family : whether the step is the smallest of a family, else a test at the start of each sweep
    filter_stated : whether the file states the filter
    """

    rs_MOhm: float
    compensation: float
    cm_pF: float
    rm_MOhm: float
    rate_Hz: float
    lowpass_Hz: float
    noise_pA: float
    step_mV: float
    sweeps: int
    filter_error: float = 1.0
    oversampling: int = 4
    family: bool = False
    filter_stated: bool = True
    cancelled: float = 0.0
    compartment: Compartment | None = None
    drift_per_sweep: float = 0.0

    @property
    def residual_MOhm(self) -> float:
        """Series resistance after compensation."""
        return self.rs_MOhm * (1 - self.compensation)

    @property
    def rs_growth_MOhm(self) -> float:
        """Change of R_s from the first to the last sweep."""
        return self.rs_MOhm * self.drift_per_sweep * (self.sweeps - 1)

    @property
    def factors(self) -> dict[str, str]:
        """Level of each factor that the tables list."""
        ratio = self.residual_MOhm * self.cm_pF * 1e-6 * 2 * math.pi * self.lowpass_Hz
        return {
            "clamp / filter time constant": "below 0.3" if ratio < 0.3 else "0.3 to 1" if ratio < 1 else "above 1",
            "noise": f"{self.noise_pA:g} pA",
            "sampling": f"{self.rate_Hz / 1000:g} kHz",
            "filter": f"{self.lowpass_Hz / 1000:g} kHz" if self.filter_stated else "not stated",
            "compensation": f"{100 * self.compensation:.0f} %",
            "step": "smallest of the family" if self.family else f"test of {self.step_mV:+.0f} mV",
            "sweeps": "6, two of each size" if self.family else f"{self.sweeps}",
            "R_m": "below 0.5 GΩ" if self.rm_MOhm < 500 else "0.5 to 2 GΩ" if self.rm_MOhm < 2000 else "above 2 GΩ",
        }

    @property
    def truth(self) -> dict[str, float]:
        """True value of each property; C_m is that of both compartments."""
        second = self.compartment.cm_pF if self.compartment is not None else 0.0
        return {"R_s": self.residual_MOhm, "C_m": self.cm_pF + second, "R_m": self.rm_MOhm}


def draw(rng: np.random.Generator) -> MembraneCase:
    """Draw a cell and a rig."""
    rate = float(rng.choice((10e3, 20e3, 50e3)))
    return MembraneCase(
        rs_MOhm=float(np.exp(rng.uniform(np.log(2), np.log(30)))),
        compensation=float(rng.choice((0.0, 0.4, 0.8))),
        cm_pF=float(np.exp(rng.uniform(np.log(5), np.log(100)))),
        rm_MOhm=float(np.exp(rng.uniform(np.log(100), np.log(5000)))),
        rate_Hz=rate,
        lowpass_Hz=float(rng.choice([f for f in (2e3, 4e3, 10e3) if f < 0.45 * rate])),
        noise_pA=float(rng.choice((1.5, 3.0, 8.0))),
        step_mV=float(rng.choice((-10.0, -5.0, 5.0, 10.0))),
        sweeps=int(rng.choice((4, 9, 25))),
        filter_error=float(rng.normal(1.0, FILTER_SD)),
        oversampling=int(rng.choice(OVERSAMPLING)),
        family=bool(rng.random() < 0.25),
    )


def draw_two_compartments(rng: np.random.Generator) -> MembraneCase:
    """Draw a cell with a second compartment, which one time constant cannot describe."""
    second = Compartment(float(rng.uniform(10.0, 25.0)), float(rng.uniform(50.0, 150.0)))
    case = replace(draw(rng), family=False, compartment=second, oversampling=4)
    case = replace(case, rm_MOhm=float(rng.uniform(500.0, 2000.0)))
    return replace(case, cm_pF=float(rng.uniform(10.0, 30.0)), rate_Hz=20e3, lowpass_Hz=4e3)


def draw_unstated_filter(rng: np.random.Generator) -> MembraneCase:
    """Draw a rig whose file does not state the filter."""
    return replace(draw(rng), filter_stated=False)


def draw_cancelled(rng: np.random.Generator) -> MembraneCase:
    """Draw a rig that cancels the whole capacitive transient, or slightly more."""
    return replace(draw(rng), cancelled=float(rng.uniform(0.98, 1.1)))


def draw_drifting(rng: np.random.Generator) -> MembraneCase:
    """Draw a cell whose R_s grows by 20 to 50 % during the recording."""
    case = replace(draw(rng), family=False, sweeps=int(rng.choice((9, 25))))
    return replace(case, drift_per_sweep=float(rng.uniform(0.2, 0.5)) / (case.sweeps - 1))


def protocol_of(case: MembraneCase, oversampling: int = 1) -> AbfProtocol:
    """A test of 20 ms in every sweep, or a family of 60 ms steps from −35 to +35 mV about holding."""
    per_ms = case.rate_Hz / 1000.0

    def epoch(level_mV: float, ms: float, by_mV: float = 0.0) -> AbfEpoch:
        return AbfEpoch(EpochKind.STEP, level_mV, oversampling * round(ms * per_ms), level_step_mV=by_mV)

    if case.family:
        step = epoch(HOLDING_mV + FAMILY_FROM_mV, FAMILY_STEP_MS, FAMILY_BY_mV)
    else:
        step = epoch(HOLDING_mV + case.step_mV, STEP_MS)
    parts = (epoch(HOLDING_mV, STEP_MS), step, epoch(HOLDING_mV, STEP_MS))
    # a sweep starts with a 64th of its samples at holding
    duration = sum(part.duration for part in parts) / oversampling
    samples = oversampling * 64 * math.ceil((duration * 64 / 63 + 64) / 64)
    sweeps = FAMILY_SWEEPS if case.family else case.sweeps
    return AbfProtocol(parts, HOLDING_mV, sweeps, samples, oversampling * case.rate_Hz, interval_s=2.0)
