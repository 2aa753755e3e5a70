"""What can be told of a file, also where it is refused as a recording: header facts, channels, epochs, tags, gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reversal.errors import Refusal
from reversal.recordings.axon.header import AxonHeader, read_header
from reversal.recordings.axon.reader import SIGNATURES, header_facts
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.file_content import whole_content
from reversal.recordings.read_recording import Reading, read_recording
from reversal.recordings.recording import Recording, Shape, SweepCommand, Telegraph

FIRST_SWEEPS = 40


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as it was found: the recording or why there is none, and an Axon header if it has one."""

    path: Path
    recording: Recording | None
    refusal: Refusal | None
    header: AxonHeader | None


def inspect(path: Path, how: Reading = Reading()) -> Inspection:  # noqa: B008 - frozen, so it can be shared
    """Look at a file. Raises RecordingRefused only for one that cannot be opened at all."""
    content = whole_content(path)
    header = None
    try:
        header = read_header(content, path) if content[:4] in SIGNATURES else None
        return Inspection(path, read_recording(path, how), None, header)
    except Refusal as refusal:
        return Inspection(path, None, refusal, header)


def described(inspection: Inspection) -> str:
    """Lines to print about a file."""
    lines = [str(inspection.path)]
    if inspection.recording is not None:
        lines += _recording(inspection.recording)
    elif inspection.header is not None:
        lines += _header(inspection.header)
    if inspection.refusal is not None:
        lines += ["", f"REFUSED  {inspection.refusal}"]
    return "\n".join(lines)


def _recording(found: Recording) -> Iterator[str]:
    yield f"format     {found.format}, {len(found.sweeps)} sweeps, {found.sample_rate_Hz:g} Hz"
    yield f"sha256     {found.sha256}"
    yield from (f"{name:<10} {value}" for name, value in found.header.items())
    yield f"began      {found.started or 'not known'}"
    for channel in found.channels:
        used = "  <- the current" if channel == found.current_channel else ""
        yield f"channel    {channel.name or '(no name)'} [{channel.unit or 'no unit'}] {channel.role}{used}"
    yield f"amplifier  {_told(found.telegraph)}"
    yield f"command    {found.command.evidence.value}: {found.command.because}"
    yield ""
    yield "sweep  starts [s]  samples  epochs: shape level [mV] @ time [ms]"
    rate_kHz = found.sample_rate_Hz * 1e-3
    for n, (sweep, command) in enumerate(zip(found.sweeps[:FIRST_SWEEPS], found.command.sweeps, strict=False)):
        yield f"{n:>5}  {sweep.start_s:>10.3f}  {sweep.i_pA.size:>7}  {epochs_text(command, rate_kHz)}"
    if len(found.sweeps) > FIRST_SWEEPS:
        yield f"    …  {len(found.sweeps) - FIRST_SWEEPS} more sweeps"
    yield ""
    yield from (f"tag        {tag.time_s:.3f} s  {tag.text}" for tag in found.tags)
    yield from (f"warning    {warning}" for warning in found.warnings)
    yield "gates      all passed" if not found.warnings else "gates      passed, with the warnings above"


def epochs_text(command: SweepCommand, rate_kHz: float) -> str:
    """Epochs of a sweep on one line."""
    parts = []
    for epoch in command.epochs:
        level = f"{epoch.level_mV:g}"
        if epoch.shape is Shape.SAMPLES and command.samples_mV is not None:
            level = f"{command.samples_mV.min():.1f}…{command.samples_mV.max():.1f}"
        elif epoch.shape not in (Shape.HOLD, Shape.STEP):
            level = f"{epoch.from_mV:g}→{epoch.level_mV:g}"
        train = f" every {epoch.period / rate_kHz:g} ms" if epoch.period else ""
        parts.append(f"{epoch.name} {epoch.shape.value} {level}{train} @ {epoch.start / rate_kHz:g}")
    return " | ".join(parts) or "none"


def _told(telegraph: Telegraph) -> str:
    facts = {
        "R_s": (telegraph.rs_MOhm, "MOhm"),
        "C_m": (telegraph.cm_pF, "pF"),
        "gain": (telegraph.gain, ""),
        "low-pass": (telegraph.lowpass_Hz, "Hz"),
        "compensation": (telegraph.rs_compensation, ""),
        "junction taken off": (telegraph.junction_mV or None, "mV"),
    }
    told = [f"{name} {value:.4g} {unit}".strip() for name, (value, unit) in facts.items() if value is not None]
    return ", ".join(told) or "told nothing"


def _header(header: AxonHeader) -> Iterator[str]:
    yield from (f"{name:<10} {value}" for name, value in header_facts(header).items())
    yield f"began      {header.started or 'not known'}"
    yield f"sweeps     {len(header.sweeps)}, at {', '.join(f'{sweep.start_s:g}' for sweep in header.sweeps[:5])} … s"
    yield from (f"channel    {used.name or '(no name)'} [{used.unit or 'no unit'}]" for used in header.inputs)
    for output in header.outputs:
        if not output.waveform_enabled:
            continue
        yield f"output     {output.name} [{output.unit}] holding {output.holding:g}"
        for epoch in output.epochs:
            if epoch.kind:
                level = f"level {epoch.level:g} by {epoch.level_step:g}"
                samples = f"{epoch.duration} samples by {epoch.duration_step}"
                yield f"  epoch {epoch_name(epoch.number)}  kind {epoch.kind}  {level}  {samples}"
        if output.user_list is not None:
            yield f"  user list of parameter {output.user_list.parameter}: {output.user_list.values}"
    yield from (f"tag        {tag.time_s:.3f} s  {tag.text}" for tag in header.tags)
