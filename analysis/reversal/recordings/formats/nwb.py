"""Reader of intracellular recordings in NWB files (Neurodata Without Borders 2, HDF5), with h5py.

The current of a sweep is /acquisition/<name> of type VoltageClampSeries, with its electrode, starting time and rate.
The command is /stimulus/presentation/<name> of type VoltageClampStimulusSeries. Samples in SI units are ``data`` ×
``conversion`` + ``offset``. A command belongs to the sweep with the same ``sweep_number``, or else with the same name.
All series of one electrode are one recording; if the file has several electrodes, ``channel`` names one.
Tested on files that pynwb wrote. Never tested: files of real rigs; series that are linked only by the table of
intracellular recordings; current-clamp series in the same file.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.reading_options import ReadingOptions
from reversal.recordings.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.units import CURRENT

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_SAMPLES = 50_000_000
RATE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class ClampSeries:
    """One sweep of an electrode, with its command if the file has one of the same sweep."""

    name: str
    electrode: str
    rate_Hz: float
    start_s: float
    i_pA: SampleArray
    command_mV: SampleArray | None
    telegraph: Telegraph


def read_nwb(path: Path, content: bytes, options: ReadingOptions) -> Recording:
    """Read all voltage-clamp series of one electrode. Raises RecordingRefused and CommandUnknown."""
    try:
        import h5py

        with h5py.File(io.BytesIO(content), "r") as file:
            if "acquisition" not in file:
                raise RecordingRefused(
                    "the HDF5 file is not an NWB file",
                    file=path,
                    found=", ".join(list(file)[:10]),
                    remedy="If it is a MATLAB file, save the array as version 7 (-v7)",
                )
            series = _series_of_electrode(file, options.channel, path)
            facts = {"session": _text(file, "session_description"), "identifier": _text(file, "identifier")}
            started = _text(file, "session_start_time")
    except RecordingRefused:
        raise
    except Exception as fault:  # on damaged bytes any access to the file can raise any exception
        raise RecordingRefused(
            "the HDF5 file cannot be read",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy="The file is damaged or not yet copied completely: copy it again",
        ) from fault
    first = series[0]
    sweeps = tuple(Sweep(one.start_s - first.start_s, one.i_pA) for one in series)
    command, warnings = chosen_command(sweeps, None, first.rate_Hz, options, path, lambda: _commands(series, path))
    channel = Channel(first.electrode or "current", "pA", CURRENT)
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format="NWB",
        sample_rate_Hz=first.rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        telegraph=first.telegraph,
        started=started or None,
        warnings=warnings,
        header={name: value for name, value in facts.items() if value},
    )


def _series_of_electrode(file: Any, electrode: str | None, path: Path) -> list[ClampSeries]:
    """Voltage-clamp series of one electrode, in the order of their starts."""
    stimuli = file.get("stimulus/presentation", {})
    found = [
        _clamp_series(name, series, stimuli, path)
        for name, series in file["acquisition"].items()
        if _type(series) == "VoltageClampSeries"
    ]
    electrodes = sorted({one.electrode for one in found})
    if electrode is not None:
        found = [one for one in found if one.electrode == electrode]
    elif len(electrodes) > 1:
        raise RecordingRefused(
            "the file has several electrodes",
            file=path,
            found=", ".join(electrodes),
            expected="the name of one of them",
            remedy="Write the name of the cell's electrode in the column 'channel' of the recording sheet",
        )
    if not found:
        what = "the NWB file has no voltage-clamp series" + (
            "" if electrode is None else f" of electrode '{electrode}'"
        )
        raise RecordingRefused(what, file=path, found=", ".join(electrodes) or None)
    if any(abs(one.rate_Hz / found[0].rate_Hz - 1) > RATE_TOLERANCE for one in found):
        raise RecordingRefused("the series have different sampling rates", file=path)
    return sorted(found, key=lambda one: (one.start_s, one.name))


def _clamp_series(name: str, series: Any, stimuli: Any, path: Path) -> ClampSeries:
    rate_Hz, start_s = _timing(series, path, name)
    stimulus = _stimulus_of(name, series, stimuli)
    return ClampSeries(
        name=name,
        electrode=series["electrode"].name.rsplit("/", 1)[-1] if "electrode" in series else "",
        rate_Hz=rate_Hz,
        start_s=start_s,
        i_pA=_samples(series, path) * 1e12,
        command_mV=None if stimulus is None else _samples(stimulus, path) * 1e3,
        telegraph=Telegraph(
            cm_pF=_positive(series, "capacitance_slow", 1e12),
            rs_compensation=_positive(series, "resistance_comp_correction", 1e-2),
            gain=_positive(series, "gain", 1.0),
        ),
    )


def _type(series: Any) -> str:
    name = series.attrs.get("neurodata_type", "")
    return name.decode() if isinstance(name, bytes) else str(name)


def _stimulus_of(name: str, series: Any, stimuli: Any) -> Any:
    """Stimulus with the sweep number of a series, else with its name, else None."""
    number = series.attrs.get("sweep_number")
    same_number = [
        other
        for other in stimuli.values()
        if number is not None and other.attrs.get("sweep_number") == number and _type(other).startswith("VoltageClamp")
    ]
    return same_number[0] if len(same_number) == 1 else stimuli.get(name)


def _timing(series: Any, path: Path, name: str) -> tuple[float, float]:
    """Sampling rate [Hz] and start [s] of a series."""
    start = series.get("starting_time")
    if start is None:
        raise RecordingRefused("a series has no starting time and rate", file=path, place=name)
    rate_Hz = float(start.attrs["rate"])
    if not (np.isfinite(rate_Hz) and rate_Hz > 0):
        raise RecordingRefused("a series has an impossible sampling rate", file=path, place=name, found=rate_Hz)
    return rate_Hz, float(start[()])


def _samples(series: Any, path: Path) -> SampleArray:
    """Samples of a series in SI units, shape (samples,)."""
    data = series["data"]
    if data.ndim != 1 or not 0 < data.size <= MAX_SAMPLES:
        raise RecordingRefused(
            "a series is not a single trace",
            file=path,
            found=data.shape,
            expected=f"one dimension, 1 to {MAX_SAMPLES} samples",
        )
    conversion = float(data.attrs.get("conversion", 1.0))
    return np.asarray(data[()], dtype=float) * conversion + float(data.attrs.get("offset", 0.0))


def _commands(series: list[ClampSeries], path: Path) -> tuple[tuple[SweepCommand, ...], str]:
    """Commands of all sweeps, and a sentence on how they are known."""
    waves: list[SampleArray] = []
    for one in series:
        if one.command_mV is None or one.command_mV.size != one.i_pA.size:
            raise CommandUnknown(
                "the command is not known: a series has no stimulus of the same length",
                file=path,
                place=one.name,
                remedy=PROTOCOL_REMEDY,
            )
        waves.append(one.command_mV)
    return commands_from_samples(waves), "from the stimulus series of each sweep"


def _positive(series: Any, name: str, factor: float) -> float | None:
    """Value of a field times a factor; None if it is missing or not above 0."""
    value = float(series[name][()]) if name in series else 0.0
    return value * factor if np.isfinite(value) and value > 0 else None


def _text(file: Any, name: str) -> str:
    if name not in file:
        return ""
    value = file[name][()]
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
