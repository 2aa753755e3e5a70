"""Warnings of `reversal check` about undeclared grounds and zeroing baths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reversal.errors import Refusal
from reversal.experiment.fault_list import numbered
from reversal.experiment.project import Project
from reversal.experiment.step_settings import SheetRow
from reversal.measure.voltage.junction_correction import junction_offset
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding
from reversal.tables.status import Severity


def junction_warnings(project: Project) -> tuple[str, ...]:
    """Warnings about grounds and zeroing baths, and one message per refusal."""
    return one_per_kind(project, _findings(project))


def one_per_kind(project: Project, findings: Iterable[tuple[SheetRow, Finding | str]]) -> tuple[str, ...]:
    """One message per kind of finding, with the rows that it is about and the largest number, and one per refusal."""
    rows: dict[Code | str, list[int]] = {}
    worst: dict[Code, Finding] = {}
    for row, found in findings:
        if isinstance(found, str):
            rows.setdefault(found, []).append(row.row)
            continue
        rows.setdefault(found.code, []).append(row.row)
        worst[found.code] = max(worst.get(found.code, found), found, key=lambda one: one.number or 0.0)
    sentences = {kind: kind for kind in rows} | {code: f"{one.sentence} {one.remedy}" for code, one in worst.items()}
    sheet = project.configuration.recordings
    return tuple(f"{sheet}, {numbered(lines)}: {sentences[kind]}" for kind, lines in rows.items())


def _findings(project: Project) -> Iterator[tuple[SheetRow, Finding | str]]:
    for cell in project.cells:
        settings = project.measuring_settings(cell)
        in_sheet = {row.recording: row for row in project.rows_of(cell)}  # the settings count rows within the cell
        for of_cell in settings.sheet_rows:
            row = in_sheet[of_cell.recording]
            if row.entry is None or row.entry.exclude is not None:
                continue
            try:
                found = junction_offset(row.entry, settings).findings
            except Refusal as refused:
                yield row, str(refused)
            else:
                yield from ((row, one) for one in found if one.severity is not Severity.NOTE)
