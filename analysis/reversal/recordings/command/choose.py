"""The command of a recording and its evidence: declared, reconstructed from the file, or a recorded voltage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from reversal.recordings.choices.channel_choice import is_command_copy
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.declared import declared_commands
from reversal.recordings.command.evidence import largest_disagreement, refuse_disagreement
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.command.recorded_runs import refuse_several_runs, runs_of
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    Command,
    CommandUnknown,
    Evidence,
    Sweep,
    SweepCommand,
    SweepSelection,
)
from reversal.recordings.recording.stored_samples import Samples

Reconstruction = Callable[[], tuple[tuple[SweepCommand, ...], str]]


def chosen_command(
    sweeps: Sequence[Sweep],
    voltage: Channel | None,
    sample_rate_Hz: float,
    options: ReadingOptions,
    file: Path,
    reconstruction: Reconstruction | None = None,
    selection: SweepSelection | None = None,
) -> tuple[Command, tuple[str, ...]]:
    """Command with its evidence, and warnings about it.

    sweeps : the sweeps that are used
    voltage : the recorded channel with the voltage of the cell, whose samples are in the sweeps, or None
    reconstruction : returns the commands of these sweeps stored in the file and a sentence on how they are known;
        raises CommandUnknown
    selection : which sweeps of the file these are; None for all of them

    A declared protocol is used first, then the command stored in the file. Both must agree with a recorded voltage. If
    the file does not give the command, the recorded voltage is the command. Raises CommandUnknown if there is none, and
    RecordingRefused if the recorded voltage has several runs and the sheet chooses none.
    """
    selection = selection or SweepSelection(len(sweeps), tuple(range(len(sweeps))))
    recorded = None if voltage is None else [sweep.voltage for sweep in sweeps if sweep.voltage is not None]
    name = "" if voltage is None else voltage.name
    if reconstruction is None and options.sweeps is None:
        _refuse_runs(sweeps, selection, name, file)
    if options.protocol is not None:
        lengths = [sweep.current.size for sweep in sweeps]
        commands = declared_commands(options.protocol, lengths, sample_rate_Hz, file, selection)
        command = Command(commands, Evidence.DECLARED, "from the declared protocol of this recording")
    else:
        try:
            command = _reconstructed(reconstruction, file)
        except CommandUnknown as unknown:
            if recorded is None:
                raise
            if reconstruction is not None and options.sweeps is None:
                _refuse_runs(sweeps, selection, name, file)
            warnings = () if reconstruction is None else (f"the recorded voltage '{name}' is used: {unknown.what}",)
            return monitored_command(recorded, name), warnings
    if recorded is None or voltage is None:
        return command, ()
    largest = largest_disagreement(command.sweeps, recorded, is_copy=is_command_copy(voltage))
    refuse_disagreement(largest, name, file, selection.numbers)
    if command.evidence is Evidence.DECLARED or largest is None:
        return command, ()
    basis = f"{command.basis}; it equals the recorded '{name}' within {abs(largest.difference_mV):.2f} mV"
    return Command(command.sweeps, Evidence.VERIFIED, basis), ()


def _refuse_runs(sweeps: Sequence[Sweep], selection: SweepSelection, name: str, file: Path) -> None:
    """Raise RecordingRefused if recorded voltages or pauses show several runs in a file that has no protocol itself."""
    starts_s = [sweep.start_s for sweep in sweeps]
    runs = runs_of([sweep.voltage for sweep in sweeps], starts_s, selection.numbers)
    refuse_several_runs(runs, starts_s, selection.numbers, name or "the current", file)


def _reconstructed(reconstruction: Reconstruction | None, file: Path) -> Command:
    if reconstruction is None:
        raise CommandUnknown(
            "the command is not known: the file contains neither a protocol nor a recorded voltage",
            file=file,
            remedy=PROTOCOL_REMEDY,
        )
    commands, basis = reconstruction()
    return Command(commands, Evidence.RECONSTRUCTED, basis)


def monitored_command(recorded_mV: Sequence[Samples], name: str) -> Command:
    """Command that is the recorded voltage, sample by sample."""
    return Command(commands_from_samples(recorded_mV), Evidence.MONITOR, f"from the recorded voltage '{name}'")
