"""Reader of plain arrays: MAT, NPZ, NPY, CSV and TXT files, which contain the current and nothing else.

A declared protocol provides what the file does not: the command, sampling rate, unit, factor on the current, samples
per sweep. Three layouts are accepted:
- one array with all sweeps end to end (needs ``sweep_samples``),
- one row per sweep, or one column per sweep (MAT, NPZ, NPY),
- one column per sweep (text). A first column that increases evenly is time in s or ms, and must agree with the rate.
Tested on real MAT and CSV files, and on NPZ, NPY and TXT files written for the tests. Never tested: files with a second
signal, such as a recorded voltage.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.formats.array_files import array_in_mat, array_in_numpy, numbers_in_text
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import Channel, Recording, RecordingRefused, Sweep
from reversal.recordings.units import CURRENT, factor_to_pA_or_mV

RATE_TOLERANCE = 1e-3  # relative difference of the declared rate and a time column
EVEN_STEP_TOLERANCE = 1e-3  # relative variation of the steps of a time column
MAX_SWEEPS = 10_000


def read_mat(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read sweeps from a MATLAB file. Raises RecordingRefused and CommandUnknown."""
    return _recording(path, content, array_in_mat(path, content, _variable(options)), "MAT", options)


def read_numpy(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read sweeps from an NPZ or NPY file. Raises RecordingRefused and CommandUnknown."""
    return _recording(path, content, array_in_numpy(path, content, _variable(options)), "NumPy", options)


def read_text(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read sweeps from a table of numbers. Raises RecordingRefused and CommandUnknown."""
    return _recording(path, content, numbers_in_text(path, content), "text", options, is_text=True)


def _variable(options: ReadingOptions) -> str | None:
    return None if options.protocol is None else options.protocol.variable


def _recording(
    path: Path, content: bytes, array: SampleArray, kind: str, options: ReadingOptions, *, is_text: bool = False
) -> Recording:
    protocol = options.protocol
    if protocol is None or protocol.sample_rate_Hz is None or protocol.current_unit is None:
        raise RecordingRefused(
            f"a {kind} file contains numbers only, without sampling rate and unit",
            file=path,
            expected="a protocol with sample_rate_Hz and current_unit",
            remedy="Declare a protocol under 'protocols' in config.yaml and name it in the recording sheet",
        )
    rate_Hz = protocol.sample_rate_Hz
    to_pA = factor_to_pA_or_mV(protocol.current_unit) * protocol.scale
    sweeps = tuple(
        Sweep(n * trace.size / rate_Hz, np.ascontiguousarray(trace, dtype=float) * to_pA)
        for n, trace in enumerate(_traces(array, protocol.sweep_samples, rate_Hz, path, is_text=is_text))
    )
    command, warnings = chosen_command(sweeps, None, rate_Hz, options, path)
    channel = Channel(options.channel or "current", protocol.current_unit, CURRENT)
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format=kind,
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        warnings=(*warnings, "rate, unit and start of sweeps are declared: they are not in the file"),
    )


def _traces(
    array: SampleArray, sweep_samples: int | None, rate_Hz: float, path: Path, *, is_text: bool
) -> list[SampleArray]:
    """Samples of each sweep."""
    if array.ndim > 2 or array.size == 0:
        raise RecordingRefused(
            "the array cannot be divided into sweeps", file=path, found=array.shape, expected="one or two dimensions"
        )
    if is_text and array.ndim == 2 and array.shape[1] > 1:
        array = _without_time(array, rate_Hz, path)
    if min(array.shape) == 1 or array.ndim == 1:
        return _end_to_end(array.reshape(-1), sweep_samples, path)
    rows = array.T if is_text else array
    if sweep_samples is not None and rows.shape[1] != sweep_samples:
        rows = rows.T
    if rows.shape[0] > MAX_SWEEPS or (sweep_samples is not None and rows.shape[1] != sweep_samples):
        raise RecordingRefused(
            "the length of the sweeps differs from the declared length",
            file=path,
            found=f"{array.shape[0]} by {array.shape[1]}",
            expected=f"sweeps of {sweep_samples} samples",
        )
    return list(rows)


def _end_to_end(samples: SampleArray, sweep_samples: int | None, path: Path) -> list[SampleArray]:
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
    return list(samples.reshape(-1, sweep_samples))


def _without_time(table: SampleArray, rate_Hz: float, path: Path) -> SampleArray:
    """The table without a first column that is time. Raises RecordingRefused if time and declared rate disagree."""
    steps = np.diff(table[:, 0])
    is_time = steps.size > 0 and np.all(steps > 0) and np.ptp(steps) < EVEN_STEP_TOLERANCE * float(np.mean(steps))
    if not is_time:
        return table
    step = float(np.mean(steps))
    if all(abs(step * rate_Hz * unit_s - 1) > RATE_TOLERANCE for unit_s in (1.0, 1e-3)):
        raise RecordingRefused(
            "the time column and the declared sampling rate disagree",
            file=path,
            found=f"a step of {step:g}",
            expected=f"{1 / rate_Hz:g} s or {1e3 / rate_Hz:g} ms",
            remedy="Correct sample_rate_Hz of the protocol",
        )
    return table[:, 1:]
