"""Trend of equally spaced values, and a line through points that resists outliers.

Source: Theil, Proc. K. Ned. Akad. Wet. 53:386 (1950); Sen, J. Am. Stat. Assoc. 63:1379 (1968).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Trend:
    """Straight line through equally spaced values by least squares.

    slope, slope_se : change from one value to the next and its standard error, unit of the values
    count : number of values; the error has count − 2 degrees of freedom
    """

    slope: float
    slope_se: float
    count: int

    @property
    def change(self) -> float:
        """Change from the first to the last value."""
        return self.slope * (self.count - 1)

    def stands_out(self, standard_errors: float) -> bool:
        """Whether the slope differs from 0 by more than so many standard errors."""
        return abs(self.slope) > standard_errors * self.slope_se


def trend_of(values: FloatArray) -> Trend:
    """Trend of values of shape (n,), n ≥ 3."""
    order = centred(values.size)
    slope = float(order @ values) / float(order @ order)
    residual = values - values.mean() - slope * order
    error = np.sqrt(float(residual @ residual) / (values.size - 2) / float(order @ order))
    return Trend(slope, float(error), values.size)


def slopes_of(rows: FloatArray) -> FloatArray:
    """Slope of each row, shape (rows, n) → (rows,), per value."""
    time = centred(rows.shape[-1])
    return np.asarray(rows @ time / (time @ time))


def centred(count: int) -> FloatArray:
    """Equally spaced positions of distance 1 about 0, shape (count,)."""
    return np.asarray(np.arange(count) - (count - 1) / 2, dtype=np.float64)


def theil_sen(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Slope and intercept of the line of Theil and Sen, which resists up to 29 % of wrong points.

    x, y : (n,), n ≥ 2, not all x equal
    The slope is the median of the slopes between any two points with different x, the intercept the median of
    y − slope · x.
    """
    first, second = np.triu_indices(x.size, k=1)
    apart = x[first] != x[second]
    first, second = first[apart], second[apart]
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    return slope, float(np.median(y - slope * x))
