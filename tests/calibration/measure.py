"""Calibration of measurement: thousands of simulated recordings with a known answer, measured as real ones are.

Bias, rms error and coverage of the 95 % interval of each estimator go to ``docs/calibration.md``. What is drawn
for each recording: channel, size of its current, noise, series resistance with its compensation, leak, protocol, bath.
The simulator shares no formula with what is calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analysis.experiment.configuration import Experiment
from analysis.experiment.ions import ion_table
from analysis.experiment.measuring import Leak, Window
from analysis.experiment.settings import CellSettings, Declared, Entry, IonFacts
from analysis.experiment.solutions import Solution as Declaration
from analysis.measure.recording import Measured, measure_recording
from analysis.simulate import channels
from analysis.simulate.amplifier import Amplifier
from analysis.simulate.bath import PIPETTE, SERIES, Solution
from analysis.simulate.cell import Cell, Gate, GhkChannel
from analysis.simulate.protocol import AbfProtocol
from analysis.simulate.rig import (
    Fading,
    FloatArray,
    RigRecording,
    Surroundings,
    Truth,
    counts_of,
    pipette_current_pA,
    truth_of,
)
from analysis.simulate.stimuli import ramp_up_and_down, step_family, tail_family
from tests.calibration._groups import by_factor
from tests.measure.rig import in_memory

PAGE = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"
TEMPERATURE_C = 23.0
REPEATS = 4  # recordings with their own noise from each cell drawn
PREPULSE_MS = 300.0
PEAK_STEP_MS = 60.0
CLAIMED = (0.93, 0.97)
DEFAULT_NOISE_pA, LARGEST_BIAS_mV = 3.0, 0.3

SIZES = {
    "background_potassium": 200.0,
    "weakly_gated_potassium": 250.0,
    "inward_rectifier": 600.0,
    "delayed_rectifier": 150.0,
    "slow_delayed_rectifier": 150.0,
    "hyperpolarisation_activated": 100.0,
    "transient_sodium": 400.0,
    "transient_potassium": 300.0,
}
SCALES = (0.04, 0.12)  # of the sizes above: conductances of some tenths to some nS
NOISES_pA = (1.5, 3.0, 8.0)
SERIES_RESISTANCES = ((5.0, 0.8), (12.0, 0.7), (12.0, 0.0))
LEAKS_nS = (0.02, 0.1, 0.4)
CHANNELS = {
    "steady": ("background_potassium", "weakly_gated_potassium", "inward_rectifier"),
    "ramp": ("background_potassium", "inward_rectifier"),
    "tail": ("slow_delayed_rectifier", "hyperpolarisation_activated"),
    "peak": ("transient_sodium", "transient_potassium"),
    "difference": ("background_potassium", "weakly_gated_potassium"),
}
RANGES_mV = {"tail": (-120.0, 20.0), "peak": (-70.0, 90.0)}
BLOCKER = Leak(subtract="blocker", blocker="blocked")


@dataclass(frozen=True, slots=True)
class Case:
    """One drawn cell on one drawn rig."""

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

    @property
    def factors(self) -> dict[str, str]:
        """What a table is made over."""
        return {
            "protocol": self.kind,
            "protocol and channel": f"{self.kind}, {self.channel.replace('_', ' ')}",
            "noise": f"{self.noise_pA:g} pA",
            "R_s, compensated": f"{self.rs_MOhm:g} MΩ, {100 * self.compensation:.0f} %",
            "leak": f"{self.leak_nS:g} nS",
            "current": "small" if self.scale == min(SCALES) else "large",
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measured recording beside its truth."""

    case: Case
    true_mV: float
    measured: Measured

    @property
    def flagged(self) -> bool:
        """Whether anything warns of this recording."""
        return bool(self.measured.reversal.reason or self.measured.findings or self.measured.notes)


@dataclass(frozen=True, slots=True)
class Scored:
    """An estimator over a group of recordings."""

    count: int
    bias_mV: float
    rms_mV: float
    coverage: float


def draw(rng: np.random.Generator) -> Case:
    """Draw a recording in which the interval claims to hold."""
    kind = str(rng.choice(tuple(CHANNELS)))
    channel = str(rng.choice(CHANNELS[kind]))
    fast_enough = SERIES_RESISTANCES[:2] if channel == "transient_sodium" else SERIES_RESISTANCES
    rs, compensation = fast_enough[rng.integers(len(fast_enough))]
    return Case(
        kind,
        channel,
        float(rng.choice(SCALES)),
        float(rng.choice(NOISES_pA)),
        rs,
        compensation,
        float(rng.choice(LEAKS_nS)),
        SERIES[4] if channel == "transient_potassium" else SERIES[rng.integers(len(SERIES))],
        *RANGES_mV.get(kind, (-120.0, 60.0)),
    )


def outcomes(cells: int, seed: int, drawing: Callable[[np.random.Generator], Case] = draw) -> Iterator[Outcome]:
    """Simulate and measure ``REPEATS`` recordings of each of so many cells."""
    for number in range(cells):
        rng = np.random.default_rng((seed, number))
        yield from measured_case(drawing(rng), int(rng.integers(2**31)))


def measured_case(
    case: Case, seed: int, repeats: int = REPEATS, leak: Leak | None = None, window: Window | None = None
) -> Iterator[Outcome]:
    """Record a case several times and measure each recording."""
    channel = channel_of(case)
    cell = Cell("simulated", channel, 15.0, case.leak_nS)
    amplifier = Amplifier(
        rs_MOhm=case.rs_MOhm,
        rs_compensation=case.compensation,
        noise_pA=case.noise_pA,
        mV_per_pA=case.mV_per_pA,
        lowpass_Hz=10000.0 if case.kind == "peak" else 4000.0,
    )
    around = Surroundings(PIPETTE, case.bath, SERIES[1], TEMPERATURE_C)
    protocol = protocol_of(case, channel)
    current = pipette_current_pA(cell, amplifier, around, protocol)
    truth = truth_of(cell, around, protocol)
    true_mV = true_reversal_mV(case, channel, around, protocol, truth)
    if true_mV is None:
        return
    entry, settings = declared(case, BLOCKER if case.kind == "difference" else leak, window)

    def measured(pA: FloatArray, noise: int, condition: str, beside: Measured | None = None) -> Measured:
        counts = counts_of(pA, amplifier, protocol, noise)
        made = RigRecording(protocol.command_mV(), amplifier.in_pA(counts), counts, truth)
        row = entry.model_copy(update={"condition": condition})
        return measure_recording(row, in_memory(made, protocol, amplifier, cell), settings, beside)

    blocked = None
    if case.kind == "difference":
        blocked = pipette_current_pA(cell, amplifier, around, protocol, Fading(blocked=1.0))
    for noise in range(seed, seed + repeats):
        without = None if blocked is None else measured(blocked, noise + repeats, "blocked")
        yield Outcome(case, true_mV, measured(current, noise, "control", without))


def true_reversal_mV(
    case: Case, channel: GhkChannel, around: Surroundings, protocol: AbfProtocol, truth: Truth
) -> float | None:
    """Zero of the current that a case measures; None where it has several."""
    if case.kind == "difference":
        return truth.e_rev_channel_mV
    opened = {"tail": after_prepulse, "peak": at_peak}.get(case.kind)
    return truth.e_rev_total_mV if opened is None else frozen_truth_mV(case, channel, around, protocol, opened)


def channel_of(case: Case) -> GhkChannel:
    """Channel of a case; the slow delayed rectifier is this page's own: one gate whose tails outlast any transient."""
    size = SIZES[case.channel] * case.scale
    if case.channel == "slow_delayed_rectifier":
        gate = Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=8.0, tau_max_ms=40.0)
        return GhkChannel(size, {"K": 1.0, "Na": 0.01}, (gate,))
    channel: GhkChannel = getattr(channels, case.channel)(size)
    return channel


def protocol_of(case: Case, channel: GhkChannel) -> AbfProtocol:
    """Protocol of a case."""
    if case.kind == "ramp":
        return ramp_up_and_down(case.low_mV, case.high_mV)
    if case.kind == "tail":
        return tail_family(prepulse_mV(channel), case.low_mV, case.high_mV, 10.0, prepulse_ms=PREPULSE_MS)
    if case.kind == "peak":
        return step_family(case.low_mV, case.high_mV, 10.0, holding_mV=-100.0, step_ms=PEAK_STEP_MS, rate_Hz=50000.0)
    return step_family(case.low_mV, case.high_mV, 10.0)


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


def declared(case: Case, leak: Leak | None = None, window: Window | None = None) -> tuple[Entry, CellSettings]:
    """What a user would declare of a case."""
    solutions = {one.name: Declaration(ions_mM=dict(one.ions_mM)) for one in (PIPETTE, SERIES[1], case.bath)}
    entry = Entry(
        recording="simulated",
        cell="simulated",
        file="simulated.abf",
        bath=case.bath.name,
        pipette=PIPETTE.name,
        temperature_C=TEMPERATURE_C,
        zeroing_bath=SERIES[1].name,
        rs_compensation=case.compensation,
    )
    row = Declared(row=2, recording=entry.recording, cell=entry.cell, experiment="default", entry=entry)
    table = ion_table()
    experiment = Experiment(leak=leak or Leak(), window=window or Window())
    return entry, CellSettings(
        cell=entry.cell,
        declared=(row,),
        experiments={"default": experiment},
        solutions=solutions,
        ions={ion: IonFacts.of(table[ion]) for one in solutions.values() for ion in one.ions_mM},
    )


def scored(results: Sequence[Outcome], method: str | None = None) -> Scored:
    """Score an estimator, the primary one by default, over the recordings in which it gives a value."""
    errors, covered = [], []
    for one in results:
        reversal = one.measured.reversal
        chosen = (
            [reversal.estimate] if method is None else [e for e in reversal.estimates if e.method.startswith(method)]
        )
        for estimate in chosen[:1]:
            if estimate is None:
                continue
            errors.append(estimate.e_mV - one.true_mV)
            low, high = estimate.low_mV, estimate.high_mV
            covered.append((low is None or low <= one.true_mV) and (high is None or high >= one.true_mV))
    if not errors:
        return Scored(0, math.nan, math.nan, math.nan)
    found = np.array(errors)
    return Scored(found.size, float(found.mean()), float(np.sqrt((found**2).mean())), float(np.mean(covered)))


def beyond_claims(results: Sequence[Outcome]) -> list[str]:
    """Cells of the table whose coverage is not the claimed one, or whose bias at default noise is too large."""
    every = {("all", ""): list(results), **by_factor(results)}
    scores = [(" ".join(cell).strip(), scored(group)) for cell, group in every.items()]
    wide = [
        f"{cell} covers {100 * s.coverage:.1f} %" for cell, s in scores if not CLAIMED[0] <= s.coverage <= CLAIMED[1]
    ]
    default = by_factor([one for one in results if one.case.noise_pA == DEFAULT_NOISE_pA])
    biased = [(" ".join(cell), scored(group).bias_mV) for cell, group in default.items()]
    return wide + [f"{cell} is biased by {bias:+.2f} mV" for cell, bias in biased if abs(bias) >= LARGEST_BIAS_mV]


def hopeless(rng: np.random.Generator, what: str) -> Case:
    """Draw a recording of a sort that gives no reversal potential of the channel."""
    case = replace(draw(rng), kind="steady", channel="background_potassium", bath=SERIES[rng.integers(3)])
    return {
        "reversal outside the steps": replace(case, low_mV=-30.0, leak_nS=0.02),
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


def flagged_share(what: str, cells: int, seed: int) -> tuple[int, float]:
    """Recordings of a hopeless sort, and the share of them that warns."""
    results = list(outcomes(cells, seed, lambda rng: hopeless(rng, what)))
    return len(results), float(np.mean([one.flagged for one in results]))


ESTIMATORS = ("smooth curve", "local", "bracketing line", "Boltzmann", "GHK current")


def page(results: Sequence[Outcome], flags: dict[str, tuple[int, float]], seed: int) -> str:
    """The calibration page."""
    primary = scored(results)
    lines = [
        "# Calibration",
        "",
        "How often the intervals hold the truth, counted on simulated recordings with a known answer; short versions "
        "run in every `make test`. This page is that of the reversal potentials. Beside it: the [membrane test]"
        "(calibration/membrane.md) and the [fits](calibration/fit.md) of permeability ratios, slopes and cohorts.",
        "",
        f"Written by `make calibrate`: {len(results)} simulated recordings, seed {seed}, "
        f"{REPEATS} recordings of each cell drawn. Errors are measured less true reversal potential in mV; coverage is "
        "the share of 95 % intervals that hold the truth. The truth is the zero of the current that is measured: the "
        "total steady current for steps and ramps, with its gates as a prepulse leaves them for tails, with as many "
        "open as ever are for peaks, and the channel's own for control less blocker. Claimed: 93–97 % "
        f"coverage in each line of the first table, and a bias below {LARGEST_BIAS_mV:g} mV at {DEFAULT_NOISE_pA:g} pA "
        "of noise.",
        "",
        "## The primary value, by what was drawn",
        "",
        "| | | recordings | bias | rms error | coverage |",
        "|---|---|---:|---:|---:|---:|",
        _line("all", "", primary),
    ]
    lines += [_line(factor, level, scored(group)) for (factor, level), group in sorted(by_factor(results).items())]
    lines += ["", "## Estimators, by protocol and channel", ""]
    lines += ["| | estimator | recordings | bias | rms error | coverage |", "|---|---|---:|---:|---:|---:|"]
    pairs = {level: group for (factor, level), group in by_factor(results).items() if factor == "protocol and channel"}
    for level, group in sorted(pairs.items()):
        for method in ESTIMATORS:
            score = scored(group, method)
            if score.count:
                lines.append(_line(level, method, score))
    lines += ["", "Boltzmann and GHK current are listed wherever they give a value. They are held against the primary"]
    lines += ["value only where their χ² per degree of freedom is at most 2, and never take its place.", ""]
    lines += ["## Where no reversal potential of the channel can be had", ""]
    lines += ["| | recordings | with a warning |", "|---|---:|---:|"]
    lines += [f"| {what} | {count} | {100 * share:.1f} % |" for what, (count, share) in flags.items()]
    return "\n".join(lines) + "\n"


def write(cells: int = 5000, seed: int = 20261120) -> str:
    """Calibrate and write the page; returns a sentence on what came out, with every claim that does not hold."""
    results = list(outcomes(cells, seed))
    flags = {what: flagged_share(what, max(cells // 100, 5), seed + 1) for what in HOPELESS}
    PAGE.write_text(page(results, flags, seed), encoding="utf-8")
    score = scored(results)
    beyond = "; ".join(beyond_claims(results)) or "every cell of the table as claimed"
    found = f"{score.count} recordings, coverage {100 * score.coverage:.1f} %, bias {score.bias_mV:+.3f} mV"
    return f"measure: {found}; {beyond}"


def _line(first: str, second: str, score: Scored) -> str:
    return (
        f"| {first} | {second} | {score.count} | {score.bias_mV:+.3f} | {score.rms_mV:.3f} "
        f"| {100 * score.coverage:.1f} % |"
    )


if __name__ == "__main__":
    print(write())
