"""Batches: the cells of one job. A job of several cells starts once, so most of a night is spent on its numbers.

Snakemake knows only the list of a finished batch, not every file of every cell: a night of thousands of cells is then
a plan of some hundred jobs.
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.steps.cell_files import CellFiles
from reversal.steps.step_record import StepRecord

JOBS_AT_LEAST = 4  # so that the cores of a usual computer all have work
CELLS_AT_MOST = 32  # in a job: its start is then a small part of it, and a killed job repeats one cell of 32

Batches = Mapping[str, tuple[str, ...]]


def batches_of(cells: Sequence[str], cells_per_job: object = None) -> Batches:
    """Cells of each batch, by the number of the batch.

    The size is a power of two, so that the batches stay the same until the number of cells has doubled: new cells at
    the end of the sheet change only the last batch.

    cells_per_job : size of a batch, as a profile or the command gives it; by default it follows from the number of
        cells. A job of a cluster waits in a queue and needs more cells than a job of one computer.

    Raises Refusal if ``cells_per_job`` is not a whole number above 0.

    >>> [len(batch) for batch in batches_of(range(35)).values()]
    [8, 8, 8, 8, 3]
    """
    if cells_per_job is None:
        goal = max(1, min(CELLS_AT_MOST, len(cells) // JOBS_AT_LEAST))
        size = 1 << (goal.bit_length() - 1)
    elif type(cells_per_job) is int and cells_per_job > 0:
        size = cells_per_job
    else:
        raise Refusal(
            "cells_per_job cannot be used", found=cells_per_job, expected="a whole number above 0, for example 64"
        )
    starts = range(0, len(cells), size)
    return {f"{number:04d}": tuple(cells[start : start + size]) for number, start in enumerate(starts, start=1)}


def whole_batches(folders: tuple[Path, Path]) -> Callable[[Mapping[str, Any]], bool]:
    """Function that finds whether the files of a batch are as its mark says.

    A table or a page may have been removed or cut. Or a run with batches of another size has made the results of a cell
    from something else since.

    folders : of the results and of the reports
    """
    sizes_in = cache(_sizes_in)

    def is_whole(said: Mapping[str, Any]) -> bool:
        return all(_is_whole(CellFiles(cell, *folders), steps) for cell, steps in said["cells"].items())

    def _is_whole(files: CellFiles, steps: Mapping[str, Any]) -> bool:
        if StepRecord(files.record).of(steps) != steps:
            return False
        sizes = ChainMap(sizes_in(files.folder), sizes_in(files.page.parent))
        return all(sizes.get(name) == size for step in steps.values() for name, size in step["bytes"].items())

    return is_whole


def _sizes_in(folder: Path) -> dict[str, int]:
    """Sizes of the files in a folder, read at once: a question for every file would take seconds on a network disk."""
    entries = os.scandir(folder) if folder.is_dir() else ()
    return {entry.name: entry.stat().st_size for entry in entries if entry.is_file()}  # not a link that leads nowhere
