"""Repeats of one recording that reverse at different potentials are a finding; the noise of equal repeats is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import amplifier_of, declared
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import TEMPERATURE_C, conditions_in, recording_of
from reversal.experiment.measure_settings import Leak
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.quality.repeats import RepeatRange, Repeats, disagreement, repeats_of
from reversal.measure.reversal.leak import Subtracted
from reversal.recordings.recording.recording import Recording
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium
from reversal.simulate.model_cell import Cell, Gate, GhkChannel, channel_reversal_mV
from reversal.simulate.stimuli import ramp_one_way, ramp_up_and_down, step_family, tail_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import LeakSource

CASE = Case("steady", "background_potassium", 0.1, 2.0, 5.0, 0.8, 0.1, SERIES[3])
OPEN = background_potassium(20.0)
GATED = GhkChannel(60.0, {"K": 1.0, "Na": 0.01}, (Gate(-20.0, 10.0, 5.0, 30.0),))
V = np.arange(-100.0, 1.0, 10.0)
G_nS, E_mV = 4.0, -47.0


def joined(*parts: Recording) -> Recording:
    """Sweeps of several recordings as one recording."""
    commands = tuple(command for one in parts for command in one.command.sweeps)
    sweeps = tuple(sweep for one in parts for sweep in one.sweeps)
    return replace(parts[0], sweeps=sweeps, command=replace(parts[0].command, sweeps=commands))


def recorded(
    bath: int, protocol: AbfProtocol, seed: int, channel: GhkChannel = OPEN, leak_nS: float = 0.1
) -> Recording:
    cell = Cell("c", channel, 15.0, leak_nS)
    return recording_of(cell, amplifier_of(CASE), conditions_in(SERIES[bath]), protocol, seed)


def measured(recording: Recording, leak: Leak | None = None) -> tuple[Measured, float | None]:
    """The measurement and the number of its finding about repeats, None without one."""
    entry, settings = declared(CASE, leak)
    one = measure_recording(entry, recording, settings)
    numbers = [found.number for found in one.findings if found.code is Code.REPEATS_DISAGREE]
    return one, numbers[0] if numbers else None


PROTOCOLS = {
    "ramp": (ramp_up_and_down(-120, 60), OPEN),
    "one-way ramp": (ramp_one_way(-120, 60), OPEN),
    "steps": (step_family(-120, 60, 10), OPEN),
    "steps of 20 mV": (step_family(-120, 60, 20), OPEN),
    "tails": (tail_family(40.0, -120, 0, 10, prepulse_ms=300.0), GATED),
}


@pytest.mark.parametrize(("kind", "repeats"), [*((kind, 2) for kind in PROTOCOLS), ("ramp", 3), ("steps", 3)])
def test_repeats_in_two_baths_are_a_finding_and_the_interval_covers_both(kind: str, repeats: int) -> None:
    """The last repeat is in 20 mM K⁺ instead of 5: E_rev is some 30 mV higher."""
    protocol, channel = PROTOCOLS[kind]
    protocol = replace(protocol, sweeps=1) if "ramp" in kind else protocol
    first = [recorded(1, protocol, seed, channel) for seed in range(repeats - 1)]
    last = recorded(3, protocol, 9, channel)
    alone = [measured(one)[0].reversal.estimate for one in (first[0], last)]
    assert alone[0] is not None
    assert alone[1] is not None
    apart = alone[1].e_mV - alone[0].e_mV
    one, number = measured(joined(*first, last))
    assert number == pytest.approx(apart, abs=1.0)
    assert one.refused is None
    assert one.budget is not None
    assert one.budget.low_mV is not None
    assert one.budget.high_mV is not None
    assert one.budget.low_mV < alone[0].e_mV
    assert one.budget.high_mV > alone[1].e_mV


@pytest.mark.parametrize("kind", PROTOCOLS)
def test_equal_repeats_are_no_finding_and_do_not_widen_the_interval(kind: str) -> None:
    protocol, channel = PROTOCOLS[kind]
    protocol = replace(protocol, sweeps=1) if "ramp" in kind else protocol
    for seed in range(2):
        one, number = measured(joined(*(recorded(3, protocol, 10 * seed + n, channel) for n in range(2))))
        assert number is None
        assert one.budget is not None
        assert one.budget.drift_mV == 0.0


def test_a_level_that_was_repeated_once_is_compared_with_its_family() -> None:
    """The two levels around E_rev are recorded again after the bath was changed."""
    family, again = recorded(1, step_family(-120, 60, 10), 1), recorded(3, step_family(-90, -50, 10), 2)
    assert measured(family)[1] is None
    number = measured(joined(family, again))[1]
    assert number is not None
    assert number > 10.0


@pytest.mark.parametrize("kind", ["ramp", "one-way ramp", "steps"])
def test_repeats_are_compared_without_the_declared_leak(kind: str) -> None:
    """With a leak of 3 nS the repeats reverse within half the distance of the channel's reversal potentials."""
    protocol, channel = PROTOCOLS[kind]
    protocol = replace(protocol, sweeps=1) if "ramp" in kind else protocol
    leaky = joined(*(recorded(bath, protocol, seed, channel, leak_nS=3.0) for bath, seed in ((1, 1), (3, 2))))
    inside = conditions_in(SERIES[1]).pipette
    low, high = (channel_reversal_mV(channel, inside, SERIES[bath], TEMPERATURE_C) for bath in (1, 3))
    assert measured(leaky, Leak(subtract="declared", g_nS=3.0, e_mV=0.0))[1] == pytest.approx(high - low, abs=3.0)
    of_total = measured(leaky)[1]
    assert of_total is not None
    assert of_total < 0.5 * (high - low)


@pytest.mark.parametrize("kind", ["ramp", "steps"])
def test_where_the_leak_is_not_known_repeats_have_no_current(kind: str) -> None:
    """The I–V with the blocker ends 20 mV above E_rev; 3 nS of leak beyond it must not enter the repeats."""
    protocol = replace(PROTOCOLS[kind][0], sweeps=1) if kind == "ramp" else PROTOCOLS[kind][0]
    one, _ = measured(joined(recorded(3, protocol, 1), recorded(3, protocol, 2)))
    total, v = one.iv.total, one.iv.v_membrane_mV
    kept = total.v_mV <= E_mV + 20.0
    leak = 3.0 * total.v_mV[kept]
    points = replace(total, v_mV=total.v_mV[kept], i_pA=total.i_pA[kept] - leak, se_pA=total.se_pA[kept])
    leak_pA = Subtracted(points, leak, LeakSource.BLOCKER).leak_at(v, total)
    repeats = repeats_of(Sweeps.of(one.recording), one.iv.curve, v, leak_pA)
    assert repeats is not None
    known = repeats.v_mV <= points.v_mV[-1] + 0.5
    assert 0 < np.count_nonzero(known) < known.size
    assert np.array_equal(np.isfinite(repeats.i_pA), np.broadcast_to(known, repeats.i_pA.shape))
    expected = np.interp(repeats.v_mV, points.v_mV, points.i_pA)[known]
    np.testing.assert_allclose(repeats.i_pA.mean(0)[known], expected, atol=0.5 * np.ptp(points.i_pA) / 100)
    assert disagreement(repeats, E_mV) is not None


def noisy(rng: np.random.Generator, count: int, se_pA: float, moves_mV: float = 0.0) -> RepeatRange | None:
    moves = moves_mV * np.linspace(0.0, 1.0, count)[:, None]
    rows = G_nS * (V - E_mV - moves) + se_pA * rng.standard_normal((count, V.size))
    return disagreement(Repeats(V, rows, np.full(rows.shape, se_pA)), E_mV)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_noise_alone_is_beyond_its_limit_in_fewer_than_one_of_a_hundred(count: int) -> None:
    """The limit is passed with p = 0.1 % for known errors; 1000 I–Vs with 10 pA of noise at 4 nS, E_rev ± 1 mV."""
    rng = np.random.default_rng(4)
    found = [noisy(rng, count, 10.0) for _ in range(1000)]
    beyond = [one for one in found if one is not None and one.beyond_noise_mV > 0]
    assert len(beyond) <= 10


def test_a_difference_of_eight_standard_errors_is_beyond_noise() -> None:
    """A repeat has an error of about 10 pA / √6 / 4 nS = 1 mV; 12 mV apart are eight of their difference."""
    rng = np.random.default_rng(5)
    found = [noisy(rng, 2, 10.0, 12.0) for _ in range(200)]
    assert sum(one is not None and one.beyond_noise_mV > 0 for one in found) >= 190


def test_the_range_names_the_lowest_and_the_highest_repeat() -> None:
    rows = G_nS * (V - np.array([-50.0, -44.0, -47.0])[:, None])
    found = disagreement(Repeats(V, rows, np.ones(rows.shape)), E_mV)
    assert found is not None
    assert (found.low_mV, found.high_mV, found.count) == (pytest.approx(-50.0), pytest.approx(-44.0), 3)
    assert found.range_mV == pytest.approx(6.0)
    assert disagreement(Repeats(V, rows[:1], np.ones((1, V.size))), E_mV) is None
    assert disagreement(None, E_mV) is None


def test_a_run_down_conductance_is_no_disagreement() -> None:
    rows = G_nS * np.array([1.0, 0.6, 0.4])[:, None] * (V - E_mV)
    found = disagreement(Repeats(V, rows, np.ones(rows.shape)), E_mV)
    assert found is not None
    assert found.range_mV == pytest.approx(0.0, abs=1e-6)
