"""Firing loads a cell with Na⁺; the pump, which Na⁺ inside activates, restores it. FXYD changes its affinity."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.atlas.systems.pump_leak import PumpLeakCell, PumpLeakCourse, run, steady_state
from reversal.physics.domain import within
from reversal.physics.ranges import CONCENTRATION, CONDUCTANCE, DURATION


@dataclass(frozen=True, slots=True)
class SodiumLoad:
    """Course of a cell that fires for a time and then rests, shape (times,) each.

    time_s : from the start of the firing [s];  na_in_mM [mM];  pump_pA : net current of the pump [pA];  v_mV [mV]
    """

    time_s: FloatArray
    na_in_mM: FloatArray
    pump_pA: FloatArray
    v_mV: FloatArray


def fire_and_recover(
    cell: PumpLeakCell,
    *,
    firing_na_nS: float = 2.0,
    firing_s: float = 120.0,
    recovery_s: float = 1800.0,
    firing_affinity_mM: float | None = None,
    points: int = 100,
) -> SodiumLoad:
    """A resting cell whose mean Na⁺ conductance is larger while it fires.

    firing_na_nS : Na⁺ conductance averaged over the firing [nS];  firing_s, recovery_s : durations [s]
    firing_affinity_mM : dissociation constant of the pump for Na⁺ while the cell fires, as FXYD changes it [mM];
    that of the cell if not given

    Raises DomainError for a value outside its range, and for a cell without a resting state.
    """
    within(firing_na_nS, "firing_na_nS", CONDUCTANCE)
    within([firing_s, recovery_s], "firing_s and recovery_s", DURATION)
    affinity = cell.na_affinity_mM if firing_affinity_mM is None else firing_affinity_mM
    firing_cell = replace(
        cell, g_na_nS=firing_na_nS, na_affinity_mM=float(within(affinity, "firing_affinity_mM", CONCENTRATION))
    )
    firing = run(firing_cell, firing_s, start=steady_state(cell), points=points, first_s=1e-2)
    resting = run(cell, recovery_s, start=firing, points=points, first_s=1e-2)
    joined = [_joined(firing, resting, name) for name in ("pump_pA", "v_mV")]
    time = np.concatenate([firing.time_s, firing.time_s[-1] + resting.time_s[1:]])
    na = np.concatenate([firing.in_mM[0], resting.in_mM[0, 1:]])
    return SodiumLoad(time, na, *joined)


def _joined(first: PumpLeakCourse, then: PumpLeakCourse, name: str) -> FloatArray:
    return np.concatenate([getattr(first, name), getattr(then, name)[1:]])
