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


def write_notebook(path: Path, rows: list[dict[str, tuple[int, float]]], *, unit: str = "mV") -> None:
    """Add a lab notebook of MIES: entries (layer, value) by column in each row."""
    columns = ["SweepNum", "EntrySourceType", "ADC", "V-Clamp Holding Enable", "V-Clamp Holding Level"]
    keys = np.array([columns, ["", "", "", "On/Off", unit], [""] * 5], dtype=object)
    values = np.full((len(rows) + 2, len(columns), 9), np.nan)
    for n, row in enumerate(rows):
        for name, (layer, value) in row.items():
            values[n, columns.index(name), layer] = value
    with h5py.File(path, "a") as file:
        device = file.create_group("general/labnotebook/ITC18USB_Dev_0")
        device.create_dataset("numericalKeys", data=keys, dtype=h5py.string_dtype())
        device["numericalValues"] = values


def mies_session(path: Path) -> None:
    """Steps of headstage 2 on channel 1 of the converter, without the holding potential."""
    steps = [np.repeat([0.0, level_mV, 0.0], 100) for level_mV in (-20.0, 0.0, 20.0)]
    names = [(f"data_{n:05d}_AD1", f"data_{n:05d}_DA1") for n in range(3)]
    write_nwb(
        path,
        [
            Made(name, "electrode_2", 2.0 * n, steps[n], steps[n], number=n, stimulus=stimulus)
            for n, (name, stimulus) in enumerate(names)
        ],
    )


def notebook_rows(level_mV: float = -70.0) -> list[dict[str, tuple[int, float]]]:
    """Entries of three sweeps in a layer each, an older level that later entries replace, and another headstage."""
    rows = [{"SweepNum": (8, 0), "V-Clamp Holding Level": (2, 5.0)}]
    for n in range(3):
        rows.append({"SweepNum": (8, n), "ADC": (2, 1), "V-Clamp Holding Enable": (2, 1)})
        rows.append({"SweepNum": (8, n), "V-Clamp Holding Level": (2, level_mV)})
        rows.append({"SweepNum": (8, n), "ADC": (0, 0), "V-Clamp Holding Level": (0, 33.0)})
    return rows
