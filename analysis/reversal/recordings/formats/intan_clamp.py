"""Reader of Intan CLAMP files (".clp").

The header has a signature, version (two 16-bit numbers), kind (0 samples of a headstage, 1 auxiliary inputs), its own
size, date and time (six 16-bit numbers), the calibration and registers of 8 chips with 4 channels, and the settings:
sampling rate, mode, holding voltage, low-pass filter, and the waveform as segments (number of the step, offset, first
and last sample, voltage). Each sample is a 32-bit count of the clock and three 32-bit numbers: the voltage of the
waveform [V], the voltage of the converter [V], the measured current [A]. The waveform repeats; each of its steps is a
sweep. The voltage of the waveform is the command, with the holding voltage and without the pipette offset.
Known from the source that Intan publishes for its program; tested on files in this layout that were written for the
tests. Never seen: a file of a rig. R_s [Ω] and C_m [F] are those that the program measured last. Refused: current
clamp, auxiliary inputs, and steps of 5 mV ("2x" mode), whose voltages the program writes halved.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from reversal.arrays import FloatArray
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import select_sweeps
from reversal.recordings.command.choose import chosen_command
from reversal.recordings.command.plateaus import commands_from_samples
from reversal.recordings.files.file_content import Content, sha256_of_content, whole
from reversal.recordings.recording.recording import (
    PROTOCOL_REMEDY,
    Channel,
    CommandUnknown,
    Recording,
    RecordingRefused,
    Sweep,
    SweepCommand,
    Telegraph,
)
from reversal.recordings.recording.units import CURRENT, CURRENT_TO_PA, VOLTAGE_TO_MV

SIGNATURE = b"\x81\xa4\xb1\xf3"
MAX_HEADER_BYTES = 1 << 16
CHANNEL_BYTES, REGISTERS_BYTES = 14 * 2 + 2 * 4 + 8 * 2 + 6 * 4, 4 * 2
SETTINGS, CLAMP_SETTINGS, SEGMENT = struct.Struct("<B7fBB"), struct.Struct("<5f"), struct.Struct("<BIIIf")
SAMPLE = np.dtype([("tick", "<u4"), ("applied_V", "<f4"), ("converter_V", "<f4"), ("measured_A", "<f4")])
MAX_SAMPLES = 50_000_000


@dataclass(frozen=True, slots=True)
class ClampHeader:
    """What the header says.

    telegraph : low-pass filter, and the R_s and C_m that the program measured
    steps : number of the step of each sample of the waveform, shape (samples,)
    is_double : True if the program wrote half of the voltages
    """

    size: int
    started: str | None
    rate_Hz: float
    telegraph: Telegraph
    is_double: bool
    steps: np.ndarray


def read_intan_clamp(path: Path, content: Content, options: ReadingOptions) -> Recording:
    """Read the steps of a headstage as sweeps. Raises RecordingRefused and CommandUnknown."""
    header = _header(content, path)
    samples = _samples(content, header.size, path)
    bounds, is_cut = _sweeps(samples["tick"], header.steps, path)
    selection = select_sweeps(len(bounds), options.sweeps, path)
    used = [samples[slice(*bounds[number])] for number in selection.numbers]
    first = int(used[0]["tick"][0])
    sweeps = tuple(
        Sweep((int(one["tick"][0]) - first) / header.rate_Hz, one["measured_A"].astype(float) * CURRENT_TO_PA["A"])
        for one in used
    )

    def commands() -> tuple[tuple[SweepCommand, ...], str]:
        if header.is_double:
            raise CommandUnknown(
                "the command is not known: in the mode with steps of 5 mV the program writes half of the voltages",
                file=path,
                remedy=PROTOCOL_REMEDY,
            )
        waves: list[FloatArray] = [one["applied_V"].astype(float) * VOLTAGE_TO_MV["V"] for one in used]
        return commands_from_samples(waves), "from the voltage of the waveform at each sample"

    command, warnings = chosen_command(sweeps, None, header.rate_Hz, options, path, commands, selection)
    channel = Channel("Current", "A", CURRENT)
    return Recording(
        file=path.name,
        sha256=sha256_of_content(content),
        format="Intan CLAMP",
        sample_rate_Hz=header.rate_Hz,
        sweeps=sweeps,
        command=command,
        current_channel=channel,
        channels=(channel,),
        telegraph=header.telegraph,
        started=header.started,
        warnings=(*warnings, *(["a sweep at the start or the end is not complete and is left out"] if is_cut else [])),
        selection=selection,
    )


def _damaged(path: Path, what: str, found: object = None) -> RecordingRefused:
    return RecordingRefused(
        f"the Intan CLAMP file {what}", file=path, found=found, remedy="The file is damaged: copy it again"
    )


def _header(content: Content, path: Path) -> ClampHeader:
    head = content[:MAX_HEADER_BYTES]
    try:
        return _unpacked(head, path)
    except struct.error:
        raise _damaged(path, "ends within its header", f"{len(head)} bytes") from None


def _unpacked(head: bytes, path: Path) -> ClampHeader:
    """Header of a file. Raises struct.error if it is cut off."""
    major, minor, kind, size = struct.unpack_from("<4H", head, 4)
    if kind != 0:
        raise RecordingRefused(
            "the file has the auxiliary inputs of Intan CLAMP, not a current",
            file=path,
            remedy="Give the file of the headstage, without 'AUX' in its name",
        )
    date = struct.unpack_from("<6h", head, 12)
    chips, channels = struct.unpack_from("<2H", head, 24)
    place = 28 + chips * (channels * CHANNEL_BYTES + REGISTERS_BYTES)
    _, _, lowpass_Hz, _, rate_Hz, rs_Ohm, _, cm_F, is_voltage_clamp, is_double = SETTINGS.unpack_from(head, place)
    if not is_voltage_clamp:
        raise RecordingRefused("the recording is in current clamp", file=path, expected="voltage clamp")
    place += SETTINGS.size + CLAMP_SETTINGS.size
    _, segments = struct.unpack_from("<fH", head, place)
    if place + 6 + segments * SEGMENT.size != size:
        raise _damaged(path, f"has a header of another layout (version {major}.{minor})", f"{size} bytes")
    if not (np.isfinite(rate_Hz) and rate_Hz > 0):
        raise _damaged(path, "has an impossible sampling rate", rate_Hz)
    steps = _steps([SEGMENT.unpack_from(head, place + 6 + n * SEGMENT.size) for n in range(segments)], path)
    telegraph = Telegraph(_positive(rs_Ohm, 1e-6), cm_pF=_positive(cm_F, 1e12), lowpass_Hz=_positive(lowpass_Hz, 1.0))
    return ClampHeader(size, _iso(date), float(f"{rate_Hz:.7g}"), telegraph, bool(is_double), steps)


def _positive(value: float, factor: float) -> float | None:
    """Value in its unit, with the digits that single precision has; None if the program did not measure it."""
    return float(f"{value * factor:.6g}") if np.isfinite(value) and value > 0 else None


def _steps(segments: list[tuple[int, int, int, int, float]], path: Path) -> np.ndarray:
    """Number of the step of each sample of the waveform, shape (samples,). Raises RecordingRefused for gaps."""
    firsts, lasts = [segment[2] for segment in segments], [segment[3] for segment in segments]
    follows = firsts == [0, *(last + 1 for last in lasts[:-1])]
    if not segments or not follows or any(last < first for first, last in zip(firsts, lasts, strict=True)):
        raise _damaged(path, "has a waveform whose segments do not follow each other")
    if lasts[-1] >= MAX_SAMPLES:
        raise _damaged(path, "has a waveform that is too long", f"{lasts[-1]} samples")
    lengths = [last - first + 1 for first, last in zip(firsts, lasts, strict=True)]
    return np.repeat([segment[0] for segment in segments], lengths)


def _iso(date: tuple[int, ...]) -> str | None:
    try:
        return datetime(*date[:6]).isoformat()  # type: ignore[arg-type]
    except ValueError:
        return None


def _samples(content: Content, start: int, path: Path) -> np.ndarray:
    """Samples as they are in the file. Raises RecordingRefused if the clock has a gap."""
    count, rest = divmod(len(content) - start, SAMPLE.itemsize)
    if not 0 < count <= MAX_SAMPLES or rest:
        raise _damaged(path, "does not have whole samples", f"{len(content) - start} bytes of samples")
    samples = np.frombuffer(whole(content, start, len(content) - start), SAMPLE)
    if np.any(np.diff(samples["tick"].astype(np.int64)) != 1):
        raise _damaged(path, "lacks samples: the clock does not advance by one with each")
    return samples


def _sweeps(ticks: np.ndarray, steps: np.ndarray, path: Path) -> tuple[list[tuple[int, int]], bool]:
    """First and stop sample of each step of each repeat, and whether an incomplete first or last one is left out."""
    places = ticks.astype(np.int64) % steps.size
    starts_in_waveform = np.flatnonzero(np.diff(steps, prepend=steps[0] - 1))
    is_start = np.isin(places, starts_in_waveform)
    starts = [int(n) for n in np.flatnonzero(is_start)]
    stops = [*starts[1:], ticks.size]
    ends = {int(end) - 1 for end in (*starts_in_waveform[1:], steps.size)}
    is_cut = int(places[-1]) not in ends
    bounds = list(zip(starts, stops, strict=True))[: -1 if is_cut else None] if starts else []
    if not bounds:
        raise _damaged(path, "has no complete step of its waveform", f"{ticks.size} samples of {steps.size}")
    return bounds, is_cut or starts[0] > 0
