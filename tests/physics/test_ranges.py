"""Ranges of the quantities that people enter: the refusal names the quantity, the value, the range and the mistake."""

from __future__ import annotations

import warnings
from typing import get_args

import numpy as np
import pytest
from annotated_types import Ge, Le

from reversal.errors import DomainError
from reversal.experiment.solutions import Concentration
from reversal.experiment.step_settings import SheetEntry
from reversal.physics import ranges
from reversal.physics.debye_huckel import debye_huckel_slope
from reversal.physics.domain import ValidityWarning, electroneutral, within
from reversal.physics.nernst import nernst_mV, nernst_slope_mV_per_decade
from reversal.physics.water import water_permittivity

NAN, INF = float("nan"), float("inf")


def refusal(value: object, quantity: ranges.Quantity) -> str:
    with pytest.raises(DomainError) as caught:
        within(value, "x", quantity)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "quantity", "sentence"),
    [
        (310.0, ranges.TEMPERATURE, "Expected: a temperature from -5 to 60 °C. Is 310 kelvin? 36.85 °C."),
        (293.15, ranges.TEMPERATURE, "Is 293.15 kelvin? 20.00 °C."),
        (98.6, ranges.TEMPERATURE, "Is 98.6 °F? 37.00 °C."),
        (-50.0, ranges.TEMPERATURE, "Give it in °C."),
        (NAN, ranges.TEMPERATURE, "The value is missing (not a number). Enter a temperature in °C."),
        (0.0, ranges.CONCENTRATION, "Found: 0.0. Expected: a concentration above 0, up to 10000 mM."),
        (140_000.0, ranges.CONCENTRATION, "Is 140000 in µM? 140 mM."),
        (150.0, ranges.SALT, "Is 150 in mM? 0.15 mol/L."),
        (-70_000.0, ranges.VOLTAGE, "Is -70000 in µV? -70 mV."),
        (-50.0, ranges.SURFACE_CHARGE, "Is -50 in mC/m²? -0.05 C/m²."),
        (65.0, ranges.INWARD_CURRENT, "A leak of Na⁺ is inward: write -65."),
        (0.0, ranges.INWARD_CURRENT, "so below 0."),
        (80.0, ranges.FRACTION, "Write 50 % as 0.5."),
        ([5.0, -1.0], ranges.CONDUCTANCE, "Found: -1.0."),
    ],
)
def test_the_refusal_names_range_and_likely_mistake(value: object, quantity: ranges.Quantity, sentence: str) -> None:
    assert sentence in refusal(value, quantity)


@pytest.mark.parametrize("name", [name for name in vars(ranges) if name.isupper() and name != "ZERO_CELSIUS_K"])
def test_every_quantity_refuses_what_is_no_number_and_names_a_remedy(name: str) -> None:
    quantity = getattr(ranges, name)
    for value in (NAN, INF, -INF, quantity.low - 1, quantity.high + 1):
        text = refusal(value, quantity)
        assert "Found: " in text
        assert quantity.range_text in text
        assert len(text.split(f"Expected: {quantity.range_text}. ")[1]) > 10
    middle = 0.5 * (quantity.low + quantity.high)
    assert within(middle, "x", quantity) == middle


@pytest.mark.parametrize(
    ("quantity", "lowest", "highest"),
    [
        (ranges.TEMPERATURE, True, True),
        (ranges.CONCENTRATION, False, True),
        (ranges.INWARD_CURRENT, True, False),
        (ranges.FRACTION_INSIDE, False, False),
    ],
)
def test_the_ends_belong_to_the_range_or_not(quantity: ranges.Quantity, lowest: bool, highest: bool) -> None:
    for end, allowed in ((quantity.low, lowest), (quantity.high, highest)):
        if allowed:
            assert within(end, "x", quantity) == end
        else:
            refusal(end, quantity)


def test_formulas_refuse_a_temperature_in_kelvin() -> None:
    """At 310 K, E_K of 5 and 140 mM is −89.02 mV; taken as 310 °C it would be −167 mV."""
    assert nernst_mV(5, 140, 1, 36.85) == pytest.approx(-89.02, abs=0.005)
    for formula in (lambda: nernst_mV(5, 140, 1, 310), lambda: nernst_slope_mV_per_decade(1, [20, 293.15])):
        with pytest.raises(DomainError, match=r"temperature_C is outside its range.*kelvin"):
            formula()


def test_sheet_and_solutions_have_the_same_ranges_as_the_formulas() -> None:
    sheet = SheetEntry.model_fields["temperature_C"].metadata
    assert [end.ge for end in sheet if isinstance(end, Ge)] == [ranges.TEMPERATURE.low]
    assert [end.le for end in sheet if isinstance(end, Le)] == [ranges.TEMPERATURE.high]
    solution = get_args(Concentration)[1].metadata
    assert [end.le for end in solution if isinstance(end, Le)] == [ranges.CONCENTRATION_OR_0.high]


def test_water_below_freezing_gives_a_warning() -> None:
    with pytest.warns(ValidityWarning, match=r"known from 0 to 100 °C; used at -1.8 °C"):
        water_permittivity([20, -1.8])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        debye_huckel_slope([0, 60])


def test_net_charge_is_refused_and_rounding_is_not() -> None:
    electroneutral([145.0, 5.0, 150.0 + 1e-5], [1, 1, -1], "the bath", remedy="Add it")
    electroneutral([145.0, 150.0], [1, -1], "the bath", tolerance_mM=5.0, remedy="Add it")
    with pytest.raises(DomainError, match=r"the bath is not electroneutral. Found: '-5 mM of charge'.*Add it"):
        electroneutral(
            np.array([[150.0, 150.0], [145.0, 150.0]]), [1, -1], "the bath", tolerance_mM=4.9, remedy="Add it"
        )
