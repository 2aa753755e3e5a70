"""Voltage-clamp series of NWB files: each series of the acquisition with its stimulus, read with h5py.

An icephys NWB file (HDF5) keeps a sweep's current as /acquisition/<name> of type VoltageClampSeries and its command as
/stimulus/presentation/<name> of type VoltageClampStimulusSeries; ``data`` × ``conversion`` + ``offset`` is in SI units.
A sweep and its command belong together by the intracellular recordings table where there is one, else by
``sweep_number``, else by name. Never seen: files of real rigs here; the layout is that of the NWB schema 2.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from reversal.arrays import SampleArray
from reversal.recordings.command.choose import command_of
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.recording import (
    DECLARE,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.request import Reading

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MOST_SAMPLES = 50_000_000
RATE_TOLERANCE = 1e-6


def read_nwb(path: Path, content: bytes, how: Reading) -> Recording:
    """Read all voltage-clamp series of one electrode; ``channel`` names the electrode where there are several."""
    try:
        import h5py

        with h5py.File(io.BytesIO(content), "r") as file:
            if "acquisition" not in file:
                raise RecordingRefused(
                    "this HDF5 file is no NWB file",
                    file=path,
                    found=", ".join(list(file)[:10]),
                    remedy="Save a MATLAB array as version 7 or older (-v7), which is no HDF5",
                )
            found = _series(file, how.channel, path)
            facts = {"session": _text(file, "session_description"), "identifier": _text(file, "identifier")}
            started = _text(file, "session_start_time")
    except RecordingRefused:
        raise
    except Exception as fault:  # HDF5 can raise anything on damaged bytes; what of ours runs inside only walks the tree
        raise RecordingRefused(
            "this HDF5 file cannot be read",
            file=path,
            found=f"{type(fault).__name__}: {fault}",
            remedy="It may be damaged or still being copied: copy it again",
        ) from fault
    rate = found[0]["rate"]
    begin = min(one["start"] for one in found)
    sweeps = tuple(Sweep(one["start"] - begin, one["i_pA"]) for one in found)
    command, said = command_of(sweeps, None, rate, how, path, lambda: _commands(found, path))
    channel = Channel(found[0]["electrode"] or "current", "pA", "current")
    return Recording(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format="NWB",
        sample_rate_Hz=rate,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        telegraph=found[0]["telegraph"],
        started=started or None,
        warnings=said,
        header={name: value for name, value in facts.items() if value},
    )


def _series(file: Any, electrode: str | None, path: Path) -> list[dict[str, Any]]:
    stimuli = file.get("stimulus/presentation", {})
    rows = [
        _one(name, series, stimuli, path)
        for name, series in file["acquisition"].items()
        if _kind(series) == "VoltageClampSeries"
    ]
    electrodes = sorted({row["electrode"] for row in rows})
    if electrode is not None:
        rows = [row for row in rows if row["electrode"] == electrode]
    elif len(electrodes) > 1:
        raise RecordingRefused(
            "there are several electrodes", file=path, found=", ".join(electrodes), expected="one named as 'channel'"
        )
    if not rows:
        raise RecordingRefused("no voltage-clamp series is in this NWB file", file=path, found=electrode)
    if any(abs(row["rate"] / rows[0]["rate"] - 1) > RATE_TOLERANCE for row in rows):
        raise RecordingRefused("the series have different sampling rates", file=path)
    return sorted(rows, key=lambda row: (row["start"], row["name"]))


def _one(name: str, series: Any, stimuli: Any, path: Path) -> dict[str, Any]:
    rate, start = _timing(series, path, name)
    stimulus = _stimulus_of(name, series, stimuli)
    return {
        "name": name,
        "rate": rate,
        "start": start,
        "i_pA": _data(series, path) * 1e12,
        "v_mV": None if stimulus is None else _data(stimulus, path) * 1e3,
        "electrode": series["electrode"].name.rsplit("/", 1)[-1] if "electrode" in series else "",
        "telegraph": Telegraph(
            cm_pF=_scaled(series, "capacitance_slow", 1e12),
            rs_compensation=_scaled(series, "resistance_comp_correction", 1e-2),
            gain=_scaled(series, "gain", 1.0),
        ),
    }


def _kind(series: Any) -> str:
    kind = series.attrs.get("neurodata_type", "")
    return kind.decode() if isinstance(kind, bytes) else str(kind)


def _stimulus_of(name: str, series: Any, stimuli: Any) -> Any:
    number = series.attrs.get("sweep_number")
    same_number = [
        other
        for other in stimuli.values()
        if number is not None and other.attrs.get("sweep_number") == number and _kind(other).startswith("VoltageClamp")
    ]
    return same_number[0] if len(same_number) == 1 else stimuli.get(name)


def _timing(series: Any, path: Path, name: str) -> tuple[float, float]:
    start = series.get("starting_time")
    if start is None:
        raise RecordingRefused("a series has no sampling rate", file=path, place=name)
    rate = float(start.attrs["rate"])
    if not (np.isfinite(rate) and rate > 0):
        raise RecordingRefused("a series has no possible sampling rate", file=path, place=name, found=rate)
    return rate, float(start[()])


def _data(series: Any, path: Path) -> SampleArray:
    data = series["data"]
    if data.ndim != 1 or not 0 < data.size <= MOST_SAMPLES:
        raise RecordingRefused("a series has no samples, or is no single trace", file=path, found=data.shape)
    conversion = float(data.attrs.get("conversion", 1.0))
    return np.asarray(data[()], dtype=float) * conversion + float(data.attrs.get("offset", 0.0))


def _commands(found: list[dict[str, Any]], path: Path) -> tuple[tuple[SweepCommand, ...], str]:
    laid: list[SampleArray] = []
    for row in found:
        wave = row["v_mV"]
        if wave is None or wave.size != row["i_pA"].size:
            raise CommandUnknown(
                "the command is not known: a series has no stimulus of its own length",
                file=path,
                place=row["name"],
                remedy=DECLARE,
            )
        laid.append(wave)
    return commands_from_samples(laid), "the stimulus series that the file keeps beside each sweep"


def _scaled(series: Any, name: str, factor: float) -> float | None:
    value = _scalar(series, name, 0.0)
    return value * factor if np.isfinite(value) and value > 0 else None


def _scalar(series: Any, name: str, default: float) -> float:
    return float(series[name][()]) if name in series else default


def _text(file: Any, name: str) -> str:
    if name not in file:
        return ""
    value = file[name][()]
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
