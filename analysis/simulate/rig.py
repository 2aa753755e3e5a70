"""A recording from cell to counts: bath, clamp, filter, noise and digitiser, in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.simulate.amplifier import Amplifier, Counts, filtered, slow_noise, white_scale
from analysis.simulate.bath import Junctions, Solution, junctions
from analysis.simulate.cell import Cell, reversal_mV
from analysis.simulate.clamp import clamp
from analysis.simulate.protocol import AbfProtocol

FloatArray = NDArray[np.float64]

FINE_PER_SAMPLE = 4  # the filter and the noise run at this multiple of the sampling rate


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around the membrane during one recording."""

    pipette: Solution
    bath: Solution
    zeroing_bath: Solution
    temperature_C: float

    @property
    def junctions(self) -> Junctions:
        """Junction potentials of this recording."""
        return junctions(self.pipette, self.zeroing_bath, self.bath, self.temperature_C)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect analysis of the recording would find.

    e_rev_channel_mV : membrane potential where the channel's current is zero
    e_rev_total_mV : membrane potential where the steady current through the pipette is zero
    """

    e_rev_channel_mV: float
    e_rev_total_mV: float
    junctions: Junctions


@dataclass(frozen=True, slots=True)
class RigRecording:
    """A recording as it leaves the converter.

    command_mV, i_pA : shape (sweeps, samples)
    counts : what the converter stored, shape (sweeps, samples)
    """

    command_mV: FloatArray
    i_pA: FloatArray
    counts: Counts
    truth: Truth


def record(
    cell: Cell, amplifier: Amplifier, surroundings: Surroundings, protocol: AbfProtocol, seed: int
) -> RigRecording:
    """Record a cell with a protocol; the same seed gives the same samples.

    Each sweep starts from the steady state at its first level: sweeps are far enough apart for the gates to settle.
    """
    command = protocol.command_mV()
    current = pipette_current_pA(cell, amplifier, surroundings, command, protocol.sample_rate_Hz)
    rng = np.random.default_rng(seed)
    fine_Hz = protocol.sample_rate_Hz * FINE_PER_SAMPLE
    white_pA = amplifier.noise_pA * white_scale(fine_Hz, amplifier.lowpass_Hz)
    noisy = current + white_pA * rng.standard_normal(current.shape)
    output = filtered(noisy, fine_Hz, amplifier.lowpass_Hz)[:, ::FINE_PER_SAMPLE]
    output = output + slow_noise(amplifier, (command.shape[0], command.shape[1]), protocol.sample_rate_Hz, rng)
    counts = amplifier.digitise(output)
    return RigRecording(command, amplifier.in_pA(counts), counts, truth_of(cell, surroundings))


def pipette_current_pA(
    cell: Cell, amplifier: Amplifier, surroundings: Surroundings, command_mV: FloatArray, rate_Hz: float
) -> FloatArray:
    """Current through the pipette before filter and noise, shape (sweeps, samples × FINE_PER_SAMPLE) [pA].

    Each value is the mean over its interval, so that a capacitive transient keeps its charge however short it is.
    """
    sample_ms = 1000.0 / rate_Hz
    solved = clamp(
        cell,
        command_mV,
        sample_ms,
        amplifier.residual_MOhm,
        surroundings.junctions.offset_mV,
        surroundings.pipette,
        surroundings.bath,
        surroundings.temperature_C,
    )
    bounds = np.arange(command_mV.shape[1] * FINE_PER_SAMPLE + 1) * (sample_ms / FINE_PER_SAMPLE)
    charge = solved.charge_pA_ms - amplifier.capacitance_compensated * cell.cm_pF * (solved.v_mV - solved.v_mV[0])
    at_bounds = np.array([np.interp(bounds, solved.time_ms, column) for column in charge.T])
    return np.diff(at_bounds, axis=1) * (FINE_PER_SAMPLE / sample_ms)


def truth_of(cell: Cell, surroundings: Surroundings) -> Truth:
    """Return the reversal potentials and junction potentials of a recording."""
    around = (surroundings.pipette, surroundings.bath, surroundings.temperature_C)
    return Truth(
        e_rev_channel_mV=reversal_mV(cell, *around, with_leak=False),
        e_rev_total_mV=reversal_mV(cell, *around, with_leak=True),
        junctions=surroundings.junctions,
    )
