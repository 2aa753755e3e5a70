"""Units as acquisition programs write them."""

from __future__ import annotations

import pytest

from reversal.recordings.recording.units import CURRENT, OTHER, VOLTAGE, factor_to_pA_or_mV, plain_unit, role_of


@pytest.mark.parametrize(
    ("unit", "role", "factor"),
    [
        ("fA", CURRENT, 1e-3), ("pA", CURRENT, 1.0), ("nA", CURRENT, 1e3), ("uA", CURRENT, 1e6), ("µA", CURRENT, 1e6),
        ("μA", CURRENT, 1e6), ("mA", CURRENT, 1e9), ("A", CURRENT, 1e12), (" pA ", CURRENT, 1.0),
        ("uV", VOLTAGE, 1e-3), ("mV", VOLTAGE, 1.0), ("V", VOLTAGE, 1e3), ("µV", VOLTAGE, 1e-3),
    ],
)  # fmt: skip
def test_factors_are_those_of_the_si_prefixes(unit: str, role: str, factor: float) -> None:
    assert role_of(unit) == role
    assert factor_to_pA_or_mV(unit) == pytest.approx(factor, rel=1e-12)


def test_other_units_are_neither_current_nor_voltage() -> None:
    assert [role_of(unit) for unit in ("", "mmHg", "PA", "ma", "?")] == [OTHER] * 5
    assert plain_unit(" µV\n") == "uV"
