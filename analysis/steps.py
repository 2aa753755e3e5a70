"""The few lines between a rule and a function: files and settings in, files out whole or not at all, a log."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from analysis.experiment.settings import Declared
from analysis.fit.results import CellFits
from analysis.measure.results import CellMeasures, IVPoint, RecordingRow, ReversalRow, Status
from analysis.tables import read_table, write_json, write_table

log = logging.getLogger("reversal")

FLOORS = ("report", "fit", "measure", "recordings", "experiment", "physics")
VERSIONS_OF = ("reversal", "numpy", "scipy", "pyabf", "neo", "h5py", "iminuit", "matplotlib", "snakemake")


@contextmanager
def logged(file: str) -> Iterator[None]:
    """Write what a step says to its log file; an error that ends the step is written there too."""
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    except Exception:
        log.exception("the step ended with an error")
        raise
    finally:
        log.removeHandler(handler)
        handler.close()


def code_digest(floor: str) -> str:
    """Hash of the code of a floor and of all floors below it: a change there re-runs the steps that use it."""
    package = Path(__file__).parent
    folders = [package / name for name in FLOORS[FLOORS.index(floor) :]]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".j2", ".css"}]
    digest = hashlib.sha256()
    for path in sorted([*files, *package.glob("*.py"), *package.parent.glob("data/reference/*.tsv")]):
        digest.update(path.relative_to(package.parent).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Versions of the program and of the libraries its numbers depend on."""
    return {name: version(name) for name in VERSIONS_OF}


def write_measures(measures: CellMeasures, iv: str, reversals: str, quality: str) -> None:
    """Write the tables of a measured cell."""
    write_table(Path(iv), measures.iv, IVPoint)
    write_table(Path(reversals), measures.reversals, ReversalRow)
    write_json(Path(quality), _document(measures, _field_names(measures) - {"iv", "reversals"}))


def read_measures(iv: str, reversals: str, quality: str) -> CellMeasures:
    """Read back what :func:`write_measures` wrote."""
    tables = {"iv": read_table(Path(iv), IVPoint), "reversals": read_table(Path(reversals), ReversalRow)}
    return TypeAdapter(CellMeasures).validate_python({**_read_json(quality), **tables})


def write_fits(fits: CellFits, permeability: str, nernst: str) -> None:
    """Write the fits of a cell."""
    write_json(Path(permeability), _document(fits, _field_names(fits) - {"nernst"}))
    write_json(Path(nernst), _document(fits, {"nernst"}))


def read_fits(permeability: str, nernst: str) -> CellFits:
    """Read back what :func:`write_fits` wrote."""
    return TypeAdapter(CellFits).validate_python(_read_json(permeability) | _read_json(nernst))


def homeless_rows(declared: Iterable[Declared]) -> list[RecordingRow]:
    """Rows of the sheet whose cell has no usable name, as failed recordings: no cell's own tables can hold them."""
    unknown = dict.fromkeys(RecordingRow.model_fields)
    return [
        RecordingRow.model_validate(
            unknown
            | {"experiment": row.experiment, "cell": row.cell, "recording": row.recording, "file": row.file}
            | {"status": Status.FAILED, "reason": row.fault}
        )
        for row in declared
    ]


def summary(tables: dict[str, Sequence[Any]], configuration_hash: str) -> dict[str, Any]:
    """Counts of each status in each cohort table, the versions, the configuration's hash, and every failure."""
    failures = [
        {"table": name, **{key: getattr(row, key, None) for key in ("experiment", "cell", "recording", "condition")}}
        | {"reason": row.reason}
        for name, rows in tables.items()
        for row in rows
        if row.status == Status.FAILED
    ]
    return {
        "counts": {name: dict(Counter(row.status.value for row in rows)) for name, rows in tables.items()},
        "failures": failures,
        "versions": versions(),
        "configuration_hash": configuration_hash,
    }


def _field_names(result: CellMeasures | CellFits) -> set[str]:
    return {field.name for field in fields(result)}


def _document(result: CellMeasures | CellFits, names: set[str]) -> dict[str, Any]:
    dumped = TypeAdapter(type(result)).dump_python(result, mode="json")
    return {name: rows for name, rows in dumped.items() if name in names}


def _read_json(path: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return document
