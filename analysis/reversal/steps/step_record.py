"""Record of what the files of a cell were made from, so that a step is repeated only if that or a file has changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.tables.files import write_json

log = logging.getLogger("reversal")


class StepRecord:
    """What each finished step of a cell was made from, and the sizes of its files, in a file with its tables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._steps = read_document(path)

    def of(self, steps: Iterable[str]) -> dict[str, Any]:
        """What is recorded of some steps: a digest, and the size of each file [bytes] by its name."""
        return {name: self._steps.get(name) for name in steps}

    @contextmanager
    def step(self, name: str, made_from: str, files: Iterable[Path]) -> Iterator[bool]:
        """Yield whether a step must run; when the block has ended without an error, the step is finished.

        The step is forgotten before it begins: if it is killed, some of its files are old and some new.

        made_from : digest of the settings, the code and the input of the step
        files : what the step writes
        """
        written = list(files)
        stale = self._steps.get(name) != _step(made_from, written)
        if stale and self._steps.get(name) is not None:
            self._steps[name] = None
            write_json(self._path, self._steps)
        yield stale
        if stale:
            self._steps[name] = _step(made_from, written)
            # the files are on the disk; after a power cut without the record, the step is repeated
            write_json(self._path, self._steps, forced=False)


def _step(made_from: str, files: Iterable[Path]) -> dict[str, Any]:
    return {"made_from": made_from, "bytes": {file.name: size_of(file) for file in files}}


def size_of(file: Path) -> int | None:
    """Size of a file [bytes]; None if there is none."""
    return file.stat().st_size if file.is_file() else None


def read_document(path: Path) -> dict[str, Any]:
    """The JSON document in a file; empty if there is no such file or it is damaged, so that all of it is repeated."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def digest(texts: Iterable[str], files: Iterable[Path] = ()) -> str:
    """Hash of texts and of the contents of files."""
    total = hashlib.sha256()
    for text in texts:
        total.update(hashlib.sha256(text.encode()).digest())
    for file in files:
        with file.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()[:16]


def for_each_cell(cells: Sequence[str], work: Callable[[int], object]) -> None:
    """Do the work of a job cell by cell; an error in one cell does not stop the others, but fails the job at its end.

    work : gets the place of the cell
    """
    faults = {}
    for place, cell in enumerate(cells):
        try:
            work(place)
        except Refusal as refusal:  # such as a full disk
            log.error("%s: %s", cell, refusal)
            faults[cell] = str(refusal)
        except Exception as fault:
            log.exception("%s: the step ended with an error", cell)
            faults[cell] = repr(fault)
    if faults:
        raise Refusal(
            f"{len(faults)} of {len(cells)} cells ended with an error: "
            + "; ".join(f"{cell}: {fault}" for cell, fault in faults.items())
        )
