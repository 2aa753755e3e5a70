"""Cells, an amplifier without noise and the recording conditions that most of these tests use."""

from __future__ import annotations

import pytest

from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES
from reversal.simulate.channels import nonselective, weakly_gated_potassium
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import RecordingConditions


@pytest.fixture
def silent() -> Amplifier:
    """10 MΩ, 75 % compensated, without noise."""
    return Amplifier(rs_MOhm=10.0, rs_compensation=0.75, noise_pA=0.0, slow_noise_pA=0.0)


@pytest.fixture
def k5() -> RecordingConditions:
    """A potassium-gluconate pipette in 5 mM K⁺, the bath in which the amplifier was zeroed."""
    return RecordingConditions(PIPETTE, SERIES[1], SERIES[1], 23.0)


@pytest.fixture
def potassium_cell() -> Cell:
    return Cell("k", weakly_gated_potassium(), cm_pF=15.0, leak_nS=0.1)


@pytest.fixture
def passive_cell() -> Cell:
    """500 MΩ, reversal potential 0 mV, 20 pF."""
    return Cell("passive", nonselective(g_nS=1.9, e_rev_mV=0.0), cm_pF=20.0, leak_nS=0.1)
