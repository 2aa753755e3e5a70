"""Small recordings of acq4, written with h5py in the layout of MetaArray 2.2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

LEVELS_mV, RATE_HZ = (-100.0, -60.0, -20.0), 20_000.0
AMPLIFIER: dict[str, Any] = {
    "Holding": -0.02, "HoldingEnable": True, "WholeCellCompCap": 1.2e-11, "WholeCellCompEnable": True,
    "WholeCellCompResist": 9.5e6, "RsCompEnable": True, "RsCompCorrection": 70.0, "PrimarySignalLPF": 1e4,
}  # fmt: skip


def write_sweep(path: Path, level_mV: float, n: int = 0, *, mode: str = "VC", **amplifier: Any) -> Path:
    """One sweep: holding at -60 mV of the converter, a step, holding."""
    path.parent.mkdir(parents=True, exist_ok=True)
    v_V = np.repeat([-0.06, level_mV / 1e3, -0.06], 300)
    i_A = (np.arange(900) % 7) * 1e-12 + n * 1e-11
    with h5py.File(path, "w") as file:
        file.attrs["MetaArray"] = "2.2.2"
        file["data"] = np.stack([v_V, i_A])
        for k, (name, unit) in enumerate((("command", "V"), ("primary", "A"))):
            column = file.create_group(f"info/0/cols/{k}")
            column.attrs.update({"name": repr(name), "units": repr(unit), "_metaType_": "dict"})
        file["info/0"].attrs["name"] = "'Channel'"
        file["info/1/values"] = np.arange(900) / RATE_HZ
        file["info/1"].attrs.update({"name": "'Time'", "units": "'s'"})
        state = file.create_group("info/2/ClampState")
        state.attrs["mode"] = repr(mode)
        file["info/2"].attrs["startTime"] = 1.6e9 + 2.5 * n
        values = {name: value for name, value in (AMPLIFIER | amplifier).items() if value is not None}
        state.create_group("ClampParams").attrs.update(values)
    return path


def write_protocol(folder: Path, **amplifier: Any) -> Path:
    """A sweep in each of the folders 000, 001, …; path of the first."""
    paths = [
        write_sweep(folder / f"{n:03d}" / "Clamp1.ma", level_mV, n, **amplifier) for n, level_mV in enumerate(LEVELS_mV)
    ]
    return paths[0]
