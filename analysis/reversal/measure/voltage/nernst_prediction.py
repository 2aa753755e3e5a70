"""Nernst potentials and permeant ions of a recording, at its own temperature."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reversal.experiment.activities import effective_mM
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV


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
    """An ion and its Nernst potential [mV], infinite if the ion is on one side only.

    z : charge of the ion; out_mM, in_mM : its concentrations or activities
    """

    e_mV: float
    ion: str
    z: int = 1
    out_mM: float = 0.0
    in_mM: float = 0.0


@dataclass(frozen=True, slots=True)
class IonRange:
    """The Nernst potentials of the ions in bath and cell.

    Every passive current, through channels or a leak, reverses between the lowest and the highest.
    """

    ions: tuple[IonPotential, ...]

    @property
    def low(self) -> IonPotential:
        """The ion with the lowest Nernst potential."""
        return min(self.ions, key=lambda one: one.e_mV)

    @property
    def high(self) -> IonPotential:
        """The ion with the highest Nernst potential."""
        return max(self.ions, key=lambda one: one.e_mV)


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
    charges = {ion: settings.ions[ion].z for ion in present}
    return IonRange(
        tuple(
            IonPotential(_nernst_mV(*pair, charges[ion], entry.temperature_C), ion, charges[ion], *pair)
            for ion, pair in present.items()
        )
    )


def largest_shift_mV(before: IonRange, after: IonRange, temperature_C: float) -> tuple[float, float]:
    """Largest shifts of E_rev to negative (≤ 0) and to positive potentials (≥ 0) at constant permeabilities.

    Currents of monovalent ions cancel in a constant field where exp(EF/RT) is the quotient of two sums: of cations
    outside and anions inside, and of cations inside and anions outside, each times its permeability. Each sum changes
    by a factor between those of its terms, so that the shift is at most that of one ion. If cations and anions change,
    it can be the sum of two. An ion of higher charge, whose flux does not only depend on its own gradient, counts as
    monovalent: next to a monovalent ion, its effect may be as large. The bound is infinite if an ion is added or left
    out.
    """

    def changes(outside: bool) -> list[float]:
        was, now = (
            {one.ion: one.out_mM if outside is (one.z > 0) else one.in_mM for one in ions.ions}
            for ions in (before, after)
        )
        return [0.0, *(_log_ratio(was.get(ion, 0.0), now.get(ion, 0.0)) for ion in {**was, **now})]

    thermal_mV = float(thermal_voltage_mV(temperature_C))
    raising, lowering = changes(outside=True), changes(outside=False)
    return thermal_mV * (min(raising) - max(lowering)), thermal_mV * (max(raising) - min(lowering))


def _log_ratio(was: float, now: float) -> float:
    """Logarithm of now/was; infinite if one of them is 0, 0 if both are."""
    if was > 0 and now > 0:
        return math.log(now / was)
    return math.copysign(math.inf, now - was) if now != was else 0.0


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
