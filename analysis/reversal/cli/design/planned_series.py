"""A planned series: baths, the other solution, temperature, errors, number of cells, assumed permeability ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import Refusal
from reversal.experiment.configuration import Experiment
from reversal.experiment.preparations import Clamped
from reversal.experiment.recording_configuration import with_sides
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.fit.activity_scale import on_activities
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.measure.voltage.junction_correction import junction_offset
from reversal.measure.voltage.nernst_prediction import predict
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.ion import Ion
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status


@dataclass(frozen=True, slots=True)
class PlannedSeries:
    """A series of recordings that is planned, the same in each cell.

    solutions : all solutions of the project by name;  baths : names of those of the series, in order
    pipette, inside : solution of the pipette, and the one in the cell where the configuration needs it
    noise_mV : standard error of one reversal potential, from noise and series resistance [mV]
    p_ratios : assumed permeability ratios of the permeant ions; 1 for the reference
    warnings : what of the project is left out
    """

    name: str
    experiment: Experiment
    solutions: Mapping[str, Solution]
    ions: Mapping[str, Ion]
    baths: tuple[str, ...]
    pipette: str
    inside: str | None
    temperature_C: float
    noise_mV: float
    cells: int
    p_ratios: Mapping[str, float]
    warnings: tuple[str, ...] = ()

    def adding(self, name: str, recipe: Solution) -> PlannedSeries:
        """The plan with one more bath."""
        return replace(self, solutions={**self.solutions, name: recipe}, baths=(*self.baths, name))

    def settings(self) -> CellSettings:
        """Settings of a planned cell, as of a recorded one. Raises Refusal for a plan that contradicts itself."""
        entries = [self._entry(bath) for bath in self.baths]
        used = {name: self.solutions[name] for e in entries for name in (e.bath, e.pipette, e.inside) if name}
        ions = {ion for one in used.values() for ion in one.ions_mM}
        ions |= {self.experiment.ion, self.experiment.reference, *self.p_ratios}
        return CellSettings(
            cell="planned",
            sheet_rows=tuple(
                SheetRow(row=row, recording=e.recording, cell=e.cell, experiment=self.name, entry=e)
                for row, e in enumerate(entries, 2)
            ),
            experiments={self.name: self.experiment},
            solutions=used,
            ions={ion: IonFacts.of(self.ions[ion]) for ion in sorted(ions)},
        )

    def _entry(self, bath: str) -> SheetEntry:
        pipette = self.pipette if self.experiment.configuration.has_pipette else ""
        entry = SheetEntry(
            recording=f"in {bath}",
            cell="planned",
            file=bath,
            bath=bath,
            pipette=pipette,
            inside=self.inside,
            zeroing_bath=self.baths[0] if pipette else None,
            temperature_C=self.temperature_C,
            experiment=self.name,
        )
        return with_sides(entry, self.experiment)


def expected_series(plan: PlannedSeries) -> BathSeries:
    """The reversal potentials that a cell of the plan has without error, with the errors that the fits assume.

    Raises Refusal if the plan is not valid, or if no voltage is a reversal potential.
    """
    clamped = plan.experiment.configuration
    if clamped in (Clamped.BILAYER, Clamped.CELL_ATTACHED):
        raise Refusal(
            f"a series of baths in the configuration {clamped.value} cannot be planned",
            remedy="Plan it as `whole_cell`, with the solutions of both sides as baths and pipette",
        )
    settings = plan.settings()
    rows = [_row(entry, plan, settings) for entry in settings.entries.values()]
    series = next(series_of_cell(rows, settings))
    if plan.experiment.activity == "pitzer":
        series = on_activities(series, settings)
    return replace(series, e_mV=_ghk_mV(series, plan.p_ratios))


def _ghk_mV(series: BathSeries, p_ratios: Mapping[str, float]) -> FloatArray:
    """Reversal potentials (n,) [mV] for the assumed ratios."""
    p = np.array([p_ratios.get(ion, 0.0) for ion in series.ions])
    return np.asarray(ghk_voltage_mV(p, series.out_mM, series.in_mM, series.z, series.temperature_C))


def _row(entry: SheetEntry, plan: PlannedSeries, settings: CellSettings) -> ReversalRow:
    """A row as of a measured recording; its reversal potential is filled in later."""
    nernst = predict(entry, settings)
    offset = junction_offset(entry, settings)
    return ReversalRow(
        experiment=plan.name,
        cell=entry.cell,
        recording=entry.recording,
        condition=entry.condition,
        bath=entry.bath,
        pipette=entry.pipette,
        temperature_C=entry.temperature_C,
        ion=nernst.ion,
        out_mM=nernst.out_mM,
        in_mM=nernst.in_mM,
        ljp_mV=offset.total_mV,
        e_rev_mV=0.0,
        ci_low_mV=None,
        ci_high_mV=None,
        method=None,
        crossing=Crossing.BRACKETED,
        e_nernst_mV=nernst.e_nernst_mV,
        deviation_mV=None,
        status=Status.OK,
        reason=None,
        se_mV=plan.noise_mV,
        shared_sd_mV=float(np.hypot(offset.sd_mV, nernst_sd_mV(nernst.e_nernst_mV, entry.temperature_C))),
        inside=entry.inside,
        outside=entry.outside,
    )
