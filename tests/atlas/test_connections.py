"""Connections of the sections: functions that exist, command lines that run, exercises with an answer."""

from __future__ import annotations

import importlib
import re
import shlex

import pytest

from reversal.atlas.atlas_page import SECTIONS
from reversal.atlas.connections import CONNECTIONS
from reversal.atlas.systems.textbook import CASES
from reversal.cli.main import main

LINES = sorted({line for connection in CONNECTIONS.values() for line in connection.calc})
ANSWERS = [  # command line, name of a result, case of the textbooks with the same number, place in its answer
    ("reversal calc two-ion --v -70 --ref 5/140 --x 145/15 -t 37", "P_ref/P_X", "X04", 1),
    ("reversal calc conductor --diffusion 1 --concentration 10000 --charge 1 -t 25", "conductivity", "X20", 0),
    ("reversal calc donnan --outside K=110 Cl=110 --impermeant 150 -t 36.85", "Cl inside", "S4-12", 0),
    ("reversal calc membrane --radius 10 --change 110 --bulk 140", "fraction of the ions", "S0-10", 0),
    ("reversal calc mullins-noda --k 4/140 --na 145/12 --ratio 0.04303 -t 37", "offset", "S2-05b", 0),
    ("reversal calc oxygen --g-na 5 --v -70 --e-na 60 --e-k -90", "O₂", "S4-09", 0),
    ("reversal calc oxygen --g-na 2 --v -70 --e-na 60 --e-k -90", "O₂", "X21", 0),
    ("reversal calc motive-force --v -140 --sides 400/20 -t 25", "motive force", "S3-20", 0),
    ("reversal calc ghk K=5/140:1 Na=145/15:1 -t 37", "E_rev", "S3-04", 0),
    ("reversal calc ischaemia --time 60 --atp-time 0.001", "V", "X14", 0),
    ("reversal calc ischaemia --time 60 --atp-time 0.001", "K⁺ outside", "X14", 1),
    ("reversal calc axon --current 10 --stimulus 1", "peak", "X01", 0),
]


def test_every_section_is_connected():
    assert set(CONNECTIONS) == {section.key for section in SECTIONS}


@pytest.mark.parametrize("key", sorted(CONNECTIONS))
def test_functions_of_a_section_exist(key):
    for text in CONNECTIONS[key].functions:
        path = re.match(r"[\w.]+", text).group()
        module, _, name = path.rpartition(".")
        assert callable(getattr(importlib.import_module(f"reversal.{module}"), name))


@pytest.mark.parametrize("key", sorted(CONNECTIONS))
def test_exercise_of_a_section_has_computed_answers(key):
    assert set(CONNECTIONS[key].exercise.claims) <= set(CASES)
    assert CONNECTIONS[key].exercise.question.endswith("?")


@pytest.mark.parametrize("line", LINES)
def test_command_line_of_a_figure_runs(line, capsys):
    program, *arguments = shlex.split(line)
    assert program == "reversal"
    assert main(arguments) == 0
    assert re.search(r"-?\d", capsys.readouterr().out)


@pytest.mark.parametrize(("line", "name", "case", "place"), ANSWERS)
def test_command_line_gives_the_number_of_the_claim(line, name, case, place, capsys):
    assert line in LINES
    assert main(shlex.split(line)[1:]) == 0
    said = capsys.readouterr().out
    value = float(re.search(rf"^{re.escape(name)}\s+(\S+)", said, re.MULTILINE).group(1))
    answer = CASES[case]()
    assert value == pytest.approx(answer[place] if isinstance(answer, tuple) else answer, rel=2e-4)
