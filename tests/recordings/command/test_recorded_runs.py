"""Runs that were recorded one after another in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.command.recorded_runs import refuse_several_runs, runs_of
from reversal.recordings.recording.recording import RecordingRefused
from tests.recordings.wcp_files import family_mV

SAMPLES = 1024
FAMILY = list(family_mV(range(-100, 60, 20)))


def ramp_mV(start_mV: float = -100.0, stop_mV: float = 60.0) -> np.ndarray:
    wave = np.full(SAMPLES, -80.0)
    wave[200:800] = np.linspace(start_mV, stop_mV, 600)
    return wave


def steps(*levels_mV: float) -> list[np.ndarray]:
    return list(family_mV(levels_mV))


def starts(
    waves: Sequence[np.ndarray | None], starts_s: Sequence[float] | None = None, names: Sequence[str] | None = None
) -> list[int]:
    """First sweeps of the runs."""
    times = [2.0 * n for n in range(len(waves))] if starts_s is None else starts_s
    return [run.start for run in runs_of(waves, times, range(len(waves)), names)]


ONE_RUN = {
    "a family": FAMILY,
    "a family downwards": FAMILY[::-1],
    "levels in random order": steps(-20, 40, -60, 0, 60, -100, 20),
    "out from the middle": steps(0, 20, -20, 40, -40, 60, -60),
    "repeated ramps": [ramp_mV()] * 5,
    "each level three times": [wave for wave in FAMILY[:4] for _ in range(3)],
    "a control between all sweeps": [w for level in (-60, -40, -20, 0) for w in steps(-90, level)],
    "ramps from different starts": [ramp_mV(start) for start in (-120, -100, -90)],
    "a level at holding": steps(-100, -80, -60),
    "one sweep": FAMILY[:1],
}
"""Sweeps that are one run."""


@pytest.mark.parametrize("noise_mV", [0.0, 0.7])
@pytest.mark.parametrize("name", ONE_RUN)
def test_one_protocol_is_one_run(name: str, noise_mV: float) -> None:
    rng = np.random.default_rng(5)
    assert starts([wave + rng.normal(0, noise_mV, SAMPLES) for wave in ONE_RUN[name]]) == [0]


SEVERAL_RUNS = {
    "a family twice": ([*FAMILY, *FAMILY], [0, 8]),
    "a family three times": ([*FAMILY, *FAMILY, *FAMILY], [0, 8, 16]),
    "a second family that was stopped": ([*FAMILY, *FAMILY[:1]], [0, 8]),
    "a family of other levels": ([*FAMILY, *steps(-90, -70, -50, -30)], [0, 8]),
    "a family back": ([*FAMILY, *FAMILY[::-1]], [0, 9]),
    "a family and a ramp": ([*FAMILY, ramp_mV()], [0, 8]),
    "ramps and a family": ([ramp_mV(), ramp_mV(), *FAMILY], [0, 2]),
    "two levels twice": ([*steps(-60, -20), *steps(-60, -20)], [0, 2]),
    "a random order twice": ([*steps(-20, 40, -60, 0), *steps(-20, 40, -60, 0)], [0, 4]),
    "repeated levels twice": ([w for w in FAMILY[:3] for _ in range(2)] * 2, [0, 6]),
}
"""Sweeps of several runs, and the first sweep of each."""


@pytest.mark.parametrize("noise_mV", [0.0, 0.7])
@pytest.mark.parametrize("name", SEVERAL_RUNS)
def test_returning_commands_and_other_shapes_start_a_run(name: str, noise_mV: float) -> None:
    waves, expected = SEVERAL_RUNS[name]
    rng = np.random.default_rng(6)
    assert starts([wave + rng.normal(0, noise_mV, SAMPLES) for wave in waves]) == expected


def test_a_pause_starts_a_run() -> None:
    ramps = [ramp_mV()] * 6
    assert starts(ramps, [0, 2, 4, 60, 62, 64]) == [0, 3]
    assert starts(ramps[:4], [0, 2, 60, 62]) == [0, 2]
    assert starts(ramps, [0, 2, 4, 8, 10, 12]) == [0]  # one sweep was deleted
    assert starts(ramps, [0, 1, 3, 7, 15, 31]) == [0]  # intervals that grow
    assert starts(ramps, [0.0] * 6) == [0]


def test_a_sweep_that_is_left_out_makes_no_pause() -> None:
    found = runs_of([ramp_mV()] * 4, [0, 2, 20, 22], [0, 1, 10, 11])
    assert [run.start for run in found] == [0]


def test_another_protocol_starts_a_run_even_without_a_command() -> None:
    assert starts([None] * 4, names=["iv", "iv", "ramp", "ramp"]) == [0, 2]
    assert starts([*FAMILY[:2], None, *FAMILY[2:4]]) == [0]


def test_runs_are_listed_by_name_sweeps_and_time() -> None:
    runs, times = [range(2), range(2, 4)], [0.0, 2.0, 60.0, 62.0]
    with pytest.raises(RecordingRefused) as refused:
        refuse_several_runs(runs, times, [0, 1, 4, 5], "E1", Path("f.nwb"), ["E1/1", "E1/2"])
    assert "2 runs of 'E1' (E1/1: sweeps 0-1 from 0 s; E1/2: sweeps 4-5 from 60 s)" in str(refused.value)
    assert "column 'channel'" in str(refused.value)
    with pytest.raises(RecordingRefused, match=r"sweeps 4-5 from 60 s\).*the column 'sweeps'"):
        refuse_several_runs(runs, times, [0, 1, 4, 5], "Vm", Path("f.wcp"))
    refuse_several_runs(runs[:1], times, [0, 1, 4, 5], "E1", Path("f.nwb"))
