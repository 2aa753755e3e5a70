"""``reversal design`` predicts the intervals that simulated cells then have, and names the bath that narrows them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig
from reversal.cli.design import candidates as candidates_module
from reversal.cli.design.candidates import counter_ion
from reversal.cli.design.planned_series import PlannedSeries
from reversal.cli.design.precision import precision
from reversal.cli.init import init_project
from reversal.cli.main import main
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetRow
from reversal.fit.fit_cell import fit_cell
from reversal.measure.measure_cell import measure_cell
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.store import Ingested
from reversal.simulate.bath import PIPETTE
from reversal.simulate.rig import record
from reversal.simulate.synthetic_night import PlannedRecording, planned_night
from reversal.simulate.write_abf2 import write_abf2

NOISE_mV, RATIO = 0.4, 0.02
CELLS = 20


@pytest.fixture
def rig() -> Rig:
    """A rig of five potassium baths."""
    return Rig()


def plan_of(rig: Rig, cells: int = 5, ratio: float = RATIO, noise_mV: float = NOISE_mV) -> PlannedSeries:
    """The series of a rig as a plan."""
    recipes = {**{k: Solution(ions_mM=v) for k, v in rig.baths.items()}, "pip": Solution(ions_mM=rig.pipette)}
    return PlannedSeries(
        name="default",
        experiment=Experiment(),
        solutions=recipes,
        ions=ion_table(),
        baths=tuple(rig.baths),
        pipette="pip",
        inside=None,
        temperature_C=rig.celsius,
        noise_mV=noise_mV,
        cells=cells,
        p_ratios={"K": 1.0, "Na": ratio},
    )


def simulated(rig: Rig, ratio: float, cells: int, seed: int = 7) -> list[tuple[float, float, float]]:
    """Width of the log interval of the ratio, slope ratio and half-width of its interval, of simulated cells."""
    rng = np.random.default_rng(seed)
    bath_sd_mV = Experiment().fitting.bath_sd_mV
    found = []
    for _ in range(cells):
        own = rng.normal(size=len(rig.baths)) * np.hypot(rig.se_mV, bath_sd_mV)
        errors = own + rng.normal() * rig.shared_sd_mV
        fits = fit_cell(rig.reversals({"K": 1.0, "Na": ratio}, errors), rig.settings(Experiment()))
        p, line = fits.permeabilities[0], fits.nernst[0]
        assert p.ci_low is not None
        assert p.ci_high is not None
        assert line.ratio_ci_low is not None
        assert line.ratio_ci_high is not None
        assert line.slope_ratio is not None
        half = (line.ratio_ci_high - line.ratio_ci_low) / 2
        found.append((float(np.log(p.ci_high / p.ci_low)), line.slope_ratio, half))
    return found


def test_predicted_intervals_are_those_of_simulated_cells(rig: Rig) -> None:
    """The cells are simulated with the channel of the simulator, which shares no formula with the plan."""
    rig.se_mV = NOISE_mV
    found = precision(plan_of(rig, cells=1))
    widths, slopes, halves = np.array(simulated(rig, RATIO, CELLS)).T
    assert found.ratios[0].cell.log_width == pytest.approx(np.median(widths), rel=0.1)
    assert found.slope.cell.value == pytest.approx(np.mean(slopes), abs=0.005)
    assert found.slope.cell.width / 2 == pytest.approx(np.median(halves), rel=0.2)


def test_a_series_resolves_the_ratios_that_it_says_and_no_smaller_ones(rig: Rig) -> None:
    """The fit of the expected data has two limits above the smallest ratio, and an upper bound below it."""
    smallest = precision(plan_of(rig, cells=1)).ratios[0].smallest
    assert smallest is not None
    assert precision(plan_of(rig, 1, 2 * smallest)).ratios[0].cell.low is not None
    assert precision(plan_of(rig, 1, smallest / 2)).ratios[0].cell.low is None


@pytest.mark.long
def test_more_cells_narrow_the_interval_of_the_mean(rig: Rig) -> None:
    few, many = (precision(plan_of(rig, cells)).ratios[0].cohort for cells in (3, 8))
    assert few is not None
    assert many is not None
    t_few, t_many = 4.303, 2.365  # Student's t, 97.5 %, with 2 and 7 degrees of freedom
    expected = t_many / t_few * np.sqrt(3 / 8)
    assert many.log_width / few.log_width == pytest.approx(expected, rel=0.3)


@pytest.mark.long
def test_predicted_interval_is_that_of_a_cell_that_the_simulated_rig_recorded(rig: Rig, tmp_path: Path) -> None:
    """A cell of the demo, recorded in five baths as ABF files, read, measured and fitted."""
    plan = [one for one in planned_night() if one.cell.name == "cell02"]
    rig.baths = {one.conditions.bath.name: dict(one.conditions.bath.ions_mM) for one in plan}
    rig.pipette = dict(PIPETTE.ions_mM)
    declared = rig.settings(Experiment())
    settings = declared.model_copy(
        update={"sheet_rows": tuple(as_declared(*pair) for pair in zip(declared.sheet_rows, plan, strict=True))}
    )
    measured = measure_cell([ingested(one, tmp_path) for one in plan], settings)
    (fitted,) = fit_cell(measured.reversals, settings).permeabilities
    assert fitted.p_ratio is not None
    assert fitted.ci_low is not None
    assert fitted.ci_high is not None
    noise_mV = float(np.median([row.se_mV for row in measured.reversals if row.se_mV is not None]))
    found = precision(plan_of(rig, 1, fitted.p_ratio, noise_mV)).ratios[0].cell
    assert found.log_width == pytest.approx(np.log(fitted.ci_high / fitted.ci_low), rel=0.15)


def as_declared(row: SheetRow, one: PlannedRecording) -> SheetRow:
    """The row of a recording with what the person at the rig knows."""
    assert row.entry is not None
    known = {
        "temperature_C": one.conditions.temperature_C,
        "rs_compensation": one.amplifier.rs_compensation,
        "seal_GOhm": 1 / one.cell.leak_nS,
        "zeroing_bath": one.conditions.zeroing_bath.name,
    }
    return row.model_copy(update={"entry": row.entry.model_copy(update=known)})


def ingested(one: PlannedRecording, folder: Path) -> Ingested:
    """A recording that the simulated rig made, as it is read from its file."""
    made = record(one.cell, one.amplifier, one.conditions, one.protocol, one.seed)
    path = folder / f"{one.recording}.abf"
    write_abf2(path, one.protocol, made.counts, one.amplifier, one.notes)
    return Ingested(f"control_{one.conditions.bath.name}", read_recording(path), None, one.recording)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as ``reversal init`` makes it; few baths are tried, which saves time."""
    monkeypatch.setattr(candidates_module, "LEVELS_mM", (0.0, 5.0))
    init_project(tmp_path, "data/raw")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_design_prints_intervals_resolution_and_the_bath_to_add(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "K5", "K20", "-t", "22,5", "--noise", "0,5", "--cells", "3"]) == 0
    text = capsys.readouterr().out
    assert "2 baths, Kglu on the other side, 22.5 °C, 3 cells" in text
    assert "P_Na/P_K             if it is 0.02: " in text
    assert "one cell distinguishes a ratio of 0.00" in text
    assert "  K5 with K 0, Na 152 mM: " in text
    assert "bath to add for the slope: none narrows its interval by a tenth" in text
    assert "no mean over cells" in text  # a slope through two baths is in no mean


@pytest.mark.usefixtures("project")
def test_the_bath_that_design_names_gives_the_interval_that_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["-t", "22", "--noise", "0.5", "--cells", "1", "--json"]
    main(["design", "K5", "K10", *words])
    added = {one["name"]: one for one in json.loads(capsys.readouterr().out)["baths_to_add"]}
    main(["design", "K5", "K10", "K2.5", *words])
    with_it = json.loads(capsys.readouterr().out)
    assert added["K2.5"]["ratios"]["Na"] == with_it["ratios"][0]["cell"]
    assert added["K2.5"]["e_rev_mV"] == with_it["e_rev_mV"]["K2.5"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["K5", "K9", "-t", "22", "--noise", "1"], "the name is not known. Found: 'K9'"),
        (["K5", "K5", "-t", "22", "--noise", "1"], "a bath is named twice. Found: 'K5'"),
        (["-t", "295", "--noise", "1"], "Is 295 kelvin"),
        (["-t", "22", "--noise", "0"], "--noise: a number is outside its range"),
        (["-t", "22", "--noise", "1", "--cells", "0"], "--cells: a number is outside its range"),
        (["-t", "22", "--noise", "1", "--ratio", "Cl=1"], "the ion has no free ratio"),
        (["-t", "22", "--noise", "1", "--ratio", "Na"], "a ratio is not valid"),
        (["-t", "22", "--noise", "1", "--experiment", "other"], "an experiment of the configuration"),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_plan_that_cannot_be_is_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", *words]) == 1
    assert message in capsys.readouterr().err


def test_a_faulty_recipe_is_left_out_with_a_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solutions = project / "config" / "solutions.yaml"
    text = solutions.read_text(encoding="utf-8")
    solutions.write_text(text.replace("K: 5.0", "K: 50"), encoding="utf-8")
    assert main(["design", "-t", "22", "--noise", "1", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["baths"] == ["K2.5", "K10", "K20", "K40"]
    (warning,) = found["warnings"]
    assert warning.startswith("left out: config/solutions.yaml: solution 'K5' is not electroneutral")
    assert err == f"Warning: {warning}\n"
    assert "are not in these intervals" in found["notes"][0]
    assert main(["design", "K2.5", "--pipette", "Kglu", "-t", "22", "--noise", "1", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["warnings"], err) == ([], "")
    solutions.write_text(text.replace("gluconate: 118.0", "gluconate: 11.8"), encoding="utf-8")
    assert main(["design", "-t", "22", "--noise", "1"]) == 1
    assert "left out: config/solutions.yaml: solution 'Kglu'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("experiment", "words", "message"),
    [
        ("configuration: two_electrode", [], "Name it with --inside"),
        ("configuration: cell_attached", ["--inside", "Kglu"], "cannot be planned"),
        ("configuration: bilayer", [], "cannot be planned"),
    ],
)
def test_a_configuration_without_a_bath_at_the_membrane_is_refused(
    project: Path, experiment: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"solutions: config/solutions.yaml\nexperiments: {{default: {{{experiment}}}}}\n"
    (project / "config" / "config.yaml").write_text(text, encoding="utf-8")
    assert main(["design", "K5", "-t", "22", "--noise", "1", *words]) == 1
    assert message in capsys.readouterr().err


def test_the_ion_that_replaces_another_is_no_buffer(rig: Rig) -> None:
    plan = replace(plan_of(rig), experiment=Experiment(ion="Cl", permeant=["Cl"], reference="Cl"))
    assert counter_ion(plan) == "gluconate"
    baths = {
        name: one.model_copy(update={"ions_mM": {**one.ions_mM, "HEPES": 5}}) for name, one in plan.solutions.items()
    }
    assert counter_ion(replace(plan, solutions=baths)) == "gluconate"
    assert counter_ion(plan_of(rig)) == "Na"


def test_a_series_of_anions_is_planned(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gluconate replaces chloride, and is impermeant: E_Cl of 22 °C, 25.43 mV · ln(30/150) = −40.9 mV."""
    (project / "config" / "solutions.yaml").write_text(
        "Cl150: {ions_mM: {Na: 150, Cl: 150}}\n"
        "Cl50: {ions_mM: {Na: 150, Cl: 50, gluconate: 100}}\n"
        "pip: {ions_mM: {Cs: 150, Cl: 30, gluconate: 120}}\n",
        encoding="utf-8",
    )
    config = project / "config" / "config.yaml"
    config.write_text(
        "solutions: config/solutions.yaml\nexperiments: {default: {ion: Cl, permeant: [Cl, gluconate], "
        "reference: Cl, junction: {reference_electrode: salt_bridge_3M_KCl}}}\n",
        encoding="utf-8",
    )
    words = ["design", "-t", "22", "--noise", "0.5", "--cells", "1", "--ratio", "gluconate=0", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["e_rev_mV"]["Cl150"] == pytest.approx(-40.93, abs=0.01)
    assert found["slope"]["cell"]["value"] == pytest.approx(1.0)
    assert any(one["ions_mM"].get("gluconate") == 145.0 for one in found["baths_to_add"])
