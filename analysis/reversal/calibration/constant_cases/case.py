"""A case: a question to the code whose answer follows from a simulation, a publication or a calculation by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Value = float | int | str | None
"""A number, a word (the name of a finding, of an outcome, of a limit), or nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """An answer whose truth is known.

    value : the answer of the code; truth : its true value; within : how near the answer must be
    """

    value: float | None
    truth: float
    within: float


Answers = Mapping[str, Value | Known]
Case = Callable[[], Answers]
"""A function without arguments: its name and the first line of its docstring name the case."""

T = TypeVar("T")


def exactly(value: float | None, truth: float) -> Known:
    """An answer that agrees with a calculation by hand to four digits."""
    return Known(value, truth, 1e-4 * abs(truth) + 1e-12)


def first(values: Iterable[T], accepted: Callable[[T], object]) -> T | None:
    """The first value that is accepted: the limit in the behaviour of the code."""
    return next((value for value in values if accepted(value)), None)


def turning(values: Sequence[T], accepted: Callable[[T], object]) -> T | None:
    """As :func:`first` where all values after the first accepted one are accepted, too; by bisection."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if accepted(values[middle]) else (middle + 1, high)
    return values[low] if low < len(values) else None


def about(case: Case) -> str:
    """What a case is about: the first line of its docstring."""
    return (case.__doc__ or "").strip().splitlines()[0]


def value_of(answer: Value | Known) -> Value:
    """The answer without its truth."""
    return answer.value if isinstance(answer, Known) else answer
