"""Scales from data to positions on a page, their ticks, and the sizes of scale bars."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray

ROUND_STEPS = (1, 2, 5, 10)
FINE_STEPS = ((1, 0.2), (2, 0.5), (5, 1.0), (10, 2.0))  # distance of ticks with a label, and without
LOG_STEPS = (1.0, 2.0, 5.0)
WIDE_RANGE = 200  # quotient of the ends of a logarithmic scale that has ticks at powers of ten only
UNITS = {"pA": ("pA", "nA", "µA"), "ms": ("ms", "s")}  # each 1000 times the one before


@dataclass(frozen=True, slots=True)
class Scale:
    """Map from data ``low`` … ``high`` to positions ``start`` … ``stop`` [pt].

    log : whether equal ratios have equal distances; values are then > 0
    """

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def __call__(self, values: ArrayLike) -> FloatArray:
        """Positions of values; the middle if the scale has no range."""
        numbers, low, high = (
            np.log10(part) if self.log else np.asarray(part, dtype=float) for part in (values, self.low, self.high)
        )
        if low == high:
            return np.full(numbers.shape, (self.start + self.stop) / 2)
        return self.start + (numbers - low) * ((self.stop - self.start) / (high - low))

    def at(self, value: float) -> float:
        """Position of one value."""
        return float(self(value))

    def contains(self, value: float) -> bool:
        """Whether a value is between the ends of the scale."""
        return min(self.low, self.high) <= value <= max(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Ticks with labels, and finer ones without."""

    labelled: tuple[float, ...]
    fine: tuple[float, ...]


def round_ticks(low: float, high: float, most: int) -> Ticks:
    """Multiples of 1, 2 or 5 times a power of ten between two values, at most ``most`` + 1 of them with labels."""
    if not (math.isfinite(high - low) and high > low):
        return Ticks((), ())
    least = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(least))
    step, fine = next((step, fine) for step, fine in FINE_STEPS if step * power >= least * (1 - 1e-9))
    labelled = _multiples(low, high, step * power)
    return Ticks(labelled, tuple(tick for tick in _multiples(low, high, fine * power) if tick not in labelled))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Powers of ten between two values > 0, and 2 and 5 times of them unless the range is wide."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = LOG_STEPS if high / low < WIDE_RANGE else LOG_STEPS[:1]
    ticks = (float(f"{step * 10.0**power:.12g}") for power in powers for step in steps)
    return tuple(tick for tick in ticks if low <= tick <= high)


def apart(values: Iterable[float], scale: Scale, room: float) -> list[float]:
    """Values in order, without those whose position is closer than ``room`` [pt] to the last one before."""
    kept: list[float] = []
    for value in sorted(set(values)):
        if not kept or abs(scale.at(value) - scale.at(kept[-1])) >= room:
            kept.append(value)
    return kept


def with_edges(values: Sequence[float], edge: float) -> tuple[float, float]:
    """Smallest and largest value, moved apart by a share ``edge`` of their distance; at least by 1 in total."""
    low, high = min(values), max(values)
    reach = edge * (high - low) or 0.5
    return low - reach, high + reach


def bar_size(span: float) -> float:
    """Size of a scale bar: 1, 2 or 5 times a power of ten, closest to a quarter of the span."""
    goal = max(span, 1e-12) / 4
    power = 10.0 ** math.floor(math.log10(goal))
    return float(min((step * power for step in ROUND_STEPS), key=lambda size: abs(math.log(size / goal))))


def bar_label(size: float, unit: str) -> str:
    """Label of a scale bar in a convenient unit: 2 nA for 2000 pA, 1 s for 1000 ms."""
    factor, name = convenient_unit(size, unit, 1000.0)
    return f"{size / factor:g} {name}"


def convenient_unit(largest: float, unit: str, most: float) -> tuple[float, str]:
    """Factor and name of the unit in which ``largest`` is below ``most``, if there is one."""
    factor = 1.0
    names = UNITS[unit]
    for name in names[:-1]:
        if largest < most * factor:
            return factor, name
        factor *= 1000.0
    return factor, names[-1]


def tick_label(value: float) -> str:
    """Shortest text of a tick, with a true minus sign."""
    return f"{value:g}".replace("-", "\u2212")


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(f"{n * step:.12g}") for n in range(first, last + 1))
