"""The project: configuration, solutions and recording sheet, read once and checked together."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from reversal.errors import Refusal
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.configuration import Configuration
from reversal.experiment.declared_values import implausible, repeat_of
from reversal.experiment.examination import Examination
from reversal.experiment.fault_list import ListedFault, listed_faults, numbered
from reversal.experiment.faults import all_in_one
from reversal.experiment.recording_sheet import CELL_PATTERN
from reversal.experiment.row_checks import CheckedLine, HasCopy, RowFault, Surroundings, checked_line, with_points
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import (
    CellSettings,
    CohortSettings,
    FileState,
    IonFacts,
    ReadingSettings,
    RecordingFile,
    ReportLabels,
    SheetEntry,
    SheetRow,
)
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.experiment.yaml_file import yaml_mapping
from reversal.physics.ion import Ion
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding

NOT_IN_NUMBERS: Mapping[str, Any] = {
    "raw_dir": True,
    "stimulus_dirs": True,
    "allow_outside_raw_dir": True,
    "max_file_MB": True,
    "files": {"__all__": {"size", "modified_ns", "ends", "others"}},
}

RUNS_CODE = "__use_yte__"  # Snakemake then takes the file for a template of YTE, whose expressions are Python


@dataclass(frozen=True)
class Project:
    """Everything the user wrote, with the faults of single rows and solutions.

    sheet_rows : all rows of the sheet in order, valid or faulty
    solutions : valid solutions by name
    solution_faults : faults of the other solutions, by name
    row_faults : every fault of every row
    raw_dir_fault : why no recording can be found; None if the folder of the recordings can be used
    unreached : rows without a file at their path that may be read
    notes : how the sheet was read
    """

    configuration: Configuration
    sheet_rows: tuple[SheetRow, ...]
    solutions: Mapping[str, Solution]
    solution_faults: Mapping[str, str]
    ions: Mapping[str, Ion]
    row_faults: tuple[RowFault, ...] = ()
    raw_dir_fault: str | None = None
    unreached: tuple[CheckedLine, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[Path, Path]:
        """Folders of the results and of the reports."""
        return self.configuration.results_dir, self.configuration.reports_dir

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Valid cell names, in the order of the sheet."""
        return tuple(dict.fromkeys(row.cell for row in self.sheet_rows if CELL_PATTERN.fullmatch(row.cell)))

    @property
    def rows_without_cell(self) -> tuple[SheetRow, ...]:
        """Rows without a valid cell name. They are faulty and belong to no cell."""
        return tuple(row for row in self.sheet_rows if not CELL_PATTERN.fullmatch(row.cell))

    @property
    def faults(self) -> tuple[str, ...]:
        """One message per cause, the worst first, with the rows that it concerns."""
        return tuple(fault.text for fault in self.listed_faults)

    @cached_property
    def listed_faults(self) -> tuple[ListedFault, ...]:
        """Every cause once, the worst first."""
        return listed_faults(self.configuration, self.row_faults, self.solution_faults, self.raw_dir_fault)

    @property
    def warnings(self) -> tuple[str, ...]:
        """One message per finding about what is declared, with the rows that it is about."""
        rows: dict[str, list[int]] = {}
        charges = {name: ion.z for name, ion in self.ions.items()}
        repeats = self._repeats()
        for row in self.sheet_rows:
            if row.entry is None or row.entry.exclude is not None:
                continue
            experiment = self.configuration.experiments[row.entry.experiment]
            of_row = implausible(row.entry, experiment, self.solutions, charges)
            for found in (*repeats.get(row.recording, ()), *of_row):
                rows.setdefault(f"{found.sentence} {found.remedy}", []).append(row.row)
        sheet = self.configuration.recordings
        of_rows = [f"{sheet}, {numbered(lines)}: {sentence}" for sentence, lines in rows.items()]
        return (*of_rows, *self._compared_with_nothing())

    def _compared_with_nothing(self) -> Iterator[str]:
        """Experiments that compare with a condition that none of their rows has: then nothing is compared."""
        for name, experiment in self.configuration.experiments.items():
            entries = [row.entry for row in self.sheet_rows if row.entry is not None and row.entry.experiment == name]
            conditions = sorted({entry.condition for entry in entries})
            if conditions and experiment.compare_with not in (None, *conditions):
                yield (
                    f"experiments.{name}: compare_with is {experiment.compare_with!r}, but no row has this condition, "
                    f"so nothing is compared. Conditions of the rows: {', '.join(conditions)}."
                )

    def _repeats(self) -> dict[str, list[Finding]]:
        """Findings that a row reads what another row reads too, by recording."""
        found = {name: [finding(Code.RECORDING_IN_TWO_CELLS, place=text)] for name, text in self._other_cells.items()}
        for entries in self._by_channel():
            for n, entry in enumerate(entries):
                key = entry.cell, entry.experiment
                earlier = [one for one in entries[:n] if (one.cell, one.experiment) == key]
                if (repeat := _repeat(earlier, entry)) is not None:
                    found.setdefault(entry.recording, []).append(repeat)
        return found

    @cached_property
    def digest(self) -> str:
        """Hash of everything that the numbers depend on, shown on the morning page as the configuration hash.

        Each number of the cohort is computed from numbers of the cells, in the order of the sheet.
        """
        return _hash(*(self.digest_of(cell) for cell in self.cells))

    def digest_of(self, cell: str) -> str:
        """Hash of everything that the numbers of one cell depend on, shown on its page as the configuration hash.

        Whether a file may be outside ``raw_dir``, and what is wrong with a row, only decide whether the row is used.
        """
        reading = self.reading_settings(cell).model_dump_json(by_alias=True, exclude=NOT_IN_NUMBERS)
        fitting = self.fitting_settings(cell).model_dump_json(
            by_alias=True, exclude={"sheet_rows": {"__all__": {"fault"}}}
        )
        return _hash(reading, fitting)

    def cohort_settings(self) -> CohortSettings:
        """What the cohort tables and the morning page depend on, in addition to the results of the cells."""
        experiments = self.configuration.experiments.values()
        ions = {ion for e in experiments for ion in [e.ion, e.reference, *e.permeant, *e.divalents]}
        return CohortSettings(
            configuration_hash=self.digest,
            rows_without_cell=self.rows_without_cell,
            solutions=str(self.configuration.solutions),
            solution_faults=dict(self.solution_faults),
            charges={ion: self.ions[ion].z for ion in sorted(ions)},
            labels=self.labels,
            compare_with={
                name: one.compare_with
                for name, one in self.configuration.experiments.items()
                if one.compare_with is not None
            },
        )

    @property
    def labels(self) -> ReportLabels:
        """What pages and slides say about the project."""
        declared = self.configuration
        return ReportLabels(
            title=declared.title,
            folder=declared.raw_dir.name,
            recorded_by=declared.recorded_by,
            atlas=declared.atlas,
        )

    def rows_of(self, cell: str) -> tuple[SheetRow, ...]:
        """Rows of the sheet of one cell."""
        return self._rows_by_cell.get(cell, ())

    @cached_property
    def _rows_by_cell(self) -> Mapping[str, tuple[SheetRow, ...]]:
        """Rows of the sheet by cell, found once: a night may have thousands of rows."""
        rows: dict[str, list[SheetRow]] = {}
        for row in self.sheet_rows:
            rows.setdefault(row.cell, []).append(row)
        return {cell: tuple(of_cell) for cell, of_cell in rows.items()}

    def reading_settings(self, cell: str) -> ReadingSettings:
        """What reading the recordings of a cell depends on. Temperature and solutions are not part of it."""
        rows = self.rows_of(cell)
        names = {row.entry.protocol for row in rows if row.entry}
        return ReadingSettings(
            cell=cell,
            raw_dir=str(self.configuration.raw_dir),
            files={row.recording: self._recording_file(row.entry) for row in rows if row.entry and row.entry.file},
            allow_outside_raw_dir=self.configuration.allow_outside_raw_dir,
            linked_files=self.configuration.linked_files,
            max_file_MB=self.configuration.max_file_MB,
            protocols={name: p for name, p in self.configuration.protocols.items() if name in names},
            stimulus_dirs=tuple(str(folder) for folder in self.configuration.stimulus_dirs),
            compare_readers=self.configuration.compare_readers,
        )

    def _recording_file(self, entry: SheetEntry) -> RecordingFile:
        state = FileState.of(self.configuration.raw_dir / entry.file)
        return RecordingFile.of(entry).model_copy(update={"size": state.size, "modified_ns": state.modified_ns})

    def measuring_settings(self, cell: str) -> CellSettings:
        """What measurement of a cell depends on: no remarks, no settings of the fits."""
        settings = self.fitting_settings(cell)
        experiments = {name: experiment.without_fitting() for name, experiment in settings.experiments.items()}
        return settings.model_copy(update={"experiments": experiments})

    def fitting_settings(self, cell: str) -> CellSettings:
        """What the fits of a cell depend on: no remarks."""
        settings = self.reporting_settings(cell)
        rows = tuple(row.without_remarks() for row in settings.sheet_rows)
        kinds = {"solutions": settings.solutions, "unused_solutions": settings.unused_solutions}
        recipes = {kind: {name: one.without_remarks() for name, one in of.items()} for kind, of in kinds.items()}
        return settings.model_copy(update={"sheet_rows": rows, **recipes})

    def reporting_settings(self, cell: str) -> CellSettings:
        """What the page of a cell depends on in addition to the tables: everything the user wrote for the cell.

        Rows are counted within the cell, so that a line added above them in the sheet changes nothing.
        """
        rows = tuple(row.model_copy(update={"row": n}) for n, row in enumerate(self.rows_of(cell), 1))
        entries = [row.entry for row in rows if row.entry]
        recordings = {e.recording for e in entries}
        solutions = {name: self.solutions[name] for name in sorted(_solutions_of(entries))}
        unused = self._unused_solutions if any(e.zeroing_bath is None for e in entries) else {}
        experiments = {e.experiment: self.configuration.experiments[e.experiment] for e in entries}
        ions = {ion for s in [*solutions.values(), *unused.values()] for ion in s.ions_mM}
        ions |= {ion for e in experiments.values() for ion in [e.ion, e.reference, *e.permeant, *e.divalents]}
        facts = {ion: IonFacts.of(self.ions[ion]) for ion in sorted(ions)}
        return CellSettings(
            cell=cell,
            sheet_rows=rows,
            experiments=experiments,
            solutions=solutions,
            ions=facts,
            in_other_cells={name: text for name, text in self._other_cells.items() if name in recordings},
            unused_solutions=unused,
        )

    @cached_property
    def _unused_solutions(self) -> dict[str, Solution]:
        """Valid solutions that no row names."""
        used = _solutions_of([row.entry for row in self.sheet_rows if row.entry])
        return {name: self.solutions[name] for name in sorted(self.solutions) if name not in used}

    @cached_property
    def _other_cells(self) -> dict[str, str]:
        """Recordings with sweeps that another cell reads too, with the names of those of the other cells."""
        found = {}
        for entries in self._by_channel():
            for entry in entries:
                alike = [e for e in entries if e.cell != entry.cell and _shared_sweeps(e.sweeps, entry.sweeps)]
                if alike:
                    found[entry.recording] = ", ".join(f"{e.recording} of cell {e.cell}" for e in alike)
        return found

    def _by_channel(self) -> list[list[SheetEntry]]:
        """Rows that are not left out, grouped by file and channel."""
        groups: dict[tuple[str, str | None], list[SheetEntry]] = {}
        for row in self.sheet_rows:
            if row.entry is not None and row.entry.file and row.entry.exclude is None:
                groups.setdefault((Path(row.entry.file).as_posix(), row.entry.channel), []).append(row.entry)
        return list(groups.values())


def _repeat(earlier: Sequence[SheetEntry], entry: SheetEntry) -> Finding | None:
    """The finding that a row reads sweeps of an earlier row of its cell, file and channel."""
    for first in earlier:
        if first.sweeps == entry.sweeps:
            return repeat_of(first, entry)
        if sweeps := _shared_sweeps(first.sweeps, entry.sweeps):
            return finding(Code.SWEEPS_REPEATED, place=first.recording, sweeps=sweeps)
    return None


def _shared_sweeps(one: str | None, other: str | None) -> str:
    """Sweeps that two rows of a file have in common; a row without numbers has all of them."""
    if one is None or other is None:
        return one or other or "all"
    pairs = itertools.product(sweep_ranges(one), sweep_ranges(other))
    shared = sorted((max(a.start, b.start), min(a.stop, b.stop) - 1) for a, b in pairs)
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in shared if last >= first)


def _solutions_of(entries: Sequence[SheetEntry]) -> set[str]:
    return {name for e in entries for name in (e.bath, e.pipette, e.inside, e.zeroing_bath) if name}


def _hash(*texts: str) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:16]


def read_configuration(path: Path) -> dict[str, Any]:
    """Content of ``config.yaml``, not yet checked. Raises ConfigurationRefused if it is no mapping, or has code."""
    document = yaml_mapping(path, "the configuration")
    if RUNS_CODE in document:
        raise ConfigurationRefused(
            "with this key, Snakemake would run code that the file contains",
            file=path,
            place=RUNS_CODE,
            remedy="Remove the key and every line that begins with ?, and ask who wrote them",
        )
    return document


def load_project(document: Mapping[str, Any], file: object = "config.yaml", has_copy: HasCopy | None = None) -> Project:
    """Check a configuration and read the sheet, the solutions and the ion table that it names.

    has_copy : whether a recording was read before; its row is then valid although its file is missing

    Raises ConfigurationRefused, one line per fault, for faults that affect the whole project. The fault of a single row
    or solution is kept in ``Project.faults``, so that the other cells can be analysed.
    """
    project, refused = examined_project(document, file, has_copy)
    if refused:
        raise all_in_one(refused)
    return project


def examined_project(
    document: Mapping[str, Any], file: object = "config.yaml", has_copy: HasCopy | None = None
) -> tuple[Project, list[Refusal]]:
    """The project as far as it can be read, and all faults that affect the whole of it."""
    examination = Examination(file)
    configuration, table = examination.configuration(document)
    solutions, solution_faults = examination.solutions(configuration, table)
    sheet = examination.sheet(configuration)
    lines = with_points(sheet.lines, examination.points(configuration, sheet))
    around = Surroundings(configuration, solutions, solution_faults, examination.raw_dir_fault(configuration), has_copy)
    checked = [checked_line(line, around) for line in lines]
    project = Project(
        configuration,
        tuple(one.line.row for one in checked),
        solutions or {},
        solution_faults,
        table,
        row_faults=tuple(fault for one in checked for fault in one.faults),
        raw_dir_fault=around.raw_dir_fault,
        unreached=tuple(one for one in checked if one.of_file.unreached),
        notes=tuple(f"{configuration.recordings}: {note}" for note in sheet.notes),
    )
    return project, examination.refused
