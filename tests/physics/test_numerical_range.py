"""No overflow and no warning for |V| ≤ 1 V and concentrations of 1e-9 to 1e4 mM, in the formulas of physics."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from reversal.physics.junctions import henderson_mV, salt_bridge_mV, silver_chloride_mV
from reversal.physics.nernst import nernst_in_mM
from reversal.physics.substitution import substitution_ratio

V = np.linspace(-1000, 1000, 21)[:, None, None]
OUT = np.geomspace(1e-9, 1e4, 14)[:, None]
IN = np.geomspace(1e-9, 1e4, 14)
PAIR_OUT, PAIR_IN = np.stack(np.broadcast_arrays(OUT, OUT), -1), np.stack(np.broadcast_arrays(IN, IN), -1)

FORMULAS: dict[str, Callable[[], object]] = {
    "inside": lambda: nernst_in_mM(V, OUT, -1, 0),
    "henderson": lambda: henderson_mV(PAIR_OUT, PAIR_IN, [1, -1], [1, 1.04], 0),
    "bridge": lambda: salt_bridge_mV(PAIR_OUT, [1, -1], [1, 1.04], 0),
    "pellet": lambda: silver_chloride_mV(IN, 0),
    "substitution": lambda: substitution_ratio(V, OUT, IN, 0),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formula_is_finite_and_does_not_warn(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.all(np.isfinite(FORMULAS[name]()))
