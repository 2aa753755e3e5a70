"""Recordings kept as plain arrays: CSV, TXT, MAT, NPZ, NPY and ATF, which know little or nothing of how they were made.

A declared protocol says what the file does not: rate, unit, factor on the current, samples of a sweep. Accepted shapes:
one array of sweeps end to end (with ``sweep_samples``), or one column (or row, in MAT and NPZ) a sweep; in text, a
first column that rises evenly is time in seconds or milliseconds, told apart by the declared rate.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.command.choose import command_of
from reversal.recordings.formats.array_files import array_in_mat, array_in_npz, numbers_in_text
from reversal.recordings.formats.atf import AtfTable, read_atf, sampling_rate_Hz
from reversal.recordings.recording import Channel, Recording, RecordingRefused, Sweep
from reversal.recordings.request import Reading
from reversal.recordings.units import CURRENT, VOLTAGE, canonical, factor_to_fixed, role_of

RATE_TOLERANCE = 1e-3
MOST_SWEEPS = 10_000


def read_mat(path: Path, content: bytes, how: Reading) -> Recording:
    """Read sweeps from a MATLAB file."""
    return _read(path, content, array_in_mat(path, content, _variable(how)), "MAT", how)


def read_npz(path: Path, content: bytes, how: Reading) -> Recording:
    """Read sweeps from a NumPy file."""
    return _read(path, content, array_in_npz(path, content, _variable(how)), "NumPy", how)


def read_text(path: Path, content: bytes, how: Reading) -> Recording:
    """Read sweeps from a table of numbers."""
    return _read(path, content, numbers_in_text(path, content), "text", how, columns=True)


def _variable(how: Reading) -> str | None:
    return None if how.protocol is None else how.protocol.variable


def _read(
    path: Path, content: bytes, array: SampleArray, kind: str, how: Reading, *, columns: bool = False
) -> Recording:
    protocol = how.protocol
    if protocol is None or protocol.sample_rate_Hz is None or protocol.current_unit is None:
        raise RecordingRefused(
            f"a {kind} file holds numbers only",
            file=path,
            expected="a protocol with sample_rate_Hz and current_unit",
            remedy="Declare one under 'protocols' in config.yaml and name it in the recording sheet",
        )
    rate = protocol.sample_rate_Hz
    sweeps = _sweeps(array, protocol.sweep_samples, rate, path, columns=columns)
    factor = factor_to_fixed(protocol.current_unit) * protocol.scale
    laid = tuple(
        Sweep(n * sweep.size / rate, np.ascontiguousarray(sweep, dtype=float) * factor)
        for n, sweep in enumerate(sweeps)
    )
    command, said = command_of(laid, None, rate, how, path)
    channel = Channel(how.channel or "current", protocol.current_unit, CURRENT)
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format=kind,
        sample_rate_Hz=rate,
        sweeps=laid,
        command=command,
        current_channel=channel,
        channels=(channel,),
        warnings=(*said, "rate, unit and sweep times are declared: the file does not carry them"),
    )


def _sweeps(array: SampleArray, samples: int | None, rate: float, path: Path, *, columns: bool) -> list[SampleArray]:
    """Cut an array into sweeps."""
    if array.ndim > 2 or array.size == 0:
        raise RecordingRefused(
            "the array has no sweeps", file=path, found=array.shape, expected="one or two dimensions"
        )
    if columns and array.ndim == 2 and array.shape[1] > 1:
        array = _without_time(array, rate, path)
    if min(array.shape) == 1 or array.ndim == 1:
        flat = array.reshape(-1)
        if samples is None:
            return [flat]
        if flat.size % samples or flat.size // samples > MOST_SWEEPS:
            raise RecordingRefused(
                "the array is not a whole number of sweeps",
                file=path,
                found=f"{flat.size} samples",
                expected=f"n × {samples}",
            )
        return list(flat.reshape(-1, samples))
    rows = array.T if columns else array
    if samples is not None and rows.shape[1] != samples:
        rows = rows.T
    if rows.shape[0] > MOST_SWEEPS or (samples is not None and rows.shape[1] != samples):
        raise RecordingRefused(
            "the array's sweeps have another length than declared",
            file=path,
            found=f"{array.shape[0]} by {array.shape[1]}",
            expected=f"sweeps of {samples} samples",
        )
    return list(rows)


def _without_time(table: SampleArray, rate: float, path: Path) -> SampleArray:
    """Drop a first column that is time, after holding it to the declared rate."""
    steps = np.diff(table[:, 0])
    if steps.size == 0 or not (np.all(steps > 0) and np.ptp(steps) < 1e-3 * float(np.mean(steps))):
        return table
    step = float(np.mean(steps))
    if all(abs(step * rate * unit_s - 1) > RATE_TOLERANCE for unit_s in (1.0, 1e-3)):
        raise RecordingRefused(
            "the time column and the declared rate disagree",
            file=path,
            found=f"a step of {step:g}",
            expected=f"{1 / rate:g} s or {1e3 / rate:g} ms",
            remedy="Correct sample_rate_Hz of the protocol",
        )
    return table[:, 1:]


def read_atf_recording(path: Path, content: bytes, how: Reading) -> Recording:
    """Read an Axon text file: its columns in a unit of current are the sweeps, those in mV the recorded voltage."""
    table = read_atf(content, path)
    rate = sampling_rate_Hz(table.time_s, path)
    currents = _columns(table, CURRENT, how.channel, path)
    voltages = _columns(table, VOLTAGE, None, path) if VOLTAGE in map(role_of, table.units) else []
    if voltages and len(voltages) != len(currents):
        voltages = []
    starts = _starts_s(table, len(currents), path)
    sweeps = tuple(
        Sweep(
            starts[n],
            table.columns[k] * factor_to_fixed(table.units[k]),
            table.columns[voltages[n]] * factor_to_fixed(table.units[voltages[n]]) if voltages else None,
        )
        for n, k in enumerate(currents)
    )
    names = [table.signals[currents[0]] or "current", *([table.signals[voltages[0]] or "voltage"] if voltages else [])]
    units = [table.units[currents[0]], *([table.units[voltages[0]]] if voltages else [])]
    channels = tuple(Channel(name, canonical(unit), role_of(unit)) for name, unit in zip(names, units, strict=True))
    command, said = command_of(sweeps, channels[1] if voltages else None, rate, how, path)
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format="ATF",
        sample_rate_Hz=rate,
        sweeps=sweeps,
        command=command,
        current_channel=channels[0],
        channels=channels,
        warnings=said,
        header={name: value for name, value in table.facts.items() if name in ("AcquisitionMode", "Comment") and value},
    )


def _columns(table: AtfTable, role: str, wanted: str | None, path: Path) -> list[int]:
    """Columns of one signal in a unit of the role asked for."""
    fits = [n for n, unit in enumerate(table.units) if role_of(unit) == role]
    names = sorted({table.signals[n] for n in fits})
    if wanted is not None:
        fits = [n for n in fits if table.signals[n].lower() == wanted.strip().lower()]
    elif len(names) > 1 and role == CURRENT:
        raise RecordingRefused(
            "there are several current signals", file=path, found=", ".join(names), expected="one named as 'channel'"
        )
    if not fits:
        raise RecordingRefused(
            "no column is the current asked for", file=path, found=", ".join(sorted(set(table.units))), expected=wanted
        )
    return fits


def _starts_s(table: AtfTable, sweeps: int, path: Path) -> list[float]:
    try:
        starts = [float(word) * 1e-3 for word in table.facts.get("SweepStartTimesMS", "").split(",") if word]
    except ValueError:
        raise RecordingRefused("the sweeps' start times are no numbers", file=path) from None
    length = float(table.time_s[-1] - table.time_s[0])
    return starts[:sweeps] if len(starts) >= sweeps else [n * length for n in range(sweeps)]
