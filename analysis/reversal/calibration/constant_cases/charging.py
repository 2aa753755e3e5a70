"""Charging currents behind a four-pole Bessel filter, in closed form with the poles of SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.made import Part, flat, sweeps, white
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Telegraph

Compartment = tuple[float, float]
"""Charge per step height [pA samples/mV] and time constant [samples]."""


def step_current(g: float, compartments: Sequence[Compartment], period: float, time: FloatArray) -> FloatArray:
    """Current per step height at times [samples] after the step.

    g : conductance at the end; period : samples in a period of the filter's −3 dB frequency
    """
    poles, gain = _bessel()
    poles, gain = poles / period, gain / period**4
    after = np.maximum(time, 0.0)
    out = np.zeros(time.shape, dtype=complex)
    for n, pole in enumerate(poles):
        residue = gain / np.prod(pole - np.delete(poles, n))
        out += residue * g * (np.exp(pole * after) - 1.0) / pole
        for charge, tau in compartments:
            rest = np.exp(pole * after) - np.exp(-after / tau)
            out += residue * charge / tau * rest / (pole + 1.0 / tau)
    return np.asarray(np.where(time > 0, out.real, 0.0))


@cache
def _bessel() -> tuple[NDArray[np.complex128], float]:
    """Poles and gain of the filter with a −3 dB frequency of 1."""
    from scipy.signal import bessel

    _, poles, gain = bessel(4, 2 * np.pi, analog=True, output="zpk", norm="mag")
    return np.asarray(poles), float(gain)


@dataclass(frozen=True, slots=True)
class TestedCell:
    """A cell and its membrane test, of which every number is known.

    changes_mV : height of the step in each sweep; step, before : samples at the new level and at holding
    period : samples in a period of the filter; reported : whether the amplifier reports it
    lag : samples from the command to the step; ringing_pA : of the amplifier after the step
    """

    rs_MOhm: float = 10.0
    cm_pF: float = 20.0
    rm_MOhm: float = 500.0
    changes_mV: tuple[float, ...] = (-10.0,) * 6
    step: int = 600
    before: int = 200
    period: float = 8.0
    rate_Hz: float = 20_000.0
    reported: bool = True
    lag: float = 0.4
    noise_pA: float = 1.0
    ringing_pA: float = 0.0
    drift_pA: float = 0.0
    limit_pA: float | None = None
    seed: int = 1

    def sweeps(self) -> Sweeps:
        """The recording of the test, back at holding at its end."""
        g = 1000.0 / (self.rs_MOhm + self.rm_MOhm)
        tau = self.rs_MOhm * self.rm_MOhm / (self.rs_MOhm + self.rm_MOhm) * self.cm_pF * 1e-6 * self.rate_Hz
        part = (tau * (1000.0 / self.rs_MOhm - g), tau)
        time = np.arange(self.before + self.step, dtype=float) - self.before
        shape = step_current(g, [part], self.period, time - self.lag)
        ringing = self.ringing_pA * np.where(time >= 0, np.sin(time / 3.0) * np.exp(-np.maximum(time, 0) / 60.0), 0.0)
        rows = np.outer(self.changes_mV, shape) + ringing + self.drift_pA * (time / time.size) ** 2
        rows = rows + white(rows.shape, self.seed, self.noise_pA)
        commands = []
        for change in self.changes_mV:
            parts: list[Part] = [("before", self.before, -70.0), ("A", self.step, -70.0 + change)]
            commands.append(flat(*parts))
        telegraph = Telegraph(lowpass_Hz=self.rate_Hz / self.period if self.reported else None)
        return sweeps(commands, rows, self.rate_Hz, telegraph, self.limit_pA)
