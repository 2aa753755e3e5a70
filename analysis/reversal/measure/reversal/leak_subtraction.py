"""The declared leak subtraction of a recording, by whichever method."""

from __future__ import annotations

from reversal.experiment.measure_settings import Leak, Window
from reversal.measure.iv.iv_curve import read_curve
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points, points_of
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.sub_pulses import find_sub_pulses
from reversal.measure.reversal.leak import Subtracted, by_sub_pulses, without_leak
from reversal.recordings.recording import Recording
from reversal.tables.iv_table import IVKind


def subtract_leak(
    recording: Recording,
    iv: MeasuredIV,
    clamp: Clamp,
    window: Window,
    leak: Leak,
    condition: str,
    blocked: Points | None,
) -> Subtracted:
    """Subtract the declared leak from an I–V; the recording with the blocker itself is left as it is.

    blocked : I–V of the same bath with the channel blocked, None without one
    """
    if leak.subtract == "pn":
        return _by_sub_pulses(recording, iv, clamp, window)
    if leak.subtract == "blocker" and condition == leak.blocker:
        return Subtracted(iv.total)
    return without_leak(iv.total, leak, blocked)


def _by_sub_pulses(recording: Recording, iv: MeasuredIV, clamp: Clamp, window: Window) -> Subtracted:
    """Subtract the scaled sub-pulses; a ramp has none."""
    found = find_sub_pulses(recording, iv.plan) if iv.plan.kind is not IVKind.RAMP else None
    if found is None:
        return by_sub_pulses(iv.total, None)
    rest = read_curve(recording, iv.plan, window, iv.blank_ms, clamp, found)
    return by_sub_pulses(iv.total, points_of(iv.v_membrane_mV, rest), rest.findings)
