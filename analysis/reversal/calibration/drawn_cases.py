"""Cells and rigs drawn for the calibration of whole recordings.

Each recording has a channel, the size of its current, noise, series resistance with its compensation, leak, protocol,
step size, bath, and capacitance cancellation on or off. The telegraphed R_s and C_m have the errors of real dials.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reversal.experiment.measure_settings import Leak
from reversal.simulate.bath import SERIES, RigSolution
from reversal.simulate.model_cell import RestrictedSpace

TELEGRAPH_SD = {"rs": 0.1, "cm": 0.05}  # relative error of the telegraphed values
DEFAULT_CM_pF = 15.0
SCALES = (0.04, 0.12)  # of the permeabilities of the channels: conductances from some 0.1 nS to some nS
NOISES_pA = (1.5, 3.0, 8.0)
SERIES_RESISTANCES = ((5.0, 0.8), (12.0, 0.7), (12.0, 0.0))  # MΩ, compensated fraction
LEAKS_nS = (0.02, 0.1, 0.4)
DEFAULT_RAMPS = 5
FAINT_SCALE = 0.4  # of the scales above
STEPS_mV, DEFAULT_STEP_mV = (5.0, 10.0, 20.0), 10.0
LEVEL_SHIFT_mV = 10.0
CHANNELS = {
    "steady": ("background_potassium", "weakly_gated_potassium", "inward_rectifier"),
    "ramp": ("background_potassium", "inward_rectifier"),
    "one-way ramp": ("background_potassium", "inward_rectifier"),
    "tail": ("slow_delayed_rectifier", "hyperpolarisation_activated"),
    "peak": ("transient_sodium", "transient_potassium"),
    "difference": ("background_potassium", "weakly_gated_potassium"),
    "P/N": ("early_potassium",),
    "linear leak": ("early_potassium",),
}
STEPPED = ("steady", "tail", "difference")  # protocols drawn with several step sizes
DEFAULT_RANGE_mV = (-120.0, 60.0)
RANGES_mV = {"tail": (-120.0, 20.0), "peak": (-70.0, 90.0), "P/N": (-90.0, 60.0), "linear leak": (-140.0, 60.0)}
BATHS = {"transient_potassium": SERIES[4:], "early_potassium": SERIES[3:]}
LEAKS = {
    "difference": Leak(subtract="blocker", blocker="blocked"),
    "P/N": Leak(subtract="pn"),
    "linear leak": Leak(subtract="linear", from_mV=-160.0, to_mV=-100.0),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One drawn cell on one drawn rig.

    rs_telegraphed, cm_telegraphed : telegraphed value as a fraction of the true one
    space : space outside the membrane in which K⁺ accumulates, None if there is none
    flicker_pA : rms of 1/f noise in each decade of frequency
    sweeps : sweeps of a ramp
    """

    kind: str
    channel: str
    scale: float
    noise_pA: float
    rs_MOhm: float
    compensation: float
    leak_nS: float
    bath: RigSolution
    low_mV: float = DEFAULT_RANGE_mV[0]
    high_mV: float = DEFAULT_RANGE_mV[1]
    mV_per_pA: float = 0.5
    step_mV: float = DEFAULT_STEP_mV
    cancelled: float = 0.0
    e_leak_mV: float = 0.0
    rs_telegraphed: float = 1.0
    cm_telegraphed: float = 1.0
    cm_pF: float = DEFAULT_CM_pF
    space: RestrictedSpace | None = None
    flicker_pA: float = 0.0
    sweeps: int = DEFAULT_RAMPS

    @property
    def factors(self) -> dict[str, str]:
        """Level of each factor that the tables list."""
        drawn = {
            "protocol": self.kind,
            "protocol and channel": f"{self.kind}, {self.channel.replace('_', ' ')}",
            "noise": f"{self.noise_pA:g} pA",
            "R_s, compensated": f"{self.rs_MOhm:g} MΩ, {100 * self.compensation:.0f} %",
            "leak": f"{self.leak_nS:g} nS",
            "current": "small" if self.scale == min(SCALES) else "large",
            "charging current": "cancelled" if self.cancelled else "recorded",
        }
        return drawn | ({"steps": f"{self.step_mV:g} mV"} if self.kind in STEPPED else {})


def draw(rng: np.random.Generator) -> Case:
    """Draw a recording for which the coverage is claimed."""
    kind = str(rng.choice(tuple(CHANNELS)))
    channel = str(rng.choice(CHANNELS[kind]))
    fast_enough = SERIES_RESISTANCES[:2] if channel == "transient_sodium" else SERIES_RESISTANCES
    rs, compensation = fast_enough[rng.integers(len(fast_enough))]
    baths = BATHS.get(channel, SERIES)
    # baths, temperatures and junctions of a real experiment shift E_rev against the steps
    shift_mV = round(rng.uniform(-LEVEL_SHIFT_mV, LEVEL_SHIFT_mV), 1)
    low, high = np.array(RANGES_mV.get(kind, DEFAULT_RANGE_mV)) + shift_mV
    return Case(
        kind,
        channel,
        float(rng.choice(SCALES)),
        float(rng.choice(NOISES_pA)),
        rs,
        compensation,
        float(rng.choice(LEAKS_nS)),
        baths[rng.integers(len(baths))],
        float(low),
        float(high),
        step_mV=float(rng.choice(STEPS_mV)) if kind in STEPPED else DEFAULT_STEP_mV,
        cancelled=float(rng.integers(2)),
        rs_telegraphed=float(1.0 + TELEGRAPH_SD["rs"] * rng.standard_normal()),
        cm_telegraphed=float(1.0 + TELEGRAPH_SD["cm"] * rng.standard_normal()),
    )


def draw_faint(rng: np.random.Generator) -> Case:
    """Draw a P/N recording whose inward current is about as large as the noise; no coverage is claimed for it."""
    case = draw(rng)
    low, high = RANGES_mV["P/N"]
    return replace(
        case,
        kind="P/N",
        channel="early_potassium",
        bath=SERIES[3 + int(rng.integers(2))],
        scale=FAINT_SCALE * case.scale,
        low_mV=low,
        high_mV=high,
        step_mV=DEFAULT_STEP_mV,
    )


FIRST_STEPS_OUTSIDE_mV = (-40.0, -20.0)  # E_rev is at a command of -46 mV or below in the first three baths
FAMILY_OUTSIDE_mV = 90.0  # from the first to the last step

WITHOUT_E_REV = (
    "E_rev outside the steps",
    "current is nearly all leak",
    "current exceeds the digitiser range",
    "R_s of 40 MΩ",
    "tails decay within the transient",
    "peaks within the transient",
)


def draw_without_e_rev(rng: np.random.Generator, what: str) -> Case:
    """Draw a recording in which the channel's E_rev cannot be measured, of one of the sorts above."""
    case = replace(draw(rng), kind="steady", channel="background_potassium", bath=SERIES[rng.integers(3)])
    first_mV = round(rng.uniform(*FIRST_STEPS_OUTSIDE_mV), 1)
    outside = replace(case, low_mV=first_mV, high_mV=first_mV + FAMILY_OUTSIDE_mV, step_mV=DEFAULT_STEP_mV)
    return {
        "E_rev outside the steps": replace(outside, leak_nS=0.02),
        "current is nearly all leak": replace(case, leak_nS=40.0, scale=0.05),
        "current exceeds the digitiser range": replace(case, scale=3.0, mV_per_pA=20.0, rs_MOhm=5.0, compensation=0.8),
        "R_s of 40 MΩ": replace(case, rs_MOhm=40.0, compensation=0.0),
        "tails decay within the transient": replace(
            case, kind="tail", channel="delayed_rectifier", low_mV=-120.0, high_mV=20.0
        ),
        "peaks within the transient": replace(
            case, kind="peak", channel="transient_sodium", rs_MOhm=15.0, compensation=0.0, low_mV=-70.0, high_mV=90.0
        ),
    }[what]
