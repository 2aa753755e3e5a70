"""Reader of SyncroPatch 384 exports (Nanion): a JSON file with the conditions, and ``.dat`` files with the samples.

``TraceHeader`` of the JSON file has ``MeasurementLayout`` (sweeps, samples, measured columns of the plate),
``Chiplayout`` (rows of the plate), ``FileInformation`` (the .dat files and the sweeps in each) and ``TimeScaling``, or
``TimeScalingIV`` if the sweeps have different commands: ``TR_Time`` [s], ``Stimulus`` [V], ``SweepTime`` [s] and
``I2DScale`` [A per count] of each well. A .dat file has 16-bit counts: sweep by sweep, column by column of the plate,
row by row; with ``Leakdata`` 2 each trace is followed by the same trace after leak subtraction, which is not used.
``QCData`` has R_s [Ω] and C_m [F] of each sweep and well. ``channel`` is the well, such as ``A01``.
Known from five public readers that agree; tested on files in this layout that were written for the tests. Never seen:
a whole real export, junction or R_s corrections of the software. Not used: ``DisregardedSweeps``, which the public
readers interpret in opposite ways. Exports of the Patchliner are HEKA bundles, or tables.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import nearest
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.files.file_content import Content, FileContent, sha256_of_content, whole
from reversal.recordings.files.library_calls import library_call
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import Channel, Recording, RecordingRefused, Sweep, Telegraph
from reversal.recordings.recording.units import CURRENT, CURRENT_TO_PA, VOLTAGE_TO_MV

SECTIONS = (b'"TraceHeader"', b'"ExperimentConditions"', b'"DatasetIdentifier"', b'"QCData"', b'"CellTable"')
MAX_HEAD_BYTES, MAX_FILE_NAMES = 1 << 16, 10_000
MAX_COLUMNS, MAX_SWEEPS, MAX_SAMPLES = 48, 100_000, 50_000_000
COUNT = np.dtype("<i2")
WELL = re.compile(r"([A-Za-z])0?(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Plate:
    """What the JSON file says of the samples.

    columns : measured columns of the plate, from 0, in the order of the samples
    files : .dat files in order
    scales_A : current of one count, by column × rows + row
    """

    rows: int
    columns: tuple[int, ...]
    samples: int
    traces: int
    sweeps: int
    sweeps_per_file: int
    files: tuple[str, ...]
    scales_A: FloatArray

    @property
    def wells(self) -> list[str]:
        """Names of the measured wells."""
        return [f"{string.ascii_uppercase[row]}{column + 1:02d}" for column in self.columns for row in range(self.rows)]

    @property
    def sweep_bytes(self) -> int:
        """Size of a sweep of all wells in a .dat file."""
        return len(self.columns) * self.rows * self.traces * self.samples * COUNT.itemsize

    def offset(self, sweep_in_file: int, well: int) -> int:
        """First byte of a trace. ``well`` counts in ``wells``."""
        return sweep_in_file * self.sweep_bytes + well * self.traces * self.samples * COUNT.itemsize


def is_syncropatch(content: Content) -> bool:
    """True for a JSON file with a section of a SyncroPatch export near its start."""
    head = content[:MAX_HEAD_BYTES]
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and any(section in head for section in SECTIONS)


def wells_in(path: Path, content: Content) -> list[str]:
    """Names of the measured wells. Raises RecordingRefused."""
    return _plate(_json(whole(content), path), path).wells


def sample_files(path: Path, content: Content) -> tuple[Path, ...]:
    """The .dat files of an export that exist in the folder of the JSON file; empty if the file is of another kind."""
    if not is_syncropatch(content):
        return ()
    try:
        names = _plate(_json(whole(content), path), path).files
    except RecordingRefused:  # reading it gives the reason
        return ()
    return tuple(file for name in names if (file := path.with_name(name)).is_file())


def read_syncropatch(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read one well of an export. Raises RecordingRefused and CommandUnknown."""
    meta = _json(whole(content), path)
    plate = _plate(meta, path)
    well = _well(plate, options.channel, path)
    contents = [_samples_file(path, name, options.max_file_MB) for name in plate.files]
    selection = select_sweeps(_sweeps_in(plate, contents, path), options.sweeps, path)
    scaling = _scaling(meta, path)
    starts_s = _starts_s(scaling, well // plate.rows, plate, selection.numbers)
    column, row = plate.columns[well // plate.rows], well % plate.rows
    scale_pA = float(plate.scales_A[column * plate.rows + row]) * CURRENT_TO_PA["A"]
    sweeps = tuple(
        Sweep(start_s - starts_s[0], _counts(plate, contents, number, well) * scale_pA)
        for number, start_s in zip(selection.numbers, starts_s, strict=True)
    )
    rate_Hz = _rate_Hz(scaling, plate, path)

    def commands() -> tuple[Any, str]:
        waves = [_stimulus_mV(scaling, plate, number, path) for number in selection.numbers]
        return commands_from_samples(waves), "from the stimulus of each sweep in the JSON file"

    command, warnings = chosen_command(sweeps, None, rate_Hz, options, path, commands, selection)
    channel = Channel(plate.wells[well], "A", CURRENT)
    name = _at(meta, "DatasetIdentifier", "DataName")
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="SyncroPatch",
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        telegraph=Telegraph(
            rs_MOhm=_quality(meta, "Rseries", selection.numbers[0], column, row, 1e-6),
            cm_pF=_quality(meta, "Capacitance", selection.numbers[0], column, row, 1e12),
        ),
        warnings=warnings,
        header={"protocol": name} if isinstance(name, str) and name else {},
        selection=selection,
    )


def _json(content: bytes, path: Path) -> Any:
    remedy = "The file is damaged or not yet copied completely: copy it again"
    return library_call(lambda: json.loads(content.decode("utf-8-sig")), "the JSON file cannot be read", path, remedy)


def _at(value: Any, *names: str) -> Any:
    """Member of nested objects; None if it is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _damaged(path: Path, what: str, found: object = None) -> RecordingRefused:
    return RecordingRefused(
        f"the JSON file of the SyncroPatch {what}", file=path, found=found, remedy="Export the measurement again"
    )


def _whole_number(value: Any, most: int, path: Path, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise _damaged(path, f"has an impossible '{name}'", value)
    return value


def _plate(meta: Any, path: Path) -> Plate:
    header = _at(meta, "TraceHeader")
    layout, files = _at(header, "MeasurementLayout"), _at(header, "FileInformation")
    rows = _whole_number(_at(header, "Chiplayout", "WP_nRows"), len(string.ascii_uppercase), path, "WP_nRows")
    measured = _at(layout, "ColsMeasured")
    if not isinstance(measured, list) or not 0 < len(measured) <= MAX_COLUMNS:
        raise _damaged(path, "does not list the measured columns")
    columns = tuple(n for n, value in enumerate(measured) if value != -1)
    if len(columns) != _at(layout, "nCols"):
        raise _damaged(path, "has another number of measured columns than it lists", _at(layout, "nCols"))
    names = _at(files, "FileList")
    if not isinstance(names, list) or not 0 < len(names) <= MAX_FILE_NAMES or not all(map(_is_file_name, names)):
        raise _damaged(path, "does not list its .dat files")
    scales = _numbers(_at(_scaling(meta, path), "I2DScale"))
    if scales is None or scales.shape != (len(measured) * rows,) or not np.all(np.isfinite(scales)):
        raise _damaged(path, "does not give the scale of each well (I2DScale)")
    return Plate(
        rows=rows,
        columns=columns,
        samples=_whole_number(_at(layout, "NofSamples"), MAX_SAMPLES, path, "NofSamples"),
        traces=_whole_number(_at(layout, "Leakdata"), 2, path, "Leakdata"),
        sweeps=_whole_number(_at(layout, "NofSweeps"), MAX_SWEEPS, path, "NofSweeps"),
        sweeps_per_file=_whole_number(_at(files, "SweepsPerFile"), MAX_SWEEPS, path, "SweepsPerFile"),
        files=tuple(sorted(names, key=_natural)),
        scales_A=scales,
    )


def _is_file_name(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name.encode()) < 256 and Path(name).name == name and "\0" not in name


def _natural(name: str) -> tuple[tuple[str, int], ...]:
    return tuple((words, int(digits or 0)) for words, digits in re.findall(r"(\D*)(\d{0,9})", name))


def _scaling(meta: Any, path: Path) -> Any:
    found = _at(meta, "TraceHeader", "TimeScaling") or _at(meta, "TraceHeader", "TimeScalingIV")
    if not isinstance(found, dict):
        raise _damaged(path, "does not give the times of its samples (TimeScaling)")
    return found


def _numbers(value: Any) -> FloatArray | None:
    """Array of a list of numbers; None for anything else, such as lists of different lengths."""
    try:
        return np.asarray(value, dtype=float) if isinstance(value, list) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _well(plate: Plate, wanted: str | None, path: Path) -> int:
    """Number of a well in the list of measured wells."""
    wells = plate.wells
    if wanted is None and len(wells) == 1:
        return 0
    if wanted is None:
        raise RecordingRefused(
            "the file has several wells",
            file=path,
            found=f"{len(wells)} wells, {wells[0]} to {wells[-1]}",
            expected="the name of one of them",
            remedy="Write the well in the column 'channel' of the recording sheet",
        )
    match = WELL.fullmatch(wanted.strip())
    name = f"{match[1].upper()}{int(match[2]):02d}" if match else wanted
    if name not in wells:
        raise RecordingRefused(f"there is no measured well '{wanted}'", file=path, remedy=nearest(name, wells))
    return wells.index(name)


def _samples_file(path: Path, name: str, max_MB: float) -> FileContent:
    file = path.with_name(name)
    if not file.is_file():
        raise RecordingRefused(
            "a file with samples is missing", file=path, found=name, remedy="Copy the whole folder of the export"
        )
    return FileContent(file, max_MB)


def _sweeps_in(plate: Plate, contents: Sequence[FileContent], path: Path) -> int:
    """Number of sweeps. Raises RecordingRefused if a file does not have the sweeps that the JSON file states."""
    for n, content in enumerate(contents):
        expected = min(plate.sweeps - n * plate.sweeps_per_file, plate.sweeps_per_file)
        if expected <= 0 or len(content) != expected * plate.sweep_bytes:
            raise RecordingRefused(
                "a file with samples has another length than the JSON file states",
                file=path,
                place=content.path.name,
                found=f"{len(content)} bytes",
                expected=f"{max(expected, 0) * plate.sweep_bytes} bytes",
                remedy="The file is cut off or not yet copied completely: copy it again",
            )
    if len(contents) * plate.sweeps_per_file < plate.sweeps:
        raise _damaged(path, "states more sweeps than its files have", plate.sweeps)
    return plate.sweeps


def _counts(plate: Plate, contents: Sequence[FileContent], sweep: int, well: int) -> FloatArray:
    """Counts of one trace as the converter gave them, shape (samples,)."""
    file, number = divmod(sweep, plate.sweeps_per_file)
    start = plate.offset(number, well)
    return np.frombuffer(contents[file][start : start + plate.samples * COUNT.itemsize], COUNT).astype(float)


def _rate_Hz(scaling: Any, plate: Plate, path: Path) -> float:
    times_s = _numbers(_at(scaling, "TR_Time"))
    step_s = even_step(times_s) if times_s is not None and times_s.shape == (plate.samples,) else None
    if step_s is None:
        raise _damaged(path, "does not have evenly spaced times of its samples (TR_Time)")
    return float(f"{1.0 / step_s:.9g}")


def _starts_s(scaling: Any, column: int, plate: Plate, numbers: Sequence[int]) -> list[float]:
    """Start of each used sweep [s]; one after another if the file does not give it."""
    times_s = _numbers(_at(scaling, "SweepTime"))
    is_known = times_s is not None and times_s.ndim == 2 and times_s.shape[1] == plate.sweeps and column < len(times_s)
    if times_s is None or not is_known or not np.all(np.isfinite(times_s[column])):
        return [float(number) for number in numbers]
    return [float(times_s[column, number]) for number in numbers]


def _stimulus_mV(scaling: Any, plate: Plate, sweep: int, path: Path) -> FloatArray:
    """Command of a sweep, shape (samples,) [mV]: that of all sweeps, or its own in a measurement of an I-V."""
    stimulus = _at(scaling, "Stimulus")
    if isinstance(stimulus, list) and stimulus and isinstance(stimulus[0], list):
        stimulus = stimulus[sweep] if sweep < len(stimulus) else None
    volts = _numbers(stimulus)
    if volts is None or volts.shape != (plate.samples,) or not np.all(np.isfinite(volts)):
        raise _damaged(path, "does not give the stimulus of every sweep")
    return volts * VOLTAGE_TO_MV["V"]


def _quality(meta: Any, name: str, sweep: int, column: int, row: int, factor: float) -> float | None:
    """Value of the quality control of a sweep and well, in its unit; None if it was not measured."""
    value = _at(meta, "QCData", name)
    for n in (sweep, column, row):
        value = value[n] if isinstance(value, list) and n < len(value) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) * factor if is_number and np.isfinite(value) and value > 0 else None
