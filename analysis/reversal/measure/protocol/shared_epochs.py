"""Stretches of the command that all sweeps of a recording share."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.protocol.protocol_constants import MAX_TEST_STEP_mV, MIN_TEST_STEP_mV
from reversal.recordings.recording.recording import Epoch, Recording, Shape

FLAT_SHAPES = (Shape.STEP, Shape.HOLD)


@dataclass(frozen=True, slots=True)
class Flat:
    """A stretch at one level, the same samples in every sweep."""

    start: int
    stop: int
    level_mV: float


@dataclass(frozen=True, slots=True)
class Step:
    """Steps from one level to another, one per sweep.

    sweeps : numbers of the sweeps; starts : first sample of the step in each
    change_mV : height of each, shape (sweeps,)
    length, before_length : samples at the new and at the old level
    """

    sweeps: tuple[int, ...]
    starts: tuple[int, ...]
    change_mV: FloatArray
    length: int
    before_length: int


def common_flats(recording: Recording) -> list[Flat]:
    """Flat stretches at the start of the sweeps that all sweeps share; neighbours of one level are joined."""
    commands = [command.epochs for command in recording.command.sweeps]
    found: list[Flat] = []
    if not commands:
        return found
    for n, first in enumerate(commands[0]):
        if first.shape not in FLAT_SHAPES or not _shared(first, n, commands):
            break
        if first.stop <= first.start:
            continue
        if found and found[-1].level_mV == first.level_mV:
            found[-1] = Flat(found[-1].start, first.stop, first.level_mV)
        else:
            found.append(Flat(first.start, first.stop, first.level_mV))
    return found


def steps_of(recording: Recording, flats: Sequence[Flat]) -> list[Step]:
    """Small steps for a membrane test, both edges.

    Those that all sweeps share before the family, else the small ones of the family, else shared ones anywhere.
    """
    everyone = tuple(range(len(recording.sweeps)))
    return (
        _small_steps(itertools.pairwise(flats), everyone)
        or _family_steps(recording, flats)
        or _small_steps(_shared_neighbours(recording), everyone)
    )


def _small_steps(neighbours: Iterable[tuple[Flat, Flat]], sweeps: tuple[int, ...]) -> list[Step]:
    """Steps of a membrane test's size between neighbouring flat stretches."""
    found = []
    for before, after in neighbours:
        change = after.level_mV - before.level_mV
        if MIN_TEST_STEP_mV <= abs(change) <= MAX_TEST_STEP_mV:
            starts, changes = tuple(after.start for _ in sweeps), np.full(len(sweeps), change)
            found.append(Step(sweeps, starts, changes, after.stop - after.start, before.stop - before.start))
    return found


def shared_flats(recording: Recording) -> list[Flat]:
    """Flat stretches that are the same in every sweep, anywhere in the sweep, in order."""
    flats = [
        {(e.start, e.stop, e.level_mV) for e in command.epochs if e.shape in FLAT_SHAPES and e.stop > e.start}
        for command in recording.command.sweeps
    ]
    return [Flat(*one) for one in sorted(set.intersection(*flats))]


def _shared_neighbours(recording: Recording) -> Iterator[tuple[Flat, Flat]]:
    """Neighbouring flat stretches that are the same in every sweep, anywhere in the sweep."""
    for before, after in itertools.pairwise(shared_flats(recording)):
        if before.stop == after.start:
            yield before, after


def _family_steps(recording: Recording, flats: Sequence[Flat]) -> list[Step]:
    """First edges of the family that are small enough, combined into one step."""
    if not flats:
        return []
    holding = flats[-1]
    small = []
    for sweep, command in enumerate(recording.command.sweeps):
        for epoch in command.epochs:
            if epoch.start == holding.stop and epoch.shape is Shape.STEP:
                change = epoch.level_mV - holding.level_mV
                if MIN_TEST_STEP_mV <= abs(change) <= MAX_TEST_STEP_mV:
                    small.append((sweep, change, epoch.stop - epoch.start))
    if not small:
        return []
    return [
        Step(
            tuple(sweep for sweep, _, _ in small),
            tuple(holding.stop for _ in small),
            np.array([change for _, change, _ in small]),
            min(length for _, _, length in small),
            holding.stop - holding.start,
        )
    ]


def _shared(first: Epoch, n: int, commands: list[tuple[Epoch, ...]]) -> bool:
    """Whether the n-th epoch is the same in every sweep."""
    start, stop, level, shape = first.start, first.stop, first.level_mV, first.shape
    for epochs in commands:
        if len(epochs) <= n:
            return False
        one = epochs[n]
        if one.start != start or one.stop != stop or one.level_mV != level or one.shape is not shape:
            return False
    return True
