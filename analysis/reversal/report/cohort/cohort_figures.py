"""Figures of all cells, each for a page, a column of a journal and a slide, as SVG, PDF and PNG, with its data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.report.cell.answers import leak_sentence, ratio_known
from reversal.report.cohort.figure_data import WideTable, as_csv, ratios_wide, reversals_wide, slopes_wide
from reversal.report.cohort.findings_of_night import (
    MeanKey,
    mean_sentence,
    means_of,
    reversals_sentence,
    slopes_sentence,
)
from reversal.report.cohort.forest import MEAN_OF, drawn_forest, ratio_forest, slope_forest
from reversal.report.cohort.group_figures import (
    drawn_lines,
    group_reversals_wide,
    reversal_lines,
    reversals_in_words,
    shift_lines,
    shift_scale,
    shifts_in_words,
    shifts_wide,
)
from reversal.report.cohort.reversals_figure import reversals_of_all
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.drawing import Drawing
from reversal.report.figure.style import SIZES, FigureSize
from reversal.report.inputs import Night
from reversal.report.text.labels import counted, ion_name, ratio_name
from reversal.report.text.typeset import pdf_of, png_of
from reversal.tables.pooled_table import PooledKind, PooledRow
from reversal.tables.sides import common_sides
from reversal.tables.whole_file import whole_file

DOTS_PER_INCH = 300
POINTS_AN_INCH = 72.0
FORMATS = ("svg", "pdf", "png", "csv")


@dataclass(frozen=True, slots=True)
class CohortFigure:
    """A figure of all cells.

    name : of its files;  question, answer : what it shows, for a slide
    described : caption and description for screen readers
    draw : the drawing in a size, with a name that is unique on its page
    mean_of : the mean whose cells it shows, if it shows one
    """

    name: str
    title: str
    question: str
    answer: str
    described: str
    draw: Callable[[str, FigureSize], Drawing]
    data: WideTable
    mean_of: MeanKey | None = None


def cohort_figures(night: Night, folder: Path) -> list[Path]:
    """Write every cohort figure in each size and format, and its data as CSV. Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in drawn_cohort(night):
        for size in SIZES:
            name = f"{one.name}{size.ending}"
            written += files_of(one.draw(name, size), one.described, folder / name)
        written.append(_written(folder / f"{one.name}.csv", as_csv(one.data).encode()))
    return written


def files_of(drawing: Drawing, described: str, name: Path) -> list[Path]:
    """Write a drawing as SVG, PDF and PNG. Returns the paths."""
    inline = drawing.svg(described)
    return [
        _written(name.with_name(f"{name.name}.svg"), drawing.svg_file(described).encode()),
        _written(name.with_name(f"{name.name}.pdf"), pdf_of(inline, drawing.width)),
        _written(name.with_name(f"{name.name}.png"), png_of(inline, drawing.width / POINTS_AN_INCH, DOTS_PER_INCH)),
    ]


def _written(path: Path, content: bytes) -> Path:
    with whole_file(path) as target:
        target.write_bytes(content)
    return path


def drawn_cohort(night: Night) -> Iterator[CohortFigure]:
    """Figures of each experiment: reversal potentials of cells and groups, shifts, each ratio, slopes.

    A figure without any value is left out.
    """
    experiments = dict.fromkeys(
        [r.experiment for r in night.tables.reversals]
        + [r.experiment for r in night.tables.permeabilities]
        + [r.experiment for r in night.tables.nernst]
    )
    for number, experiment in enumerate(experiments):
        of = f", {experiment}" if len(experiments) > 1 else ""
        end = _file_name(experiment, number) if len(experiments) > 1 else ""
        yield from _reversals(night, experiment, of, end)
        yield from _groups(night, experiment, of, end)
        yield from _shifts(night, experiment, of, end)
        yield from _ratios(night, experiment, of, end)
        yield from _slopes(night, experiment, of, end)


def _reversals(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.reversals if row.experiment == experiment]
    for ion in dict.fromkeys(row.ion for row in rows if row.out_mM and row.e_rev_mV is not None):
        selected = [row for row in rows if row.ion == ion]
        cells = len({row.cell for row in selected if row.e_rev_mV is not None})
        seen = against_changed_side(selected, (), ion_name(ion, night.charges.get(ion)))
        yield CohortFigure(
            f"reversals_{_safe(ion)}{end}",
            f"Reversal potential against {seen.label}{of}",
            f"Does E_rev follow {seen.label}?{of and f' ({experiment})'}",
            reversals_sentence(night, experiment, ion),
            f"Reversal potentials of {counted(cells, 'cell')} with 95 % intervals. An arrow shows that an interval "
            "has no limit on that side. Points of different cells are "
            "offset horizontally. Dashed lines: Nernst.",
            lambda name, size, seen=seen: reversals_of_all(seen.reversals, seen.label, name, size),  # type: ignore[misc]
            reversals_wide(seen.reversals, f"{ion}_{seen.column}_mM"),
        )


def _groups(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.group_reversals if row.experiment == experiment and row.e_rev_mV is not None]
    if max((row.n_cells for row in rows), default=0) < 2:
        return  # the figure of all cells shows single cells
    bath = common_sides(rows).bath
    yield CohortFigure(
        f"groups{end}",
        f"Reversal potential by {bath} and group{of}",
        f"What is E_rev in each {bath}?{of and f' ({experiment})'}",
        reversals_in_words(rows),
        f"Mean reversal potential of the cells in each {bath} and group with 95 % intervals, which contain the spread "
        "between cells and the junction error. Potentials are scaled to the mean temperature of the group. Grey dots: "
        "cells; a line joins the groups of one cell. Grey marks: Nernst. Open symbols: flagged.",
        lambda name, size, rows=rows: drawn_lines(  # type: ignore[misc]
            reversal_lines(rows), "E_rev (mV), mean of cells, 95 % interval", False, name, size
        ),
        group_reversals_wide(rows),
    )


def _shifts(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.shifts if row.experiment == experiment]
    if not shift_lines(rows):
        return
    sides = common_sides([row for row in night.tables.group_reversals if row.experiment == experiment])
    yield CohortFigure(
        f"shifts{end}",
        f"Shift of the reversal potential between groups{of}",
        f"Do the groups differ in E_rev?{of and f' ({experiment})'}",
        shifts_in_words(rows),
        f"Difference of E_rev between two groups with 95 % intervals, over all {sides.baths} (diamonds) and in each "
        f"{sides.bath}. "
        "Potentials are scaled to one temperature. "
        "Paired: the same cells; each grey dot is the shift of one. Vertical line: no shift. Open symbols: flagged.",
        lambda name, size, rows=rows: drawn_lines(  # type: ignore[misc]
            shift_lines(rows, sides.baths), shift_scale(rows), True, name, size
        ),
        shifts_wide(rows),
    )


def _ratios(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.permeabilities if row.experiment == experiment]
    for ion, reference in dict.fromkeys((row.ion, row.reference) for row in rows):
        selected = [row for row in rows if (row.ion, row.reference) == (ion, reference)]
        if not any(map(ratio_known, selected)):
            continue
        pooled = means_of(night, experiment, PooledKind.PERMEABILITY_RATIO, ion, reference)
        name = ratio_name(ion, reference)
        forest = ratio_forest(selected, pooled)
        yield CohortFigure(
            f"permeability_{_safe(ion)}_{_safe(reference)}{end}",
            f"{name}, by cell{of}",
            f"How large is {name}?{of and f' ({experiment})'}",
            mean_sentence(name, pooled),
            f"{name} of {counted(len(selected), 'cell')} with 95 % intervals. Arrows: bounds. Open symbols: flagged."
            + _leak_of_means(pooled),
            lambda name, size, forest=forest: drawn_forest(forest, name, size),  # type: ignore[misc]
            ratios_wide(selected),
            (experiment, PooledKind.PERMEABILITY_RATIO, ion, reference),
        )


def _slopes(night: Night, experiment: str, of: str, end: str) -> Iterator[CohortFigure]:
    rows = [row for row in night.tables.nernst if row.experiment == experiment]
    if any(row.slope_ratio is not None for row in rows):
        pooled = means_of(night, experiment, PooledKind.SLOPE_RATIO)
        forest = slope_forest(rows, pooled)
        yield CohortFigure(
            f"slopes{end}",
            f"Slope relative to Nernst, by cell{of}",
            f"Is the slope that of the Nernst equation?{of and f' ({experiment})'}",
            slopes_sentence(rows, pooled),
            f"Slope of the reversal potential divided by the Nernst slope, {counted(len(rows), 'cell')}, 95 % "
            "intervals. Band: equivalence margin, tested with 90 % intervals." + _leak_of_means(pooled),
            lambda name, size, forest=forest: drawn_forest(forest, name, size),  # type: ignore[misc]
            slopes_wide(rows),
            (experiment, PooledKind.SLOPE_RATIO, None, None),
        )


def _leak_of_means(pooled: Sequence[PooledRow]) -> str:
    """Sentences about the means whose leak is not known, with their range; empty if it is known."""
    known = [(f"{row.n_cells} {MEAN_OF[row.selection]}, {row.condition}", leak_sentence(row)) for row in pooled]
    return "".join(f" Mean of {cells}: {sentence}" for cells, sentence in known if sentence)


def _file_name(experiment: str, number: int) -> str:
    """End of a file name; unique even if names of experiments differ only in special characters."""
    return f"_{number + 1}_{_safe(experiment)}"


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9+-]+", "-", name)[:40]
