"""Whether a recording can be what it says: each gate is one short function that returns a sentence or nothing.

A gate that refuses stops the recording; a gate that warns travels with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from reversal.recordings.command.waveform import is_constant
from reversal.recordings.recording import Recording, RecordingRefused

LARGEST_PA = 1e8  # 100 µA: more than a two-electrode clamp of an oocyte gives
PATCH_PA = 1e5  # 100 nA: more than a patch-clamp amplifier gives
SMALLEST_RANGE_PA = 1e-3  # quieter than any amplifier's noise
LOWEST_RATE_HZ = 500.0
CLIPPED_FRACTION = 0.999

Gate = Callable[[Recording], str | None]


def passed(recording: Recording, file: Path) -> Recording:
    """Return the recording with the warnings of all gates. Raises RecordingRefused where one refuses."""
    for gate in REFUSING:
        sentence = gate(recording)
        if sentence is not None:
            raise RecordingRefused(sentence, file=file, remedy="See the file in the rig's own program")
    said = tuple(sentence for gate in WARNING if (sentence := gate(recording)) is not None)
    return replace(recording, warnings=(*recording.warnings, *said))


def there_are_samples(recording: Recording) -> str | None:
    """A file of no sweeps, or of sweeps of no samples, measures nothing."""
    if not recording.sweeps or any(sweep.i_pA.size < 2 for sweep in recording.sweeps):
        return "the recording has no sweep, or a sweep without samples"
    return None


def current_is_finite(recording: Recording) -> str | None:
    """NaN and infinite samples come from broken scaling factors or damaged files."""
    for n, sweep in enumerate(recording.sweeps):
        if not np.all(np.isfinite(sweep.i_pA)):
            return f"the current of sweep {n} has samples that are no numbers (NaN or infinite)"
        if sweep.v_mV is not None and not np.all(np.isfinite(sweep.v_mV)):
            return f"the voltage of sweep {n} has samples that are no numbers (NaN or infinite)"
    return None


def command_is_finite(recording: Recording) -> str | None:
    """A level that is no membrane voltage comes from a damaged header or a wrong unit."""
    for n, sweep in enumerate(recording.command.sweeps):
        levels = [level for epoch in sweep.epochs for level in (epoch.from_mV, epoch.level_mV)]
        if sweep.samples_mV is not None:
            levels += [float(np.min(sweep.samples_mV)), float(np.max(sweep.samples_mV))]
        for level in levels:
            if not abs(level) <= 1000:
                return f"the command of sweep {n} asks for {level:g} mV, which no amplifier gives a membrane"
    return None


def amplitude_is_possible(recording: Recording) -> str | None:
    """Currents a thousand times too large or small come from a wrong unit."""
    highest = max(float(np.max(np.abs(sweep.i_pA))) for sweep in recording.sweeps)
    if highest > LARGEST_PA:
        return f"the current reaches {highest:.3g} pA, which no cell gives: its unit is probably wrong"
    if recording.digitiser_limit_pA is not None and recording.digitiser_limit_pA > 1e4 * LARGEST_PA:
        return (
            f"the current's unit '{recording.current_channel.unit}' would let the digitiser measure "
            f"{recording.digitiser_limit_pA:.3g} pA: the unit or the gain is wrong"
        )
    return None


def current_is_not_flat(recording: Recording) -> str | None:
    """A line without any noise was not recorded from an amplifier."""
    spread = max(float(np.ptp(sweep.i_pA)) for sweep in recording.sweeps)
    if spread == 0:
        return "the current is a flat line: the channel was not connected"
    return None


def rate_is_high_enough(recording: Recording) -> str | None:
    """Refuse a rate at which no step response can be seen."""
    if not recording.sample_rate_Hz >= 1:
        return f"the sampling rate of {recording.sample_rate_Hz:g} Hz is not possible"
    return None


def amplitude_is_of_a_patch(recording: Recording) -> str | None:
    """Say that a current is larger than a patch clamp gives."""
    highest = max(float(np.max(np.abs(sweep.i_pA))) for sweep in recording.sweeps)
    if highest > PATCH_PA:
        return f"the current reaches {highest:.3g} pA: a two-electrode clamp, or a unit slip of 1000"
    return None


def noise_is_of_an_amplifier(recording: Recording) -> str | None:
    """Say that a current is smaller than any amplifier's noise."""
    spread = max(float(np.ptp(sweep.i_pA)) for sweep in recording.sweeps)
    if spread < SMALLEST_RANGE_PA:
        return f"the current varies by {spread:.2g} pA only, less than an amplifier's noise: a unit slip of 1000?"
    return None


def current_is_not_clipped(recording: Recording) -> str | None:
    """Say in which sweeps the current ran into the digitiser's limit."""
    limit = recording.digitiser_limit_pA
    if limit is None:
        return None
    clipped = [
        n
        for n, sweep in enumerate(recording.sweeps)
        if np.count_nonzero(np.abs(sweep.i_pA) >= CLIPPED_FRACTION * limit) > 1
    ]
    if not clipped:
        return None
    return f"the current is clipped at the digitiser's limit of {limit:.4g} pA in sweeps {_listed(clipped)}"


def no_sweep_is_flat(recording: Recording) -> str | None:
    """Say which sweeps are flat lines among others that are not."""
    flat = [n for n, sweep in enumerate(recording.sweeps) if float(np.ptp(sweep.i_pA)) == 0]
    return f"the current of sweeps {_listed(flat)} is a flat line" if flat else None


def rate_resolves_a_step(recording: Recording) -> str | None:
    """Say that a step's first milliseconds cannot be seen."""
    if recording.sample_rate_Hz < LOWEST_RATE_HZ:
        return f"{recording.sample_rate_Hz:g} Hz does not resolve the settling of a step"
    return None


def command_varies(recording: Recording) -> str | None:
    """Say that no I–V can be made: the command is constant."""
    return "the command is constant: no I–V can be made of it" if is_constant(recording.command) else None


def sweeps_follow_each_other(recording: Recording) -> str | None:
    """Say that sweeps are missing between others, so that increments may have been counted wrongly."""
    starts = np.array([sweep.start_s for sweep in recording.sweeps])
    apart = np.diff(starts)
    if apart.size > 2 and np.median(apart) > 0 and np.max(apart) > 1.5 * np.median(apart):
        return f"sweeps are not evenly apart (up to {np.max(apart):.3g} s): one may have been left out of the file"
    return None


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(n) for n in numbers[:10]) + (", …" if len(numbers) > 10 else "")


REFUSING: tuple[Gate, ...] = (
    there_are_samples,
    current_is_finite,
    command_is_finite,
    amplitude_is_possible,
    current_is_not_flat,
    rate_is_high_enough,
)
WARNING: tuple[Gate, ...] = (
    amplitude_is_of_a_patch,
    noise_is_of_an_amplifier,
    current_is_not_clipped,
    no_sweep_is_flat,
    rate_resolves_a_step,
    command_varies,
    sweeps_follow_each_other,
)
