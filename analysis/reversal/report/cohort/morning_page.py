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
from reversal.report.cohort.attention import LONGEST_LISTED, attention_groups, failure_causes, link_to
from reversal.report.cohort.cohort_figures import FORMATS, CohortFigure, drawn_cohort
from reversal.report.cohort.findings_of_night import MeanKey, difference_sentences, night_means
from reversal.report.cohort.group_answers import group_reversals_table, group_sentences
from reversal.report.cohort.methods import citation_of, methods_of
from reversal.report.cohort.thumbnail import thumbnail
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.style import PAGE_SIZE
from reversal.report.inputs import Night
from reversal.report.text.atlas_links import ATLAS_PAGE, section_behind
from reversal.report.text.labels import (
    STATUS_SIGN,
    VERDICT_WORDS,
    counted,
    ion_name,
    one_line,
    ratio_name,
    recording_status,
    status_counts,
    status_counts_text,
)
from reversal.report.text.pages import Drawn, rendered, write_page
from reversal.report.text.rounding import interval_ratio, ratio
from reversal.report.text.tabulated import cohort_table, ratio_text
from reversal.tables.answers_table import Answer, AnswerRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status, worst

FIRST_SHOWN = 12
LONGEST_REASON = 150
T = TypeVar("T", ReversalRow, PermeabilityRow, NernstRow, AnswerRow)


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
    failed = failure_causes(night)
    lines = _lines(night)
    figures = list(drawn_cohort(night))
    of_means = {one.mean_of: one.name for one in figures if one.mean_of is not None}
    return rendered(
        "morning.html.j2",
        found=[
            *((sentence, _evidence(key, of_means, night.provenance.atlas)) for key, sentence in night_means(night)),
            *(
                (sentence, [("all groups", "#cohort"), ("method", "#methods")])
                for sentence in difference_sentences(night)
            ),
        ],
        newest=newest_sentence(night),
        failed=failed[:FIRST_SHOWN],
        more_failed=failed[FIRST_SHOWN:],
        number_failed=sum(len(cause.items) for cause in failed),
        shown_of_cause=shown_of_cause([len(cause.items) for cause in failed[:FIRST_SHOWN]]),
        groups=attention_groups(night),
        counts=_counts(night),
        lines=lines,
        filters=_filters(lines),
        signs=STATUS_SIGN,
        pooled=cohort_table(night.tables.pooled, lambda row: _values(_mean_key(row), of_means)),
        comparisons=comparisons_table(night.tables.comparisons),
        group_sentences=group_sentences(night.tables),
        group_reversals=group_reversals_table(night.tables.group_reversals),
        figures=[_figure(one) for one in figures],
        methods=methods_of(night),
        citation=citation_of(night),
        provenance=night.provenance,
        atlas=ATLAS_PAGE if night.provenance.atlas else "",
        script="morning.js",
    )


def shown_of_cause(numbers: Sequence[int]) -> int:
    """How many items of each cause are shown at once, so that they are few in all: from the number of each cause."""
    few = (most for most in range(FIRST_SHOWN, 1, -1) if sum(min(number, most) for number in numbers) <= FIRST_SHOWN)
    return next(few, 1)


def _evidence(key: MeanKey, of_means: Mapping[MeanKey, str], atlas: bool) -> list[tuple[str, str]]:
    """Where a sentence about a mean comes from: words and address of each link."""
    name, values = of_means.get(key), _values(key, of_means)
    links = [("figure of the cells", f"#figure-{quote(name)}")] if name else []
    links += [("their values", values)] if values else []
    links += [("method", "#methods")]
    section = section_behind("permeability ratio" if key[1] is PooledKind.PERMEABILITY_RATIO else "slope ratio")
    return [*links, ("formula", f"{ATLAS_PAGE}#{section}")] if atlas else links


def _values(key: MeanKey, of_means: Mapping[MeanKey, str]) -> str | None:
    """Address of the file with the values of the cells of a mean."""
    return f"figures/{quote(of_means[key])}.csv" if key in of_means else None


def _mean_key(row: PooledRow) -> MeanKey:
    return row.experiment, row.kind, row.ion, row.reference


def _figure(one: CohortFigure) -> Drawn:
    files = tuple((kind.upper(), f"figures/{quote(one.name)}.{kind}", "") for kind in FORMATS)
    drawing = one.draw(f"night-{one.name}", PAGE_SIZE)
    return Drawn(drawing.svg(one.described), f"{one.title}. {one.described}", "full", files, f"figure-{one.name}")


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
        link = link_to(cell)
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
    seen = against_changed_side(rows, (), ion_name(rows[0].ion, night.charges.get(rows[0].ion)))
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
