"""Tables as people read them: rows of the models turned into head and body of text, for page, print and deck alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import shown
from analysis.experiment.settings import CellSettings
from analysis.experiment.solutions import Solution
from analysis.fit.results import Bound, CohortRow, NernstRow, PermeabilityRow
from analysis.measure.results import Crossing, Finding, RecordingRow, ReversalRow, Status
from analysis.recordings.model import Recording
from analysis.report.labels import STATUS_SIGN, VERDICT_WORDS, one_line, ratio_name
from analysis.report.rounding import (
    UNKNOWN,
    fixed,
    interval_mV,
    interval_ratio,
    millivolts,
    ratio,
    significant,
)

LONGEST_WORD = 24
LONGEST_REASON = 240  # where the reasons of all cells come together


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of a table; ``status`` colours it, ``link`` leads on."""

    text: str
    status: Status | None = None
    link: str | None = None
    number: bool = False

    @property
    def unbroken(self) -> bool:
        """Whether a word is so long that it has to be broken to fit a column."""
        return any(len(word) > LONGEST_WORD for word in self.text.split())


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, the names of the columns, and rows of entries."""

    caption: str
    head: tuple[str, ...]
    body: tuple[tuple[Entry, ...], ...]


def permeabilities_table(rows: Sequence[PermeabilityRow]) -> Table:
    """Permeability ratios with intervals, bounds as bounds."""
    head = ("condition", "ratio", "estimate", "95 % interval", "ΔΔG (kJ/mol)", "baths", "method", "status")
    return _one_condition(
        "Permeability ratios",
        head,
        tuple(
            (
                words(row.condition),
                words(ratio_name(row.ion, row.reference)),
                number(ratio_text(row)),
                number(interval_ratio(row.p_ratio, row.ci_low, row.ci_high)),
                number(ratio(row.ddg_kJ_mol, row.ddg_ci_low, row.ddg_ci_high) if row.ddg_kJ_mol is not None else None),
                number(str(row.n_baths)),
                words(row.method),
                state(row.status, row.reason),
            )
            for row in rows
        ),
    )


def nernst_table(rows: Sequence[NernstRow]) -> Table:
    """Slopes against Nernst with intervals and verdicts."""
    head = (
        "condition",
        "ion",
        "slope (mV per decade)",
        "95 % interval",
        "Nernst",
        "slope / Nernst",
        "95 % interval",
        "baths",
        "verdict",
        "status",
    )
    return _one_condition(
        "Slope of the reversal potential against Nernst",
        head,
        tuple(
            (
                words(row.condition),
                words(row.ion),
                number(millivolts(row.slope_mV_per_decade, row.ci_low, row.ci_high)),
                number(interval_mV(row.ci_low, row.ci_high)),
                number(millivolts(row.expected_mV_per_decade)),
                number(ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)),
                number(interval_ratio(row.slope_ratio, row.ratio_ci_low, row.ratio_ci_high)),
                number(str(row.n_baths)),
                words(UNKNOWN if row.verdict is None else VERDICT_WORDS[row.verdict]),
                state(row.status, row.reason),
            )
            for row in rows
        ),
    )


def reversals_table(rows: Sequence[ReversalRow], concentration: str) -> Table:
    """Reversal potentials with intervals beside their Nernst prediction."""
    head = (
        "recording",
        "condition",
        "bath",
        f"{concentration} (mM)",
        "T (°C)",
        "E_rev (mV)",
        "95 % interval",
        "E_Nernst (mV)",
        "E_rev − E_Nernst",
        "junction (mV)",
        "shared s.d. (mV)",
        "how found",
        "status",
    )
    ordered = sorted(rows, key=lambda row: (row.condition, row.out_mM is None, row.out_mM or 0.0, row.recording))
    caption = "Reversal potentials; intervals leave out the error that a cell's recordings share"
    return _one_condition(caption, head, tuple(_reversal(row) for row in ordered))


def recordings_table(rows: Sequence[RecordingRow]) -> Table:
    """Every recording: what it is and what became of it."""
    head = (
        "recording",
        "file",
        "protocol",
        "sweeps",
        "kHz",
        "R_s (MΩ)",
        "C_m (pF)",
        "R_m (MΩ)",
        "I_hold (pA)",
        "status and reason",
    )
    return Table(
        "Recordings",
        head,
        tuple(
            (
                words(row.recording),
                words(row.file),
                words(row.protocol_kind),
                number(None if row.sweeps is None else str(row.sweeps)),
                number(None if row.sample_rate_Hz is None else f"{row.sample_rate_Hz / 1000:g}"),
                number(significant(row.rs_MOhm)),
                number(significant(row.cm_pF)),
                number(significant(row.rm_MOhm)),
                number(significant(row.holding_pA)),
                state(row.status, row.reason),
            )
            for row in rows
        ),
    )


def findings_table(rows: Sequence[Finding]) -> Table:
    """What the quality checks found."""
    head = ("recording", "check", "found", "limit", "in words")
    return Table(
        "Quality findings",
        head,
        tuple(
            (
                words(row.recording or "whole cell"),
                words(row.name.replace("_", " ")),
                number(significant(row.number)),
                number(significant(row.limit)),
                words(row.sentence),
            )
            for row in rows
        ),
    )


def files_table(rows: Sequence[RecordingRow], recordings: Mapping[str, Recording]) -> Table:
    """Raw files with their hash and the evidence for the command."""
    head = ("recording", "file", "sha256", "format", "started", "command", "how the command is known")
    body = []
    for row in rows:
        found = recordings.get(row.recording)
        body.append(
            (
                words(row.recording),
                words(row.file),
                words(row.sha256),
                words(row.format),
                words(found.started if found else None),
                words(row.command_evidence),
                words(found.command.because if found else None),
            )
        )
    return Table("Raw files", head, tuple(body))


def solutions_table(solutions: Mapping[str, Solution]) -> Table:
    """Solutions as they entered the calculation."""
    head = ("solution", "ions (mM)", "free (mM)", "pH", "note")
    return Table(
        "Solutions",
        head,
        tuple(
            (words(name), words(_ions(s.ions_mM)), words(_ions(s.free_mM)), number(significant(s.pH)), words(s.note))
            for name, s in solutions.items()
        ),
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
    body = []
    for name, experiment in settings.experiments.items():
        for topic, value in experiment.model_dump(mode="json", exclude_none=True).items():
            said = ", ".join(f"{k} {_word(v)}" for k, v in value.items()) if isinstance(value, dict) else _word(value)
            body.append((words(name), words(topic.replace("_", " ")), words(said)))
    return Table("Declared settings", ("experiment", "topic", "value"), tuple(body))


def cohort_table(rows: Sequence[CohortRow]) -> Table:
    """Quantities pooled over cells."""
    head = (
        "experiment",
        "condition",
        "quantity",
        "estimate",
        "95 % interval",
        "cells",
        "recordings",
        "method",
        "status",
    )
    return Table(
        "Over all cells",
        head,
        tuple(
            (
                words(row.experiment),
                words(row.condition),
                words(row.quantity),
                number(ratio(row.estimate, row.ci_low, row.ci_high)),
                number(interval_ratio(row.estimate, row.ci_low, row.ci_high)),
                number(str(row.n_cells)),
                number(str(row.n_recordings)),
                words(row.method),
                state(row.status, one_line(row.reason or "", LONGEST_REASON)),
            )
            for row in rows
        ),
    )


def versions_table(versions: Mapping[str, str]) -> Table:
    """Versions of the program and its libraries."""
    return Table("Versions", ("software", "version"), tuple((words(n), words(v)) for n, v in versions.items()))


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


def _one_condition(caption: str, head: tuple[str, ...], body: tuple[tuple[Entry, ...], ...]) -> Table:
    """Table without the column of conditions where all rows have one; the caption names it."""
    place = head.index("condition")
    conditions = {row[place].text for row in body}
    if len(conditions) != 1:
        return Table(caption, head, body)
    narrow = tuple(row[:place] + row[place + 1 :] for row in body)
    return Table(f"{caption} ({conditions.pop()})", head[:place] + head[place + 1 :], narrow)


def _reversal(row: ReversalRow) -> tuple[Entry, ...]:
    how = " ".join(part for part in (row.method, "" if row.crossing is Crossing.BRACKETED else row.crossing) if part)
    return (
        words(row.recording),
        words(row.condition),
        words(row.bath),
        number(None if row.out_mM is None else f"{row.out_mM:g}"),
        number(None if row.temperature_C is None else f"{row.temperature_C:.1f}"),
        number(reversal_text(row)),
        number(interval_mV(row.ci_low_mV, row.ci_high_mV)),
        number(millivolts(row.e_nernst_mV)),
        number(millivolts(row.deviation_mV, row.ci_low_mV, row.ci_high_mV)),
        number(millivolts(row.ljp_mV)),
        number(millivolts(row.shared_sd_mV)),
        words(how),
        state(row.status, row.reason),
    )


def words(text: str | None) -> Entry:
    return Entry(text or UNKNOWN)


def number(text: str | None) -> Entry:
    return Entry(text or UNKNOWN, number=True)


def state(status: Status, reason: str | None) -> Entry:
    return Entry(f"{STATUS_SIGN[status]} {status.value}" + (f": {reason}" if reason else ""), status=status)


def _ions(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{ion} {amount:g}" for ion, amount in amounts.items())


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return (
        ", ".join(map(str, value))
        if isinstance(value, Iterable) and not isinstance(value, str)
        else shown(value).strip("'")
    )
