"""The junction correction of a recording: liquid junction of the zeroing bath, and the reference electrode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.errors import Refusal
from reversal.experiment.measure_settings import Junction
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.measure.voltage.voltage_constants import MEASURED_JUNCTION_SD_mV
from reversal.physics.junctions import (
    henderson_mV,
    salt_bridge_mV,
    silver_chloride_mV,
    whole_cell_offset_mV,
)
from reversal.physics.planck import charge_mM, steady_junction


class JunctionRefused(Refusal):
    """A junction potential that cannot be computed as declared."""


@dataclass(frozen=True, slots=True)
class Offset:
    """Junction potentials between command and membrane.

    zeroing_mV : V_L of pipette and zeroing bath, bath minus pipette
    reference_mV : J(bath) − J(zeroing bath) at the reference electrode
    sd_mV : standard deviation, shared by the recordings of a cell
    measured : whether V_L is the user's own measurement
    online_mV : what the acquisition software had already subtracted from the command
    """

    zeroing_mV: float
    reference_mV: float
    sd_mV: float
    measured: bool = False
    online_mV: float = 0.0

    @property
    def total_mV(self) -> float:
        """Command minus membrane potential at zero current."""
        return float(whole_cell_offset_mV(self.zeroing_mV, self.reference_mV, online_mV=self.online_mV))


def junction_offset(entry: SheetEntry, settings: CellSettings, online_mV: float | None = None) -> Offset:
    """Junction terms of a recording; raises JunctionRefused for what cannot be computed.

    online_mV : junction potential that the acquisition software had subtracted from the command before it was recorded
    """
    junction = settings.experiments[entry.experiment].junction
    if not junction.apply:
        return Offset(0.0, 0.0, 0.0)
    zeroing = settings.solutions[entry.zeroing_bath or entry.bath]
    pipette = settings.solutions[entry.pipette]
    zeroing_mV = _liquid_mV(zeroing, pipette, settings, entry, junction) if entry.ljp_mV is None else entry.ljp_mV
    reference_mV = 0.0
    if entry.zeroing_bath is not None and entry.zeroing_bath != entry.bath:
        after = _reference_mV(entry.bath, settings, entry.temperature_C, junction)
        reference_mV = after - _reference_mV(entry.zeroing_bath, settings, entry.temperature_C, junction)
    measured = entry.ljp_mV is not None
    sd = min(junction.sd_mV, MEASURED_JUNCTION_SD_mV) if measured else junction.sd_mV
    return Offset(zeroing_mV, reference_mV, sd, measured, online_mV or 0.0)


def _liquid_mV(
    bath: Solution, pipette: Solution, settings: CellSettings, entry: SheetEntry, junction: Junction
) -> float:
    names = sorted({*bath.ions_mM, *pipette.ions_mM})
    z, mobility = _facts(names, settings)
    outside, inside = _amounts(bath, names), _amounts(pipette, names)
    if junction.method == "nernst_planck":
        # both recipes are electroneutral within the tolerance of the project; the rest is shared by all ions
        residual_mM = float(np.abs(charge_mM([outside, inside], z)).max())
        return steady_junction(outside, inside, z, mobility, entry.temperature_C, tolerance_mM=residual_mM).junction_mV
    return float(henderson_mV(outside, inside, z, mobility, entry.temperature_C))


def _reference_mV(name: str, settings: CellSettings, temperature_C: float, junction: Junction) -> float:
    """J of a bath, named as in solutions.yaml, against the reference electrode [mV]."""
    bath = settings.solutions[name]
    if junction.reference_electrode == "none":
        return 0.0
    if junction.reference_electrode == "ag_agcl":
        chloride = bath.free("Cl")
        if chloride <= 0:
            raise JunctionRefused("a bare Ag/AgCl electrode needs chloride in the bath", place=f"bath {name}")
        return float(silver_chloride_mV(chloride, temperature_C))
    names = sorted(bath.ions_mM)
    z, mobility = _facts(names, settings)
    return float(salt_bridge_mV(_amounts(bath, names), z, mobility, temperature_C))


def _facts(names: list[str], settings: CellSettings) -> tuple[list[int], list[float]]:
    missing = [name for name in names if name not in settings.ions]
    if missing:
        raise JunctionRefused("an ion has no known mobility", found=missing[0], remedy="Add it to your ion table")
    return [settings.ions[name].z for name in names], [settings.ions[name].mobility for name in names]


def _amounts(solution: Solution, names: list[str]) -> list[float]:
    return [solution.total_mM(name) for name in names]
