"""Batches: the cells of one job. A job of several cells starts once, so most of a night is spent on its numbers.

Snakemake knows only the list of a finished batch, not every file of every cell: a night of thousands of cells is then
a plan of some hundred jobs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from reversal.errors import Refusal
from reversal.steps.cell_files import CellFiles
from reversal.steps.step_record import StepRecord, read_digests

JOBS_AT_LEAST = 4  # so that the cores of a usual computer all have work
CELLS_AT_MOST = 32  # in a job: its start is then a small part of it, and a killed job repeats one cell of 32

TABLE_STEPS, PAGE_STEPS = ("ingest", "measure", "fit"), ("report",)

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


def measured(results: Path, batch: str) -> Path:
    """File that says what the tables of a finished batch were made from."""
    return results / "batches" / f"{batch}.measured.json"


def reported(results: Path, batch: str) -> Path:
    """File that says what the pages of a finished batch were made from."""
    return results / "batches" / f"{batch}.reported.json"


def forget_incomplete(folders: tuple[Path, Path], batches: Batches) -> None:
    """Remove the file that says that a batch is finished if this is no longer so, and the batch runs again.

    A table or a page may be missing. Or a run with batches of another size has made the results of a cell from
    something else since.

    folders : of the results and of the reports
    """
    pages = _names_in(folders[1] / "cells")
    for batch, cells in batches.items():
        files = [CellFiles(cell, *folders) for cell in cells]
        records = {of.cell: StepRecord(of.record).digests for of in files}
        complete = all({path.name for path in of.tables()} <= _names_in(of.folder) for of in files)
        if not (complete and _still_made_from(measured(folders[0], batch), records, TABLE_STEPS)):
            measured(folders[0], batch).unlink(missing_ok=True)
        complete = all({path.name for path in of.pages()} <= pages for of in files)
        if not (complete and _still_made_from(reported(folders[0], batch), records, PAGE_STEPS)):
            reported(folders[0], batch).unlink(missing_ok=True)


def _still_made_from(path: Path, records: Mapping[str, Mapping[str, str]], steps: Sequence[str]) -> bool:
    """Whether the results of each cell are made from what the file of the finished batch says, in some steps."""
    said = read_digests(path)
    return all(said.get(cell, {}).get(step) == of.get(step) for cell, of in records.items() for step in steps)


def _names_in(folder: Path) -> set[str]:
    """Names in a folder, read at once: a question for every file would take seconds on a network disk."""
    return {entry.name for entry in os.scandir(folder)} if folder.is_dir() else set()
