"""Small CED Signal files, written field by field in the layout of CED's library."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

LEVELS_mV = (-100.0, -80.0, -60.0, -40.0, -20.0)
SAMPLES, STEP_s = 300, 1e-4
CURRENT_SCALE_nA, CURRENT_OFFSET_nA, VOLTAGE_SCALE_mV = 0.001, 0.25, 0.02


def command_mV(level_mV: float) -> np.ndarray:
    return np.repeat([-80.0, level_mV, -80.0], 100)


def counts(level_mV: float) -> np.ndarray:
    """Counts of current and voltage, interleaved, shape (2 × samples,)."""
    v_mV = command_mV(level_mV)
    pairs = np.stack([10 * v_mV + np.arange(SAMPLES) % 3, v_mV / VOLTAGE_SCALE_mV], axis=1)
    return np.round(pairs).astype("<i2").ravel()


def text(words: str, size: int) -> bytes:
    return bytes([len(words)]) + words.encode("latin-1").ljust(size - 1, b"\0")


def cfs_bytes(
    *,
    units: tuple[str, str] = ("nA", "mV"),
    step_unit: str = "s",
    kind: int = 0,
    is_closed: bool = True,
    points: int = SAMPLES,
) -> bytes:
    """A file with five sections of two channels, without variables."""
    head_size = 178 + 2 * 48
    section_size = 30 + 2 * 24
    body, table, previous = b"", [], 0
    for level_mV in LEVELS_mV:
        start = head_size + len(body)
        samples = counts(level_mV).tobytes()
        body += samples
        header = struct.pack("<iiiH16x", previous, start, len(samples), 0)
        for offset, scale, zero in ((0, CURRENT_SCALE_nA, CURRENT_OFFSET_nA), (2, VOLTAGE_SCALE_mV, 0.0)):
            header += struct.pack("<ii4f", offset, points, scale, zero, STEP_s, 0.0)
        previous = head_size + len(body)
        table.append(previous)
        body += header
    place = head_size + len(body) if is_closed else 0
    size = head_size + len(body) + 4 * len(table)
    head = b'CEDFILE"' + text("", 14) + struct.pack("<i", size) + b"13:37:4926/11/26"
    head += struct.pack("<hhhhhiHH", 2, 0, 0, head_size, section_size, table[-1], len(table), 1)
    head += text("made for a test", 74) + struct.pack("<i", place) + bytes(40)
    for name, unit in zip(("Im", "Vm"), units, strict=True):
        head += text(name, 22) + text(unit, 10) + text(step_unit, 10) + struct.pack("<BBhh", 2, kind, 4, 0)
    return head + body + np.array(table, "<i4").tobytes()


def write_cfs(path: Path) -> Path:
    path.write_bytes(cfs_bytes())
    return path
