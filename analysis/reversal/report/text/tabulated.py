"""Tables as people read them: rows turned into head and body of text, for page, PDF and slides alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings
from reversal.recordings.recording import Recording
from reversal.report.text.labels import STATUS_SIGN, VERDICT_WORDS, one_line, ratio_name
from reversal.report.text.rounding import (
    UNKNOWN,
    fixed,
    interval_mV,
    interval_ratio,
    millivolts,
    ratio,
    significant,
)
from reversal.tables.checks_table import CheckRow, Outcome
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status

R = TypeVar("R")
Column = tuple[str, Callable[[R], "TableEntry"]]
LONGEST_WORD = 24
FINDINGS_PAGE = "../findings.html"  # as seen from the page of a cell
LONGEST_REASON = 240  # where the reasons of all cells come together


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One entry of a table; ``status`` colours it, numbers are set to the right, ``link`` leads to an explanation."""

    text: str
    status: Status | None = None
    number: bool = False
    link: str | None = None

    @property
    def unbroken(self) -> bool:
        """Whether a word is so long that it has to be broken to fit a column."""
        return any(len(word) > LONGEST_WORD for word in self.text.split())


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, the names of the columns, and rows of entries."""

    caption: str
    head: tuple[str, ...]
    body: tuple[tuple[TableEntry, ...], ...]


def table_of(caption: str, rows: Sequence[R], *columns: Column[R]) -> Table:
    """Table with one line a row: each column is its name and how an entry is made from a row."""
    return Table(
        caption, tuple(name for name, _ in columns), tuple(tuple(make(r) for _, make in columns) for r in rows)
    )


def known_columns(table: Table) -> Table:
    """Table without the columns in which nothing is known."""
    kept = [n for n in range(len(table.head)) if any(row[n].text != UNKNOWN for row in table.body)]
    return _with_columns(table, table.caption, kept)


def one_condition(table: Table) -> Table:
    """Table without the column of conditions where all rows have one; the caption names it."""
    place = table.head.index("condition")
    conditions = {row[place].text for row in table.body}
    if len(conditions) != 1:
        return table
    others = [n for n in range(len(table.head)) if n != place]
    return _with_columns(table, f"{table.caption} ({conditions.pop()})", others)


def permeabilities_table(rows: Sequence[PermeabilityRow]) -> Table:
    """Permeability ratios with intervals, bounds as bounds."""
    table = table_of(
        "Permeability ratios",
        rows,
        ("condition", lambda r: words(r.condition)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("estimate", lambda r: number(ratio_text(r))),
        ("95 % interval", lambda r: number(interval_ratio(r.p_ratio, r.ci_low, r.ci_high))),
        ("ΔΔG (kJ/mol)", lambda r: number(ratio(r.ddg_kJ_mol, r.ddg_ci_low, r.ddg_ci_high))),
        ("baths", lambda r: number(str(r.n_baths))),
        ("method", lambda r: words(r.method)),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return one_condition(table)


def nernst_table(rows: Sequence[NernstRow]) -> Table:
    """Slopes against Nernst with intervals and verdicts."""
    table = table_of(
        "Slope of the reversal potential against Nernst",
        rows,
        ("condition", lambda r: words(r.condition)),
        ("ion", lambda r: words(r.ion)),
        ("slope (mV per decade)", lambda r: number(millivolts(r.slope_mV_per_decade, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_mV(r.ci_low, r.ci_high))),
        ("Nernst", lambda r: number(millivolts(r.expected_mV_per_decade))),
        ("slope / Nernst", lambda r: number(ratio(r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high))),
        ("baths", lambda r: number(str(r.n_baths))),
        ("verdict", lambda r: words(None if r.verdict is None else VERDICT_WORDS[r.verdict])),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return one_condition(table)


def reversals_table(rows: Sequence[ReversalRow], concentration: str) -> Table:
    """Reversal potentials with intervals and their Nernst potentials."""
    table = table_of(
        "Reversal potentials; intervals do not include the error shared by a cell's recordings",
        sorted(rows, key=lambda r: (r.condition, r.out_mM is None, r.out_mM or 0.0, r.recording)),
        ("recording", lambda r: words(r.recording)),
        ("condition", lambda r: words(r.condition)),
        ("bath", lambda r: words(r.bath)),
        (f"{concentration} (mM)", lambda r: number(None if r.out_mM is None else f"{r.out_mM:g}")),
        ("T (°C)", lambda r: number(fixed(r.temperature_C, 1))),
        ("E_rev (mV)", lambda r: number(reversal_text(r))),
        ("95 % interval", lambda r: number(interval_mV(r.ci_low_mV, r.ci_high_mV))),
        ("E_Nernst (mV)", lambda r: number(millivolts(r.e_nernst_mV))),
        ("E_rev − E_Nernst", lambda r: number(millivolts(r.deviation_mV, r.ci_low_mV, r.ci_high_mV))),
        ("junction (mV)", lambda r: number(millivolts(r.ljp_mV))),
        ("shared s.d. (mV)", lambda r: number(millivolts(r.shared_sd_mV))),
        ("how found", lambda r: words(_how_found(r))),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return one_condition(table)


def recordings_table(rows: Sequence[RecordingRow]) -> Table:
    """Every recording: what it is and what became of it."""
    return table_of(
        "Recordings",
        rows,
        ("recording", lambda r: words(r.recording)),
        ("file", lambda r: words(r.file)),
        ("protocol", lambda r: words(r.protocol_kind)),
        ("sweeps", lambda r: number(None if r.sweeps is None else str(r.sweeps))),
        ("kHz", lambda r: number(None if r.sample_rate_Hz is None else f"{r.sample_rate_Hz / 1000:g}")),
        ("R_s (MΩ)", lambda r: number(significant(r.rs_MOhm))),
        ("C_m (pF)", lambda r: number(significant(r.cm_pF))),
        ("R_m (MΩ)", lambda r: number(significant(r.rm_MOhm))),
        ("I_hold (pA)", lambda r: number(significant(r.holding_pA))),
        ("status and reason", lambda r: state(r.status, r.reason)),
    )


def findings_table(rows: Sequence[FindingRow], title: str) -> Table:
    """Findings in words, with what to do about them."""
    return known_columns(
        table_of(
            title,
            rows,
            ("recording", lambda r: words(r.recording)),
            ("of", lambda r: words(r.quantity)),
            ("condition", lambda r: words(r.condition)),
            ("finding", lambda r: TableEntry(r.code.value, link=f"{FINDINGS_PAGE}#{r.code.value}")),
            ("in words", lambda r: words(r.sentence)),
            ("what to do", lambda r: words(r.remedy)),
        )
    )


def checks_table(rows: Sequence[CheckRow]) -> Table:
    """Every quality check over the recordings of a cell: its numbers and limits, and how often it had no number."""
    by_code = {code: [row for row in rows if row.code is code] for code in dict.fromkeys(row.code for row in rows)}

    def counted(outcome: Outcome) -> Callable[[Code], TableEntry]:
        return lambda code: number(str(sum(row.outcome is outcome for row in by_code[code])))

    def spanned(column: Callable[[CheckRow], float | None]) -> Callable[[Code], TableEntry]:
        return lambda code: number(_span([value for row in by_code[code] if (value := column(row)) is not None]))

    return table_of(
        "Every check, over the recordings of the cell",
        list(by_code),
        ("check", lambda code: TableEntry(code.value, link=f"{FINDINGS_PAGE}#{code.value}")),
        ("numbers", spanned(lambda row: row.number)),
        ("limit", spanned(lambda row: row.limit)),
        ("unit", lambda code: words(by_code[code][0].unit)),
        ("passed", counted(Outcome.PASSED)),
        ("failed", counted(Outcome.FAILED)),
        ("no number", counted(Outcome.UNKNOWN)),
    )


def _span(values: Sequence[float]) -> str | None:
    """Smallest and largest value."""
    if not values:
        return None
    low, high = significant(min(values), 2), significant(max(values), 2)
    return low if low == high else f"{low} to {high}"


def files_table(rows: Sequence[RecordingRow], recordings: Mapping[str, Recording]) -> Table:
    """Raw files with their hash and the evidence for the command."""
    return table_of(
        "Raw files",
        [(row, recordings.get(row.recording)) for row in rows],
        ("recording", lambda r: words(r[0].recording)),
        ("file", lambda r: words(r[0].file)),
        ("sha256", lambda r: words(r[0].sha256)),
        ("format", lambda r: words(r[0].format)),
        ("started", lambda r: words(r[1].started if r[1] else None)),
        ("command", lambda r: words(r[0].command_evidence)),
        ("how the command is known", lambda r: words(r[1].command.basis if r[1] else None)),
    )


def solutions_table(solutions: Mapping[str, Solution]) -> Table:
    """Solutions as they entered the calculation."""
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
    """Notes and unknown columns of the recording sheet, as written."""
    rows = [entry for entry in settings.entries.values() if entry.note or entry.extra]
    columns = list(dict.fromkeys(name for entry in rows for name in entry.extra))
    return Table(
        "Notes and further columns of the recording sheet",
        ("recording", "note", *columns),
        tuple((words(e.recording), words(e.note), *(words(e.extra.get(name)) for name in columns)) for e in rows),
    )


def settings_table(settings: CellSettings) -> Table:
    """What was declared for the experiments of a cell."""
    declared = [
        (name, topic, value)
        for name, experiment in settings.experiments.items()
        for topic, value in experiment.model_dump(mode="json", exclude_none=True).items()
    ]
    return table_of(
        "Declared settings",
        declared,
        ("experiment", lambda d: words(d[0])),
        ("topic", lambda d: words(d[1].replace("_", " "))),
        ("value", lambda d: words(_said(d[2]))),
    )


def cohort_table(rows: Sequence[PooledRow]) -> Table:
    """Quantities pooled over cells."""
    return table_of(
        "Over all cells",
        rows,
        ("experiment", lambda r: words(r.experiment)),
        ("condition", lambda r: words(r.condition)),
        ("quantity", lambda r: words(r.quantity)),
        ("estimate", lambda r: number(ratio(r.estimate, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.estimate, r.ci_low, r.ci_high))),
        ("cells", lambda r: number(str(r.n_cells))),
        ("recordings", lambda r: number(str(r.n_recordings))),
        ("method", lambda r: words(r.method)),
        ("status", lambda r: state(r.status, one_line(r.reason or "", LONGEST_REASON))),
    )


def versions_table(versions: Mapping[str, str]) -> Table:
    """Versions of the program and its libraries."""
    rows = list(versions.items())
    return table_of("Versions", rows, ("software", lambda v: words(v[0])), ("version", lambda v: words(v[1])))


def ratio_text(row: PermeabilityRow) -> str:
    """Write the estimate of a ratio; a bound with its sign, never as a number."""
    if row.bound is Bound.UPPER:
        return f"< {significant(row.ci_high, 2)}"
    if row.bound is Bound.LOWER:
        return f"> {significant(row.ci_low, 2)}"
    return ratio(row.p_ratio, row.ci_low, row.ci_high)


def reversal_text(row: ReversalRow) -> str:
    """Write a reversal potential; a bound with its sign where it was not reached."""
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
    return TableEntry(f"{STATUS_SIGN[status]} {status.value}" + (f": {reason}" if reason else ""), status=status)


def _ions(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{ion} {amount:g}" for ion, amount in amounts.items())


def _how_found(row: ReversalRow) -> str:
    """Which current, which estimator, and the crossing if it is not bracketed."""
    crossing = None if row.crossing is Crossing.BRACKETED else row.crossing
    return ", ".join(part for part in (row.kind, row.method, crossing) if part)


def _with_columns(table: Table, caption: str, kept: Sequence[int]) -> Table:
    body = tuple(tuple(row[n] for n in kept) for row in table.body)
    return Table(caption, tuple(table.head[n] for n in kept), body)


def _said(value: object) -> str:
    """A setting in words: yes, a number, or the parts of a group."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(part)}" for name, part in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
