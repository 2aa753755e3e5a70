"""Small exports of a SyncroPatch: a plate of 2 rows and 3 columns, of which the second column was not measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

ROWS, MEASURED, SAMPLES, RATE_HZ = 2, (0, -1, 2), 600, 10_000.0
LEVELS_mV = (-80.0, -40.0, 0.0, 40.0, 60.0)
SCALES_A = 1e-13 * (1.0 + np.arange(6))


def counts(sweep: int, column: int, row: int) -> np.ndarray:
    """Counts of a trace: its place in the plate, and a step."""
    trace = 1000 * sweep + 100 * column + 10 * row + np.arange(SAMPLES) % 3
    trace[200:400] += 5
    return trace.astype("<i2")


def write_export(folder: Path, *, is_iv: bool = True, sweeps_per_file: int = 2, **changes: Any) -> Path:
    """Export of five sweeps with their leak-subtracted traces; ``changes`` replace parts of the JSON file by path."""
    numbers = range(len(LEVELS_mV))
    files = [f"Tracedata_{n}.dat" for n in range(-(-len(LEVELS_mV) // sweeps_per_file))]
    for n, name in enumerate(files):
        traces = [
            np.concatenate([counts(sweep, column, row), np.full(SAMPLES, -7, "<i2")])
            for sweep in numbers[n * sweeps_per_file : (n + 1) * sweeps_per_file]
            for column in (0, 2)
            for row in range(ROWS)
        ]
        (folder / name).write_bytes(np.concatenate(traces).astype("<i2").tobytes())
    waves = [np.repeat([-0.08, level_mV / 1e3, -0.08], 200).tolist() for level_mV in LEVELS_mV]
    scaling = {
        "TR_Time": (np.arange(SAMPLES) / RATE_HZ).tolist(),
        "Stimulus": waves if is_iv else waves[1],
        "I2DScale": SCALES_A.tolist(),
        "SweepTime": [[10.0 + column + 5 * sweep for sweep in numbers] for column in range(2)],
    }
    quality = [
        [[1e6 * (sweep + 10 * column + row + 1) for row in range(ROWS)] for column in range(3)] for sweep in numbers
    ]
    meta: dict[str, Any] = {
        "DatasetIdentifier": {"DataName": "IV"},
        "TraceHeader": {
            "TimeScalingIV" if is_iv else "TimeScaling": scaling,
            "Chiplayout": {"WP_nRows": ROWS, "WP_nCols": 3},
            "MeasurementLayout": {
                "NofSweeps": len(LEVELS_mV), "NofSamples": SAMPLES, "Leakdata": 2,
                "nCols": 2, "ColsMeasured": list(MEASURED),
            },
            "FileInformation": {"FileList": files[::-1], "SweepsPerFile": sweeps_per_file},
        },
        "QCData": {"Rseries": quality, "Capacitance": [[[None, 9e-12]] * 3] * len(LEVELS_mV)},
    }  # fmt: skip
    for place, value in changes.items():
        *parents, last = place.split("__")
        part = meta
        for parent in parents:
            part = part[parent]
        part[last] = value
    path = folder / "IV_10.31.07.json"
    path.write_text(json.dumps(meta), encoding="utf-8")
    return path
