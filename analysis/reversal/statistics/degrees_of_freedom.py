"""Degrees of freedom of a sum of variances."""

from __future__ import annotations

from collections.abc import Sequence


def satterthwaite(variances: Sequence[float], dofs: Sequence[float]) -> float:
    """Effective degrees of freedom of a sum of independent variances, (Σ v)² / Σ (v²/ν).

    variances : unit of a variance, not all 0; dofs : degrees of freedom that each is known from

    >>> satterthwaite((1.0, 1.0), (4, 4))
    8.0

    Source: Satterthwaite, Biometrics 2:110 (1946).
    """
    parts = (variance**2 / dof for variance, dof in zip(variances, dofs, strict=True))
    return float(sum(variances) ** 2 / sum(parts))
