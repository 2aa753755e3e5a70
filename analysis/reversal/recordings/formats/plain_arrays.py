"""Reader of plain arrays: MAT, NPZ, NPY, CSV and TXT files, which contain the current and nothing else.

A declared protocol provides what the file does not: the command, sampling rate, unit, factor on the current, samples
per sweep. Three layouts are accepted:
- one array with all sweeps end to end (needs ``sweep_samples``),
- one row per sweep, or one column per sweep, as the protocol shows (:mod:`array_layout`); also with several channels in
  a third dimension (MAT, NPZ, NPY),
- one column per sweep (text). Titles of a text table are read, and a recorded voltage with them (:mod:`text_table`).
A MAT file that Patchmaster wrote has one variable for each trace (:mod:`patchmaster_mat`). If half of the traces have
the numbers of the declared command, they are the recorded voltage.
A first row or column that increases evenly, throughout or within each sweep, is time in s or ms. It must agree with the
rate.
Tested on real MAT and CSV files, and on NPZ, NPY and TXT files written for the tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray, SampleArray
from reversal.experiment.protocols import Levels, Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.waveform import is_constant
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.array_files import array_in_mat, array_in_mat_73, array_in_numpy, table_in_text
from reversal.recordings.formats.array_layout import (
    CURRENT_AND_VOLTAGE,
    channels_by_sweeps,
    divided_traces,
    follows_command,
    looked_at,
    sweeps_by_samples,
)
from reversal.recordings.formats.patchmaster_mat import patchmaster_names, patchmaster_traces
from reversal.recordings.formats.stored_array import StoredArray
from reversal.recordings.formats.text_table import TableColumns, titled_columns
from reversal.recordings.formats.time_column import even_step
from reversal.recordings.recording.recording import Channel, Command, Recording, RecordingRefused, Sweep
from reversal.recordings.recording.stored_samples import Samples, changed, every, part_of
from reversal.recordings.recording.units import CURRENT, VOLTAGE, factor_to_pA_or_mV
from reversal.recordings.recordings_constants import (
    DECLARED_RATE_TOLERANCE,
    EVEN_STEP_TOLERANCE,
    MAX_UNEVENNESS,
    MIN_ROUNDED_TIMES,
    WHOLE_SAMPLES,
)

MAX_SWEEPS, MAX_TIMES, CURRENT_AND_TIME = 10_000, 8_000_000, 2
PROTOCOL_FOR_ARRAY = "Declare a protocol under 'protocols' in config.yaml and name it in the recording sheet"


@dataclass(frozen=True, slots=True)
class ArrayTraces:
    """Sweeps in an array or a table.

    currents, voltages : shape (samples,) [pA and mV], a voltage for each current or none
    warning : what is not in the file
    unused : titles of columns that are not used
    """

    currents: list[Samples]
    voltages: list[Samples]
    rate_Hz: float
    current: Channel
    voltage: Channel | None
    warning: str
    unused: tuple[str, ...] = ()


def read_mat(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read sweeps from a MATLAB 5 file. Raises RecordingRefused and CommandUnknown."""
    protocol = _protocol_of(options, "MAT", path)
    names = patchmaster_names(path, content) if protocol.variable is None else {}
    if names:
        traces = patchmaster_traces(path, content, names, options.channel, _rate_of(protocol))
    else:
        traces = _traces_of(array_in_mat(path, content, protocol.variable), options, path)
    return _recording(path, content, _untitled(traces, options, path), "MAT", options)


def read_mat_73(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read sweeps from a MATLAB 7.3 file. Raises RecordingRefused and CommandUnknown."""
    protocol = _protocol_of(options, "MAT", path)
    traces = _traces_of(array_in_mat_73(path, content, protocol.variable), options, path)
    return _recording(path, content, _untitled(traces, options, path), "MAT", options)


def read_numpy(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read sweeps from an NPZ or NPY file. Raises RecordingRefused and CommandUnknown."""
    protocol = _protocol_of(options, "NumPy", path)
    traces = _traces_of(array_in_numpy(path, content, protocol.variable), options, path)
    return _recording(path, content, _untitled(traces, options, path), "NumPy", options)


def read_text(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read sweeps from a table of numbers. Raises RecordingRefused and CommandUnknown."""
    table = table_in_text(path, content)
    titled = titled_columns(table, options, path)
    if titled is None:
        _protocol_of(options, "text", path)
        traces = _untitled(_traces_of(table.numbers, options, path, is_text=True), options, path)
    else:
        _refuse_measured_iv(titled, options.protocol, path)
        traces = _titled(titled, options, path)
    return _recording(path, content, traces, "text", options)


def _recording(path: Path, content: Content, traces: ArrayTraces, kind: str, options: ReadingOptions) -> Recording:
    selection = select_sweeps(len(traces.currents), options.sweeps, path)
    sweeps = tuple(
        Sweep(
            n * traces.currents[n].size / traces.rate_Hz,
            traces.currents[n],
            traces.voltages[n] if traces.voltages else None,
        )
        for n in selection.numbers
    )
    command, warnings = chosen_command(sweeps, traces.voltage, traces.rate_Hz, options, path, selection=selection)
    if options.protocol is not None and not traces.voltages:
        _refuse_untitled_voltage(sweeps, selection.numbers, command, traces.current.unit, options.protocol, path)
    unused = (f"columns that are not used: {', '.join(traces.unused)}",) if traces.unused else ()
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format=kind,
        sample_rate_Hz=traces.rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=traces.current,
        channels=(traces.current, *([traces.voltage] if traces.voltage else [])),
        warnings=(*warnings, *unused, traces.warning),
        selection=selection,
    )


def _protocol_of(options: ReadingOptions, kind: str, path: Path) -> Protocol:
    """The declared protocol, which has what a file without titles lacks. Raises RecordingRefused without one."""
    protocol = options.protocol
    if protocol is None or protocol.sample_rate_Hz is None or protocol.current_unit is None:
        titles = " Or write titles above the columns, such as 'Time (ms)', 'Im (pA)' and 'Vm (mV)'"
        raise RecordingRefused(
            f"a {kind} file contains numbers only, without sampling rate and unit",
            file=path,
            expected="a protocol with sample_rate_Hz and current_unit",
            remedy=f"{PROTOCOL_FOR_ARRAY}.{titles}" if kind == "text" else PROTOCOL_FOR_ARRAY,
        )
    return protocol


def _rate_of(protocol: Protocol) -> float:
    assert protocol.sample_rate_Hz is not None
    return protocol.sample_rate_Hz


def _untitled(traces: Sequence[Samples], options: ReadingOptions, path: Path) -> ArrayTraces:
    """Sweeps of an array without titles, with rate and unit of the protocol."""
    protocol = options.protocol
    assert protocol is not None
    assert protocol.current_unit is not None
    rate_Hz = _rate_of(protocol)
    currents, voltages, voltage_unit = divided_traces(traces, protocol, rate_Hz, path)
    to_pA = factor_to_pA_or_mV(protocol.current_unit) * protocol.scale
    to_mV = factor_to_pA_or_mV(voltage_unit) if voltages else 1.0
    return ArrayTraces(
        currents=[changed(trace, partial(_scaled, to_pA)) for trace in currents],
        voltages=[changed(trace, partial(_scaled, to_mV)) for trace in voltages],
        rate_Hz=rate_Hz,
        current=Channel(options.channel or "current", protocol.current_unit, CURRENT),
        voltage=Channel("voltage", voltage_unit, VOLTAGE) if voltages else None,
        warning="rate, unit and start of sweeps are declared: they are not in the file",
    )


def _scaled(factor: float, samples: SampleArray) -> FloatArray:
    with np.errstate(over="ignore"):  # samples of a damaged file may become infinite, and are refused as such later
        return np.asarray(samples, dtype=float) * factor


def _refuse_measured_iv(columns: TableColumns, protocol: Protocol | None, path: Path) -> None:
    """Raise RecordingRefused for a table of one current and one voltage with a row for every declared level."""
    if protocol is None or len(columns.currents) != 1 or not columns.voltages:
        return
    steps = [epoch.step for epoch in protocol.epochs if epoch.step is not None]
    counts = {len(step.by_sweep()) if isinstance(step, Levels) else np.size(step) for step in steps} - {1}
    if columns.voltages[0].size in counts:
        raise RecordingRefused(
            "the table has one current for each voltage: an I–V that was measured before, not a recording",
            file=path,
            found=f"{columns.voltages[0].size} rows of voltage and current",
            expected="the current of each sweep as it was sampled",
            remedy="Give the recording from which the I–V was measured, or enter its points in the table `iv_points`",
        )


def _titled(columns: TableColumns, options: ReadingOptions, path: Path) -> ArrayTraces:
    """Sweeps of a table with titles; a single column can have all sweeps end to end."""
    if columns.rate_Hz is None:
        raise RecordingRefused(
            "the table has no time column, and no sampling rate is declared",
            file=path,
            expected="a first column such as 'Time (ms)', or a protocol with sample_rate_Hz",
            remedy=PROTOCOL_FOR_ARRAY,
        )
    length = None if options.protocol is None else options.protocol.sweep_samples
    currents, voltages = columns.currents, columns.voltages
    if length is not None and len(currents) == 1:
        currents, voltages = (
            [sweep for trace in traces for sweep in _end_to_end(trace, length, path)] for traces in (currents, voltages)
        )
    elif length is not None and currents[0].size != length:
        raise _other_length(f"{currents[0].size} samples", length, path)
    return ArrayTraces(
        currents=currents,
        voltages=voltages,
        rate_Hz=columns.rate_Hz,
        current=columns.current,
        voltage=columns.voltage,
        warning="the start of sweeps is not in the file: they count as recorded one after another",
        unused=columns.unused,
    )


def _refuse_untitled_voltage(
    sweeps: tuple[Sweep, ...], numbers: tuple[int, ...], command: Command, unit: str, protocol: Protocol, path: Path
) -> None:
    """Raise RecordingRefused if some sweeps, but not all, have the numbers of the declared command.

    A column of recorded voltage without a title would be one more sweep. If all sweeps have these numbers, they are the
    current of a model cell of 1 GΩ.
    """
    if is_constant(command):
        return
    scale = factor_to_pA_or_mV(unit) * protocol.scale
    alike = []
    for sweep, wave in zip(sweeps, command.sweeps, strict=True):
        command_mV = looked_at(wave, sweep.current.size)
        written = sweep.current[:: every(sweep.current.size)] / scale
        alike.append(any(follows_command(written * to_mV, command_mV) for to_mV in (1.0, 1e3)))
    if any(alike) and not all(alike):
        raise RecordingRefused(
            "a column or row has the numbers of the declared command: it is a recorded voltage, not a current",
            file=path,
            place=f"sweep {numbers[alike.index(True)]}",
            remedy="Write titles with units above the table, such as 'Im (pA)' and 'Vm (mV)', or remove the voltage",
        )


def _traces_of(array: StoredArray, options: ReadingOptions, path: Path, *, is_text: bool = False) -> list[Samples]:
    """Samples of each sweep in an array; of several channels one after another."""
    protocol = options.protocol
    assert protocol is not None
    rate_Hz, sweep_samples = _rate_of(protocol), protocol.sweep_samples
    array = array.squeezed()
    dimensions = len(array.shape)
    if dimensions == 3:
        channels = channels_by_sweeps(array, protocol, rate_Hz, path)
        used = _chosen_channels(channels.shape[0], options.channel, path)
        return [sweep for n in used for sweep in channels.at(n).rows()]
    if not 0 < dimensions < 3 or array.size == 0:
        raise RecordingRefused(
            "the array cannot be divided into sweeps", file=path, found=array.shape, expected="one to three dimensions"
        )
    if dimensions == 1:
        return _end_to_end(array.rows()[0], sweep_samples, path)
    for columns in _samples_down(array, sweep_samples, is_text=is_text):
        if (times := _times(columns.T.at(0), sweep_samples, path)) is not None:
            _check_times(times, sweep_samples, rate_Hz, path)
            return _timed(columns.T, sweep_samples, path)
    rows = array.T if is_text else sweeps_by_samples(array, protocol, rate_Hz, path)
    if is_text and sweep_samples is not None and rows.shape[1] != sweep_samples:
        rows = rows.T
    return _whole_rows(rows, sweep_samples, path)


def _chosen_channels(count: int, wanted: str | None, path: Path) -> range:
    """The channel with a number from 1; without a number both of two, of which one must be the voltage."""
    if wanted is not None and re.fullmatch(r"\d{1,9}", wanted.strip()) and 1 <= int(wanted) <= count:
        return range(int(wanted) - 1, int(wanted))
    if wanted is None and count <= CURRENT_AND_VOLTAGE:
        return range(count)
    raise RecordingRefused(
        "the array has several channels",
        file=path,
        found=f"{count} channels" if wanted is None else f"channel '{wanted}' of {count}",
        remedy="Write the number of the current, from 1, in the column 'channel' of the recording sheet",
    )


def _timed(rows: StoredArray, sweep_samples: int | None, path: Path) -> list[Samples]:
    """Sweeps of the rows after a time."""
    if rows.shape[0] == CURRENT_AND_TIME:
        return _end_to_end(rows.rows()[1], sweep_samples, path)
    return _whole_rows(rows, sweep_samples, path, first=1)


def _whole_rows(rows: StoredArray, sweep_samples: int | None, path: Path, first: int = 0) -> list[Samples]:
    """Sweeps that are rows, from a first one on."""
    count, samples = rows.shape[0] - first, rows.shape[1]
    if count > MAX_SWEEPS or (sweep_samples is not None and samples != sweep_samples):
        raise _other_length(f"{count} sweeps of {samples} samples", sweep_samples, path)
    return list(rows.rows()[first:])


def _other_length(found: str, sweep_samples: int | None, path: Path) -> RecordingRefused:
    return RecordingRefused(
        "the length of the sweeps differs from the declared length",
        file=path,
        found=found,
        expected=f"sweeps of {sweep_samples} samples",
    )


def _end_to_end(samples: Samples, sweep_samples: int | None, path: Path) -> list[Samples]:
    """Sweeps that are stored end to end."""
    if sweep_samples is None:
        return [samples]
    if samples.size % sweep_samples or samples.size // sweep_samples > MAX_SWEEPS:
        raise RecordingRefused(
            "the array does not contain a whole number of sweeps",
            file=path,
            found=f"{samples.size} samples",
            expected=f"n × {sweep_samples}",
        )
    return [part_of(samples, first, sweep_samples) for first in range(0, samples.size, sweep_samples)]


def _samples_down(array: StoredArray, sweep_samples: int | None, *, is_text: bool) -> list[StoredArray]:
    """The array with the samples of a sweep below each other, as far as its shape shows it.

    Values from sweep to sweep are no time, even if they increase evenly, as currents at the first sample can.
    """
    ways = [array] if is_text else [array, array.T]
    fitting = [way for way in ways if sweep_samples is not None and way.shape[0] % sweep_samples == 0]
    longest = max(way.shape[0] for way in ways)
    return fitting or [way for way in ways if way.shape[0] == longest]


def _times(column: StoredArray, sweep_samples: int | None, path: Path) -> SampleArray | None:
    """Times, shape (runs, samples); None for other values. Times can start again, or after a gap, with each sweep."""
    if column.size > MAX_TIMES:
        start = column.part(slice(0, WHOLE_SAMPLES))
        if not _is_time(start):
            return None
        raise RecordingRefused(
            "a time column is too long",
            file=path,
            found=f"{column.size} times",
            expected=f"at most {MAX_TIMES}",
            remedy="Leave the times out: the protocol gives the sampling rate",
        )
    values = column.part(slice(None))
    if _is_time(values):
        return values.reshape(1, -1)
    step = np.median(np.diff(values))
    apart = np.abs(np.diff(values) - step)
    if not apart.max() > MAX_UNEVENNESS * step:
        return None
    length = sweep_samples or int(np.argmax(apart > apart.max() / 2)) + 1
    if values.size % length:
        return None
    runs = values.reshape(-1, length)
    return runs if all(map(_is_time, runs)) else None


def _check_times(times: SampleArray, sweep_samples: int | None, rate_Hz: float, path: Path) -> None:
    """Raise RecordingRefused if times contradict the declared rate, or are of several sweeps of no declared length."""
    for run in times:
        _check_rate(run, rate_Hz, path)
    if len(times) > 1 and sweep_samples is None:
        raise RecordingRefused(
            "the time does not increase evenly: each sweep has times of its own",
            file=path,
            found=f"{len(times)} sweeps of {times.shape[1]} samples",
            expected="the length of the sweeps in the protocol",
            remedy=f"Add sweep_samples: {times.shape[1]} to the protocol",
        )


def _is_time(values: SampleArray) -> bool:
    """True for values that increase in even steps. No current does. A few values must be even within rounding."""
    steps = np.diff(values)
    tolerance = MAX_UNEVENNESS if values.size >= MIN_ROUNDED_TIMES else EVEN_STEP_TOLERANCE
    return steps.size > 1 and bool(np.all(steps > 0)) and even_step(values, tolerance) is not None


def _check_rate(times: SampleArray, rate_Hz: float, path: Path) -> None:
    step = even_step(times)
    assert step is not None
    if all(abs(step * rate_Hz * unit_s - 1) > DECLARED_RATE_TOLERANCE for unit_s in (1.0, 1e-3)):
        raise RecordingRefused(
            "the time column and the declared sampling rate disagree",
            file=path,
            found=f"a step of {step:g}",
            expected=f"{1 / rate_Hz:g} s or {1e3 / rate_Hz:g} ms",
            remedy="Correct sample_rate_Hz of the protocol",
        )
