"""Each recording configuration: sign, sides, junctions. The membrane is an ohmic conductance with a known reversal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.preparations import Clamped, Preparation
from reversal.experiment.recording_configuration import with_sides
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.physics.junctions import henderson_mV, silver_chloride_mV
from reversal.physics.nernst import nernst_mV
from reversal.recordings.recording.store import Ingested
from reversal.tables.results import CellMeasures
from reversal.tables.reversals_table import ReversalRow
from tests.measure.made_recordings import recording, steps

CELSIUS, G_nS, LEVELS_mV = 22.0, 2.0, np.arange(-110.0, 111.0, 20.0)
SOLUTIONS = {
    "K5": {"K": 5.0, "Na": 140.0, "Cl": 145.0},
    "K20": {"K": 20.0, "Na": 125.0, "Cl": 145.0},
    "K140": {"K": 140.0, "Na": 5.0, "Cl": 145.0},
    "Kgluconate": {"K": 140.0, "Na": 5.0, "gluconate": 125.0, "Cl": 20.0},
}
TABLE = ion_table()


def liquid_mV(bath: str, pipette: str) -> float:
    """V_L, bath minus pipette [mV]."""
    ions = sorted({*SOLUTIONS[bath], *SOLUTIONS[pipette]})
    amounts = [[SOLUTIONS[name].get(ion, 0.0) for ion in ions] for name in (bath, pipette)]
    facts = [TABLE[ion].z for ion in ions], [TABLE[ion].mobility for ion in ions]
    return float(henderson_mV(*amounts, *facts, CELSIUS))


def potassium_mV(outside: str, inside: str) -> float:
    return float(nernst_mV(SOLUTIONS[outside]["K"], SOLUTIONS[inside]["K"], 1, CELSIUS))


def measured(membrane_of: Any, sign: int, rows: dict[str, dict[str, Any]], **experiment: Any) -> CellMeasures:
    """A cell whose recordings have the current sign × g × (V_m(command) − E_K) at each command.

    membrane_of : V_m of a command, for a recording
    """
    choices = Experiment.model_validate({"junction": {"reference_electrode": "none"}, **experiment})
    entries = [
        with_sides(SheetEntry(recording=name, cell="c", file="f", temperature_C=CELSIUS, **row), choices)
        for name, row in rows.items()
    ]
    settings = settings_of(entries, choices)
    made = []
    for entry in entries:
        e_mV = potassium_mV(entry.extracellular, entry.intracellular)
        levels = [[(0.0, 200), (level, 400), (0.0, 200)] for level in LEVELS_mV]
        rng = np.random.default_rng(1)
        currents = [
            [sign * G_nS * (membrane_of(v, entry) - e_mV) for v, n in parts for _ in range(n)] for parts in levels
        ]
        noisy = np.array(currents) + rng.normal(0, 0.5, (len(levels), 800))
        read = recording(noisy, [steps(*parts) for parts in levels])
        made.append(Ingested(entry.recording, read, None, "0" * 64, ""))
    return measure_cell(made, settings)


def settings_of(entries: list[SheetEntry], choices: Experiment) -> CellSettings:
    ions = {ion for one in SOLUTIONS.values() for ion in one}
    return CellSettings(
        cell="c",
        sheet_rows=tuple(
            SheetRow(row=n, recording=one.recording, cell="c", experiment="default", entry=one)
            for n, one in enumerate(entries, start=2)
        ),
        experiments={"default": choices},
        solutions={name: Solution(ions_mM=ions_mM) for name, ions_mM in SOLUTIONS.items()},
        ions={ion: IonFacts.of(TABLE[ion]) for ion in ions},
    )


def check(rows: tuple[ReversalRow, ...], expected: dict[str, float]) -> None:
    assert {row.recording: row.e_rev_mV for row in rows} == pytest.approx(expected, abs=0.3)
    assert {row.recording: row.e_nernst_mV for row in rows} == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("clamped", ["whole_cell", "outside_out"])
def test_the_pipette_solution_is_inside(clamped: str) -> None:
    junction = liquid_mV("K5", "Kgluconate")
    found = measured(
        lambda v, _: v - junction, 1, {"a": {"bath": "K5", "pipette": "Kgluconate"}}, configuration=clamped
    )
    check(found.reversals, {"a": potassium_mV("K5", "Kgluconate")})


@pytest.mark.parametrize("by_rig", [False, True])
def test_an_inside_out_patch_has_the_bath_inside_and_the_opposite_sign(by_rig: bool) -> None:
    """V_m = −(V_command − V_L); a K⁺ series inside is a series of the bath (Barry & Lynch 1991)."""
    rows = {name: {"bath": name, "pipette": "K5"} for name in ("K140", "K20", "Kgluconate")}

    def membrane_mV(command_mV: float, entry: SheetEntry) -> float:
        pipette_mV = -command_mV if by_rig else command_mV
        return -(pipette_mV - liquid_mV(entry.bath, "K5"))

    sign = 1 if by_rig else -1
    found = measured(membrane_mV, sign, rows, configuration="inside_out", inverted_by_rig=by_rig)
    check(found.reversals, {name: potassium_mV("K5", name) for name in rows})
    assert {row.in_mM for row in found.reversals} == {140.0, 20.0}


def test_the_line_of_an_inside_out_series_is_against_the_inside_concentration() -> None:
    rows = {name: {"bath": name, "pipette": "K5"} for name in ("K140", "K20", "K5")}
    found = measured(lambda v, e: -(v - liquid_mV(e.bath, "K5")), -1, rows, configuration="inside_out")
    entries = [
        with_sides(
            SheetEntry(recording=name, cell="c", file="f", temperature_C=CELSIUS, **row),
            Experiment(configuration=Clamped.INSIDE_OUT),
        )
        for name, row in rows.items()
    ]
    fits = fit_cell(found.reversals, settings_of(entries, Experiment(configuration=Clamped.INSIDE_OUT)))
    (line,) = fits.nernst
    assert line.slope_ratio == pytest.approx(1.0, abs=0.01)
    assert [point.bath for point in fits.line_points] == ["K140", "K20", "K5"]


def test_a_cell_attached_patch_is_relative_to_the_resting_potential_with_its_error() -> None:
    """V_m = V_rest − (V_command − V_L)."""
    row = {"bath": "K140", "pipette": "K5", "inside": "K140", "resting_mV": -5.0, "resting_sd_mV": 4.0}
    junction = liquid_mV("K140", "K5")
    found = measured(lambda v, _: -5.0 - (v - junction), -1, {"a": row}, configuration="cell_attached")
    check(found.reversals, {"a": potassium_mV("K5", "K140")})
    assert found.reversals[0].shared_sd_mV == pytest.approx(np.hypot(4.0, 1.0), rel=0.02)


def test_two_electrodes_have_no_liquid_junction_and_no_series_resistance() -> None:
    row = {"bath": "K5", "inside": "Kgluconate", "rs_MOhm": 50.0}
    found = measured(lambda v, _: v, 1, {"a": row}, configuration="two_electrode")
    check(found.reversals, {"a": potassium_mV("K5", "Kgluconate")})
    assert found.recordings[0].rs_MOhm is None


@pytest.mark.parametrize("ground", ["trans", "cis"])
def test_a_bilayer_has_its_ground_outside_and_an_electrode_in_each_chamber(ground: str) -> None:
    """Both Ag/AgCl electrodes were zeroed in one solution, 145 mM chloride; in 20 mM one differs by 50 mV."""
    row = {"cis": "Kgluconate", "trans": "K5"} if ground == "trans" else {"trans": "Kgluconate", "cis": "K5"}
    j = [float(silver_chloride_mV(SOLUTIONS[name]["Cl"], CELSIUS)) for name in ("K5", "Kgluconate")]
    assert abs(j[0] - j[1]) == pytest.approx(50.4, abs=0.2)
    found = measured(
        lambda v, _: v - (j[0] - j[1]),
        1,
        {"a": row},
        configuration="bilayer",
        ground=ground,
        junction={"reference_electrode": "ag_agcl"},
    )
    check(found.reversals, {"a": potassium_mV("K5", "Kgluconate")})


def test_a_configuration_brings_the_preparation_and_the_leak_of_an_oocyte() -> None:
    oocyte = Experiment.model_validate({"configuration": "two_electrode"})
    assert (oocyte.preparation, oocyte.leak.assumed_seal_GOhm) == (Preparation.OOCYTE, 0.001)
    assert oocyte.quality.holding_pA == 1e7
    marine = {"configuration": "two_electrode", "preparation": "marine", "leak": {"assumed_seal_GOhm": 0.1}}
    declared = Experiment.model_validate(marine)
    assert (declared.preparation, declared.leak.assumed_seal_GOhm) == (Preparation.MARINE, 0.1)
    assert Experiment.model_validate({"configuration": "bilayer"}).preparation is Preparation.BILAYER


@pytest.mark.parametrize(
    ("clamped", "row", "message"),
    [
        ("whole_cell", {"bath": "K5"}, "pipette is missing"),
        ("whole_cell", {"bath": "K5", "pipette": "K140", "inside": "K20"}, "the pipette solution fills the cell"),
        ("inside_out", {"bath": "K5", "pipette": "K140", "inside": "K140"}, "the bath solution is inside"),
        ("cell_attached", {"bath": "K5", "pipette": "K140", "inside": "K20"}, "resting_mV is empty"),
        ("whole_cell", {"bath": "K5", "pipette": "K140", "resting_mV": -60.0}, "resting_mV has no meaning"),
        ("two_electrode", {"bath": "K5"}, "inside is empty"),
        ("two_electrode", {"bath": "K5", "inside": "K140", "seal_GOhm": 2.0}, "seal_GOhm has no meaning"),
        ("bilayer", {"cis": "K5"}, "trans is empty"),
        ("bilayer", {"cis": "K5", "trans": "K140", "bath": "K5"}, "bath has no meaning"),
        ("bilayer", {"cis": "K5", "trans": "K140", "zeroing_bath": "K5"}, "zeroing_bath has no meaning"),
        ("whole_cell", {"bath": "K5", "pipette": "K140", "cis": "K5"}, "cis has no meaning"),
    ],
)
def test_a_row_that_contradicts_its_configuration_is_refused(clamped: str, row: dict[str, Any], message: str) -> None:
    entry = SheetEntry(recording="a", cell="c", file="f", temperature_C=CELSIUS, **row)
    with pytest.raises(ConfigurationRefused, match=message):
        with_sides(entry, Experiment.model_validate({"configuration": clamped}))
