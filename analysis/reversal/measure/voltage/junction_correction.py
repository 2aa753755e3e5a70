"""The junction correction of a recording: liquid junction of the zeroing bath, and the reference electrode.

Three facts are declared separately: who corrected the liquid junction (``junction.apply``), in which bath the amplifier
was zeroed (``zeroing_bath``), and what the reference electrode is (``junction.reference_electrode``). A correction by
the rig is made once, before the bath is changed. It does not contain the change of the reference electrode, which is
subtracted in every case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.errors import Refusal
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Junction
from reversal.experiment.preparations import Clamped
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.measure.voltage.voltage_constants import MEASURED_JUNCTION_SD_mV, SATURATED_CHLORIDE_mM, UNDECLARED_mV
from reversal.physics.junctions import (
    henderson_mV,
    mobility_sd_mV,
    salt_bridge_mV,
    silver_chloride_mV,
    whole_cell_offset_mV,
)
from reversal.physics.planck import charge_mM, steady_junction
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


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
    undeclared_mV : largest change of the total if the amplifier was zeroed in another bath of the cell, or in a
        solution of no recording where the cell has several baths; 0 if the zeroing bath is declared
    resting_mV : potential of the cell with which a cell-attached patch is in series, added to the membrane potential
    undeclared_ground_mV : change of the total if an undeclared ground is a bare Ag/AgCl electrode; 0 if it is declared
    """

    zeroing_mV: float
    reference_mV: float
    sd_mV: float
    measured: bool = False
    online_mV: float = 0.0
    undeclared_mV: float = 0.0
    undeclared_ground_mV: float = 0.0
    resting_mV: float = 0.0

    @property
    def total_mV(self) -> float:
        """Command minus membrane potential at zero current."""
        of_junctions = whole_cell_offset_mV(self.zeroing_mV, self.reference_mV, online_mV=self.online_mV)
        return float(of_junctions) - self.resting_mV

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings about the correction."""
        undeclared = {
            Code.ZEROING_BATH_UNDECLARED: self.undeclared_mV,
            Code.GROUND_UNDECLARED: self.undeclared_ground_mV,
        }
        return (
            *([finding(Code.JUNCTION_ONLINE, self.online_mV)] if self.online_mV else []),
            *(finding(code, mV, UNDECLARED_mV) for code, mV in undeclared.items() if mV > UNDECLARED_mV),
        )


def junction_offset(entry: SheetEntry, settings: CellSettings, online_mV: float | None = None) -> Offset:
    """Junction terms of a recording; raises JunctionRefused for what cannot be computed.

    online_mV : junction potential that the acquisition software had subtracted from the command before it was recorded
    """
    experiment = settings.experiments[entry.experiment]
    if experiment.configuration is Clamped.BILAYER:
        return _of_two_chambers(entry, settings, experiment.junction)
    offset = _of_pipette(entry, settings, experiment, online_mV)
    if not experiment.configuration.is_inverted:
        return offset
    return replace(
        offset,
        zeroing_mV=-offset.zeroing_mV,
        reference_mV=-offset.reference_mV,
        online_mV=-offset.online_mV,
        resting_mV=entry.resting_mV or 0.0,
        sd_mV=float(np.hypot(offset.sd_mV, entry.resting_sd_mV or 0.0)),
    )


def _of_two_chambers(entry: SheetEntry, settings: CellSettings, junction: Junction) -> Offset:
    """Difference of the electrodes of a bilayer, which were zeroed in one solution; 0 if the rig corrected it."""
    if not junction.apply:
        return Offset(0.0, 0.0, 0.0)
    outside, inside = (_reference_mV(n, settings, entry.temperature_C, junction) for n in (entry.bath, entry.pipette))
    ground_mV = 0.0
    if junction.reference_electrode is None:
        bare = junction.model_copy(update={"reference_electrode": "ag_agcl"})
        both = (_reference_mV(n, settings, entry.temperature_C, bare) for n in (entry.bath, entry.pipette))
        first, second = both
        ground_mV = abs((first - second) - (outside - inside))
    return Offset(0.0, outside - inside, junction.sd_mV, undeclared_ground_mV=ground_mV)


def _of_pipette(entry: SheetEntry, settings: CellSettings, experiment: Experiment, online_mV: float | None) -> Offset:
    """Junction terms of the potential of a pipette, or of an electrode inside, against the bath."""
    junction = experiment.junction
    zeroing_mV, reference_mV = _terms_mV(entry, entry.zeroing_bath or entry.bath, settings, junction)
    others = list(_other_baths(entry, settings, junction))
    of_cell_mV = _undeclared_mV(entry, others, settings, junction)
    unused = [name for name in settings.unused_solutions if others and _zeroed_in(name, settings, junction)]
    undeclared_mV = max(of_cell_mV, _undeclared_mV(entry, unused, settings, junction))
    ground_mV = _undeclared_ground_mV(entry, settings, junction)
    if not junction.apply:
        _check_declared(of_cell_mV, entry)
        sd_mV = junction.sd_mV if reference_mV else 0.0
        return Offset(0.0, reference_mV, sd_mV, undeclared_mV=undeclared_mV, undeclared_ground_mV=ground_mV)
    measured = entry.ljp_mV is not None
    sd = min(junction.sd_mV, MEASURED_JUNCTION_SD_mV) if measured else junction.sd_mV
    if not measured and experiment.configuration.has_pipette:
        sd = float(np.hypot(sd, _mobility_sd_mV(entry.zeroing_bath or entry.bath, entry, settings)))
    return Offset(zeroing_mV, reference_mV, sd, measured, online_mV or 0.0, undeclared_mV, ground_mV)


def _terms_mV(entry: SheetEntry, zeroing: str, settings: CellSettings, junction: Junction) -> tuple[float, float]:
    """V_L of the zeroing bath, 0 if the rig corrected it, and change of the reference electrode since zeroing [mV]."""
    liquid_mV = 0.0
    if junction.apply and settings.experiments[entry.experiment].configuration.has_pipette:
        bath, pipette = settings.recipes[zeroing], settings.recipes[entry.pipette]
        liquid_mV = _liquid_mV(bath, pipette, settings, entry, junction) if entry.ljp_mV is None else entry.ljp_mV
    if zeroing == entry.bath:
        return liquid_mV, 0.0
    after, before = (_reference_mV(name, settings, entry.temperature_C, junction) for name in (entry.bath, zeroing))
    return liquid_mV, after - before


def _undeclared_mV(entry: SheetEntry, others: Sequence[str], settings: CellSettings, junction: Junction) -> float:
    """Largest change of the total offset if the amplifier was zeroed in another solution [mV]; 0 if it is declared."""
    if entry.zeroing_bath:
        return 0.0
    here = sum(_terms_mV(entry, entry.bath, settings, junction))
    return max((abs(sum(_terms_mV(entry, name, settings, junction)) - here) for name in others), default=0.0)


def _undeclared_ground_mV(entry: SheetEntry, settings: CellSettings, junction: Junction) -> float:
    """Error of the offset if an undeclared ground is a bare Ag/AgCl electrode, not a bridge [mV].

    Between the bath and its zeroing bath; between the bath and every bath of the cell if that is not declared either.
    """
    if junction.reference_electrode is not None:
        return 0.0
    others = [entry.zeroing_bath] if entry.zeroing_bath else list(_other_baths(entry, settings, junction))
    here, *there = (
        silver_chloride_mV(max(settings.recipes[name].free("Cl"), SATURATED_CHLORIDE_mM), entry.temperature_C)
        - _reference_mV(name, settings, entry.temperature_C, junction)
        for name in (entry.bath, *others)
    )
    return max((abs(float(here - one)) for one in there), default=0.0)


def _other_baths(entry: SheetEntry, settings: CellSettings, junction: Junction) -> Iterator[str]:
    """Further baths of the cell and pipette in which the amplifier may have been zeroed, each once."""
    of_cell = [one for one in settings.entries.values() if one.pipette == entry.pipette]
    for name in dict.fromkeys(name for one in of_cell for name in (one.zeroing_bath, one.bath) if name):
        if name != entry.bath and _zeroed_in(name, settings, junction):
            yield name


def _zeroed_in(name: str, settings: CellSettings, junction: Junction) -> bool:
    """Whether a solution can be the zeroing bath: a bare Ag/AgCl electrode cannot be zeroed without chloride."""
    return junction.reference_electrode != "ag_agcl" or settings.recipes[name].free("Cl") > 0


def _check_declared(undeclared_mV: float, entry: SheetEntry) -> None:
    """Refuse a correction made in an unknown bath before a bath change: only one bath has the right voltage."""
    if undeclared_mV > UNDECLARED_mV:
        raise JunctionRefused(
            f"the rig corrected the junction, the bath of the cell was changed, and the zeroing bath is not declared: "
            f"the potential of the reference electrode differs by up to {undeclared_mV:.1f} mV between the baths",
            place=f"bath {entry.bath}",
            expected="a zeroing bath",
            remedy="Write the bath in which the pipette was zeroed in the column 'zeroing_bath'; the bath of the "
            "recording itself if it was zeroed again after the change",
        )


def seal_reversal_mV(entry: SheetEntry, settings: CellSettings) -> float:
    """Membrane potential at which a leak through the seal reverses: −V_L of pipette and bath [mV].

    The sheet may state it. A measured junction potential of the zeroing bath replaces the computed one. Without a
    pipette, the leak is that of the membrane, which is assumed to reverse at 0 mV.
    """
    if entry.seal_e_mV is not None:
        return entry.seal_e_mV
    experiment = settings.experiments[entry.experiment]
    if not experiment.configuration.has_pipette:
        return 0.0
    e_mV = _open_pipette_mV(entry, settings, experiment.junction)
    return (entry.resting_mV or 0.0) - e_mV if experiment.configuration.is_inverted else e_mV


def _open_pipette_mV(entry: SheetEntry, settings: CellSettings, junction: Junction) -> float:
    """Potential of the pipette against the bath at which a leak between them passes no current [mV]."""
    bath, pipette = settings.recipes[entry.bath], settings.recipes[entry.pipette]
    here = _liquid_mV(bath, pipette, settings, entry, junction)
    if entry.ljp_mV is None:
        return -here
    zeroing = settings.recipes[entry.zeroing_bath or entry.bath]
    return -(entry.ljp_mV + here - _liquid_mV(zeroing, pipette, settings, entry, junction))


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


def _mobility_sd_mV(zeroing: str, entry: SheetEntry, settings: CellSettings) -> float:
    """Error of V_L from mobilities that were estimated [mV]."""
    bath, pipette = settings.recipes[zeroing], settings.recipes[entry.pipette]
    names = sorted({*bath.ions_mM, *pipette.ions_mM})
    z, mobility = _facts(names, settings)
    errors = [settings.ions[name].mobility_error for name in names]
    outside, inside = _amounts(bath, names), _amounts(pipette, names)
    return mobility_sd_mV(outside, inside, z, mobility, errors, entry.temperature_C)


def _reference_mV(name: str, settings: CellSettings, temperature_C: float, junction: Junction) -> float:
    """J of a bath, named as in solutions.yaml, against the reference electrode [mV]."""
    bath = settings.recipes[name]
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
