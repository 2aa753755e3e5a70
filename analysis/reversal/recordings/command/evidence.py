"""How well a command agrees with a voltage that was recorded together with the current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reversal.recordings.command.waveform import expand
from reversal.recordings.recording.recording import CommandUnknown, Epoch, Shape, SweepCommand
from reversal.recordings.recording.stored_samples import Samples
from reversal.recordings.recordings_constants import (
    COMMAND_EDGE_SAMPLES,
    MIN_COPY_SAMPLES,
    MIN_MEMBRANE_SAMPLES,
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
        difference = np.asarray(voltage[:], dtype=float) - expand(command, voltage.size)
        for epoch in command.epochs:
            inner = difference[epoch.start + COMMAND_EDGE_SAMPLES : epoch.stop - COMMAND_EDGE_SAMPLES]
            if inner.size < (MIN_COPY_SAMPLES if is_copy else MIN_MEMBRANE_SAMPLES):
                continue
            value = float(inner[np.argmax(np.abs(inner))] if is_copy else np.median(inner[inner.size // 2 :]))
            if largest is None or abs(value) > abs(largest.difference_mV):
                largest = Disagreement(n, epoch, value)
    return largest


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
