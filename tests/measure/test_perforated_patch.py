"""A perforated patch: the junction of the pipette solution, the Nernst potential and ratios of the cytosol."""

from __future__ import annotations

import math

import pytest

from reversal.calibration.simulated_recording import recording_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Junction, Leak
from reversal.experiment.preparations import Clamped
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.recording.store import Ingested
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import RigSolution
from reversal.simulate.model_cell import Cell, OhmicChannel
from reversal.simulate.rig import RecordingConditions
from reversal.simulate.stimuli import step_family
from reversal.tables.findings.code import Code
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.status import Status

KCL = RigSolution("KCl", {"K": 150.0, "Cl": 150.0})
CYTOSOL = {"K": 140.0, "Cl": 8.0, "gluconate": 132.0}
BATHS = [
    RigSolution(f"Cl{cl:.0f}", {"Na": 150.0, "K": 3.0, "Cl": cl, "gluconate": 153.0 - cl}) for cl in (150.0, 60.0, 20.0)
]
RATIO = 0.1  # P_gluconate / P_Cl
CELSIUS = 23.0
RT_F_mV = 8.31446261815324 * (273.15 + CELSIUS) / 96485.33212331 * 1e3
AMPLIFIER = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=2.0)


def weighted_mM(ions_mM: dict[str, float]) -> float:
    """Cl⁻ + 0.1 gluconate⁻, the sum in the Goldman–Hodgkin–Katz equation."""
    return ions_mM["Cl"] + RATIO * ions_mM["gluconate"]


TRUE_mV = {bath.name: RT_F_mV * math.log(weighted_mM(CYTOSOL) / weighted_mM(dict(bath.ions_mM))) for bath in BATHS}


def solved(patch: Clamped, pipette: str, inside: str | None) -> tuple[CellMeasures, CellFits]:
    """A cell of known reversal potentials, recorded through a pipette with 150 mM KCl; zeroed in the first bath."""
    solutions = {one.name: Solution(ions_mM=dict(one.ions_mM)) for one in (KCL, *BATHS)}
    solutions["cytosol"] = Solution(ions_mM=CYTOSOL)
    rows = [
        SheetEntry(
            recording=bath.name,
            cell="c",
            file=f"{bath.name}.abf",
            bath=bath.name,
            pipette=pipette,
            inside=inside,
            temperature_C=CELSIUS,
            zeroing_bath=BATHS[0].name,
        )
        for bath in BATHS
    ]
    experiment = Experiment(
        junction=Junction(reference_electrode="salt_bridge_3M_KCl"),
        configuration=patch,
        ion="Cl",
        permeant=["Cl", "gluconate"],
        reference="Cl",
        leak=Leak(of_interest=True),
    )
    table = ion_table()
    settings = CellSettings(
        cell="c",
        sheet_rows=tuple(
            SheetRow(row=n, recording=one.recording, cell="c", experiment="default", entry=one)
            for n, one in enumerate(rows, start=2)
        ),
        experiments={"default": experiment},
        solutions=solutions,
        ions={ion: IonFacts.of(table[ion]) for one in solutions.values() for ion in one.ions_mM},
    )
    made = [
        Ingested(
            bath.name,
            recording_of(
                Cell("c", OhmicChannel(5.0, TRUE_mV[bath.name]), 15.0, 0.0),
                AMPLIFIER,
                RecordingConditions(KCL, bath, BATHS[0], CELSIUS),
                step_family(-120, 40, 10),
                n,
            ),
            None,
        )
        for n, bath in enumerate(BATHS)
    ]
    measured = measure_cell(made, settings)
    return measured, fit_cell(measured.reversals, settings, measured.iv)


def test_a_perforated_patch_gives_e_rev_nernst_and_ratio_of_the_cytosol() -> None:
    measured, fits = solved(Clamped.PERFORATED, "KCl", "cytosol")
    for row in measured.reversals:
        assert row.e_rev_mV == pytest.approx(TRUE_mV[row.bath], abs=0.5)
        assert row.in_mM == 8.0
        out_mM = dict(next(bath for bath in BATHS if bath.name == row.bath).ions_mM)["Cl"]
        assert row.e_nernst_mV == pytest.approx(RT_F_mV * math.log(8.0 / out_mM), abs=0.01)
        assert (row.pipette, row.inside) == ("KCl", "cytosol")
        assert row.status is Status.OK, row.reason
    (ratio,) = [row for row in fits.permeabilities if row.ion == "gluconate"]
    assert ratio.p_ratio == pytest.approx(RATIO, abs=0.01)
    assert (ratio.ci_low or 1.0) < RATIO < (ratio.ci_high or 0.0)


def test_the_pipette_solution_alone_gives_another_nernst_potential_and_the_cytosol_alone_another_e_rev() -> None:
    """With 150 mM Cl⁻ inside, E_Cl is 0 instead of −75 mV. With the junction of the cytosol, E_rev is 11 mV too low."""
    dialysed, _ = solved(Clamped.WHOLE_CELL, "KCl", None)
    assert dialysed.reversals[0].e_nernst_mV == pytest.approx(0.0, abs=0.01)
    assert dialysed.reversals[0].e_rev_mV == pytest.approx(TRUE_mV["Cl150"], abs=0.5)
    cytosol, _ = solved(Clamped.WHOLE_CELL, "cytosol", None)
    assert (cytosol.reversals[0].e_rev_mV or 0.0) - TRUE_mV["Cl150"] == pytest.approx(-11.5, abs=1.0)
    assert Code.CYTOSOL_IN_PIPETTE in {row.code for row in cytosol.findings}


def test_a_perforated_patch_whose_cytosol_is_in_both_columns_is_still_a_finding() -> None:
    measured, _ = solved(Clamped.PERFORATED, "cytosol", "cytosol")
    assert {row.recording for row in measured.findings if row.code is Code.CYTOSOL_IN_PIPETTE} == {
        bath.name for bath in BATHS
    }
