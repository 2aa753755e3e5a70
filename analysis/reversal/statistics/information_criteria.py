"""Akaike's criterion with the correction for few data, the smaller the better.

Source: Hurvich & Tsai, Biometrika 76:297 (1989).
"""

from __future__ import annotations

import math


def aicc(deviance: float, parameters: int, n: int) -> float:
    """AICc of a model, dimensionless; infinite where the data do not exceed the parameters by two.

    deviance : −2 ln likelihood up to a constant: χ² where the errors are known, else :func:`unknown_error_deviance`
    parameters : number of free parameters; n : number of data

    >>> aicc(10.0, 2, 10)
    15.714285714285714
    """
    if n - parameters - 1 <= 0:
        return math.inf
    return deviance + 2 * parameters + 2 * parameters * (parameters + 1) / (n - parameters - 1)


def unknown_error_deviance(sum_of_squares: float, n: int) -> float:
    """Deviance of n residuals of equal but unknown variance, n ln(S/n); S in any unit, the same for all models."""
    return n * math.log(max(sum_of_squares, 1e-300) / n)
