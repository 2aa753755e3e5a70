"""What halving and doubling each constant does to simulated recordings and cells."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FunctionType, ModuleType

import numpy as np

from reversal.calibration.constant_answers import NO_ANSWER, Answer, answers
from reversal.calibration.constant_tables import Constant


@dataclass(frozen=True, slots=True)
class Effect:
    """Difference between two sets of answers.

    changed : fraction of the answers of which any number or finding differs
    failed : fraction of the answers for which the code fails
    shift : largest change of a value, in half-widths of its interval
    width : median of the widths of the intervals that change, relative to before
    coverage : change of the coverage, in percentage points
    """

    changed: float
    failed: float
    shift: float
    width: float
    coverage: float


def effect_of(constant: Constant, factor: float, before: Sequence[Answer]) -> Effect:
    """Effect of a constant multiplied by a factor on the answers of its floor."""
    with changed(constant, factor):
        return difference(before, tuple(answers(constant.module)))


def acts(constant: Constant, factor: float, before: Sequence[Answer]) -> bool:
    """Whether a constant multiplied by a factor changes any answer; stops at the first one."""
    with changed(constant, factor):
        return any(not _same(a, b) for a, b in zip(before, answers(constant.module), strict=True))


@contextmanager
def changed(constant: Constant, factor: float) -> Iterator[None]:
    """The constant multiplied by a factor wherever the package has imported it, also as a default of an argument."""
    value = constant.value
    other = tuple(factor * v for v in value) if isinstance(value, tuple) else _scaled(value, factor)
    with ExitStack() as stack:
        stack.callback(_clear_caches)
        for module in _modules():
            if vars(module).get(constant.name) is value:
                stack.callback(setattr, module, constant.name, value)
                setattr(module, constant.name, other)
                for function in _functions(module):
                    stack.callback(setattr, function, "__defaults__", function.__defaults__)
                    defaults = function.__defaults__ or ()
                    function.__defaults__ = tuple(other if one is value else one for one in defaults)
        _clear_caches()
        yield


def _scaled(value: object, factor: float) -> int | float:
    """Counts stay whole and at least 1."""
    return max(round(factor * value), 1) if isinstance(value, int) else factor * float(value)  # type: ignore[arg-type]


def _modules() -> list[ModuleType]:
    """Modules whose code measures or fits."""
    rooms = ("reversal.measure.", "reversal.fit.", "reversal.statistics.")
    return [module for name, module in list(sys.modules.items()) if name.startswith(rooms)]


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Functions of a module that have defaults of arguments, without their caches."""
    for one in vars(module).values():
        function = getattr(one, "__wrapped__", one)
        if isinstance(function, FunctionType) and function.__module__ == module.__name__ and function.__defaults__:
            yield function


def _clear_caches() -> None:
    """Forget what was computed with another value."""
    for module in _modules():
        for one in vars(module).values():
            clear = getattr(one, "cache_clear", None)
            if clear is not None:
                clear()


def difference(before: Sequence[Answer], after: Sequence[Answer]) -> Effect:
    """Difference between answers to the same questions."""
    value, low, high, truth = _columns(before)
    new_value, new_low, new_high, _ = _columns(after)
    width, new_width = high - low, new_high - new_low
    known = np.isfinite(width) & np.isfinite(new_width)
    other = known & ~np.isclose(width, new_width, rtol=1e-6)
    moved = (np.abs(new_value - value) / np.maximum(width / 2, 1e-9))[known]
    covered, still = ((a <= truth) & (truth <= b) for a, b in ((low, high), (new_low, new_high)))
    return Effect(
        changed=float(np.mean([not _same(a, b) for a, b in zip(before, after, strict=True)])),
        failed=float(np.mean([one is NO_ANSWER for one in after])),
        shift=float(moved.max()) if known.any() else np.nan,
        width=float(np.median(new_width[other] / width[other])) if other.any() else np.nan,
        coverage=100 * float(still[known].mean() - covered[known].mean()) if known.any() else np.nan,
    )


def _columns(found: Sequence[Answer]) -> np.ndarray:
    """Value, limits and truth of each answer, shape (4, n)."""
    return np.array([(one.value, one.low, one.high, one.truth) for one in found], dtype=float).T


def _same(one: Answer, other: Answer) -> bool:
    if one.words != other.words or len(one.numbers) != len(other.numbers):
        return False
    first, second = ([a.value, a.low, a.high, *a.numbers] for a in (one, other))
    return bool(np.allclose(first, second, rtol=1e-9, atol=1e-12, equal_nan=True))
