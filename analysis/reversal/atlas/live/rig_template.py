"""The recording of the virtual rig: an ABF file with a command, transients and noise, but without ionic current.

The page adds the currents of the chosen cell to its samples and offers the file for download. The header, the command
and the scale of the samples are those that the simulator wrote, so the file is one that the pipeline reads.
"""

from __future__ import annotations

import base64
import datetime as dt

import numpy as np

from reversal.simulate.abf_content import FileNotes
from reversal.simulate.amplifier import Amplifier, Counts
from reversal.simulate.stimuli import step_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.simulate.write_abf2 import abf2_bytes

PROTOCOL = step_family(-130.0, 40.0, 10.0, holding_mV=-70.0, step_ms=60.0, rate_Hz=10_000.0, name="virtual rig")
AMPLIFIER = Amplifier(rs_MOhm=20.0, rs_compensation=0.0, mV_per_pA=1.0, lowpass_Hz=2000.0, noise_pA=1.0)
CAPACITANCE_pF = 20.0
SEED = 1
STARTED = dt.datetime(2024, 1, 1, 12, 0, 0)
NOTES = FileNotes(STARTED, CAPACITANCE_pF, "virtual rig of the atlas, no junction potential, ideal voltage clamp")


def rig_template() -> dict[str, object]:
    """The file and what the page needs to fill it: place and scale of the samples, levels of the command."""
    counts = passive_counts(PROTOCOL)
    content = abf2_bytes(PROTOCOL, counts, AMPLIFIER, NOTES)
    return {
        "abf": base64.b64encode(content).decode(),
        "offset": content.index(counts.astype("<i2").tobytes()),
        "sweeps": PROTOCOL.sweeps,
        "samples": PROTOCOL.samples,
        "rateHz": PROTOCOL.sample_rate_Hz,
        "pAPerCount": AMPLIFIER.pA_per_count,
        "holding": PROTOCOL.holding_mV,
        "edges": PROTOCOL.edges(0),
        "levels": [[epoch.level_mV, epoch.level_step_mV] for epoch in PROTOCOL.epochs],
        "noisePA": AMPLIFIER.noise_pA,
    }


def passive_counts(protocol: AbfProtocol) -> Counts:
    """Transients of the capacitance behind the series resistance, with noise, (sweeps, samples)."""
    command = protocol.command_mV()
    tau_samples = AMPLIFIER.rs_MOhm * CAPACITANCE_pF * 1e-6 * protocol.sample_rate_Hz
    steps = np.diff(command, axis=1, prepend=command[:, :1])
    decay = np.exp(-np.arange(30) / tau_samples) * tau_samples * (1 - np.exp(-1 / tau_samples))
    transient = np.apply_along_axis(lambda row: np.convolve(row, decay)[: row.size], 1, steps) / AMPLIFIER.rs_MOhm * 1e3
    noise = np.random.default_rng(SEED).normal(0, AMPLIFIER.noise_pA, command.shape)
    return AMPLIFIER.digitise(transient + noise)
