"""Range checks on the arguments of formulas. A value outside its range is refused; none is replaced.

Every function returns its argument as an array of floats, of the same shape, and raises DomainError if an element is
outside the range. ``name`` is the parameter named in the message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.physics.constants import ZERO_CELSIUS_K
from reversal.physics.ranges import TEMPERATURE, Quantity

ROUNDING_CHARGE_FRACTION = 1e-6  # of the total charge: rounding of concentrations, not a charged solution


class ValidityWarning(UserWarning):
    """A formula was used outside the range in which it is valid. The message gives the formula and the range."""


def within(value: ArrayLike, name: str, quantity: Quantity) -> FloatArray:
    """Return ``value`` as floats. Raises DomainError for a value outside the range of the quantity."""

    def inside(x: Any) -> Any:
        above = x > quantity.low if quantity.above_low else x >= quantity.low
        below = x < quantity.high if quantity.below_high else x <= quantity.high
        return above & below

    if isinstance(value, float) and inside(value):  # the text of the range takes longer than the check
        return np.asarray(value)
    return _checked(value, name, quantity.range_text, inside, quantity.advice)


def check_fields(model: object, quantities: Mapping[str, Quantity]) -> None:
    """Raise DomainError for the first field of a model that is outside the range of its quantity.

    quantities : quantity of each field by name; a field may be a tuple of numbers
    """
    for name, quantity in quantities.items():
        within(getattr(model, name), f"{type(model).__name__}.{name}", quantity)


def electroneutral(
    concentrations_mM: ArrayLike, z: ArrayLike, name: str, *, tolerance_mM: float = 0.0, remedy: str
) -> None:
    """Raise DomainError if a solution has a net charge above the tolerance.

    concentrations_mM : (..., ions) [mM];  z : (ions,) charge numbers
    tolerance_mM : net charge that a solution may have [mM]; 1e-6 of its total charge is always allowed
    """
    charges = np.asarray(concentrations_mM, dtype=np.float64) * np.asarray(z, dtype=np.float64)
    excess = np.atleast_1d(charges.sum(-1))
    wrong = np.abs(excess) > np.maximum(tolerance_mM, ROUNDING_CHARGE_FRACTION * np.abs(charges).sum(-1))
    if np.any(wrong):
        raise DomainError(
            f"{name} is not electroneutral",
            found=f"{float(excess[wrong][0]):+.4g} mM of charge",
            expected=f"0 within {tolerance_mM:g} mM",
            remedy=remedy,
        )


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
    """Absolute temperature [K] of ``temperature_C`` [°C]. Raises DomainError outside -5 to 60 °C."""
    return within(temperature_C, "temperature_C", TEMPERATURE) + ZERO_CELSIUS_K


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
    value: ArrayLike,
    name: str,
    expected: str,
    inside: Callable[[Any], Any],
    advice: Callable[[float], str | None] = lambda _value: None,
) -> FloatArray:
    if isinstance(value, float) and inside(value):  # integrations check single numbers a million times
        return np.asarray(value)
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise DomainError(f"{name} is not a number", found=value, expected=expected) from None
    good = inside(numbers)
    if not good.all():
        first = float(numbers if numbers.ndim == 0 else numbers[~good].flat[0])
        raise DomainError(f"{name} is outside its range", found=first, expected=expected, remedy=advice(first))
    return numbers
