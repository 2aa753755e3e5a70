"""A changed constant reaches all code that reads it, and is put back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from reversal.calibration.constant_cases import iv_cases, statistics_cases
from reversal.calibration.constant_effects import (
    ROOMS,
    acts,
    answers_of,
    cases_of,
    changed,
    difference,
    effect_of,
    variants,
)
from reversal.calibration.constant_tables import TABLES, Constant, constants_of
from reversal.calibration.constants_page import said
from reversal.constant import DECISION, Because
from reversal.measure.reversal import smooth_curve
from reversal.statistics import student_t

CONSTANTS = {constant.name: constant for table in TABLES for constant in constants_of(table)}


def test_a_changed_constant_reaches_every_module_and_is_put_back() -> None:
    constant = CONSTANTS["SMOOTH_REACH_mV"]
    before = constant.value
    with changed(constant, 20.0):
        assert vars(smooth_curve)["SMOOTH_REACH_mV"] == 20.0
        assert vars(import_module(constant.module))["SMOOTH_REACH_mV"] == 20.0
    assert vars(smooth_curve)["SMOOTH_REACH_mV"] is before


def test_a_changed_constant_reaches_defaults_of_arguments_and_cached_results() -> None:
    before = student_t.two_sided_quantile(10)
    with changed(CONSTANTS["CONFIDENCE_LEVEL"], 0.475):
        assert student_t.two_sided_quantile(10) == pytest.approx(student_t.two_sided_quantile(10, 0.475))
        assert student_t.two_sided_quantile(10) < before
    assert student_t.two_sided_quantile(10) == before


def made(value: object) -> Constant:
    return Constant("", "MADE", value, Because("", DECISION, ""))


def test_counts_stay_whole_and_above_0_and_values_of_a_tuple_change_alone() -> None:
    assert variants(made(3), 0.5) == [2]
    assert variants(made(1), 0.5) == [2]
    assert variants(made(0.3), 2.0) == [0.6]
    assert variants(made((0.0, 1.0, 5.0)), 2.0) == [(0.0, 2.0, 5.0), (0.0, 1.0, 10.0)]


@pytest.mark.long
def test_a_constant_is_looked_for_in_the_cases_that_read_it() -> None:
    assert cases_of(CONSTANTS["BISQUARE_CUTOFF_SD"])[0] is statistics_cases.tukey_weights
    assert iv_cases.blank_after_a_step in cases_of(CONSTANTS["DEFAULT_BLANK_ms"])
    assert iv_cases.blank_after_a_step not in cases_of(CONSTANTS["BISQUARE_CUTOFF_SD"])


def test_an_effect_names_the_answer_that_changes_most() -> None:
    constant = CONSTANTS["DEFAULT_BLANK_ms"]
    effect = effect_of(constant, 2.0)
    assert acts(constant, 2.0)
    change = effect.changes[0]
    assert (change.case, change.answer, change.before, change.after) == ("blank_after_a_step", "unknown_ms", 1.0, 2.0)
    assert "`blank_after_a_step` unknown_ms 1 → 2" in said(effect, constant.name, 2.0)


def test_a_difference_is_relative_and_infinite_between_words() -> None:
    assert difference(2.0, 2.5) == pytest.approx(0.25)
    assert difference(float("nan"), float("nan")) == difference(None, None) == difference("tail", "tail") == 0.0
    assert difference("tail", "ramp") == difference(1.0, None) == difference("tail", 1.0) == float("inf")


def test_code_that_fails_is_an_answer() -> None:
    assert answers_of(lambda: {"never": 1.0 / 0}) == {"fails": "yes"}


def sources(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Modules of the rooms whose constants are changed, but for the tables themselves."""
    for room in ROOMS:
        for path in (root / "analysis" / room.replace(".", "/")).rglob("*.py"):
            if not path.stem.endswith("_constants"):
                yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def read_on_import(node: ast.AST) -> Iterator[str]:
    """Names that are read when a module is imported: outside of functions, in assignments of modules and classes."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
        if not isinstance(part, ast.FunctionDef | ast.Lambda):
            yield from read_on_import(part)


def test_nothing_is_computed_from_a_constant_when_a_module_is_imported(root: Path) -> None:
    """Such a value would not follow a changed constant."""
    computed = [f"{file}: {name}" for file, tree in sources(root) for name in read_on_import(tree) if name in CONSTANTS]
    assert computed == []


def test_a_value_computed_on_import_is_found() -> None:
    module = ast.parse("WIDE = 2 * NARROW\nclass A:\n    size: int = NARROW\ndef f(): return NARROW\n")
    assert list(read_on_import(module)).count("NARROW") == 2


def test_no_count_is_a_default_of_an_argument(root: Path) -> None:
    """A whole number is one object everywhere, so that a default cannot be distinguished from another number."""
    counts = {name for name, constant in CONSTANTS.items() if isinstance(constant.value, int)}
    functions = [node for _, tree in sources(root) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    defaults = [one for node in functions for one in (*node.args.defaults, *node.args.kw_defaults)]
    assert [one.id for one in defaults if isinstance(one, ast.Name) and one.id in counts] == []
