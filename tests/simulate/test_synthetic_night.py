"""The synthetic night: its recordings, its faults, and that the same seed gives the same night."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyabf
import pytest
import yaml

from reversal.simulate.bath import SERIES
from reversal.simulate.rig import record, true_values
from reversal.simulate.synthetic_night import DEFAULT_SEED, PlannedRecording, planned_night


@pytest.fixture(scope="module")
def night(synthetic_night: Path) -> Path:
    return synthetic_night


@pytest.fixture(scope="module")
def truth(night: Path) -> dict:
    return json.loads((night / "truth.json").read_text(encoding="utf-8"))


def sheet(night: Path) -> list[dict[str, str]]:
    with (night / "recordings.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def file_of(night: Path, truth: dict, fault: str) -> Path:
    (recording,) = [name for name, facts in truth.items() if facts["fault"] == fault]
    return night / f"{recording}.abf"


def test_all_cells_but_one_have_all_baths(night: Path) -> None:
    baths: dict[str, list[str]] = {}
    for row in sheet(night):
        baths.setdefault(row["cell"], []).append(row["bath"])
    names = [bath.name for bath in SERIES]
    assert list(baths) == [f"cell{n:02d}" for n in range(1, 8)]
    assert all(baths[f"cell{n:02d}"] == names for n in (1, 2, 3, 4, 5, 7))
    assert baths["cell06"] == ["K5", "K20"]


def test_files_and_solutions_of_the_sheet_exist_and_temperatures_are_in_range(night: Path) -> None:
    solutions = yaml.safe_load((night / "solutions.yaml").read_text(encoding="utf-8"))
    for row in sheet(night):
        assert (night / row["file"]).is_file()
        celsius = float(row["temperature_C"])
        assert celsius == 37.0 if row["cell"] == "cell07" else 22.0 <= celsius <= 24.0
        assert {row["bath"], row["pipette"], row["zeroing_bath"]} <= set(solutions)
        assert 0.7 <= float(row["rs_compensation"]) <= 0.8


def test_solutions_are_electroneutral(night: Path) -> None:
    charge = {"K": 1, "Na": 1, "Ca": 2, "Mg": 2, "Cl": -1, "HEPES": -1, "gluconate": -1}
    for solution in yaml.safe_load((night / "solutions.yaml").read_text(encoding="utf-8")).values():
        assert sum(charge[ion] * mM for ion, mM in solution["ions_mM"].items()) == pytest.approx(0.0, abs=1e-9)


def test_one_file_is_truncated_and_one_is_a_text(night: Path, truth: dict) -> None:
    whole = (night / "2026_11_19_0000.abf").stat().st_size
    assert file_of(night, truth, "truncated").read_bytes()[:4] == b"ABF2"
    assert file_of(night, truth, "truncated").stat().st_size < 0.65 * whole
    assert b"ABF" not in file_of(night, truth, "not an ABF").read_bytes()


def test_steps_of_one_recording_do_not_include_its_reversal_potential(night: Path, truth: dict) -> None:
    path = file_of(night, truth, "reversal out of range")
    facts = truth[path.stem]
    abf = pyabf.ABF(str(path))
    lowest_mV = abf.sweepEpochs.levels[4] - facts["command_minus_membrane_mV"]
    assert abf.sweepCount == 9
    assert facts["e_rev_total_mV"] < lowest_mV - 5


def test_steps_of_the_other_recordings_include_the_reversal_potential(truth: dict) -> None:
    for facts in truth.values():
        if facts["fault"] != "reversal out of range":
            assert -115 < facts["e_rev_total_mV"] + facts["command_minus_membrane_mV"] < 35


def test_poor_seal_shifts_the_reversal_potential_and_good_seals_hardly_do(truth: dict) -> None:
    shift = {name: facts["e_rev_total_mV"] - facts["e_rev_channel_mV"] for name, facts in truth.items()}
    poor = [name for name, facts in truth.items() if facts["cell"] == "cell05"]
    assert len(poor) == 5
    assert max(shift[name] for name in poor) > 5
    assert max(shift[name] for name in truth if name not in poor) < 0.5


def test_permeability_ratios_are_of_a_potassium_channel(truth: dict) -> None:
    ratios = {facts["cell"]: facts["p_ratios"]["Na"] for facts in truth.values()}
    assert all(ratio < 0.05 for ratio in ratios.values())
    assert len(set(ratios.values())) == 7


def test_every_mutant_lets_a_hundred_times_more_sodium_pass_than_any_wild_type_cell(night: Path, truth: dict) -> None:
    ratios: dict[str, list[float]] = {}
    for row in sheet(night):
        ratios.setdefault(row["condition"], []).append(truth[row["recording"]]["p_ratios"]["Na"])
    assert set(ratios) == {"wild_type", "mutant"}
    assert min(ratios["mutant"]) > 100 * max(ratios["wild_type"])


def test_two_cells_of_each_group_are_whole_in_every_bath(night: Path, truth: dict) -> None:
    """They are compared over all baths: a mean needs two cells."""
    whole: dict[str, dict[str, set[str]]] = {}
    for row in sheet(night):
        if truth[row["recording"]]["fault"] is None:
            whole.setdefault(row["condition"], {}).setdefault(row["cell"], set()).add(row["bath"])
    baths = {bath.name for bath in SERIES}
    complete = {condition: [c for c, has in cells.items() if has == baths] for condition, cells in whole.items()}
    assert complete == {"wild_type": ["cell01", "cell07"], "mutant": ["cell02", "cell03"]}


def test_one_cell_follows_nernst_at_body_temperature(night: Path, truth: dict) -> None:
    """From 2.5 to 10 mM K⁺, (RT/F) ln 4 is 37 mV at 37 °C."""
    of_cell = {row["bath"]: truth[row["recording"]] for row in sheet(night) if row["cell"] == "cell07"}
    change_mV = of_cell["K10"]["e_rev_channel_mV"] - of_cell["K2.5"]["e_rev_channel_mV"]
    assert change_mV == pytest.approx(37.0, abs=0.4)


def test_files_of_the_night_are_small_and_have_the_names_of_an_acquisition_program(night: Path) -> None:
    files = sorted(night.glob("*.abf"))
    assert [path.name for path in files] == [f"2026_11_19_{n:04d}.abf" for n in range(32)]
    assert sum(path.stat().st_size for path in files) < 48e6


def planned(seed: int) -> PlannedRecording:
    return next(planned_night(seed))


def test_same_seed_gives_the_same_plan_and_the_same_samples(night: Path) -> None:
    first = planned(DEFAULT_SEED)
    made = record(first.cell, first.amplifier, first.conditions, first.protocol, first.seed)
    abf = pyabf.ABF(str(night / f"{first.recording}.abf"))
    assert made.i_pA.ravel() == pytest.approx(abf.data[0], rel=1e-6)
    assert planned(DEFAULT_SEED) == first
    assert planned(DEFAULT_SEED + 1) != first


def test_truth_file_has_the_true_values_of_the_rig(truth: dict) -> None:
    first = planned(DEFAULT_SEED)
    expected = true_values(first.cell, first.conditions, first.protocol)
    facts = truth[first.recording]
    assert facts["e_rev_channel_mV"] == expected.e_rev_channel_mV
    assert facts["command_minus_membrane_mV"] == expected.junctions.offset_mV
