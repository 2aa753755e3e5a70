"""How well a command agrees with a voltage that was recorded together with the current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.command.waveform import epoch_samples
from reversal.recordings.recording.recording import CommandUnknown, Epoch, Shape, SweepCommand
from reversal.recordings.recording.stored_samples import Samples, every
from reversal.recordings.recordings_constants import (
    COMMAND_EDGE_SAMPLES,
    MIN_COPY_SAMPLES,
    MIN_MEMBRANE_SAMPLES,
    WHOLE_SAMPLES,
    COMMAND_TOLERANCE_mV,
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Difference, recorded voltage minus command [mV], in an epoch of a sweep."""

    sweep: int
    epoch: Epoch
    difference_mV: float


def largest_disagreement(
    commands: Sequence[SweepCommand], recorded_mV: Sequence[Samples], *, is_copy: bool
) -> Disagreement | None:
    """Largest difference between command and recorded voltage over all epochs and sweeps; None if none is long enough.

    recorded_mV : one array per sweep [mV]
    is_copy : True for a recorded copy of the command: every sample counts. False for a membrane voltage, which settles
        and has noise: the median of the second half of each epoch counts.
    """
    largest: Disagreement | None = None
    for n, (command, voltage) in enumerate(zip(commands, recorded_mV, strict=True)):
        for epoch in command.epochs:
            start, stop = epoch.start + COMMAND_EDGE_SAMPLES, min(epoch.stop - COMMAND_EDGE_SAMPLES, voltage.size)
            if stop - start < (MIN_COPY_SAMPLES if is_copy else MIN_MEMBRANE_SAMPLES):
                continue
            value = (_largest_mV if is_copy else _middle_mV)(command, epoch, voltage, range(start, stop))
            if largest is None or abs(value) > abs(largest.difference_mV):
                largest = Disagreement(n, epoch, value)
    return largest


def _largest_mV(command: SweepCommand, epoch: Epoch, voltage: Samples, inner: range) -> float:
    """Largest difference of the samples in the inner part of an epoch."""
    found = []
    for first in range(inner.start, inner.stop, WHOLE_SAMPLES):
        apart = _apart_mV(command, epoch, voltage, range(first, min(first + WHOLE_SAMPLES, inner.stop)))
        found.append(float(apart[np.argmax(np.abs(apart))]))
    return max(found, key=abs)


def _middle_mV(command: SweepCommand, epoch: Epoch, voltage: Samples, inner: range) -> float:
    """Median difference in the second half of the inner part of an epoch."""
    half = range(inner.start + len(inner) // 2, inner.stop)
    return float(np.median(_apart_mV(command, epoch, voltage, half[:: every(len(half))])))


def _apart_mV(command: SweepCommand, epoch: Epoch, voltage: Samples, at: range) -> FloatArray:
    """Recorded voltage minus command at some samples of a sweep."""
    if command.samples is None:
        expected = epoch_samples(epoch, at.start - epoch.start, at.stop - epoch.start, at.step)
    else:
        expected = np.asarray(command.samples[at.start : at.stop : at.step], dtype=float)
    return np.asarray(voltage[at.start : at.stop : at.step], dtype=float) - expected


def refuse_disagreement(
    largest: Disagreement | None, channel: str, file: Path, numbers: Sequence[int] | None = None
) -> None:
    """Raise CommandUnknown if the recorded voltage differs from the command by more than the tolerance.

    numbers : numbers of the compared sweeps in the file; None if all were compared
    """
    if largest is None or abs(largest.difference_mV) <= COMMAND_TOLERANCE_mV:
        return
    kind = "" if largest.epoch.shape is Shape.HOLD else "epoch "
    raise CommandUnknown(
        f"the recorded voltage '{channel}' differs from the command by {largest.difference_mV:+.1f} mV",
        file=file,
        place=f"sweep {largest.sweep if numbers is None else numbers[largest.sweep]}, {kind}{largest.epoch.name}",
        found=f"{largest.epoch.level_mV + largest.difference_mV:.1f} mV recorded",
        expected=f"the command of {largest.epoch.level_mV:.1f} mV within {COMMAND_TOLERANCE_mV} mV",
        remedy="The amplifier may not have followed the command (wrong gain, manual holding, current clamp); "
        "if the true command is known, declare the protocol",
    )
