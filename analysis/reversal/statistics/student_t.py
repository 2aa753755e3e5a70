"""Student's t distribution."""

from __future__ import annotations


def quantile(dof: int) -> float:
    """97.5 % quantile of Student's t for the given degrees of freedom (a series in 1/dof, to 0.5 % from 4 up)."""
    z = 1.959964
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * dof**3)
    return z + (z**3 + z) / (4 * dof) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * dof**2) + third
