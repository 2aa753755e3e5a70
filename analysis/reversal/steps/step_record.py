"""Record of what the files of a cell were made from, so that a step is repeated only if that has changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.tables.files import write_json

log = logging.getLogger("reversal")


class StepRecord:
    """Digest of each finished step of a cell, in a file with its tables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digests: dict[str, str] = read_digests(path)

    @property
    def digests(self) -> Mapping[str, str]:
        """Digest of what each finished step was made from, by step."""
        return self._digests

    @contextmanager
    def step(self, name: str, made_from: str, files: Iterable[Path]) -> Iterator[bool]:
        """Yield whether a step must run; when the block has ended without an error, the step is finished.

        The step is forgotten before it begins: if it is killed, some of its files are old and some new.

        made_from : digest of the settings, the code and the input of the step
        files : what the step writes
        """
        stale = self._digests.get(name) != made_from or not all(file.is_file() for file in files)
        if stale and name in self._digests:
            del self._digests[name]
            write_json(self._path, self._digests)
        yield stale
        if stale:
            self._digests[name] = made_from
            # the files are on the disk; after a power cut without the record, the step is repeated
            write_json(self._path, self._digests, forced=False)


def read_digests(path: Path) -> dict[str, Any]:
    """The digests in a file; none if there is no such file or it is damaged, so that everything is repeated."""
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
