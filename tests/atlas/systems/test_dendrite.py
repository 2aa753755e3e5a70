"""A dendrite with a chloride gradient along its length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.atlas.systems.dendrite import DendriteState, gaba_dendrite, steady_dendrite
from reversal.errors import DomainError


def dendrite(gaba_nS_per_um: float) -> DendriteState:
    """500 µm with chloride from 15 mM at the soma to 5 mM at the tip."""
    x = np.linspace(0, 500, 201)
    return steady_dendrite(
        x,
        np.interp(x, [0, 500], [15, 5]),
        gaba_nS_per_um,
        cl_out_mM=135,
        rest_mV=-65,
        rest_nS_per_um=0.02,
        axial_nS_um=300,
        temperature_C=37,
    )


def test_gaba_depolarises_near_the_soma_and_hyperpolarises_at_the_tip():
    """Chloride of 15 mM at the soma and 5 mM at the tip: E_Cl −59 and −88 mV, above and below −65."""
    state = dendrite(0.05)
    assert state.e_cl_mV[[0, -1]] == pytest.approx([-58.72, -88.09], abs=0.01)
    assert state.v_mV[0] > -65 > state.v_mV[-1]


def test_membrane_current_of_a_sealed_dendrite_sums_to_zero():
    state = dendrite(0.05)
    assert np.trapezoid(state.membrane_pA_per_um, state.position_um) == pytest.approx(0, abs=1e-9)


def test_voltage_is_at_rest_without_gaba_and_at_e_cl_with_very_much():
    assert dendrite(0.0).v_mV == pytest.approx(-65)
    state = dendrite(1e4)
    assert np.abs(state.v_mV - state.e_cl_mV).max() < 0.05


def test_local_input_decays_with_the_length_constant():
    x = np.linspace(0, 4000, 2001)
    gaba = np.where(x < 2, 1.0, 0.0)
    state = steady_dendrite(
        x, 5.0, gaba, cl_out_mM=135, rest_mV=-65, rest_nS_per_um=0.02, axial_nS_um=300, temperature_C=37
    )
    depth = np.log(np.interp([500, 1000], x, -65 - state.v_mV))
    assert 500 / (depth[0] - depth[1]) == pytest.approx(np.sqrt(300 / 0.02), rel=1e-3)


def test_one_gaba_input_is_a_gaussian_of_its_width_at_its_place() -> None:
    x = np.linspace(0, 500, 101)
    one = gaba_dendrite(
        101,
        cl_mM=(15, 5),
        gaba_nS_per_um=0.3,
        place_um=440,
        width_um=15,
        cl_out_mM=135,
        rest_mV=-65,
        temperature_C=37,
    )
    gaba = 0.3 * np.exp(-(((x - 440) / 15) ** 2))
    rest_pA = one.membrane_pA_per_um - gaba * (one.v_mV - one.e_cl_mV)
    assert rest_pA == pytest.approx(0.02 * (one.v_mV + 65), abs=1e-12)
    assert one.position_um[np.argmin(one.v_mV)] == pytest.approx(445, abs=10)
    assert one.e_cl_mV[[0, -1]] == pytest.approx([-58.72, -88.09], abs=0.01)


@pytest.mark.parametrize("wrong", [{"place_um": 501.0}, {"width_um": 0.0}, {"points": 2}, {"cl_mM": (0.0, 5.0)}])
def test_a_gaba_input_outside_its_range_is_refused(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"points": 11, "cl_mM": (15.0, 5.0), "place_um": 250.0, "width_um": 15.0} | wrong
    with pytest.raises(DomainError, match=next(iter(wrong))):
        gaba_dendrite(given.pop("points"), gaba_nS_per_um=0.3, cl_out_mM=135, rest_mV=-65, temperature_C=37, **given)


def test_positions_that_are_not_evenly_spaced_are_refused() -> None:
    with pytest.raises(DomainError, match="not evenly spaced"):
        steady_dendrite(
            [0, 1, 3], 5.0, 0.1, cl_out_mM=135, rest_mV=-65, rest_nS_per_um=0.02, axial_nS_um=300, temperature_C=37
        )
