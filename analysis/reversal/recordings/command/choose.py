"""Which command a recording gets, and on what evidence: declared, rebuilt, or a recorded voltage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from reversal.arrays import SampleArray
from reversal.recordings.channel_choice import is_copy_of_output
from reversal.recordings.command.declared import declared_command
from reversal.recordings.command.evidence import must_agree, worst_disagreement
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.recording import DECLARE, Channel, Command, CommandUnknown, Evidence, Sweep, SweepCommand
from reversal.recordings.request import Reading

Rebuild = Callable[[], tuple[tuple[SweepCommand, ...], str]]


def command_of(
    sweeps: Sequence[Sweep],
    voltage: Channel | None,
    sample_rate_Hz: float,
    how: Reading,
    file: Path,
    rebuild: Rebuild | None = None,
) -> tuple[Command, tuple[str, ...]]:
    """Command with its evidence, and what is worth a warning about it.

    voltage : the recorded channel that shows the cell's voltage, whose samples the sweeps carry, or None
    rebuild : gives the commands and how they are known, from the file's header; raises CommandUnknown

    A declared protocol comes first, then the header's; either must agree with a recorded voltage. Where the header's is
    unknown the recorded voltage itself is the command. Raises CommandUnknown where nothing tells it.
    """
    recorded = None if voltage is None else [sweep.v_mV for sweep in sweeps if sweep.v_mV is not None]
    name = "" if voltage is None else voltage.name
    if how.protocol is not None:
        lengths = [sweep.i_pA.size for sweep in sweeps]
        commands = declared_command(how.protocol, lengths, sample_rate_Hz, file)
        command = Command(commands, Evidence.DECLARED, "the protocol declared for this recording")
    else:
        try:
            command = _rebuilt(rebuild, file)
        except CommandUnknown as unknown:
            if recorded is None:
                raise
            said = () if rebuild is None else (f"the recorded voltage '{name}' is used: {unknown.what}",)
            return monitored(recorded, name), said
    if recorded is None or voltage is None:
        return command, ()
    worst = worst_disagreement(command.sweeps, recorded, exact=is_copy_of_output(voltage))
    must_agree(worst, name, file)
    if command.evidence is Evidence.DECLARED or worst is None:
        return command, ()
    agreement = f"{command.because} and equal to the recorded '{name}' within {abs(worst.by_mV):.2f} mV"
    return Command(command.sweeps, Evidence.VERIFIED, agreement), ()


def _rebuilt(rebuild: Rebuild | None, file: Path) -> Command:
    if rebuild is None:
        raise CommandUnknown(
            "the command is not known: the file carries neither a protocol nor a recorded voltage",
            file=file,
            remedy=DECLARE,
        )
    commands, because = rebuild()
    return Command(commands, Evidence.RECONSTRUCTED, because)


def monitored(recorded: Sequence[SampleArray], name: str) -> Command:
    """Take a recorded voltage as the command, sample by sample."""
    return Command(commands_from_samples(recorded), Evidence.MONITOR, f"the recorded voltage '{name}' is the voltage")
