"""Reader of WaveSurfer files (".h5", Janelia), with h5py.

``/header`` has names, units, scales (volts per unit) and activity of all inputs, and the coefficients of a cubic
polynomial for each: volts at the converter by counts. ``/sweep_0001`` (in old files ``/trial_0001``) has the counts of
the active inputs, ``analogScans``, and ``timestamp``, its start after that of the run [s]. Versions up to 0.912 give
the rate that was asked for; the board then used 100 MHz divided by a whole number.
The stimuli in the header are added to a holding potential that the amplifier sets and the file does not have. So the
command is a recorded voltage or a declared protocol.
Tested on real files of versions 0.913 and 0.97, all with inputs in V, and on copies with a current and a voltage.
Refused: files without the coefficients (before 0.92). Never tested: settings of the electrodes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.recordings.choices.channel_choice import channel_of, current_index, voltage_index
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.files.file_content import Content, sha256_of_content
from reversal.recordings.formats.hdf5 import Hdf5
from reversal.recordings.recording.recording import Channel, Recording, RecordingRefused, Sweep
from reversal.recordings.recording.stored_samples import StoredSamples
from reversal.recordings.recording.units import factor_to_pA_or_mV

SWEEP_NAMES = ("sweep_", "trial_")
MAX_HEADER_BYTES, MAX_CHANNELS = 1 << 20, 1000
TIMEBASE_Hz = 100_000_000
LAST_VERSION_WITH_WISHED_RATE = 0.912
OLD_NAMES = {  # in the group Acquisition of the header of versions before 0.95
    "AIChannelNames": "AnalogChannelNames",
    "AIChannelUnits": "AnalogChannelUnits",
    "AIChannelScales": "AnalogChannelScales",
    "IsAIChannelActive": "IsAnalogChannelActive",
    "AIScalingCoefficients": "AnalogScalingCoefficients",
    "AcquisitionSampleRate": "SampleRate",
}


@dataclass(frozen=True, slots=True)
class WaveSurferInputs:
    """The active inputs: channels, scales [V per unit], coefficients of the polynomial, shape (inputs, 4)."""

    channels: tuple[Channel, ...]
    scales: FloatArray
    coefficients: FloatArray


def is_wavesurfer(file: Hdf5) -> bool:
    """True if an HDF5 file has a header and sweeps as WaveSurfer writes them."""
    header = file.member(file.root, "header")
    has_rate = any(_field(file, name) is not None for name in ("AcquisitionSampleRate", "SampleRate"))
    return header is not None and has_rate and any(name.startswith(SWEEP_NAMES) for name in file.members(file.root))


def read_wavesurfer(path: Path, content: Content, file: Hdf5, options: ReadingOptions) -> Recording:
    """Read the sweeps of a WaveSurfer file. Raises RecordingRefused and CommandUnknown."""
    inputs, rate_Hz = _inputs(file), _rate_Hz(file)
    current = current_index(inputs.channels, options.channel, path)
    voltage = voltage_index(inputs.channels, None)
    nodes = [node for name, node in sorted(file.members(file.root).items()) if name.startswith(SWEEP_NAMES)]
    selection = select_sweeps(len(nodes), options.sweeps, path)
    first_s = _start_s(file, nodes[0])
    sweeps = tuple(
        Sweep(
            _start_s(file, nodes[number]) - first_s,
            _samples(file, nodes[number], inputs, current),
            None if voltage is None else _samples(file, nodes[number], inputs, voltage),
        )
        for number in selection.numbers
    )
    recorded = None if voltage is None else inputs.channels[voltage]
    command, warnings = chosen_command(sweeps, recorded, rate_Hz, options, path, selection=selection)
    version = _text(file, "VersionString")
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format=f"WaveSurfer {version}".strip(),
        sample_rate_Hz=rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=inputs.channels[current],
        channels=inputs.channels,
        started=_started(file, first_s),
        warnings=warnings,
        header={"protocol": name} if (name := _text(file, "AbsoluteProtocolFileName")) else {},
        selection=selection,
    )


def _inputs(file: Hdf5) -> WaveSurferInputs:
    active = _numbers(file, "IsAIChannelActive").reshape(-1) != 0
    names, units = (_texts(file, name) for name in ("AIChannelNames", "AIChannelUnits"))
    scales = _numbers(file, "AIChannelScales").reshape(-1)
    if not (len(names) == len(units) == scales.size == active.size <= MAX_CHANNELS) or not active.any():
        raise RecordingRefused(
            "the WaveSurfer header does not describe its inputs",
            file=file.path,
            found=f"{len(names)} names, {len(units)} units, {scales.size} scales of {active.size} inputs",
        )
    if _field(file, "AIScalingCoefficients") is None:
        raise RecordingRefused(
            "the WaveSurfer file lacks the scaling coefficients of the converter",
            file=file.path,
            remedy="Add them in WaveSurfer with ws.addScalingToHDF5FilesRecursively",
        )
    coefficients = np.atleast_2d(_numbers(file, "AIScalingCoefficients"))
    if len(coefficients) == active.size:
        coefficients = coefficients[active]
    if len(coefficients) != np.count_nonzero(active) or np.any(scales[active] == 0):
        raise RecordingRefused("the WaveSurfer header has impossible scales", file=file.path, found=coefficients.shape)
    channels = tuple(channel_of(names[n], units[n]) for n in np.flatnonzero(active))
    return WaveSurferInputs(channels, scales[active], coefficients)


def _samples(file: Hdf5, sweep: Any, inputs: WaveSurferInputs, channel: int) -> StoredSamples:
    """Samples of an input in a sweep, shape (samples,) [pA or mV]."""
    counts = file.member(sweep, "analogScans")
    shape = file.shape(counts)
    if len(shape) != 2 or shape[0] != len(inputs.channels):
        raise RecordingRefused(
            "a sweep has another number of inputs than the header",
            file=file.path,
            found=shape,
            expected=f"{len(inputs.channels)} inputs",
        )
    factor = factor_to_pA_or_mV(inputs.channels[channel].unit)

    def scaled(stored: NDArray[Any]) -> FloatArray:
        volts = np.polynomial.polynomial.polyval(stored.astype(float), inputs.coefficients[channel])
        return np.asarray(volts / inputs.scales[channel] * factor)

    return file.samples(counts, scaled, channel)


def _rate_Hz(file: Hdf5) -> float:
    rate_Hz = float(_numbers(file, "AcquisitionSampleRate").reshape(-1)[0])
    if not (math.isfinite(rate_Hz) and rate_Hz > 0):
        raise RecordingRefused("the WaveSurfer header has an impossible sampling rate", file=file.path, found=rate_Hz)
    try:
        version = float(_text(file, "VersionString") or 0)
    except ValueError:
        return rate_Hz
    ticks = TIMEBASE_Hz / rate_Hz
    is_wish = version <= LAST_VERSION_WITH_WISHED_RATE and ticks >= 1
    return TIMEBASE_Hz / math.floor(ticks) if is_wish else rate_Hz


def _start_s(file: Hdf5, sweep: Any) -> float:
    stamp = file.member(sweep, "timestamp")
    seconds = 0.0 if stamp is None else float(np.ravel(file.array(stamp, MAX_HEADER_BYTES))[0])
    if not math.isfinite(seconds):
        raise RecordingRefused("a sweep has an impossible start", file=file.path, found=seconds)
    return seconds


def _started(file: Hdf5, first_s: float) -> str | None:
    """ISO 8601 time of the first sweep from the clock at the start of the run; None if it is not possible."""
    if _field(file, "ClockAtRunStart") is None:
        return None
    clock = _numbers(file, "ClockAtRunStart").reshape(-1)
    try:
        year, month, date, hour, minute = (int(value) for value in clock[:5])
        day = datetime(year, month, date, hour, minute)
        return (day + timedelta(seconds=float(clock[5]) + first_s)).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _field(file: Hdf5, name: str) -> Any:
    """Data set of the header, by its new or its old name; None if it is missing."""
    header = file.member(file.root, "header")
    found = file.member(header, name)
    return file.member(header, "Acquisition", OLD_NAMES.get(name, name)) if found is None else found


def _numbers(file: Hdf5, name: str) -> FloatArray:
    found = file.array(_field(file, name), MAX_HEADER_BYTES)
    if found.dtype.kind not in "iufb":
        raise RecordingRefused("the WaveSurfer header is damaged", file=file.path, place=name, found=found.dtype)
    return np.asarray(found, dtype=float)


def _texts(file: Hdf5, name: str) -> list[str]:
    found = np.ravel(file.array(_field(file, name), MAX_HEADER_BYTES))
    return [text.decode("utf-8", errors="replace") if isinstance(text, bytes) else str(text) for text in found.tolist()]


def _text(file: Hdf5, name: str) -> str:
    return (_texts(file, name) or [""])[0] if _field(file, name) is not None else ""
