"""Effect of halving and doubling each constant on the answers of the cases that read it."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from time import process_time
from types import CodeType, FrameType, FunctionType, ModuleType

import numpy as np

from reversal.calibration.constant_cases.all_cases import CASES
from reversal.calibration.constant_cases.case import Case, Value, value_of
from reversal.calibration.constant_tables import Constant
from reversal.errors import Refusal

ROOMS = ("reversal.measure.", "reversal.fit.", "reversal.statistics.", "reversal.recordings.")
FACTORS = (0.5, 2.0)
PINNED_RELATIVE = 1e-4
"""How far an answer may differ from the printed one, relative to it."""
CHANGED_RELATIVE = 3e-4
"""Relative difference above which an answer counts as changed: such a change cannot hide from the printed answers."""
FAILURES = (ArithmeticError, ValueError, IndexError, TypeError, np.linalg.LinAlgError, Refusal)
FAILED: dict[str, Value] = {"fails": "yes"}


@dataclass(frozen=True, slots=True)
class Change:
    """The answer of a case that changes most; None where there is none, "fails" if the code fails."""

    case: str
    answer: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Effect:
    """Effect of one changed constant: the cases that read it, and those of which an answer changes."""

    asked: int
    changes: tuple[Change, ...]


def effect_of(constant: Constant, factor: float) -> Effect:
    """Effect of a constant times a factor on all cases that read it; the least one of the values of a tuple.

    The cases are in the order of the list, so that the page of constants does not depend on how long they take.
    """
    reading = sorted(cases_of(constant), key=CASES.index)
    found = []
    for other in variants(constant, factor):
        with changed(constant, other):
            found.append(tuple(change for case in reading if (change := _change(case)) is not None))
    return Effect(len(reading), min(found, key=len, default=()))


def acts(constant: Constant, factor: float) -> bool:
    """Whether a constant times a factor changes any answer, each value of a tuple alone; stops at the first one."""
    reading = cases_of(constant)
    for other in variants(constant, factor):
        with changed(constant, other):
            if all(_change(case) is None for case in reading):
                return False
    return True


def variants(constant: Constant, factor: float) -> list[object]:
    """The value times a factor; for a tuple, one for each of its values other than 0. Counts stay whole and above 0."""
    value = constant.value
    if not isinstance(value, tuple):
        return [_scaled(value, factor)]
    each = [n for n, one in enumerate(value) if one != 0]
    return [tuple(_scaled(one, factor) if m == n else one for m, one in enumerate(value)) for n in each]


def _scaled(value: object, factor: float) -> int | float:
    """Counts stay whole, and above 0; a count of 1 becomes 2 in both directions."""
    if not isinstance(value, int):
        return factor * float(value)  # type: ignore[arg-type]
    return max(round(factor * value), 1) if value > 1 else value + 1


def cases_of(constant: Constant) -> tuple[Case, ...]:
    """The cases that read a constant, the quickest first."""
    read, name = _cases_by_constant(), constant.name
    return tuple(case for case in read if name in names_in_defaults() or name in read[case])


def answers_of(case: Case) -> dict[str, Value]:
    """The answers of a case without their truths; FAILED if the code fails."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            return {name: value_of(answer) for name, answer in case().items()}
        except FAILURES:
            return FAILED


@cache
def unchanged(case: Case) -> dict[str, Value]:
    """Answers with every constant as it is."""
    return answers_of(case)


def _change(case: Case) -> Change | None:
    """The answer that changes most; None if none changes."""
    before, after = unchanged(case), answers_of(case)
    if after is FAILED:
        return Change(case.__name__, next(iter(before)), before[next(iter(before))], "fails")
    sizes = {name: difference(before.get(name), after.get(name)) for name in before | after}
    name = max(sizes, key=lambda one: sizes[one])
    return Change(case.__name__, name, before.get(name), after.get(name)) if sizes[name] > CHANGED_RELATIVE else None


def difference(one: Value, other: Value) -> float:
    """Relative difference of two answers; infinite between words, and between a number and nothing."""
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return 0.0 if one == other else math.inf
    if math.isnan(one) or math.isnan(other):
        return 0.0 if math.isnan(one) and math.isnan(other) else math.inf
    return abs(other - one) / max(abs(one), 1e-9)


@cache
def _cases_by_constant() -> dict[Case, frozenset[str]]:
    """Names that the code reads in each case, of constants and of anything else; the quickest case first."""
    read = {case: _names_read(case) for case in CASES}
    return {case: read[case] for case in sorted(CASES, key=_seconds)}


def _seconds(case: Case) -> float:
    clear_caches()
    start = process_time()
    answers_of(case)
    return process_time() - start


def _names_read(case: Case) -> frozenset[str]:
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    clear_caches()
    unchanged(case)
    clear_caches()
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        answers_of(case)
    finally:
        sys.setprofile(before)
    return frozenset(name for code in codes for name in code.co_names)


@contextmanager
def changed(constant: Constant, other: object) -> Iterator[None]:
    """Another value of a constant wherever the package has imported it, also as a default of an argument."""
    value = constant.value
    with ExitStack() as stack:
        stack.callback(clear_caches)
        for module in _modules():
            if vars(module).get(constant.name) is value:
                stack.callback(setattr, module, constant.name, value)
                setattr(module, constant.name, other)
                for function in _functions(module):
                    stack.callback(setattr, function, "__defaults__", function.__defaults__)
                    defaults = function.__defaults__ or ()
                    function.__defaults__ = tuple(other if _is_the(one, value) else one for one in defaults)
        clear_caches()
        yield


@cache
def names_in_defaults() -> frozenset[str]:
    """Names of constants that are defaults of arguments: any call reads them."""
    return frozenset(
        name
        for module in _modules()
        for name, value in vars(module).items()
        if name[:1].isupper() and any(_is_the(one, value) for f in _functions(module) for one in f.__defaults__ or ())
    )


def _is_the(default: object, value: object) -> bool:
    """Whether a default is a constant itself; small whole numbers are one object everywhere, so they never are."""
    return isinstance(value, float | tuple) and default is value


def _modules() -> list[ModuleType]:
    """Modules whose code reads, measures or fits."""
    return [module for name, module in list(sys.modules.items()) if name.startswith(ROOMS)]


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Functions of a module that have defaults of arguments, without their caches."""
    for one in vars(module).values():
        function = getattr(one, "__wrapped__", one)
        if isinstance(function, FunctionType) and function.__module__ == module.__name__ and function.__defaults__:
            yield function


def clear_caches() -> None:
    """Forget what was computed with another value."""
    for clear in _cache_clears():
        clear()


@cache
def _cache_clears() -> tuple[Callable[[], None], ...]:
    return tuple(
        one.cache_clear for module in _modules() for one in vars(module).values() if hasattr(one, "cache_clear")
    )
