"""Pitzer's activity coefficients: printed tables, laws of thermodynamics, warnings outside the range."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reversal.errors import DomainError
from reversal.experiment.ion_table import IonTable, ion_table
from reversal.physics.domain import ValidityWarning
from reversal.physics.pitzer import (
    Convention,
    ln_gamma_mixture,
    mean_gamma,
    single_ion_gammas,
)
from reversal.physics.pitzer_parameters import SALTS, THETA, TRIPLETS

MOLAL = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
# CRC Handbook (Hamer & Wu 1972; Staples & Nuttall 1977), 25 °C, three decimals. The tolerance is the difference between
# these published Pitzer parameters (1973) and the tables, which come from other fits.
CRC = {
    ("Cs", "Cl"): ([0.965, 0.951, 0.925, 0.898, 0.864, 0.805, 0.751, 0.691, 0.607, 0.546], 0.0025),
    ("Ca", "Cl"): ([0.888, 0.851, 0.787, 0.727, 0.664, 0.577, 0.517, 0.469, 0.444, 0.495], 0.007),
    ("Cs", "F"): ([0.965, 0.952, 0.929, 0.905, 0.876, 0.830, 0.792, 0.755, 0.721, 0.726], 0.009),
    ("Li", "Cl"): ([0.965, 0.952, 0.928, 0.904, 0.874, 0.827, 0.789, 0.756, 0.739, 0.775], 0.004),
    ("Rb", "Cl"): ([0.965, 0.951, 0.926, 0.900, 0.867, 0.811, 0.761, 0.707, 0.633, 0.583], 0.003),
    ("Mg", "Cl"): ([0.889, 0.852, 0.790, 0.734, 0.672, 0.590, 0.535, 0.493, 0.485, 0.577], 0.008),
    ("K", "Br"): ([0.965, 0.952, 0.927, 0.902, 0.870, 0.817, 0.771, 0.722, 0.658, 0.617], 0.003),
}


@pytest.mark.parametrize("salt", CRC, ids="".join)
def test_pitzer_reproduces_the_crc_table(salt, ions):
    table, tolerance = CRC[salt]
    np.testing.assert_allclose(mean_gamma(ions[salt[0]], ions[salt[1]], MOLAL), table, atol=tolerance, rtol=0)


def test_potassium_sulfate_is_that_of_the_crc_table_up_to_its_solubility(ions: IonTable) -> None:
    table = [0.885, 0.844, 0.772, 0.704, 0.625, 0.511, 0.424, 0.343, 0.251]
    np.testing.assert_allclose(mean_gamma(ions["K"], ions["SO4"], MOLAL[:-1]), table, atol=0.02, rtol=0)


def test_sodium_chloride_is_that_of_pitzer_and_peiper(ions: IonTable) -> None:
    """J. Phys. Chem. Ref. Data 13:1 (1984), 25 °C."""
    molal, table = [0.1, 0.25, 0.5, 0.75, 1.0, 2.0], [0.778, 0.720, 0.681, 0.665, 0.657, 0.669]
    np.testing.assert_allclose(mean_gamma(ions["Na"], ions["Cl"], molal), table, atol=0.003, rtol=0)


@pytest.mark.parametrize("m", [0.01, 0.15, 1.0])
@pytest.mark.parametrize("salt", [("K", "Cl"), ("Ca", "Cl"), ("Na", "SO4")], ids="".join)
def test_mixture_of_one_salt_gives_the_mean_coefficient_of_that_salt(salt, m, ions):
    cation, anion = ions[salt[0]], ions[salt[1]]
    amounts = np.array([-anion.z, cation.z]) * m / np.gcd(cation.z, -anion.z)
    ln_gamma = ln_gamma_mixture([cation, anion], amounts)
    ln_mean = (-anion.z * ln_gamma[0] + cation.z * ln_gamma[1]) / (cation.z - anion.z)
    assert np.exp(ln_mean) == pytest.approx(float(mean_gamma(cation, anion, m)), rel=1e-12)


def test_coefficients_of_a_mixture_come_from_one_free_energy(ions):
    """∂ ln γ_i/∂m_j = ∂ ln γ_j/∂m_i, because all coefficients are derivatives of one Gibbs energy."""
    mixture = [ions[name] for name in ("Na", "K", "Ca", "Cl", "SO4")]
    m, h = np.array([0.14, 0.005, 0.02, 0.12, 0.03]), 1e-6
    steps = np.eye(5) * h
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # CaSO4 has no parameters; the symmetry holds without them
        slopes = np.array(
            [(ln_gamma_mixture(mixture, m + s) - ln_gamma_mixture(mixture, m - s)) / (2 * h) for s in steps]
        )
    np.testing.assert_allclose(slopes, slopes.T, atol=1e-7 * np.abs(slopes).max() + 1e-5)


def test_conventions_differ_for_single_ions_and_agree_for_the_salt(ions):
    pair = [ions["Na"], ions["Cl"]]
    guggenheim = single_ion_gammas(pair, [150, 150], 25)
    macinnes = single_ion_gammas(pair, [150, 150], 25, Convention.MACINNES)
    assert guggenheim.gamma[0] == guggenheim.gamma[1]
    assert macinnes.gamma[0] > guggenheim.gamma[0]
    assert macinnes.gamma.prod() == pytest.approx(guggenheim.gamma.prod(), rel=1e-12)
    assert "MacInnes" in macinnes.convention


def test_guggenheim_coefficient_of_a_divalent_ion_is_the_square_of_the_mean(ions):
    gamma = single_ion_gammas([ions["Ca"], ions["Cl"]], [100, 200], 25).gamma
    mean = float(mean_gamma(ions["Ca"], ions["Cl"], 0.1))
    assert gamma == pytest.approx([mean**2, mean**0.5])


@pytest.mark.parametrize(
    ("use", "names"),
    [
        (lambda ions: mean_gamma(ions["Na"], ions["Cl"], 7.0), "Pitzer's equations hold up to 6.0"),
        (lambda ions: mean_gamma(ions["Na"], ions["Cl"], 0.1, 37), "parameters of 25 °C used at 37 °C"),
        (lambda ions: mean_gamma(ions["K"], ions["gluconate"], 0.1), "no Pitzer parameters for K–gluconate"),
    ],
)
def test_use_outside_the_range_warns_and_names_the_range(use, names, ions):
    with pytest.warns(ValidityWarning, match=names):
        use(ions)


def test_macinnes_convention_without_chloride_is_refused(ions):
    with pytest.raises(DomainError, match="needs chloride"):
        single_ion_gammas([ions["K"], ions["F"]], [100, 100], 25, Convention.MACINNES)


def test_macinnes_chloride_has_the_mean_coefficient_of_kcl_at_the_same_ionic_strength(ions: IonTable) -> None:
    """The definition of the convention. 0.1 mol/kg CaCl₂ has ionic strength 0.3 mol/kg."""
    solution = [ions["Ca"], ions["Cl"]]
    gamma = single_ion_gammas(solution, [100, 200], 25, Convention.MACINNES).gamma
    chloride = float(mean_gamma(ions["K"], ions["Cl"], 0.3))
    assert gamma[1] == pytest.approx(chloride, rel=1e-12)
    mean = float(mean_gamma(ions["Ca"], ions["Cl"], 0.1))
    assert gamma[0] == pytest.approx(mean**3 / chloride**2, rel=1e-12)


# Pitzer & Mayorga 1973: β⁽⁰⁾, β⁽¹⁾, C^φ at 25 °C
PITZER_MAYORGA_1973 = {
    ("Li", "Cl"): (0.1494, 0.3074, 0.00359),
    ("Na", "Cl"): (0.0765, 0.2664, 0.00127),
    ("K", "Cl"): (0.04835, 0.2122, -0.00084),
    ("Rb", "Cl"): (0.0441, 0.1483, -0.00101),
    ("Cs", "Cl"): (0.03, 0.0558, 0.00038),
    ("K", "F"): (0.08089, 0.2021, 0.00093),
    ("Na", "F"): (0.0215, 0.2107, 0),
    ("Cs", "F"): (0.1306, 0.257, -0.0043),
    ("K", "Br"): (0.0569, 0.2212, -0.0018),
    ("Mg", "Cl"): (0.35235, 1.6815, 0.00519193),
    ("Ca", "Cl"): (0.3159, 1.614, -0.000339411),
    ("K", "H2PO4"): (-0.0678, -0.1042, 0),
    ("Na", "H2PO4"): (-0.0533, 0.0396, 0.00795),
    ("Na", "SO4"): (0.019575, 1.113, 0.0049745),
    ("K", "SO4"): (0.04995, 0.77925, 0),
}


def test_parameters_are_those_published() -> None:
    assert {salt: tuple(parameters) for salt, parameters in SALTS.items()} == PITZER_MAYORGA_1973


def test_mixing_parameters_are_those_published() -> None:
    """Harvie, Møller & Weare 1984 and Pitzer & Kim 1974, 25 °C."""
    theta = {"K Na": -0.012, "Ca Na": 0.07, "Ca K": 0.032, "Mg Na": 0.07, "Cs K": 0.0}
    theta |= {"Cs Na": -0.033, "Li Na": 0.012, "K Li": -0.022}
    assert {frozenset(pair.split()): value for pair, value in theta.items()} == THETA
    psi = {"K Na": -0.0018, "Ca Na": -0.007, "Ca K": -0.025}
    assert {(frozenset(pair.split()), "Cl"): value for pair, value in psi.items()} == TRIPLETS


def test_ion_without_counter_ion_is_refused(ions: IonTable) -> None:
    with pytest.raises(DomainError, match="no ion of opposite charge"):
        single_ion_gammas([ions["K"], ions["Na"]], [100, 100], 25)


def test_pure_water_has_coefficients_of_one(ions: IonTable) -> None:
    gamma = single_ion_gammas([ions["K"], ions["Cl"]], [1e-9, 1e-9], 25).gamma
    assert gamma == pytest.approx([1, 1], abs=1e-4)
    assert np.all(ln_gamma_mixture([ions["K"], ions["Cl"]], [0, 0]) == 0)


def test_a_salt_without_parameters_has_the_long_range_part_alone(ions: IonTable) -> None:
    """ln γ = −A (√I/(1 + 1.2 √I) + (2/1.2) ln(1 + 1.2 √I)), A 0.3915 at 25 °C (Pitzer & Mayorga 1973)."""
    root = np.sqrt(0.1)
    expected = np.exp(-0.3915 * (root / (1 + 1.2 * root) + 2 / 1.2 * np.log(1 + 1.2 * root)))
    with pytest.warns(ValidityWarning, match="no Pitzer parameters"):
        assert mean_gamma(ions["K"], ions["gluconate"], 0.1) == pytest.approx(expected, rel=1e-9)


def guggenheim(recipe: dict[str, float]) -> dict[str, float]:
    """Coefficients of the ions of a recipe [mM] at 25 °C."""
    table = ion_table()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        gamma = single_ion_gammas([table[name] for name in recipe], list(recipe.values()), 25).gamma
    return dict(zip(recipe, gamma, strict=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"K": 150, "Cl": 74.9, "gluconate": 75.1}, {"K": 150, "Cl": 75.1, "gluconate": 74.9}),
        ({"Cs": 150, "Cl": 74.9, "F": 75.1}, {"Cs": 150, "Cl": 75.1, "F": 74.9}),
        ({"K": 74.9, "NMDG": 75.1, "Cl": 150}, {"K": 75.1, "NMDG": 74.9, "Cl": 150}),
        ({"Ca": 49.95, "Na": 100.1, "Cl": 200}, {"Ca": 50.05, "Na": 99.9, "Cl": 200}),
        ({"K": 150, "Cl": 74.9, "SO4": 37.55}, {"K": 150, "Cl": 75.1, "SO4": 37.45}),
    ],
    ids=lambda recipe: " ".join(f"{name} {mM}" for name, mM in recipe.items()),
)
def test_coefficients_do_not_jump_where_another_counter_ion_becomes_the_largest(before, after):
    """0.2 mM of 150 is 0.13 %: the coefficients change by less than that."""
    lower, higher = guggenheim(before), guggenheim(after)
    assert [higher[ion] / lower[ion] for ion in before] == pytest.approx([1] * len(before), abs=2e-3 * 0.2)


@given(
    st.floats(0.001, 0.999),
    st.floats(10, 300),
    st.sampled_from([("K", "Cl", "gluconate"), ("Na", "SO4", "Cl"), ("Cl", "Ca", "K"), ("Cl", "Na", "Cs")]),
)
def test_coefficients_are_continuous_in_the_recipe(share, total_mM, names):
    """A change of 1e-5 of the counter-charge changes ln γ of every ion by less than 1e-4."""
    table, (common, one, other) = ion_table(), names

    def gammas(part: float) -> list[float]:
        charges = {common: total_mM, one: part * total_mM, other: (1 - part) * total_mM}
        return list(guggenheim({name: mM / abs(table[name].z) for name, mM in charges.items()}).values())

    assert np.log(gammas(share)) == pytest.approx(np.log(gammas(share - 1e-5)), abs=1e-4)


def test_coefficient_with_two_counter_ions_is_between_those_of_the_two_salts():
    """CRC Handbook, 25 °C, 0.1 mol/kg: CsCl 0.751, CsF 0.792. With equal shares, their geometric mean by hand."""
    cesium = [guggenheim({"Cs": 100, "Cl": 100 - fluoride, "F": fluoride})["Cs"] for fluoride in (0, 25, 50, 75, 100)]
    assert cesium[0] == pytest.approx(0.751, abs=0.0025)
    assert cesium[-1] == pytest.approx(0.792, abs=0.009)
    assert np.all(np.diff(cesium) > 0)
    assert cesium[2] == pytest.approx(np.sqrt(0.751 * 0.792), abs=0.006)


def test_counter_ions_weigh_by_charge_and_not_by_concentration():
    """K⁺ with 50 mM Cl⁻ and 25 mM SO4²⁻: both have half of the charge. Computed from ln γ of the mixture by hand."""
    table = ion_table()
    names, mM = ("K", "Cl", "SO4"), [100, 50, 25]
    raw = ln_gamma_mixture([table[name] for name in names], np.array(mM) * 1e-3)
    potassium = 0.5 * (raw[0] + raw[1]) / 2 + 0.5 * (2 * raw[0] + raw[2]) / (2 * 3)
    sulfate = 2 * (2 * raw[0] + raw[2]) / 3
    found = guggenheim(dict(zip(names, mM, strict=True)))
    assert [found["K"], found["SO4"]] == pytest.approx(np.exp([potassium, sulfate]), rel=1e-12)
