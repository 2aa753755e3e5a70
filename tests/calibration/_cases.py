"""Simulated recordings with a known answer, measured as real ones are: what is drawn, and what the truth of each is.

What is drawn for each recording: channel, size of its current, noise, series resistance with its compensation, leak,
protocol, steps, bath, and whether the amplifier cancels the charging current. What the amplifier tells of R_s and C_m
is off as dials are. The simulator shares no formula with what is calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Leak, Window
from reversal.experiment.solutions import Solution as Declaration
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.simulate import channels
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES, Solution
from reversal.simulate.model_cell import Cell, Gate, GhkChannel
from reversal.simulate.rig import Fading, RigRecording, Surroundings, Truth, counts_of, pipette_current_pA, truth_of
from reversal.simulate.stimuli import ramp_one_way, ramp_up_and_down, step_family, sub_pulse_family, tail_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from tests.measure.rig import in_memory

TEMPERATURE_C = 23.0
REPEATS = 4  # recordings with their own noise from each cell drawn
PREPULSE_MS = 300.0
PEAK_STEP_MS = 60.0
CM_pF = 15.0
TOLD_SD = {"rs": 0.1, "cm": 0.05}  # relative, of what the amplifier tells

SIZES = {
    "background_potassium": 200.0,
    "weakly_gated_potassium": 250.0,
    "inward_rectifier": 600.0,
    "delayed_rectifier": 150.0,
    "slow_delayed_rectifier": 150.0,
    "early_potassium": 300.0,
    "hyperpolarisation_activated": 100.0,
    "transient_sodium": 400.0,
    "transient_potassium": 300.0,
}
OWN_GATES = {  # of channels that are this page's alone
    "slow_delayed_rectifier": Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=8.0, tau_max_ms=40.0),
    "early_potassium": Gate(v_half_mV=-55.0, slope_mV=7.0, tau_min_ms=2.0, tau_max_ms=8.0),  # open well below E_K
}
SCALES = (0.04, 0.12)  # of the sizes above: conductances of some tenths to some nS
NOISES_pA = (1.5, 3.0, 8.0)
SERIES_RESISTANCES = ((5.0, 0.8), (12.0, 0.7), (12.0, 0.0))
LEAKS_nS = (0.02, 0.1, 0.4)
FAINT = 0.4  # of the currents that are drawn elsewhere
STEPS_mV, ANYWHERE_mV = (5.0, 10.0, 20.0), 10.0
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
STEPPED = ("steady", "tail", "difference")  # drawn with steps of several sizes
RANGES_mV = {"tail": (-120.0, 20.0), "peak": (-70.0, 90.0), "P/N": (-90.0, 60.0), "linear leak": (-140.0, 60.0)}
LEAKS = {
    "difference": Leak(subtract="blocker", blocker="blocked"),
    "P/N": Leak(subtract="pn"),
    "linear leak": Leak(subtract="linear", from_mV=-160.0, to_mV=-100.0),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One drawn cell on one drawn rig.

    rs_told, cm_told : what the amplifier tells, as a factor on the truth
    """

    kind: str
    channel: str
    scale: float
    noise_pA: float
    rs_MOhm: float
    compensation: float
    leak_nS: float
    bath: Solution
    low_mV: float = -120.0
    high_mV: float = 60.0
    mV_per_pA: float = 0.5
    step_mV: float = 10.0
    cancelled: float = 0.0
    rs_told: float = 1.0
    cm_told: float = 1.0

    @property
    def factors(self) -> dict[str, str]:
        """What a table is made over."""
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measured recording beside its truth."""

    case: Case
    true_mV: float
    measured: Measured

    @property
    def flagged(self) -> bool:
        """Whether anything warns of this recording."""
        one = self.measured
        return bool(one.reversal.reason or one.findings or one.notes or one.used.doubt)


def draw(rng: np.random.Generator) -> Case:
    """Draw a recording in which the interval claims to hold."""
    kind = str(rng.choice(tuple(CHANNELS)))
    channel = str(rng.choice(CHANNELS[kind]))
    fast_enough = SERIES_RESISTANCES[:2] if channel == "transient_sodium" else SERIES_RESISTANCES
    rs, compensation = fast_enough[rng.integers(len(fast_enough))]
    baths = {"transient_potassium": SERIES[4:], "early_potassium": SERIES[3:]}.get(channel, SERIES)
    # levels lie anywhere against the reversal, as baths, temperatures and junctions of real nights make them
    low, high = np.array(RANGES_mV.get(kind, (-120.0, 60.0))) + round(rng.uniform(-ANYWHERE_mV, ANYWHERE_mV), 1)
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
        step_mV=float(rng.choice(STEPS_mV)) if kind in STEPPED else 10.0,
        cancelled=float(rng.integers(2)),
        rs_told=float(1.0 + TOLD_SD["rs"] * rng.standard_normal()),
        cm_told=float(1.0 + TOLD_SD["cm"] * rng.standard_normal()),
    )


def outcomes(
    cells: int, seed: int, drawing: Callable[[np.random.Generator], Case] = draw, first: int = 0
) -> Iterator[Outcome]:
    """Simulate and measure ``REPEATS`` recordings of each of so many cells, numbered from ``first``."""
    for number in range(first, first + cells):
        rng = np.random.default_rng((seed, number))
        yield from measured_case(drawing(rng), int(rng.integers(2**31)))


def measured_case(
    case: Case, seed: int, repeats: int = REPEATS, leak: Leak | None = None, window: Window | None = None
) -> Iterator[Outcome]:
    """Record a case several times and measure each recording."""
    cell, amplifier = rig_of(case)
    channel = channel_of(case)
    told = replace(amplifier, rs_MOhm=case.rs_told * case.rs_MOhm), replace(cell, cm_pF=case.cm_told * CM_pF)
    around = Surroundings(PIPETTE, case.bath, SERIES[1], TEMPERATURE_C)
    protocol = protocol_of(case, channel)
    current = pipette_current_pA(cell, amplifier, around, protocol)
    truth = truth_of(cell, around, protocol)
    true_mV = true_reversal_mV(case, channel, around, protocol, truth)
    if true_mV is None:
        return
    entry, settings = declared(case, leak or LEAKS.get(case.kind), window)

    def measured(pA: FloatArray, noise: int, condition: str, beside: Measured | None = None) -> Measured:
        counts = counts_of(pA, amplifier, protocol, noise)
        made = RigRecording(protocol.command_mV(), amplifier.in_pA(counts), counts, truth)
        row = entry.model_copy(update={"condition": condition})
        return measure_recording(row, in_memory(made, protocol, *told), settings, beside)

    blocked = None
    if case.kind == "difference":
        blocked = pipette_current_pA(cell, amplifier, around, protocol, Fading(blocked=1.0))
    for noise in range(seed, seed + repeats):
        without = None if blocked is None else measured(blocked, noise + repeats, "blocked")
        yield Outcome(case, true_mV, measured(current, noise, "control", without))


def rig_of(case: Case) -> tuple[Cell, Amplifier]:
    """Cell and amplifier of a case."""
    amplifier = Amplifier(
        rs_MOhm=case.rs_MOhm,
        rs_compensation=case.compensation,
        noise_pA=case.noise_pA,
        mV_per_pA=case.mV_per_pA,
        lowpass_Hz=10000.0 if case.kind == "peak" else 4000.0,
        capacitance_compensated=case.cancelled,
    )
    return Cell("simulated", channel_of(case), CM_pF, case.leak_nS), amplifier


def true_reversal_mV(
    case: Case, channel: GhkChannel, around: Surroundings, protocol: AbfProtocol, truth: Truth
) -> float | None:
    """Zero of the current that a case measures; None where it has several."""
    if case.kind in LEAKS:
        return truth.e_rev_channel_mV
    opened = {"tail": after_prepulse, "peak": at_peak}.get(case.kind)
    return truth.e_rev_total_mV if opened is None else frozen_truth_mV(case, channel, around, protocol, opened)


def channel_of(case: Case) -> GhkChannel:
    """Channel of a case."""
    size = SIZES[case.channel] * case.scale
    if case.channel in OWN_GATES:
        return GhkChannel(size, {"K": 1.0, "Na": 0.01}, (OWN_GATES[case.channel],))
    channel: GhkChannel = getattr(channels, case.channel)(size)
    return channel


def protocol_of(case: Case, channel: GhkChannel) -> AbfProtocol:
    """Protocol of a case."""
    ends = case.low_mV, case.high_mV
    if case.kind == "ramp":
        return ramp_up_and_down(*ends)
    if case.kind == "one-way ramp":
        return ramp_one_way(*ends)
    if case.kind == "tail":
        return tail_family(prepulse_mV(channel), *ends, case.step_mV, prepulse_ms=PREPULSE_MS)
    if case.kind == "peak":
        return step_family(*ends, case.step_mV, holding_mV=-100.0, step_ms=PEAK_STEP_MS, rate_Hz=50000.0)
    if case.kind == "P/N":
        return sub_pulse_family(*ends, case.step_mV, holding_mV=-100.0)
    return step_family(*ends, case.step_mV)


def prepulse_mV(channel: GhkChannel) -> float:
    """Level that opens a channel."""
    return 40.0 if channel.gates[0].slope_mV > 0 else -120.0


Opened = Callable[[GhkChannel, float, float, float], float]


def after_prepulse(channel: GhkChannel, holding_mV: float, v_mV: float, offset_mV: float) -> float:  # noqa: ARG001
    """Open probability that a prepulse leaves, at whatever membrane potential it is then seen."""
    return _open_after(channel, holding_mV - offset_mV, prepulse_mV(channel) - offset_mV, np.array([PREPULSE_MS]))


def at_peak(channel: GhkChannel, holding_mV: float, v_mV: float, offset_mV: float) -> float:
    """Largest open probability after a step from holding to a membrane potential."""
    return _open_after(channel, holding_mV - offset_mV, v_mV, np.arange(0.0, PEAK_STEP_MS, 0.02))


def _open_after(channel: GhkChannel, holding_mV: float, v_mV: float, since_ms: np.ndarray) -> float:
    """Largest open probability at any of the times after a step from a long holding."""
    opened = np.ones_like(since_ms)
    before, here = np.array([holding_mV]), np.array([v_mV])
    for gate in channel.gates:
        start, end = gate.steady(before), gate.steady(here)
        opened *= (end + (start - end) * np.exp(-since_ms / gate.tau_ms(here))) ** gate.power
    return float(opened.max())


def frozen_truth_mV(
    case: Case, channel: GhkChannel, around: Surroundings, protocol: AbfProtocol, opened: Opened
) -> float:
    """Zero of the current with the gates as they are when it is read, leak included."""
    offset = around.junctions(around.bath).offset_mV  # commands less this are membrane potentials
    low, high = -200.0, 150.0
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        open_pA = channel.open_current_pA(np.array([middle]), around.pipette, around.bath, around.temperature_C)
        total = opened(channel, protocol.holding_mV, middle, offset) * float(open_pA[0]) + case.leak_nS * middle
        low, high = (middle, high) if total < 0 else (low, middle)
    return 0.5 * (low + high)


def declared(case: Case, leak: Leak | None = None, window: Window | None = None) -> tuple[SheetEntry, CellSettings]:
    """What a user would declare of a case."""
    solutions = {one.name: Declaration(ions_mM=dict(one.ions_mM)) for one in (PIPETTE, SERIES[1], case.bath)}
    entry = SheetEntry(
        recording="simulated",
        cell="simulated",
        file="simulated.abf",
        bath=case.bath.name,
        pipette=PIPETTE.name,
        temperature_C=TEMPERATURE_C,
        zeroing_bath=SERIES[1].name,
        rs_compensation=case.compensation,
    )
    row = SheetRow(row=2, recording=entry.recording, cell=entry.cell, experiment="default", entry=entry)
    table = ion_table()
    experiment = Experiment(leak=leak or Leak(), window=window or Window())
    return entry, CellSettings(
        cell=entry.cell,
        sheet_rows=(row,),
        experiments={"default": experiment},
        solutions=solutions,
        ions={ion: IonFacts.of(table[ion]) for one in solutions.values() for ion in one.ions_mM},
    )


def faint(rng: np.random.Generator) -> Case:
    """Draw a P/N recording whose inward current hardly stands out of the noise, for which nothing is claimed."""
    case = draw(rng)
    low, high = RANGES_mV["P/N"]
    channel, bath = "early_potassium", SERIES[3 + int(rng.integers(2))]
    scale = FAINT * case.scale
    return replace(case, kind="P/N", channel=channel, bath=bath, scale=scale, low_mV=low, high_mV=high, step_mV=10.0)


def hopeless(rng: np.random.Generator, what: str) -> Case:
    """Draw a recording of a sort that gives no reversal potential of the channel."""
    case = replace(draw(rng), kind="steady", channel="background_potassium", bath=SERIES[rng.integers(3)])
    return {
        "reversal outside the steps": replace(case, low_mV=case.high_mV - 90.0, step_mV=10.0, leak_nS=0.02),
        "nearly all of it leak": replace(case, leak_nS=40.0, scale=0.05),
        "current beyond the digitiser": replace(case, scale=3.0, mV_per_pA=20.0, rs_MOhm=5.0, compensation=0.8),
        "R_s of 40 MΩ": replace(case, rs_MOhm=40.0, compensation=0.0),
        "tails over within the transient": replace(
            case, kind="tail", channel="delayed_rectifier", low_mV=-120.0, high_mV=20.0
        ),
        "peaks over within the transient": replace(
            case, kind="peak", channel="transient_sodium", rs_MOhm=15.0, compensation=0.0, low_mV=-70.0, high_mV=90.0
        ),
    }[what]


HOPELESS = (
    "reversal outside the steps",
    "nearly all of it leak",
    "current beyond the digitiser",
    "R_s of 40 MΩ",
    "tails over within the transient",
    "peaks over within the transient",
)
