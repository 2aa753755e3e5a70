"""Protocols that the user declares."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reversal.experiment.protocols import DeclaredEpoch, Levels


@pytest.mark.parametrize("by_mV", [30, -30])
def test_levels_go_from_the_first_to_the_last_whatever_the_sign_of_the_step(by_mV: float) -> None:
    levels = Levels.model_validate({"from": 20, "to": -40, "by": by_mV})
    assert levels.by_sweep() == (20, -10, -40)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ({"from": -100, "to": 5, "by": 50}, "steps of 50.0 mV from -100.0 mV do not reach 5.0 mV"),
        ({"from": -100, "to": 0, "by": 0}, "'by' is 0"),
    ],
)
def test_steps_that_miss_the_last_level_are_refused(levels: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Levels.model_validate(levels)


@pytest.mark.parametrize("shape", [{}, {"step": -60, "ramp": {"from": -100, "to": 60}}])
def test_an_epoch_with_no_shape_or_two_shapes_is_refused(shape: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="either a 'step' or a 'ramp'"):
        DeclaredEpoch.model_validate({**shape, "ms": 10})
