"""Writer of small ABF version 1 files for tests, from the layout of the vendor's header (version 1.84, 6144 bytes).

Little-endian fields at fixed places; the samples follow the header, 16 bit, channels interleaved, then the table of
sweeps (start, length). Only what a reader needs is written; everything else is zero.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER = 6144
BLOCK = 512
EPOCHS = 10
ADC_RANGE_V, ADC_COUNTS = 10.0, 32768


@dataclass(frozen=True)
class Epoch1:
    """A column of the epoch table: kind, level [mV], samples, their increments by sweep, period and width of trains."""

    kind: int
    level: float
    duration: int
    level_step: float = 0.0
    duration_step: int = 0
    period: int = 0
    width: int = 0


@dataclass(frozen=True)
class Output1:
    """An analog output; ``user_list`` is (parameter, text of values, repeats)."""

    epochs: tuple[Epoch1, ...] = ()
    holding: float = 0.0
    enabled: bool = True
    source: int = 1
    last_level: bool = False
    user_list: tuple[int, str, bool] | None = None
    stimulus_path: str = ""
    unit: str = "mV"


@dataclass(frozen=True)
class File1:
    """An episodic file; ``counts`` has the shape (sweeps, samples, channels).

    kept : which sweeps of the protocol these are, where others were deleted
    """

    counts: NDArray[np.int16]
    outputs: tuple[Output1, ...]
    rate_Hz: float = 10000.0
    start_to_start_s: float = 2.0
    channels: tuple[tuple[str, str], ...] = (("IN 0", "pA"),)
    active_output: int = 0
    alternating: bool = False
    mode: int = 5
    version: float = 1.84
    kept: tuple[int, ...] | None = None
    extra: dict[int, tuple[str, Any]] = field(default_factory=dict)

    def content(self) -> bytes:
        """Bytes of the file."""
        sweeps, samples, channels = self.counts.shape
        header = bytearray(HEADER)

        def put(form: str, place: int, *values: Any) -> None:
            struct.pack_into("<" + form, header, place, *values)

        interval_us = 1e6 / self.rate_Hz / channels
        put("4sfh", 0, b"ABF ", self.version, self.mode)
        put("ihi", 10, self.counts.size, 0, sweeps)
        put("ii", 20, 20261119, 3600)
        data_bytes = self.counts.astype("<i2").tobytes()
        data_blocks = -(-len(data_bytes) // BLOCK)
        put("h", 36, 1)
        put("i", 40, HEADER // BLOCK)
        put("ii", 92, HEADER // BLOCK + data_blocks, sweeps)
        put("hf", 120, channels, interval_us)
        put("f", 130, interval_us)
        put("iii", 138, samples * channels, 0, sweeps)
        put("f", 178, self.start_to_start_s)
        put("ff", 244, ADC_RANGE_V, ADC_RANGE_V)
        put("ii", 252, ADC_COUNTS, ADC_COUNTS)
        put("16h", 410, *range(channels), *[-1] * (16 - channels))
        for n, (name, unit) in enumerate(self.channels):
            put("10s", 442 + 10 * n, name.encode().ljust(10))
            put("8s", 602 + 8 * n, unit.encode().ljust(8))
        for place in (730, 922, 1050):  # gains
            put("16f", place, *[0.01 if place == 922 else 1.0] * 16)
        for n in range(4):
            put("10s", 1306 + 10 * n, f"Cmd {n}".encode().ljust(10))
            put("8s", 1346 + 8 * n, (self.outputs[n].unit if n < len(self.outputs) else "mV").encode().ljust(8))
            put("f", 1394 + 4 * n, self.outputs[n].holding if n < len(self.outputs) else 0.0)
        put("h", 1440, self.active_output)
        put("h", 5876, int(self.alternating))
        for n, output in enumerate(self.outputs[:2]):
            self._put_output(put, n, output)
        for place, (form, value) in self.extra.items():
            put(form, place, value)
        numbers = range(sweeps) if self.kept is None else self.kept
        starts = [(round(n * self.start_to_start_s * 1e6 / interval_us), samples * channels) for n in numbers]
        table = b"".join(struct.pack("<ii", *start) for start in starts)
        return bytes(header) + data_bytes.ljust(data_blocks * BLOCK, b"\0") + table.ljust(BLOCK, b"\0")

    @staticmethod
    def _put_output(put: Any, n: int, output: Output1) -> None:
        put("h", 2296 + 2 * n, int(output.enabled))
        put("h", 2300 + 2 * n, output.source)
        put("h", 2304 + 2 * n, int(output.last_level))
        for k, epoch in enumerate(output.epochs):
            m = n * EPOCHS + k
            put("i", 2136 + 4 * m, epoch.period)
            put("i", 2216 + 4 * m, epoch.width)
            put("h", 2308 + 2 * m, epoch.kind)
            put("f", 2348 + 4 * m, epoch.level)
            put("f", 2428 + 4 * m, epoch.level_step)
            put("i", 2508 + 4 * m, epoch.duration)
            put("i", 2588 + 4 * m, epoch.duration_step)
        put("f", 2708 + 4 * n, 1.0)
        put("256s", 2736 + 256 * n, output.stimulus_path.encode().ljust(256))
        if output.user_list is not None:
            parameter, values, repeats = output.user_list
            put("h", 3360 + 2 * n, 1)
            put("h", 3368 + 2 * n, parameter)
            put("256s", 3376 + 256 * n, values.encode().ljust(256))
            put("h", 4400 + 2 * n, int(repeats))


def noise(sweeps: int, samples: int, channels: int = 1, seed: int = 1) -> NDArray[np.int16]:
    """Counts of a quiet amplifier, shape (sweeps, samples, channels)."""
    return np.random.default_rng(seed).integers(-300, 300, (sweeps, samples, channels)).astype(np.int16)
