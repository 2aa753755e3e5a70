"""Small NWB files, written with h5py in the layout of pynwb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

RATE_HZ = 10000.0


@dataclass(frozen=True)
class Made:
    """A sweep: name, electrode, start [s], current [pA] and command [mV] of shape (samples,).

    number : ``sweep_number`` of the series and its stimulus, or None
    stimulus : name of the stimulus; None for that of the series
    """

    name: str
    electrode: str
    start_s: float
    i_pA: np.ndarray
    command_mV: np.ndarray
    number: int | None = None
    stimulus: str | None = None
    description: str = "N/A"


def write_nwb(path: Path, sweeps: Sequence[Made], *, timestamps: bool = False) -> None:
    """Write a session; each series links to its electrode, always under the name "electrode"."""
    with h5py.File(path, "w") as file:
        for name in ("acquisition", "stimulus/presentation", "general/intracellular_ephys"):
            file.create_group(name)
        for electrode in {sweep.electrode for sweep in sweeps}:
            file.create_group(f"general/intracellular_ephys/{electrode}")
        for sweep in sweeps:
            response = _series(
                file, f"acquisition/{sweep.name}", sweep, "VoltageClampSeries", sweep.i_pA * 1e-12, "amperes"
            )
            if timestamps:
                del response["starting_time"]
                response["timestamps"] = sweep.start_s + np.arange(sweep.i_pA.size) / RATE_HZ
            place = f"stimulus/presentation/{sweep.stimulus or sweep.name}"
            _series(file, place, sweep, "VoltageClampStimulusSeries", sweep.command_mV * 1e-3, "volts")


def _series(file: h5py.File, place: str, sweep: Made, kind: str, samples: np.ndarray, unit: str) -> h5py.Group:
    group = file.create_group(place)
    group.attrs["neurodata_type"] = kind
    group.attrs["stimulus_description"] = sweep.description
    if sweep.number is not None:
        group.attrs["sweep_number"] = np.uint64(sweep.number)
    group["data"] = samples
    group["data"].attrs["unit"] = unit
    group["starting_time"] = sweep.start_s
    group["starting_time"].attrs["rate"] = RATE_HZ
    group["electrode"] = h5py.SoftLink(f"/general/intracellular_ephys/{sweep.electrode}")
    return group


def link_by_table(path: Path, pairs: Sequence[tuple[str, str]], *, count: int = -1) -> None:
    """Add the table of intracellular recordings with pairs of response and stimulus of so many samples; -1 for all."""
    reference = np.dtype([("idx_start", "<i4"), ("count", "<i4"), ("timeseries", h5py.ref_dtype)])
    with h5py.File(path, "a") as file:
        table = file.create_group("general/intracellular_ephys/intracellular_recordings")
        for column, folder, names in (
            ("responses/response", "acquisition", [response for response, _ in pairs]),
            ("stimuli/stimulus", "stimulus/presentation", [stimulus for _, stimulus in pairs]),
        ):
            rows = np.empty(len(names), dtype=reference)
            for n, name in enumerate(names):
                rows[n] = (0, count, file[f"{folder}/{name}"].ref)
            table.create_dataset(column, data=rows)
