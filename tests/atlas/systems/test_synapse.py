"""A synaptic conductance and the membrane potential it gives."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.atlas.systems.synapse import driven_course_mV, driven_voltage_mV


def test_voltage_approaches_the_reversal_potential_with_the_conductance():
    assert driven_voltage_mV(-79, 1, 0, 78) == pytest.approx(-1)
    course = driven_course_mV([0, 1e6], -79, 5, 0, 50, 100)
    assert course == pytest.approx([-79, float(driven_voltage_mV(-79, 5, 0, 50))])
    after_tau = driven_course_mV(100 / (5 + 50), -79, 5, 0, 50, 100)  # τ = C/(g_rest + g)
    assert (after_tau - course[1]) / (-79 - course[1]) == pytest.approx(np.exp(-1))
