"""Recordings made of any currents and any epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.recording.recording import (
    Channel,
    Command,
    Epoch,
    Evidence,
    Recording,
    Shape,
    Sweep,
    SweepCommand,
    Telegraph,
)

CHANNEL = Channel("IN 0", "pA", "current")


def steps(*parts: tuple[float, int]) -> tuple[Epoch, ...]:
    """Epochs of one sweep from level [mV] and number of samples; the first and the last one are at holding."""
    made, start = list[Epoch](), 0
    for n, (level_mV, samples) in enumerate(parts):
        name = "before" if n == 0 else "after" if n == len(parts) - 1 and n > 1 else chr(ord("A") + n - 1)
        shape = Shape.HOLD if name in ("before", "after") else Shape.STEP
        made.append(Epoch(name, shape, start, start + samples, level_mV, level_mV))
        start += samples
    return tuple(made)


def recording(
    rows: FloatArray,
    commands: Sequence[Sequence[Epoch]],
    rate_Hz: float = 10000.0,
    telegraph: Telegraph | None = None,
    limit_pA: float | None = None,
) -> Recording:
    """Currents (sweeps, samples) under the command of each sweep."""
    return Recording(
        "f.abf",
        "0" * 64,
        "ABF",
        rate_Hz,
        tuple(Sweep(2.0 * n, np.array(row)) for n, row in enumerate(rows)),
        Command(tuple(SweepCommand(tuple(one)) for one in commands), Evidence.RECONSTRUCTED, ""),
        CHANNEL,
        (CHANNEL,),
        telegraph or Telegraph(),
        digitiser_limit_pA=limit_pA,
    )
