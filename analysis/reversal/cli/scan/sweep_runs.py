"""Files that hold one sweep each, and belong together: one recording of a folder is then several files.

acq4 writes the sweeps of a protocol into the folders 000, 001, … of a folder of their own. Igor programs number the
waves of a whole day (``ad0_12.ibw``), so that files in a row are a family only if the declared protocol has as many
sweeps, or a whole multiple is left between two gaps. Anything else is left to a person, who writes the numbers into the
column ``sweeps``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.cli.scan.words import named_by
from reversal.errors import Refusal
from reversal.experiment.configuration import Configuration
from reversal.experiment.protocols import Level, Levels, Protocol
from reversal.experiment.sweep_numbers import listed_sweeps, sweep_ranges
from reversal.recordings.files.sweep_files import NUMBERED_FOLDER, number_in_name, sweep_files

DIGITS = 3  # of the folder of a sweep of acq4


@dataclass(frozen=True, slots=True)
class Files:
    """Files of one recording, that of the sheet first.

    sweeps : their numbers, as the sheet writes them; empty for a file of its own
    why : why they are one recording, in words
    fault : why nobody knows which of them are one recording; None if it is known
    """

    paths: tuple[Path, ...]
    sweeps: str = ""
    why: str = ""
    fault: str | None = None


def joined(files: Sequence[Path], configuration: Configuration, rows: Iterable[Mapping[str, str]]) -> list[Files]:
    """The files, those of one recording together, in their order.

    rows : rows of the present sheet; files that they join stay together, also against the rules
    """
    by_sheet = dict.fromkeys(one for row in rows if (one := _of_row(row, configuration.raw_dir)) is not None)
    taken = {path for one in by_sheet for path in one.paths}
    present = set(files)
    runs: dict[tuple[Path, str, str], list[tuple[int, Path]]] = {}
    found = [one for one in by_sheet if set(one.paths) & present]
    for path in files:
        numbered = number_in_name(path)
        if path in taken:
            continue
        if numbered is None:
            found.append(Files((path,)))
        else:
            stem, number = numbered
            alike = path.name if _is_in_folder(path) else path.suffix
            runs.setdefault((_folder(path), stem, alike), []).append((number, path))
    for (_, stem, _), run in runs.items():
        found += _families(stem, sorted(run), configuration)
    order = {path: n for n, path in enumerate(files)}
    return sorted(found, key=lambda one: min(order.get(path, len(files)) for path in one.paths))


def _of_row(row: Mapping[str, str], raw_dir: Path) -> Files | None:
    """The files that a row names; None if it names no file with a number, or its sweeps cannot be read."""
    file, sweeps = row.get("file", "").replace("\\", "/"), row.get("sweeps", "")
    try:
        path = raw_dir / file
        if ".." in path.parts or not path.is_relative_to(raw_dir) or not path.is_file() or number_in_name(path) is None:
            return None
        parts = tuple(sweep_files(path, sweep_ranges(sweeps)).values()) if sweeps else ()
    except (Refusal, OSError, ValueError):
        return None
    return Files((path, *(part for part in parts if part != path)), sweeps if parts else "", "the sheet joins them")


def _is_in_folder(path: Path) -> bool:
    return path.suffix.lower() in NUMBERED_FOLDER


def _folder(path: Path) -> Path:
    return path.parent.parent if _is_in_folder(path) else path.parent


def _families(stem: str, run: Sequence[tuple[int, Path]], configuration: Configuration) -> list[Files]:
    """The recordings of files whose names differ by a number only."""
    alone = [Files((path,)) for _, path in run]
    first = run[0][1]
    if len(run) == 1:
        return alone
    if _is_in_folder(first):
        # a folder with a number and a name, as IV_002, is a repetition of a protocol
        is_sweeps = not stem and all(len(path.parent.name) == DIGITS for _, path in run)
        return [_family(run, f"{len(run)} sweeps in numbered folders")] if is_sweeps else alone
    protocol = _protocol_of(first, configuration)
    count = 0 if protocol is None or protocol.sweep_samples else sweeps_of(protocol)
    if protocol is not None and count < 2:
        return alone
    return [family for part in _in_a_row(run) for family in _cut(part, count, protocol is not None)]


def _cut(run: Sequence[tuple[int, Path]], count: int, has_protocol: bool) -> list[Files]:
    """Families of a run without gaps: as many sweeps as the protocol has."""
    if len(run) == 1 and not has_protocol:
        return [Files((run[0][1],))]
    if has_protocol and len(run) % count == 0:
        why = f"{len(run)} files in a row, the protocol has {count} sweeps"
        return [_family(run[at : at + count], why) for at in range(0, len(run), count)]
    numbers = listed_sweeps(number for number, _ in run)
    known = f"the protocol has {count} sweeps" if has_protocol else "no protocol of the configuration is known for them"
    counted = "1 file of one sweep" if len(run) == 1 else f"{len(run)} files of one sweep each"
    fault = (
        f"{counted}, and {known}. Found: sweeps {numbers}. Declare their protocol and its "
        "words in scan.protocol, or write a row for each family, with its numbers in the column sweeps"
    )
    return [Files(tuple(path for _, path in run), numbers, "", fault)]


def _family(run: Sequence[tuple[int, Path]], why: str) -> Files:
    return Files(tuple(path for _, path in run), listed_sweeps({number for number, _ in run}), why)


def _in_a_row(run: Sequence[tuple[int, Path]]) -> list[list[tuple[int, Path]]]:
    """The run, cut where a number is missing."""
    parts: list[list[tuple[int, Path]]] = []
    for number, path in run:
        if parts and number - parts[-1][-1][0] <= 1:
            parts[-1].append((number, path))
        else:
            parts.append([(number, path)])
    return parts


def _protocol_of(path: Path, configuration: Configuration) -> Protocol | None:
    file = path.relative_to(configuration.raw_dir).as_posix()
    name = next(iter(named_by(file, configuration.scan.protocol)), None)
    return configuration.protocols.get(name) if name else None


def sweeps_of(protocol: Protocol) -> int:
    """Number of sweeps of a declared protocol: that of its longest list of levels."""
    levels = [
        level
        for epoch in protocol.epochs
        for level in (epoch.step, *((epoch.ramp.start_mV, epoch.ramp.stop_mV) if epoch.ramp else ()))
    ]
    return max((_number_of(level) for level in levels), default=1)


def _number_of(level: Level | None) -> int:
    if isinstance(level, Levels):
        return len(level.by_sweep())
    return len(level) if isinstance(level, list) else 1
