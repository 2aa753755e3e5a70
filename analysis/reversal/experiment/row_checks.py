"""Whether what a row of the sheet names exists: solutions, experiment, protocol, and the file of the recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.errors import Refusal, nearest
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.configuration import Configuration
from reversal.experiment.preparations import Clamped
from reversal.experiment.raw_file import (
    FileMissing,
    StillWritten,
    as_written_here,
    check_written,
    recording_path,
)
from reversal.experiment.recording_configuration import with_sides
from reversal.experiment.recording_sheet import SheetLine, with_faults
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import GivenPoint, SheetEntry

RAW_DIR = "raw_dir"
ROLES = ("bath", "pipette", "inside", "cis", "trans", "zeroing_bath")

HasCopy = Callable[[Configuration, SheetEntry], bool]


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault of a row.

    cause : what is faulty outside the sheet: ``raw_dir`` or the name of a solution; None if it is the row itself
    """

    row: int
    recording: str
    sentence: str
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rows of a sheet are compared with.

    solutions : valid solutions; None if the solutions file cannot be read
    solution_faults : faults of the other solutions, by name
    raw_dir_fault : why no recording can be found; None if the folder can be used
    """

    configuration: Configuration
    solutions: Mapping[str, Solution] | None
    solution_faults: Mapping[str, str]
    raw_dir_fault: str | None
    has_copy: HasCopy | None


@dataclass(frozen=True, slots=True)
class FileCheck:
    """Whether the file of a row can be used.

    fault : why its row has no recording, and the cause outside the sheet; None if it has one
    unreached : why there is no file at its path that may be read; None if there is one
    has_copy : whether such a file was read before, so that its recording is there
    """

    fault: tuple[str, str | None] | None = None
    unreached: str | None = None
    has_copy: bool = False


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line, without its entry if a name in it is unknown or its file was never read, with all its faults."""

    line: SheetLine
    faults: tuple[RowFault, ...]
    of_file: FileCheck


def checked_line(line: SheetLine, around: Surroundings) -> CheckedLine:
    """A line compared with its surroundings."""
    faults: list[tuple[str, str | None]] = [(sentence, None) for sentence in line.faults]
    line, contradictions = _with_sides(line, around.configuration)
    faults += [*_names(line.values, around), *contradictions]
    line = _as_written_here(line, around.configuration)
    of_file = _file(line, around)
    faults += [] if of_file.fault is None else [of_file.fault]
    if not faults:
        return CheckedLine(line, (), of_file)
    of_row = tuple(RowFault(line.row.row, line.row.recording, sentence, cause) for sentence, cause in faults)
    return CheckedLine(with_faults(line, [fault.sentence for fault in of_row]), of_row, of_file)


def _names(values: Mapping[str, str], around: Surroundings) -> Iterator[tuple[str, str | None]]:
    configuration = around.configuration
    for role in ROLES if around.solutions is not None else ():
        yield from _solution(role, values.get(role, ""), around)
    experiment = values.get("experiment") or "default"
    if experiment not in configuration.experiments:
        known = nearest(experiment, configuration.experiments)
        yield f"experiment {experiment!r} is not in the configuration. {known}", None
    protocol = values.get("protocol") or "auto"
    if protocol != "auto" and protocol not in configuration.protocols:
        known = nearest(protocol, ["auto", *configuration.protocols])
        yield f"protocol {protocol!r} is not in the configuration. {known}", None


def _solution(role: str, name: str, around: Surroundings) -> Iterator[tuple[str, str | None]]:
    solutions, faults = around.solutions or {}, around.solution_faults
    if not name or name in solutions:
        return
    if name in faults:
        yield f"{role} {name!r} is invalid: {faults[name].removesuffix('.')}", name
    else:
        file = around.configuration.solutions
        yield f"{role} {name!r} is not in {file}. {nearest(name, [*solutions, *faults])}", None


_MISSING = "{0} is missing. Write the name of a solution of your recipes into the column {0}"


def _with_sides(line: SheetLine, configuration: Configuration) -> tuple[SheetLine, list[tuple[str, None]]]:
    """The line with the solutions on both sides of the membrane and its one source, and what contradicts them."""
    experiment = configuration.experiments.get(line.values.get("experiment") or "default")
    if experiment is None:
        return line, []
    faults: list[tuple[str, None]] = []
    if experiment.configuration in (Clamped.WHOLE_CELL, Clamped.OUTSIDE_OUT):
        faults += [(_MISSING.format(n), None) for n in ("bath", "pipette") if not line.values.get(n)]
    entry = line.row.entry
    if entry is None:
        return line, faults
    try:
        _check_source(entry)
    except ConfigurationRefused as refused:
        faults.append((str(refused).removesuffix("."), None))
    try:
        entry = entry if faults else with_sides(entry, experiment)
    except ConfigurationRefused as refused:
        faults.append((str(refused).removesuffix("."), None))
    return SheetLine(line.row.model_copy(update={"entry": entry}), line.values, line.faults), faults


def _check_source(entry: SheetEntry) -> None:
    """Refuse a row with none of file, reversal potential and I–V points, or with several."""
    given = {"file": entry.file, "e_rev_mV": entry.e_rev_mV is not None, "I–V points": entry.points}
    sources = [name for name, value in given.items() if value]
    if not sources:
        raise ConfigurationRefused(
            "file is missing",
            remedy="Add the file, or a reversal potential in e_rev_mV, or I–V points in the table iv_points",
        )
    if len(sources) > 1:
        raise ConfigurationRefused("the row has more than one source", found=" and ".join(sources), expected="one")
    if entry.e_rev_sd_mV is not None and entry.e_rev_mV is None:
        raise ConfigurationRefused("e_rev_sd_mV has no meaning without e_rev_mV", found=entry.e_rev_sd_mV)


Points = Mapping[str, tuple[GivenPoint, ...]]


def with_points(lines: Sequence[SheetLine], points: Points) -> list[SheetLine]:
    """The lines with their I–V points."""
    return [_with_points(line, points.get(line.row.recording, ())) for line in lines]


def _with_points(line: SheetLine, points: tuple[GivenPoint, ...]) -> SheetLine:
    if line.row.entry is None or not points:
        return line
    entry = line.row.entry.model_copy(update={"points": points})
    return SheetLine(line.row.model_copy(update={"entry": entry}), line.values, line.faults)


def _as_written_here(line: SheetLine, configuration: Configuration) -> SheetLine:
    """The line with the path as it is written on this computer."""
    entry, written = line.row.entry, line.values.get("file", "")
    file = as_written_here(configuration.raw_dir, written) if written else ""
    if file == written:
        return line
    entry = entry and entry.model_copy(update={"file": file})
    return SheetLine(line.row.model_copy(update={"file": file, "entry": entry}), line.values, line.faults)


def _file(line: SheetLine, around: Surroundings) -> FileCheck:
    configuration, entry, file = around.configuration, line.row.entry, line.row.file
    if not file:
        return FileCheck()

    def has_copy() -> bool:
        return entry is not None and around.has_copy is not None and around.has_copy(configuration, entry)

    try:
        path = recording_path(configuration.raw_dir, file, configuration.allow_outside_raw_dir)
        check_written(path, configuration.written_before)
    except StillWritten as refused:
        return FileCheck((_sentence(refused), None))
    except Refusal as refused:
        if has_copy():
            return FileCheck(None, refused.what, has_copy=True)
        is_of_folder = isinstance(refused, FileMissing) and around.raw_dir_fault and not Path(file).is_absolute()
        return FileCheck((_sentence(refused), RAW_DIR if is_of_folder else None), refused.what)
    return FileCheck()


def _sentence(refused: Refusal) -> str:
    return str(refused).removesuffix(".")
