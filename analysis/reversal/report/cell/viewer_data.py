"""Sweeps for the viewer of a cell's page, reduced and packed: the script of the page draws them, and computes nothing.

A trace is a list of pairs, the lowest and highest sample of each segment in order of time, as 16-bit whole numbers of a
step. A sweep without a known command has none; a recording whose epochs are not known has no start of its epoch.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from reversal.arrays import FloatArray, SampleArray
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.stored_samples import Samples
from reversal.report.cell.sweeps_figure import Panel
from reversal.report.figure.traces import command_line, envelope
from reversal.tables.iv_table import IVPoint

PAIRS_A_PAGE = 110_000
FEWEST_PAIRS, MOST_PAIRS = 24, 1500  # of a trace
LARGEST = 32_000  # whole number
CORNERS = 120  # of a command


def viewer_data(panels: Sequence[Panel], points: Sequence[IVPoint]) -> Markup:
    """JSON for the page; a ``<`` is written as an escape, so that nothing in it ends its element."""
    sweeps = sum(len(panel.recording.sweeps) for panel in panels)
    pairs = int(np.clip(PAIRS_A_PAGE // max(sweeps, 1), FEWEST_PAIRS, MOST_PAIRS))
    by_recording: dict[str, list[IVPoint]] = {}
    for point in points:
        by_recording.setdefault(point.recording, []).append(point)
    made = [_recording(panel, by_recording.get(panel.name, []), pairs) for panel in panels]
    return Markup(json.dumps(made, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c"))


def _recording(panel: Panel, points: Sequence[IVPoint], pairs: int) -> dict[str, Any]:
    recording = panel.recording
    windows = {p.sweep: (p.window_start_ms, p.window_stop_ms) for p in points if p.window_start_ms is not None}
    unused = {point.sweep for point in points if not point.used}
    return {
        "name": panel.name,
        "title": panel.title,
        "colour": panel.colour,
        "experiment": points[0].experiment if points else "",
        "epoch": _epoch_start_ms(recording, windows, panel.sample_ms),
        "ms": panel.longest_ms,
        "sweeps": [_sweep(panel, n, windows, unused, pairs) for n in range(len(recording.sweeps))],
    }


def _sweep(
    panel: Panel, n: int, windows: Mapping[int, tuple[float | None, float | None]], unused: set[int], pairs: int
) -> dict[str, Any]:
    recording = panel.recording
    number = recording.number_of(n)
    step_pA, packed = _packed(_envelope(recording.sweeps[n].current, pairs))
    command: list[list[float]] = []
    if n < len(recording.command.sweeps):
        positions, levels = command_line(recording.command.sweeps[n], CORNERS)
        known = np.isfinite(levels)
        ms = positions[known] * panel.sample_ms
        command = [ms.round(3).tolist(), levels[known].round(2).tolist()]
    return {
        "n": number,
        "ms": round(recording.sweeps[n].current.size * panel.sample_ms, 3),
        "step": step_pA,
        "data": packed,
        "command": command,
        "window": windows.get(number),
        "unused": number in unused,
    }


def _envelope(current: Samples, pairs: int) -> FloatArray:
    """Lowest and highest sample of each segment in order of time, shape (segments, 2); gaps are 0."""
    if not current.size:
        return np.zeros((0, 2))
    return envelope(current, max(-(-current.size // pairs), 2), _without_gaps)[1].astype(float)


def _without_gaps(samples: SampleArray) -> SampleArray:
    known = np.isfinite(samples)
    return samples if known.all() else np.where(known, samples, samples.dtype.type(0))


def _packed(values: FloatArray) -> tuple[float, str]:
    """Step, and values in steps as 16-bit whole numbers, little-endian, in base 64."""
    step = float(np.abs(values).max(initial=0.0)) / LARGEST or 1.0
    step = float(f"{step:.3g}") * 1.01
    return step, b64encode(np.rint(values / step).astype("<i2").tobytes()).decode()


def _epoch_start_ms(
    recording: Recording, windows: Mapping[int, tuple[float | None, float | None]], sample_ms: float
) -> float | None:
    """Start of the epoch that contains the window [ms]; a window in config.yaml is counted from there."""
    start_ms = next((start for start, _ in windows.values() if start is not None), None)
    if start_ms is None or not recording.command.sweeps:
        return None
    middle = start_ms / sample_ms + 0.5
    epochs = recording.command.sweeps[0].epochs
    return next((round(e.start * sample_ms, 4) for e in epochs if e.start <= middle < e.stop), None)
