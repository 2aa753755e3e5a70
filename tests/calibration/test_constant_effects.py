"""Constants that decide an answer do so in simulations, and a changed constant is put back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import pytest

from reversal.calibration.constant_answers import NO_ANSWER, Answer
from reversal.calibration.constant_effects import acts, changed, difference
from reversal.calibration.constant_tables import TABLES, Constant, constants_of
from reversal.calibration.constants_page import PAGE, unchanged
from reversal.constant import ConstantKind
from reversal.measure.reversal import smooth_curve
from reversal.statistics import student_t

CONSTANTS = {constant.name: constant for table in TABLES for constant in constants_of(table)}
FACTORS = (0.5, 2.0)


def effects_on_the_page(root: Path) -> dict[str, tuple[str, str]]:
    """Effect of halving and doubling of each constant, as printed."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \| ([^|]+) \|$", (root / PAGE).read_text(encoding="utf-8"), re.M)
    return {name: (halved, doubled) for name, halved, doubled in rows}


def deciding() -> Iterator[Constant]:
    return (one for one in CONSTANTS.values() if one.because.kind is not ConstantKind.NUMERICS)


def numbers(*values: float) -> Sequence[Answer]:
    return [Answer(value, value - 1, value + 1, 0.0, (), ()) for value in values]


@pytest.mark.long
def test_halving_or_doubling_a_constant_changes_answers_unless_the_page_says_none(root: Path) -> None:
    printed = effects_on_the_page(root)
    without_effect = []
    for constant in deciding():
        factors = [factor for factor, effect in zip(FACTORS, printed[constant.name], strict=True) if effect != "none"]
        if factors and not acts(constant, factors[0], unchanged(constant.module)):
            without_effect.append(constant.name)
    assert without_effect == []


def test_more_than_half_of_the_constants_that_decide_have_an_effect_on_the_page(root: Path) -> None:
    printed = effects_on_the_page(root)
    assert printed.keys() == CONSTANTS.keys()
    effects = [printed[constant.name] != ("none", "none") for constant in deciding()]
    assert sum(effects) > 0.5 * len(effects)


def test_a_changed_constant_reaches_every_module_and_is_put_back() -> None:
    before = CONSTANTS["SMOOTH_REACH_mV"].value
    with changed(CONSTANTS["SMOOTH_REACH_mV"], 0.5):
        assert vars(smooth_curve)["SMOOTH_REACH_mV"] == 0.5 * before  # type: ignore[operator]
        assert vars(import_module(CONSTANTS["SMOOTH_REACH_mV"].module))["SMOOTH_REACH_mV"] == 0.5 * before  # type: ignore[operator]
    assert vars(smooth_curve)["SMOOTH_REACH_mV"] is before


def test_a_changed_constant_reaches_defaults_of_arguments_and_cached_results() -> None:
    before = student_t.two_sided_quantile(10)
    with changed(CONSTANTS["CONFIDENCE_LEVEL"], 0.5):
        assert student_t.two_sided_quantile(10) == pytest.approx(student_t.two_sided_quantile(10, 0.475))
        assert student_t.two_sided_quantile(10) < before
    assert student_t.two_sided_quantile(10) == before


def test_counts_stay_whole_and_at_least_one() -> None:
    constant = CONSTANTS["MIN_SCATTER_SWEEPS"]
    with changed(constant, 0.1):
        assert vars(import_module(constant.module))["MIN_SCATTER_SWEEPS"] == 1


def test_the_difference_counts_changed_and_failed_answers_and_shifts_in_half_widths() -> None:
    effect = difference(numbers(0, 0, 0, 0), [*numbers(0, 0.5, 0), NO_ANSWER])
    assert (effect.changed, effect.failed, effect.shift, effect.coverage) == (0.5, 0.25, 0.5, 0.0)
