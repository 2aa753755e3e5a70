"""``reversal calc`` gives the numbers of textbooks and other programs."""

from __future__ import annotations

import argparse
import json

import pytest

from reversal.cli.calc import add_calc
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
        ("nernst K --out -5 --in 140 -t 37", "out_mM is outside its range"),
        ("ghk K=5:1 -t 37", "OUT/IN:P"),
        ("ljp --bath Na=145 Cl=140 --pipette Na=10 Cl=10 -t 20", "not electroneutral"),
        ("ljp --bath Na=145 sodium=1 Cl=146 --pipette Na=10 Cl=10 -t 20", "given twice"),
    ],
)
def test_invalid_arguments_are_refused(arguments, message, capsys):
    with pytest.raises(Refusal, match=message):
        calculated(arguments.split(), capsys)
