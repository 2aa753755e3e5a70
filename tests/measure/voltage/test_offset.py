"""Declared junction terms between command and membrane potential."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Junction
from reversal.measure.voltage.junction_correction import Offset, junction_offset
from reversal.measure.voltage.membrane_voltage import membrane_mV


def offset_of(junction: Junction, online_mV: float | None = None, **changes: Any) -> Offset:
    """Offset of a bath with 5 mM K and the pipette solution of the simulated rig."""
    rig = Rig()
    rig.baths = k_series(5, 40)
    settings = rig.settings(Experiment(junction=junction))
    entry = next(iter(settings.entries.values())).model_copy(update=changes)
    return junction_offset(entry, settings, online_mV)


def test_a_junction_that_is_not_applied_has_no_terms() -> None:
    found = offset_of(Junction(apply=False), 3.0, ljp_mV=7.0, zeroing_bath="K40")
    assert (found.zeroing_mV, found.reference_mV, found.sd_mV, found.online_mV) == (0.0, 0.0, 0.0, 0.0)
    assert found.measured is False
    assert found.total_mV == 0.0


def test_a_measured_junction_replaces_the_computed_one_with_a_smaller_error() -> None:
    found = offset_of(Junction(), ljp_mV=7.0)
    assert (found.zeroing_mV, found.sd_mV, found.measured) == (7.0, 0.5, True)
    assert offset_of(Junction(sd_mV=0.2), ljp_mV=7.0).sd_mV == 0.2
    computed = offset_of(Junction(sd_mV=1.4))
    assert (computed.sd_mV, computed.measured, computed.reference_mV) == (1.4, False, 0.0)


def test_a_correction_by_the_rig_is_not_applied_again() -> None:
    assert offset_of(Junction(), 3.0, ljp_mV=7.0).total_mV == pytest.approx(4.0)
    assert offset_of(Junction(), None, ljp_mV=7.0).total_mV == pytest.approx(7.0)


def test_a_bare_silver_electrode_follows_chloride_from_the_zeroing_bath() -> None:
    """Ag/AgCl shifts by −(RT/F) ln of the chloride ratio; RT/F is 25.4336 mV at 22 °C. No electrode, no term."""
    rig = Rig()
    rig.baths = {"a": {"K": 5.0, "Na": 145.0, "Cl": 150.0}, "b": {"K": 5.0, "Na": 145.0, "Cl": 15.0, "HCO3": 135.0}}
    for electrode, size in (("ag_agcl", 25.4336 * math.log(10.0)), ("none", 0.0)):
        settings = rig.settings(Experiment(junction=Junction(reference_electrode=electrode)))
        entry = settings.entries["control_b"].model_copy(update={"zeroing_bath": "a", "ljp_mV": 2.0})
        found = junction_offset(entry, settings)
        assert abs(found.reference_mV) == pytest.approx(size, rel=1e-4)
        assert found.zeroing_mV == 2.0
        same = entry.model_copy(update={"zeroing_bath": "b"})
        assert junction_offset(same, settings).reference_mV == 0.0


def test_membrane_potential_is_command_minus_junctions_and_series_resistance_error() -> None:
    """−60 − (7 − 3) − (−2) − 500 pA · 4 MΩ = −64 mV."""
    offset = Offset(7.0, -2.0, 1.0, online_mV=3.0)
    command, current = np.array([-60.0]), np.array([500.0])
    assert membrane_mV(command, current, offset, 4.0) == pytest.approx([-64.0])
    assert membrane_mV(command, current, offset, None) == pytest.approx([-62.0])
