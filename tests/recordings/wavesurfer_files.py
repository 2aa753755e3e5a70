"""Small WaveSurfer files, written with h5py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

COEFFICIENTS = np.array([[0.01, 3e-4, 1e-9, 2e-14], [9.0, 9.0, 9.0, 9.0], [-0.02, 3e-4, 0.0, 0.0]])
LEVELS_mV = (-80, -40, 0)


def write_wavesurfer(folder: Path, *, old: bool = False, rate_Hz: float = 20_000.0, **changes: Any) -> Path:
    """Three sweeps of a current and a voltage; an input between them is not active."""
    fields = {
        "AIChannelNames": np.array([b"Im", b"spare", b"Vm"]),
        "AIChannelUnits": np.array([b"pA", b"V", b"mV"]),
        "AIChannelScales": np.array([[0.0005], [1.0], [0.01]]),
        "IsAIChannelActive": np.array([[1.0], [0.0], [1.0]]),
        "AIScalingCoefficients": COEFFICIENTS,
        "AcquisitionSampleRate": np.array([[rate_Hz]]),
        "VersionString": np.array([b"0.912" if old else b"1.0.5"]),
        "ClockAtRunStart": np.array([[2018.0], [9.0], [13.0], [15.0], [22.0], [54.5]]),
    } | changes
    path = folder / "cell.h5"
    with h5py.File(path, "w") as file:
        for name, value in fields.items():
            place = name
            if old and name.startswith(("AI", "IsAI", "Acq")):
                place = "Acquisition/" + name.replace("AIChannel", "AnalogChannel").replace("AIScal", "AnalogScal")
                place = place.replace("AcquisitionSampleRate", "SampleRate")
            if value is not None:
                file[f"header/{place}"] = value
        for n, level_mV in enumerate(LEVELS_mV):
            file[f"sweep_{n + 1:04d}/analogScans"] = counts(level_mV)
            file[f"sweep_{n + 1:04d}/timestamp"] = np.array([[1.5 + 2.0 * n]])
    return path


def counts(level_mV: float) -> np.ndarray:
    """Counts of the two active inputs, shape (2, 900)."""
    v_mV = np.repeat([-80.0, level_mV, -80.0], 300)
    voltage = np.round((v_mV * 0.01 + 0.02) / 3e-4)
    return np.stack([np.round(10 * v_mV) + np.arange(900) % 3, voltage]).astype(np.int16)
