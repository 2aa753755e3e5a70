"""The χ² distribution: whether a sum of squares is larger than expected by chance."""

from __future__ import annotations

import math


def upper_tail(chi2: float, dof: float) -> float:
    """Probability of a sum of squares at least as large, with ``dof`` degrees of freedom.

    >>> round(upper_tail(3.841, 1), 3)
    0.05
    """
    from scipy.special import chdtrc

    return float(chdtrc(dof, chi2))


def normal_deviate(chi2: float, dof: int) -> float:
    """Standard normal deviate of a sum of squares, dof ≥ 1.

    Source: Wilson & Hilferty, Proc. Natl. Acad. Sci. USA 17:684 (1931).
    """
    excess = math.cbrt(chi2 / dof) - (1 - 2 / (9 * dof))
    return excess / math.sqrt(2 / (9 * dof))
