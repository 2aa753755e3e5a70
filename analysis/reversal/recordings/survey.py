"""A folder of recordings as a table: what each file is, how its command is known, and why one cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reversal.errors import Refusal
from reversal.recordings.axon.header import read_header
from reversal.recordings.axon.reader import SIGNATURES
from reversal.recordings.axon.samples import SAME, axon_samples, largest_difference
from reversal.recordings.channel_choice import described
from reversal.recordings.file_content import whole_content
from reversal.recordings.formats import heka
from reversal.recordings.read_recording import Reading, read_recording
from reversal.recordings.recording import CommandUnknown, RecordingRefused
from reversal.recordings.units import CURRENT
from reversal.tables.survey_table import SurveyRow

RECORDING_ENDINGS = {
    ".abf", ".atf", ".dat", ".nwb", ".wcp", ".edr", ".axgd", ".axgx", ".smr", ".smrx", ".ibw", ".pxp", ".mat", ".npz",
    ".npy", ".csv", ".txt", ".h5", ".hdf5",
}  # fmt: skip


def survey(folder: Path, how: Reading = Reading()) -> list[SurveyRow]:  # noqa: B008 - frozen, so it can be shared
    """Look at every file of a folder that could be a recording, in the order of their paths.

    Files of other endings are looked at where their first bytes are those of a recording.
    """
    if not folder.is_dir():
        raise RecordingRefused("this is no folder", file=folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return [row for path in files if _could_be(path) for row in _rows(path, folder, how)]


def _could_be(path: Path) -> bool:
    if path.suffix.lower() in RECORDING_ENDINGS:
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(4) in (*SIGNATURES, heka.SIGNATURE)
    except OSError:
        return False


def _rows(path: Path, folder: Path, how: Reading) -> Iterator[SurveyRow]:
    name = path.relative_to(folder).as_posix()
    readers, difference = _compared(path)
    for channel in choices(path) if how.channel is None else [how.channel]:
        row = SurveyRow(
            file=name,
            channel=channel or "",
            format="",
            sweeps=None,
            sample_rate_Hz=None,
            readers=readers,
            largest_difference=difference,
            command_evidence="unknown",
            status="read",
            reason="",
        )
        try:
            found = read_recording(path, replace(how, channel=channel))
        except CommandUnknown as unknown:
            yield row.model_copy(update={"status": "no command", "reason": _short(unknown, path)})
        except Refusal as refusal:
            yield row.model_copy(update={"status": "refused", "reason": _short(refusal, path)})
        else:
            yield row.model_copy(
                update={
                    "channel": channel or found.current_channel.name,
                    "format": found.format,
                    "sweeps": len(found.sweeps),
                    "sample_rate_Hz": found.sample_rate_Hz,
                    "command_evidence": found.command.evidence.value,
                    "reason": "; ".join((found.command.because, *found.warnings)),
                }
            )


def choices(path: Path) -> list[str | None]:
    """Names to read a file by: its series or current channels where it has several, else no name."""
    try:
        content = whole_content(path)
        if content.startswith(heka.SIGNATURE):
            return [series.path for series in heka.series_of(path, content)] or [None]
        if content[:4] in SIGNATURES:
            inputs = read_header(content, path).inputs
            currents = [c.name for c in (described(i.name, i.unit) for i in inputs) if c.role == CURRENT]
            return list(currents) if len(currents) > 1 else [None]
    except Refusal:
        pass  # read_recording refuses the file with the same reason, which is then its row
    return [None]


def _compared(path: Path) -> tuple[str, float | None]:
    """What pyABF and Neo say of each other's samples."""
    try:
        content = whole_content(path)
        if content[:4] not in SIGNATURES:
            return "one reader", None
        header = read_header(content, path)
        difference = largest_difference(header, axon_samples(path, header), path)
    except Refusal as refusal:
        return refusal.what, None
    return ("agree" if difference <= SAME else "differ"), difference


def _short(refusal: Refusal, path: Path) -> str:
    return str(refusal).replace(f"{path}: ", "").replace(f"{path}, ", "")
