"""Ions have their charge; text of the sheet is not interpreted."""

from __future__ import annotations

import pytest

from reversal.report.text.labels import ion_name, plain, status_class
from reversal.report.text.pages import TEMPLATES
from reversal.tables.status import Status


@pytest.mark.parametrize(
    ("ion", "z", "name"),
    [("K", 1, "K⁺"), ("Cl", -1, "Cl⁻"), ("Ca", 2, "Ca²⁺"), ("NH4", 1, "NH₄⁺"), ("SO4", -2, "SO₄²⁻")],
)
def test_ion_has_its_charge(ion: str, z: int, name: str) -> None:
    assert ion_name(ion, z) == name


def test_ion_of_unknown_charge_has_no_charge_sign() -> None:
    assert ion_name("gluconate", None) == "gluconate"


def test_dollar_signs_do_not_start_mathematics() -> None:
    assert plain("costs $5 or $6") == r"costs \$5 or \$6"


def test_control_characters_are_removed_and_length_is_limited() -> None:
    assert plain("a\x00b\nc\u202ed") == "a b c d"
    assert len(plain("x" * 500)) == 60


@pytest.mark.parametrize("status", Status)
def test_the_style_sheet_has_a_rule_for_the_class_of_each_status(status: Status) -> None:
    style = (TEMPLATES / "style.css.j2").read_text(encoding="utf-8")
    assert f"\n.{status_class(status)} {{" in style
