"""Error and coverage of the 95 % intervals of R_s, C_m and R_m, over simulated membrane tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.calibration.drawn_membranes import MembraneCase, draw, protocol_of
from reversal.calibration.simulated_recording import conditions_in, in_memory
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged, membrane_test
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Recording
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.model_cell import Cell, OhmicChannel
from reversal.simulate.rig import FINE_PER_SAMPLE, RigRecording, digitised_counts, pipette_current_pA, true_values
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED

REPEATS = 4  # recordings of each drawn cell, each with its own noise and delay
AMPLIFIER_DELAY_SD_MS = 0.005
PROPERTIES = ("R_s", "C_m", "R_m")
CONDITIONS = conditions_in(SERIES[1])


@dataclass(frozen=True, slots=True)
class MembraneResult:
    """One membrane test with its truth."""

    case: MembraneCase
    test: MembraneTest | None

    @property
    def exponentials(self) -> int:
        """Number of time constants found, 0 without a test."""
        return 0 if self.test is None else self.test.exponentials

    def found(self, what: str) -> Ranged | None:
        """A property by its name."""
        if self.test is None:
            return None
        return {"R_s": self.test.rs_MOhm, "C_m": self.test.cm_pF, "R_m": self.test.rm_MOhm}[what]

    @property
    def drift_MOhm(self) -> float | None:
        """Drift of R_s that the test reports, None if it reports none."""
        return None if self.test is None else self.test.rs_drift_MOhm()


def outcomes(
    cells: int, seed: int, drawing: Callable[[np.random.Generator], MembraneCase] = draw, repeats: int = REPEATS
) -> Iterator[MembraneResult]:
    """Simulate and test ``repeats`` recordings of each of ``cells`` cells."""
    for number in range(cells):
        yield from outcomes_of_cell(number, seed, drawing, repeats)


def outcomes_of_cell(
    number: int, seed: int, drawing: Callable[[np.random.Generator], MembraneCase] = draw, repeats: int = REPEATS
) -> list[MembraneResult]:
    """Simulate and test ``repeats`` recordings of one cell."""
    rng = np.random.default_rng((seed, number))
    case = drawing(rng)
    return [MembraneResult(case, membrane_test(Sweeps.of(recording))) for recording in recordings(case, rng, repeats)]


def recordings(case: MembraneCase, rng: np.random.Generator, repeats: int) -> Iterator[Recording]:
    """Record a case several times.

    The rig runs at a multiple of the sampling rate. Its filter is digital: at a low multiple it differs from an analog
    Bessel filter. The command reaches the cell with a delay of up to one sample, plus the error of the amplifier's own.
    """
    cell, amplifier = _cell(case), _amplifier(case)
    protocol, finer = protocol_of(case), protocol_of(case, case.oversampling)
    current = pipette_current_pA(cell, amplifier, CONDITIONS, finer)
    fine_per_ms = finer.sample_rate_Hz * FINE_PER_SAMPLE / 1000.0
    truth = true_values(cell, CONDITIONS, finer)
    for _ in range(repeats):
        delay_ms = 1000.0 / case.rate_Hz * rng.random() + rng.normal(0.0, AMPLIFIER_DELAY_SD_MS)
        delayed = np.roll(current, round(delay_ms * fine_per_ms), axis=1)  # a sweep ends at holding, as it starts
        counts = digitised_counts(delayed, amplifier, finer, int(rng.integers(2**31)))[:, :: case.oversampling]
        made = RigRecording(protocol.command_mV(), amplifier.in_pA(counts), counts, truth)
        recording = in_memory(made, protocol, amplifier, cell, telegraphed=False)
        stated_Hz = case.lowpass_Hz if case.filter_stated else None
        yield replace(recording, telegraph=replace(recording.telegraph, lowpass_Hz=stated_Hz))


def _cell(case: MembraneCase) -> Cell:
    """Cell with half of its conductance in the channel and half in the leak."""
    half_nS = 500.0 / case.rm_MOhm
    return Cell("simulated", OhmicChannel(half_nS, -60.0), case.cm_pF, half_nS, compartment=case.compartment)


def _amplifier(case: MembraneCase) -> Amplifier:
    return Amplifier(
        rs_MOhm=case.rs_MOhm,
        rs_compensation=case.compensation,
        lowpass_Hz=case.lowpass_Hz * case.filter_error,
        noise_pA=case.noise_pA,
        capacitance_compensated=case.cancelled,
        rs_drift_per_sweep=case.drift_per_sweep,
    )


@dataclass(frozen=True, slots=True)
class ScoredMembrane:
    """A property over the recordings with a value; R_s in MΩ, C_m and R_m in per cent of the truth.

    without : share of recordings without a value
    bias, rms : median error, root mean square error
    error_95 : 95th percentile of the absolute error
    half_width : median half-width of the interval
    """

    count: int
    without: float
    bias: float
    rms: float
    error_95: float
    half_width: float
    coverage: float


def scored(results: Sequence[MembraneResult], what: str) -> ScoredMembrane:
    """Score one property."""
    pairs = [(found, one.case.truth[what]) for one in results if (found := one.found(what)) is not None]
    without = 1.0 - len(pairs) / max(len(results), 1)
    if not pairs:
        return ScoredMembrane(0, without, *(math.nan for _ in range(5)))
    scale = np.array([1.0 if what == "R_s" else 0.01 * true for _, true in pairs])
    errors = np.array([found.value - true for found, true in pairs]) / scale
    half_widths = np.array([TWO_SIDED_95_ROUNDED * found.se for found, _ in pairs]) / scale
    return ScoredMembrane(
        count=len(pairs),
        without=without,
        bias=float(np.median(errors)),
        rms=float(np.sqrt(np.mean(errors**2))),
        error_95=float(np.quantile(np.abs(errors), 0.95)),
        half_width=float(np.median(half_widths)),
        coverage=float(np.mean([found.low <= true <= found.high for found, true in pairs])),
    )


@dataclass(frozen=True, slots=True)
class DriftScore:
    """Drift of R_s over recordings.

    found : share of drifting recordings whose drift is reported
    bias_MOhm, rms_MOhm : median error and root mean square error of the reported drift
    false_alarms : share of steady recordings with a reported drift
    """

    found: float
    bias_MOhm: float
    rms_MOhm: float
    false_alarms: float


def drift_score(drifting: Sequence[MembraneResult], steady: Sequence[MembraneResult]) -> DriftScore:
    """Score the drift of R_s on recordings that drift and on ``steady`` recordings."""
    reported = [(one.drift_MOhm, one.case.rs_growth_MOhm) for one in drifting]
    errors = np.array([drift - true for drift, true in reported if drift is not None])
    return DriftScore(
        found=errors.size / max(len(drifting), 1),
        bias_MOhm=float(np.median(errors)),
        rms_MOhm=float(np.sqrt(np.mean(errors**2))),
        false_alarms=float(np.mean([one.drift_MOhm is not None for one in steady])),
    )
