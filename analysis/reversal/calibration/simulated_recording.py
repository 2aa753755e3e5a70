"""Recordings from the synthetic rig, straight into memory, for tests of measurement."""

from __future__ import annotations

from reversal.recordings.recording import (
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
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import RigRecording, Surroundings, record
from reversal.simulate.stimulus_protocol import AbfProtocol, Kind

SHAPES = {Kind.STEP: Shape.STEP, Kind.RAMP: Shape.RAMP}


def recorded(
    cell: Cell, amplifier: Amplifier, around: Surroundings, protocol: AbfProtocol, seed: int, telegraphed: bool = True
) -> tuple[Recording, RigRecording]:
    """A recording as a reader would give it, and what the rig knows of it."""
    made = record(cell, amplifier, around, protocol, seed)
    return in_memory(made, protocol, amplifier, cell, telegraphed), made


def in_memory(
    made: RigRecording, protocol: AbfProtocol, amplifier: Amplifier, cell: Cell, telegraphed: bool = True
) -> Recording:
    """The recording that the rig's samples and command stand for."""
    interval = protocol.interval_or_length_s
    telegraph = Telegraph(
        rs_MOhm=amplifier.rs_MOhm if telegraphed else None,
        rs_compensation=amplifier.rs_compensation if telegraphed else None,
        cm_pF=cell.cm_pF if telegraphed else None,
        lowpass_Hz=amplifier.lowpass_Hz,
    )
    channel = Channel("Im", "pA", "current")
    return Recording(
        file="rig.abf",
        sha256="0" * 64,
        format="rig",
        sample_rate_Hz=protocol.sample_rate_Hz,
        sweeps=tuple(Sweep(n * interval, row) for n, row in enumerate(made.i_pA)),
        command=Command(
            tuple(SweepCommand(_epochs(protocol, n)) for n in range(protocol.sweeps)), Evidence.RECONSTRUCTED, "rig"
        ),
        current_channel=channel,
        channels=(channel,),
        telegraph=telegraph,
        digitiser_limit_pA=amplifier.limit_pA,
    )


def _epochs(protocol: AbfProtocol, sweep: int) -> tuple[Epoch, ...]:
    holding = protocol.holding_mV
    epochs = [Epoch("before", Shape.HOLD, 0, protocol.before, holding, holding)]
    level = holding
    for letter, epoch, (start, stop) in zip("ABCDEFGHIJ", protocol.epochs, protocol.edges(sweep), strict=False):
        to = epoch.level_in(sweep)
        begin = level if epoch.kind is Kind.RAMP else to
        epochs.append(Epoch(letter, SHAPES[epoch.kind], start, stop, begin, to))
        level = to
    epochs.append(Epoch("after", Shape.HOLD, epochs[-1].stop, protocol.samples, holding, holding))
    return tuple(epochs)
