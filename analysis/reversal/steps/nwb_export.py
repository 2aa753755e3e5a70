"""NWB files of all cells, in the layout of DANDI, with a recording sheet that reads them again.

``sub-<subject>/sub-<subject>_ses-<cell>_icephys.nwb``: the subject is the column ``subject`` of the sheet, or the cell.
The file has the recordings that could be read, with the tables of results of the last run.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Sequence
from pathlib import Path

from reversal.errors import Refusal
from reversal.experiment.closed_model import ClosedModel
from reversal.experiment.nwb_facts import NwbFacts
from reversal.experiment.project import Project
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.recordings.formats.nwb_writer import (
    ExportedCell,
    ExportedRecording,
    ExportedTable,
    channels_of,
    write_nwb,
)
from reversal.recordings.recording.store import read_recordings
from reversal.steps.cell_files import CellFiles
from reversal.steps.software_versions import versions
from reversal.tables.files import read_table
from reversal.tables.results import ROW_OF
from reversal.tables.whole_file import whole_file

log = logging.getLogger("reversal")

SHEET = "recordings.tsv"
NOT_COPIED = ("file", "channel", "output", "sweeps", "protocol", "extra")  # columns of the sheet that the file decides
TABLES = {
    "recordings": "what each recording is and how it was judged",
    "reversals": "reversal potential of each recording with its interval and corrections",
    "permeabilities": "permeability ratios of the cell",
    "nernst": "comparison of the reversal potentials with the Nernst potential",
}


class NwbSettings(ClosedModel):
    """What the NWB files of a project depend on, in addition to the results of the cells."""

    facts: NwbFacts | None
    cells: tuple[CellSettings, ...]
    subjects: dict[str, str]

    @classmethod
    def of(cls, project: Project) -> NwbSettings:
        """The settings of a project."""
        cells = tuple(project.measuring_settings(cell) for cell in project.cells)
        return cls(facts=project.configuration.nwb, cells=cells, subjects=_subjects(project))


def _subjects(project: Project) -> dict[str, str]:
    """Animal of each cell. Raises Refusal if a cell has several."""
    found = {}
    for cell in project.cells:
        names = {row.entry.extra.get("subject", "") for row in project.rows_of(cell) if row.entry is not None} - {""}
        if len(names) > 1:
            raise Refusal(f"cell {cell!r} has several subjects", found=", ".join(sorted(names)), expected="one")
        found[cell] = names.pop() if names else cell
    return found


def export_nwb(settings: NwbSettings, results: Path, reports: Path) -> dict[str, str]:
    """Write the NWB file of every cell with recordings; the files by cell, relative to the folder of NWB files."""
    if settings.facts is None:
        raise Refusal(
            "the configuration does not state the species of the animals",
            expected="nwb: {species: Rattus norvegicus}",
            remedy="Add the section nwb to the configuration; an archive needs the species",
        )
    if settings.facts.age is None:
        log.warning("The age of the animals is not stated (nwb: {age: P30D}). DANDI asks for it.")
    folder = results / "nwb"
    written: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for cell in settings.cells:
        exported = _exported(cell, settings.subjects[cell.cell], settings.facts, CellFiles(cell.cell, results, reports))
        if not exported.recordings:
            continue
        name = _file_name(exported, set(written.values()))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with whole_file(folder / name) as target:
            write_nwb(target, exported)
        written[cell.cell] = name
        rows += _sheet_rows(exported, name)
    if rows:
        _write_sheet(folder / SHEET, rows)
    return written


def _exported(cell: CellSettings, subject: str, facts: NwbFacts, files: CellFiles) -> ExportedCell:
    entries = cell.entries
    recordings = [
        ExportedRecording(entries[one.recording_id], one.recording)
        for one in read_recordings(files.recordings)
        if one.recording is not None and one.recording_id in entries
    ]
    return ExportedCell(
        cell=cell.cell,
        subject=subject,
        recordings=recordings,
        solutions=cell.recipes,
        tables=[
            ExportedTable(name, description, read_table(files.table(name), ROW_OF[name]))
            for name, description in TABLES.items()
        ],
        facts=facts,
        software=", ".join(f"{name} {version}" for name, version in versions().items()),
    )


def _file_name(cell: ExportedCell, taken: set[str]) -> str:
    subject, session = _label(cell.subject), _label(cell.cell)
    name = f"sub-{subject}/sub-{subject}_ses-{session}_icephys.nwb"
    if name in taken:
        raise Refusal(
            f"two cells would have the same file {name!r}",
            found=cell.cell,
            expected="names that differ in letters, digits or '-'",
            remedy="Rename one of the cells",
        )
    return name


def _label(name: str) -> str:
    """Name with the letters, digits and dashes that DANDI allows."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "x"


def _sheet_rows(cell: ExportedCell, file: str) -> list[dict[str, object]]:
    """Rows of a recording sheet that reads the recordings of the file."""
    channels = channels_of([one.recording for one in cell.recordings])
    return [
        {**_copied(one.entry), "file": file, "channel": channel}
        for one, channel in zip(cell.recordings, channels, strict=True)
    ]


def _copied(entry: SheetEntry) -> dict[str, object]:
    values = entry.model_dump(mode="json")
    return {name: value for name, value in values.items() if name not in NOT_COPIED and value not in (None, "")}


def _write_sheet(path: Path, rows: Sequence[dict[str, object]]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with whole_file(path) as target, target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, delimiter="\t", lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
