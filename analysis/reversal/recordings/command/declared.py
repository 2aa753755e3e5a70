"""The command of each sweep from a protocol that the user declared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reversal.experiment.protocols import DeclaredEpoch, Level, Levels, Protocol
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.recording.recording import CommandUnknown, Epoch, Shape, SweepCommand, SweepSelection


def declared_commands(
    protocol: Protocol, sweep_lengths: Sequence[int], sample_rate_Hz: float, file: Path, selection: SweepSelection
) -> tuple[SweepCommand, ...]:
    """Command of every used sweep by a declared protocol.

    sweep_lengths : samples of each used sweep
    selection : which sweeps of the file these are

    A list of levels has one level for each sweep of the file, or one for each sweep that the sheet chooses; sweeps that
    are left out because of a mark are counted. Raises CommandUnknown if the protocol has levels for another number of
    sweeps, or is longer than a sweep.
    """
    levels = [_start_and_stop_levels(epoch, selection, file) for epoch in protocol.epochs]
    return tuple(
        SweepCommand(_epochs(protocol, [by_sweep[n] for by_sweep in levels], samples, sample_rate_Hz, number, file))
        for n, (number, samples) in enumerate(zip(selection.numbers, sweep_lengths, strict=True))
    )


def _epochs(
    protocol: Protocol, levels: list[tuple[float, float]], samples: int, rate_Hz: float, n: int, file: Path
) -> tuple[Epoch, ...]:
    epochs: list[Epoch] = []
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
        epochs.append(Epoch(epoch_name(k), shape, start, stop, first, last))
        start = stop
    if start < samples:
        epochs.append(Epoch("after", Shape.HOLD, start, samples, protocol.holding_mV, protocol.holding_mV))
    return tuple(epochs)


def _start_and_stop_levels(epoch: DeclaredEpoch, sweeps: SweepSelection, file: Path) -> list[tuple[float, float]]:
    """Level at the start and at the end of an epoch, in every used sweep [mV]."""
    if epoch.ramp is not None:
        first = _by_sweep(epoch.ramp.start_mV, sweeps, file)
        return list(zip(first, _by_sweep(epoch.ramp.stop_mV, sweeps, file), strict=True))
    assert epoch.step is not None
    steps = _by_sweep(epoch.step, sweeps, file)
    return list(zip(steps, steps, strict=True))


def _by_sweep(level: Level, sweeps: SweepSelection, file: Path) -> list[float]:
    """Level of every used sweep [mV]."""
    if isinstance(level, float | int):
        return [float(level)] * len(sweeps.numbers)
    levels = list(level.by_sweep()) if isinstance(level, Levels) else [float(value) for value in level]
    for numbers in (sweeps.chosen, range(sweeps.in_file)):
        if len(levels) == len(numbers):
            by_number = dict(zip(numbers, levels, strict=True))
            return [by_number[number] for number in sweeps.numbers]
    marked = f", {len(sweeps.marked)} of them left out by a mark" if sweeps.marked else ""
    raise CommandUnknown(
        "the declared protocol and the file have different numbers of sweeps",
        file=file,
        found=f"{len(sweeps.chosen)} sweeps{marked}",
        expected=f"{len(levels)} levels: {', '.join(f'{value:g}' for value in levels[:12])}",
        remedy="Correct 'from', 'to' and 'by', or list one level per sweep",
    )
