"""The ion table: its values, what it refuses, and ions that the user adds."""

from __future__ import annotations

import pytest

from reversal.experiment.ion_table import IonTableRefused, ion_table, known_ion

HEADER = "name\tz\tmobility\tlambda_S_cm2_equiv\tsource\taliases\n"


def table(tmp_path, rows):
    file = tmp_path / "ions.tsv"
    file.write_text(HEADER + rows, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "z", "mobility"),
    [
        ("K", 1, 1.0),
        ("Na", 1, 0.682),
        ("Cl", -1, 1.0382),
        ("HPO4", -2, 0.39),
        ("SO4", -2, 0.544),
        ("gluconate", -1, 0.33),
    ],
)
def test_values_match_published_lists(name, z, mobility):
    """Barry & Lynch 1991; UNSW tables. HPO4 is −2; one program lists −1."""
    assert (ion_table()[name].z, ion_table()[name].mobility) == (z, mobility)


def test_every_ion_has_a_source():
    assert all(ion.source for ion in ion_table().values())
    assert len(ion_table()) == 70


@pytest.mark.parametrize(
    ("alias", "name"),
    [("chloride", "Cl"), ("HEPES", "HEPES"), ("egta", "EGTA2"), ("nmdg", "NMDG"), ("gluc", "gluconate")],
)
def test_ions_are_found_by_alias_in_upper_or_lower_case(alias, name):
    assert ion_table()[alias].name == name


def test_an_estimated_mobility_has_an_error_and_says_between_what():
    estimated = [ion for ion in ion_table().values() if "estimate" in ion.source]
    assert {ion.name for ion in estimated} >= {"phosphocreatine2", "GTP3", "PIPES2", "TES", "QX314"}
    assert all(0 < ion.mobility_error < ion.mobility for ion in estimated)
    assert ion_table()["K"].mobility_error == 0


@pytest.mark.parametrize(
    ("name", "mobility_m2_per_Vs"), [("pyruvate", 42.3e-9), ("ascorbate", 25.5e-9), ("Ag", 64.5e-9)]
)
def test_mobilities_are_those_of_tables_of_electrophoresis(name, mobility_m2_per_Vs):
    """Hirokawa et al. (1983), J. Chromatogr. 271:D1; K⁺ is 76.2e-9 m²/(V s) there."""
    ion = ion_table()[name]
    assert ion.mobility == pytest.approx(mobility_m2_per_Vs / (abs(ion.z) * 76.2e-9), abs=0.006)


def test_an_unknown_ion_is_refused_with_the_nearest_name():
    with pytest.raises(IonTableRefused, match="Nearest: 'gluconate'"):
        known_ion("gluconat", ion_table())


def test_a_user_table_adds_and_replaces_ions(tmp_path):
    mine = ion_table(table(tmp_path, "caesate\t-1\t0.5\t\tour bench\t\nK\t+1\t0.99\t\tour bench\tkalium\n"))
    assert mine["caesate"].source == "our bench"
    assert mine["kalium"].mobility == 0.99
    assert ion_table()["K"].mobility == 1.0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("X\t0\t0.5\t\tbench\t\n", "invalid charge number"),
        ("X\tinf\t0.5\t\tbench\t\n", "invalid charge number"),
        ("X\tnan\t0.5\t\tbench\t\n", "invalid charge number"),
        ("X\t1\t0.5\t\t" + "x" * 140_000, "cannot be read.*field larger"),
        ("X\tone\t0.5\t\tbench\t\n", "z is not a number"),
        ("X\t1\t-0.5\t\tbench\t\n", "invalid mobility"),
        ("X\t1\tnan\t\tbench\t\n", "invalid mobility"),
        ("X\t1\t0.5\t73.5\tbench\t\n", "mobility and conductivity do not agree"),
        ("X\t1\t0.5\t\t\t\n", "no name or no source"),
        ("X\t1\t0.5\t\tbench\t\nX\t1\t0.6\t\tbench\t\n", "has an ion twice"),
        ("X\t1\t0.5\t\tbench\tchloride\n", "two ions share a name or alias"),
    ],
)
def test_an_invalid_row_is_refused(tmp_path, rows, message):
    with pytest.raises(IonTableRefused, match=message):
        ion_table(table(tmp_path, rows))


def test_a_table_without_columns_and_a_missing_table_are_refused(tmp_path):
    bare = tmp_path / "bare.tsv"
    bare.write_text("name\tz\nK\t1\n", encoding="utf-8")
    with pytest.raises(IonTableRefused, match="lacks columns"):
        ion_table(bare)
    with pytest.raises(IonTableRefused, match="cannot be read"):
        ion_table(tmp_path / "none.tsv")
