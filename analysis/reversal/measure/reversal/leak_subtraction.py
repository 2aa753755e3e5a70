"""The declared leak subtraction of a recording, by any of the methods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.experiment.measure_settings import Leak, Window
from reversal.measure.iv.iv_curve import read_curve
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points, points_of
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import NotMeasurable
from reversal.measure.protocol.sub_pulses import find_sub_pulses
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.reversal.leak import Subtracted, by_sub_pulses, without_leak
from reversal.measure.reversal.ohmic_leak import OhmicLeak
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import LeakSource


def subtract_leak(
    sweeps: Sweeps,
    iv: MeasuredIV,
    clamp: Clamp,
    window: Window,
    leak: Leak,
    condition: str,
    known: OhmicLeak | None,
    blocked: Points | None,
) -> Subtracted:
    """Subtract the declared leak from an I–V; from a recording with the blocker, nothing is subtracted.

    known : leak of known conductance, declared or of the seal
    blocked : I–V of the same bath with the channel blocked, None without one
    """
    if leak.subtract == "pn":
        return _by_sub_pulses(sweeps, iv, clamp, window)
    if leak.subtract == "baseline":
        return _less_baseline(sweeps, iv, clamp, window, leak)
    if leak.subtract == "blocker" and condition == leak.blocker:
        return Subtracted(iv.total)
    return without_leak(iv.total, leak, known, blocked)


def _by_sub_pulses(sweeps: Sweeps, iv: MeasuredIV, clamp: Clamp, window: Window) -> Subtracted:
    """Subtract the scaled sub-pulses; a ramp has none."""
    found = find_sub_pulses(sweeps.recording, iv.plan) if iv.plan.kind is not IVKind.RAMP else None
    if found is None:
        return by_sub_pulses(iv.total, None)
    rest = read_curve(sweeps, iv.plan, window, iv.blank_ms, clamp, found)
    return replace(by_sub_pulses(iv.total, points_of(iv.v_membrane_mV, rest), rest.findings), curve=rest)


def _less_baseline(sweeps: Sweeps, iv: MeasuredIV, clamp: Clamp, window: Window, leak: Leak) -> Subtracted:
    """Subtract the current of another window of the same sweep; what changes from sweep to sweep is in both."""
    if iv.plan.kind is not IVKind.STEADY:
        raise NotMeasurable(
            "a baseline in the same sweep is subtracted from steady currents only",
            found=f"currents of the kind {iv.plan.kind.value}",
            remedy="Set window.measure to steady, or record the baseline in its own sweeps (leak.subtract: blocker)",
        )
    earlier = window.model_copy(update={"start_ms": leak.start_ms, "stop_ms": leak.stop_ms})
    before = read_curve(sweeps, iv.plan, earlier, iv.blank_ms, clamp)
    parts = [curve.se_pA if curve.window_se_pA is None else curve.window_se_pA for curve in (iv.curve, before)]
    rest = replace(iv.curve, i_pA=iv.curve.i_pA - before.i_pA, se_pA=np.hypot(*parts), correlation=None)
    points = points_of(iv.v_membrane_mV, rest)
    return Subtracted(points, iv.total.i_pA - points.i_pA, LeakSource.BASELINE, curve=rest)
