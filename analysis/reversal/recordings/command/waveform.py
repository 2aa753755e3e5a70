"""The command as samples: the epochs of a sweep are expanded when needed.

Shapes follow pClamp. A ramp reaches its level with its last sample. Trains start with a pulse and have whole periods; a
last pulse is added if it fits whole, and the rest of the epoch stays at the level between the pulses.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.recordings.recording.recording import Command, Epoch, Shape, SweepCommand
from reversal.recordings.recording.stored_samples import extremes
from reversal.recordings.recordings_constants import MIN_COMMAND_CHANGE_mV


def expand(command: SweepCommand, samples: int, step: int = 1) -> FloatArray:
    """Command of one sweep, or every step-th of its samples [mV]. After the last epoch its level continues."""
    if command.samples is not None:
        same_length = command.samples.size == samples
        return (command.samples[::step] if same_length else np.resize(command.samples[:], samples)[::step]).astype(
            float
        )
    wave = np.empty(-(-samples // step))
    for epoch in command.epochs:
        first = -(-epoch.start // step)
        part = epoch_samples(epoch, first * step - epoch.start, samples - epoch.start, step)
        wave[first : first + part.size] = part
    if command.epochs and command.epochs[-1].stop < samples:
        wave[-(-command.epochs[-1].stop // step) :] = command.epochs[-1].level_mV
    return wave


def epoch_samples(epoch: Epoch, start: int = 0, stop: int | None = None, step: int = 1) -> FloatArray:
    """Samples of one epoch, or some of them, counted from its start [mV]."""
    end = epoch.stop - epoch.start
    return _SHAPES[epoch.shape](epoch, np.arange(start, end if stop is None else min(stop, end), step))


def epoch_name(number: int) -> str:
    """Letter of an epoch, as acquisition software names it: A … Z, AA …."""
    letters = chr(ord("A") + number % 26)
    return letters if number < 26 else epoch_name(number // 26 - 1) + letters


def is_constant(command: Command) -> bool:
    """True if the command is the same in all samples of all sweeps, so that there is no I–V."""
    levels: set[float] = set()
    for sweep in command.sweeps:
        if sweep.samples is not None:
            levels.update(float(level) for level in extremes(sweep.samples))
        for epoch in sweep.epochs:
            if epoch.stop > epoch.start and epoch.shape is not Shape.SAMPLES:
                levels.update((epoch.from_mV, epoch.level_mV))
    return not levels or max(levels) - min(levels) < MIN_COMMAND_CHANGE_mV


def _flat(epoch: Epoch, n: NDArray[np.intp]) -> FloatArray:
    return np.full(n.size, epoch.level_mV, dtype=float)


def _ramp(epoch: Epoch, n: NDArray[np.intp]) -> FloatArray:
    return epoch.from_mV + (epoch.level_mV - epoch.from_mV) * (n + 1) / max(epoch.stop - epoch.start, 1)


def _train(
    epoch: Epoch, n: NDArray[np.intp], shape: Callable[[FloatArray, int, int], FloatArray], *, partial: bool
) -> FloatArray:
    """Repeat a shape of amplitude 1. ``partial``: an incomplete last period has a pulse if the pulse fits whole."""
    period, width = epoch.period or 0, epoch.width or 0
    size = epoch.stop - epoch.start
    rest = size % period
    last = size if partial and rest >= width else size - rest
    height = np.where(n < last, shape((n % period).astype(float), period, width), 0.0)
    return epoch.from_mV + (epoch.level_mV - epoch.from_mV) * height


def _pulses(epoch: Epoch, n: NDArray[np.intp]) -> FloatArray:
    return _train(epoch, n, lambda k, _, width: np.where(k < width, 1.0, 0.0), partial=True)


def _biphasic(epoch: Epoch, n: NDArray[np.intp]) -> FloatArray:
    def shape(k: FloatArray, _: int, width: int) -> FloatArray:
        return np.where(k < width // 2, 1.0, np.where(k < width, -1.0, 0.0))

    return _train(epoch, n, shape, partial=True)


def _triangle(epoch: Epoch, n: NDArray[np.intp]) -> FloatArray:
    def shape(k: FloatArray, period: int, width: int) -> FloatArray:
        return np.where(k < width, k / width, 1.0 - (k - width) / (period - width))

    return _train(epoch, n, shape, partial=False)


def _cosine(epoch: Epoch, n: NDArray[np.intp]) -> FloatArray:
    return _train(epoch, n, lambda k, period, _: 0.5 - 0.5 * np.cos(2 * np.pi * k / period), partial=False)


def _no_samples(epoch: Epoch, _: NDArray[np.intp]) -> FloatArray:
    raise ValueError(f"epoch {epoch.name} is defined by samples, but its sweep has no samples")


_SHAPES: dict[Shape, Callable[[Epoch, NDArray[np.intp]], FloatArray]] = {
    Shape.HOLD: _flat,
    Shape.STEP: _flat,
    Shape.RAMP: _ramp,
    Shape.PULSES: _pulses,
    Shape.TRIANGLE: _triangle,
    Shape.COSINE: _cosine,
    Shape.BIPHASIC: _biphasic,
    Shape.SAMPLES: _no_samples,
}
