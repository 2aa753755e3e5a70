"""How well a reconstructed command agrees with a voltage that was recorded beside the current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.command.waveform import expand
from reversal.recordings.recording import CommandUnknown, Epoch, Shape, SweepCommand

TOLERANCE_MV = 0.5
EDGE_SAMPLES = 2
FEWEST_SAMPLES, FEWEST_TO_SETTLE = 5, 20  # of an epoch between its edges, to be compared


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where a command and a recorded voltage part most: sweep, epoch, and recorded minus command [mV]."""

    sweep: int
    epoch: Epoch
    by_mV: float


def worst_disagreement(
    commands: Sequence[SweepCommand], recorded_mV: Sequence[SampleArray], *, exact: bool
) -> Disagreement | None:
    """Largest difference between command and recorded voltage in any epoch of any sweep, edges left out.

    recorded_mV : one array a sweep [mV]
    exact : the channel is a copy of the command, so every sample counts; else it is a membrane's voltage, which
        needs time to settle and has noise, and the median of each epoch's second half counts
    """
    worst: Disagreement | None = None
    for n, (command, voltage) in enumerate(zip(commands, recorded_mV, strict=True)):
        difference = np.asarray(voltage, dtype=float) - expand(command, len(voltage))
        for epoch in command.epochs:
            inner = difference[epoch.start + EDGE_SAMPLES : epoch.stop - EDGE_SAMPLES]
            if inner.size < (FEWEST_SAMPLES if exact else FEWEST_TO_SETTLE):
                continue
            by = float(inner[np.argmax(np.abs(inner))] if exact else np.median(inner[inner.size // 2 :]))
            if worst is None or abs(by) > abs(worst.by_mV):
                worst = Disagreement(n, epoch, by)
    return worst


def must_agree(worst: Disagreement | None, channel: str, file: Path) -> None:
    """Refuse a command that a recorded voltage contradicts; a channel too short to compare refuses nothing."""
    if worst is None or abs(worst.by_mV) <= TOLERANCE_MV:
        return
    kind = "" if worst.epoch.shape is Shape.HOLD else "epoch "
    raise CommandUnknown(
        f"the command and the recorded voltage '{channel}' disagree by {worst.by_mV:+.1f} mV",
        file=file,
        place=f"sweep {worst.sweep}, {kind}{worst.epoch.name}",
        found=f"{worst.epoch.level_mV + worst.by_mV:.1f} mV recorded",
        expected=f"{worst.epoch.level_mV:.1f} mV by the header, within {TOLERANCE_MV} mV",
        remedy="The amplifier may not have followed the command (wrong gain, holding set by hand, current clamp); "
        "declare the protocol if the command is known",
    )
