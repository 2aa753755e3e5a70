"""Results of measurement as rows of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.step_settings import SheetRow
from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.measure.assessment import Assessed
from reversal.measure.given_values import EnteredReversal
from reversal.measure.measure_recording import Measured
from reversal.recordings.recording.fingerprint import fingerprint
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED
from reversal.tables.checks_table import CheckRow, Outcome
from reversal.tables.estimates_table import EstimateRow, Estimator
from reversal.tables.findings.code import CHECKS, Code
from reversal.tables.findings.finding import DEFINITIONS, Finding, finding, reason_of
from reversal.tables.findings_table import FindingRow, finding_rows, judged
from reversal.tables.iv_table import IVPoint
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import Crossing, Current, ReversalRow


def recording_row(
    declared: SheetRow, outcome: Ingested | None, measured: Measured | None, findings: Iterable[Finding]
) -> RecordingRow:
    """One recording of the sheet; findings : about the recording and its reversal potential."""
    recording = outcome.recording if outcome is not None else None
    return RecordingRow(
        experiment=declared.experiment,
        cell=declared.cell,
        recording=declared.recording,
        file=declared.file,
        sha256=outcome.sha256 if outcome else None,
        format=recording.format if recording else None,
        sweeps=len(recording.sweeps) if recording else None,
        sweeps_used=_sweeps_used(recording) if recording else None,
        sample_rate_Hz=recording.sample_rate_Hz if recording else None,
        samples=fingerprint(recording) if recording else None,
        condition=declared.entry.condition if declared.entry else None,
        protocol_kind=measured.iv.plan.protocol_kind if measured else None,
        command_evidence=recording.command.evidence.value if recording else None,
        started=recording.started if recording else None,
        **judged(findings),
        **_passive(measured),
    )


def _sweeps_used(recording: Recording) -> str | None:
    """Numbers of the used sweeps; None if all sweeps of the file are used."""
    selection = recording.selection
    is_all = selection is None or len(selection.numbers) == selection.in_file
    return None if selection is None or is_all else listed_sweeps(selection.numbers)


def iv_rows(one: Assessed) -> Iterator[IVPoint]:
    """Points of a recording's I–V: current, leak subtracted, at the corrected voltage."""
    measured = one.measured
    curve, cm, rs = measured.iv.curve, measured.passive.cm_pF, measured.passive.rs
    leak_pA, leak_se_pA = measured.used.leak_at(measured.iv.v_membrane_mV, measured.iv.total), _leak_se_pA(measured)
    unknown = () if one.exclusions else (finding(Code.LEAK_UNKNOWN_AT_VOLTAGE),)
    for n in range(curve.v_command_mV.size):
        total, known = float(curve.i_pA[n]), bool(np.isfinite(leak_pA[n]))
        against = (*one.exclusions, *(() if known else unknown))
        current = total - float(leak_pA[n]) if known else total
        yield IVPoint(
            **_names(measured),
            sweep=measured.recording.number_of(int(curve.sweep[n])),
            v_command_mV=float(curve.v_command_mV[n]),
            v_membrane_mV=float(measured.iv.v_membrane_mV[n]),
            i_pA=current,
            se_pA=float(np.hypot(curve.se_pA[n], leak_se_pA[n] if known else 0.0)),
            n_effective=curve.n_effective,
            kind=curve.kind,
            window_start_ms=float(curve.window_ms[n, 0]),
            window_stop_ms=float(curve.window_ms[n, 1]),
            leak_pA=float(leak_pA[n]) if known and measured.used.leak_pA is not None else None,
            i_pA_per_pF=None if cm is None else current / cm,
            reason=reason_of(against),
            used=not against,
            v_error_mV=None if rs is None else abs(total) * rs.sd_MOhm * 1e-3,
        )


def reversal_row(one: Assessed) -> ReversalRow:
    """Reversal potential of a recording and its Nernst potential."""
    measured = one.measured
    entry, reversal, prediction, budget = measured.entry, measured.reversal, measured.prediction, measured.budget
    e_rev = reversal.estimate.e_mV if reversal.estimate else None
    nernst = prediction.e_nernst_mV
    return ReversalRow(
        **_names(measured),
        bath=entry.bath,
        pipette=entry.pipette,
        inside=entry.inside,
        outside=entry.outside,
        ground=entry.ground,
        temperature_C=entry.temperature_C,
        ion=prediction.ion,
        out_mM=prediction.out_mM,
        in_mM=prediction.in_mM,
        ljp_mV=measured.offset.total_mV,
        e_rev_mV=e_rev,
        ci_low_mV=budget.low_mV if budget else None,
        ci_high_mV=budget.high_mV if budget else None,
        method=reversal.estimate.estimator if reversal.estimate else None,
        crossing=reversal.crossing,
        e_nernst_mV=nernst,
        deviation_mV=e_rev - nernst if e_rev is not None and nernst is not None else None,
        **judged(one.findings),
        se_mV=budget.own_mV if budget else None,
        shared_sd_mV=budget.shared_mV if budget else None,
        e_rev_uncorrected_mV=measured.uncorrected_mV,
        extrapolated_mV=reversal.extrapolated_mV,
        bound=reversal.bound.side if reversal.bound else None,
        bound_mV=reversal.bound.v_mV if reversal.bound else None,
        other_crossings_mV=" ".join(f"{e:.2f}" for e in reversal.others_mV) or None,
        series_sd_mV=budget.series_mV if budget else None,
        drift_sd_mV=budget.drift_mV if budget else None,
        steps_sd_mV=budget.steps_mV if budget else None,
        own_low_mV=budget.own_low_mV if budget else None,
        own_high_mV=budget.own_high_mV if budget else None,
        junction_sd_mV=budget.junction_mV if budget else None,
        temperature_sd_mV=budget.temperature_mV if budget else None,
        kind=measured.iv.curve.kind,
        open_error=one.open_error,
        **_estimators(measured),
        **_leak(measured),
    )


def entered_row(one: EnteredReversal) -> ReversalRow:
    """Reversal potential that was entered; its estimator and its current are not known."""
    entry, prediction = one.entry, one.prediction
    shared_mV = float(np.hypot(one.offset.sd_mV, one.temperature_sd_mV))
    own_mV, reach_mV = (TWO_SIDED_95_ROUNDED * sd for sd in (one.sd_mV, float(np.hypot(one.sd_mV, shared_mV))))
    nernst = prediction.e_nernst_mV
    return ReversalRow(
        experiment=entry.experiment,
        cell=entry.cell,
        recording=entry.recording,
        condition=entry.condition,
        bath=entry.bath,
        pipette=entry.pipette,
        inside=entry.inside,
        outside=entry.outside,
        ground=entry.ground,
        temperature_C=entry.temperature_C,
        ion=prediction.ion,
        out_mM=prediction.out_mM,
        in_mM=prediction.in_mM,
        ljp_mV=one.offset.total_mV,
        e_rev_mV=one.e_mV,
        ci_low_mV=one.e_mV - reach_mV,
        ci_high_mV=one.e_mV + reach_mV,
        method=None,
        crossing=Crossing.BRACKETED,
        e_nernst_mV=nernst,
        deviation_mV=None if nernst is None else one.e_mV - nernst,
        **judged(one.findings),
        se_mV=one.sd_mV,
        shared_sd_mV=shared_mV,
        own_low_mV=one.e_mV - own_mV,
        own_high_mV=one.e_mV + own_mV,
        junction_sd_mV=one.offset.sd_mV,
        temperature_sd_mV=one.temperature_sd_mV,
        e_rev_uncorrected_mV=one.uncorrected_mV,
    )


def estimate_rows(measured: Measured) -> Iterator[EstimateRow]:
    """Every estimate, the reported one first."""
    entry, primary = measured.entry, measured.reversal.estimate
    for one in measured.reversal.estimates:
        yield EstimateRow(
            experiment=entry.experiment,
            cell=entry.cell,
            recording=entry.recording,
            estimator=one.estimator,
            primary=one is primary,
            e_mV=one.e_mV,
            ci_low_mV=one.low_mV,
            ci_high_mV=one.high_mV,
            se_mV=one.se_mV,
            misfit=one.misfit,
            agrees=measured.reversal.agreement_of(one),
        )


def check_rows(one: Assessed) -> Iterator[CheckRow]:
    """Every quality check of a recording, also those whose number is not known."""
    for code in CHECKS:
        checks = [check for check in one.checks if check.finding.code is code]
        if not checks:
            yield _check_row(one.measured, code, None, None, DEFINITIONS[code].unit, Outcome.UNKNOWN)
        for check in checks:
            found, outcome = check.finding, Outcome.PASSED if check.passed else Outcome.FAILED
            yield _check_row(one.measured, code, found.number, found.limit, found.unit, outcome)


def _check_row(
    measured: Measured, code: Code, number: float | None, limit: float | None, unit: str, outcome: Outcome
) -> CheckRow:
    return CheckRow(
        experiment=measured.entry.experiment,
        cell=measured.entry.cell,
        recording=measured.entry.recording,
        code=code,
        number=number,
        limit=limit,
        unit=unit or None,
        outcome=outcome,
    )


def recording_findings(declared: SheetRow, findings: Iterable[Finding]) -> list[FindingRow]:
    """Findings about a recording of the sheet."""
    condition = declared.entry.condition if declared.entry else None
    return finding_rows(
        findings,
        "recordings",
        experiment=declared.experiment,
        cell=declared.cell,
        recording=declared.recording,
        condition=condition,
    )


def reversal_findings(one: Assessed) -> list[FindingRow]:
    """Findings about a reversal potential that are not about the whole recording."""
    return finding_rows(one.of_reversal, "reversals", **_names(one.measured))


def _names(measured: Measured) -> dict[str, Any]:
    entry = measured.entry
    return {
        "experiment": entry.experiment,
        "cell": entry.cell,
        "recording": entry.recording,
        "condition": entry.condition,
    }


def _passive(measured: Measured | None) -> dict[str, Any]:
    """Columns of the passive properties; all unknown for a recording that was not measured."""
    passive = measured.passive if measured else None
    rs = passive.rs if passive else None
    test = passive.test if passive else None
    ranged = {name: getattr(test, name) if test else None for name in ("rs_MOhm", "cm_pF", "rm_MOhm")}
    return {
        "rs_MOhm": rs.rs_MOhm if rs else None,
        "cm_pF": passive.cm_pF if passive else None,
        "rm_MOhm": passive.rm_MOhm if passive else None,
        "holding_pA": passive.holding_pA if passive else None,
        "rs_residual_MOhm": rs.residual_MOhm if rs else None,
        "rs_source": rs.source if rs else None,
        "rs_test_MOhm": ranged["rs_MOhm"].value if ranged["rs_MOhm"] else None,
        "rs_test_se_MOhm": ranged["rs_MOhm"].se if ranged["rs_MOhm"] else None,
        "cm_test_pF": ranged["cm_pF"].value if ranged["cm_pF"] else None,
        "cm_test_se_pF": ranged["cm_pF"].se if ranged["cm_pF"] else None,
        "rm_se_MOhm": ranged["rm_MOhm"].se if ranged["rm_MOhm"] else None,
        "clamp_ms": passive.clamp_ms if passive else None,
    }


def _estimators(measured: Measured) -> dict[str, Any]:
    """Columns of the estimators other than the primary one."""
    by = {estimate.estimator: estimate for estimate in measured.reversal.estimates}
    line, local = by.get(Estimator.STRAIGHT_LINE), by.get(Estimator.LOCAL_POLYNOMIAL)
    boltzmann, ghk = by.get(Estimator.BOLTZMANN), by.get(Estimator.GHK_CURRENT)
    answers = [measured.reversal.agreement_of(one) for one in measured.reversal.estimates]
    known = [answer for answer in answers if answer is not None]
    return {
        "line_mV": line.e_mV if line else None,
        "local_mV": local.e_mV if local else None,
        "boltzmann_mV": boltzmann.e_mV if boltzmann else None,
        "boltzmann_misfit": boltzmann.misfit if boltzmann else None,
        "ghk_mV": ghk.e_mV if ghk else None,
        "ghk_misfit": ghk.misfit if ghk else None,
        "estimators_agree": all(known) if known else None,
    }


def _leak(measured: Measured) -> dict[str, Any]:
    """Columns on leak: what was subtracted, what its error does, and the channel's range if nothing was."""
    used, result, budget = measured.used, measured.result, measured.budget
    total = measured.of_total.estimate.e_mV if measured.of_total.estimate else None
    here = measured.reversal.estimate.e_mV if measured.reversal.estimate else None
    errors, channel = result.leak_errors, result.channel
    return {
        "e_rev_of": None if here is None else Current.WHOLE if used.source is None else Current.CHANNEL,
        "with_leak_mV": total,
        "leak_shift_mV": here - total if here is not None and total is not None else None,
        "leak_source": used.source,
        "leak_nS": used.g_nS,
        "leak_e_mV": used.e_mV,
        "leak_sd_mV": budget.leak_mV if budget else None,
        "leak_g_shift_mV": errors.g_mV if errors else None,
        "leak_e_shift_mV": errors.e_mV if errors else None,
        "background_shift_mV": result.background.shown_mV if result.background else None,
        "leak_not_linear": errors is not None and not errors.is_linear,
        "leak_sensitivity_mV": result.leak_sensitivity_mV,
        "assumed_leak_nS": channel.g_nS if channel else None,
        "channel_low_mV": channel.low_mV if channel else None,
        "channel_high_mV": channel.high_mV if channel else None,
    }


def _leak_se_pA(measured: Measured) -> FloatArray:
    """Error that the subtracted leak adds to each point of the curve, (points,) [pA]."""
    used, total, v = measured.used, measured.iv.total, measured.iv.v_membrane_mV
    if used.leak_pA is None:
        return np.zeros(v.size)
    more = used.points.se_pA**2 - np.interp(used.points.v_mV, total.v_mV, total.se_pA) ** 2
    return np.sqrt(np.maximum(np.interp(v, used.points.v_mV, more), 0.0))
