"""Recordings, curves and points made by hand, of which every number is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points
from reversal.measure.protocol.sweeps import Sweeps
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
from reversal.tables.iv_table import IVKind

Part = tuple[str, int, float]
"""A flat part of a command: name, samples, level [mV]."""
CURRENT = Channel("I", "pA", "current")
RATE_Hz = 10_000.0


def flat(*parts: Part, ramp_from_mV: float | None = None) -> tuple[Epoch, ...]:
    """Epochs of flat parts in order; the last one is a ramp from a level if that is given."""
    epochs: list[Epoch] = []
    start = 0
    for n, (name, samples, level_mV) in enumerate(parts):
        is_ramp = ramp_from_mV is not None and n == len(parts) - 1
        shape = Shape.RAMP if is_ramp else Shape.HOLD if name in ("before", "after") else Shape.STEP
        from_mV = ramp_from_mV if is_ramp and ramp_from_mV is not None else level_mV
        epochs.append(Epoch(name, shape, start, start + samples, from_mV, level_mV))
        start += samples
    return tuple(epochs)


def recording(
    commands: Sequence[tuple[Epoch, ...]],
    rows: FloatArray | None = None,
    rate_Hz: float = RATE_Hz,
    telegraph: Telegraph | None = None,
    limit_pA: float | None = None,
) -> Recording:
    """A recording of the commands, one a sweep; rows : currents (sweeps, samples) [pA], 0 without them."""
    i_pA = np.zeros((len(commands), commands[0][-1].stop)) if rows is None else rows
    return Recording(
        file="made.abf",
        sha256="0" * 64,
        format="made",
        sample_rate_Hz=rate_Hz,
        sweeps=tuple(Sweep(float(n), row) for n, row in enumerate(i_pA)),
        command=Command(tuple(SweepCommand(epochs) for epochs in commands), Evidence.RECONSTRUCTED, "made"),
        current_channel=CURRENT,
        channels=(CURRENT,),
        telegraph=telegraph or Telegraph(),
        digitiser_limit_pA=limit_pA,
    )


def sweeps(
    commands: Sequence[tuple[Epoch, ...]],
    rows: FloatArray | None = None,
    rate_Hz: float = RATE_Hz,
    telegraph: Telegraph | None = None,
    limit_pA: float | None = None,
) -> Sweeps:
    """The stacked sweeps of :func:`recording`."""
    return Sweeps.of(recording(commands, rows, rate_Hz, telegraph, limit_pA))


def curve(v_mV: FloatArray, i_pA: FloatArray, kind: IVKind = IVKind.STEADY, se_pA: float = 1.0) -> IVCurve:
    """An I–V with one sweep a voltage."""
    n = v_mV.size
    return IVCurve(kind, np.arange(n), v_mV, i_pA, np.full(n, se_pA), 50.0, np.zeros((n, 2)), 60)


def points(v_mV: FloatArray, i_pA: FloatArray, se_pA: float = 1.0, dof: int = 60) -> Points:
    """Points of an I–V with equal errors."""
    return Points(v_mV, i_pA, np.full(v_mV.size, se_pA), dof)


def white(shape: tuple[int, ...], seed: int, sd: float = 1.0) -> FloatArray:
    """White noise."""
    return sd * np.random.default_rng(seed).standard_normal(shape)
