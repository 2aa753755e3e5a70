"""Recordings of the simulated rig in memory, as a reader of recording files would return them.

The simulator imports nothing that it tests, so the step from its samples to a :class:`Recording` is made here. The
calibrations and the tests share it.
"""

from __future__ import annotations

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
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES, RigSolution
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import NO_LOSS, ChannelLoss, RecordingConditions, RigRecording, record
from reversal.simulate.stimulus_protocol import AbfProtocol, EpochKind

TEMPERATURE_C = 23.0
SHAPES = {EpochKind.STEP: Shape.STEP, EpochKind.RAMP: Shape.RAMP}


def conditions_in(bath: RigSolution) -> RecordingConditions:
    """A bath at the cell, with the amplifier zeroed in 5 mM K⁺ and a potassium-gluconate pipette, at 23 °C."""
    return RecordingConditions(PIPETTE, bath, SERIES[1], TEMPERATURE_C)


def recording_of(
    cell: Cell,
    amplifier: Amplifier,
    surroundings: RecordingConditions,
    protocol: AbfProtocol,
    seed: int,
    *,
    telegraphed: bool = True,
    loss: ChannelLoss = NO_LOSS,
) -> Recording:
    """Record a cell with the simulated rig.

    telegraphed : whether the amplifier reports R_s, compensation and C_m
    """
    made = record(cell, amplifier, surroundings, protocol, seed, loss)
    return in_memory(made, protocol, amplifier, cell, telegraphed=telegraphed)


def in_memory(
    made: RigRecording, protocol: AbfProtocol, amplifier: Amplifier, cell: Cell, *, telegraphed: bool = True
) -> Recording:
    """The recording with the samples and the command of the rig, and what the amplifier and the cell telegraph."""
    channel = Channel("Im", "pA", "current")
    commands = tuple(SweepCommand(epochs_of(protocol, sweep)) for sweep in range(protocol.sweeps))
    return Recording(
        file="rig.abf",
        sha256="0" * 64,
        format="rig",
        sample_rate_Hz=protocol.sample_rate_Hz,
        sweeps=tuple(Sweep(n * protocol.interval_or_length_s, row) for n, row in enumerate(made.i_pA)),
        command=Command(commands, Evidence.RECONSTRUCTED, "rig"),
        current_channel=channel,
        channels=(channel,),
        telegraph=_telegraph(amplifier, cell) if telegraphed else Telegraph(lowpass_Hz=amplifier.lowpass_Hz),
        digitiser_limit_pA=amplifier.limit_pA,
    )


def _telegraph(amplifier: Amplifier, cell: Cell) -> Telegraph:
    return Telegraph(
        rs_MOhm=amplifier.rs_MOhm,
        rs_compensation=amplifier.rs_compensation,
        cm_pF=cell.cm_pF,
        lowpass_Hz=amplifier.lowpass_Hz,
    )


def epochs_of(protocol: AbfProtocol, sweep: int) -> tuple[Epoch, ...]:
    """Epochs of a sweep, with the time at holding before and after them."""
    holding = protocol.holding_mV
    epochs = [Epoch("before", Shape.HOLD, 0, protocol.holding_samples, holding, holding)]
    level = holding
    for letter, epoch, (start, stop) in zip("ABCDEFGHIJ", protocol.epochs, protocol.edges(sweep), strict=False):
        to = epoch.level_in(sweep)
        first = level if epoch.kind is EpochKind.RAMP else to
        epochs.append(Epoch(letter, SHAPES[epoch.kind], start, stop, first, to))
        level = to
    epochs.append(Epoch("after", Shape.HOLD, epochs[-1].stop, protocol.samples, holding, holding))
    return tuple(epochs)
