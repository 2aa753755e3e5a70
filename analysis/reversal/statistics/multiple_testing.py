"""Probabilities of several tests of one question, corrected for their number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction, in the order given.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]

    Source: Holm, Scand. J. Stat. 6:65 (1979).
    """
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate([p_values[k] * (len(p_values) - rank) for rank, k in enumerate(order)])
    corrected = [0.0] * len(p_values)
    for k, value in zip(order, stepped, strict=True):
        corrected[int(k)] = min(1.0, float(value))
    return corrected


def holm_of_known(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's correction over the probabilities that are known, in the order given."""
    known = [n for n, p in enumerate(p_values) if p is not None]
    corrected = dict(zip(known, holm([p for p in p_values if p is not None]), strict=True))
    return [corrected.get(n) for n in range(len(p_values))]
