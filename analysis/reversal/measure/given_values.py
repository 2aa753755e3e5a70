"""Recordings without traces: an I–V that was measured before, or a reversal potential, entered by the user.

They join the pipeline at their level: junction, R_s, leak, estimators and errors of an I–V are those of a recording.
What only a trace shows (membrane test, drift, settling, noise, saturation) is not known, and no check of it passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.step_settings import CellSettings, SheetEntry
from reversal.measure.iv.iv_constants import KNOWN_ERROR_DOF
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points, points_of
from reversal.measure.measure_recording import Measured, declared_findings
from reversal.measure.membrane.passive_properties import Passive, reported_series
from reversal.measure.protocol.measured_epoch import NotMeasurable, Plan
from reversal.measure.reversal.error_budget import budget_of
from reversal.measure.reversal.leak import Subtracted, by_sub_pulses, without_leak
from reversal.measure.reversal.measured_reversal import measure_reversal
from reversal.measure.reversal.ohmic_leak import known_leak, leak_of_seal
from reversal.measure.voltage.junction_correction import Offset, junction_offset, seal_reversal_mV
from reversal.measure.voltage.membrane_voltage import membrane_mV
from reversal.measure.voltage.nernst_prediction import Prediction, carriers_of, ion_range, predict
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.measure.voltage.voltage_constants import ENTERED_REVERSAL_SD_mV
from reversal.recordings.recording.recording import Channel, Command, Evidence, Recording
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class EnteredReversal:
    """A reversal potential from the sheet, corrected as a recording.

    sd_mV : its own standard deviation;  uncorrected_mV : as entered, seen from inside
    """

    entry: SheetEntry
    e_mV: float
    uncorrected_mV: float
    sd_mV: float
    offset: Offset
    prediction: Prediction
    temperature_sd_mV: float
    findings: tuple[Finding, ...]


def entered_reversal(entry: SheetEntry, settings: CellSettings) -> EnteredReversal:
    """The reversal potential of a row of the sheet, less the junctions; raises a Refusal if they cannot be computed."""
    experiment = settings.experiments[entry.experiment]
    offset, prediction = junction_offset(entry, settings), predict(entry, settings)
    is_inverted = experiment.configuration.is_inverted and not experiment.inverted_by_rig
    uncorrected_mV = (-1.0 if is_inverted else 1.0) * (entry.e_rev_mV or 0.0)
    found = [finding(Code.REVERSAL_ENTERED)]
    if entry.e_rev_sd_mV is None:
        found.insert(0, finding(Code.REVERSAL_WITHOUT_ERROR, ENTERED_REVERSAL_SD_mV))
    return EnteredReversal(
        entry=entry,
        e_mV=uncorrected_mV - offset.total_mV,
        uncorrected_mV=uncorrected_mV,
        sd_mV=ENTERED_REVERSAL_SD_mV if entry.e_rev_sd_mV is None else entry.e_rev_sd_mV,
        offset=offset,
        prediction=prediction,
        temperature_sd_mV=nernst_sd_mV(prediction.e_nernst_mV, entry.temperature_C),
        findings=(*found, *declared_findings(entry, settings), *offset.findings),
    )


def measure_points(entry: SheetEntry, settings: CellSettings, blocked: Points | None = None) -> Measured:
    """Reversal potential of an I–V that was measured before; raises a Refusal if its junctions cannot be computed.

    blocked : I–V of the same bath with the channel blocked, for a difference current
    """
    experiment = settings.experiments[entry.experiment]
    offset, prediction = junction_offset(entry, settings), predict(entry, settings)
    rs = reported_series(entry) if experiment.configuration.has_pipette else None
    passive = Passive(rs, entry.cm_pF, None, None, None, reported_pF=entry.cm_pF)
    is_inverted = experiment.configuration.is_inverted and not experiment.inverted_by_rig
    iv, about = _iv(entry, offset, passive, sign=-1.0 if is_inverted else 1.0)
    seal_e_mV = seal_reversal_mV(entry, settings)
    used = _less_leak(entry, settings, iv, seal_e_mV, blocked)
    result = measure_reversal(iv, used, carriers_of(entry, settings), experiment.leak, seal_e_mV)
    return Measured(
        entry=entry,
        recording=_without_traces(),
        offset=offset,
        prediction=prediction,
        passive=passive,
        iv=iv,
        used=used,
        seal=leak_of_seal(entry, experiment.leak, seal_e_mV),
        result=result,
        budget=budget_of(result, iv.total, passive.rs, offset, prediction, entry.temperature_C),
        checks=(),
        declared=(*about, *declared_findings(entry, settings)),
        ions_mV=ion_range(entry, settings),
    )


def _iv(entry: SheetEntry, offset: Offset, passive: Passive, sign: float) -> tuple[MeasuredIV, list[Finding]]:
    """The I–V with corrected voltages, and findings about its points."""
    v, i = (sign * np.array([getattr(point, name) for point in entry.points]) for name in ("v_mV", "i_pA"))
    order = np.argsort(v, kind="stable")
    v, i = v[order], i[order]
    found = [finding(Code.POINTS_ENTERED, v.size)]
    known = [point.se_pA for point in entry.points if point.se_pA is not None]
    if known:
        se, dof = np.array(known)[order], KNOWN_ERROR_DOF
    else:
        se, dof = np.full(v.size, scatter_pA(v, i)), max(v.size - 2, 1)
        found.append(finding(Code.POINT_ERRORS_ESTIMATED, float(se[0])))
    curve = IVCurve(IVKind.STEADY, np.arange(v.size), v, i, se, None, np.zeros((v.size, 2)), dof)
    v_membrane_mV = membrane_mV(v, i, offset, passive.rs.residual_MOhm if passive.rs else None)
    plan = Plan(IVKind.STEADY, "other", (), tuple(range(v.size)))
    return MeasuredIV(plan, 0.0, curve, v_membrane_mV, points_of(v_membrane_mV, curve)), found


def _without_traces() -> Recording:
    """The recording of a row that has none."""
    return Recording(
        file="",
        sha256="",
        format="I–V points",
        sample_rate_Hz=1.0,
        sweeps=(),
        command=Command((), Evidence.DECLARED, "entered"),
        current_channel=Channel("current", "pA", "current"),
        channels=(),
    )


def scatter_pA(v_mV: FloatArray, i_pA: FloatArray) -> float:
    """Standard deviation of points about the lines through their neighbours [pA].

    A curved I–V adds to it, so that it is rather too large than too small.
    """
    share = (v_mV[1:-1] - v_mV[:-2]) / (v_mV[2:] - v_mV[:-2])
    away = i_pA[1:-1] - (1 - share) * i_pA[:-2] - share * i_pA[2:]
    return float(np.sqrt(np.mean(away**2 / (1 + share**2 + (1 - share) ** 2))))


def _less_leak(
    entry: SheetEntry, settings: CellSettings, iv: MeasuredIV, seal_e_mV: float, blocked: Points | None
) -> Subtracted:
    """The points less the declared leak; sub-pulses need traces."""
    leak = settings.experiments[entry.experiment].leak
    if leak.subtract == "pn":
        return by_sub_pulses(iv.total, None)
    if leak.subtract == "baseline":
        raise NotMeasurable(
            "a baseline in the same sweep needs traces",
            remedy="Enter the points of the evoked current, with `leak: {subtract: declared, g_nS: 0}`",
        )
    if leak.subtract == "blocker" and entry.condition == leak.blocker:
        return Subtracted(iv.total)
    return without_leak(iv.total, leak, known_leak(entry, leak, seal_e_mV), blocked)
