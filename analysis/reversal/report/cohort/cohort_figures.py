"""Figures of all cells, and their files as SVG, PDF and PNG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reversal.report.cell.answers import leak_sentence
from reversal.report.cohort.forest import MEAN_OF, ratio_forest, reversals_of_all, slope_forest
from reversal.report.figure.pdf_numbers import rounded_numbers
from reversal.report.figure.style import styled
from reversal.report.figure.svg import svg_file
from reversal.report.inputs import Night
from reversal.report.text.labels import counted, outside, ratio_name
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection
from reversal.tables.status import Status
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 200
FORMATS = ("svg", "pdf", "png")


@dataclass(frozen=True, slots=True)
class CohortFigure:
    """A figure of all cells: file name, title, and description."""

    name: str
    title: str
    described: str
    figure: Figure


def cohort_figures(night: Night, folder: Path) -> list[Path]:
    """Write every cohort figure as SVG (with text as text), PDF and PNG. Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for drawn in drawn_cohort(night):
        stem = folder / drawn.name
        with whole_file(stem.with_suffix(".svg")) as target:
            target.write_text(svg_file(drawn.figure), encoding="utf-8")
        with whole_file(stem.with_suffix(".pdf")) as target, styled(), rounded_numbers():
            drawn.figure.savefig(target, metadata={"CreationDate": None, "ModDate": None, "Title": drawn.title})
        with whole_file(stem.with_suffix(".png")) as target, styled():
            drawn.figure.savefig(target, dpi=DOTS_PER_INCH, metadata={"Software": None})
        written += [stem.with_suffix(f".{kind}") for kind in FORMATS]
    return written


def drawn_cohort(night: Night) -> Iterator[CohortFigure]:
    """Figures of each experiment: reversal potentials, a forest plot for each ratio, slopes."""
    experiments = dict.fromkeys(
        [r.experiment for r in night.tables.reversals]
        + [r.experiment for r in night.tables.permeabilities]
        + [r.experiment for r in night.tables.nernst]
    )
    for number, experiment in enumerate(experiments):
        of = f", {experiment}" if len(experiments) > 1 else ""
        end = _file_name(experiment, number) if len(experiments) > 1 else ""
        yield from _reversals(night, experiment, of, end)
        yield from _ratios(night, experiment, of, end)
        yield from _slopes(night, experiment, of, end)


def _reversals(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.reversals if row.experiment == experiment]
    for ion in dict.fromkeys(row.ion for row in rows if row.out_mM and row.e_rev_mV is not None):
        selected = [row for row in rows if row.ion == ion]
        cells = len({row.cell for row in selected if row.e_rev_mV is not None})
        label = outside(ion, night.charges.get(ion))
        yield CohortFigure(
            f"reversals_{_safe(ion)}{end}",
            f"Reversal potential against {label}{of}",
            f"Reversal potentials of {counted(cells, 'cell')} with 95 % intervals. An arrow shows that an interval "
            "has no limit on that side. Points of different cells are "
            "offset horizontally. Dashed lines: Nernst.",
            reversals_of_all(selected, ion, night.charges.get(ion)),
        )


def _ratios(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.permeabilities if row.experiment == experiment]
    for ion, reference in dict.fromkeys((row.ion, row.reference) for row in rows):
        selected = [row for row in rows if (row.ion, row.reference) == (ion, reference)]
        pooled = _first_of_each(_pooled(night, experiment, PooledKind.PERMEABILITY_RATIO, ion, reference))
        name = ratio_name(ion, reference)
        yield CohortFigure(
            f"permeability_{_safe(ion)}_{_safe(reference)}{end}",
            f"{name}, by cell{of}",
            f"{name} of {counted(len(selected), 'cell')} with 95 % intervals. Arrows: bounds. Open symbols: flagged."
            + _leak_of_means(pooled),
            ratio_forest(selected, pooled),
        )


def _slopes(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.nernst if row.experiment == experiment]
    if rows:
        pooled = _first_of_each(_pooled(night, experiment, PooledKind.SLOPE_RATIO))
        yield CohortFigure(
            f"slopes{end}",
            f"Slope relative to Nernst, by cell{of}",
            f"Slope of the reversal potential divided by the Nernst slope, {counted(len(rows), 'cell')}, 95 % "
            "intervals. Band: equivalence margin, tested with 90 % intervals." + _leak_of_means(pooled),
            slope_forest(rows, pooled),
        )


def _pooled(
    night: Night, experiment: str, kind: PooledKind, ion: str | None = None, reference: str | None = None
) -> list[PooledRow]:
    wanted = (experiment, kind, ion, reference)
    return [row for row in night.tables.pooled if (row.experiment, row.kind, row.ion, row.reference) == wanted]


def _first_of_each(pooled: Sequence[PooledRow]) -> list[PooledRow]:
    """One mean per condition and selection of cells, by the first method; the table on the page has all methods."""
    known: dict[tuple[str, Selection], PooledRow] = {}
    for row in pooled:
        if row.status is not Status.FAILED:
            known.setdefault((row.condition, row.selection), row)
    return list(known.values())


def _leak_of_means(pooled: Sequence[PooledRow]) -> str:
    """Sentences about the means whose leak is not known, with their range; empty if it is known."""
    known = [(f"{row.n_cells} {MEAN_OF[row.selection]}, {row.condition}", leak_sentence(row)) for row in pooled]
    return "".join(f" Mean of {cells}: {sentence}" for cells, sentence in known if sentence)


def _file_name(experiment: str, number: int) -> str:
    """End of a file name; unique even if names of experiments differ only in special characters."""
    return f"_{number + 1}_{_safe(experiment)}"


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9+-]+", "-", name)[:40]
