"""Salts and buffers of a recipe become the ions that are in the solution, or are refused with what to write."""

from __future__ import annotations

import math

import pytest

from reversal.experiment.buffers import BUFFERS, free_magnesium_mM
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.ion_table import ion_table
from reversal.experiment.recipe import Recipe, with_named_parts
from reversal.experiment.salts import salt_ions
from reversal.experiment.solutions import Solution, balanced

IONS = ion_table()


def solution(**recipe: object) -> Solution:
    written = Recipe.model_validate(with_named_parts(recipe, IONS, "s"))
    return balanced("s", written.solution("s", IONS), IONS, 0.5)


@pytest.mark.parametrize(
    ("salt", "ions"),
    [
        ("KCl", {"K": 1, "Cl": 1}),
        ("MgCl2", {"Mg": 1, "Cl": 2}),
        ("CaCl2·2H2O", {"Ca": 1, "Cl": 2}),
        ("MgCl2 x 6 H2O", {"Mg": 1, "Cl": 2}),
        ("K2SO4", {"K": 2, "SO4": 1}),
        ("NaH2PO4", {"Na": 1, "H2PO4": 1}),
        ("Na2HPO4", {"Na": 2, "HPO4": 1}),
        ("Ca(NO3)2", {"Ca": 1, "NO3": 2}),
        ("(NH4)2SO4", {"NH4": 2, "SO4": 1}),
        ("K-gluconate", {"K": 1, "gluconate": 1}),
        ("Ca gluconate", {"Ca": 1, "gluconate": 2}),
        ("CsMeSO3", {"Cs": 1, "methanesulfonate": 1}),
        ("choline chloride", {"choline": 1, "Cl": 1}),
        ("TEA-Cl", {"TEA": 1, "Cl": 1}),
        ("CoCl2", {"Co": 1, "Cl": 2}),
        ("LaCl3", {"La": 1, "Cl": 3}),
        ("Na pyruvate", {"Na": 1, "pyruvate": 1}),
        ("Na-ascorbate", {"Na": 1, "ascorbate": 1}),
        ("QX-314-Cl", {"QX314": 1, "Cl": 1}),
        ("AgNO3", {"Ag": 1, "NO3": 1}),
    ],
)
def test_a_salt_is_read_as_its_ions(salt: str, ions: dict[str, int]) -> None:
    assert salt_ions(salt, IONS, "s") == ions


@pytest.mark.parametrize(
    ("salt", "message"),
    [
        ("KCl2", "the salt is not known"),
        ("CaCl", "the salt is not known"),
        ("NaHPO4", "the salt is not known"),  # NaH2PO4 or Na2HPO4?
        ("NaXy", "the salt is not known"),
        ("K", "the salt is not known"),
        ("", "the salt is not known"),
        ("KOH", "closed_by: K"),
        ("HCl", "closed_by: Cl"),
        ("Na-HEPES", "under buffers_mM"),
        ("TrisCl", "under buffers_mM"),
        ("MgATP", "under buffers_mM"),
        ("Na2-phosphocreatine", "under buffers_mM"),
    ],
)
def test_what_is_no_salt_is_refused(salt: str, message: str) -> None:
    with pytest.raises(ConfigurationRefused, match=message):
        salt_ions(salt, IONS, "s")


def test_a_recipe_in_salts_equals_the_recipe_in_ions() -> None:
    in_salts = solution(salts_mM={"NaCl": 140, "KCl": 5, "CaCl2": 2, "MgCl2": 1})
    assert in_salts.ions_mM == {"Na": 140, "K": 5, "Ca": 2, "Mg": 1, "Cl": 151}
    among_ions = solution(ions_mM={"NaCl": 140, "KCl": 5, "Ca": 2, "Mg": 1, "Cl": 6})
    assert among_ions.ions_mM == in_salts.ions_mM


def test_ten_HEPES_at_pH_7_4_need_about_five_of_base() -> None:
    """Ionic Mobility Tables of the University of New South Wales: titrating 10 mM requires about 5 mM NaOH."""
    made = solution(salts_mM={"NaCl": 140}, buffers_mM={"HEPES": 10}, pH=7.4, closed_by="Na")
    assert made.ions_mM["HEPES"] == pytest.approx(5.0, abs=0.6)
    assert made.ions_mM["Na"] == pytest.approx(140 + made.ions_mM["HEPES"])
    assert made.solutes_mM == pytest.approx(280 + 10 + made.ions_mM["HEPES"])


@pytest.mark.parametrize(
    ("name", "pK"),
    [("HEPES", 7.4), ("MOPS", 7.05), ("MES", 6.1), ("TES", 7.4), ("Tris", 8.15)],
)
def test_pK_is_near_that_of_good_at_physiological_ionic_strength(name: str, pK: float) -> None:
    """Ferguson & Good (1980), Anal. Biochem. 104:300, and Bates & Hetzer (1961), at 25 °C and 0.1 mol/L."""
    assert BUFFERS[name].pK_in_solution == pytest.approx(pK, abs=0.12)


@pytest.mark.parametrize(("name", "pK"), [("MES", 6.270), ("TES", 7.550), ("HEPES", 7.565)])
def test_pK_at_ionic_strength_0_is_that_of_the_printed_table(name: str, pK: float) -> None:
    """Vega & Bates (1976), Anal. Chem. 48:1293, pK₂ at 25 °C from cells without liquid junction."""
    assert BUFFERS[name].pK == pytest.approx(pK, abs=0.0015)


@pytest.mark.parametrize(
    ("name", "pK"), [("MES", 6.15), ("PIPES", 6.76), ("MOPS", 7.20), ("HEPES", 7.55), ("Tris", 8.08)]
)
def test_pK_in_solution_is_near_that_of_a_table_of_biochemistry(name: str, pK: float) -> None:
    """Common buffers at 20 °C, as printed in textbooks after Good et al. (1966); within 0.2."""
    assert BUFFERS[name].pK_in_solution == pytest.approx(pK, abs=0.2)


def test_ATP_of_a_cell_is_that_of_a_published_table() -> None:
    """Wei et al. (2011), Biophys. J. 100:2894, in the ions of a cell: pK of HATP³⁻ 6.48; of MgATP²⁻ 4.19."""
    assert BUFFERS["ATP"].pK_in_solution == pytest.approx(6.48, abs=0.3)
    # 4 mM of each: pH far above the pK; x = free Mg²⁺, K·x² = 4 mM − x
    k_per_mM = 10**4.19 * 1e-3
    free_mM = (math.sqrt(1 + 16 * k_per_mM) - 1) / (2 * k_per_mM)
    assert free_magnesium_mM(4.0, 4.0, 9.0) == pytest.approx(free_mM, rel=0.3)


def test_magnesium_that_ATP_binds_moves_as_MgATP() -> None:
    """4 mM of Mg-ATP and 1 mM of MgCl₂ with 1 mM of free Mg²⁺: 4 mM of MgATP²⁻, and no free ATP."""
    made = solution(
        ions_mM={"Mg": 5, "Cl": 2, "K": 120, "gluconate": 110},
        buffers_mM={"ATP": 4},
        free_mM={"Mg": 1},
        pH=7.2,
        closed_by="K",
    )
    assert made.ions_mM["Mg"] == 1
    assert made.ions_mM["ATP"] == pytest.approx(4.0)
    assert not {"ATP3", "ATP4"} & set(made.ions_mM)
    without = solution(ions_mM={"K": 120, "gluconate": 110}, buffers_mM={"ATP": 4}, pH=7.2, closed_by="K")
    assert without.ions_mM["ATP3"] + without.ions_mM["ATP4"] == pytest.approx(4.0)
    assert without.ions_mM["ATP4"] > 2 * without.ions_mM["ATP3"]  # pH 7.2 is above the pK


def test_at_its_pK_half_of_a_buffer_is_charged() -> None:
    tris = BUFFERS["Tris"]
    assert tris.parts(tris.pK_in_solution) == {"Tris": pytest.approx(0.5), None: pytest.approx(0.5)}


def test_calcium_that_egta_binds_moves_as_egta() -> None:
    """UNSW tables: 5 mM EGTA and 2 mM CaCl₂ are close to 3 mM EGTA²⁻ and 2 mM CaEGTA²⁻ at pH 7.4."""
    made = solution(
        salts_mM={"KCl": 130, "CaCl2": 2},
        buffers_mM={"EGTA": 5},
        pH=7.4,
        free_mM={"Ca": 1e-4},
        closed_by="K",
    )
    assert made.ions_mM["Ca"] == 1e-4
    assert made.ions_mM["EGTA2"] + made.ions_mM["EGTA3"] == pytest.approx(5.0)
    assert made.ions_mM["EGTA2"] == pytest.approx(5.0, abs=0.25)
    # KOH for two H⁺ of each EGTA, and for two more where Ca²⁺ takes their place
    assert made.ions_mM["K"] == pytest.approx(130 + 2 * 5 + 2 * 2, abs=0.3)


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"buffers_mM": {"HEPES": 10}}, "a buffer needs the pH"),
        ({"buffers_mM": {"HEPS": 10}, "pH": 7.4}, "the buffer is not known.*Nearest: 'HEPES'"),
        ({"buffers_mM": {"HEPES": 10}, "salts_mM": {"NaCl": 9}, "pH": 7.4}, "not electroneutral"),
        ({"buffers_mM": {"BAPTA": 10}, "pH": 7.4, "closed_by": "Cs"}, "pK are not confirmed here by a source"),
        (
            {"salts_mM": {"MgCl2": 4}, "buffers_mM": {"ATP": 4}, "pH": 7.2, "closed_by": "K"},
            "free Mg²⁺ .* is not known",
        ),
        (
            {"ions_mM": {"Mg": 6}, "buffers_mM": {"ATP": 4}, "free_mM": {"Mg": 1}, "pH": 7.2, "closed_by": "Cl"},
            "ATP and GTP cannot bind so much Mg",
        ),
        ({"buffers_mM": {"EGTA": 5}, "salts_mM": {"CaCl2": 2}, "pH": 7.2, "closed_by": "K"}, "free_mM"),
        (
            {"buffers_mM": {"EGTA": 1}, "salts_mM": {"CaCl2": 2}, "free_mM": {"Ca": 1e-4}, "pH": 7, "closed_by": "K"},
            "EGTA cannot bind so much",
        ),
        ({"note": "water"}, "the recipe has no ions"),
        (
            {"salts_mM": {"MgCl2": 2}, "buffers_mM": {"ATP": 4}, "free_mM": {"Mg": 3}, "pH": 7.2, "closed_by": "K"},
            "the free concentration of Mg is above the total. Found: 3.* at most 2 mM",
        ),
        (
            {"salts_mM": {"CaCl2": 2}, "buffers_mM": {"EGTA": 5}, "free_mM": {"Ca": 3}, "pH": 7.2, "closed_by": "K"},
            "the free concentration of Ca is above the total",
        ),
    ],
)
def test_a_recipe_that_leaves_a_question_is_refused(recipe: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationRefused, match=message):
        solution(**recipe)


def test_uncharged_solutes_have_names_or_a_sum() -> None:
    named = solution(salts_mM={"NaCl": 140}, uncharged_mM={"glucose": 10, "sucrose": 5})
    assert named.uncharged_mM == solution(salts_mM={"NaCl": 140}, uncharged_mM=15).uncharged_mM == 15
