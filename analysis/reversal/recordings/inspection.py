"""Everything that a file contains, as text, even if it is refused: header, channels, epochs, tags and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.recordings.axon.header import AxonHeader
from reversal.recordings.axon.read_header import SIGNATURES, read_header
from reversal.recordings.axon.reader import header_facts
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import marks_in_words
from reversal.recordings.command.waveform import epoch_name
from reversal.recordings.files.file_content import FileContent
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Recording, Shape, SweepCommand, SweepSelection, Telegraph

MAX_LISTED_SWEEPS = 40


@dataclass(frozen=True, slots=True)
class Inspection:
    """Content of a file: the recording or the reason for its refusal, and its Axon header if it has one."""

    path: Path
    recording: Recording | None
    refusal: Refusal | None
    header: AxonHeader | None


def inspect(path: Path, options: ReadingOptions = ReadingOptions()) -> Inspection:  # noqa: B008 - frozen
    """Content of a file. Raises RecordingRefused only if the file cannot be opened."""
    content = FileContent(path, options.max_file_MB)
    header = None
    try:
        header = read_header(content, path) if content[:4] in SIGNATURES else None
        return Inspection(path, read_recording(path, options), None, header)
    except Refusal as refusal:
        return Inspection(path, None, refusal, header)


def inspection_text(inspection: Inspection) -> str:
    """Text that ``reversal inspect`` prints about a file."""
    lines = [str(inspection.path)]
    if inspection.recording is not None:
        lines += _recording_lines(inspection.recording)
    elif inspection.header is not None:
        lines += _header_lines(inspection.header)
    if inspection.refusal is not None:
        lines += ["", f"REFUSED    {inspection.refusal}"]
    return "\n".join(lines)


def _recording_lines(recording: Recording) -> Iterator[str]:
    yield f"format     {recording.format}, {len(recording.sweeps)} sweeps, {recording.sample_rate_Hz:g} Hz"
    yield f"sha256     {recording.sha256}"
    yield from (f"{name:<10} {value}" for name, value in recording.header.items())
    yield f"started    {recording.started or 'not known'}"
    for channel in recording.channels:
        used = "  <- current of the cell" if channel == recording.current_channel else ""
        yield f"channel    {channel.name or '(no name)'} [{channel.unit or 'no unit'}] {channel.role}{used}"
    yield f"amplifier  {_telegraph_text(recording.telegraph)}"
    yield f"command    {recording.command.evidence.value}: {recording.command.basis}"
    yield from _selection_lines(recording.selection)
    yield ""
    yield "sweep  start [s]   samples  epochs: shape level [mV] @ time [ms]"
    rate_kHz = recording.sample_rate_Hz * 1e-3
    pairs = list(zip(recording.sweeps, recording.command.sweeps, strict=False))
    for n, (sweep, command) in enumerate(pairs[:MAX_LISTED_SWEEPS]):
        epochs = epochs_text(command, rate_kHz)
        yield f"{recording.number_of(n):>5}  {sweep.start_s:>9.3f}  {sweep.current.size:>8}  {epochs}"
    if len(recording.sweeps) > MAX_LISTED_SWEEPS:
        yield f"    …  {len(recording.sweeps) - MAX_LISTED_SWEEPS} more sweeps"
    yield ""
    yield from (f"tag        {tag.time_s:.3f} s  {tag.text}" for tag in recording.tags)
    yield from (f"warning    {warning}" for warning in recording.warnings)
    yield f"checks     passed{', with the warnings above' if recording.warnings else ''}"


def _selection_lines(selection: SweepSelection | None) -> Iterator[str]:
    """Which sweeps of the file are used, and which are left out because of a mark; nothing if all are used."""
    if selection is None or len(selection.numbers) == selection.in_file:
        return
    yield f"sweeps     {listed_sweeps(selection.numbers)} of {selection.in_file} in the file are used"
    if selection.marked:
        yield f"left out   {marks_in_words(selection.marked)}, as marked by the acquisition program"


def epochs_text(command: SweepCommand, rate_kHz: float) -> str:
    """Epochs of a sweep on one line, with levels [mV] and start times [ms]."""
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


def _telegraph_text(telegraph: Telegraph) -> str:
    values = {
        "R_s": (telegraph.rs_MOhm, "MOhm"),
        "C_m": (telegraph.cm_pF, "pF"),
        "gain": (telegraph.gain, ""),
        "low-pass": (telegraph.lowpass_Hz, "Hz"),
        "compensation": (telegraph.rs_compensation, ""),
        "junction potential already corrected": (telegraph.junction_mV or None, "mV"),
    }
    known = [f"{name} {value:.4g} {unit}".strip() for name, (value, unit) in values.items() if value is not None]
    return ", ".join(known) or "nothing telegraphed"


def _header_lines(header: AxonHeader) -> Iterator[str]:
    yield from (f"{name:<10} {value}" for name, value in header_facts(header).items())
    yield f"started    {header.started or 'not known'}"
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
