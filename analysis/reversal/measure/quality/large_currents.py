"""Checks that a large current fails, as notes if it is the current of the channel and does not move E_rev.

R_s moves the zero of a steady current only by the leak that flows there. A tail or a peak is not steady: it may change
before the membrane has reached the command. A large current is that of the channel if the I–V allows no leak that would
fail the check by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.quality.check import Check
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.ohmic_leak import largest_conductance_nS
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind
from reversal.tables.status import Severity

OF_LARGE_CURRENTS = (Code.SERIES_OVER_INPUT, Code.INPUT_RESISTANCE, Code.HOLDING_CURRENT)


def with_notes(
    checks: Iterable[Check],
    iv: MeasuredIV,
    used: Subtracted,
    result: MeasuredReversal,
    budget: Budget | None,
    series: SeriesResistance | None,
) -> tuple[Check, ...]:
    """The checks of a recording; those that a large current of the channel fails are notes if E_rev does not move."""
    every = tuple(checks)
    failed = [check for check in every if check.finding.code in OF_LARGE_CURRENTS and not check.passed]
    if not failed or series is None or not _series_within_interval(iv, result, budget, series):
        return every
    leak_nS, span_mV = _largest_leak_nS(iv, used, result), float(np.ptp(iv.total.v_mV))
    notes = [check for check in failed if leak_nS <= _allowed_leak_nS(check, span_mV, series.residual_MOhm)]
    return tuple(_as_note(check) if check in notes else check for check in every)


def _series_within_interval(
    iv: MeasuredIV, result: MeasuredReversal, budget: Budget | None, series: SeriesResistance
) -> bool:
    """Whether all of the residual R_s moves a steady E_rev by less than its interval."""
    estimate = result.reversal.estimate
    if estimate is None or budget is None or iv.curve.kind not in (IVKind.STEADY, IVKind.RAMP):
        return False
    current_pA = float(np.interp(estimate.e_mV, iv.total.v_mV, iv.total.i_pA))
    shift_mV = abs(current_pA) * series.residual_MOhm * 1e-3
    return budget.contains(estimate.e_mV - shift_mV, estimate.e_mV + shift_mV)


def _largest_leak_nS(iv: MeasuredIV, used: Subtracted, result: MeasuredReversal) -> float:
    """Conductance of the leak that was measured, or the largest that the I–V allows; infinite if it allows any."""
    if used.leak_pA is not None and used.known is None:
        return float(np.ptp(used.leak_pA) / np.ptp(used.points.v_mV))
    whole = result.of_total.estimate
    if used.known is None or whole is None:
        return math.inf
    return largest_conductance_nS(iv.total, used.known, whole.e_mV)


def _allowed_leak_nS(check: Check, span_mV: float, residual_MOhm: float) -> float:
    """Largest leak that passes the check by itself.

    span_mV : range of the tested voltages;  residual_MOhm : residual R_s
    """
    limit = check.finding.limit or 0.0
    if check.finding.code is Code.HOLDING_CURRENT:
        return limit / span_mV
    least_MOhm = limit if check.finding.code is Code.INPUT_RESISTANCE else residual_MOhm / limit
    return 1e3 / least_MOhm if least_MOhm else math.inf


def _as_note(check: Check) -> Check:
    return replace(check, finding=replace(check.finding, severity=Severity.NOTE))
