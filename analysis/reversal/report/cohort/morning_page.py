"""The morning page: failures first, then a row for every cell, then the cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from reversal.experiment.recording_sheet import CELL_PATTERN
from reversal.report.cell.answers import NO_RESULT, ratio_known
from reversal.report.cell.cross_check_tables import comparisons_table
from reversal.report.cohort.cohort_figures import FORMATS, CohortFigure, drawn_cohort
from reversal.report.cohort.findings_of_night import night_sentences
from reversal.report.cohort.group_answers import group_reversals_table, group_sentences
from reversal.report.cohort.methods import citation_of, methods_of
from reversal.report.cohort.thumbnail import thumbnail
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.style import PAGE_SIZE
from reversal.report.inputs import Night
from reversal.report.text.atlas_links import ATLAS_PAGE
from reversal.report.text.labels import (
    STATUS_SIGN,
    VERDICT_WORDS,
    counted,
    one_line,
    outside,
    ratio_name,
    recording_status,
    status_counts,
    status_counts_text,
)
from reversal.report.text.pages import Drawn, rendered, write_page
from reversal.report.text.rounding import interval_ratio, ratio
from reversal.report.text.tabulated import cohort_table, ratio_text
from reversal.tables.answers_table import Answer, AnswerRow
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import Crossing, ReversalRow, why_unusable
from reversal.tables.status import STATUS_OF, Status, worst

FIRST_SHOWN = 12
LONGEST_REASON = 150
LONGEST_LISTED = 400
T = TypeVar("T", ReversalRow, PermeabilityRow, NernstRow, AnswerRow)


@dataclass(frozen=True, slots=True)
class Attention:
    """A failure or warning: place, reason, and the page that shows it."""

    place: str
    reason: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings that several items have in common, what to do, and the items."""

    codes: tuple[str, ...]
    remedy: str
    items: tuple[Attention, ...]


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """Items with the same effect on the results, by cause."""

    title: str
    number: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class CellResult:
    """A result of a cell in the overview, or the reason why there is none."""

    name: str
    value: str
    interval: str
    trouble: str
    status: Status


@dataclass(frozen=True, slots=True)
class CellLine:
    """Row of the overview: a cell in one condition.

    keys : what the columns cell, condition, ratio and slope are sorted by;  word : the status, for the filter
    new : whether the cell has a recording of the newest day, if there are older ones
    """

    cell: str
    link: str
    experiment: str
    condition: str
    title: str
    keys: tuple[str, str, str, str]
    word: str
    new: bool
    picture: str
    ratios: tuple[CellResult, ...]
    slopes: tuple[CellResult, ...]
    recordings: str
    crossings: str
    status: Status


def morning_page(night: Night, path: Path) -> None:
    """Write the morning page, complete or not at all."""
    write_page(path, morning_text(night))


def morning_text(night: Night) -> str:
    """The morning page as an HTML document."""
    failed = failures_of(night)
    lines = _lines(night)
    return rendered(
        "morning.html.j2",
        found=night_sentences(night),
        newest=newest_sentence(night),
        failed=failed[:FIRST_SHOWN],
        more_failed=failed[FIRST_SHOWN:],
        groups=attention_groups(night),
        counts=_counts(night),
        lines=lines,
        filters=_filters(lines),
        signs=STATUS_SIGN,
        pooled=cohort_table(night.tables.pooled),
        comparisons=comparisons_table(night.tables.comparisons),
        group_sentences=group_sentences(night.tables),
        group_reversals=group_reversals_table(night.tables.group_reversals),
        figures=[_figure(one) for one in drawn_cohort(night)],
        methods=methods_of(night),
        citation=citation_of(night),
        provenance=night.provenance,
        atlas=ATLAS_PAGE if night.provenance.atlas else "",
        script="morning.js",
    )


def _figure(one: CohortFigure) -> Drawn:
    files = tuple((kind.upper(), f"figures/{quote(one.name)}.{kind}", "") for kind in FORMATS)
    drawing = one.draw(f"night-{one.name}", PAGE_SIZE)
    return Drawn(drawing.svg(one.described), f"{one.title}. {one.described}", "full", files)


def newest_sentence(night: Night) -> str:
    """Cells and recordings of the newest day, if there are older ones; empty otherwise."""
    days = {(row.cell, row.recording): (row.started or "")[:10] for row in night.tables.recordings}
    known = sorted({day for day in days.values() if day})
    if len(known) < 2:
        return ""
    new = [key for key, day in days.items() if day == known[-1]]
    cells = list(dict.fromkeys(cell for cell, _ in new))
    return f"Newest day, {known[-1]}: {counted(len(new), 'recording')} of {one_line(', '.join(cells), LONGEST_LISTED)}."


def _filters(lines: Sequence[CellLine]) -> list[tuple[str, list[str]]]:
    """Choices of each filter of the table of cells; a filter with one choice is left out."""
    columns = (("experiment", [line.experiment for line in lines]), ("condition", [line.condition for line in lines]))
    named = [(name, [value for value in dict.fromkeys(values) if value]) for name, values in columns]
    states = [recording_status(status) for status in Status if any(line.status is status for line in lines)]
    return [(name, values) for name, values in [*named, ("status", states)] if len(values) > 1]


def failures_of(night: Night) -> list[Attention]:
    """Every failure once: faults without a recording, then recordings and their reversal potentials."""
    found = [Attention(", ".join(p for p in (f.file, f.place) if p), _listed(f.reason)) for f in night.failures]
    return found + list(_recordings_of(night, Status.FAILED).values())


def without_result_of(night: Night) -> list[Attention]:
    """Fits without a result, and slopes without a verdict, with the reason."""
    return [_fit_attention(fit) for fit in _fitted(night) if not _answered(fit)]


def flagged_of(night: Night) -> list[Attention]:
    """Flagged recordings whose reversal potential is in the fits, then flagged fits with a result."""
    used = _with_usable_reversal(night)
    recordings = [a for key, a in _recordings_of(night, Status.FLAGGED).items() if key in used]
    flagged = [fit for fit in _fitted(night) if fit.status is Status.FLAGGED and _answered(fit)]
    return recordings + [_fit_attention(fit) for fit in flagged]


def flagged_unused_of(night: Night) -> list[Attention]:
    """Flagged recordings that no fit uses: without a reversal potential of their own, or with an open error."""
    used = _with_usable_reversal(night)
    return [a for key, a in _recordings_of(night, Status.FLAGGED).items() if key not in used]


def no_reversal_of(night: Night) -> list[Attention]:
    """Recordings without a reversal potential in the tested range."""
    return list(_recordings_of(night, Status.NO_REVERSAL).values())


def attention_groups(night: Night) -> list[AttentionGroup]:
    """What is not ok and did not fail to be read, by effect and by cause, with the remedy of the cause."""
    parts = (
        ("No result or no verdict", without_result_of(night)),
        ("Flagged; used in the fits", flagged_of(night)),
        ("Flagged; not used in the fits", flagged_unused_of(night)),
        ("No reversal potential in the tested range; not used in the fits", no_reversal_of(night)),
    )
    return [AttentionGroup(title, len(some), _by_cause(night, some)) for title, some in parts if some]


def _by_cause(night: Night, some: Sequence[Attention]) -> tuple[Cause, ...]:
    """Items that have the same findings, most items first; without a finding, by their sentences."""
    codes: dict[str, dict[str, FindingRow]] = {}
    for found in night.tables.findings:
        if STATUS_OF[found.severity] is not Status.OK:
            codes.setdefault(_place(found), {}).setdefault(found.code.value, found)
    causes: dict[tuple[str, ...], list[Attention]] = {}
    for item in some:
        causes.setdefault(tuple(codes.get(item.place, ())) or (item.reason,), []).append(item)
    made = [_cause(key, items, codes.get(items[0].place, {})) for key, items in causes.items()]
    return tuple(sorted(made, key=lambda cause: -len(cause.items)))


def _cause(key: tuple[str, ...], items: Sequence[Attention], found: Mapping[str, FindingRow]) -> Cause:
    remedies = dict.fromkeys(row.remedy for row in found.values() if row.remedy)
    return Cause(key if found else (), " ".join(remedies), tuple(items))


def _place(found: FindingRow) -> str:
    """Place of a finding as in the lists: a recording, or a fit of a cell."""
    if found.recording is not None:
        return f"{found.cell}, {found.recording}"
    quantity = "Nernst slope" if found.table == "nernst" else found.quantity
    return f"{found.cell}, {found.condition}, {quantity}"


def _with_usable_reversal(night: Night) -> set[tuple[str, str]]:
    """Cell and name of the recordings whose reversal potential the fits use."""
    return {(row.cell, row.recording) for row in night.tables.reversals if why_unusable(row) is None}


def _answered(fit: PermeabilityRow | NernstRow) -> bool:
    """Whether a fit has a result: a ratio or bound, or a slope with a verdict."""
    if fit.status is Status.FAILED:
        return False
    if isinstance(fit, PermeabilityRow):
        return ratio_known(fit)
    return fit.slope_ratio is not None and fit.verdict not in (None, Verdict.UNDECIDED)


def _fit_attention(fit: PermeabilityRow | NernstRow) -> Attention:
    return Attention(f"{fit.cell}, {fit.condition}, {_quantity(fit)}", _listed(fit.reason), _link(fit.cell))


def _recordings_of(night: Night, status: Status) -> dict[tuple[str, str], Attention]:
    """Recordings whose worst row has the status, by cell and name, each with the distinct sentences of its rows."""
    rows: dict[tuple[str, str], list[RecordingRow | ReversalRow]] = {}
    for row in _measured(night):
        rows.setdefault((row.cell, row.recording), []).append(row)
    sentences: dict[tuple[str, str | None], dict[str, None]] = {}
    for found in night.tables.findings:
        if STATUS_OF[found.severity] is status:
            sentences.setdefault((found.cell, found.recording), {})[found.sentence] = None
    return {
        (cell, recording): Attention(
            f"{cell}, {recording or '?'}",
            _listed(" ".join(sentences.get((cell, recording), {})) or selected[0].reason),
            _link(cell),
        )
        for (cell, recording), selected in rows.items()
        if worst(row.status for row in selected) is status
    }


def _measured(night: Night) -> list[RecordingRow | ReversalRow]:
    return [*night.tables.recordings, *night.tables.reversals]


def _fitted(night: Night) -> list[PermeabilityRow | NernstRow]:
    return [*night.tables.permeabilities, *night.tables.nernst]


def _listed(reason: str | None) -> str:
    """Reason in the lists at the top of the page, with a maximum length."""
    return one_line(reason or "no reason was given", LONGEST_LISTED)


def _quantity(fit: PermeabilityRow | NernstRow) -> str:
    return ratio_name(fit.ion, fit.reference) if isinstance(fit, PermeabilityRow) else "Nernst slope"


def _link(cell: str) -> str | None:
    """Link to the page of a cell; None if the name of the cell is not a valid file name."""
    return f"cells/{quote(cell)}.html" if CELL_PATTERN.fullmatch(cell) else None


def _counts(night: Night) -> list[tuple[str, str, Status]]:
    """Counts for the top of the page: label, count, and status for the colour."""
    cells = {row.cell for row in night.tables.recordings if CELL_PATTERN.fullmatch(row.cell)}
    counts = status_counts(night.tables.recordings)
    totals = [("cell", len(cells)), ("recording", len(night.tables.recordings))]
    shown = [(name if number == 1 else f"{name}s", str(number), Status.OK) for name, number in totals]
    return shown + [(f"{STATUS_SIGN[s]} {recording_status(s)}", str(number), s) for s, number in counts.items()]


def _lines(night: Night) -> list[CellLine]:
    reversals = _grouped(night.tables.reversals)
    ratios = _grouped(night.tables.permeabilities)
    slopes = _grouped(night.tables.nernst)
    answers = _grouped(night.tables.answers)
    recordings: dict[str, list[RecordingRow]] = {}
    for row in night.tables.recordings:
        recordings.setdefault(row.cell, []).append(row)
    keys = dict.fromkeys((*reversals, *ratios, *slopes))
    with_answers = {cell for cell, _, _ in keys}
    alone = [(cell, "", "") for cell in recordings if cell not in with_answers]
    order = {cell: n for n, cell in enumerate(recordings)}
    newest = _newest_cells(night)
    many_experiments = len({experiment for _, experiment, _ in keys}) > 1
    lines = []
    for key in sorted([*keys, *alone], key=lambda key: order.get(key[0], len(order))):
        cell, experiment, condition = key
        link = _link(cell)
        if link is None:
            continue
        selected = reversals.get(key, [])
        made = [row for row in recordings.get(cell, []) if _belongs(row, experiment, condition)]
        lines.append(
            CellLine(
                cell=cell,
                link=link,
                experiment=experiment,
                condition=condition,
                keys=_sort_keys(cell, condition, ratios.get(key, []), slopes.get(key, [])),
                word=recording_status(_cell_status([r.status for r in made])),
                new=cell in newest,
                title=f"{experiment}: {condition}" if many_experiments and condition else condition,
                picture=_picture(selected, night),
                ratios=tuple(_ratio_result(row) for row in ratios.get(key, [])),
                slopes=tuple(_slope_result(row, answers.get(key, [])) for row in slopes.get(key, [])),
                recordings=status_counts_text(made),
                crossings=_reversals_in_range(selected),
                status=_cell_status([r.status for r in made]),
            )
        )
    return lines


def _newest_cells(night: Night) -> set[str]:
    """Cells with a recording of the newest day; none if all are of one day."""
    days = sorted({row.started[:10] for row in night.tables.recordings if row.started})
    return {row.cell for row in night.tables.recordings if len(days) > 1 and (row.started or "")[:10] == days[-1]}


def _sort_keys(
    cell: str, condition: str, ratios: Sequence[PermeabilityRow], slopes: Sequence[NernstRow]
) -> tuple[str, str, str, str]:
    """What the columns are sorted by: the first ratio (its bound without a value) and the first slope."""
    values = [value for row in ratios for value in (row.p_ratio, row.ci_high, row.ci_low) if value is not None][:1]
    slope = [row.slope_ratio for row in slopes if row.slope_ratio is not None][:1]
    return cell, condition, *("".join(f"{number:.6g}" for number in some) for some in (values, slope))  # type: ignore[return-value]


def _grouped(rows: Sequence[T]) -> dict[tuple[str, str, str], list[T]]:
    groups: dict[tuple[str, str, str], list[T]] = {}
    for row in rows:
        groups.setdefault((row.cell, row.experiment, row.condition), []).append(row)
    return groups


def _picture(rows: Sequence[ReversalRow], night: Night) -> str:
    if not rows:
        return ""
    seen = against_changed_side(rows, (), outside(rows[0].ion, night.charges.get(rows[0].ion)))
    return thumbnail(seen.reversals, seen.label)


def _ratio_result(row: PermeabilityRow) -> CellResult:
    name = ratio_name(row.ion, row.reference)
    if not ratio_known(row):
        return CellResult(name, "", "", _short(row.reason or NO_RESULT), row.status)
    bounded = row.ci_low is None or row.ci_high is None
    interval = "" if bounded else interval_ratio(row.p_ratio, row.ci_low, row.ci_high)
    return CellResult(name, ratio_text(row), interval, _short(row.reason), row.status)


def _slope_result(row: NernstRow, answers: Sequence[AnswerRow]) -> CellResult:
    """The answer of the series if there is one, else the verdict on its slope; below it the slope ratio."""
    if row.slope_ratio is None:
        return CellResult("", "", "", _short(row.reason or NO_RESULT), row.status)
    verdict = VERDICT_WORDS[row.verdict or Verdict.UNDECIDED]
    value = ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)
    interval = interval_ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)
    for one in answers:
        if one.ion == row.ion and one.answer not in (Answer.UNDECIDED, Answer.NONE):
            return CellResult(one.answer.value, value, interval, _short(one.reason), one.status)
    trouble = _short(row.reason)
    if row.verdict in (None, Verdict.UNDECIDED):
        trouble = _short(row.reason or NO_RESULT)
        verdict = ""
    return CellResult(verdict, value, interval, trouble, row.status)


def _short(reason: str | None) -> str:
    """Shortened reason for the overview; the complete one is on the page of the cell."""
    return one_line(reason or "", LONGEST_REASON)


def _belongs(row: RecordingRow, experiment: str, condition: str) -> bool:
    """Whether a recording belongs to a line of the overview; one without a known condition belongs to every line."""
    return row.condition is None or not condition or (row.experiment, row.condition) == (experiment, condition)


def _reversals_in_range(rows: Sequence[ReversalRow]) -> str:
    """Number of reversal potentials inside the tested range."""
    return f"E_rev in range: {sum(map(_in_range, rows))} of {len(rows)}" if rows else ""


def _in_range(row: ReversalRow) -> bool:
    return row.crossing is Crossing.BRACKETED and row.e_rev_mV is not None


def _cell_status(states: Sequence[Status]) -> Status:
    """Status of a cell: the worst of its recordings; excluded only if all are excluded."""
    counted = [status for status in states if status is not Status.EXCLUDED]
    return worst(counted or states)
