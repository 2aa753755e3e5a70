"""Calibration of the membrane test: how often the intervals of R_s, C_m and R_m hold what the rig was given.

``python -m tests.calibration membrane`` writes docs/calibration/membrane.md; the tests run a short version.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reversal.measure.membrane.membrane_test import MembraneTest, Ranged, membrane_test
from reversal.measure.protocol.sweeps import Sweeps
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES
from reversal.simulate.model_cell import Cell, Compartment, OhmicChannel
from reversal.simulate.rig import FINE_PER_SAMPLE, RigRecording, Surroundings, counts_of, pipette_current_pA, truth_of
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, Kind
from tests.calibration._groups import by_factor
from tests.measure.rig import in_memory

PAGE = Path(__file__).resolve().parents[2] / "docs" / "calibration" / "membrane.md"
REPEATS = 4  # recordings with their own noise and lag from each cell drawn
FINER = (1, 2, 4)  # multiples of the sampling rate at which rigs run
AMPLIFIER_LAG_MS, FILTER_OFF = 0.005, 0.03  # standard deviations of what no file tells of a rig
HOLDING_mV = -80.0
CLAIMED = (0.93, 0.97)
PROPERTIES = ("R_s", "C_m", "R_m")
AROUND = Surroundings(PIPETTE, SERIES[1], SERIES[1], 23.0)


@dataclass(frozen=True, slots=True)
class Case:
    """One drawn cell on one drawn rig.

    lowpass_Hz, filter_off : filter as the file tells it, and what it truly is, relative
    finer : multiple of the sampling rate at which the rig runs
    family : whether the step is the smallest of a family, else a test at the begin of each sweep
    told : whether the file tells the filter
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
    filter_off: float = 1.0
    finer: int = 4
    family: bool = False
    told: bool = True
    cancelled: float = 0.0
    compartment: Compartment | None = None
    drift_per_sweep: float = 0.0

    @property
    def residual_MOhm(self) -> float:
        """Resistance that compensation leaves."""
        return self.rs_MOhm * (1 - self.compensation)

    @property
    def factors(self) -> dict[str, str]:
        """What a table is made over."""
        clamp = self.residual_MOhm * self.cm_pF * 1e-6 * 2 * math.pi * self.lowpass_Hz
        return {
            "clamp over filter time": "below 0.3" if clamp < 0.3 else "0.3 to 1" if clamp < 1 else "above 1",
            "noise": f"{self.noise_pA:g} pA",
            "sampling": f"{self.rate_Hz / 1000:g} kHz",
            "filter": f"{self.lowpass_Hz / 1000:g} kHz" if self.told else "not told",
            "compensation": f"{100 * self.compensation:.0f} %",
            "step": "smallest of the family" if self.family else f"test of {self.step_mV:+.0f} mV",
            "sweeps": "6, two of each size" if self.family else f"{self.sweeps}",
            "R_m": "below 0.5 GΩ" if self.rm_MOhm < 500 else "0.5 to 2 GΩ" if self.rm_MOhm < 2000 else "above 2 GΩ",
        }

    @property
    def truth(self) -> dict[str, float]:
        """What the test should say: of C_m, that of both compartments."""
        second = self.compartment.cm_pF if self.compartment is not None else 0.0
        return {"R_s": self.residual_MOhm, "C_m": self.cm_pF + second, "R_m": self.rm_MOhm}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One tested recording beside its truth."""

    case: Case
    test: MembraneTest | None

    def found(self, what: str) -> Ranged | None:
        """A property by its name."""
        if self.test is None:
            return None
        return {"R_s": self.test.rs_MOhm, "C_m": self.test.cm_pF, "R_m": self.test.rm_MOhm}[what]


def draw(rng: np.random.Generator) -> Case:
    """Draw a cell and a rig."""
    rate = float(rng.choice((10e3, 20e3, 50e3)))
    return Case(
        rs_MOhm=float(np.exp(rng.uniform(np.log(2), np.log(30)))),
        compensation=float(rng.choice((0.0, 0.4, 0.8))),
        cm_pF=float(np.exp(rng.uniform(np.log(5), np.log(100)))),
        rm_MOhm=float(np.exp(rng.uniform(np.log(100), np.log(5000)))),
        rate_Hz=rate,
        lowpass_Hz=float(rng.choice([f for f in (2e3, 4e3, 10e3) if f < 0.45 * rate])),
        noise_pA=float(rng.choice((1.5, 3.0, 8.0))),
        step_mV=float(rng.choice((-10.0, -5.0, 5.0, 10.0))),
        sweeps=int(rng.choice((4, 9, 25))),
        filter_off=float(rng.normal(1.0, FILTER_OFF)),
        finer=int(rng.choice(FINER)),
        family=bool(rng.random() < 0.25),
    )


def outcomes(
    cells: int, seed: int, drawing: Callable[[np.random.Generator], Case] = draw, repeats: int = REPEATS
) -> Iterator[Outcome]:
    """Simulate and test some recordings of each of so many cells."""
    for number in range(cells):
        rng = np.random.default_rng((seed, number))
        yield from recorded_case(drawing(rng), rng, repeats)


def recorded_case(case: Case, rng: np.random.Generator, repeats: int = REPEATS) -> Iterator[Outcome]:
    """Record a case several times and test each recording.

    The rig runs at a multiple of the sampling rate; its filter is a digital one, which departs from a true one the
    more, the coarser the rig is. The command reaches the cell up to a sample late, give or take what an amplifier adds.
    """
    half_nS = 500.0 / case.rm_MOhm
    cell = Cell("simulated", OhmicChannel(half_nS, -60.0), case.cm_pF, half_nS, compartment=case.compartment)
    amplifier = Amplifier(
        rs_MOhm=case.rs_MOhm,
        rs_compensation=case.compensation,
        lowpass_Hz=case.lowpass_Hz * case.filter_off,
        noise_pA=case.noise_pA,
        capacitance_compensated=case.cancelled,
        rs_drift_per_sweep=case.drift_per_sweep,
    )
    finer = protocol_of(case, case.finer)
    current = pipette_current_pA(cell, amplifier, AROUND, finer)
    fine_per_ms = finer.sample_rate_Hz * FINE_PER_SAMPLE / 1000.0
    protocol, truth = protocol_of(case), truth_of(cell, AROUND, finer)
    for _ in range(repeats):
        lag_ms = 1000.0 / case.rate_Hz * rng.random() + rng.normal(0.0, AMPLIFIER_LAG_MS)
        late = np.roll(current, round(lag_ms * fine_per_ms), axis=1)  # it ends as it begins: at holding
        kept = counts_of(late, amplifier, finer, int(rng.integers(2**31)))[:, :: case.finer]
        made = RigRecording(protocol.command_mV(), amplifier.in_pA(kept), kept, truth)
        recording = in_memory(made, protocol, amplifier, cell, telegraphed=False)
        told = replace(recording.telegraph, lowpass_Hz=case.lowpass_Hz if case.told else None)
        recording = replace(recording, telegraph=told)
        yield Outcome(case, membrane_test(Sweeps.of(recording)))


def protocol_of(case: Case, finer: int = 1) -> AbfProtocol:
    """A test of 20 ms in every sweep, or a family of 60 ms steps from −35 to +35 mV about holding."""
    per_ms = case.rate_Hz / 1000.0

    def epoch(level_mV: float, ms: float, by_mV: float = 0.0) -> AbfEpoch:
        return AbfEpoch(Kind.STEP, level_mV, finer * round(ms * per_ms), level_step_mV=by_mV)

    if case.family:
        parts: tuple[AbfEpoch, ...] = (epoch(HOLDING_mV, 20), epoch(HOLDING_mV - 35.0, 60, 10.0), epoch(HOLDING_mV, 20))
        sweeps = 8
    else:
        parts = (epoch(HOLDING_mV, 20), epoch(HOLDING_mV + case.step_mV, 20), epoch(HOLDING_mV, 20))
        sweeps = case.sweeps
    samples = finer * 64 * math.ceil((sum(part.duration for part in parts) / finer * 64 / 63 + 64) / 64)
    return AbfProtocol(parts, HOLDING_mV, sweeps, samples, finer * case.rate_Hz, interval_s=2.0)


@dataclass(frozen=True, slots=True)
class Scored:
    """A property over a group of recordings, of those with a value.

    bias, rms, half_width : median error, root mean square error, median half width of the interval, in the unit
    beyond : error that one in twenty exceeds; without : share without a value
    """

    count: int
    without: float
    bias: float
    rms: float
    beyond: float
    half_width: float
    coverage: float


def scored(results: Sequence[Outcome], what: str) -> Scored:
    """Score one property: R_s in MΩ, C_m and R_m in per cent of the truth."""
    pairs = [(found, one.case.truth[what]) for one in results if (found := one.found(what)) is not None]
    without = 1.0 - len(pairs) / max(len(results), 1)
    if not pairs:
        return Scored(0, without, *(math.nan for _ in range(5)))
    scale = np.array([1.0 if what == "R_s" else 0.01 * true for _, true in pairs])
    errors = np.array([found.value - true for found, true in pairs]) / scale
    width = np.array([1.96 * found.se for found, _ in pairs]) / scale
    covered = [found.low <= true <= found.high for found, true in pairs]
    return Scored(
        len(pairs),
        without,
        float(np.median(errors)),
        float(np.sqrt(np.mean(errors**2))),
        float(np.quantile(np.abs(errors), 0.95)),
        float(np.median(width)),
        float(np.mean(covered)),
    )


def two_compartments(rng: np.random.Generator) -> Case:
    """Draw a cell with a second compartment that a single time constant cannot stand for."""
    second = Compartment(float(rng.uniform(10.0, 25.0)), float(rng.uniform(50.0, 150.0)))
    case = replace(draw(rng), family=False, rm_MOhm=float(rng.uniform(500.0, 2000.0)), compartment=second, finer=4)
    return replace(case, cm_pF=float(rng.uniform(10.0, 30.0)), rate_Hz=20e3, lowpass_Hz=4e3)


def untold_filter(rng: np.random.Generator) -> Case:
    """Draw a rig whose file does not tell the filter."""
    return replace(draw(rng), told=False)


def cancelled(rng: np.random.Generator) -> Case:
    """Draw a rig that cancels the whole transient, or a little more."""
    return replace(draw(rng), cancelled=float(rng.uniform(0.98, 1.1)))


def drifting(rng: np.random.Generator) -> Case:
    """Draw a cell whose R_s grows by a fifth to a half through the recording."""
    case = replace(draw(rng), family=False, sweeps=int(rng.choice((9, 25))))
    return replace(case, drift_per_sweep=float(rng.uniform(0.2, 0.5)) / (case.sweeps - 1))


@dataclass(frozen=True, slots=True)
class Drifts:
    """How the drift of R_s is told: share that is, its error in MΩ, and how often a steady R_s is said to drift."""

    told: float
    bias_MOhm: float
    rms_MOhm: float
    false_alarms: float


def drifts(cells: int, seed: int, steady: Sequence[Outcome]) -> Drifts:
    """Score the drift of R_s."""
    results = list(outcomes(cells, seed, drifting))
    said = [(one, one.test.rs_drift_MOhm() if one.test is not None else None) for one in results]
    errors = np.array(
        [
            value - one.case.rs_MOhm * one.case.drift_per_sweep * (one.case.sweeps - 1)
            for one, value in said
            if value is not None
        ]
    )
    alarms = [one.test is not None and one.test.rs_drift_MOhm() is not None for one in steady]
    return Drifts(
        errors.size / max(len(results), 1),
        float(np.median(errors)),
        float(np.sqrt(np.mean(errors**2))),
        float(np.mean(alarms)),
    )


SPECIAL = {"two compartments": two_compartments, "filter not told": untold_filter, "transient cancelled": cancelled}


def page(results: Sequence[Outcome], special: dict[str, list[Outcome]], drift: Drifts, seed: int) -> str:
    """The calibration page."""
    lines = [
        "# Calibration of the membrane test",
        "",
        f"Written by `make calibrate`: {len(results)} simulated recordings, seed {seed}, {REPEATS} recordings of each "
        "cell drawn: R_s 2–30 MΩ, compensation 0–80 %, C_m 5–100 pF, R_m 0.1–5 GΩ, filter 2–10 kHz, sampling "
        "10–50 kHz, steps of ±5 and ±10 mV in the file or the smallest of a family. What no file tells is drawn too: "
        f"the filter is off by {100 * FILTER_OFF:.0f} % (standard deviation), the step reaches the cell up to a sample "
        f"late and {1000 * AMPLIFIER_LAG_MS:.0f} µs (standard deviation) more or less, and the filter of a third of "
        "the rigs departs by some per cent from a Bessel filter. Errors are measured less true; R_s is what "
        "compensation leaves. "
        "Coverage is the share of 95 % intervals that hold the truth, of those that there are.",
    ]
    for what, unit in (("R_s", "MΩ"), ("C_m", "%"), ("R_m", "%")):
        lines += ["", f"## {what}", ""]
        lines += [f"| | | recordings | no value | bias [{unit}] | rms error | 1 in 20 beyond | half width | coverage |"]
        lines += ["|---|---|---:|---:|---:|---:|---:|---:|---:|", _line("all", "", results, what)]
        lines += [_line(*key, group, what) for key, group in sorted(by_factor(results).items())]
        lines += [_line(name, "", group, what) for name, group in special.items()]
    believed = [one.test is not None and one.test.exponentials == 2 for one in special["two compartments"]]
    wrongly = [one.test is not None and one.test.exponentials == 2 for one in results]
    lines += [
        "",
        f"Two compartments are seen in {100 * np.mean(believed):.1f} % of the cells that have them, and in "
        f"{100 * np.mean(wrongly):.1f} % of those that have one.",
        "",
        "## Drift of R_s through a recording",
        "",
        f"R_s that grows by a fifth to a half is told in {100 * drift.told:.1f} % of the recordings, with a median "
        f"error of {drift.bias_MOhm:+.3f} MΩ and an rms error of {drift.rms_MOhm:.3f} MΩ; a steady one is said to "
        f"drift in {100 * drift.false_alarms:.2f} %.",
    ]
    return "\n".join(lines) + "\n"


def write(cells: int = 600, seed: int = 20261121) -> str:
    """Calibrate and write the page; returns a sentence on what came out."""
    results = list(outcomes(cells, seed))
    special = {name: list(outcomes(cells // 6, seed + 1, drawing)) for name, drawing in SPECIAL.items()}
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(results, special, drifts(cells // 6, seed + 2, results), seed), encoding="utf-8")
    scores = {what: scored(results, what) for what in PROPERTIES}
    return "membrane: " + ", ".join(f"{what} {100 * score.coverage:.1f} %" for what, score in scores.items())


def _line(first: str, second: str, results: Sequence[Outcome], what: str) -> str:
    score = scored(results, what)
    if not score.count:
        return f"| {first} | {second} | {len(results)} | {100 * score.without:.1f} % | | | | | |"
    return (
        f"| {first} | {second} | {len(results)} | {100 * score.without:.1f} % | {score.bias:+.2f} | {score.rms:.2f} "
        f"| {score.beyond:.2f} | {score.half_width:.2f} | {100 * score.coverage:.1f} % |"
    )


if __name__ == "__main__":
    print(write())
