"""A recording with voltage and current of the opposite sign: the pipette of a cell-attached or inside-out patch."""

from __future__ import annotations

from dataclasses import replace

from reversal.recordings.recording.recording import Command, Epoch, Recording, Sweep, SweepCommand
from reversal.recordings.recording.stored_samples import negated


def inverted(recording: Recording) -> Recording:
    """The same recording seen from the other side of the membrane."""
    commands = tuple(_command(sweep) for sweep in recording.command.sweeps)
    return replace(
        recording,
        sweeps=tuple(_sweep(sweep) for sweep in recording.sweeps),
        command=Command(commands, recording.command.evidence, recording.command.basis),
    )


def _sweep(sweep: Sweep) -> Sweep:
    voltage = None if sweep.voltage is None else negated(sweep.voltage)
    return Sweep(sweep.start_s, negated(sweep.current), voltage)


def _command(command: SweepCommand) -> SweepCommand:
    samples = None if command.samples is None else negated(command.samples)
    return SweepCommand(tuple(_epoch(epoch) for epoch in command.epochs), samples)


def _epoch(epoch: Epoch) -> Epoch:
    return replace(epoch, from_mV=0.0 - epoch.from_mV, level_mV=0.0 - epoch.level_mV)
