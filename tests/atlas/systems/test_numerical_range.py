"""No overflow and no warning for |V| ≤ 1 V and concentrations of 1e-9 to 1e4 mM, in the formulas of the atlas."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from reversal.atlas.systems.bi_ionic import bi_ionic_ratio, divalent_ratio, two_ion_ratio
from reversal.atlas.systems.donnan import donnan
from reversal.atlas.systems.driving import electrochemical_difference_kJ_per_mol
from reversal.atlas.systems.electrodiffusion import constant_field_profile_mM
from reversal.atlas.systems.membrane_charge import surface_concentration_mM
from reversal.atlas.systems.pump import mullins_noda_mV
from reversal.atlas.systems.slope_conductance import ghk_slope_conductance_nS
from reversal.atlas.systems.transporters import NBCE1, NCX, free_energy_kJ_per_mol, reversal_mV, steepest_ratio

V = np.linspace(-1000, 1000, 21)[:, None, None]
OUT = np.geomspace(1e-9, 1e4, 14)[:, None]
IN = np.geomspace(1e-9, 1e4, 14)
SIDES = {"Na": (OUT, IN), "Ca": (IN, OUT), "HCO3": (OUT, IN)}
PAIR_OUT, PAIR_IN = np.stack(np.broadcast_arrays(OUT, OUT), -1), np.stack(np.broadcast_arrays(IN, IN), -1)

FORMULAS: dict[str, Callable[[], object]] = {
    "slopes": lambda: ghk_slope_conductance_nS(V, 1.0, OUT, IN, -2, 0),
    "difference": lambda: electrochemical_difference_kJ_per_mol(V, 0, 2),
    "profile": lambda: constant_field_profile_mM(0.5, IN, OUT, V, -3, 0),
    "bi-ionic": lambda: bi_ionic_ratio(V, OUT, IN, 0),
    "divalent ratio": lambda: divalent_ratio(V, OUT, IN, 0),
    "two ions": lambda: two_ion_ratio(V, OUT, 140, 145, IN * 0.99, 0),
    "pump": lambda: mullins_noda_mV(OUT, IN, IN, OUT, 0.04, 0),
    "face": lambda: surface_concentration_mM(IN, V, 2, 0),
    "exchanger": lambda: reversal_mV(NCX, SIDES, 0),
    "cotransporter": lambda: free_energy_kJ_per_mol(NBCE1, SIDES, V, 0),
    "gradient": lambda: steepest_ratio(NCX, "Ca", {"Na": (OUT, IN)}, 0.0, 0),
    "donnan": lambda: donnan(PAIR_OUT, [1, -1], 1e4, -2, 0).potential_mV,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formula_is_finite_and_does_not_warn(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.all(np.isfinite(FORMULAS[name]()))
