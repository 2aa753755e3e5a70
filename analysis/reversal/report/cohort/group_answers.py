"""What the cohort says, in sentences, and the reversal potentials of its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reversal.report.cohort.group_figures import of_all_baths, reversals_in_words
from reversal.report.text.rounding import interval_mV, millivolts
from reversal.report.text.tabulated import Table, known_columns, number, state, table_of, words
from reversal.tables.answer_sentences import comparison_sentence
from reversal.tables.group_reversals_table import GroupReversalRow
from reversal.tables.results import Cohort
from reversal.tables.sides import common_sides, solution_names
from reversal.tables.status import Status, worst


@dataclass(frozen=True, slots=True)
class GroupSentence:
    """An answer for all cells, their reversal potentials, or a difference of two groups, with the status."""

    sentence: str
    status: Status


def group_sentences(tables: Cohort) -> list[GroupSentence]:
    """The answers for the groups, their reversal potentials, then the differences between them.

    Differences in single baths are in the table only.
    """
    several = len({row.experiment for row in tables.recordings}) > 1
    answers = [
        GroupSentence(f"{f'{row.experiment}, ' if several else ''}{row.condition}: {row.sentence}", row.status)
        for row in tables.answers
        if not row.cell
    ]
    return [
        *answers,
        *(
            GroupSentence(
                f"{f'{rows[0].experiment}: ' if several else ''}{reversals_in_words(rows)}",
                worst(row.status for row in rows),
            )
            for rows in _means(tables)
        ),
        *(GroupSentence(comparison_sentence(row), row.status) for row in tables.comparisons),
        *(GroupSentence(row.sentence, row.status) for row in of_all_baths(tables.shifts)),
    ]


def _means(tables: Cohort) -> list[list[GroupReversalRow]]:
    """Mean reversal potentials of two cells or more, by experiment."""
    known = [row for row in tables.group_reversals if row.e_rev_mV is not None and row.n_cells > 1]
    return [[row for row in known if row.experiment == name] for name in dict.fromkeys(row.experiment for row in known)]


def group_reversals_table(rows: Sequence[GroupReversalRow]) -> Table:
    """Mean reversal potential of each group in each bath."""
    sides, names = common_sides(rows), solution_names(rows)
    table = table_of(
        f"Reversal potentials of all cells, by {sides.bath} (95 % interval: spread between cells and junction error)",
        rows,
        ("experiment", lambda r: words(r.experiment)),
        ("condition", lambda r: words(r.condition)),
        (sides.bath, lambda r: words(names[r.solutions])),
        ("E_rev (mV)", lambda r: number(millivolts(r.e_rev_mV, r.ci_low_mV, r.ci_high_mV))),
        ("95 % interval (mV)", lambda r: number(interval_mV(r.ci_low_mV, r.ci_high_mV))),
        ("SD of cells (mV)", lambda r: number(millivolts(r.between_cell_sd_mV))),
        ("Nernst (mV)", lambda r: number(millivolts(r.e_nernst_mV))),
        ("cells", lambda r: number(str(r.n_cells))),
        ("is of", lambda r: words(r.e_rev_of)),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return known_columns(table)
