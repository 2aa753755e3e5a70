"""A recording from cell to counts: bath, clamp, filter, noise and digitiser, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.simulate.amplifier import Amplifier, Counts, filtered, slow_noise, white_scale
from reversal.simulate.bath import Junctions, Solution, junctions, mixed
from reversal.simulate.clamp import clamp
from reversal.simulate.model_cell import Cell, channel_reversal_mV, total_reversal_mV
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.simulate.tabulated_membrane import Membrane

FINE_PER_SAMPLE = 4  # the filter and the noise run at this multiple of the sampling rate


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around the membrane during one recording.

    zeroing_bath : the bath in which the amplifier was zeroed
    wash_from, wash_s : the bath of before, and the time constant with which it is washed out while the recording runs
    """

    pipette: Solution
    bath: Solution
    zeroing_bath: Solution
    temperature_C: float
    wash_from: Solution | None = None
    wash_s: float = 0.0

    def junctions(self, bath: Solution) -> Junctions:
        """Junction potentials with a bath at the cell."""
        return junctions(self.pipette, self.zeroing_bath, bath, self.temperature_C)

    def baths(self, start_s: FloatArray) -> list[Solution]:
        """Bath at the cell at the begin of each sweep; a single one where nothing is washed."""
        if self.wash_from is None or not self.wash_s > 0:
            return [self.bath]
        left = np.exp(-start_s / self.wash_s)
        return [mixed(self.wash_from, self.bath, float(share)) for share in left]


@dataclass(frozen=True, slots=True)
class Fading:
    """What becomes of the channel of interest.

    blocked : fraction closed by a blocker through the whole recording
    run_down_per_sweep : fraction lost from each sweep to the next
    """

    blocked: float = 0.0
    run_down_per_sweep: float = 0.0

    def remaining(self, sweeps: int) -> FloatArray:
        """Fraction of the channel left in each sweep, shape (sweeps,)."""
        return (1.0 - self.blocked) * (1.0 - self.run_down_per_sweep) ** np.arange(sweeps, dtype=np.float64)


UNCHANGED = Fading()


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect analysis of the recording would find, in the bath and with the channels of its last sweep.

    e_rev_channel_mV : membrane potential where the channel's current is zero
    e_rev_total_mV : where the steady current through the pipette is zero; None where that is so more than once
    """

    e_rev_channel_mV: float
    e_rev_total_mV: float | None
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
    cell: Cell,
    amplifier: Amplifier,
    surroundings: Surroundings,
    protocol: AbfProtocol,
    seed: int,
    fading: Fading = UNCHANGED,
) -> RigRecording:
    """Record a cell with a protocol; the same seed gives the same samples.

    Each sweep starts from the steady state at its first level: sweeps are far enough apart for the gates to settle.
    """
    return next(record_repeats(cell, amplifier, surroundings, protocol, [seed], fading))


def record_repeats(
    cell: Cell,
    amplifier: Amplifier,
    surroundings: Surroundings,
    protocol: AbfProtocol,
    seeds: Iterable[int],
    fading: Fading = UNCHANGED,
) -> Iterator[RigRecording]:
    """Recordings that differ only in their noise, one a seed; the current without noise is computed once."""
    command = protocol.command_mV()
    current = pipette_current_pA(cell, amplifier, surroundings, protocol, fading)
    truth = truth_of(cell, surroundings, protocol, fading)
    for seed in seeds:
        counts = counts_of(current, amplifier, protocol, seed)
        yield RigRecording(command, amplifier.in_pA(counts), counts, truth)


def pipette_current_pA(
    cell: Cell,
    amplifier: Amplifier,
    surroundings: Surroundings,
    protocol: AbfProtocol,
    fading: Fading = UNCHANGED,
) -> FloatArray:
    """Current through the pipette before filter and noise, shape (sweeps, samples × FINE_PER_SAMPLE) [pA].

    Each value is the mean over its interval, so that a capacitive transient keeps its charge however short it is.
    """
    baths = surroundings.baths(protocol.start_s())
    remaining = fading.remaining(protocol.sweeps)
    membrane = Membrane(cell, surroundings.pipette, baths, surroundings.temperature_C, remaining)
    offset_mV = np.array([surroundings.junctions(bath).offset_mV for bath in baths])
    sample_ms = 1000.0 / protocol.sample_rate_Hz
    solved = clamp(membrane, protocol.command_mV(), sample_ms, amplifier.residual_in_MOhm(protocol.sweeps), offset_mV)
    bounds = np.arange(protocol.samples * FINE_PER_SAMPLE + 1, dtype=np.float64) * (sample_ms / FINE_PER_SAMPLE)
    charge = solved.charge_at(bounds)
    if amplifier.capacitance_compensated:
        taken_up = [np.interp(bounds, solved.time_ms, cell.cm_pF * (v - v[0])) for v in solved.v_mV.T]
        charge -= amplifier.capacitance_compensated * np.array(taken_up)
    return np.diff(charge, axis=1) * (FINE_PER_SAMPLE / sample_ms)


def counts_of(current_pA: FloatArray, amplifier: Amplifier, protocol: AbfProtocol, seed: int) -> Counts:
    """What the converter stores of a pipette current: noise, filter, drift, range; shape (sweeps, samples).

    One solution of :func:`pipette_current_pA` serves for any number of noise seeds.
    """
    rng = np.random.default_rng(seed)
    fine_Hz = protocol.sample_rate_Hz * FINE_PER_SAMPLE
    white_pA = amplifier.noise_pA * white_scale(fine_Hz, amplifier.lowpass_Hz)
    noisy = current_pA + white_pA * rng.standard_normal(current_pA.shape)
    output = filtered(noisy, fine_Hz, amplifier.lowpass_Hz)[:, ::FINE_PER_SAMPLE]
    drift = slow_noise(amplifier, protocol.start_s(), protocol.samples, protocol.sample_rate_Hz, rng)
    return amplifier.digitise(output + drift)


def truth_of(cell: Cell, surroundings: Surroundings, protocol: AbfProtocol, fading: Fading = UNCHANGED) -> Truth:
    """Return the reversal potentials and junction potentials of a recording's last sweep."""
    bath = surroundings.baths(protocol.start_s())[-1]
    around = (surroundings.pipette, bath, surroundings.temperature_C)
    return Truth(
        e_rev_channel_mV=channel_reversal_mV(cell.channel, *around),
        e_rev_total_mV=total_reversal_mV(cell, *around, float(fading.remaining(protocol.sweeps)[-1])),
        junctions=surroundings.junctions(bath),
    )
