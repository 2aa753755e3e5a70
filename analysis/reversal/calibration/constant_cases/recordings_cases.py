"""Cases of recordings: what a command, its evidence and a possible recording are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, exactly, first, turning
from reversal.calibration.constant_cases.made import flat, recording, white
from reversal.errors import Refusal
from reversal.experiment.protocols import Protocol
from reversal.recordings.axon import epoch_table, read_header, reader
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command import plausibility
from reversal.recordings.command.evidence import largest_disagreement, refuse_disagreement
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.command.recorded_runs import runs_of
from reversal.recordings.command.waveform import is_constant
from reversal.recordings.formats import array_layout, atf, plain_arrays
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.recording.fingerprint import fingerprint, same_recording
from reversal.recordings.recording.recording import Recording, Shape, SweepCommand

FILE = Path("made.abf")
TWICE = (0.3, 0.45, 0.55, 0.9, 1.1, 1.5, 1.9, 2.1)
"""Factors of a limit, on both sides of its half, itself and its double."""


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refusal:
        return True
    return False


def _made(
    i_pA: float = 100.0, level_mV: float = -60.0, rate_Hz: float = 10_000.0, limit_pA: float | None = None
) -> Recording:
    """A recording with a largest current, a level of its command, and a rate."""
    rows = np.full((2, 120), 0.5 * i_pA)
    rows[:, 50] = i_pA
    return recording([flat(("before", 40, -80.0), ("A", 80, level_mV))] * 2, rows, rate_Hz, limit_pA=limit_pA)


def _limit(of: float, accepted: Callable[[float], object]) -> float | None:
    """The first of the factors of a limit at which the decision turns, as a value."""
    factor = turning(TWICE, lambda one: accepted(one * of))
    return None if factor is None else factor * of


def impossible_recordings() -> Answers:
    """Currents, ranges, commands and rates that refuse a recording or give a warning."""
    check = plausibility
    rates = tuple(one for one in reversed(TWICE))

    def below(of: float, refused: Callable[[float], object]) -> float | None:
        factor = turning(rates, lambda one: refused(one * of))
        return None if factor is None else factor * of

    return {
        "current_pA": exactly(_limit(1e8, lambda i: check.current_out_of_range(_made(i))), 1.1e8),
        "patch_current_pA": exactly(_limit(1e5, lambda i: check.current_above_patch_clamp(_made(i))), 1.1e5),
        "range_pA": exactly(_limit(1e12, lambda i: check.current_out_of_range(_made(limit_pA=i))), 1.1e12),
        "noise_pA": exactly(below(1e-3, lambda i: check.current_below_noise(_made(2.0 * i))), 0.9e-3),
        "command_mV": exactly(_limit(1e3, lambda v: check.command_out_of_range(_made(level_mV=v))), 1.1e3),
        "rate_Hz": exactly(below(1.0, lambda rate: check.rate_impossible(_made(rate_Hz=rate))), 0.9),
        "step_rate_Hz": exactly(below(500.0, lambda rate: check.rate_too_low_for_steps(_made(rate_Hz=rate))), 450.0),
    }


def a_current_at_the_limit_of_the_digitiser() -> Answers:
    """Current, relative to the limit of the digitiser, that is clipped."""

    def clipped(relative: float) -> bool:
        rows = np.full((1, 120), 0.1)
        rows[0, 50:60] = 100.0 * relative
        made = recording([flat(("before", 40, -80.0), ("A", 80, -60.0))], rows, limit_pA=100.0)
        return plausibility.current_clipped(made) is not None

    return {"relative": exactly(first((0.4, 0.51, 0.9, 0.998, 0.9995, 1.5, 2.1), clipped), 0.9995)}


def a_sweep_that_is_missing() -> Answers:
    """Longest interval between sweeps, relative to the others, at which a sweep may be missing; and a deleted one."""

    def missing(ratio: float) -> bool:
        starts = np.cumsum([0.0, 1.0, 1.0, ratio, 1.0])
        made = recording([flat(("before", 40, -80.0), ("A", 80, -60.0))] * 5)
        sweeps = tuple(replace(sweep, start_s=float(start)) for sweep, start in zip(made.sweeps, starts, strict=True))
        return plausibility.sweep_missing(replace(made, sweeps=sweeps)) is not None

    def deleted(late: float) -> bool:
        sweeps = [SimpleNamespace(start_s=start) for start in (0.0, 1.0, 3.0 + late)]
        header: Any = SimpleNamespace(start_to_start_s=1.0, sweeps=sweeps)
        return epoch_table._sweep_after_gap(header) is not None

    lates = (0.005, 0.009, 0.011, 0.019, 0.021, 0.039, 0.041)
    return {
        "interval": exactly(first((1.05, 1.2, 1.45, 1.55, 2.0, 2.9, 3.1), missing), 1.55),
        "late": exactly(first(lates, lambda late: not deleted(late)), 0.021),
    }


def _copied(off_mV: float, length: int = 80, at: int | None = None, *, is_copy: bool) -> float | None:
    """Disagreement of a recorded voltage that is off in an epoch, in all samples or in one."""
    (command,) = (SweepCommand(flat(("before", 4, -80.0), ("A", length, -60.0))),)
    voltage = np.concatenate([np.full(4, -80.0), np.full(length, -60.0)])
    voltage[4:] += off_mV if at is None else np.where(np.arange(length) == at, off_mV, 0.0)
    found = largest_disagreement([command], [voltage], is_copy=is_copy)
    return None if found is None else found.difference_mV


def a_voltage_recorded_with_the_current() -> Answers:
    """Difference from the command that refuses a recording, and shortest epochs and samples that are compared."""

    def refused(off_mV: float) -> bool:
        command = SweepCommand(flat(("before", 40, -80.0), ("A", 80, -60.0)))
        voltage = np.concatenate([np.full(40, -80.0), np.full(80, -60.0 + off_mV)])
        largest = largest_disagreement([command], [voltage], is_copy=True)
        return _refused(lambda: refuse_disagreement(largest, "V", FILE))

    def compared(length: int, *, is_copy: bool) -> bool:
        return _copied(9.0, length, is_copy=is_copy) is not None

    return {
        "off_mV": exactly(first((0.2, 0.24, 0.26, 0.45, 0.55, 0.95, 1.05), refused), 0.55),
        "copy": exactly(first(range(2, 60), lambda n: compared(n, is_copy=True)), 9.0),
        "membrane": exactly(first(range(2, 60), lambda n: compared(n, is_copy=False)), 24.0),
        "first_sample": exactly(first(range(10), lambda at: (_copied(9.0, at=at, is_copy=True) or 0.0) > 1.0), 2.0),
    }


def _epochs(rows: FloatArray) -> int:
    return len(commands_from_samples(list(rows))[0].epochs)


def _stepped(height_mV: float, start: int = 100, length: int = 100, rise: int = 1, noise_mV: float = 0.0) -> FloatArray:
    """A recorded voltage with a step that rises linearly over some samples, and back."""
    samples = np.arange(400.0)
    up = np.clip((samples - start + 1) / rise, 0.0, 1.0)
    down = np.clip((samples - start - length + 1) / rise, 0.0, 1.0)
    return (-80.0 + height_mV * (up - down))[None] + white((1, 400), 2, noise_mV)


def steps_in_a_recorded_voltage() -> Answers:
    """Smallest jump, alone and in noise, slowest rise, shortest epoch, and most jumps of a recorded voltage."""
    heights = tuple(0.5 * 1.05**n for n in range(80))

    def train(jumps: int) -> FloatArray:
        rows = np.full((1, 40 + 12 * jumps), -80.0)
        for n in range(jumps):
            rows[0, 20 + 12 * n :] += 20.0 if n % 2 == 0 else -20.0
        return rows

    return {
        "jump_mV": exactly(first((0.8, 1.1, 1.9, 2.1, 3.9, 4.1), lambda mV: _epochs(_stepped(mV)) > 1), 2.1),
        "jump_in_noise_mV": turning(heights, lambda mV: _epochs(_stepped(mV, noise_mV=0.5)) == 3),
        "rise": exactly(first(range(1, 40), lambda n: _epochs(_stepped(10.0, rise=n)) == 1), 15.0),
        "samples": exactly(first(range(2, 30), lambda n: _epochs(_stepped(10.0, length=n)) == 3), 8.0),
        "jumps": exactly(turning(range(10, 100, 2), lambda n: _epochs(train(n)) == 1), 42.0),
    }


def levels_in_a_recorded_voltage() -> Answers:
    """Slope of a plateau that is a ramp, and bend of a ramp that is neither."""

    def shape(change_mV: float, bend_mV: float = 0.0) -> Shape:
        rows = _stepped(30.0)
        time = np.linspace(0.0, 1.0, 100)
        rows[0, 100:200] += change_mV * time + bend_mV * np.sin(2 * np.pi * time)
        return commands_from_samples(list(rows))[0].epochs[1].shape

    changes = tuple(0.2 * 1.05**n for n in range(80))
    return {
        "plateau_mV": turning(changes, lambda change: shape(change) is not Shape.STEP),
        "bend_mV": turning(changes, lambda bend: shape(10.0, bend) is Shape.SAMPLES),
    }


def a_constant_command() -> Answers:
    """Change of the command from which it is not constant."""
    made = {mV: _made(level_mV=-80.0 + mV).command for mV in (0.3, 0.45, 0.55, 0.9, 1.1, 1.5, 1.9, 2.1)}
    return {"change_mV": exactly(first(made, lambda mV: not is_constant(made[mV])), 1.1)}


def columns_of_time() -> Answers:
    """Unevenness of a time column, and difference of its rate from the declared one, that refuse a file."""
    sizes = (0.0004, 0.00045, 0.00055, 0.0009, 0.0011, 0.0015, 0.0019, 0.0021)
    declared = {"holding_mV": -80.0, "epochs": [{"step": -80.0, "ms": 1.0}], "current_unit": "pA"}
    protocol = Protocol.model_validate({**declared, "sample_rate_Hz": 10_000.0})

    def table(step: float, uneven: float = 0.0) -> FloatArray:
        time = np.arange(10.0)
        time[5] += uneven
        return np.column_stack([step * time, np.arange(10.0)])

    def sweeps(numbers: FloatArray) -> int:
        array = StoredArray.of(numbers, FILE)
        return len(plain_arrays._traces_of(array, ReadingOptions(protocol=protocol), FILE, is_text=True))

    def disagrees(off: float) -> bool:
        return _refused(lambda: sweeps(table(1e-4 * (1.0 + off))))

    def uneven(part: float) -> bool:
        return _refused(lambda: atf._sampling_rate_Hz(table(1.0, part)[:, 0], FILE))

    return {
        "uneven": exactly(first(sizes, lambda part: sweeps(table(1e-4, part)) == 2), 0.0011),
        "off": exactly(first(sizes, disagrees), 0.0011),
        "atf": exactly(first((0.2, 0.25, 0.28, 0.45, 0.56, 0.9, 1.0, 1.15), uneven), 0.56),
    }


def a_recording_entered_twice() -> Answers:
    """Difference of two currents, relative to the largest, with which they are two recordings; currents compared."""
    rows = white((3, 400), 5, 50.0)
    made = recording([flat(("A", 400, -60.0))] * 3, rows)
    one = fingerprint(made) or ""
    largest = float(np.abs(np.array(one.split()[2:], dtype=float)).max())

    def other(relative: float) -> bool:
        moved = fingerprint(recording([flat(("A", 400, -60.0))] * 3, rows + relative * largest)) or ""
        return same_recording(one, [moved]) == [False]

    sizes = (3e-5, 4.5e-5, 5.5e-5, 9e-5, 1.1e-4, 1.5e-4, 1.9e-4, 2.1e-4)
    return {"relative": exactly(first(sizes, other), 1.1e-4), "currents": len(one.split()) - 2}


def _runs(rows: FloatArray, starts: FloatArray | None = None) -> int:
    numbers = list(range(len(rows)))
    times = np.arange(float(len(rows))) if starts is None else starts
    return len(runs_of(list(rows), times.tolist(), numbers))


def runs_in_a_file() -> Answers:
    """Pause, difference of commands, noise, ramp, length and jump that start another run."""

    def steps(levels: FloatArray, samples: int = 640) -> FloatArray:
        rows = np.full((levels.size, samples), -80.0)
        rows[:, samples // 4 : 3 * samples // 4] = levels[:, None]
        return rows

    family = np.arange(-60.0, 21.0, 20.0)

    def pause(ratio: float) -> bool:
        return _runs(steps(family), np.cumsum([0.0, 1.0, 1.0, ratio, 1.0])) > 1

    def returns(difference: float, noise_mV: float = 0.0) -> bool:
        """Levels that come back after another one; they differ by so much from the first."""
        rows = steps(np.array([-60.0, -40.0, 40.0, -60.0 + difference, -40.0 + difference]))
        return _runs(rows + white(rows.shape, 3, noise_mV)) == 1

    def ramp(height: float) -> bool:
        rows = np.concatenate([steps(family[:3]), np.full((2, 640), -80.0)])
        rows[3:, 160:480] = -80.0 + 30.0 + height * np.arange(320) / 320
        return _runs(rows) > 1

    def length(samples: int) -> bool:
        return _runs(steps(np.array([*family, *family]), samples)) > 1

    def jump(ratio: float) -> bool:
        return _runs(steps(np.array([*family, family[-1] - 20.0 * ratio]))) > 1

    def direction(cosine: float) -> bool:
        """A jump of two levels of which only part goes back, at this cosine."""
        rows = steps(family)
        back = rows[-1:] + 60.0 * cosine * (rows[1:2] - rows[:1]) / 20.0
        back[0, :160] += 60.0 * (2.0 * (1.0 - cosine**2)) ** 0.5
        return _runs(np.concatenate([rows, back])) > 1

    ratios = (0.6, 0.7, 0.8, 1.2, 1.4, 1.6, 2.5, 2.9, 3.1)
    cosines = (-0.1, -0.2, -0.3, -0.4, -0.45, -0.55, -0.7, -0.9, -0.99)
    return {
        "pause": exactly(first((1.5, 1.9, 2.1, 3.0, 3.9, 4.1, 6.0, 7.9, 8.1), pause), 4.1),
        "difference_mV": exactly(first((0.3, 0.45, 0.55, 0.9, 1.1, 1.5, 1.9, 2.1), returns), 1.1),
        "noisy_mV": first((0.05 * 1.2**n for n in range(40)), lambda mV: returns(mV, 3.0)),
        "ramp_mV": exactly(first((8.0, 9.5, 11.0, 19.0, 21.0, 30.0, 39.0, 41.0), ramp), 21.0),
        "samples": first((16, 24, 28, 36, 44, 52, 60, 68, 76), length),
        "jump": first(ratios, jump),
        "cosine": first(cosines, direction),
    }


def a_column_like_the_command() -> Answers:
    """Distance of a column of numbers from the command up to which it is a recorded voltage; and rounded times."""
    command_mV = np.repeat([-80.0, -20.0], 50)
    distances = (0.5, 0.9, 1.1, 1.5, 1.9, 2.1, 3.0, 3.9, 4.1)

    def away(part: float) -> bool:
        values = np.where(np.arange(100) < 100 * part, 500.0, command_mV)
        return not array_layout.follows_command(values, command_mV)

    def is_time(count: int) -> bool:
        times = np.arange(float(count))
        times[1] += 0.3
        return plain_arrays._is_time(times)

    return {
        "current_mV": exactly(
            first(distances, lambda mV: not array_layout.follows_command(command_mV + mV, command_mV)), 2.1
        ),
        "settling": exactly(first((0.05, 0.08, 0.12, 0.3, 0.5, 0.6, 0.8), away), 0.12),
        "rounded": exactly(first(range(4, 60), is_time), 20.0),
    }


def values_of_an_axon_header() -> Answers:
    """Largest telegraphed R_s that is used, and shortest and longest interval between samples."""

    def used(rs_MOhm: float) -> bool:
        numbers = {"telegraph_cm_pF": 0.0, "telegraph_gain": 0.0, "telegraph_filter_Hz": 0.0}
        current: Any = SimpleNamespace(telegraphed=True, telegraph_rs_MOhm=rs_MOhm, **numbers)
        return reader.telegraph_of(current).rs_MOhm is not None

    def refused(interval_us: float) -> bool:
        header: Any = SimpleNamespace(sample_interval_us=interval_us, inputs=(1,))
        return _refused(lambda: read_header._check_channels_and_rate(header, FILE))

    return {
        "rs_MOhm": exactly(_limit(1000.0, lambda rs: not used(rs)), 1100.0),
        "shortest_us": exactly(_limit(0.1, lambda us: not refused(us)), 0.11),
        "longest_us": exactly(_limit(1e8, refused), 1.1e8),
    }


CASES = (
    impossible_recordings,
    a_current_at_the_limit_of_the_digitiser,
    a_sweep_that_is_missing,
    a_voltage_recorded_with_the_current,
    steps_in_a_recorded_voltage,
    levels_in_a_recorded_voltage,
    a_constant_command,
    columns_of_time,
    a_recording_entered_twice,
    runs_in_a_file,
    a_column_like_the_command,
    values_of_an_axon_header,
)
