"""The declared leak subtraction of a recording, by any of the methods."""

from __future__ import annotations

from dataclasses import replace

from reversal.experiment.measure_settings import Leak, Window
from reversal.measure.iv.iv_curve import read_curve
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points, points_of
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.sub_pulses import find_sub_pulses
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.reversal.leak import Subtracted, by_sub_pulses, without_leak
from reversal.measure.reversal.ohmic_leak import OhmicLeak
from reversal.tables.iv_table import IVKind


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
