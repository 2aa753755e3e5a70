"""No text of a figure is clipped, overlaps another, or is crossed by a line, in every figure and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from reversal.experiment.step_settings import CellSettings
from reversal.report.cell.cell_figures import cell_figures
from reversal.report.cell.cell_story import cell_story
from reversal.report.cell.iv_figure import iv_family
from reversal.report.cell.profile_figure import ratio_profiles
from reversal.report.cell.series_figure import reversal_series
from reversal.report.cohort.cell_grid import CELLS_A_GRID, cell_grid
from reversal.report.cohort.cohort_figures import drawn_cohort
from reversal.report.cohort.thumbnail import thumbnail
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.figure.drawing import Drawing
from reversal.report.figure.style import SIZES, FigureSize
from reversal.report.inputs import Night, Provenance
from reversal.tables.nernst_table import Verdict
from reversal.tables.permeabilities_table import Bound
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.status import Status
from tests.report.text_boxes import faults

LONG = "细胞 <b>α</b> " + "long name " * 8


def test_a_clipped_an_overlapping_and_a_crossed_text_are_found() -> None:
    drawing = Drawing("a", 100, 50)
    drawing.text(80, 10, "hello world")
    drawing.text(10, 30, "abc")
    drawing.text(12, 31, "abd")
    drawing.line([0, 60], [40, 40], "#123456")
    drawing.text(10, 41, "below")
    found = faults(drawing.svg("described"))
    assert found == ["clipped: hello world", "overlap: abc | abd", "crossed: below by #123456"]


def test_texts_of_a_cell_have_room(
    outcomes: list, measures: CellMeasures, fits: CellFits, settings: CellSettings, provenance: Provenance
) -> None:
    figures = cell_figures(cell_story("c1", outcomes, measures, fits, settings, provenance))
    drawn = [*figures.sweeps, *figures.chosen, *figures.budget]
    drawn += [one for series in figures.series for one in (*series.wide, *series.narrow, *series.profiles)]
    assert len(drawn) >= 5
    for one in drawn:
        assert faults(one.drawing) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.ending or "page")
@pytest.mark.parametrize("cells", [1, 8, 66])
def test_texts_of_the_cohort_have_room(rows: ModuleType, provenance: Provenance, cells: int, size: FigureSize) -> None:
    drawn = list(drawn_cohort(rows.a_night(provenance, cells)))
    assert len(drawn) == 3
    for one in drawn:
        assert faults(one.draw(one.name, size).svg("described")) == []


def test_texts_of_strange_cohorts_have_room(rows: ModuleType, provenance: Provenance) -> None:
    for night in strange(rows.a_night(provenance, 5)):
        for one in drawn_cohort(night):
            for size in SIZES:
                assert faults(one.draw(one.name, size).svg("described")) == []


def strange(night: Night) -> Iterator[Night]:
    """Long names, several conditions, wide intervals, all verdicts, one bath, baths close together."""
    tables = night.tables
    long = [{"cell": f"{n} {LONG}", "condition": f"{n % 3} {LONG}"} for n in range(5)]
    verdicts = list(Verdict)
    yield replace(
        night,
        tables=replace(
            tables,
            permeabilities=tuple(r.model_copy(update=u) for r, u in zip(tables.permeabilities, long, strict=True)),
            nernst=tuple(
                r.model_copy(
                    update=u | {"verdict": verdicts[n % 3], "slope_ratio": 0.2 + 0.4 * n, "ratio_ci_low": -3.0}
                )
                for n, (r, u) in enumerate(zip(tables.nernst, long, strict=True))
            ),
            reversals=tuple(r.model_copy(update=long[n % 5]) for n, r in enumerate(tables.reversals)),
        ),
    )
    yield replace(
        night,
        tables=replace(
            tables,
            reversals=tuple(row for row in tables.reversals if row.out_mM == 5.0),
            permeabilities=tuple(
                row.model_copy(update={"p_ratio": None, "ci_low": 1e-3, "ci_high": None, "bound": Bound.LOWER})
                for row in tables.permeabilities
            ),
        ),
    )
    close = {2.5: 5.0, 5.0: 5.1, 10.0: 5.3, 20.0: 1e-4, 40.0: 123456.789}
    yield replace(
        night,
        tables=replace(
            tables,
            reversals=tuple(
                row.model_copy(update={"out_mM": close[row.out_mM or 0.0], "ci_low_mV": None, "status": Status.FLAGGED})
                for row in tables.reversals
            ),
        ),
    )


@pytest.mark.parametrize("cells", [1, 3, 7, CELLS_A_GRID])
def test_texts_of_small_plots_have_room(rows: ModuleType, cells: int) -> None:
    made = [[rows.reversal_row(f"cell {n} {LONG}", "r", level) for level in (2.5, 40.0)] for n in range(cells)]
    assert faults(cell_grid(made, "grid").svg("described")) == []
    assert faults(thumbnail(made[0], "[K⁺]ₒ")) == []


@pytest.mark.parametrize("span", [0.01, 0.1, 1.0, 6.0, 14.0])
def test_texts_of_profiles_have_room(rows: ModuleType, span: float) -> None:
    ions = [("Na", "K"), ("NMDG", "K"), ("Verylongionname", "K")]
    for count in (1, 2, 3):
        ratios, points = [], []
        for ion, reference in ions[:count]:
            ratios.append(rows.permeability_row("c", ion=ion, reference=reference, ci_low=0.0213 * np.exp(-span / 2)))
            points += [
                one.model_copy(update={"ion": ion, "p_ratio": 0.0213 * np.exp(span * x)})
                for one, x in zip(rows.profile_of("c"), np.linspace(-0.6, 0.6, 31).tolist(), strict=True)
            ]
        drawing = ratio_profiles(points, ratios, "profile")
        assert drawing is not None
        assert faults(drawing.svg("described")) == []


@pytest.mark.parametrize("gain", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize("shift_mV", [-100.0, -40.0, 0.0, 60.0, 120.0])
def test_texts_of_curves_have_room(rows: ModuleType, gain: float, shift_mV: float) -> None:
    measures = rows.some_measures("c")
    points = [
        point.model_copy(update={"i_pA": gain * point.i_pA, "v_membrane_mV": point.v_membrane_mV + shift_mV})
        for point in measures.iv
    ]
    moved = [
        row.model_copy(update={"e_rev_mV": row.e_rev_mV and row.e_rev_mV + shift_mV}) for row in measures.reversals
    ]
    assert faults(iv_family(points, moved, "[K⁺]ₒ", "iv").svg("described")) == []
    moved = [row.model_copy(update={"ci_low_mV": None}) for row in moved]
    assert (
        faults(reversal_series(against_changed_side(moved, rows.curves_of("c"), "K⁺"), "series").svg("described")) == []
    )
