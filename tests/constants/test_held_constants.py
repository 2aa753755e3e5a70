"""Half and twice of every constant that decides an answer moves an answer of a case, and the answers are held."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from reversal.calibration.constant_cases.all_cases import CASES
from reversal.calibration.constant_cases.case import Case, Known, about
from reversal.calibration.constant_cases.without_effect import MOST_WITHOUT_EFFECT, WITHOUT_EFFECT
from reversal.calibration.constant_cases_page import PAGE, printed_answers
from reversal.calibration.constant_effects import (
    CHANGED_RELATIVE,
    FACTORS,
    PINNED_RELATIVE,
    acts,
    answers_of,
    cases_of,
    difference,
    variants,
)
from reversal.calibration.constant_tables import TABLES, Constant, constants_of
from reversal.calibration.constants_page import PAGE as CONSTANTS_PAGE
from reversal.constant import ConstantKind

WAYS = {0.5: "halved", 2.0: "doubled"}


def deciding(table: ModuleType) -> Iterator[Constant]:
    """Constants of a table that decide an answer."""
    return (one for one in constants_of(table) if one.because.kind is not ConstantKind.NUMERICS)


def exempt(name: str, factor: float) -> bool:
    return name in WITHOUT_EFFECT and factor in WITHOUT_EFFECT[name].factors


def what_to_do(constant: Constant, factor: float) -> str:
    """What to add for a constant that nothing holds."""
    reading = ", ".join(case.__name__ for case in cases_of(constant)) or "none"
    room = constant.module.rsplit(".", 1)[-1].removesuffix("_constants")
    return (
        f"{constant.name} {WAYS[factor]} moves no answer (cases that read it: {reading}). Add a case to "
        f"analysis/reversal/calibration/constant_cases/{room}_cases.py, or an answer to one of these, that "
        f"differs between {constant.value} and {variants(constant, factor)[0]}, then write the page of cases: "
        f"python -m reversal.calibration cases."
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__.rsplit(".", 1)[-1])
def test_half_and_twice_of_a_constant_moves_an_answer(table: ModuleType) -> None:
    free = [
        what_to_do(constant, factor)
        for constant in deciding(table)
        for factor in FACTORS
        if not exempt(constant.name, factor) and not acts(constant, factor)
    ]
    assert free == [], "\n".join(free)


def test_the_reviewed_list_has_only_constants_without_effect_and_does_not_grow() -> None:
    constants = {one.name: one for table in TABLES for one in deciding(table)}
    assert set(WITHOUT_EFFECT) <= set(constants)
    stale = [
        f"{name} {WAYS[factor]} moves an answer now: take it off the list"
        for name, entry in WITHOUT_EFFECT.items()
        for factor in entry.factors
        if acts(constants[name], factor)
    ]
    assert stale == []
    assert len(WITHOUT_EFFECT) <= MOST_WITHOUT_EFFECT
    assert all(len(entry.reason.split()) >= 8 for entry in WITHOUT_EFFECT.values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_answers_agree_with_the_truth_of_the_case(case: Case) -> None:
    with np.errstate(all="ignore"):
        answers = case()
    for name, answer in answers.items():
        if isinstance(answer, Known):
            assert answer.value is not None, f"{about(case)}: no {name}"
            assert abs(answer.value - answer.truth) <= answer.within, f"{about(case)}: {name}"


def test_answers_are_those_of_the_page(root: Path) -> None:
    printed = printed_answers((root / PAGE).read_text(encoding="utf-8"))
    assert list(printed) == [case.__name__ for case in CASES], "run: python -m reversal.calibration cases"
    moved = []
    for case in CASES:
        now, then = answers_of(case), printed[case.__name__]
        assert list(now) == list(then), f"{case.__name__}: run: python -m reversal.calibration cases"
        moved += [
            f"{case.__name__} ({about(case)}): {name} was {then[name]}, is {now[name]}"
            for name in now
            if difference(then[name], now[name]) > PINNED_RELATIVE
        ]
    assert moved == [], "\n".join([*moved, "If all of these are right: python -m reversal.calibration cases"])


def test_the_page_of_constants_has_none_only_for_the_reviewed_list_with_its_reason(root: Path) -> None:
    page = (root / CONSTANTS_PAGE).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    effects = {(name, factor): said for name, *both in rows for factor, said in zip(FACTORS, both, strict=True)}
    for constant in (one for table in TABLES for one in deciding(table)):
        for factor in FACTORS:
            said = effects[constant.name, factor]
            assert said.startswith("none") == exempt(constant.name, factor), f"{constant.name}: run: make constants"
            assert not said.startswith("none") or WITHOUT_EFFECT[constant.name].reason in said


def test_an_effect_is_larger_than_what_the_page_allows() -> None:
    """A constant that moves an answer cannot change in its table without a failing test."""
    assert CHANGED_RELATIVE > 2 * PINNED_RELATIVE


def test_every_case_is_on_the_list_with_a_name_of_its_own() -> None:
    modules = {sys.modules[case.__module__] for case in CASES}
    listed = {case.__name__ for case in CASES}
    assert len(listed) == len(CASES)
    written = {
        name
        for module in modules
        for name, one in vars(module).items()
        if getattr(one, "__annotations__", {}) == {"return": "Answers"} and not name.startswith("_")
    }
    assert written <= listed
    assert all(len(about(case).split()) >= 4 for case in CASES)


def test_every_case_with_numbers_has_a_truth_in_its_folder() -> None:
    """A room whose answers are all without truth would hold nothing but yesterday's code."""
    rooms = {case.__module__ for case in CASES}
    known = {case.__module__ for case in CASES if any(isinstance(one, Known) for one in case().values())}
    assert rooms == known
