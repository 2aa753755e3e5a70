"""Nernst potentials and permeant ions of a recording, at its own temperature."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reversal.experiment.activities import effective_mM
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.physics.nernst import nernst_mV


@dataclass(frozen=True, slots=True)
class Prediction:
    """Concentrations of the experiment's ion and its equilibrium potential.

    z : charge of the ion
    out_mM, in_mM : free concentrations as declared; e_nernst_mV : None if the ion is on one side only
    """

    ion: str
    z: int
    out_mM: float
    in_mM: float
    e_nernst_mV: float | None


@dataclass(frozen=True, slots=True)
class IonPotential:
    """An ion and its Nernst potential [mV], infinite if the ion is on one side only."""

    e_mV: float
    ion: str


@dataclass(frozen=True, slots=True)
class IonRange:
    """The lowest and the highest Nernst potential of the ions in bath and cell.

    Every passive current, through channels or a leak, reverses between them.
    """

    low: IonPotential
    high: IonPotential


@dataclass(frozen=True, slots=True)
class Carriers:
    """Ions that carry the current; all shapes (ions,).

    out_mM, in_mM : concentrations or activities; z : charge numbers
    """

    out_mM: tuple[float, ...]
    in_mM: tuple[float, ...]
    z: tuple[int, ...]
    temperature_C: float


def predict(entry: SheetEntry, settings: CellSettings) -> Prediction:
    """Nernst potential of the experiment's ion between a recording's bath and cell.

    Raises DomainError if the declared formulas give no activities for a solution.
    """
    experiment = settings.experiments[entry.experiment]
    bath, cell = settings.solutions[entry.extracellular], settings.solutions[entry.intracellular]
    out_mM, in_mM = bath.free(experiment.ion), cell.free(experiment.ion)
    z = settings.ions[experiment.ion].z if experiment.ion in settings.ions else 0
    if out_mM <= 0 or in_mM <= 0:
        return Prediction(experiment.ion, z, out_mM, in_mM, None)
    outside, inside = (_seen(solution, entry, settings)[experiment.ion] for solution in (bath, cell))
    return Prediction(experiment.ion, z, out_mM, in_mM, float(nernst_mV(outside, inside, z, entry.temperature_C)))


def ion_range(entry: SheetEntry, settings: CellSettings) -> IonRange | None:
    """Range of the Nernst potentials of all ions; None if the ion of the experiment is in neither solution.

    Raises DomainError if the declared formulas give no activities for a solution.
    """
    bath, cell = (
        _seen(settings.solutions[name], entry, settings) for name in (entry.extracellular, entry.intracellular)
    )
    pairs = {ion: (bath.get(ion, 0.0), cell.get(ion, 0.0)) for ion in {**bath, **cell}}
    present = {ion: pair for ion, pair in pairs.items() if sum(pair) > 0 and settings.ions[ion].z != 0}
    if settings.experiments[entry.experiment].ion not in present:
        return None
    potentials = [
        IonPotential(_nernst_mV(*pair, settings.ions[ion].z, entry.temperature_C), ion) for ion, pair in present.items()
    ]
    return IonRange(min(potentials, key=lambda one: one.e_mV), max(potentials, key=lambda one: one.e_mV))


def _nernst_mV(out: float, inside: float, z: int, temperature_C: float) -> float:
    """Nernst potential [mV]; infinite for an ion on one side only."""
    if out > 0 and inside > 0:
        return float(nernst_mV(out, inside, z, temperature_C))
    return math.copysign(math.inf, z if out > 0 else -z)


def _seen(solution: Solution, entry: SheetEntry, settings: CellSettings) -> Mapping[str, float]:
    return effective_mM(solution, settings.ions, settings.experiments[entry.experiment].activity, entry.temperature_C)


def carriers_of(entry: SheetEntry, settings: CellSettings) -> Carriers | None:
    """Permeant ions of the experiment on both sides; None if neither solution contains one."""
    experiment = settings.experiments[entry.experiment]
    bath, cell = settings.solutions[entry.extracellular], settings.solutions[entry.intracellular]
    names = [name for name in (*experiment.permeant, *experiment.divalents) if bath.free(name) + cell.free(name) > 0]
    if not names:
        return None
    outside, inside = (_seen(solution, entry, settings) for solution in (bath, cell))
    return Carriers(
        tuple(outside.get(name, 0.0) for name in names),
        tuple(inside.get(name, 0.0) for name in names),
        tuple(settings.ions[name].z for name in names),
        entry.temperature_C,
    )
