"""Cohort figures of a night: which there are, and their files as SVG, PDF and PNG."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reversal.report.cohort.forest import ratio_forest, reversals_of_all, slope_forest
from reversal.report.figure.style import styled
from reversal.report.figure.svg import svg_file
from reversal.report.inputs import Night
from reversal.report.text.labels import outside, ratio_name
from reversal.tables.files import whole_file
from reversal.tables.pooled_table import PooledKind, PooledRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 200
FORMATS = ("svg", "pdf", "png")


@dataclass(frozen=True, slots=True)
class CohortFigure:
    """A figure over all cells: its file name, its title, and what it shows in words."""

    name: str
    title: str
    described: str
    figure: Figure


def cohort_figures(night: Night, folder: Path) -> list[Path]:
    """Write every cohort figure as SVG (text stays text), PDF and PNG; none where there is nothing to show."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for drawn in drawn_cohort(night):
        stem = folder / drawn.name
        with whole_file(stem.with_suffix(".svg")) as target:
            target.write_text(svg_file(drawn.figure), encoding="utf-8")
        with whole_file(stem.with_suffix(".pdf")) as target, styled():
            drawn.figure.savefig(target, metadata={"CreationDate": None, "ModDate": None, "Title": drawn.title})
        with whole_file(stem.with_suffix(".png")) as target, styled():
            drawn.figure.savefig(target, dpi=DOTS_PER_INCH, metadata={"Software": None})
        written += [stem.with_suffix(f".{kind}") for kind in FORMATS]
    return written


def drawn_cohort(night: Night) -> Iterator[CohortFigure]:
    """Draw the figures of each experiment: reversals, a forest for each ratio, slopes."""
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
        mine = [row for row in rows if row.ion == ion]
        cells = len({row.cell for row in mine if row.e_rev_mV is not None})
        label = outside(ion, night.charges.get(ion))
        yield CohortFigure(
            f"reversals_{_safe(ion)}{end}",
            f"Reversal potential against {label}{of}",
            f"Reversal potentials of {cells} cell{_s(cells)}, 95 % intervals, cells a little apart; dashes: Nernst.",
            reversals_of_all(mine, ion, night.charges.get(ion)),
        )


def _ratios(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.permeabilities if row.experiment == experiment]
    for ion, reference in dict.fromkeys((row.ion, row.reference) for row in rows):
        mine = [row for row in rows if (row.ion, row.reference) == (ion, reference)]
        pooled = _pooled(night, experiment, PooledKind.PERMEABILITY_RATIO, ion, reference)
        name = ratio_name(ion, reference)
        yield CohortFigure(
            f"permeability_{_safe(ion)}_{_safe(reference)}{end}",
            f"{name} by cell{of}",
            f"{name} of {len(mine)} cell{_s(len(mine))} with 95 % intervals; arrows: bounds, open: flagged.",
            ratio_forest(mine, _first_of_each(pooled)),
        )


def _slopes(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.nernst if row.experiment == experiment]
    if rows:
        pooled = _pooled(night, experiment, PooledKind.SLOPE_RATIO)
        yield CohortFigure(
            f"slopes{end}",
            f"Slope against Nernst by cell{of}",
            f"Slope of the reversal potential over that of Nernst, {len(rows)} cell{_s(len(rows))}, 95 % intervals; "
            "the band is the margin of equivalence, judged by 90 % intervals.",
            slope_forest(rows, _first_of_each(pooled)),
        )


def _pooled(
    night: Night, experiment: str, kind: PooledKind, ion: str | None = None, reference: str | None = None
) -> list[PooledRow]:
    wanted = (experiment, kind, ion, reference)
    return [row for row in night.tables.pooled if (row.experiment, row.kind, row.ion, row.reference) == wanted]


def _first_of_each(pooled: Sequence[PooledRow]) -> list[PooledRow]:
    """One mean a condition: where several methods made one, the first; the table on the page has them all."""
    known: dict[str, PooledRow] = {}
    for row in pooled:
        if row.estimate is not None:
            known.setdefault(row.condition, row)
    return list(known.values())


def _file_name(experiment: str, number: int) -> str:
    """End of a file name: readable, and different for experiments whose names differ only in odd characters."""
    return f"_{number + 1}_{_safe(experiment)}"


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9+-]+", "-", name)[:40]


def _s(count: int) -> str:
    return "" if count == 1 else "s"
