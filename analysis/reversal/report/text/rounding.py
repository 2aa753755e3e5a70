"""Numbers as text: digits supported by the interval, a true minus sign, bounds with < or >."""

from __future__ import annotations

import math

MINUS = "\u2212"
UNKNOWN = "–"


def decimals_for(half_width: float, most: int = 6) -> int:
    """Number of decimals supported by an uncertainty.

    By the three leading digits of the uncertainty: 100–354 keep two digits, 355–949 one, 950–999 round up to two.
    Source: Particle Data Group, Review of Particle Physics, introduction, "Rounding".
    """
    if not half_width > 0 or not math.isfinite(half_width):
        return most
    exponent = math.floor(math.log10(half_width))
    leading = round(half_width / 10.0**exponent * 100)
    digits = 1 if 355 <= leading < 950 else 2
    if leading >= 950:
        exponent += 1
    return min(max(digits - 1 - exponent, 0), most)


def fixed(value: float | None, decimals: int) -> str:
    """Number with a fixed number of decimals; never −0."""
    if value is None:
        return UNKNOWN
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def significant(value: float | None, digits: int = 3) -> str:
    """Number with a fixed number of significant digits; with a power of ten only for very small or large numbers."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -5 <= exponent < 5:
        return fixed(value, max(digits - 1 - exponent, 0))
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}×10{_raised(int(power))}".replace("-", MINUS)


def millivolts(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """Potential with the decimals that its interval supports, at most 0.1 mV, the accuracy of amplifier zeroing."""
    return fixed(value, _mV_decimals(low, high))


def interval_mV(low: float | None, high: float | None) -> str:
    """Limits of an interval of potentials; with 0.01 mV only if they are equal at 0.1 mV; one limit as a bound."""
    if low is None and high is None:
        return UNKNOWN
    if low is None:
        return f"< {fixed(high, 1)}"
    if high is None:
        return f"> {fixed(low, 1)}"
    decimals = _mV_decimals(low, high)
    if fixed(low, decimals) == fixed(high, decimals):
        decimals += 1
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}"


def ratio(value: float | None, low: float | None, high: float | None) -> str:
    """Ratio with the digits that its interval supports, at least two."""
    if value is None:
        return UNKNOWN
    return significant(value, 2) if _is_tiny(value) else fixed(value, _ratio_decimals(value, low, high))


def interval_ratio(value: float | None, low: float | None, high: float | None) -> str:
    """Limits of a ratio; with one limit missing, a bound."""
    if low is None and high is None:
        return UNKNOWN
    if low is None:
        return f"< {significant(high, 2)}"
    if high is None:
        return f"> {significant(low, 2)}"
    if _is_tiny(low):
        return f"{significant(low, 2)} to {significant(high, 2)}"
    decimals = _ratio_decimals(value, low, high)
    return f"{fixed(low, max(decimals, _two_digits(low)))} to {fixed(high, decimals)}"


def _mV_decimals(low: float | None, high: float | None) -> int:
    return 1 if low is None or high is None else min(decimals_for((high - low) / 2), 1)


def _ratio_decimals(value: float | None, low: float | None, high: float | None) -> int:
    middle = value if value is not None else ((low or 0.0) + (high or 0.0)) / 2
    if low is None or high is None:
        return _two_digits(middle)
    # The limits of a ratio are asymmetric: the closer one determines the precision.
    nearer = min(abs(limit - middle) for limit in (low, high)) or (high - low) / 2
    return max(decimals_for(nearer), _two_digits(middle))


def _two_digits(value: float) -> int:
    """Number of decimals for two significant digits."""
    return max(1 - math.floor(math.log10(abs(value))), 0) if value else 1


def _is_tiny(value: float) -> bool:
    return 0 < abs(value) < 1e-5


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
