"""Permeability ratios from the currents of all baths, compared with those from the reversal potentials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reversal.fit.bath_series import BathSeries
from reversal.fit.currents.current_model import CurrentFit, Currents, currents_of, fit_currents, jackknife_interval
from reversal.fit.currents.identifiability import Part
from reversal.fit.fit_constants import MAX_CURRENT_MISFIT, MAX_IDENTIFIED_LOG_RATIO, MIN_JACKKNIFE_BATHS
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.iv_table import IVPoint
from reversal.tables.permeabilities_table import PermeabilityRow


def current_rows(
    series: BathSeries, ratios: Sequence[PermeabilityRow], iv: Sequence[IVPoint]
) -> list[Judged[CurrentRatioRow]]:
    """One row for each ion whose ratio was fitted to the reversal potentials; a finding explains a missing ratio."""
    wanted = [row for row in ratios if row.method is not None]
    if not wanted:
        return []
    data = currents_of(series, iv)
    if data is None:
        return [_row(series, row, None, None, None, finding(Code.CURRENTS_TOO_FEW)) for row in wanted]
    reference = series.ions.index(series.choices.reference)
    free = [series.ions.index(row.ion) for row in wanted]
    junction_mV = float(np.sqrt(np.mean(series.shared_sd_mV**2)))
    fit = fit_currents(data, reference, free, currents_of(series, iv, junction_mV) if junction_mV > 0 else None)
    return [_row(series, row, data, fit, k, _obstacle(series, data, fit, k)) for k, row in enumerate(wanted)]


def _obstacle(series: BathSeries, data: Currents, fit: CurrentFit, position: int) -> Finding | None:
    """Why the fitted currents give no ratio; None if they do."""
    if fit.p_reference_um3_per_s <= 0:
        return finding(Code.CURRENTS_DO_NOT_RISE)
    misfit = fit.rms_pA / max(float(np.std(data.i_pA)), 1e-12)
    if misfit > MAX_CURRENT_MISFIT:
        return finding(Code.CURRENTS_MISFIT, misfit, MAX_CURRENT_MISFIT)
    if position in fit.unidentified.ratios:
        return _indistinguishable(series, fit.unidentified.ratios[position])
    ends = jackknife_interval(fit, position)
    if abs(fit.log_ratios[position]) > MAX_IDENTIFIED_LOG_RATIO or (
        ends is not None and ends[1] - ends[0] > MAX_IDENTIFIED_LOG_RATIO
    ):
        return finding(Code.CURRENTS_INSENSITIVE)
    return None


def _indistinguishable(series: BathSeries, parts: Sequence[Part]) -> Finding:
    """The finding that names the ions whose permeabilities the currents do not distinguish."""
    ions = [name for k, name in enumerate(series.ions) if k in parts]
    names = [*ions, *(f"the {part}" for part in parts if isinstance(part, str))]
    what = f"distinguish {_listed(names, 'and')}" if len(names) > 1 else f"depend on {names[0]}"
    replaced = [ion for ion in ions if ion != series.choices.reference] or ions
    return finding(Code.CURRENTS_INDISTINGUISHABLE, distinguish=what, replaced=_listed(replaced, "or"))


def _listed(names: Sequence[str], last: str) -> str:
    """Names as in a sentence, with the word before the last one."""
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _parameters_unknown(fit: CurrentFit, reference: str) -> list[Finding]:
    """Parameters other than the ratios that the currents do not determine."""
    unknown = {f"permeability of {reference}": fit.unidentified.p_reference, "leak": fit.unidentified.leak}
    return [finding(Code.CURRENTS_PARAMETER_UNKNOWN, place=name) for name, parts in unknown.items() if parts]


def _about_interval(data: Currents, fit: CurrentFit, position: int) -> list[Finding]:
    """Why a ratio has no interval, or that one bath alone determines it."""
    if len(fit.jackknife) < MIN_JACKKNIFE_BATHS:
        return [finding(Code.CURRENTS_WITHOUT_INTERVAL)]
    baths = fit.unidentified.without_bath.get(position, ())
    if not baths:
        return []
    return [finding(Code.CURRENTS_FROM_ONE_BATH, place=_listed([data.bath_names[bath] for bath in baths], "or"))]


def _row(
    series: BathSeries,
    ratio: PermeabilityRow,
    data: Currents | None,
    fit: CurrentFit | None,
    position: int | None,
    obstacle: Finding | None,
) -> Judged[CurrentRatioRow]:
    best, ends = None, None
    if fit is not None and position is not None and obstacle is None:
        best = float(fit.log_ratios[position])
        ends = jackknife_interval(fit, position)
    low, high = (None, None) if ends is None else (float(np.exp(ends[0])), float(np.exp(ends[1])))
    agrees = _overlap(low, high, ratio)
    findings = [obstacle] if obstacle is not None else []
    if data is not None and fit is not None and position is not None and best is not None:
        findings += _about_interval(data, fit, position)
        findings += _parameters_unknown(fit, ratio.reference)
    if agrees is False:
        findings.append(finding(Code.CURRENTS_DISAGREE))
    return judge(
        CurrentRatioRow,
        findings,
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=ratio.ion,
        reference=ratio.reference,
        p_ratio=None if best is None else float(np.exp(best)),
        ci_low=low,
        ci_high=high,
        p_reference_um3_per_s=fit.p_reference_um3_per_s if fit and not fit.unidentified.p_reference else None,
        v_half_mV=fit.gate[0] if fit and fit.gate else None,
        gate_slope_mV=fit.gate[1] if fit and fit.gate else None,
        gate_floor=fit.floor if fit else None,
        leak_nS=fit.leak_nS if fit else None,
        e_leak_mV=fit.e_leak_mV if fit else None,
        leak_share=_leak_fraction(data, fit),
        n_points=fit.n_points if fit else 0,
        rms_pA=fit.rms_pA if fit else None,
        voltage_p_ratio=ratio.p_ratio,
        agrees=agrees,
    )


def _overlap(low: float | None, high: float | None, ratio: PermeabilityRow) -> bool | None:
    """Whether the interval from currents overlaps that from reversal potentials; None if one is unknown."""
    if low is None or high is None or (ratio.ci_low is None and ratio.ci_high is None):
        return None
    return (ratio.ci_high is None or low <= ratio.ci_high) and (ratio.ci_low is None or ratio.ci_low <= high)


def _leak_fraction(data: Currents | None, fit: CurrentFit | None) -> float | None:
    """Leak conductance over the slope conductance of the I–V curve (linear regression, median of the baths)."""
    if data is None or fit is None or fit.leak_nS is None:
        return None
    slopes = [np.polyfit(data.v_mV[data.bath == k], data.i_pA[data.bath == k], 1)[0] for k in np.unique(data.bath)]
    typical = float(np.median(slopes))
    return fit.leak_nS / typical if typical > 0 else None
