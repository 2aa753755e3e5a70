"""The Debye–Hückel limiting law, the Davies equation, ionic strength, and their effect on a Nernst potential."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reversal.atlas.systems.activity_laws import (
    activity_shift_mV,
    ionic_strength_M,
    log10_gamma_davies,
    log10_gamma_limiting,
)
from reversal.physics.domain import ValidityWarning
from reversal.physics.pitzer import mean_gamma


def test_both_laws_reproduce_the_table_at_low_ionic_strength():
    root = np.sqrt(0.001)
    limiting = 10 ** log10_gamma_limiting(1, 0.001, 25)
    assert limiting == pytest.approx(10 ** (-0.5108 * root), abs=2e-4)
    for gamma in (limiting, 10 ** log10_gamma_davies(1, 0.001, 25)):
        assert gamma == pytest.approx(0.965, abs=0.002)  # CRC, CsCl 0.001 m


def test_davies_is_4_percent_above_the_table_at_100_mM():
    """CsCl 0.1 m is 0.751 in the CRC table; Davies gives 0.78, an error of 4 %."""
    davies = 10 ** log10_gamma_davies(1, 0.1, 25)
    assert davies / 0.751 - 1 == pytest.approx(0.041, abs=0.005)


def test_dilution_shifts_the_nernst_potential_and_equal_ionic_strength_hardly(ions):
    """5 against 140 mM pure KCl: +5.7 mV; 150 mM NaCl and 145 mM KCl: +0.35 mV (computed independently)."""
    kcl = mean_gamma(ions["K"], ions["Cl"], [0.005, 0.140, 0.145])
    nacl = mean_gamma(ions["Na"], ions["Cl"], 0.150)
    assert activity_shift_mV(kcl[0], kcl[1], 1, 25) == pytest.approx(5.68, abs=0.03)
    assert activity_shift_mV(nacl, kcl[2], 1, 25) == pytest.approx(0.35, abs=0.02)


def test_ionic_strength_weights_with_the_square_of_the_charge():
    assert ionic_strength_M([100, 200], [2, -1]) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("law", "message"),
    [
        (lambda: log10_gamma_limiting(1, 0.15, 25), "limiting law holds up to 0.005"),
        (lambda: log10_gamma_davies(1, 0.8, 25), "Davies equation holds up to 0.5"),
    ],
)
def test_use_above_the_limit_warns_and_names_the_limit(law: Callable[[], object], message: str) -> None:
    with pytest.warns(ValidityWarning, match=message):
        law()
