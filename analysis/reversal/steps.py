"""The few lines between a rule and a function: files and settings in, files out whole or not at all, a log."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reversal.experiment.step_settings import CohortSettings, SheetRow
from reversal.report.inputs import Failure, Night, Provenance
from reversal.tables.files import read_table, write_json, write_table
from reversal.tables.fitted import CellFits, CohortFits, CohortRow, ComparisonRow, NernstRow, PermeabilityRow
from reversal.tables.measured import CellMeasures, IVPoint, RecordingRow, ReversalRow, Status

log = logging.getLogger("reversal")

FLOORS = ("atlas", "report", "fit", "measure", "recordings", "statistics", "experiment", "physics", "tables")
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
    for path in sorted([*files, *package.glob("*.py"), *package.glob("reference/*.tsv")]):
        digest.update(path.relative_to(package.parent).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Versions of the program and of the libraries its numbers depend on."""
    return {name: version(name) for name in VERSIONS_OF}


def provenance(configuration_hash: str) -> Provenance:
    """Where the numbers of a report made today come from."""
    return Provenance(versions(), configuration_hash, date.today().isoformat())


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


def gather(
    quality: Sequence[str], reversals: Sequence[str], permeability: Sequence[str], nernst: Sequence[str]
) -> tuple[CellMeasures, CellFits]:
    """Measures (without their I-V points) and fits of all cells, one after the other."""
    measures: dict[str, list[Any]] = {"iv": [], "reversals": []}
    fits: dict[str, list[Any]] = {}
    for path in reversals:
        measures["reversals"] += read_table(Path(path), ReversalRow)
    for path in quality:
        _append(measures, _read_json(path))
    for path in (*permeability, *nernst):
        _append(fits, _read_json(path))
    return (
        TypeAdapter(CellMeasures).validate_python(_with_all(measures, CellMeasures)),
        TypeAdapter(CellFits).validate_python(_with_all(fits, CellFits)),
    )


def night_of(project: CohortSettings, pooled: str, comparisons: str, **files: Sequence[str]) -> Night:
    """Everything the morning page, the cohort's figures and the slides show."""
    measures, fits = gather(**files)
    return Night(
        recordings=(*measures.recordings, *failed_rows(project.rows_without_cell)),
        reversals=measures.reversals,
        permeabilities=fits.permeabilities,
        nernst=fits.nernst,
        provenance=provenance(project.configuration_hash),
        cohort=tuple(read_table(Path(pooled), CohortRow)),
        comparisons=tuple(read_table(Path(comparisons), ComparisonRow)),
        curves=fits.curves,
        findings=measures.findings,
        failures=tuple(Failure(project.solutions, name, reason) for name, reason in project.solution_faults.items()),
        charges=project.charges,
    )


def failed_rows(rows: Iterable[SheetRow]) -> list[RecordingRow]:
    """Rows of the sheet without a valid cell name, as failed recordings. They belong to no cell's own tables."""
    unknown = dict.fromkeys(RecordingRow.model_fields)
    return [
        RecordingRow.model_validate(
            unknown
            | {"experiment": row.experiment, "cell": row.cell, "recording": row.recording, "file": row.file}
            | {"status": Status.FAILED, "reason": row.fault}
        )
        for row in rows
    ]


def write_cohort(
    folder: Path,
    recordings: Sequence[RecordingRow],
    measures: CellMeasures,
    fits: CellFits,
    pooled: CohortFits,
    configuration_hash: str,
) -> None:
    """Write the tables of all cells, and the summary when they are all there."""
    write_table(folder / "recordings.csv", recordings, RecordingRow)
    write_table(folder / "reversals.csv", measures.reversals, ReversalRow)
    write_table(folder / "permeabilities.csv", fits.permeabilities, PermeabilityRow)
    write_table(folder / "nernst.csv", fits.nernst, NernstRow)
    write_table(folder / "pooled.csv", pooled.pooled, CohortRow)
    write_table(folder / "comparisons.csv", pooled.comparisons, ComparisonRow)
    tables = {
        "recordings": recordings,
        "reversals": measures.reversals,
        "permeabilities": fits.permeabilities,
        "nernst": fits.nernst,
    }
    write_json(folder / "summary.json", summary(tables, configuration_hash))


def summary(tables: Mapping[str, Sequence[Any]], configuration_hash: str) -> dict[str, Any]:
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


def last_lines(results_dir: Path, reports_dir: Path) -> str:
    """Say how many recordings came out how, what failed and why, and where to look; empty before any cohort is made."""
    path = results_dir / "cohort" / "summary.json"
    if not path.is_file():
        return ""
    document = _read_json(str(path))
    counts = ", ".join(f"{number} {status}" for status, number in document["counts"]["recordings"].items())
    failed = [f for f in document["failures"] if f["table"] == "recordings"]
    lines = [f"  {f['cell']} {f['recording']}: {f['reason']}" for f in failed]
    return "\n".join([f"Recordings: {counts or 'none'}", *lines, f"Morning page: {reports_dir / 'index.html'}"])


def _append(tables: dict[str, list[Any]], more: Mapping[str, list[Any]]) -> None:
    for name, rows in more.items():
        tables.setdefault(name, []).extend(rows)


def _with_all(tables: Mapping[str, list[Any]], result: type[CellMeasures] | type[CellFits]) -> dict[str, list[Any]]:
    """Every table of a result, also where there is no cell to fill it."""
    return {field.name: tables.get(field.name, []) for field in fields(result)}


def _field_names(result: CellMeasures | CellFits) -> set[str]:
    return {field.name for field in fields(result)}


def _document(result: CellMeasures | CellFits, names: set[str]) -> dict[str, Any]:
    dumped = TypeAdapter(type(result)).dump_python(result, mode="json")
    return {name: rows for name, rows in dumped.items() if name in names}


def _read_json(path: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return document
