"""Cells with known permeabilities, made without the code under test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.tables.measured import Crossing, IVPoint, ReversalRow, Status

CHARGES = {"K": 1, "Na": 1, "Cs": 1, "Li": 1, "Rb": 1, "NMDG": 1, "Cl": -1, "HCO3": -1, "Ca": 2, "Ba": 2, "Mg": 2}


def reversal_by_bisection(
    p: Mapping[str, float], out: Mapping[str, float], inside: Mapping[str, float], celsius: float
) -> float:
    """Zero of the summed constant-field currents [mV], stated here on its own and halved down to it."""
    thermal = 8.31446261815324 * (celsius + 273.15) / 96485.33212331 * 1e3

    def current(v_mV: float) -> float:
        total = 0.0
        for ion, permeability in p.items():
            z = CHARGES[ion]
            x = z * v_mV / thermal
            c_in, c_out = inside.get(ion, 0.0), out.get(ion, 0.0)
            if abs(x) < 1e-9:
                total += permeability * z * (c_in - c_out)
            else:
                total += permeability * z * x * (c_in - c_out * math.exp(-x)) / (1 - math.exp(-x))
        return total

    low, high = -400.0, 400.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if current(middle) < 0 else (low, middle)
    return (low + high) / 2


class Rig:
    """Makes the reversals and the settings of a cell from its true ratios."""

    def __init__(self) -> None:
        self.pipette = {"K": 140.0, "Na": 10.0, "Cl": 150.0}
        self.baths = k_series(2.5, 5, 10, 20, 40)
        self.celsius = 22.0
        self.se_mV = 0.1
        self.shared_sd_mV = 1.0

    def settings(self, experiment: Experiment, conditions: Sequence[str] = ("control",)) -> CellSettings:
        """Declare every bath once for each condition."""
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
        ions = {ion: IonFacts(z=CHARGES[ion], mobility=1.0) for ion in used}
        return CellSettings(
            cell="c1", sheet_rows=sheet_rows, experiments={"default": experiment}, solutions=solutions, ions=ions
        )

    def reversals(
        self, p: Mapping[str, float], errors_mV: Sequence[float] | np.ndarray | float = 0.0, condition: str = "control"
    ) -> list[ReversalRow]:
        """Give one reversal a bath at true ratios ``p``, moved by the errors."""
        errors = np.broadcast_to(errors_mV, (len(self.baths),))
        return [
            row_of(name, reversal_by_bisection(p, out, self.pipette, self.celsius) + float(error), self, condition)
            for (name, out), error in zip(self.baths.items(), errors, strict=True)
        ]


def row_of(bath: str, e_mV: float, rig: Rig, condition: str = "control") -> ReversalRow:
    """Give a sound reversal of the series ion K."""
    return ReversalRow(
        experiment="default", cell="c1", recording=f"{condition}_{bath}", condition=condition, bath=bath,
        pipette="pip", temperature_C=rig.celsius, ion="K", out_mM=rig.baths[bath].get("K", 0.0),
        in_mM=rig.pipette.get("K", 0.0), ljp_mV=0.0, e_rev_mV=e_mV, ci_low_mV=e_mV - 1, ci_high_mV=e_mV + 1,
        method="local regression", crossing=Crossing.BRACKETED, e_nernst_mV=None, deviation_mV=None,
        status=Status.OK, reason=None, se_mV=rig.se_mV, shared_sd_mV=rig.shared_sd_mV,
    )  # fmt: skip


def k_series(*k_mM: float) -> dict[str, dict[str, float]]:
    """Baths of 150 mM chloride in which K replaces Na."""
    return {f"K{k:g}": {"K": float(k), "Na": 150.0 - k, "Cl": 150.0} for k in k_mM}


VOLTAGES_mV = np.arange(-121.0, 61.0, 10.0)


def iv_points(
    rig: Rig,
    p: Mapping[str, float],
    gate: tuple[float, float] | None,
    leak_nS: float = 0.0,
    kind: str = "steady",
    seed: int = 5,
) -> list[IVPoint]:
    """I-V of each bath at 300 µm³/s of potassium permeability, with 1 pA of noise; constant field stated here."""
    rng = np.random.default_rng(seed)
    thermal = 8.31446261815324 * (rig.celsius + 273.15) / 96.48533212331
    points = []
    for bath, outside in rig.baths.items():
        i_pA = leak_nS * VOLTAGES_mV + rng.normal(size=VOLTAGES_mV.size)
        opened = 1.0 if gate is None else 1 / (1 + np.exp(-(VOLTAGES_mV - gate[0]) / gate[1]))
        for ion, ratio in p.items():
            x = CHARGES[ion] * VOLTAGES_mV / thermal
            net = (rig.pipette.get(ion, 0.0) - outside.get(ion, 0.0) * np.exp(-x)) / (1 - np.exp(-x))
            i_pA += opened * 300.0 * ratio * CHARGES[ion] * 0.09648533212331 * x * net
        points += [
            IVPoint(experiment="default", cell="c1", recording=f"control_{bath}", condition="control", sweep=sweep,
                    v_command_mV=float(v), v_membrane_mV=float(v), i_pA=float(i), se_pA=1.0, kind=kind)
            for sweep, (v, i) in enumerate(zip(VOLTAGES_mV, i_pA, strict=True))
        ]  # fmt: skip
    return points
