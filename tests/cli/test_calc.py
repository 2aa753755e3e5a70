"""``reversal calc`` gives the numbers of textbooks and other programs."""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reversal.cli.calc import add_calc
from reversal.cli.main import main
from reversal.errors import Refusal


def calculated(words, capsys):
    parser = argparse.ArgumentParser()
    add_calc(parser.add_subparsers(required=True))
    options = parser.parse_args(["calc", *words, "--json"])
    assert options.run(options) == 0
    answer = json.loads(capsys.readouterr().out)
    return {one["name"]: one for one in answer["results"]}, answer


CASES = [  # arguments, name, value, tolerance; values as printed by the sources
    ("nernst K --out 5 --in 140 -t 37", "E_K", -89.06, 0.005),
    ("nernst K --out 5 --in 140 -t 37 --v -70", "V − E", 19.06, 0.005),
    ("ghk K=5/140:1 Na=145/15:1 -t 37", "E_rev", -0.88, 0.005),
    ("ghk K=0/140:1 Ca=2/0:1 -t 20", "E_rev", -73.64, 0.005),  # 25.2617 ln(√(¼ + 4·2/140) − ½) by hand
    ("ljp --bath Na=145 Cl=145 --pipette Na=10 Cl=10 Cs=135 F=135 -t 20", "V_L Henderson", 8.74, 0.005),  # JPCalc
    ("ljp --bath Mg=100 Cl=200 --pipette Na=100 Cl=100 -t 25", "V_L Nernst–Planck", 10.281, 0.002),
    # LJPcalc, its case of unsorted ions, stationary Nernst–Planck: −11.9 ± 0.5; chloride closes both solutions
    (
        "ljp --pipette Zn=9 Mg=5 Ag=1 Cl=18 --pipette-closed-by Cl "
        "--bath Zn=0.0284 K=3 Mg=3 Ag=1 Cl=3.062 --bath-closed-by Cl -t 25",
        "V_L Nernst–Planck",
        -11.9,
        0.5,
    ),
    # the ramps of Owen et al. 2013, Nature 500:458, with pyruvate, GTP and phosphocreatine: LJPcalc gives 15.1 − 3.3
    # within 1 mV. The 15.1 mV of the paper are not the value of this recipe in either program.
    (
        "ljp --bath Na=154.25 K=3 Cl=131.6 Ca=2 Mg=1.3 HCO3=26 H2PO4=1.25 pyruvate=3 ascorbate=2 --bath-closed-by Na "
        "--pipette K=50 gluconate=50 Cs=70 MeSO3=70 TEA=10 Cl=12 Mg=1 HEPES=5 EGTA=0.3 Tris=10 PCr=10 ATP=4 GTP=0.3 "
        "Na=0.3 --pipette-closed-by Cs -t 33",
        "V_L Nernst–Planck",
        15.1 - 3.3,
        1.0,
    ),
    ("donnan --outside K=110 Cl=110 --impermeant 150 -t 37", "Cl inside", 58.1, 0.05),
    ("transporter NCX Na=145/10 Ca=2/0.0001 -t 37", "E_rev", -50.27, 0.005),
    ("transporter NaK Na=145/15 K=5/140 --v -70 -t 36.85", "ΔG forward", 41.5, 0.05),
    ("bi-ionic --e-rev 17.9 --out 100 --in 100 -t 20", "P_X/P_ref", 2.03, 0.005),  # CASTOR
    ("bi-ionic --e-rev 5 --out 1 --in 1 --divalent -t 20", "P_X/P_ref", 0.6761, 0.00005),
    ("shift --shift 0 --ref-out 120 --x-out 120 -t 20", "P_X/P_ref", 1.0, 1e-12),
    ("selectivity --ratio 0.01 -t 37", "ΔΔG", 11.875, 0.001),
    ("activity Cs=100 Cl=100 -t 25", "γ Cs", 0.751, 0.0025),  # CRC Handbook
    ("debye --salt 0.1 -t 25", "Debye length", 0.304 / 0.1**0.5, 0.003),
    ("pump --na-leak -65", "pump, net", 21.667, 0.001),
]


@pytest.mark.parametrize(("arguments", "name", "value", "tolerance"), CASES, ids=[case[0] for case in CASES])
def test_results_match_the_sources(arguments, name, value, tolerance, capsys):
    results, _ = calculated(arguments.split(), capsys)
    assert results[name]["value"] == pytest.approx(value, abs=tolerance)


def test_a_cycle_given_as_stoichiometry_equals_the_named_cycle(capsys):
    own, _ = calculated(["transporter", "3 Na+ in, 1 Ca^2+ out", "Na=145/10", "Ca=2/0.0001", "-t", "37"], capsys)
    named, _ = calculated(["transporter", "ncx", "Na=145/10", "Ca=2/0.0001", "-t", "37"], capsys)
    assert own["E_rev"]["value"] == named["E_rev"]["value"]


def test_an_electroneutral_cycle_has_no_reversal_potential(capsys):
    results, _ = calculated(["transporter", "KCC2", "K=5/140", "Cl=140/7", "-t", "37"], capsys)
    assert results["E_rev"]["value"] is None
    assert "electroneutral" in results["E_rev"]["remark"]
    assert "runs forward" in results["ΔG forward"]["remark"]


def test_a_model_outside_its_range_gives_a_note(capsys):
    _, answer = calculated(["activity", "K=140", "gluconate=140", "-t", "37"], capsys)
    assert any("K–gluconate" in note for note in answer["notes"])
    assert any("25 °C used at 37 °C" in note for note in answer["notes"])


def test_text_has_units(capsys):
    parser = argparse.ArgumentParser()
    add_calc(parser.add_subparsers(required=True))
    options = parser.parse_args(["calc", "nernst", "Cl", "--out", "135", "--in", "5", "-t", "37", "--v", "-65"])
    options.run(options)
    text = capsys.readouterr().out
    assert text.splitlines()[0].split() == ["E_Cl", "-88.087", "mV"]
    assert "current outward, ion inward" in text


def test_no_temperature_is_assumed(capsys):
    with pytest.raises(SystemExit):
        calculated(["nernst", "K", "--out", "5", "--in", "140"], capsys)
    assert "--temperature" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("nernst Kalium --out 5 --in 140 -t 37", "not in the ion table"),
        (
            "nernst K --out -5 --in 140 -t 37",
            r"--out is outside its range. Found: -5.0. Expected: a concentration above 0",
        ),
        ("ghk K=5:1 -t 37", "OUT/IN:P"),
        ("ljp --bath Na=145 Cl=140 --pipette Na=10 Cl=10 -t 20", "not electroneutral"),
        ("ljp --bath Na=145 sodium=1 Cl=146 --pipette Na=10 Cl=10 -t 20", "given twice"),
    ],
)
def test_invalid_arguments_are_refused(arguments, message, capsys):
    with pytest.raises(Refusal, match=message):
        calculated(arguments.split(), capsys)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("nernst K --out 5 --in 140 -t 310", r"--temperature is outside its range.*Is 310 kelvin\? 36.85 °C"),
        ("ghk K=5/140:1 Na=145/15:0.04 -t 310", "kelvin"),
        ("transporter NCX Na=145/10 Ca=2/0.0001 -t 310", "kelvin"),
        ("debye --salt 0.15 -t 310", "kelvin"),
        ("bi-ionic --e-rev 17.9 --out 100 --in 100 -t 293", r"Is 293 kelvin\? 19.85 °C"),
        ("debye --salt 0.15 -t -50", "a temperature from -5 to 60 °C"),
        ("debye --salt 150 -t 37", r"--salt is outside its range.*Is 150 in mM\? 0.15 mol/L"),
        ("debye --salt 0.15 -t 37 --charge -50", "--charge is outside its range"),
        ("pump --na-leak 65", "--na-leak is outside its range.*inward: write -65"),
        ("pump --na-leak 0", "--na-leak is outside its range.*inward, so below 0"),
        ("pump --na-leak -65 --g 0", "--g is outside its range"),
        ("ghk K=5/140:0 Na=145/15:0 -t 37", "there is no permeant ion"),
        ("ghk K=5/140:1 K=145/15:0.04 -t 37", "given twice"),
        ("ghk K=5/140:-1 Na=145/15:0.04 -t 37", "'K=5/140:-1' is outside its range"),
        ("activity Na=145 Cl=150 -t 25", r"not electroneutral. Found: '-5 mM of charge'"),
        ("activity Na=nan Cl=nan -t 25", "'Na=nan' is outside its range"),
        ("donnan --outside K=110 Cl=100 --impermeant 150 -t 37", "not electroneutral"),
        ("donnan --outside K=110 Cl=110 --impermeant -150 -t 37", "--impermeant is outside its range"),
        ("transporter NCX Na=145/10 Ca=2/0 -t 37", "'Ca=2/0' is outside its range"),
        ("selectivity --ratio -1 -t 37", "--ratio is outside its range"),
    ],
)
def test_numbers_outside_their_range_are_refused_by_the_name_of_the_argument(arguments, message, capsys):
    with pytest.raises(Refusal, match=message):
        calculated(arguments.split(), capsys)


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        ("activity K=0.15 Cl=0.15 -t 25", "0.3 mM in total. If the concentrations are in mol/L"),
        ("donnan --outside K=0.11 Cl=0.11 --impermeant 0.15 -t 37", "0.22 mM in total"),
        ("ljp --bath Na=0.145 Cl=0.145 --pipette K=140 Cl=140 -t 22", "bath 0.29 mM and pipette 280 mM in total"),
        ("ljp --bath Na=145 Cl=145 --pipette K=0.14 Cl=0.14 -t 22", "pipette 0.28 mM in total"),
        ("nernst K --out 0.005 --in 140 -t 37", "E_K is outside ±150 mV"),
        ("nernst K --out 5 --in 140 -t 37 --v -0.07", "--v is -0.07 mV. If it is in volts, write -70"),
        ("bi-ionic --e-rev 0.0179 --out 100 --in 100 -t 20", "--e-rev is 0.0179 mV. If it is in volts"),
        ("debye --salt 0.15 -t -2", "used at -2 °C"),
    ],
)
def test_a_number_that_is_likely_in_another_unit_gives_a_note(arguments, note, capsys):
    _, answer = calculated(arguments.split(), capsys)
    assert any(note in one for one in answer["notes"]), answer["notes"]


def test_ordinary_questions_have_no_note_on_units(capsys):
    for arguments, *_ in CASES:
        _, answer = calculated(arguments.split(), capsys)
        assert not any("mol/L" in one or "volts" in one or "beyond" in one for one in answer["notes"]), arguments


def wrong_inputs() -> Iterator[str]:
    """Every case with each of its numbers replaced by something that is no ordinary number."""
    number = re.compile(r"(?<=[ =/:])-?[0-9.]+(?=$|[ /:])")
    for arguments, *_ in CASES:
        for found in number.finditer(arguments):
            for wrong in ("nan", "inf", "-inf", "1e300", "-1e300", "1e-300", "0", "-1"):
                yield f"{arguments[: found.start()]}{wrong}{arguments[found.end() :]}"


def test_any_number_gives_finite_results_or_a_refusal(capsys):
    refused = 0
    for arguments in wrong_inputs():
        words = arguments.replace(" -inf", "=-inf").replace(" -1e300", "=-1e300").split()
        try:
            results, _ = calculated(words, capsys)
        except Refusal:
            refused += 1
            continue
        assert all(one["value"] is None or math.isfinite(one["value"]) for one in results.values()), arguments
    assert refused > 200


def test_junctions_of_salts_are_those_of_their_ions(capsys: pytest.CaptureFixture[str]) -> None:
    """Salts, decimal commas and names with charges; the closing ion is computed."""
    words = ["calc", "ljp", "--json", "-t", "22,5", "--bath"]
    pipette = ["K=140", "Cl=20", "gluconate=120"]
    assert main([*words, "Na+=145", "K+=5", "Cl-=150", "--pipette", *pipette]) == 0
    ions = json.loads(capsys.readouterr().out)
    salts = ["--pipette", "K-gluconate=120", "KCl=20"]
    assert main([*words, "NaCl=145", "KCl=5,0", *salts]) == 0
    assert json.loads(capsys.readouterr().out)["results"] == ions["results"]
    closed = ["--pipette", "K=140", "Cl=20", "--pipette-closed-by", "gluconate"]
    assert main([*words, "NaCl=145", "KCl=5", *closed]) == 0
    assert json.loads(capsys.readouterr().out)["results"] == ions["results"]


@pytest.mark.parametrize(("chloride", "code"), [("140.4", 0), ("141", 1)])
def test_a_solution_is_electroneutral_as_in_a_project(chloride: str, code: int) -> None:
    """Recipes are rounded: 0.5 mM of charge are allowed, as by default of neutrality_tolerance_mM."""
    words = ["calc", "ljp", "-t", "22", "--bath", "NaCl=145", "--pipette", "K=140", f"Cl={chloride}"]
    assert main(words) == code


@pytest.mark.parametrize(
    ("words", "anion"),
    [
        (["bi-ionic", "--out", "150", "--in", "150", "-t", "22"], "--e-rev"),
        (["shift", "--ref-out", "150", "--x-out", "150", "-t", "22"], "--shift"),
    ],
)
def test_the_ratio_of_anions_is_that_of_cations_at_the_opposite_voltage(
    words: list[str], anion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cl⁻ outside replaced by an anion with P_X/P_Cl = 1/e: E_rev rises by RT/F = 25.43 mV at 22 °C."""
    assert main(["calc", *words, anion, "25.434", "--anion", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["value"] == pytest.approx(0.36788, abs=1e-4)


def test_an_estimated_mobility_is_a_note_with_its_effect(capsys: pytest.CaptureFixture[str]) -> None:
    question = "ljp --bath NaCl=145 --pipette KCl=120 PCr=10 --pipette-closed-by K -t 22"
    _, answer = calculated(question.split(), capsys)
    (note,) = answer["notes"]
    found = re.fullmatch(r"estimated mobilities, .*: phosphocreatine2 0.32 ± 0.08. V_L may differ by (.*) mV", note)
    assert found is not None
    assert 0.1 < float(found[1]) < 0.5


def test_a_negative_number_may_have_a_decimal_comma(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for shift in ("-5,5", "-5.5"):
        assert (
            main(["calc", "shift", "--anion", "--shift", shift, "--ref-out", "150", "--x-out", "150", "-t", "22"]) == 0
        )
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]


def test_the_closing_ion_of_a_side_is_named_in_the_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calc", "ljp", "--bath", "NaCl=145", "--pipette", "K=140", "Cl=30", "-t", "20"]) == 1
    assert "the pipette is not electroneutral. Found: 'net charge +110 mM'" in (text := capsys.readouterr().err)
    assert "--pipette-closed-by Cl" in text


def test_an_own_ion_table_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "ions.tsv"
    table.write_text("name\tz\tmobility\tlambda_S_cm2_equiv\tsource\naaX\t-1\t0.5\t\tbench\n", encoding="utf-8")
    words = ["calc", "ljp", "-t", "22", "--bath", "NaCl=145", "--pipette", "K-aaX=145"]
    assert main(words) == 1
    assert "not in the ion table" in capsys.readouterr().err
    assert main([*words, "--ions-table", str(table)]) == 0


@pytest.mark.parametrize("text", ["1,234", "2,5,6", "22 °C"])
def test_a_number_that_may_mean_two_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["calc", "nernst", "K", "--out", text, "--in", "140", "-t", "22"])
    assert "invalid number value" in capsys.readouterr().err
