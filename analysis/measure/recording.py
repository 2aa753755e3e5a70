"""One recording, measured: passive properties, I-V, voltage axis, reversal potential, quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.experiment.settings import CellSettings, Entry
from analysis.measure.axis import Offset, junction_offset, membrane_mV
from analysis.measure.curve import Curve, blank_ms, read_curve
from analysis.measure.models import Carriers
from analysis.measure.passive import Passive, passive_properties
from analysis.measure.prediction import Prediction, carriers_of, predict
from analysis.measure.quality import Found, RecordingQuality, checked
from analysis.measure.ramps import Lag
from analysis.measure.reversal import Reversal, points_of, reversal_of
from analysis.measure.windows import Plan, plan
from analysis.recordings.model import Recording

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one recording.

    v_membrane_mV : corrected voltage of each point of the curve, shape (points,)
    uncorrected : the reversal on the command axis
    """

    entry: Entry
    plan: Plan
    passive: Passive
    offset: Offset
    curve: Curve
    v_membrane_mV: FloatArray
    reversal: Reversal
    uncorrected: Reversal
    prediction: Prediction
    findings: tuple[Found, ...]


def measure_recording(entry: Entry, recording: Recording, settings: CellSettings) -> Measured:
    """Measure a recording as its experiment declares; raises a Refusal where that cannot be done."""
    experiment = settings.experiments[entry.experiment]
    prediction = predict(entry, settings)
    offset = junction_offset(entry, settings)
    protocol = plan(recording, experiment.window)
    passive = passive_properties(recording, entry)
    residual = passive.rs.residual_MOhm if passive.rs else None
    lag = Lag(passive.clamp_ms, recording.telegraph.lowpass_Hz, passive.cm_pF)
    duration_ms = 1000.0 * min(e.stop - e.start for e in protocol.epochs) / recording.sample_rate_Hz
    blank = blank_ms(experiment.window, lag.lowpass_Hz, lag.clamp_ms, duration_ms)
    curve = read_curve(recording, protocol, experiment.window, blank, lag)
    v_membrane = membrane_mV(curve.v_command_mV, curve.i_pA, offset.total_mV, residual)
    reversal = _reversal(v_membrane, curve, carriers_of(entry, settings))
    quality = RecordingQuality(
        series_resistance_MOhm=passive.rs.rs_MOhm if passive.rs else None,
        input_resistance_MOhm=passive.rm_MOhm,
        voltage_error_mV=_voltage_error_mV(reversal, v_membrane, curve, offset.total_mV),
        saturated_samples=_saturated(recording, curve),
    )
    return Measured(
        entry,
        protocol,
        passive,
        offset,
        curve,
        v_membrane,
        reversal,
        _reversal(curve.v_command_mV, curve, None),
        prediction,
        checked(quality, experiment.quality),
    )


def _reversal(v_mV: FloatArray, curve: Curve, carriers: Carriers | None) -> Reversal:
    return reversal_of(points_of(v_mV, curve.i_pA, curve.se_pA, curve.v_command_mV, curve.dof), carriers)


def _voltage_error_mV(reversal: Reversal, v_membrane: FloatArray, curve: Curve, offset_mV: float) -> float | None:
    """Largest |I R_s| of the two points nearest the reversal potential."""
    if reversal.estimate is None:
        return None
    nearest = np.argsort(np.abs(v_membrane - reversal.estimate.e_mV))[:2]
    return float(np.abs(v_membrane + offset_mV - curve.v_command_mV)[nearest].max())


def _saturated(recording: Recording, curve: Curve) -> int:
    """Samples of the measured windows that lie at the digitiser's limit."""
    limit = recording.digitiser_limit_pA
    if limit is None:
        return 0
    per_ms = recording.sample_rate_Hz / 1000.0
    count = 0
    for sweep, (start, stop) in zip(curve.sweep.tolist(), curve.window_ms.tolist(), strict=True):
        samples = recording.sweeps[sweep].i_pA[round(start * per_ms) : round(stop * per_ms)]
        count += int(np.count_nonzero(np.abs(samples) >= 0.999 * limit))
    return count
