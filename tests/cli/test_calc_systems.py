"""Questions of ``reversal calc`` about the systems: numbers from outside, refusals, and what has no answer."""

from __future__ import annotations

import json

import pytest

from reversal.cli.main import main


def answers(line: str, capsys: pytest.CaptureFixture[str]) -> dict[str, float | None]:
    assert main(["calc", *line.split(), "--json"]) == 0
    return {one["name"]: one["value"] for one in json.loads(capsys.readouterr().out)["results"]}


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("two-ion --v -79 --ref 5/140 --x 145/15 -t 37", "P_X/P_ref", 0.015843),
        ("mullins-noda --k 4/140 --na 145/12 --ratio 0 -t 37", "V with 3:2 pump", -95.0226),
        ("oxygen --g-na 5 --v -70 --e-na 60 --e-k -90", "ATP", 1.35233e9),
        ("oxygen --g-na 5 --v -70 --e-na 60 --e-k -90 --atp-per-oxygen 5", "O₂", 2.70465e8),
        ("motive-force --v -140 --ph 7/8 -t 25", "motive force", -199.159),
        ("motive-force --v -140 --ph 7/8 -t 25 --atp 57", "ions for one ATP", 2.96628),
        ("pump-leak", "Na⁺ inside", 10.0732),
        ("pump-leak --pump 0 --time 21600", "V", -5.192),
        ("chloride --nkcc1 0 --kcc2 1 --leak 0 -t 37", "E_Cl", -89.0587),
        ("chloride --nkcc1 0.3 --kcc2 0 --leak 0 -t 37", "Cl⁻ inside", 91.97),
        ("axon --current 10 --stimulus 1 --g-na 0", "peak", -58.831),
        ("membrane --radius 10 --change -70 --bulk 300", "fraction of the ions", 7.25499e-6),
        ("conductor --diffusion 2 --concentration 10000 --charge -1 -t 25", "conductivity", 0.0751075),
        ("ischaemia --time 60 --atp-time 0.001", "V", -38.346),
        ("substitution --energy 12 --ref-out 120 --x-out 120 -t 37", "P_ref/P_X", 104.947),
        ("substitution --energy 0 --ref-out 10 --x-out 100 -t 37", "shift of E_rev", 61.5404),
        ("davies --out 5 --inside 140 -t 25", "shift of E", 5.009),
        ("dendrite --gaba 0 -t 37", "V at the end", -65.0),
        ("dendrite -t 37", "E_Cl at the end", -88.0867),
        ("dendrite --gaba 1000 --width 100000 -t 37", "V at the soma", -58.7245),
        ("endosome --time 1800", "V", 24.649),
        ("endosome --time 1800 --chloride 0", "pump / first current", 0.6),
        ("sodium-load --time 900", "Na⁺ inside", 10.073),
        ("anoxia --time 1200", "V", -31.15),
        ("anoxia --time 120", "ATP / rest", 0.367879),
        ("diastole --time 0.5 --na-in 20", "limit of the exchanger", 218.177),
        ("buffering --time 10000", "K⁺ outside, middle", 4.5563),
    ],
)
def test_answer_is_the_number_computed_outside(line, name, expected, capsys):
    assert answers(line, capsys)[name] == pytest.approx(expected, rel=2e-4)


def test_a_voltage_outside_both_equilibrium_potentials_has_no_ratio(capsys):
    assert answers("two-ion --v -95 --ref 5/140 --x 145/15 -t 37", capsys)["P_X/P_ref"] is None
    assert answers("two-ion --v 80 --ref 5/140 --x 145/15 -t 37", capsys)["P_X/P_ref"] is None


def test_an_outward_force_makes_no_atp(capsys):
    assert set(answers("motive-force --v 100 --sides 10/10 -t 25", capsys)) == {"motive force"}


def test_what_is_not_reached_is_none(capsys):
    found = answers("ischaemia --time 5", capsys)
    assert found["Na⁺ channels blocked"] is None
    assert found["exchanger reversed"] is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("two-ion --v -70 --ref 5 --x 145/15 -t 37", "OUT/IN in mM, such as 5/140"),
        ("two-ion --v -70 --ref 0/140 --x 145/15 -t 37", "a concentration above 0"),
        ("motive-force --v -140 -t 25", "either --sides OUT/IN or --ph OUT/IN"),
        ("motive-force --v -140 --sides 1/1 --ph 7/8 -t 25", "either --sides OUT/IN or --ph OUT/IN"),
        ("motive-force --v -140 --ph 7 -t 25", "pH outside/inside"),
        ("motive-force --v -140 --ph 7/80 -t 25", "a pH from 0 to 14"),
        ("oxygen --g-na 5 --v 70 --e-na 60 --e-k -90", "E_Na − V"),
        ("pump-leak --pump 2", "--pump is outside its range"),
        ("pump-leak --pump 0", "has no resting state"),
        ("mullins-noda --k 4/140 --na 145/12 --ratio 0.04 -t 310", "kelvin"),
        ("conductor --diffusion 1 --concentration 100 --charge 0 -t 25", "charge number"),
        ("axon --current 10 --duration 5 --stimulus 10", "stimulus_ms"),
    ],
)
def test_argument_outside_its_range_is_refused(line, message, capsys):
    assert main(["calc", *line.split()]) != 0
    assert message in capsys.readouterr().err
