"""Activity coefficients against printed tables, laws of thermodynamics, and the warnings at the edges of ranges."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from reversal.errors import DomainError
from reversal.physics.activity import (
    ValidityWarning,
    activity_shift_mV,
    debye_huckel_slope,
    ionic_strength_M,
    log10_gamma_davies,
    log10_gamma_extended,
    log10_gamma_limiting,
)
from reversal.physics.pitzer import (
    Convention,
    ln_gamma_mixture,
    mean_gamma,
    mean_gamma_in,
    single_ion_gammas,
)

MOLAL = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
# CRC Handbook (Hamer & Wu 1972; Staples & Nuttall 1977), 25 °C, three decimals. The tolerance is how far these
# published Pitzer parameters (1973) lie from the tables, which rest on other fits.
CRC = {
    ("Cs", "Cl"): ([0.965, 0.951, 0.925, 0.898, 0.864, 0.805, 0.751, 0.691, 0.607, 0.546], 0.0025),
    ("Ca", "Cl"): ([0.888, 0.851, 0.787, 0.727, 0.664, 0.577, 0.517, 0.469, 0.444, 0.495], 0.007),
    ("Cs", "F"): ([0.965, 0.952, 0.929, 0.905, 0.876, 0.830, 0.792, 0.755, 0.721, 0.726], 0.009),
}


@pytest.mark.parametrize("salt", CRC, ids="".join)
def test_pitzer_reproduces_the_crc_table(salt, ions):
    table, tolerance = CRC[salt]
    np.testing.assert_allclose(mean_gamma(ions[salt[0]], ions[salt[1]], MOLAL), table, atol=tolerance, rtol=0)


def test_every_model_reproduces_the_dilute_end():
    root = np.sqrt(0.001)
    limiting = 10 ** log10_gamma_limiting(1, 0.001, 25)
    assert limiting == pytest.approx(10 ** (-0.5108 * root), abs=2e-4)
    for gamma in (limiting, 10 ** log10_gamma_extended(1, 0.001, 3, 25), 10 ** log10_gamma_davies(1, 0.001, 25)):
        assert gamma == pytest.approx(0.965, abs=0.002)  # CRC, CsCl 0.001 m


def test_debye_huckel_slope_at_25_degrees():
    """0.509–0.511 in the usual tables (Robinson & Stokes 1959)."""
    assert debye_huckel_slope(25) == pytest.approx(0.510, abs=0.002)


def test_davies_fails_where_tables_say_so():
    """CsCl 0.1 m is 0.751 in the CRC table; Davies gives 0.78, an error of 4 %."""
    davies = 10 ** log10_gamma_davies(1, 0.1, 25)
    assert davies / 0.751 - 1 == pytest.approx(0.041, abs=0.005)


@pytest.mark.parametrize("m", [0.01, 0.15, 1.0])
@pytest.mark.parametrize("salt", [("K", "Cl"), ("Ca", "Cl"), ("Na", "SO4")], ids="".join)
def test_a_mixture_of_one_salt_is_that_salt(salt, m, ions):
    cation, anion = ions[salt[0]], ions[salt[1]]
    amounts = np.array([-anion.z, cation.z]) * m / np.gcd(cation.z, -anion.z)
    ln_gamma = ln_gamma_mixture([cation, anion], amounts)
    assert mean_gamma_in([cation, anion], ln_gamma, 0, 1) == pytest.approx(
        float(mean_gamma(cation, anion, m)), rel=1e-12
    )


def test_coefficients_of_a_mixture_are_one_potential(ions):
    """∂ ln γ_i/∂m_j = ∂ ln γ_j/∂m_i: all coefficients come from one free energy (Gibbs)."""
    mixture = [ions[name] for name in ("Na", "K", "Ca", "Cl", "SO4")]
    m, h = np.array([0.14, 0.005, 0.02, 0.12, 0.03]), 1e-6
    steps = np.eye(5) * h
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # CaSO4 has no parameters; the law holds for what there is
        slopes = np.array(
            [(ln_gamma_mixture(mixture, m + s) - ln_gamma_mixture(mixture, m - s)) / (2 * h) for s in steps]
        )
    np.testing.assert_allclose(slopes, slopes.T, atol=1e-7 * np.abs(slopes).max() + 1e-5)


def test_conventions_differ_for_single_ions_and_agree_for_salts(ions):
    pair = [ions["Na"], ions["Cl"]]
    guggenheim = single_ion_gammas(pair, [150, 150], 25)
    macinnes = single_ion_gammas(pair, [150, 150], 25, Convention.MACINNES)
    assert guggenheim.gamma[0] == guggenheim.gamma[1]
    assert macinnes.gamma[0] > guggenheim.gamma[0]
    assert macinnes.gamma.prod() == pytest.approx(guggenheim.gamma.prod(), rel=1e-12)
    assert "MacInnes" in macinnes.convention


def test_divalent_ion_by_guggenheim_is_the_square_of_the_mean(ions):
    gamma = single_ion_gammas([ions["Ca"], ions["Cl"]], [100, 200], 25).gamma
    mean = float(mean_gamma(ions["Ca"], ions["Cl"], 0.1))
    assert gamma == pytest.approx([mean**2, mean**0.5])


def test_dilution_shifts_by_millivolts_and_equal_strength_hardly(ions):
    """5 against 140 mM pure KCl: +5.7 mV; 150 mM NaCl against 145 mM KCl: +0.35 mV (recomputed independently)."""
    kcl = mean_gamma(ions["K"], ions["Cl"], [0.005, 0.140, 0.145])
    nacl = mean_gamma(ions["Na"], ions["Cl"], 0.150)
    assert activity_shift_mV(kcl[0], kcl[1], 1, 25) == pytest.approx(5.68, abs=0.03)
    assert activity_shift_mV(nacl, kcl[2], 1, 25) == pytest.approx(0.35, abs=0.02)


@pytest.mark.parametrize(
    ("use", "names"),
    [
        (lambda _: log10_gamma_limiting(1, 0.15, 25), "limiting law holds up to 0.005"),
        (lambda _: log10_gamma_extended(1, 0.3, 3, 25), "extended Debye–Hückel law holds up to 0.1"),
        (lambda _: log10_gamma_davies(1, 0.8, 25), "Davies equation holds up to 0.5"),
        (lambda ions: mean_gamma(ions["Na"], ions["Cl"], 7.0), "Pitzer's equations hold up to 6.0"),
        (lambda ions: mean_gamma(ions["Na"], ions["Cl"], 0.1, 37), "parameters of 25 °C used at 37 °C"),
        (lambda ions: mean_gamma(ions["K"], ions["gluconate"], 0.1), "no Pitzer parameters for K–gluconate"),
    ],
)
def test_leaving_a_range_says_which(use, names, ions):
    with pytest.warns(ValidityWarning, match=names):
        use(ions)


def test_ionic_strength_counts_charges_squared():
    assert ionic_strength_M([100, 200], [2, -1]) == pytest.approx(0.3)


def test_a_convention_that_needs_chloride_refuses_without(ions):
    with pytest.raises(DomainError, match="needs chloride"):
        single_ion_gammas([ions["K"], ions["F"]], [100, 100], 25, Convention.MACINNES)
