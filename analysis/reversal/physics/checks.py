"""The gate every number passes before a formula sees it: out of range is refused, never repaired."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import ZERO_CELSIUS_K


def finite(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats; refuse infinities and what is not a number."""
    return _checked(value, name, "a finite number", np.isfinite)


def positive(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats; refuse what is not finite and above zero."""
    return _checked(value, name, "a finite number above 0", lambda x: (x > 0) & (x < np.inf))


def not_negative(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats; refuse what is not finite or below zero."""
    return _checked(value, name, "a finite number, 0 or above", lambda x: (x >= 0) & (x < np.inf))


def nonzero(value: ArrayLike, name: str = "charge number z") -> FloatArray:
    """Return ``value`` as floats; refuse zero and what is not finite."""
    return _checked(value, name, "a finite number other than 0", lambda x: (x != 0) & np.isfinite(x))


def fraction(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats; refuse what lies outside 0 … 1."""
    return _checked(value, name, "a number from 0 to 1", lambda x: (x >= 0) & (x <= 1))


def kelvin(temperature_C: ArrayLike) -> FloatArray:
    """Absolute temperature [K] of ``temperature_C`` [°C]; refuse what is not above absolute zero."""
    celsius = _checked(
        temperature_C,
        "temperature_C",
        f"a temperature in °C above {-ZERO_CELSIUS_K}",
        lambda t: (t > -ZERO_CELSIUS_K) & (t < np.inf),
    )
    return celsius + ZERO_CELSIUS_K


def last_axis_matches(name: str, values: FloatArray, ions: int) -> FloatArray:
    """Refuse an array whose last axis does not hold one value for each of ``ions`` ions."""
    if values.ndim == 0 or values.shape[-1] != ions:
        raise DomainError(
            f"{name} does not have one value for each ion",
            found=values.shape,
            expected=f"a last axis of length {ions}",
        )
    return values


def _checked(
    value: ArrayLike, name: str, expected: str, inside: Callable[[FloatArray], NDArray[np.bool_]]
) -> FloatArray:
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise DomainError(f"{name} is not a number", found=value, expected=expected) from None
    good = inside(numbers)
    if not np.all(good):
        first = numbers if numbers.ndim == 0 else numbers[~good].flat[0]
        raise DomainError(f"{name} is outside its range", found=float(first), expected=expected)
    return numbers
