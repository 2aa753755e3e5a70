"""One simulated recording, from the cell to the counts of the converter: bath, clamp, noise, filter, digitiser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.simulate.amplifier import Amplifier, Counts, bessel_filtered, slow_noise, unfiltered_noise_rms
from reversal.simulate.bath import JunctionPotentials, RigSolution, junction_potentials, mixture
from reversal.simulate.model_cell import Cell, channel_reversal_mV, total_reversal_mV
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.simulate.tabulated_membrane import Membrane
from reversal.simulate.voltage_clamp import clamp

FINE_PER_SAMPLE = 4  # noise and filter are computed at this multiple of the sampling rate


@dataclass(frozen=True, slots=True)
class RecordingConditions:
    """Solutions and temperature of one recording.

    zeroing_bath : the bath in which the amplifier was zeroed
    wash_from, wash_s : the previous bath, and the time constant of its exchange during the recording [s]
    """

    pipette: RigSolution
    bath: RigSolution
    zeroing_bath: RigSolution
    temperature_C: float
    wash_from: RigSolution | None = None
    wash_s: float = 0.0

    def junctions(self, bath: RigSolution) -> JunctionPotentials:
        """Junction potentials while ``bath`` is at the cell."""
        return junction_potentials(self.pipette, self.zeroing_bath, bath, self.temperature_C)

    def baths(self, start_s: FloatArray) -> list[RigSolution]:
        """Bath at the cell at the start of each sweep [s]; one bath for all sweeps if there is no exchange."""
        if self.wash_from is None or not self.wash_s > 0:
            return [self.bath]
        previous = np.exp(-start_s / self.wash_s)
        return [mixture(self.wash_from, self.bath, float(fraction)) for fraction in previous]


@dataclass(frozen=True, slots=True)
class ChannelLoss:
    """Loss of the channel of interest.

    blocked : fraction that a blocker closes during the whole recording
    run_down_per_sweep : fraction lost from each sweep to the next
    """

    blocked: float = 0.0
    run_down_per_sweep: float = 0.0

    def remaining(self, sweeps: int) -> FloatArray:
        """Fraction of the channel that remains in each sweep, shape (sweeps,)."""
        return (1.0 - self.blocked) * (1.0 - self.run_down_per_sweep) ** np.arange(sweeps, dtype=np.float64)


NO_LOSS = ChannelLoss()


@dataclass(frozen=True, slots=True)
class Truth:
    """True values of a recording, in the bath and with the channels of its last sweep.

    e_rev_channel_mV : membrane potential at which the current of the channel is zero
    e_rev_total_mV : at which the steady-state current of the cell is zero; None if that is so more than once
    """

    e_rev_channel_mV: float
    e_rev_total_mV: float | None
    junctions: JunctionPotentials


@dataclass(frozen=True, slots=True)
class RigRecording:
    """A recording as the converter stores it, with its true values.

    command_mV, i_pA, counts : shape (sweeps, samples)
    """

    command_mV: FloatArray
    i_pA: FloatArray
    counts: Counts
    truth: Truth


def record(
    cell: Cell,
    amplifier: Amplifier,
    conditions: RecordingConditions,
    protocol: AbfProtocol,
    seed: int,
    loss: ChannelLoss = NO_LOSS,
) -> RigRecording:
    """Record a cell with a protocol; the same seed gives the same samples.

    Each sweep starts from the steady state at its first level, as if the gates had settled since the last sweep.
    """
    return next(record_repeats(cell, amplifier, conditions, protocol, [seed], loss))


def record_repeats(
    cell: Cell,
    amplifier: Amplifier,
    conditions: RecordingConditions,
    protocol: AbfProtocol,
    seeds: Iterable[int],
    loss: ChannelLoss = NO_LOSS,
) -> Iterator[RigRecording]:
    """Recordings that differ only in their noise, one for each seed. The current without noise is computed once."""
    command = protocol.command_mV()
    current = pipette_current_pA(cell, amplifier, conditions, protocol, loss)
    truth = true_values(cell, conditions, protocol, loss)
    for seed in seeds:
        counts = digitised_counts(current, amplifier, protocol, seed)
        yield RigRecording(command, amplifier.in_pA(counts), counts, truth)


def pipette_current_pA(
    cell: Cell,
    amplifier: Amplifier,
    conditions: RecordingConditions,
    protocol: AbfProtocol,
    loss: ChannelLoss = NO_LOSS,
) -> FloatArray:
    """Current through the pipette before noise and filter, shape (sweeps, samples × FINE_PER_SAMPLE) [pA].

    Each value is the mean over its interval, so that even a short capacitive transient keeps its charge.
    """
    baths = conditions.baths(protocol.start_s())
    remaining = loss.remaining(protocol.sweeps)
    membrane = Membrane(cell, conditions.pipette, baths, conditions.temperature_C, remaining)
    offset_mV = np.array([conditions.junctions(bath).offset_mV for bath in baths])
    sample_ms = 1000.0 / protocol.sample_rate_Hz
    solved = clamp(
        membrane, protocol.command_mV(), sample_ms, amplifier.residual_by_sweep_MOhm(protocol.sweeps), offset_mV
    )
    bounds = np.arange(protocol.samples * FINE_PER_SAMPLE + 1, dtype=np.float64) * (sample_ms / FINE_PER_SAMPLE)
    charge = solved.charge_at(bounds)
    if amplifier.capacitance_compensated:
        on_membrane = [np.interp(bounds, solved.time_ms, cell.cm_pF * (v - v[0])) for v in solved.v_mV.T]
        charge -= amplifier.capacitance_compensated * np.array(on_membrane)
    return np.diff(charge, axis=1) * (FINE_PER_SAMPLE / sample_ms)


def digitised_counts(current_pA: FloatArray, amplifier: Amplifier, protocol: AbfProtocol, seed: int) -> Counts:
    """Counts of the converter for a pipette current, after noise, filter and clipping; shape (sweeps, samples).

    current_pA : as from :func:`pipette_current_pA`, which can be reused for any number of noise seeds
    """
    rng = np.random.default_rng(seed)
    fine_Hz = protocol.sample_rate_Hz * FINE_PER_SAMPLE
    white_pA = amplifier.noise_pA * unfiltered_noise_rms(fine_Hz, amplifier.lowpass_Hz)
    noisy = current_pA + white_pA * rng.standard_normal(current_pA.shape)
    output = bessel_filtered(noisy, fine_Hz, amplifier.lowpass_Hz)[:, ::FINE_PER_SAMPLE]
    slow_pA = slow_noise(amplifier, protocol.start_s(), protocol.samples, protocol.sample_rate_Hz, rng)
    return amplifier.digitise(output + slow_pA)


def true_values(
    cell: Cell, conditions: RecordingConditions, protocol: AbfProtocol, loss: ChannelLoss = NO_LOSS
) -> Truth:
    """True reversal potentials and junction potentials of a recording, those of its last sweep."""
    bath = conditions.baths(protocol.start_s())[-1]
    solutions = (conditions.pipette, bath, conditions.temperature_C)
    return Truth(
        e_rev_channel_mV=channel_reversal_mV(cell.channel, *solutions),
        e_rev_total_mV=total_reversal_mV(cell, *solutions, float(loss.remaining(protocol.sweeps)[-1])),
        junctions=conditions.junctions(bath),
    )
