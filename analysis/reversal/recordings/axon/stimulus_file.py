"""Commands that were played from a stimulus file (ABF or ATF): looked up by name, read sweep by sweep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.axon.header import AxonHeader, AxonOutput, read_header
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.file_content import whole_content
from reversal.recordings.formats.atf import SIGNATURE as ATF_SIGNATURE
from reversal.recordings.formats.atf import read_atf
from reversal.recordings.recording import DECLARE, CommandUnknown, RecordingRefused, SweepCommand
from reversal.recordings.units import VOLTAGE, canonical, factor_to_fixed, role_of

ALL_SWEEPS = 0  # lDACFileEpisodeNum: play the file sweep by sweep; above 0: that sweep of it every time


def stimulus_commands(
    header: AxonHeader, output: AxonOutput, file: Path, folders: Sequence[Path]
) -> tuple[SweepCommand, ...]:
    """Command of every sweep from the stimulus file of an output [mV].

    Raises CommandUnknown, with the file's name and where it was looked for, if it is not there or does not fit.
    """
    found = find_stimulus(output.stimulus_path, file, folders)
    played = [_in_mV(sweep, unit, output, found) for sweep, unit in _sweeps_of(found, output.stimulus_channel)]
    return commands_from_samples(
        [_one(played, n, sweep.count // len(header.inputs), output, found) for n, sweep in enumerate(header.sweeps)]
    )


def find_stimulus(stored_path: str, recording: Path, folders: Sequence[Path]) -> Path:
    """Find a stimulus file by the last part of the path the rig stored: beside the recording, then in the folders."""
    name = PureWindowsPath(stored_path).name
    searched = [recording.parent, *folders]
    for folder in searched if name else ():
        for other in _files_of(folder):
            if other.name.lower() == name.lower():
                return other
    raise CommandUnknown(
        f"the command is not known: the stimulus file '{stored_path}' was not found",
        file=recording,
        expected=f"it in one of {', '.join(str(folder) for folder in searched)}",
        remedy="Add the folder it is in to stimulus_dirs. " + DECLARE,
    )


def _files_of(folder: Path) -> list[Path]:
    try:
        return sorted(other for other in folder.iterdir() if other.is_file())
    except OSError:  # a folder that is not there, or not ours to read, holds no stimulus
        return []


def _sweeps_of(path: Path, channel: int) -> list[tuple[SampleArray, str]]:
    content = whole_content(path)
    if content[: len(ATF_SIGNATURE)] == ATF_SIGNATURE:
        table = read_atf(content, path)
        return list(zip(table.columns, table.units, strict=True))
    if content[:4] not in (b"ABF ", b"ABF2"):
        raise RecordingRefused("the stimulus file is neither ABF nor ATF", file=path, found=content[:8])
    from reversal.recordings.axon.samples import axon_samples

    header = read_header(content, path)
    samples, count = axon_samples(path, header), len(header.inputs)
    row = next((n for n, used in enumerate(header.inputs) if used.number == channel), 0)
    spans = [slice(sweep.first // count, (sweep.first + sweep.count) // count) for sweep in header.sweeps]
    return [(samples[row, span], header.inputs[row].unit) for span in spans]


def _in_mV(values: SampleArray, unit: str, output: AxonOutput, path: Path) -> SampleArray:
    """Values scaled as the output was told to, in mV; a file in another unit than the output's is converted first."""
    factor = 1.0
    if unit and canonical(unit) != canonical(output.unit):
        if role_of(unit) != VOLTAGE:
            raise CommandUnknown(
                "the stimulus file is not in a unit of voltage", file=path, found=unit, expected=output.unit
            )
        factor = factor_to_fixed(unit) / factor_to_fixed(output.unit)
    in_unit = np.asarray(values, dtype=float) * factor * output.stimulus_scale + output.stimulus_offset
    return in_unit * factor_to_fixed(output.unit)


def _one(played: list[SampleArray], n: int, samples: int, output: AxonOutput, path: Path) -> SampleArray:
    number = output.stimulus_sweep - 1 if output.stimulus_sweep > ALL_SWEEPS else (0 if len(played) == 1 else n)
    if output.stimulus_sweep < ALL_SWEEPS or number >= len(played):
        raise CommandUnknown(
            "the stimulus file has no sweep for every sweep of the recording",
            file=path,
            place=f"sweep {n}",
            found=f"{len(played)} sweeps",
            remedy=DECLARE,
        )
    wave = played[number]
    if wave.size != samples:
        raise CommandUnknown(
            "the stimulus file's sweeps are of another length than the recording's",
            file=path,
            place=f"sweep {n}",
            found=f"{wave.size} samples",
            expected=f"{samples} samples",
            remedy=DECLARE,
        )
    return wave
