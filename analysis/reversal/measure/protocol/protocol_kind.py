"""Kind of a protocol (step, ramp or tail), from the measured epoch and the one before it."""

from __future__ import annotations

from collections.abc import Sequence

from reversal.measure.protocol.protocol_constants import MIN_CONDITIONING_mV
from reversal.recordings.recording.recording import Epoch, Shape


def protocol_kind(commands: Sequence[Sequence[Epoch]], index: int) -> str:
    """Name the protocol around the measured epoch: step, ramp, tail or other."""
    first = commands[0]
    if first[index].shape is Shape.RAMP:
        return "ramp"
    if not is_flat(first[index]):
        return "other"
    return "tail" if follows_conditioning(first, index) else "step"


def is_flat(epoch: Epoch) -> bool:
    """Whether an epoch keeps one level."""
    return epoch.shape in (Shape.STEP, Shape.HOLD)


def follows_conditioning(epochs: Sequence[Epoch], index: int) -> bool:
    """Whether an epoch directly follows a conditioning step: then it is a tail."""
    if index == 0 or epochs[index - 1].shape is not Shape.STEP:
        return False
    if epochs[index - 1].stop != epochs[index].start:
        return False
    holding = epochs[0].level_mV
    return abs(epochs[index - 1].level_mV - holding) >= MIN_CONDITIONING_mV
