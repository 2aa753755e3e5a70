"""Tables of the cohort, fits over cells, and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reversal.experiment.step_settings import CohortSettings, SheetRow
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.cohort.repeated_cells import (
    in_two_cells,
    named_in_means,
    repeated_cells,
    same_in_other_cells,
    with_finding,
    without_cells,
)
from reversal.report.text.labels import recording_status
from reversal.steps.cell_files import CellFiles
from reversal.steps.software_versions import versions
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import FindingRow, Judged, finding_rows, judge
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import Cohort, gathered
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

TABLES = (
    *("recordings", "reversals", "findings", "permeabilities", "nernst", "line_points", "curves", "answers"),
    "fit_findings",
)


def cohort_of(project: CohortSettings, cells: Sequence[CellFiles]) -> Cohort:
    """Concatenated tables of all cells, and the fits over cells."""
    rows = {name: gathered(name, [cell.table(name) for cell in cells]) for name in TABLES}
    faulty = [row_without_cell(row) for row in project.rows_without_cell]
    rows["recordings"] += [each.row for each in faulty]
    same = same_in_other_cells(rows["recordings"])
    repeated = repeated_cells(rows["recordings"], same)
    ratios, lines, points, reversals = (
        without_cells(rows[name], repeated) for name in ("permeabilities", "nernst", "line_points", "reversals")
    )
    counted = fit_cohort(ratios, lines, points, reversals, project.compare_with)
    del rows["line_points"]
    fits = named_in_means(counted, rows["permeabilities"], rows["nernst"], repeated)
    more = [*_name_in_rows(rows, same), *unknown_leaks(rows["reversals"])]
    of_faulty = [found for each in faulty for found in _findings_of(each)]
    findings = (*rows.pop("findings"), *more, *of_faulty, *rows.pop("fit_findings"), *fits.findings)
    rows["answers"] += fits.answers
    tables = {name: tuple(table) for name, table in rows.items()}
    return Cohort(
        **tables,
        pooled=fits.pooled,
        comparisons=fits.comparisons,
        group_reversals=fits.group_reversals,
        shifts=fits.shifts,
        findings=findings,
    )


def _name_in_rows(rows: dict[str, list[Any]], same: Mapping[str, Sequence[RecordingRow]]) -> list[FindingRow]:
    """Add to the rows of recordings that other cells contain them; the findings that the cells do not have yet."""
    found = {name: in_two_cells(others) for name, others in same.items()}
    known = {row.recording for row in rows["findings"] if row.code is Code.RECORDING_IN_TWO_CELLS}
    more = [row for row in rows["recordings"] if row.recording in found.keys() - known]
    for table in ("recordings", "reversals"):
        rows[table] = [
            with_finding(row, found[row.recording]) if row.recording in found.keys() - known else row
            for row in rows[table]
        ]
    return [
        each
        for row in more
        for each in finding_rows(
            [found[row.recording]], "recordings", experiment=row.experiment, cell=row.cell, recording=row.recording
        )
    ]


def unknown_leaks(reversals: Sequence[ReversalRow]) -> list[FindingRow]:
    """One finding for each experiment with reversal potentials whose leak is not known."""
    measured = [row for row in reversals if row.e_rev_mV is not None]
    found = []
    for experiment in dict.fromkeys(row.experiment for row in measured):
        of_experiment = [row for row in measured if row.experiment == experiment]
        unknown = [row for row in of_experiment if row.assumed_leak_nS is not None]
        if unknown:
            cells = ", ".join(dict.fromkeys(row.cell for row in unknown))
            one = finding(Code.LEAK_UNKNOWN, len(unknown), place=cells, measured=len(of_experiment))
            found += finding_rows([one], "reversals", experiment=experiment)
    return found


def row_without_cell(row: SheetRow) -> Judged[RecordingRow]:
    """A row of the sheet without a valid cell name, as a failed recording; no table of a cell contains it."""
    unknown = dict.fromkeys(RecordingRow.model_fields.keys() - {"status", "reason"})
    named = {"experiment": row.experiment, "cell": row.cell, "recording": row.recording, "file": row.file}
    fault = finding(Code.SHEET_FAULT, message=row.fault or "the row cannot be used")
    return judge(RecordingRow, [fault], **(unknown | named))


def _findings_of(faulty: Judged[RecordingRow]) -> list[FindingRow]:
    row = faulty.row
    return finding_rows(
        faulty.findings, "recordings", experiment=row.experiment, cell=row.cell, recording=row.recording
    )


def _counts(rows: Sequence[Any]) -> dict[str, int]:
    """Number of rows by status; the recordings in the words of the pages."""
    counts = Counter(row.status for row in rows)
    of_recordings = all(isinstance(row, RecordingRow | ReversalRow) for row in rows)
    return {recording_status(s) if of_recordings else s.value: counts[s] for s in Status if counts[s]}


def _bugs_in_fits(cohort: Cohort) -> dict[str, str]:
    """Sentence about an error of this program in the fits of a cell, by cell; in a recording, it is a failure."""
    bugs = (row for row in cohort.findings if row.code is Code.PROGRAM_ERROR and row.recording is None)
    return {row.cell: row.sentence for row in bugs}


def summary(cohort: Cohort, configuration_hash: str) -> dict[str, Any]:
    """Counts of each status in each cohort table, all failures, bugs in fits, versions, hash of the configuration."""
    tables: dict[str, Sequence[Any]] = {
        "recordings": cohort.recordings,
        "reversals": cohort.reversals,
        "permeabilities": cohort.permeabilities,
        "nernst": cohort.nernst,
    }
    failures = [
        {"table": name, **{key: getattr(row, key, None) for key in ("experiment", "cell", "recording", "condition")}}
        | {"reason": row.reason}
        for name, rows in tables.items()
        for row in rows
        if row.status is Status.FAILED
    ]
    return {
        "counts": {name: _counts(rows) for name, rows in tables.items()},
        "failures": failures,
        "bugs_in_fits": _bugs_in_fits(cohort),
        "versions": versions(),
        "configuration_hash": configuration_hash,
    }
