"""Content of a cell's report, gathered from its recordings and tables, for the page and the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reversal.experiment.measure_settings import Quality
from reversal.experiment.step_settings import CellSettings
from reversal.recordings.recording.recording import Recording
from reversal.report.cell.answers import nernst_sentence, ratio_known, ratio_sentence
from reversal.report.cell.cross_check_tables import crosschecks
from reversal.report.cell.sweeps_figure import Panel
from reversal.report.figure.style import concentration_colours
from reversal.report.inputs import Provenance
from reversal.report.text.labels import in_condition, ion_name
from reversal.report.text.tabulated import (
    Table,
    checks_table,
    files_table,
    findings_table,
    nernst_table,
    notes_table,
    permeabilities_table,
    recordings_table,
    reversals_table,
    settings_table,
    solutions_table,
    versions_table,
)
from reversal.tables.curves_table import CurvePoint
from reversal.tables.iv_table import IVPoint
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.sides import solution_names
from reversal.tables.status import Severity, Status

if TYPE_CHECKING:
    from reversal.recordings.recording.store import Ingested

MOST_PANELS = 24
SHOWN = (Severity.WARNING, Severity.NO_REVERSAL, Severity.FAILURE)
IN_TROUBLE = (Status.FAILED, Status.NO_REVERSAL, Status.FLAGGED)


Limit = tuple[str, str, str]  # of a quality check: its name in the configuration, value, meaning


@dataclass(frozen=True, slots=True)
class CellAnswer:
    """A result as a sentence, with its status."""

    sentence: str
    status: Status


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failure or warning: place, reason and status."""

    place: str
    reason: str
    status: Status


@dataclass(frozen=True, slots=True)
class SeriesFigure:
    """Data for the figures of one experiment and condition; ``ion`` with its charge."""

    title: str
    ion: str
    iv: tuple[IVPoint, ...]
    reversals: tuple[ReversalRow, ...]
    curves: tuple[CurvePoint, ...]
    ratios: tuple[PermeabilityRow, ...] = ()
    profiles: tuple[ProfilePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class CellStory:
    """Content of a cell's report, as text and rows."""

    cell: str
    recordings: tuple[RecordingRow, ...]
    panels: tuple[Panel, ...]
    panels_left_out: int
    points: tuple[IVPoint, ...]
    series: tuple[SeriesFigure, ...]
    facts: tuple[CellAnswer, ...]
    troubles: tuple[Trouble, ...]
    numbers: tuple[Table, ...]
    cross_checks: tuple[Table, ...]
    quality: tuple[Table, ...]
    origins: tuple[Table, ...]
    warnings: tuple[tuple[str, str], ...]
    provenance: Provenance
    limits: tuple[tuple[str, tuple[Limit, ...]], ...] = ()


def cell_story(
    cell: str,
    outcomes: Sequence[Ingested],
    measures: CellMeasures,
    fits: CellFits,
    settings: CellSettings,
    provenance: Provenance,
) -> CellStory:
    """Gather the content of the report."""
    read = {outcome.recording_id: outcome.recording for outcome in outcomes if outcome.recording is not None}
    panels = _panels(read, measures, settings)
    ions = {row.ion for row in measures.reversals} or {e.ion for e in settings.experiments.values()}
    names = [ion_name(ion, _charge(settings, ion)) for ion in ions]
    return CellStory(
        cell=cell,
        recordings=measures.recordings,
        panels=panels[:MOST_PANELS],
        panels_left_out=max(len(panels) - MOST_PANELS, 0),
        points=measures.iv,
        series=_series(measures, fits, settings),
        facts=_facts(fits),
        troubles=_troubles(measures),
        numbers=(
            permeabilities_table(fits.permeabilities),
            nernst_table(fits.nernst),
            reversals_table(measures.reversals, names[0] if len(names) == 1 else ""),
        ),
        cross_checks=tuple(crosschecks(measures, fits)),
        quality=(
            recordings_table(measures.recordings),
            findings_table([*measures.findings, *fits.fit_findings], "Findings"),
            checks_table(measures.checks),
            notes_table(settings),
        ),
        origins=(
            files_table(measures.recordings, read),
            solutions_table(settings.solutions),
            settings_table(settings),
            versions_table(provenance.versions),
        ),
        warnings=tuple((name, warning) for name, recording in read.items() for warning in recording.warnings),
        provenance=provenance,
        limits=tuple((name, _limits(experiment.quality)) for name, experiment in settings.experiments.items()),
    )


def _limits(quality: Quality) -> tuple[Limit, ...]:
    """Limits of the quality checks that a page offers to change."""
    known = {name: getattr(quality, name) for name in Quality.model_fields}
    return tuple(
        (name, f"{value:g}", Quality.model_fields[name].description or name)
        for name, value in known.items()
        if isinstance(value, (int, float))
    )


def _panels(read: dict[str, Recording], measures: CellMeasures, settings: CellSettings) -> tuple[Panel, ...]:
    """Recordings to draw, by condition and rising concentration, in the colours of the I–V curves."""
    rows = {row.recording: row for row in measures.reversals}
    names = solution_names(measures.reversals)
    colours = concentration_colours(row.out_mM for row in measures.reversals)
    currents_pA: dict[str, list[float]] = {}
    for point in measures.iv:
        currents_pA.setdefault(point.recording, []).append(point.i_pA + (point.leak_pA or 0.0))
    entries = settings.entries

    def order(name: str) -> tuple[str, str, float, str]:
        entry, row = entries.get(name), rows.get(name)
        level = row.out_mM if row is not None and row.out_mM is not None else float("inf")
        return (entry.experiment if entry else "", entry.condition if entry else "", level, name)

    panels = []
    for name in sorted(read, key=order):
        entry, row = entries.get(name), rows.get(name)
        of_bath = names[row.solutions] if row is not None else entry.bath if entry else ""
        title = " · ".join(part for part in (of_bath, name) if part)
        colour = colours[row.out_mM if row is not None else None]
        panels.append(Panel(title, read[name], colour, tuple(currents_pA.get(name, ())), name))
    return tuple(panels)


def _series(measures: CellMeasures, fits: CellFits, settings: CellSettings) -> tuple[SeriesFigure, ...]:
    keys = dict.fromkeys(key for rows in (measures.reversals, measures.iv) for key in _keys(rows))
    many = len({experiment for experiment, _ in keys}) > 1
    series = []
    for experiment, condition in keys:
        reversals = tuple(r for r in measures.reversals if (r.experiment, r.condition) == (experiment, condition))
        ion = reversals[0].ion if reversals else settings.experiments[experiment].ion
        series.append(
            SeriesFigure(
                title=f"{experiment}: {condition}" if many else condition,
                ion=ion_name(ion, _charge(settings, ion)),
                iv=tuple(p for p in measures.iv if (p.experiment, p.condition) == (experiment, condition)),
                reversals=reversals,
                curves=tuple(c for c in fits.curves if (c.experiment, c.condition) == (experiment, condition)),
                ratios=tuple(r for r in fits.permeabilities if (r.experiment, r.condition) == (experiment, condition)),
                profiles=tuple(p for p in fits.profiles if (p.experiment, p.condition) == (experiment, condition)),
            )
        )
    return tuple(series)


def _keys(
    rows: Sequence[IVPoint] | Sequence[ReversalRow] | Sequence[PermeabilityRow] | Sequence[NernstRow],
) -> list[tuple[str, str]]:
    """Experiment and condition of each row."""
    return [(row.experiment, row.condition) for row in rows]


def _facts(fits: CellFits) -> tuple[CellAnswer, ...]:
    """The answers, then every ratio and slope as a sentence, followed by its findings."""
    several = len({*_keys(fits.permeabilities), *_keys(fits.nernst)}) > 1
    facts = [CellAnswer(in_condition(r.condition, r.sentence, several), r.status) for r in fits.answers]
    for row in fits.permeabilities:
        sentence = _with_findings(ratio_sentence(row), row.reason if ratio_known(row) else None)
        facts.append(CellAnswer(in_condition(row.condition, sentence, several), row.status))
    for line in fits.nernst:
        fact = _slope_fact(line, fits)
        if fact is not None:
            facts.append(replace(fact, sentence=in_condition(line.condition, fact.sentence, several)))
    return tuple(facts)


def _slope_fact(line: NernstRow, fits: CellFits) -> CellAnswer | None:
    """The slope with its findings; None if the answer of its series is that there is none."""
    answered = {(row.experiment, row.condition, row.ion) for row in fits.answers}
    if line.slope_mV_per_decade is None and (line.experiment, line.condition, line.ion) in answered:
        return None
    reason = line.reason if line.slope_ratio is not None else None
    return CellAnswer(_with_findings(nernst_sentence(line), reason), line.status)


def _with_findings(sentence: str, reason: str | None) -> str:
    return f"{sentence} {reason}" if reason else sentence


def _troubles(measures: CellMeasures) -> tuple[Trouble, ...]:
    """Recordings that failed, that gave no reversal potential, and that are flagged, with their findings."""
    reasons: dict[str, list[str]] = {}
    for found in measures.findings:
        if found.severity in SHOWN and found.recording is not None:
            reasons.setdefault(found.recording, []).append(found.sentence)
    troubles = [
        Trouble(row.recording, " ".join(dict.fromkeys(reasons.get(row.recording, ["No reason given."]))), row.status)
        for row in measures.recordings
        if row.status in IN_TROUBLE
    ]
    return tuple(sorted(troubles, key=lambda trouble: IN_TROUBLE.index(trouble.status)))


def _charge(settings: CellSettings, ion: str) -> int | None:
    facts = settings.ions.get(ion)
    return facts.z if facts else None
