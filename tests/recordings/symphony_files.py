"""Small files of Symphony, written with h5py in the layout of its version 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

LEVELS_mV, RATE_HZ, SAMPLES = (-100.0, -60.0, -20.0), 10_000.0, 900
MEASUREMENT = np.dtype([("quantity", "<f8"), ("units", "S10")])
START = "startTimeDotNetDateTimeOffsetTicks"
FIRST_TICK = 637_000_000_000_000_000
PULSE = "symphonyui.builtin.stimuli.PulseGenerator"


def uuid(n: int) -> str:
    return f"00000000-0000-0000-0000-{n:012d}"


def measurements(values: np.ndarray, unit: str) -> np.ndarray:
    found = np.zeros(values.size, MEASUREMENT)
    found["quantity"], found["units"] = values, unit.encode()
    return found


def _add_epoch(block: h5py.Group, n: int, tick: int, amplitude_mV: float | None, stimulus: dict[str, Any]) -> None:
    epoch = block.create_group(f"epochs/epoch-{uuid(n)}")
    epoch.attrs[START] = np.int64(tick)
    key = f"Amp1-{uuid(100 + n)}"
    response = epoch.create_group(f"responses/{key}")
    response.attrs.update({"sampleRate": RATE_HZ, "sampleRateUnits": "Hz"})
    response["data"] = measurements(10.0 * n + np.arange(SAMPLES) % 7, stimulus.get("unit", "pA"))
    epoch["responses"].create_group(f"Trigger-{uuid(n)}")["data"] = measurements(np.zeros(5), "V")
    background = epoch.create_group(f"backgrounds/{key}")
    background.attrs.update({"value": -0.08, "valueUnits": "V"})
    if amplitude_mV is None:
        return
    group = epoch.create_group(f"stimuli/{key}")
    group.attrs.update({"stimulusID": stimulus.get("generator", PULSE), "units": "mV"})
    group.attrs.update({"sampleRate": RATE_HZ, "sampleRateUnits": "Hz"})
    values = {"preTime": 30.0, "stimTime": 30.0, "tailTime": stimulus.get("tail", 30.0), "mean": -80.0}
    group.create_group("parameters").attrs.update(values | {"amplitude": amplitude_mV})
    if stimulus.get("has_data"):
        group["data"] = measurements(np.repeat([-80.0, amplitude_mV - 80.0, -80.0], SAMPLES // 3), "mV")


def write_symphony(path: Path, *, blocks: int = 1, has_stimulus: bool = True, **stimulus: Any) -> Path:
    """Blocks of three pulses each; the epochs are stored in another order than they were recorded."""
    with h5py.File(path, "w") as file:
        file.attrs["version"] = np.int64(2)
        group = file.create_group(f"experiment-{uuid(0)}/epochGroups/epochGroup-{uuid(1)}")
        inner = group.create_group(f"epochGroups/epochGroup-{uuid(2)}")
        inner["parent"] = group
        for b in range(blocks):
            block = inner.create_group(f"epochBlocks/lab.protocols.IV-{uuid(9 - b)}")
            block.attrs.update({START: np.int64(FIRST_TICK + 10**9 * b), "protocolID": "lab.protocols.IV"})
            for n, level_mV in enumerate(LEVELS_mV):
                tick = FIRST_TICK + 10**9 * b + 20_000_000 * n
                _add_epoch(block, 50 - n, tick, level_mV + 80.0 + b if has_stimulus else None, stimulus)
    return path
