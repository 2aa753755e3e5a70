"""The I–V of a recording: its kind, currents and commands, corrected voltages, and one point a voltage."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.iv_curve import IVCurve, blank_ms, read_curve, recognised
from reversal.measure.iv.points import Points, points_of
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import Plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.voltage.junction_correction import Offset
from reversal.measure.voltage.membrane_voltage import membrane_mV


@dataclass(frozen=True, slots=True)
class MeasuredIV:
    """An I–V of the total current, its voltages corrected.

    blank_ms : time blanked after each step
    v_membrane_mV : corrected voltage of each point of the curve, (points,)
    total : the same sorted by voltage, one point a level
    """

    plan: Plan
    blank_ms: float
    curve: IVCurve
    v_membrane_mV: FloatArray
    total: Points


def measure_iv(sweeps: Sweeps, protocol: Plan, window: Window, clamp: Clamp, offset: Offset) -> MeasuredIV:
    """Measure the I–V of a plan; raises NotMeasurable where the window does not fit."""
    duration_ms = 1000.0 * min(e.stop - e.start for e in protocol.epochs) / sweeps.recording.sample_rate_Hz
    blank = blank_ms(window, clamp.lowpass_Hz, clamp.tau_ms, duration_ms)
    plan = recognised(sweeps, protocol, window, blank)
    curve = read_curve(sweeps, plan, window, blank, clamp)
    v_membrane_mV = membrane_mV(curve.v_command_mV, curve.i_pA, offset, clamp.residual_MOhm)
    return MeasuredIV(plan, blank, curve, v_membrane_mV, points_of(v_membrane_mV, curve))
