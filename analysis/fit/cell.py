"""Everything that is fitted to the reversal potentials of one cell."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.experiment.settings import CellSettings
from analysis.fit.curves import curves
from analysis.fit.nernst import nernst_row
from analysis.fit.ratios import permeability_rows
from analysis.fit.results import CellFits
from analysis.fit.series import series_of_cell
from analysis.measure.results import ReversalRow


def fit_cell(reversals: Sequence[ReversalRow], settings: CellSettings) -> CellFits:
    """Permeability ratios, Nernst line and curves of a cell, for every experiment and condition it has.

    Only reversals inside the tested range with status ok or flagged enter; what is left out stands in the reason.
    A quantity that cannot be had is a row with status failed and the sentence why.
    """
    permeabilities, lines, drawn = [], [], []
    for series in series_of_cell(reversals, settings):
        rows = permeability_rows(series)
        permeabilities += rows
        lines.append(nernst_row(series))
        drawn += curves(series, rows) if series.rows else []
    return CellFits(tuple(permeabilities), tuple(lines), tuple(drawn))
