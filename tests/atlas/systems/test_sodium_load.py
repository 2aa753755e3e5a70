"""Na⁺ load and recovery, and the change of affinity by FXYD; against own equations and by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reversal.atlas.systems.pump_leak import PumpLeakCell, steady_state
from reversal.atlas.systems.sodium_load import fire_and_recover
from reversal.errors import DomainError


def test_load_and_recovery_have_the_values_of_own_equations() -> None:
    """Na⁺ 10.07 → 44.79 → 10.07 mM, pump 20.51 → 57.15 pA, from an own program with another solver."""
    load = fire_and_recover(PumpLeakCell())
    assert [load.na_in_mM[0], load.na_in_mM.max(), load.na_in_mM[-1]] == pytest.approx([10.07, 44.79, 10.07], abs=0.01)
    assert [load.pump_pA[0], load.pump_pA.max()] == pytest.approx([20.51, 57.15], abs=0.01)
    assert load.time_s[-1] == pytest.approx(1920)


def test_a_lower_affinity_lets_sodium_rise_further() -> None:
    as_usual, with_fxyd = (fire_and_recover(PumpLeakCell(), firing_affinity_mM=k) for k in (None, 12.0))
    assert with_fxyd.na_in_mM.max() > as_usual.na_in_mM.max() + 1
    assert with_fxyd.na_in_mM[-1] == pytest.approx(as_usual.na_in_mM[-1], abs=0.01)


def test_doubled_dissociation_constant_nearly_doubles_resting_sodium() -> None:
    """At the same Na⁺ leak the saturation is the same, so Na⁺ doubles; E_Na falls and the leak with it, so less."""
    single = float(steady_state(PumpLeakCell()).in_mM[0, -1])
    double = float(steady_state(replace(PumpLeakCell(), na_affinity_mM=12.0)).in_mM[0, -1])
    assert 1.8 < double / single < 2.0


def test_load_outside_its_range_is_refused() -> None:
    with pytest.raises(DomainError, match="firing_na_nS"):
        fire_and_recover(PumpLeakCell(), firing_na_nS=-1.0)
    with pytest.raises(DomainError, match="firing_affinity_mM"):
        fire_and_recover(PumpLeakCell(), firing_affinity_mM=0.0)
    with pytest.raises(DomainError, match="firing_s and recovery_s"):
        fire_and_recover(PumpLeakCell(), recovery_s=0.0)
