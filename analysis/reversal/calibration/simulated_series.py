"""Reversal potentials and I–V points of cells in a series of baths, as the tables of a measured cell contain them.

They come from the simulator's channel models, which share no formula with the fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.simulate.bath import CHARGE
from reversal.simulate.bath import RigSolution as SimulatedSolution
from reversal.simulate.model_cell import Cell, Gate, GhkChannel, channel_reversal_mV, steady_current_pA
from reversal.tables.iv_table import IVPoint
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.status import Status

VOLTAGES_mV = np.arange(-121.0, 61.0, 10.0)
PERMEABILITY_um3_per_s, POINT_SE_pA = 300.0, 1.0


class Rig:
    """Pipette, baths and errors of a cell; makes its settings, and its reversal potentials from true ratios."""

    def __init__(self) -> None:
        self.pipette = {"K": 140.0, "Na": 10.0, "Cl": 150.0}
        self.baths = k_series(2.5, 5, 10, 20, 40)
        self.celsius = 22.0
        self.se_mV = 0.1
        self.shared_sd_mV = 1.0

    def settings(self, experiment: Experiment, conditions: Sequence[str] = ("control",)) -> CellSettings:
        """Settings of the cell, with each bath declared once in each condition."""
        solutions = {**{k: Solution(ions_mM=v) for k, v in self.baths.items()}, "pip": Solution(ions_mM=self.pipette)}
        entries = [
            SheetEntry(recording=f"{c}_{b}", cell="c1", file=f"{b}.abf", bath=b, pipette="pip", condition=c,
                  temperature_C=self.celsius)
            for c in conditions for b in self.baths
        ]  # fmt: skip
        sheet_rows = tuple(
            SheetRow(row=k + 2, recording=e.recording, cell="c1", experiment="default", entry=e)
            for k, e in enumerate(entries)
        )
        used = {ion for s in solutions.values() for ion in s.ions_mM}
        ions = {ion: IonFacts(z=CHARGE[ion], mobility=1.0) for ion in used}
        return CellSettings(
            cell="c1", sheet_rows=sheet_rows, experiments={"default": experiment}, solutions=solutions, ions=ions
        )

    def reversals(
        self, p: Mapping[str, float], errors_mV: Sequence[float] | np.ndarray | float = 0.0, condition: str = "control"
    ) -> list[ReversalRow]:
        """One reversal potential in each bath for the true ratios ``p``, plus the errors."""
        errors = np.broadcast_to(errors_mV, (len(self.baths),))
        return [
            row_of(name, simulated_reversal_mV(p, out, self.pipette, self.celsius) + float(error), self, condition)
            for (name, out), error in zip(self.baths.items(), errors, strict=True)
        ]


def simulated_reversal_mV(
    p: Mapping[str, float], out: Mapping[str, float], inside: Mapping[str, float], celsius: float
) -> float:
    """Reversal potential of the simulator's channel with permeability ratios ``p`` [mV]."""
    solutions = SimulatedSolution("pipette", inside), SimulatedSolution("bath", out)
    return channel_reversal_mV(GhkChannel(1.0, p), *solutions, celsius)


def row_of(bath: str, e_mV: float, rig: Rig, condition: str = "control") -> ReversalRow:
    """A bracketed reversal potential in a bath, without a finding; the ion of the series is K."""
    return ReversalRow(
        experiment="default", cell="c1", recording=f"{condition}_{bath}", condition=condition, bath=bath,
        pipette="pip", temperature_C=rig.celsius, ion="K", out_mM=rig.baths[bath].get("K", 0.0),
        in_mM=rig.pipette.get("K", 0.0), ljp_mV=0.0, e_rev_mV=e_mV, ci_low_mV=e_mV - 1, ci_high_mV=e_mV + 1,
        method="smooth curve", crossing=Crossing.BRACKETED, e_nernst_mV=None, deviation_mV=None,
        status=Status.OK, reason=None, se_mV=rig.se_mV, shared_sd_mV=rig.shared_sd_mV,
    )  # fmt: skip


def k_series(*k_mM: float) -> dict[str, dict[str, float]]:
    """Baths of 150 mM chloride in which K replaces Na."""
    return {f"K{k:g}": {"K": float(k), "Na": 150.0 - k, "Cl": 150.0} for k in k_mM}


def iv_points(
    rig: Rig,
    p: Mapping[str, float],
    gate: tuple[float, float] | None,
    leak_nS: float = 0.0,
    kind: str = "steady",
    seed: int = 5,
) -> list[IVPoint]:
    """Steady I–V of a cell in each bath, with 1 pA of noise.

    gate : half-activation voltage and slope [mV], None for a channel without gate
    """
    rng = np.random.default_rng(seed)
    gates = () if gate is None else (Gate(*gate, tau_min_ms=1.0, tau_max_ms=1.0),)
    cell = Cell("c1", GhkChannel(PERMEABILITY_um3_per_s, p, gates), cm_pF=15.0, leak_nS=leak_nS)
    pipette = SimulatedSolution("pipette", rig.pipette)
    points = []
    for bath, ions in rig.baths.items():
        noise_pA = POINT_SE_pA * rng.normal(size=VOLTAGES_mV.size)
        i_pA = steady_current_pA(cell, VOLTAGES_mV, pipette, SimulatedSolution(bath, ions), rig.celsius) + noise_pA
        points += [
            IVPoint(experiment="default", cell="c1", recording=f"control_{bath}", condition="control", sweep=sweep,
                    v_command_mV=float(v), v_membrane_mV=float(v), i_pA=float(i), se_pA=POINT_SE_pA, kind=kind)
            for sweep, (v, i) in enumerate(zip(VOLTAGES_mV, i_pA, strict=True))
        ]  # fmt: skip
    return points
