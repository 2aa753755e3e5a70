"""Range checks on the arguments of formulas. A value outside its range is refused; none is replaced.

Every function returns its argument as an array of floats, of the same shape, and raises DomainError if an element is
outside the range. ``name`` is the parameter named in the message.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import ZERO_CELSIUS_K


def finite(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats. Raises DomainError for an infinite value or NaN."""
    return _checked(value, name, "a finite number", np.isfinite)


def positive(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats. Raises DomainError for a value that is not finite and above 0."""
    return _checked(value, name, "a finite number above 0", lambda x: (x > 0) & (x < np.inf))


def not_negative(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats. Raises DomainError for a value that is not finite, or below 0."""
    return _checked(value, name, "a finite number, 0 or above", lambda x: (x >= 0) & (x < np.inf))


def nonzero(value: ArrayLike, name: str = "charge number z") -> FloatArray:
    """Return ``value`` as floats. Raises DomainError for a value that is 0 or not finite."""
    return _checked(value, name, "a finite number other than 0", lambda x: (x != 0) & np.isfinite(x))


def fraction(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as floats. Raises DomainError for a value below 0 or above 1."""
    return _checked(value, name, "a number from 0 to 1", lambda x: (x >= 0) & (x <= 1))


def kelvin(temperature_C: ArrayLike) -> FloatArray:
    """Absolute temperature [K] of ``temperature_C`` [°C]. Raises DomainError at or below absolute zero."""
    celsius = _checked(
        temperature_C,
        "temperature_C",
        f"a temperature in °C above {-ZERO_CELSIUS_K}",
        lambda t: (t > -ZERO_CELSIUS_K) & (t < np.inf),
    )
    return celsius + ZERO_CELSIUS_K


def last_axis_matches(name: str, values: FloatArray, ions: int) -> FloatArray:
    """Return ``values``. Raises DomainError if the last axis does not have one value for each of ``ions`` ions."""
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
