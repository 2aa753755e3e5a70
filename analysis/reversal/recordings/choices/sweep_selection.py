"""Which sweeps of a file are used: those that the sheet chooses, without those that the acquisition program marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.recordings.recording.recording import MarkedSweep, RecordingRefused, SweepSelection


def select_sweeps(
    in_file: int,
    wanted: tuple[range, ...] | None,
    file: Path,
    marks: Mapping[int, str] | None = None,
    offered: Sequence[int] | None = None,
) -> SweepSelection:
    """Selection of sweeps. Raises RecordingRefused for a sweep that the file does not have, and if none remains.

    in_file : number of sweeps of the cell in the file
    wanted : ranges of numbers that the sheet chooses, or None for all
    marks : marks of the acquisition program by number; these sweeps are left out
    offered : numbers to choose from, if the channel already chooses one of several runs
    """
    offered = range(in_file) if offered is None else offered
    chosen = list(offered) if wanted is None else _chosen(wanted, offered, file)
    marks = marks or {}
    numbers = tuple(number for number in chosen if number not in marks)
    if chosen and not numbers:
        raise RecordingRefused(
            "every chosen sweep is marked in the file and left out",
            file=file,
            found=", ".join(sorted({marks[number] for number in chosen})),
            remedy="Remove the mark in the acquisition software, or choose other sweeps in the column 'sweeps'",
        )
    marked = tuple(MarkedSweep(number, marks[number]) for number in chosen if number in marks)
    return SweepSelection(in_file, numbers, marked)


def _chosen(wanted: tuple[range, ...], offered: Sequence[int], file: Path) -> list[int]:
    """Offered numbers inside the ranges, in order. A range must not leave the offered numbers."""
    known = set(offered)
    for numbers in wanted:
        missing = next((number for number in numbers if number not in known), None)
        if missing is not None:
            raise RecordingRefused(
                f"there is no sweep {missing}",
                file=file,
                found=f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else str(missing),
                expected=f"sweeps {listed_sweeps(offered)}" if known else "a recording with sweeps",
                remedy="Correct the column 'sweeps'; `reversal inspect FILE` prints the numbers, from 0",
            )
    return [number for number in offered if any(number in numbers for numbers in wanted)]


def marks_in_words(marked: Sequence[MarkedSweep]) -> str:
    """Sweeps by their mark, such as "3-5 (rejected), 10 (leak)"."""
    by_mark: dict[str, list[int]] = {}
    for sweep in marked:
        by_mark.setdefault(sweep.mark, []).append(sweep.number)
    return ", ".join(f"{listed_sweeps(numbers)} ({mark})" for mark, numbers in by_mark.items())
