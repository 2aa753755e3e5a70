"""True reversal potential of the current that a drawn case measures, from the simulator's own channel models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reversal.calibration.case_rig import PEAK_STEP_MS, PREPULSE_MS, channel_of, prepulse_mV, protocol_of
from reversal.calibration.drawn_cases import LEAKS, Case
from reversal.calibration.simulated_recording import conditions_in
from reversal.simulate.model_cell import GhkChannel
from reversal.simulate.rig import Truth

OpenProbability = Callable[[GhkChannel, float, float, float], float]


def true_reversal_mV(case: Case, truth: Truth) -> float | None:
    """E_rev of the measured current [mV]; None if the total current reverses at several potentials.

    If leak is subtracted, this is the channel's E_rev; for tails and peaks, that of the total current with the gates as
    they are when the current is measured; else that of the total steady current.
    """
    if case.kind in LEAKS:
        return truth.e_rev_channel_mV
    opened: dict[str, OpenProbability] = {"tail": open_after_prepulse, "peak": open_at_peak}
    return reversal_with_gates_mV(case, opened[case.kind]) if case.kind in opened else truth.e_rev_total_mV


def open_after_prepulse(channel: GhkChannel, holding_mV: float, v_mV: float, offset_mV: float) -> float:  # noqa: ARG001
    """Open probability at the end of the prepulse, whatever the membrane potential of the tail."""
    return _open_after(channel, holding_mV - offset_mV, prepulse_mV(channel) - offset_mV, np.array([PREPULSE_MS]))


def open_at_peak(channel: GhkChannel, holding_mV: float, v_mV: float, offset_mV: float) -> float:
    """Largest open probability after a step from holding to a membrane potential."""
    return _open_after(channel, holding_mV - offset_mV, v_mV, np.arange(0.0, PEAK_STEP_MS, 0.02))


def _open_after(channel: GhkChannel, holding_mV: float, v_mV: float, since_ms: np.ndarray) -> float:
    """Largest open probability at any of the times after a step from a long holding."""
    opened = np.ones_like(since_ms)
    before, here = np.array([holding_mV]), np.array([v_mV])
    for gate in channel.gates:
        start, end = gate.steady(before), gate.steady(here)
        opened *= (end + (start - end) * np.exp(-since_ms / gate.tau_ms(here))) ** gate.power
    return float(opened.max())


def reversal_with_gates_mV(case: Case, open_probability: OpenProbability) -> float:
    """Zero of channel and leak current with the gates as they are when the current is measured [mV], by bisection."""
    channel, around, holding_mV = channel_of(case), conditions_in(case.bath), protocol_of(case).holding_mV
    offset_mV = around.junctions(around.bath).offset_mV  # command minus membrane potential
    low, high = -200.0, 150.0
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        open_pA = channel.open_current_pA(np.array([middle]), around.pipette, around.bath, around.temperature_C)
        opened = open_probability(channel, holding_mV, middle, offset_mV)
        whole_pA = opened * float(open_pA[0]) + case.leak_nS * (middle - case.e_leak_mV)
        low, high = (middle, high) if whole_pA < 0 else (low, middle)
    return 0.5 * (low + high)
