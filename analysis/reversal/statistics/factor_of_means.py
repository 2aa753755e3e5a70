"""Factor between two means that cannot be below 0, such as permeability ratios, when one of them may be 0.

The means are known on a scale on which their errors are symmetric and 0 is an edge. The likelihood ratio of a factor is
minimised over the common size (profile likelihood), and a factor belongs to the interval if its likelihood ratio is
below the squared quantile of Student's t. If the first mean may be 0, the interval has no lower end; if the second may
be 0, it has no upper end. On a linear scale without edge, this is Fieller's theorem.

Source: Fieller, J. R. Stat. Soc. B 16:175 (1954).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.statistics.statistics_constants import (
    FACTOR_GRID_ROUNDS,
    FACTOR_GRID_SIZE,
    FACTOR_REACH_SE,
    MAX_LOG_FACTOR,
    MAX_REML_STEPS,
)
from reversal.statistics.student_t import two_sided_p, two_sided_quantile

Scale = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Factor:
    """First mean over second with its 95 % limits, and the two-sided p of no difference.

    value : None if one of the means is not above 0;  low, high : None if open
    """

    value: float | None
    low: float | None
    high: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Means:
    """Two means on a scale with an edge at 0.

    position : (2,) means;  covariance : (2, 2) of the means;  dof : degrees of freedom of their errors
    of, ratio : from a number to its position, and back
    """

    position: FloatArray
    covariance: FloatArray
    dof: float
    of: Scale
    ratio: Scale

    def misfit(self, first: FloatArray, second: FloatArray) -> FloatArray:
        """Squared standardised distance of positions, any shape, from the means."""
        away = np.stack([first - self.position[0], second - self.position[1]])
        return np.asarray(np.einsum("i...,ij,j...->...", away, np.linalg.inv(self.covariance), away))

    def smallest(self, factor: float) -> float:
        """Smallest misfit if the first is ``factor`` times the second; infinite: the second is 0."""
        which = 0 if np.isinf(factor) else 1
        end = max(float(self.position[which]), 0.0) + FACTOR_REACH_SE * float(np.sqrt(self.covariance[which, which]))
        low, high, least = 0.0, end, np.inf
        for _ in range(FACTOR_GRID_ROUNDS):
            grid = np.linspace(low, high, FACTOR_GRID_SIZE)
            at = (grid, 0.0 * grid) if np.isinf(factor) else (self.of(factor * self.ratio(grid)), grid)
            misfits = self.misfit(*at)
            best, step = int(np.argmin(misfits)), (high - low) / (FACTOR_GRID_SIZE - 1)
            low, high, least = max(grid[best] - step, 0.0), grid[best] + step, float(misfits[best])
        return least


def factor_of_means(means: Means) -> Factor:
    """The factor with its interval; see the module."""
    inside = bool(np.all(means.position > 0))
    value = float(np.divide(*means.ratio(means.position))) if inside else None
    least = 0.0 if inside else min(means.smallest(0.0), means.smallest(np.inf))
    limit = least + two_sided_quantile(means.dof) ** 2
    start = value if value is not None else (0.0 if means.smallest(0.0) == least else np.inf)
    p = two_sided_p(float(np.sqrt(max(means.smallest(1.0) - least, 0.0))), means.dof)
    return Factor(value, _limit(means, limit, start, -1), _limit(means, limit, start, 1), p)


def _limit(means: Means, limit: float, start: float, side: int) -> float | None:
    """End of the interval below (-1) or above (1) ``start``, by bisection of the log factor; None if it is open."""
    edge = 0.0 if side < 0 else np.inf
    if start == edge or means.smallest(edge) <= limit:
        return None
    inside = float(np.log(start)) if 0 < start < np.inf else -side * MAX_LOG_FACTOR
    outside = side * MAX_LOG_FACTOR
    for _ in range(MAX_REML_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if means.smallest(float(np.exp(middle))) <= limit else (inside, middle)
        if abs(outside - inside) <= 1e-7:
            break
    return float(np.exp((inside + outside) / 2))
