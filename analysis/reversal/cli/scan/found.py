"""What each recording of a folder shows of itself, and the files that are no I–V, with the reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from reversal.cli.scan.sweep_runs import Files
from reversal.cli.scan.words import named_by
from reversal.cli.trial import tried
from reversal.errors import Refusal
from reversal.experiment.configuration import Configuration
from reversal.experiment.raw_file import recording_path
from reversal.experiment.step_settings import SheetEntry
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.measure.membrane.passive_properties import Passive
from reversal.recordings.axon.temperature_channel import recorded_temperature_C
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Recording, Telegraph
from reversal.recordings.survey import channels_in

NOTHING_TELEGRAPHED = Telegraph()
# for the measurement of an I–V before anybody has declared anything
ANY_ENTRY = SheetEntry(recording="any", cell="any", file="any", bath="any", pipette="any", temperature_C=22.0)
MAX_TEXT = 2000  # characters of a comment that are searched


@dataclass(frozen=True, slots=True)
class Place:
    """A recording in a folder: path below raw_dir with /, and its channel, series or electrode in the file.

    joined : the files that are its sweeps, if these are several
    """

    file: str
    channel: str | None = None
    channels_in_file: int = 1
    joined: Files | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """File and channel, as the rows of a sheet are compared."""
        return self.file.replace("\\", "/"), self.channel.casefold() if self.channel else None

    @property
    def is_series(self) -> bool:
        """Whether it is a series of a bundle: group/number."""
        return self.channel is not None and "/" in self.channel

    @property
    def stem(self) -> str:
        """Name of the file without its ending."""
        return PurePosixPath(self.file).stem

    @property
    def folders(self) -> tuple[str, ...]:
        """Folders of the file below raw_dir, the outermost first."""
        return PurePosixPath(self.file).parts[:-1]


@dataclass(frozen=True, slots=True)
class Found:
    """A recording with an I–V, or one of no use (``no_iv`` has the reason), and what it shows of itself.

    started, duration_s : start in local time, and length; None if the file does not have them
    comment, tags, protocol : texts of the file; protocol without its folder and ending
    temperature_C, thermometer : measured temperature and the name of its channel
    declared_protocol : protocol of the configuration by which it was read
    passive : R_s, C_m and R_m from the membrane test or the telegraphs
    cells_in_file : number of channels or electrodes of its file that have an I–V
    """

    place: Place
    no_iv: str | None = None
    started: dt.datetime | None = None
    duration_s: float | None = None
    sweeps: int | None = None
    sha256: str = ""
    comment: str = ""
    tags: tuple[str, ...] = ()
    protocol: str = ""
    telegraph: Telegraph = NOTHING_TELEGRAPHED
    temperature_C: float | None = None
    thermometer: str = ""
    declared_protocol: str | None = None
    passive: Passive | None = None
    cells_in_file: int = 1

    @property
    def texts(self) -> Mapping[str, str]:
        """Texts that may name something, by source; the ones written for this recording first."""
        texts = {
            "tags": " | ".join(self.tags),
            "comment": self.comment,
            "file name": self.place.stem,
            "folder": " / ".join(self.place.folders),
            "protocol": self.protocol,
        }
        return {source: text[:MAX_TEXT] for source, text in texts.items() if text}


def places_in(raw_dir: Path, files: Files, max_MB: float) -> list[Place]:
    """The recordings of a file: one, or one for each series, electrode or current channel."""
    path = files.paths[0]
    file = path.relative_to(raw_dir).as_posix()
    channels = channels_in(path, max_MB)
    return [Place(file, channel, len(channels), files if files.sweeps else None) for channel in channels]


def found_at(place: Place, configuration: Configuration) -> Found:
    """What a recording shows of itself."""
    path = configuration.raw_dir / place.file
    if fault := _fault_of_name(place.file):
        return Found(place, fault)
    declared = next(iter(named_by(place.file, configuration.scan.protocol)), None)
    joined = place.joined
    options = ReadingOptions(
        channel=place.channel,
        sweeps=None if joined is None or joined.fault else sweep_ranges(joined.sweeps),
        protocol=configuration.protocols.get(declared) if declared else None,
        stimulus_dirs=tuple(configuration.stimulus_dirs),
        follow_links=configuration.linked_files == "follow",
        max_file_MB=configuration.max_file_MB,
    )
    try:
        recording_path(configuration.raw_dir, place.file, configuration.allow_outside_raw_dir)
        recording = read_recording(path, options)
    except CommandUnknown as unknown:
        if joined is not None and joined.fault:
            return Found(place, joined.fault)
        remedy = "" if declared else " `scan.protocol` can name one for these files."
        return Found(place, f"{_without_path(unknown, path)}{remedy}")
    except Refusal as refusal:
        # the fault may be of another file of the same recording: its path below raw_dir tells which
        return Found(place, _without_path(refusal, path).removeprefix(f"{configuration.raw_dir}/"))
    if joined is not None and joined.fault:
        return Found(place, joined.fault)
    found = _described(place, recording, declared)
    measured = recorded_temperature_C(path, configuration.max_file_MB)
    if measured is not None:
        found = replace(found, temperature_C=measured[0], thermometer=measured[1])
    if named := _left_out_by_name(found, configuration):
        return replace(found, no_iv=named)
    reason = None
    for experiment in configuration.experiments.values():
        try:
            return replace(found, passive=tried(recording, experiment.window, ANY_ENTRY))
        except Refusal as refusal:
            reason = reason or _without_path(refusal, path)
    return replace(found, no_iv=reason)


def _fault_of_name(file: str) -> str | None:
    """Why a path cannot be a cell of the sheet, which is text in UTF-8 whose cells have no blanks at their ends."""
    try:
        file.encode()
    except UnicodeEncodeError:
        return "its name is not text in UTF-8; rename the file"
    if file.strip() != file or any(sign in file for sign in "\t\r\n"):
        return "its name has a tab, a line break, or a blank at an end; rename the file"
    return None


def _described(place: Place, recording: Recording, declared: str | None) -> Found:
    last = recording.sweeps[-1]
    return Found(
        place,
        started=_time(recording.started),
        duration_s=last.start_s + last.current.size / recording.sample_rate_Hz,
        sweeps=len(recording.sweeps),
        sha256=recording.sha256,
        comment=recording.header.get("comment", "").strip(),
        tags=tuple(text for tag in recording.tags if (text := tag.text.strip())),
        protocol=PureWindowsPath(recording.header.get("protocol", "")).stem,
        telegraph=recording.telegraph,
        declared_protocol=declared,
    )


def _left_out_by_name(found: Found, configuration: Configuration) -> str | None:
    words = {word: [word] for word in configuration.scan.leave_out}
    named = list(named_by(f"{found.place.file} {found.protocol} {found.comment}", words))
    if named:
        return f"its name, protocol or comment has the word {named[0]!r} of scan.leave_out"
    return None


def _time(text: str | None) -> dt.datetime | None:
    try:
        return None if text is None else dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _without_path(refusal: Refusal, path: Path) -> str:
    text = str(refusal)
    for start in (f"{path}: ", f"{path}, ", f"{path.name}: ", f"{path.name}, "):
        text = text.removeprefix(start)
    return " ".join(text.split())


def with_cells_in_file(recordings: Sequence[Found]) -> list[Found]:
    """The recordings with the number of channels with an I–V in their file; series of a bundle are of one cell."""
    counts = Counter(one.place.file for one in recordings if one.no_iv is None and not one.place.is_series)
    return [replace(one, cells_in_file=counts[one.place.file]) for one in recordings]


def without_repeats(recordings: list[Found]) -> Iterator[Found]:
    """The recordings; a copy of an earlier one is of no use."""
    known: dict[tuple[str, str | None], Found] = {}
    for found in recordings:
        key = found.sha256, found.place.channel
        if not found.sha256 or found.no_iv is not None:
            yield found
        elif key in known:
            yield replace(found, no_iv=f"the same content as {known[key].place.file}")
        else:
            known[key] = found
            yield found
