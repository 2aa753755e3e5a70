"""Sub-pulses of made-up commands and currents: which are copies, what they subtract, and when they are no leak."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sub_pulses import Scaled, SubPulses, find_sub_pulses, scaled_copies
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Epoch
from reversal.statistics.autocorrelation import window_means
from reversal.tables.findings.code import Code
from tests.measure.made_recordings import recording, steps

LEVELS = np.arange(-60.0, 41.0, 20.0)
HOLDING, GAP, PULSE = -80.0, 100, 300
COPIES = (100, 500)  # first samples of two copies
START = 900  # of the pulse


def command(
    level: float, ratios: tuple[float, ...] = (-0.25, -0.25), gap: int = GAP, **changes: float
) -> tuple[Epoch, ...]:
    away = level - HOLDING
    copies = [part for ratio in ratios for part in ((HOLDING + ratio * away, PULSE), (HOLDING, gap))]
    copies[0] = (copies[0][0] + changes.get("off_mV", 0.0) * (level == LEVELS[2]), PULSE)
    return steps((HOLDING, gap), *copies, (level, PULSE), (HOLDING, 50))


def found_in(ratios: tuple[float, ...] = (-0.25, -0.25), gap: int = GAP, **changes: float) -> SubPulses | None:
    commands = [command(level, ratios, gap, **changes) for level in LEVELS.tolist()]
    one = recording(np.zeros((LEVELS.size, commands[0][-1].stop)), commands)
    return find_sub_pulses(one, plan(one, Window(epoch=commands[0][2 * len(ratios) + 1].name)))


def test_copies_have_their_starts_and_half_of_the_time_before_them_as_baseline() -> None:
    found = found_in()
    assert found is not None
    assert found.ratio == pytest.approx(-0.25)
    assert found.excursion_mV == pytest.approx(LEVELS - HOLDING)
    assert [one.start.tolist() for one in (found.pulse, *found.copies)] == [[s] * 6 for s in (START, *COPIES)]
    assert [one.base.tolist() for one in (found.pulse, *found.copies)] == [[s - 50] * 6 for s in (START, *COPIES)]
    assert {one.base_length for one in (found.pulse, *found.copies)} == {50}
    assert found.drift_gain == pytest.approx(1.5 * (1.0 + 1.0 / (2 * 0.25**2)))


@pytest.mark.parametrize(
    ("ratios", "copies"),
    [
        ((0.019, 0.019), 0),
        ((0.021, 0.021), 2),
        ((0.94, -0.94), 1),
        ((0.95, 0.95), 0),
        ((-0.25, -0.251, -0.3), 2),  # less than 1 % apart
        ((-0.25, -0.253), 1),
        ((-0.25, -0.3, -0.3), 2),  # the ratio with the most copies
    ],
)
def test_copies_are_of_one_ratio_from_2_to_95_percent(ratios: tuple[float, ...], copies: int) -> None:
    found = found_in(ratios)
    assert (0 if found is None else len(found.copies)) == copies


@pytest.mark.parametrize(("off_mV", "copies"), [(0.15, 2), (-0.15, 2), (0.3, 1)])
def test_levels_of_a_copy_are_those_of_the_pulse_to_a_fifth_of_a_millivolt(off_mV: float, copies: int) -> None:
    found = found_in(off_mV=off_mV)
    assert found is not None
    assert len(found.copies) == copies


@pytest.mark.parametrize(("gap", "known"), [(15, False), (16, True)])
def test_a_baseline_has_eight_samples(gap: int, known: bool) -> None:
    assert (found_in(gap=gap) is not None) is known


def test_a_pulse_of_one_level_or_one_at_the_start_has_no_copies() -> None:
    same = [steps((HOLDING, GAP), (-100.0, PULSE), (HOLDING, GAP), (0.0, PULSE), (HOLDING, 50))] * 6
    one = recording(np.zeros((6, same[0][-1].stop)), same)
    assert find_sub_pulses(one, plan(one, Window(epoch="C"))) is None
    first = [steps((level, PULSE), (HOLDING, GAP), (-100.0, PULSE), (HOLDING, 50)) for level in LEVELS.tolist()]
    one = recording(np.zeros((6, first[0][-1].stop)), first)
    assert find_sub_pulses(one, plan(one, Window(epoch="before"))) is None


def test_another_length_or_a_step_without_a_gap_is_no_copy() -> None:
    longer = [
        steps((HOLDING, GAP), (HOLDING - 0.25 * (v - HOLDING), PULSE + 1), (HOLDING, GAP), (v, PULSE), (HOLDING, 50))
        for v in LEVELS.tolist()
    ]
    one = recording(np.zeros((6, longer[0][-1].stop)), longer)
    assert find_sub_pulses(one, plan(one, Window(epoch="C"))) is None


def rows_of(leak: FloatArray, noise: float = 0.0) -> FloatArray:
    """Currents (sweeps, samples): ``leak`` (sweeps, 300) in the pulse, and as a copy a quarter of it, inverted.

    Each sweep has its own level at holding.
    """
    rows = noise * np.random.default_rng(7).standard_normal((6, START + PULSE + 50))
    rows += np.array([5.0, -3.0, 8.0, 0.0, 2.0, 1.0])[:, None]
    for start, ratio in ((START, 1.0), (COPIES[0], -0.25), (COPIES[1], -0.25)):
        rows[:, start : start + PULSE] += ratio * leak
    return rows


def scaled_of(rows: FloatArray, slow_variance: float = 0.0, into: int = 60, length: int = 240) -> Scaled:
    sweeps = Sweeps.of(recording(rows, [command(level) for level in LEVELS.tolist()]))
    protocol = plan(sweeps.recording, Window(epoch="E"))
    found = find_sub_pulses(sweeps.recording, protocol)
    assert found is not None
    return scaled_copies(sweeps, protocol, found, np.full(6, START + into), length, slow_variance)


AWAY = (LEVELS - HOLDING)[:, None]
LEAK = 2.0 * AWAY + 0.1 * AWAY * np.exp(-np.arange(PULSE) / 8.0)


def test_leak_is_the_baseline_and_the_mean_of_the_copies_over_their_ratio() -> None:
    rows = rows_of(LEAK, 1.0)
    found = scaled_of(rows)
    bases = [window_means(rows[:, start - 50 : start]) for start in (START, *COPIES)]
    parts = [
        (rows[:, start + 60 : start + 300] - base.mean[:, None]) / -0.25
        for start, base in zip(COPIES, bases[1:], strict=True)
    ]
    assert found.leak_pA(slice(None)) == pytest.approx(bases[0].mean[:, None] + 0.5 * (parts[0] + parts[1]))
    variance = bases[0].se ** 2 + (bases[1].se ** 2 + bases[2].se ** 2) / (2 * 0.25) ** 2
    assert found.base_se_pA == pytest.approx(np.sqrt(variance))
    assert found.finding is None


@pytest.mark.parametrize(("more", "code"), [(0.10, None), (0.12, Code.SUB_PULSE_TIME_COURSE)])
@pytest.mark.parametrize("late", [True, False])
def test_a_leak_that_changes_by_a_tenth_from_the_first_to_the_last_third_is_none(
    more: float, code: Code | None, late: bool
) -> None:
    part = np.arange(PULSE) >= 220 if late else np.arange(PULSE) < 140
    size = 1.0 + more * part if late else 1.0 + (more / 1.11) * part
    found = scaled_of(rows_of(2.0 * AWAY * size, 0.01))
    assert (found.finding.code if found.finding else None) is code


def curved(part: float) -> FloatArray:
    """A leak of 2 nS with a deviation, at most such a part of its largest current, that no line through 0 has."""
    bend = AWAY[:, 0] ** 2 - (AWAY[:, 0] ** 3).sum() / (AWAY[:, 0] ** 2).sum() * AWAY[:, 0]
    return np.asarray(2.0 * (AWAY + part * AWAY.max() / np.abs(bend).max() * bend[:, None]) * np.ones(PULSE))


def test_a_leak_that_is_not_proportional_to_the_step_by_a_tenth_is_none() -> None:
    assert scaled_of(rows_of(curved(0.09), 0.01)).finding is None
    found = scaled_of(rows_of(curved(0.11), 0.01)).finding
    assert found is not None
    assert found.code is Code.SUB_PULSE_PROPORTION


def test_deviations_within_four_standard_deviations_of_noise_and_drift_are_a_leak() -> None:
    """χ² of the deviations from a line through 0, 5 degrees of freedom: up to 5 + 4 √10 is noise.

    Drift slower than a window counts in the copies with 1.5/(2 · 0.25²).
    """
    bend = (curved(0.2) - 2.0 * AWAY)[:, 0]
    limit = float(bend @ bend) / (5.0 + 4.0 * np.sqrt(10.0)) / (1.5 / (2 * 0.25**2))
    assert scaled_of(rows_of(curved(0.2), 0.01), 0.98 * limit).finding is not None
    assert scaled_of(rows_of(curved(0.2), 0.01), 1.02 * limit).finding is None
    assert scaled_of(rows_of(curved(0.2), 40.0)).finding is None
