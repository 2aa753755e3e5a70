"""Small WinWCP files, written as WinWCP 5 writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

RANGE_V, ADC_MAX, CURRENT_GAIN, VOLTAGE_GAIN = 10.0, 32767, 0.001, 0.05  # gains in V per pA and V per mV
RATE_HZ = 10000.0


def family_mV(levels_mV: Sequence[float], samples: int = 1024) -> np.ndarray:
    """Voltage of a family, shape (sweeps, samples) [mV]: a step from -80 mV, from sample 200 to sample 800."""
    voltages = np.full((len(levels_mV), samples), -80.0)
    voltages[:, 200:800] = np.asarray(levels_mV)[:, None]
    return voltages


def wcp_content(
    currents_pA: np.ndarray,
    voltages_mV: np.ndarray,
    *,
    starts_s: Sequence[float] | None = None,
    status: dict[int, bytes] | None = None,
    kinds: dict[int, bytes] | None = None,
    ranges_V: dict[int, float] | None = None,
    rates_Hz: dict[int, float] | None = None,
    facts: dict[str, object] | None = None,
) -> bytes:
    """A file with a voltage and a current channel, in this order.

    currents_pA, voltages_mV : shape (records, samples); samples a multiple of 128
    status, kinds : of single records; the others are ACCEPTED and TEST
    ranges_V : range of the current channel in single records; the others have RANGE_V
    rates_Hz : sampling rate of single records; the others have RATE_HZ
    facts : lines of the header to change
    """
    records, samples = currents_pA.shape
    header: dict[str, object] = {"VER": 9, "RTIME": "14/05/2025 12:23:04", "NBH": 1024, "ADCMAX": ADC_MAX, "NC": 2}
    header |= {"NBA": 2, "NBD": samples * 4 // 512, "NR": records, "YO0": 0, "YU0": "mV", "YN0": "Vm"}
    header |= {"YG0": str(VOLTAGE_GAIN).replace(".", ","), "YO1": 1, "YU1": "pA", "YN1": "Im", "YG1": CURRENT_GAIN}
    header |= facts or {}
    content = "".join(f"{name}={value}\r\n" for name, value in header.items()).encode("latin-1").ljust(1024, b"\0")
    for n in range(records):
        range_V = (ranges_V or {}).get(n, RANGE_V)
        start_s = n * 5.0 if starts_s is None else starts_s[n]
        names = (status or {}).get(n, b"ACCEPTED") + (kinds or {}).get(n, b"TEST")
        interval_s = 1 / (rates_Hz or {}).get(n, RATE_HZ)
        analysis = names + struct.pack("<5f", n + 1, start_s, interval_s, RANGE_V, range_V)
        volts = np.stack([voltages_mV[n] * VOLTAGE_GAIN / RANGE_V, currents_pA[n] * CURRENT_GAIN / range_V], axis=1)
        content += analysis.ljust(1024, b"\0") + np.round(volts * ADC_MAX).astype("<i2").tobytes()
    return content
