"""The command of each sweep, read from the stimulus file (ABF or ATF) that was played during the recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.axon.header import EPISODIC, STIMULUS_FILE, AxonHeader, AxonOutput
from reversal.recordings.axon.read_header import SIGNATURES, read_header
from reversal.recordings.axon.samples import axon_samples
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.formats.atf import SIGNATURE as ATF_SIGNATURE
from reversal.recordings.formats.atf import parse_atf
from reversal.recordings.recording.recording import PROTOCOL_REMEDY, CommandUnknown, RecordingRefused, SweepCommand
from reversal.recordings.recording.stored_samples import StoredSamples
from reversal.recordings.recording.units import VOLTAGE, factor_to_pA_or_mV, plain_unit, role_of

ALL_SWEEPS = 0  # lDACFileEpisodeNum: 0 plays the file sweep by sweep; a number above 0 plays that sweep every time


def plays_stimulus_file(header: AxonHeader, output: AxonOutput) -> bool:
    """True if the output takes its waveform from a stimulus file."""
    return header.mode == EPISODIC and output.waveform_enabled and output.waveform_source == STIMULUS_FILE


def stimulus_file_commands(
    header: AxonHeader, output: AxonOutput, file: Path, options: ReadingOptions
) -> tuple[SweepCommand, ...]:
    """Command of every sweep from the stimulus file of an output [mV].

    Raises CommandUnknown if the stimulus file is not found or does not fit the recording.
    """
    path = find_stimulus_file(output.stimulus_path, file, options.stimulus_dirs)
    waves = [
        _in_mV(wave, unit, output, path) for wave, unit in _waves(path, output.stimulus_channel, options.max_file_MB)
    ]
    return commands_from_samples(
        [_wave_of_sweep(waves, n, s.count // len(header.inputs), output, path) for n, s in enumerate(header.sweeps)]
    )


def find_stimulus_file(stored_path: str, recording: Path, folders: Sequence[Path]) -> Path:
    """Stimulus file with the name of the stored path, in the folder of the recording or in one of the folders."""
    name = PureWindowsPath(stored_path).name
    searched = [recording.parent, *folders]
    for folder in searched if name else ():
        for other in _files_in(folder):
            if other.name.lower() == name.lower():
                return other
    raise CommandUnknown(
        f"the command is not known: the stimulus file '{stored_path}' was not found",
        file=recording,
        expected=f"the file in one of the folders {', '.join(str(folder) for folder in searched)}",
        remedy=f"Add the folder of the stimulus file to stimulus_dirs. {PROTOCOL_REMEDY}",
    )


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(other for other in folder.iterdir() if other.is_file())
    except OSError:  # a missing or unreadable folder contains no stimulus file
        return []


def _waves(path: Path, channel: int, max_MB: float) -> list[tuple[StoredSamples, str]]:
    """Samples and unit of each sweep of a stimulus file."""
    content = FileContent(path, max_MB)
    if content.startswith(ATF_SIGNATURE):
        table = parse_atf(content, path)
        return list(zip(table.columns, table.units, strict=True))
    if content[:4] not in SIGNATURES:
        raise RecordingRefused("the stimulus file is neither ABF nor ATF", file=path, found=content[:8])
    header = read_header(content, path)
    samples = axon_samples(content, header)
    place = next((n for n, used in enumerate(header.inputs) if used.number == channel), 0)
    unit = header.inputs[place].unit
    return [(trace, unit) for trace in samples.of_sweeps(header.sweeps, place)]


def _in_mV(wave: StoredSamples, unit: str, output: AxonOutput, path: Path) -> StoredSamples:
    """Values with the scale and offset of the output, in mV. They are first converted to the unit of the output."""
    factor = 1.0
    if unit and plain_unit(unit) != plain_unit(output.unit):
        if role_of(unit) != VOLTAGE:
            raise CommandUnknown(
                "the stimulus file is not in a unit of voltage", file=path, found=unit, expected=output.unit
            )
        factor = factor_to_pA_or_mV(unit) / factor_to_pA_or_mV(output.unit)
    to_mV = factor_to_pA_or_mV(output.unit)

    def played(values: SampleArray) -> SampleArray:
        in_output_unit = np.asarray(values, dtype=float) * factor * output.stimulus_scale + output.stimulus_offset
        return in_output_unit * to_mV

    return wave.changed(played, np.dtype(np.float64))


def _wave_of_sweep(waves: list[StoredSamples], n: int, samples: int, output: AxonOutput, path: Path) -> StoredSamples:
    """Wave that was played in sweep ``n``, of ``samples`` samples."""
    number = output.stimulus_sweep - 1 if output.stimulus_sweep > ALL_SWEEPS else (0 if len(waves) == 1 else n)
    if output.stimulus_sweep < ALL_SWEEPS or number >= len(waves):
        raise CommandUnknown(
            "the stimulus file has fewer sweeps than the recording",
            file=path,
            place=f"sweep {n}",
            found=f"{len(waves)} sweeps",
            remedy=PROTOCOL_REMEDY,
        )
    wave = waves[number]
    if wave.size != samples:
        raise CommandUnknown(
            "the sweeps of the stimulus file and of the recording have different lengths",
            file=path,
            place=f"sweep {n}",
            found=f"{wave.size} samples",
            expected=f"{samples} samples",
            remedy=PROTOCOL_REMEDY,
        )
    return wave
