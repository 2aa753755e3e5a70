"""Tables as text, for pages, PDF and slides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.recordings.recording.recording import Recording
from reversal.report.text.labels import STATUS_SIGN, VERDICT_WORDS, one_line, ratio_name, recording_status
from reversal.report.text.rounding import (
    MINUS,
    UNKNOWN,
    fixed,
    interval_mV,
    interval_ratio,
    millivolts,
    ratio,
    significant,
)
from reversal.tables.checks_table import CheckRow, Outcome
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.sides import common_sides, solution_names
from reversal.tables.status import Status

R = TypeVar("R")
Column = tuple[str, Callable[[R], "TableEntry"]]
LONGEST_WORD = 24
FINDINGS_PAGE = "../findings.html"  # relative to the page of a cell
LONGEST_REASON = 240  # in lists of all cells
FEWEST_REPEATS = 3


@dataclass(frozen=True, slots=True)
class TableEntry:
    """Entry of a table; ``status`` sets its colour, numbers are right-aligned, ``link`` leads to an explanation."""

    text: str
    status: Status | None = None
    number: bool = False
    link: str | None = None

    @property
    def unbroken(self) -> bool:
        """Whether a word without hyphens is too long for a column and has to be broken."""
        return any(len(word) > LONGEST_WORD for word in self.text.replace("-", " ").split())


@dataclass(frozen=True, slots=True)
class Table:
    """Caption, column names, rows of entries, and a sentence about all rows."""

    caption: str
    head: tuple[str, ...]
    body: tuple[tuple[TableEntry, ...], ...]
    note: str = ""


def table_of(caption: str, rows: Sequence[R], *columns: Column[R]) -> Table:
    """Table with one line per row; a column is its name and a function from a row to an entry."""
    return Table(
        caption, tuple(name for name, _ in columns), tuple(tuple(make(r) for _, make in columns) for r in rows)
    )


def known_columns(table: Table) -> Table:
    """Table without the columns that have no known value."""
    kept = [n for n in range(len(table.head)) if any(row[n].text != UNKNOWN for row in table.body)]
    return _with_columns(table, table.caption, kept)


def one_condition(table: Table) -> Table:
    """Table without the column of conditions if all rows have the same condition; the caption then gives it."""
    place = table.head.index("condition")
    conditions = {row[place].text for row in table.body}
    if len(conditions) != 1:
        return table
    others = [n for n in range(len(table.head)) if n != place]
    return _with_columns(table, f"{table.caption}, condition {conditions.pop()}", others)


def without_repeats(table: Table) -> Table:
    """Table without the columns that have the same text in three or more rows, which is then in the note.

    Columns with a name that occurs twice, and those of a status that is not ok, stay.
    """
    first, columns = table.body[0], range(len(table.head))
    same = [n for n in columns if table.head.count(table.head[n]) == 1 and first[n].status in (None, Status.OK)]
    same = [n for n in same if len({row[n].text for row in table.body}) == 1]
    if len(table.body) < FEWEST_REPEATS or not 0 < len(same) < len(columns):
        return table
    said = " · ".join(f"{table.head[n]}: {first[n].text}" for n in same if first[n].text != UNKNOWN)
    kept = _with_columns(table, table.caption, [n for n in columns if n not in same])
    return replace(kept, note=" ".join(filter(None, (f"In all rows, {said}." if said else "", table.note))))


def permeabilities_table(rows: Sequence[PermeabilityRow]) -> Table:
    """Permeability ratios with intervals or bounds."""
    table = table_of(
        "Permeability ratios",
        rows,
        ("condition", lambda r: words(r.condition)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("estimate", lambda r: number(ratio_text(r))),
        ("95 % interval", lambda r: number(interval_ratio(r.p_ratio, r.ci_low, r.ci_high))),
        ("is of", lambda r: words(r.p_of)),
        ("with any leak", lambda r: words(with_leak(r))),
        ("ΔΔG (kJ/mol)", lambda r: number(ratio(r.ddg_kJ_mol, r.ddg_ci_low, r.ddg_ci_high))),
        ("solutions", lambda r: number(str(r.n_baths))),
        ("method", lambda r: words(r.method)),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return known_columns(one_condition(table))


def with_leak(row: PermeabilityRow | PooledRow | ComparisonRow | ConditionPairRow) -> str | None:
    """Range of a value for any leak up to that of the assumed seal, if the leak is not known."""
    if row.leak_low is None or row.leak_high is None:
        return None
    return f"{significant(row.leak_low, 2)} to {significant(row.leak_high, 2)}"


def nernst_table(rows: Sequence[NernstRow]) -> Table:
    """Slopes compared with the Nernst slope, with intervals and verdicts."""
    table = table_of(
        "Slope of the reversal potential compared with the Nernst slope",
        rows,
        ("condition", lambda r: words(r.condition)),
        ("ion", lambda r: words(r.ion)),
        ("slope (mV per decade)", lambda r: number(millivolts(r.slope_mV_per_decade, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_mV(r.ci_low, r.ci_high))),
        ("Nernst slope", lambda r: number(millivolts(r.expected_mV_per_decade))),
        ("slope / Nernst slope", lambda r: number(ratio(r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high))),
        ("solutions", lambda r: number(str(r.n_baths))),
        ("verdict", lambda r: words(None if r.verdict is None else VERDICT_WORDS[r.verdict])),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return one_condition(table)


def reversals_table(rows: Sequence[ReversalRow], ion: str) -> Table:
    """Reversal potentials with intervals and their Nernst potentials.

    ion : name of their ion with its charge; empty for several ions
    """
    several_inside = len({row.in_mM for row in rows}) > 1
    sides, names = common_sides(rows), solution_names(rows)
    outside, inside = (symbol.format(ion or "ion") for symbol in (sides.out_symbol, sides.in_symbol))
    table = table_of(
        "Reversal potentials (95 % intervals with every error, and with the errors of the recording alone)",
        sorted(rows, key=lambda r: (r.condition, r.out_mM is None, r.out_mM or 0.0, r.recording)),
        ("recording", lambda r: words(r.recording)),
        ("condition", lambda r: words(r.condition)),
        (sides.bath, lambda r: words(names[r.solutions])),
        (f"{outside} (mM)", lambda r: number(_amount(r.out_mM))),
        (f"{inside} (mM)", lambda r: number(_amount(r.in_mM) if several_inside else None)),
        ("T (°C)", lambda r: number(fixed(r.temperature_C, 1))),
        ("E_rev (mV)", lambda r: number(reversal_text(r))),
        ("95 % interval", lambda r: number(interval_mV(r.ci_low_mV, r.ci_high_mV))),
        ("of the recording alone", lambda r: number(interval_mV(r.own_low_mV, r.own_high_mV))),
        ("is of", lambda r: words(r.e_rev_of)),
        ("channel, with any leak up to", lambda r: words(_channel_range(r))),
        ("E_Nernst (mV)", lambda r: number(millivolts(r.e_nernst_mV))),
        ("E_rev − E_Nernst", lambda r: number(millivolts(r.deviation_mV, r.ci_low_mV, r.ci_high_mV))),
        ("junction (mV)", lambda r: number(millivolts(r.ljp_mV))),
        ("method", lambda r: words(_method(r))),
        ("status", lambda r: recording_state(r)),
    )
    return known_columns(one_condition(table))


def summary_table(rows: Sequence[ReversalRow], concentration: str, other: str = "") -> Table:
    """Reversal potentials of one condition in few columns, for the place next to their figure.

    concentration : symbol of that in ``out_mM``;  other : of that in ``in_mM`` if it changes too
    The change from the lowest concentration, in which the error of the junction cancels, is next to that of Nernst.
    """
    lowest = None if other else min(filter(_has_both, rows), key=lambda r: r.out_mM or 0.0, default=None)
    table = table_of(
        "Reversal potentials",
        sorted(rows, key=lambda r: (r.out_mM is None, r.out_mM or 0.0, r.recording)),
        (f"{concentration} (mM)", lambda r: number(_amount(r.out_mM))),
        (f"{other} (mM)", lambda r: number(_amount(r.in_mM) if other else None)),
        ("E_rev (mV)", lambda r: number(reversal_text(r))),
        ("change from lowest (Nernst)", lambda r: number(_change(r, lowest))),
        ("95 % interval", lambda r: number(interval_mV(r.ci_low_mV, r.ci_high_mV))),
        ("Nernst (mV)", lambda r: number(millivolts(r.e_nernst_mV))),
        ("status", lambda r: _state(r.status, recording_status(r.status), None)),
    )
    return known_columns(table)


def _has_both(row: ReversalRow) -> bool:
    return bool(row.out_mM) and row.e_rev_mV is not None and row.e_nernst_mV is not None


def _change(row: ReversalRow, lowest: ReversalRow | None) -> str | None:
    """Change of E_rev and of the Nernst potential from the recording with the lowest concentration [mV]."""
    if lowest is None or not _has_both(row) or row.out_mM == lowest.out_mM:
        return None
    measured = (row.e_rev_mV or 0.0) - (lowest.e_rev_mV or 0.0)
    expected = (row.e_nernst_mV or 0.0) - (lowest.e_nernst_mV or 0.0)
    return f"{measured:+.1f} ({expected:+.1f})".replace("-", MINUS)


def _amount(mM: float | None) -> str | None:
    return None if mM is None else f"{mM:g}"


def _channel_range(row: ReversalRow) -> str | None:
    """Range of the channel's E_rev if the leak is not known."""
    if row.assumed_leak_nS is None:
        return None
    return f"{row.assumed_leak_nS:.3g} nS: {interval_mV(row.channel_low_mV, row.channel_high_mV)}"


def recordings_table(rows: Sequence[RecordingRow]) -> Table:
    """Recordings with their properties and status."""
    return table_of(
        "Recordings",
        rows,
        ("recording", lambda r: words(r.recording)),
        ("file", lambda r: words(r.file)),
        ("protocol", lambda r: words(r.protocol_kind)),
        ("sweeps", lambda r: number(None if r.sweeps is None else _sweeps(r))),
        ("kHz", lambda r: number(None if r.sample_rate_Hz is None else f"{r.sample_rate_Hz / 1000:g}")),
        ("R_s (MΩ)", lambda r: number(significant(r.rs_MOhm))),
        ("C_m (pF)", lambda r: number(significant(r.cm_pF))),
        ("R_m (MΩ)", lambda r: number(significant(r.rm_MOhm))),
        ("I_hold (pA)", lambda r: number(significant(r.holding_pA))),
        ("status and reason", lambda r: recording_state(r)),
    )


def _sweeps(row: RecordingRow) -> str:
    """Number of sweeps, with their numbers in the file if it has others."""
    return f"{row.sweeps} ({row.sweeps_used})" if row.sweeps_used else f"{row.sweeps}"


def findings_table(rows: Sequence[FindingRow], title: str) -> Table:
    """Findings with description and remedy."""
    return known_columns(
        table_of(
            title,
            rows,
            ("recording", lambda r: words(r.recording)),
            ("quantity", lambda r: words(r.quantity)),
            ("condition", lambda r: words(r.condition)),
            ("finding", lambda r: TableEntry(r.code.value, link=f"{FINDINGS_PAGE}#{r.code.value}")),
            ("description", lambda r: words(r.sentence)),
            ("what to do", lambda r: words(r.remedy)),
        )
    )


def checks_table(rows: Sequence[CheckRow]) -> Table:
    """Quality checks over the recordings of a cell: values, limits, and counts of the outcomes.

    Those that were not measured in any recording are in the note.
    """
    by_code = {code: [row for row in rows if row.code is code] for code in dict.fromkeys(row.code for row in rows)}
    measured = [code for code, of in by_code.items() if any(row.outcome is not Outcome.UNKNOWN for row in of)]
    others = ", ".join(code.value for code in by_code if code not in measured)

    def counted(outcome: Outcome) -> Callable[[Code], TableEntry]:
        return lambda code: number(str(sum(row.outcome is outcome for row in by_code[code])))

    def spanned(column: Callable[[CheckRow], float | None]) -> Callable[[Code], TableEntry]:
        return lambda code: number(_span([value for row in by_code[code] if (value := column(row)) is not None]))

    table = table_of(
        "Quality checks of all recordings",
        measured,
        ("check", lambda code: TableEntry(code.value, link=f"{FINDINGS_PAGE}#{code.value}")),
        ("values", spanned(lambda row: row.number)),
        ("limit", spanned(lambda row: row.limit)),
        ("unit", lambda code: words(by_code[code][0].unit)),
        ("passed", counted(Outcome.PASSED)),
        ("failed", counted(Outcome.FAILED)),
        ("not measured", counted(Outcome.UNKNOWN)),
    )
    return replace(table, note=f"Not measured in any recording: {others}.") if others else table


def _span(values: Sequence[float]) -> str | None:
    """Range of values as text; None without values."""
    if not values:
        return None
    low, high = significant(min(values), 2), significant(max(values), 2)
    return low if low == high else f"{low} to {high}"


def files_table(rows: Sequence[RecordingRow], recordings: Mapping[str, Recording]) -> Table:
    """Raw files with their hash and the evidence for their command."""
    return table_of(
        "Raw files",
        [(row, recordings.get(row.recording)) for row in rows],
        ("recording", lambda r: words(r[0].recording)),
        ("file", lambda r: words(r[0].file)),
        ("sha256", lambda r: words(r[0].sha256)),
        ("format", lambda r: words(r[0].format)),
        ("started", lambda r: words(r[1].started if r[1] else None)),
        ("evidence for the command", lambda r: words(r[0].command_evidence)),
        ("source of the command", lambda r: words(r[1].command.basis if r[1] else None)),
    )


def solutions_table(solutions: Mapping[str, Solution]) -> Table:
    """Solutions as used in the calculation."""
    return table_of(
        "Solutions",
        list(solutions.items()),
        ("solution", lambda s: words(s[0])),
        ("ions (mM)", lambda s: words(_ions(s[1].ions_mM))),
        ("free (mM)", lambda s: words(_ions(s[1].free_mM))),
        ("pH", lambda s: number(significant(s[1].pH))),
        ("note", lambda s: words(s[1].note)),
    )


def notes_table(settings: CellSettings) -> Table:
    """Notes and additional columns of the recording sheet, unchanged; windows and dates of review of single rows."""
    rows = [e for e in settings.entries.values() if e.note or e.extra or e.reviewed or _own_window(e)]
    columns = list(dict.fromkeys(name for entry in rows for name in entry.extra))
    table = table_of(
        "Notes and additional columns of the recording sheet",
        rows,
        ("recording", lambda e: words(e.recording)),
        ("note", lambda e: words(e.note)),
        ("own window (ms)", lambda e: words(_own_window(e))),
        ("reviewed", lambda e: words(e.reviewed)),
        *((name, lambda e, name=name: words(e.extra.get(name))) for name in columns),
    )
    return known_columns(table)


def _own_window(entry: SheetEntry) -> str | None:
    """Window of one recording, where the sheet gives it."""
    times = entry.window_start_ms, entry.window_stop_ms
    return None if times == (None, None) else " to ".join("…" if time is None else f"{time:g}" for time in times)


def settings_table(settings: CellSettings) -> Table:
    """Declared settings of the experiments of a cell."""
    declared = [
        (name, topic, value)
        for name, experiment in settings.experiments.items()
        for topic, value in experiment.model_dump(mode="json", exclude_none=True).items()
    ]
    return table_of(
        "Declared settings",
        declared,
        ("experiment", lambda d: words(d[0])),
        ("setting", lambda d: words(d[1].replace("_", " "))),
        ("value", lambda d: words(_as_text(d[2]))),
    )


def cohort_table(rows: Sequence[PooledRow], values_of: Callable[[PooledRow], str | None] = lambda _: None) -> Table:
    """Quantities pooled over cells; the number of cells leads to the file of their values, if there is one."""
    table = table_of(
        "Pooled over cells",
        rows,
        ("experiment", lambda r: words(r.experiment)),
        ("condition", lambda r: words(r.condition)),
        ("quantity", lambda r: words(r.quantity)),
        ("pooled", lambda r: words(r.selection.value)),
        ("estimate", lambda r: number(ratio(r.estimate, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.estimate, r.ci_low, r.ci_high))),
        ("is of", lambda r: words(r.estimate_of)),
        ("with any leak", lambda r: words(with_leak(r))),
        ("cells", lambda r: replace(number(str(r.n_cells)), link=values_of(r))),
        ("recordings", lambda r: number(str(r.n_recordings))),
        ("method", lambda r: words(r.method)),
        ("status", lambda r: state(r.status, one_line(r.reason or "", LONGEST_REASON))),
    )
    return known_columns(table)


def versions_table(versions: Mapping[str, str]) -> Table:
    """Versions of the program and its libraries."""
    rows = list(versions.items())
    return table_of("Versions", rows, ("software", lambda v: words(v[0])), ("version", lambda v: words(v[1])))


def ratio_text(row: PermeabilityRow) -> str:
    """Estimate of a ratio; a bound has its sign < or >."""
    if row.bound is Bound.UPPER:
        return f"< {significant(row.ci_high, 2)}"
    if row.bound is Bound.LOWER:
        return f"> {significant(row.ci_low, 2)}"
    return ratio(row.p_ratio, row.ci_low, row.ci_high)


def reversal_text(row: ReversalRow) -> str:
    """Reversal potential; a bound with its sign if no sign change brackets it."""
    if row.e_rev_mV is not None:
        return millivolts(row.e_rev_mV, row.ci_low_mV, row.ci_high_mV)
    if row.bound is not None and row.bound_mV is not None:
        return f"{'>' if row.bound == 'above' else '<'} {fixed(row.bound_mV, 0)}"
    return UNKNOWN


def words(text: str | None) -> TableEntry:
    return TableEntry(text or UNKNOWN)


def number(text: str | None) -> TableEntry:
    return TableEntry(text or UNKNOWN, number=True)


def state(status: Status, reason: str | None) -> TableEntry:
    return _state(status, status.value, reason)


def recording_state(row: RecordingRow | ReversalRow) -> TableEntry:
    """Status of a recording, the same in every table."""
    return _state(row.status, recording_status(row.status), row.reason)


def _state(status: Status, word: str, reason: str | None) -> TableEntry:
    return TableEntry(f"{STATUS_SIGN[status]} {word}" + (f": {reason}" if reason else ""), status=status)


def _ions(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{ion} {amount:g}" for ion, amount in amounts.items())


def _method(row: ReversalRow) -> str:
    """Kind of current, estimator, and the kind of crossing if it is not bracketed."""
    crossing = None if row.crossing is Crossing.BRACKETED else row.crossing
    return ", ".join(part for part in (row.kind, row.method, crossing) if part)


def _with_columns(table: Table, caption: str, kept: Sequence[int]) -> Table:
    body = tuple(tuple(row[n] for n in kept) for row in table.body)
    return replace(table, caption=caption, head=tuple(table.head[n] for n in kept), body=body)


def _as_text(value: object) -> str:
    """Value of a setting as text."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_as_text(part)}" for name, part in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
