"""Reader of intracellular recordings in NWB files (Neurodata Without Borders 2, HDF5), with h5py.

The current of a sweep is /acquisition/<name> of type VoltageClampSeries, with its electrode, starting time and rate,
or evenly spaced timestamps. The command is /stimulus/presentation/<name> of type VoltageClampStimulusSeries. Samples
are ``data`` × ``conversion`` + ``offset`` in the unit of ``data``. :mod:`nwb_series` finds the stimulus of a series.
The sweeps of an electrode are numbered from 0 in the order of their starts. A file is often a whole session:
``channel`` chooses the electrode, and with ``electrode/n`` the n-th of its runs (:mod:`recorded_runs`). Sweeps within
/intervals/invalid_times are left out. Tested on files that pynwb wrote. Never tested: files of real rigs; current-clamp
series in the same file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reversal.arrays import SampleArray
from reversal.errors import nearest
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.command.recorded_runs import refuse_several_runs, runs_of
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.hdf5 import SIGNATURE, Hdf5
from reversal.recordings.formats.nwb_series import (
    ClampSeries,
    clamp_series,
    command_mV,
    current_pA,
    telegraph_of,
)
from reversal.recordings.formats.one_rate import refuse_other_rates
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    SweepSelection,
)
from reversal.recordings.recording.stored_samples import StoredSamples
from reversal.recordings.recording.units import CURRENT

__all__ = ["SIGNATURE", "read_nwb", "recordings_in"]

MAX_RUN_SAMPLES = 4000  # of a command, looked at to find the runs


def recordings_in(path: Path, content: Content) -> list[str]:
    """Values of ``channel`` for every electrode, or for every run of an electrode with several."""
    file, by_electrode = _electrodes(path, content)
    return [
        electrode if len(runs) == 1 else f"{electrode}/{n}"
        for electrode, series in by_electrode.items()
        for runs in [_runs(file, series)]
        for n in range(1, len(runs) + 1)
    ]


def read_nwb(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read the voltage-clamp series of one electrode. Raises RecordingRefused and CommandUnknown."""
    file, by_electrode = _electrodes(path, content)
    electrode, run = _chosen_electrode(by_electrode, options.channel, path)
    series = by_electrode[electrode]
    selection = _selection(file, electrode, series, run, options)
    used = [series[number] for number in selection.numbers]
    refuse_other_rates([one.rate_Hz for one in used], path)
    sweeps = tuple(Sweep(one.start_s - series[0].start_s, current_pA(file, one)) for one in used)
    rate_Hz = used[0].rate_Hz
    command, warnings = chosen_command(sweeps, None, rate_Hz, options, path, lambda: _commands(file, used), selection)
    channel = Channel(electrode or "current", "A", CURRENT)
    facts = {"session": "session_description", "identifier": "identifier"}
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="NWB",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        telegraph=telegraph_of(file, used[0]),
        started=file.text(file.member(file.root, "session_start_time")) or None,
        warnings=warnings,
        header={name: text for name, member in facts.items() if (text := file.text(file.member(file.root, member)))},
        selection=selection,
    )


def _electrodes(path: Path, content: Content) -> tuple[Hdf5, dict[str, list[ClampSeries]]]:
    """Voltage-clamp series by electrode, in the order of their starts."""
    file = Hdf5(content, path)
    if file.member(file.root, "acquisition") is None:
        raise _not_nwb(file)
    by_electrode: dict[str, list[ClampSeries]] = {}
    for one in clamp_series(file):
        by_electrode.setdefault(one.electrode, []).append(one)
    return file, by_electrode


def _not_nwb(file: Hdf5) -> RecordingRefused:
    """Refusal of an HDF5 file of another program."""
    return RecordingRefused(
        "the HDF5 file is not an NWB file, and not one of WaveSurfer, acq4 or Symphony",
        file=file.path,
        found=", ".join(list(file.members(file.root))[:10]),
        remedy="Export the recording as NWB, or as a table with titles",
    )


def _chosen_electrode(
    by_electrode: dict[str, list[ClampSeries]], channel: str | None, path: Path
) -> tuple[str, int | None]:
    """Electrode, and number of its run from 1 or None, that ``channel`` names."""
    if not by_electrode:
        raise RecordingRefused("the NWB file has no voltage-clamp series", file=path)
    if channel is None:
        if len(by_electrode) == 1:
            return next(iter(by_electrode)), None
        raise RecordingRefused(
            "the file has several electrodes",
            file=path,
            found="; ".join(
                f"{name}: {len(series)} sweeps from {series[0].start_s:g} s" for name, series in by_electrode.items()
            ),
            expected="the name of one of them",
            remedy="Write the name of the cell's electrode in the column 'channel' of the recording sheet",
        )
    name = channel.strip()
    electrode, _, run = name.rpartition("/")
    if name in by_electrode:
        return name, None
    if electrode in by_electrode and re.fullmatch(r"\d{1,9}", run):
        return electrode, int(run)
    raise RecordingRefused(
        f"the NWB file has no voltage-clamp series of electrode '{name}'", file=path, found=", ".join(by_electrode)
    )


def _selection(
    file: Hdf5, electrode: str, series: list[ClampSeries], run: int | None, options: ReadingOptions
) -> SweepSelection:
    """Sweeps to use: those of the chosen run, or all if the electrode has one run or the sheet chooses sweeps."""
    offered: Sequence[int] = range(len(series))
    if run is not None or options.sweeps is None:
        runs = _runs(file, series)
        names = [f"{electrode}/{n}" for n in range(1, len(runs) + 1)]
        if run is None:
            starts_s = [one.start_s for one in series]
            refuse_several_runs(runs, starts_s, range(len(series)), electrode, file.path, names)
        elif not 1 <= run <= len(runs):
            what = f"electrode '{electrode}' has no run {run}"
            raise RecordingRefused(what, file=file.path, remedy=nearest(f"{electrode}/{run}", names))
        else:
            offered = runs[run - 1]
    marks = {n: one.mark for n, one in enumerate(series) if one.mark is not None}
    return select_sweeps(len(series), options.sweeps, file.path, marks, offered)


def _runs(file: Hdf5, series: list[ClampSeries]) -> list[range]:
    """Runs of an electrode, as ranges of its sweeps: the sequential recordings of the file, if it has them.

    A table with a row for each sweep shows no runs.
    """
    if all(one.run is not None for one in series) and len({one.run for one in series}) < len(series):
        starts = [n for n, one in enumerate(series) if n == 0 or one.run != series[n - 1].run]
        return [range(start, stop) for start, stop in zip(starts, [*starts[1:], len(series)], strict=True)]
    protocols = [(one.protocol, one.rate_Hz, one.samples) for one in series]
    commands = [_thinned_command_mV(file, one) for one in series]
    return runs_of(commands, [one.start_s for one in series], range(len(series)), protocols)


def _thinned_command_mV(file: Hdf5, series: ClampSeries) -> SampleArray | None:
    """Command with fewer samples; None if it is not known."""
    try:
        command = command_mV(file, series)
    except RecordingRefused:  # the refusal follows if the sweep is used
        return None
    return None if command is None else command[:: max(command.size // MAX_RUN_SAMPLES, 1)].copy()


def _commands(file: Hdf5, series: list[ClampSeries]) -> tuple[tuple[SweepCommand, ...], str]:
    """Commands of the used sweeps, and a sentence on how they are known."""
    waves: list[StoredSamples] = []
    for one in series:
        command = command_mV(file, one)
        if command is None:
            raise CommandUnknown(
                "the command is not known: a series has no stimulus of the same length",
                file=file.path,
                place=one.name,
                remedy=PROTOCOL_REMEDY,
            )
        waves.append(command)
    return commands_from_samples(waves), "from the stimulus series of each sweep"
