"""A protocol the user declared, laid out as epochs in samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reversal.experiment.protocols import DeclaredEpoch, Level, Levels, Protocol
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording import CommandUnknown, Epoch, Shape, SweepCommand


def declared_command(
    protocol: Protocol, sweep_lengths: Sequence[int], sample_rate_Hz: float, file: Path
) -> tuple[SweepCommand, ...]:
    """Command of every sweep by a declared protocol.

    sweep_lengths : samples of each sweep

    Raises CommandUnknown where the protocol gives levels for another number of sweeps or is longer than a sweep.
    """
    levels = [_levels_of(epoch, len(sweep_lengths), file) for epoch in protocol.epochs]
    return tuple(
        SweepCommand(_sweep(protocol, [of[n] for of in levels], samples, sample_rate_Hz, n, file))
        for n, samples in enumerate(sweep_lengths)
    )


def _sweep(
    protocol: Protocol, levels: list[tuple[float, float]], samples: int, rate_Hz: float, n: int, file: Path
) -> tuple[Epoch, ...]:
    laid: list[Epoch] = []
    elapsed_ms, start = 0.0, 0
    for k, (epoch, (first, last)) in enumerate(zip(protocol.epochs, levels, strict=True)):
        elapsed_ms += epoch.ms
        stop = round(elapsed_ms * 1e-3 * rate_Hz)
        if stop > samples:
            raise CommandUnknown(
                "the declared protocol is longer than the sweep",
                file=file,
                place=f"sweep {n}, epoch {epoch_name(k)}",
                found=f"{samples / rate_Hz * 1e3:g} ms",
                expected=f"at least {elapsed_ms:g} ms",
                remedy="Correct the durations or the sampling rate of the protocol",
            )
        shape = Shape.STEP if epoch.step is not None else Shape.RAMP
        laid.append(Epoch(epoch_name(k), shape, start, stop, first, last))
        start = stop
    if start < samples:
        laid.append(Epoch("after", Shape.HOLD, start, samples, protocol.holding_mV, protocol.holding_mV))
    return tuple(laid)


def _levels_of(epoch: DeclaredEpoch, sweeps: int, file: Path) -> list[tuple[float, float]]:
    """First and last level of an epoch in every sweep."""
    if epoch.ramp is not None:
        first = _by_sweep(epoch.ramp.start_mV, sweeps, file)
        return list(zip(first, _by_sweep(epoch.ramp.stop_mV, sweeps, file), strict=True))
    assert epoch.step is not None
    steps = _by_sweep(epoch.step, sweeps, file)
    return list(zip(steps, steps, strict=True))


def _by_sweep(level: Level, sweeps: int, file: Path) -> list[float]:
    if isinstance(level, float | int):
        return [float(level)] * sweeps
    given = list(level.by_sweep()) if isinstance(level, Levels) else [float(value) for value in level]
    if len(given) != sweeps:
        raise CommandUnknown(
            "the declared protocol has levels for another number of sweeps",
            file=file,
            found=f"{sweeps} sweeps",
            expected=f"{len(given)} levels: {', '.join(f'{value:g}' for value in given[:12])}",
            remedy="Correct 'from', 'to' and 'by', or list one level a sweep",
        )
    return given
