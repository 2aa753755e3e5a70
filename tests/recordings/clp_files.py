"""Small Intan CLAMP files, written field by field in the layout of Intan's program."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

LEVELS_mV = (-100.0, -60.0, -20.0)
HOLDING_mV, RATE_HZ, PART = -80.0, 20_000.0, 100


def current_A(samples: int) -> np.ndarray:
    return (np.arange(samples) % 7) * 1e-12


def segments(levels_mV: Sequence[float] = LEVELS_mV) -> list[tuple[int, int, int, int, float]]:
    """Holding, step and holding of each sweep: step, offset, first and last sample, voltage [V]."""
    parts = [(n, v_mV) for n, level in enumerate(levels_mV) for v_mV in (HOLDING_mV, level, HOLDING_mV)]
    return [(n, 3 * PART * n, k * PART, (k + 1) * PART - 1, v_mV / 1e3) for k, (n, v_mV) in enumerate(parts)]


def clp_bytes(
    *,
    cycles: float = 1.0,
    is_voltage_clamp: bool = True,
    is_double: bool = False,
    kind: int = 0,
    gap: bool = False,
    skipped: int = 0,
) -> bytes:
    """A file with so many repeats of the waveform."""
    waveform = segments()
    settings = struct.pack("<B7fBB", 1, 3.0, 5000.0, 4.0, RATE_HZ, 5e6, 1e9, 1e-11, is_voltage_clamp, is_double)
    clamp = struct.pack("<5f", -0.08, 1e8, 1e8, 1e4, 1e4) if is_voltage_clamp else struct.pack("<2f", 0.0, 1e-12)
    tail = (
        settings
        + clamp
        + struct.pack("<fH", 0.0, len(waveform))
        + b"".join(struct.pack("<BIIIf", *segment) for segment in waveform)
    )
    chip = (b"\1" * (14 * 2 + 2 * 4 + 8 * 2) + struct.pack("<6f", *range(6))) * 4 + struct.pack("<4H", *range(4))
    body = struct.pack("<6h", 2024, 5, 17, 13, 4, 9) + struct.pack("<2H", 8, 4) + chip * 8 + tail
    head = struct.pack("<I3H", 0xF3B1A481, 1, 0, kind) + struct.pack("<H", 12 + len(body)) + body
    ticks = np.arange(round(cycles * 3 * PART * len(LEVELS_mV)))
    volts = np.repeat([segment[4] for segment in waveform], PART)[ticks % (PART * len(waveform))]
    samples = np.zeros(ticks.size, np.dtype([("tick", "<u4"), ("v", "<f4"), ("dac", "<f4"), ("i", "<f4")]))
    samples["tick"], samples["v"], samples["dac"], samples["i"] = ticks, volts, volts + 0.004, current_A(ticks.size)
    if gap:
        samples["tick"][50:] += 3
    return head + samples[skipped:].tobytes()


def write_clp(path: Path, **changes: bool | float) -> Path:
    path.write_bytes(clp_bytes(**changes))  # type: ignore[arg-type]
    return path
