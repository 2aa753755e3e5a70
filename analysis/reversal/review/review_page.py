"""Pages of the review: the list of the night, one recording, and the numbers that a change gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from reversal.experiment.project import Project
from reversal.experiment.recording_sheet import NAME_PATTERN
from reversal.experiment.step_settings import SheetEntry, SheetRow
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.recording.recording import Recording
from reversal.report.cell.iv_figure import iv_family
from reversal.report.cell.sweeps_figure import Panel
from reversal.report.cell.viewer_data import viewer_data
from reversal.report.figure.scale import bar_size
from reversal.report.figure.style import concentration_colours
from reversal.report.text.labels import ion_name, one_line
from reversal.report.text.pages import TEMPLATES, rendered
from reversal.report.text.rounding import UNKNOWN, interval_mV, millivolts
from reversal.report.text.symbols import spoken
from reversal.report.text.tabulated import (
    Table,
    TableEntry,
    number,
    recording_state,
    reversal_text,
    table_of,
    words,
)
from reversal.review.cell_bench import Trial, numbers_of
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.sides import MEMBRANE
from reversal.tables.status import Severity

FOLDERS = (Path(__file__).parent / "templates", TEMPLATES)
STEPS_OF_BAR = 20  # one key moves the window by this part of a scale bar of its epoch


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the tables of the last run say about each recording; empty without a run."""

    recordings: Mapping[str, RecordingRow]
    reversals: Mapping[str, ReversalRow]


def list_page(project: Project, last: LastRun) -> str:
    """The night as a table, with what is still to review."""
    rows = project.sheet_rows
    to_review = [row.recording for row in rows if is_to_review(row)]
    return rendered(
        "review_list.html.j2",
        FOLDERS,
        project=_title(project),
        table=_night(rows, last),
        first=next(iter(to_review), None),
        to_review=len(to_review),
        total=len(rows),
        has_run=bool(last.recordings),
    )


def is_to_review(row: SheetRow) -> bool:
    """Whether nobody has decided about a recording yet."""
    return row.entry is not None and row.entry.exclude is None and not row.entry.reviewed


def recording_page(project: Project, row: SheetRow, trial: Trial, whole: Recording | None, state: str) -> str:
    """One recording: its sweeps, its I–V and E_rev, and what a person can change."""
    assert row.entry is not None
    entry, names = row.entry, [one.recording for one in project.sheet_rows if one.entry is not None]
    place = names.index(entry.recording)
    return rendered(
        "review_recording.html.j2",
        FOLDERS,
        project=_title(project),
        entry=entry,
        note=one_line(entry.note, len(entry.note)),
        place=place + 1,
        total=len(names),
        previous=names[place - 1] if place else None,
        next=names[place + 1] if place + 1 < len(names) else None,
        facts=_facts(entry),
        evidence=entry.extra.get("evidence", ""),
        viewer=_viewer(entry, trial, whole),
        has_sweeps=whole is not None,
        data=_data(entry, trial, whole, state),
        numbers=numbers_part(project, trial),
    )


def numbers_part(project: Project, trial: Trial, saved: Trial | None = None) -> Markup:
    """I–V, E_rev, the cell and the findings; with what the sheet gives as it is, if that is something else."""
    row = trial.reversal
    ion = row.ion if row else project.configuration.experiments[trial.entry.experiment].ion
    label = (row.sides if row else MEMBRANE).out_symbol.format(ion_name(ion, project.ions[ion].z))
    figure = ""
    if trial.points:
        described = f"Current-voltage curve of recording {trial.entry.recording}"
        figure = iv_family(trial.points, [row] if row else [], label, "iv").svg(described)
    return Markup(
        rendered(
            "review_numbers.html.j2",
            FOLDERS,
            e_rev=e_rev_sentence(trial),
            before=None if saved is None else e_rev_sentence(saved),
            status=trial.row.status,
            figure=figure,
            cell=_cell_table(trial),
            findings=[found for found in trial.findings if found.severity is not Severity.NOTE],
            notes=[found for found in trial.findings if found.severity is Severity.NOTE],
        )
    )


def refusal_page(message: str) -> str:
    """A page with the reason why there is no other one."""
    return rendered("review_refusal.html.j2", FOLDERS, message=message)


def e_rev_sentence(trial: Trial) -> str:
    """E_rev with its interval and the Nernst potential."""
    row = trial.reversal
    if row is None or (row.e_rev_mV is None and row.bound is None):
        return "No E_rev"
    interval = interval_mV(row.ci_low_mV, row.ci_high_mV)
    with_interval = f" (95 %: {interval} mV)" if interval != UNKNOWN else ""
    nernst = "" if row.e_nernst_mV is None else f". Nernst: {millivolts(row.e_nernst_mV)} mV"
    return f"E_rev {reversal_text(row)} mV{with_interval}{nernst}"


def message_of(trial: Trial) -> str:
    """E_rev as one line for a screen reader; without E_rev, the reason."""
    sentence = e_rev_sentence(trial)
    has_value = trial.reversal is not None and trial.reversal.e_rev_mV is not None
    return spoken(sentence if has_value else f"{sentence}: {trial.row.reason}")


def windows_of(trial: Trial) -> dict[str, Any]:
    """Windows that were measured, by sweep, and sweeps that are not used, for the drawing of the sweeps."""
    windows = {
        point.sweep: [point.window_start_ms, point.window_stop_ms]
        for point in trial.points
        if point.window_start_ms is not None
    }
    return {"windows": windows, "unused": [point.sweep for point in trial.points if not point.used]}


def _title(project: Project) -> str:
    return project.labels.title or project.labels.folder or "Recordings"


def _night(rows: Sequence[SheetRow], last: LastRun) -> Table:
    def measured(row: SheetRow) -> ReversalRow | None:
        return last.reversals.get(row.recording)

    return table_of(
        "Recordings, with the results of the last run",
        rows,
        (
            "recording",
            lambda r: TableEntry(r.recording, link=f"recording/{r.recording}" if r.entry is not None else None),
        ),
        ("review", lambda r: words(_review(r))),
        ("cell", lambda r: words(r.cell)),
        ("bath", lambda r: words(r.entry.extracellular if r.entry else None)),
        ("condition", lambda r: words(r.entry.condition if r.entry else None)),
        ("E_rev (mV)", lambda r: number(reversal_text(one) if (one := measured(r)) else None)),
        (
            "95 % interval",
            lambda r: number(interval_mV(one.ci_low_mV, one.ci_high_mV) if (one := measured(r)) else None),
        ),
        ("last run", lambda r: recording_state(one) if (one := last.recordings.get(r.recording)) else words(None)),
    )


def _review(row: SheetRow) -> str:
    if row.entry is None:
        return f"Row {row.row} has a fault: {row.fault}"
    decided = f"excluded: {row.entry.exclude}" if row.entry.exclude else "accepted" if row.entry.reviewed else ""
    return " ".join(part for part in (decided, row.entry.reviewed) if part)


def _facts(entry: SheetEntry) -> str:
    sides = [f"{name} {text}" for name in ("bath", "pipette", "inside") if (text := getattr(entry, name))]
    experiment = [] if entry.experiment == "default" else [f"experiment {entry.experiment}"]
    parts = [f"cell {entry.cell}", *experiment, entry.condition, *sides, f"{entry.temperature_C:g} °C", entry.file]
    return " · ".join(part for part in parts if part)


def _viewer(entry: SheetEntry, trial: Trial, whole: Recording | None) -> Markup:
    """Data of the sweeps for the script that draws them."""
    if whole is None:
        return Markup("[]")
    level = trial.reversal.out_mM if trial.reversal else None
    panel = Panel(entry.recording, whole, concentration_colours([level])[level], name=entry.recording)
    return viewer_data([panel], trial.points)


def _data(entry: SheetEntry, trial: Trial, whole: Recording | None, state: str) -> Markup:
    """What the script of the page needs, as JSON in which nothing ends its element."""
    offered = numbers_of(whole)
    document = {
        "recording": entry.recording,
        "state": state,
        "sweeps": list(offered),
        "chosen": _chosen(entry, offered),
        "epoch": trial.epoch_ms,
        "step": _step_ms(trial.length_ms),
        "windows": windows_of(trial)["windows"],
        "start": entry.window_start_ms,
        "stop": entry.window_stop_ms,
        "excluded": entry.exclude is not None,
    }
    return Markup(json.dumps(document, ensure_ascii=True).replace("<", "\\u003c"))


def _chosen(entry: SheetEntry, offered: Sequence[int]) -> list[int]:
    if entry.sweeps is None:
        return list(offered)
    ranges = sweep_ranges(entry.sweeps)
    return [number for number in offered if any(number in one for one in ranges)]


def _step_ms(length_ms: float | None) -> float:
    """Step of the window by one key: 1, 2 or 5 times a power of ten."""
    return bar_size(length_ms) / STEPS_OF_BAR if length_ms else 1.0


def _cell_table(trial: Trial) -> Table:
    """Every recording of the cell, to see how the one compares with the others."""
    reversals = {row.recording: row for row in trial.measures.reversals}

    def value(row: RecordingRow, of: Any) -> TableEntry:
        one = reversals.get(row.recording)
        return number(None if one is None else of(one))

    return table_of(
        f"Cell {trial.entry.cell}",
        trial.measures.recordings,
        ("recording", lambda r: _linked(r.recording, trial.entry.recording)),
        ("outside (mM)", lambda r: value(r, lambda one: None if one.out_mM is None else f"{one.out_mM:g}")),
        ("E_rev (mV)", lambda r: value(r, reversal_text)),
        ("95 % interval", lambda r: value(r, lambda one: interval_mV(one.ci_low_mV, one.ci_high_mV))),
        ("Nernst (mV)", lambda r: value(r, lambda one: millivolts(one.e_nernst_mV))),
        ("status", lambda r: words(r.status.value)),
    )


def _linked(recording: str, here: str) -> TableEntry:
    if recording == here:
        return TableEntry(f"{recording} (this one)")
    return TableEntry(recording, link=recording if NAME_PATTERN.fullmatch(recording) else None)
