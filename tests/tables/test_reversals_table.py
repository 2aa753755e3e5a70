"""Which reversal potentials can be used in a fit."""

from __future__ import annotations

from typing import Any

import pytest

from reversal.calibration.simulated_series import Rig
from reversal.tables.reversals_table import Crossing, ReversalRow, Unusable, own_sd_mV, why_unusable
from reversal.tables.status import Status


def row(**changes: Any) -> ReversalRow:
    return Rig().reversals({"K": 1.0})[0].model_copy(update=changes)


@pytest.mark.parametrize(("se_mV", "expected"), [(0.7, 0.7), (0.0, None), (None, None)])
def test_own_error_of_a_reversal_potential(se_mV: float | None, expected: float | None) -> None:
    assert own_sd_mV(row(se_mV=se_mV)) == expected


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"status": Status.FLAGGED}, None),
        ({"status": Status.EXCLUDED}, Unusable.EXCLUDED),
        ({"status": Status.FAILED}, Unusable.FAILED),
        ({"crossing": Crossing.EXTRAPOLATED}, Unusable.OUT_OF_RANGE),
        ({"crossing": Crossing.NONE, "e_rev_mV": None}, Unusable.OUT_OF_RANGE),
        ({"e_rev_mV": None}, Unusable.NO_VALUE),
        ({"temperature_C": None}, Unusable.NO_VALUE),
        ({"se_mV": 0.0}, Unusable.NO_ERROR),
        ({"se_mV": None}, Unusable.NO_ERROR),
        ({"open_error": True}, Unusable.OPEN_ERROR),
        ({"leak_not_linear": True}, Unusable.NOT_LINEAR),
        ({"leak_not_linear": True, "open_error": True}, Unusable.OPEN_ERROR),
        # an interval that the noise of the recording leaves open has a standard error
        ({"own_low_mV": None, "own_high_mV": -68.0, "ci_low_mV": None}, None),
        # leak or ions are unknown on the side that the noise leaves open, too
        ({"own_low_mV": None, "own_high_mV": -68.0, "ci_low_mV": None, "open_error": True}, Unusable.OPEN_ERROR),
    ],
)
def test_reason_why_a_reversal_potential_is_not_used(changes: dict[str, Any], why: Unusable | None) -> None:
    assert why_unusable(row(**changes)) is why
