"""The cell whose traces and I–V curves the slides show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reversal.recordings.recording.recording import Recording
from reversal.report.cell.iv_figure import iv_family
from reversal.report.cell.sweeps_figure import Panel, chosen_sweeps
from reversal.report.figure.drawing import Drawing
from reversal.report.figure.style import concentration_colours
from reversal.tables.iv_table import IVPoint
from reversal.tables.results import Cohort
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.sides import solution_names
from reversal.tables.status import Status


@dataclass(frozen=True, slots=True)
class ExampleCell:
    """Recordings, I–V points and reversal potentials of one bath series of a cell."""

    cell: str
    recordings: Mapping[str, Recording]
    points: Sequence[IVPoint]
    reversals: Sequence[ReversalRow]

    def traces(self) -> Drawing | None:
        """Current and command at the lowest, a middle and the highest concentration."""
        colours = concentration_colours(row.out_mM for row in self.reversals)
        currents = {name: tuple(p.i_pA + (p.leak_pA or 0.0) for p in self._points_of(name)) for name in self.recordings}
        rows = sorted(self.reversals, key=lambda row: (row.out_mM is None, row.out_mM or 0.0))
        names = solution_names(rows)
        panels = [
            Panel(
                f"{names[r.solutions]} · {r.recording}",
                self.recordings[r.recording],
                colours[r.out_mM],
                currents[r.recording],
            )
            for r in rows
            if r.recording in self.recordings
        ]
        return chosen_sweeps(panels, "example")

    def curves(self, ion_label: str) -> Drawing | None:
        """I–V curves; None without points."""
        return iv_family(self.points, self.reversals, ion_label, "example-iv") if self.points else None

    def _points_of(self, name: str) -> list[IVPoint]:
        return [point for point in self.points if point.recording == name]


def chosen_series(tables: Cohort) -> tuple[str, str, str] | None:
    """Cell, experiment and condition with the most sound reversal potentials; the first one of several."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in tables.reversals:
        if row.status is Status.OK and row.crossing is Crossing.BRACKETED:
            key = (row.cell, row.experiment, row.condition)
            counts[key] = counts.get(key, 0) + 1
    return max(counts, key=lambda key: counts[key]) if counts else None
