"""Permeability ratios of one cell in one condition: the GHK voltage equation fitted to all its baths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import (
    COMMON_SHIFT_SD,
    EDGE_MARGIN_LOG_RATIO,
    LOG_RATIO_EDGE,
    MAX_RESOLVABLE_RATIO,
    MIN_RESOLVABLE_RATIO,
    MIN_ROBUST_EXCESS_ROWS,
    MIN_ROBUST_SPREAD_SD,
    MIN_ROOT_WEIGHT,
    MIN_SENSITIVITY_SE,
    RESOLVABLE_GRID_SIZE,
    RESOLVABLE_SE,
    SCATTER_PROBABILITY,
)
from reversal.fit.permeability.free_estimate import free_estimate
from reversal.fit.permeability.ghk_model import VoltageModel, best_fit, minimise, slopes
from reversal.fit.permeability.profile_interval import Limits, distance_from_edge, limits
from reversal.physics.selectivity import SignConvention, selectivity_energy
from reversal.statistics.chi_square import upper_tail
from reversal.statistics.least_squares import Minimum
from reversal.statistics.likelihood_ratio import critical_value
from reversal.statistics.robust_weights import bisquare, standard_deviation_of
from reversal.statistics.statistics_constants import BISQUARE_ROUNDS
from reversal.statistics.student_t import two_sided_quantile
from reversal.statistics.whitening import whitening
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.permeabilities_table import Bound, PermeabilityRow

METHOD = "GHK voltage, profile likelihood"


@dataclass(frozen=True, slots=True)
class VoltageFit:
    """A fitted GHK voltage equation.

    model : model with the covariance of the final fit;  best : its best fit, theta (1, k) and chi2 (1,)
    ions : ions with a free ratio, in the order of the parameters
    e_mV : (n,) fitted reversal potentials [mV]
    widening : factor on the critical value, above 1 if the variance was estimated from the scatter
    scatter_p : p of the scatter for the given errors; None without degrees of freedom
    chi2, degrees_of_freedom : of the fit with the given errors
    common_shift_mV : estimate of the shared junction error [mV];  shared_sd_mV : its declared standard deviation [mV]
    """

    model: VoltageModel
    best: Minimum
    ions: tuple[str, ...]
    e_mV: FloatArray
    widening: float
    scatter_p: float | None
    chi2: float
    degrees_of_freedom: int
    common_shift_mV: float
    shared_sd_mV: float

    @property
    def p_ratios(self) -> dict[str, float]:
        """Best permeability ratio of each free ion."""
        return {ion: float(np.exp(self.best.theta[0, k])) for k, ion in enumerate(self.ions)}


def voltage_model(series: BathSeries, ions: tuple[str, ...], offset: bool = False) -> VoltageModel:
    """Model in which the ratios of ``ions`` are free and all other ions but the reference are impermeant."""
    p = np.zeros(len(series.ions))
    p[series.ions.index(series.choices.reference)] = 1.0
    return VoltageModel(
        out_mM=series.out_mM,
        in_mM=series.in_mM,
        z=series.z,
        temperature_C=series.temperature_C,
        whiten=whitening(series.covariance()),
        p=p,
        free=tuple(series.ions.index(ion) for ion in ions),
        offset=offset,
    )


def fit_voltage(series: BathSeries, ions: tuple[str, ...], offset: bool = False) -> VoltageFit:
    """Fit the ratios of ``ions`` to the series. Raises DomainError if no voltage balances the currents."""
    model = voltage_model(series, ions, offset)
    best = best_fit(model, series.e_mV)
    if series.choices.fitting.robust and len(series.rows) > model.size + MIN_ROBUST_EXCESS_ROWS:
        series, model, best = _robust(series, model, best)
    df = len(series.rows) - model.size
    chi2, shift = float(best.chi2[0]), _common_shift(series, model, best)
    scatter, scatter_df = _scatter(series, model, best)
    widening, p = 1.0, None
    if scatter_df > 0:
        p = upper_tail(scatter, scatter_df)
        if p < SCATTER_PROBABILITY:
            wider = replace(series, own_sd_mV=series.own_sd_mV * np.sqrt(scatter / scatter_df))
            model = voltage_model(wider, ions, offset)
            best = best_fit(model, series.e_mV)
            t = two_sided_quantile(scatter_df)
            widening = float(t * t / critical_value(np.inf))
    return VoltageFit(
        model=model,
        best=best,
        ions=ions,
        e_mV=series.e_mV,
        widening=widening,
        scatter_p=p,
        chi2=chi2,
        degrees_of_freedom=df,
        common_shift_mV=shift,
        shared_sd_mV=float(np.sqrt(np.mean(series.shared_sd_mV**2))),
    )


Ratios = tuple[list[Judged[PermeabilityRow]], VoltageFit | None]


def permeability_rows(series: BathSeries) -> Ratios:
    """One row for each permeant ion other than the reference, and the fit; the fit is None if it failed."""
    wanted = [ion for ion in series.ions if ion in (*series.choices.permeant, *series.choices.divalents)]
    wanted = [ion for ion in wanted if ion != series.choices.reference]
    if not series.rows:
        return [_failed(series, ion, finding(Code.NO_REVERSALS)) for ion in wanted], None
    present = [ion for ion in wanted if _is_present(series, ion)]
    absent = [_failed(series, ion, finding(Code.ION_ABSENT, place=ion)) for ion in wanted if ion not in present]
    if not present:
        return absent, None
    obstacle = _obstacle(series, tuple(present))
    if obstacle is not None:
        return [*(_failed(series, ion, obstacle) for ion in present), *absent], None
    try:
        fit = fit_voltage(series, tuple(present), series.choices.fitting.offset)
        rows = [_row(series, fit, k) for k in range(len(present))]
    except DomainError as refused:
        obstacle = finding(Code.FORMULA_REFUSED, message=str(refused))
        return [*(_failed(series, ion, obstacle) for ion in present), *absent], None
    return [*rows, *absent], fit


def _is_present(series: BathSeries, ion: str) -> bool:
    """Whether any solution of the series contains the ion."""
    outside, inside, _ = series.of(ion)
    return bool(np.any(outside > 0) or np.any(inside > 0))


def _obstacle(series: BathSeries, ions: tuple[str, ...]) -> Finding | None:
    """Why a fit is impossible; None if it is possible."""
    if not _is_present(series, series.choices.reference):
        return finding(Code.REFERENCE_ABSENT, place=series.choices.reference)
    different = len({tuple(pair.of(ion) for ion in (series.choices.reference, *ions)) for pair in series.solutions})
    needed = len(ions) + series.choices.fitting.offset
    if different < needed:
        unknowns = ", ".join([*ions, *(["offset"] if series.choices.fitting.offset else [])])
        return finding(Code.SOLUTIONS_TOO_FEW, different, needed, unknowns=unknowns)
    return None


def _scatter(series: BathSeries, model: VoltageModel, best: Minimum) -> tuple[float, int]:
    """Weighted sum of squares after removal of the parameters and of a common shift, and its degrees of freedom.

    A ratio that changes no reversal potential (near 0), or changes all by the same amount, uses no degree of freedom.
    """
    white = whitening(series.covariance_without_shift())
    residual = white @ (series.e_mV - model.predict_mV(best.theta)[0])
    common = white @ np.ones(len(series.rows))
    common = common / np.linalg.norm(common)
    changes = slopes(replace(model, whiten=white), best.theta)[0]
    changes = changes - np.outer(common, common @ changes)
    directions, sizes, _ = np.linalg.svd(changes, full_matrices=False)
    explained = np.column_stack([common, directions[:, sizes > MIN_SENSITIVITY_SE]])
    unexplained = residual - explained @ (explained.T @ residual)
    return float(unexplained @ unexplained), residual.size - explained.shape[1]


def _robust(series: BathSeries, model: VoltageModel, best: Minimum) -> tuple[BathSeries, VoltageModel, Minimum]:
    """Iteratively reweighted fit with Tukey's bisquare: outlying baths get a small weight or none."""
    own = series.own_sd_mV
    for _ in range(BISQUARE_ROUNDS):
        misfit = series.e_mV - model.predict_mV(best.theta)[0]
        standardised = (misfit - np.median(misfit)) / own
        weight = bisquare(standardised, max(MIN_ROBUST_SPREAD_SD, standard_deviation_of(standardised)), MIN_ROOT_WEIGHT)
        series = replace(series, own_sd_mV=own / np.sqrt(weight))
        model = replace(model, whiten=whitening(series.covariance()))
        best = minimise(model, series.e_mV[None], best.theta)
    return series, model, best


def _common_shift(series: BathSeries, model: VoltageModel, best: Minimum) -> float:
    """Estimate of the shared junction error from the residuals of the fit [mV]."""
    misfit = series.e_mV - model.predict_mV(best.theta)[0]
    return float(series.shared_sd_mV.mean() * (series.shared_sd_mV @ np.linalg.solve(series.covariance(), misfit)))


def _row(series: BathSeries, fit: VoltageFit, position: int) -> Judged[PermeabilityRow]:
    """Ratio of one ion with its profile-likelihood interval."""
    ion = fit.ions[position]
    ends = limits(fit.model, fit.e_mV, fit.best, position, scale=fit.widening)
    log_ratio = float(fit.best.theta[0, position])
    bound = bound_of(ends)
    if bound is None:
        return _failed(series, ion, finding(Code.RATIO_UNRESOLVED))
    # With several free ratios, the best value of a ratio that is only bounded is not unique: it is not reported.
    has_value = abs(log_ratio) < LOG_RATIO_EDGE - EDGE_MARGIN_LOG_RATIO and (
        bound is Bound.TWO_SIDED or len(fit.ions) == 1
    )
    balance = ratio_at_balance(series, ion)
    free = free_estimate(fit.model, fit.e_mV, fit.best, position, ends, balance, fit.widening)
    ddg = [_ddg_kJ_mol(value, series) for value in (log_ratio if has_value else None, ends.high, ends.low)]
    return judge(
        PermeabilityRow,
        [*_findings(series, fit, ion, bound), *series.all_findings],
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=ion,
        reference=series.choices.reference,
        p_ratio=float(np.exp(log_ratio)) if has_value else None,
        ci_low=None if ends.low is None else float(np.exp(ends.low)),
        ci_high=None if ends.high is None else float(np.exp(ends.high)),
        bound=bound,
        ddg_kJ_mol=ddg[0],
        n_baths=series.n_solutions,
        method=_method(series, fit),
        n_recordings=len(series.rows),
        n_left_out=len(series.left_out),
        n_flagged=series.n_flagged,
        ddg_ci_low=ddg[1],
        ddg_ci_high=ddg[2],
        ddg_convention=SignConvention.DISFAVOURED_POSITIVE.value,
        smallest_resolvable=smallest_resolvable(fit, position),
        ratio_at_balance=balance,
        free_p_ratio=None if free is None else free.p_ratio,
        free_se=None if free is None else free.se,
        chi2=fit.chi2,
        degrees_of_freedom=fit.degrees_of_freedom,
        common_shift_mV=fit.common_shift_mV,
        constancy_p=fit.scatter_p,
    )


def _method(series: BathSeries, fit: VoltageFit) -> str:
    robust = ", bisquare weights" if series.choices.fitting.robust else ""
    return METHOD + robust + (", offset free" if fit.model.offset else "")


def bound_of(ends: Limits) -> Bound | None:
    """Kind of bound that the limits give; None if there is no limit."""
    if ends.low is not None and ends.high is not None:
        return Bound.TWO_SIDED
    if ends.high is not None:
        return Bound.UPPER
    return Bound.LOWER if ends.low is not None else None


def _ddg_kJ_mol(log_ratio: float | None, series: BathSeries) -> float | None:
    """Selectivity free energy at the mean temperature [kJ/mol]; None if the ratio is not known."""
    if log_ratio is None:
        return None
    return float(selectivity_energy(float(np.exp(log_ratio)), float(np.mean(series.temperature_C))).kJ_per_mol)


def _findings(series: BathSeries, fit: VoltageFit, ion: str, bound: Bound) -> Iterator[Finding]:
    """Findings about a fitted ratio."""
    if series.n_solutions == 1:
        yield finding(Code.ONE_BATH)
    if fit.widening > 1 and fit.scatter_p is not None:
        yield finding(Code.EXCESS_SCATTER, fit.scatter_p, SCATTER_PROBABILITY)
    if abs(fit.common_shift_mV) > COMMON_SHIFT_SD * fit.shared_sd_mV > 0:
        limit_mV = COMMON_SHIFT_SD * fit.shared_sd_mV
        yield finding(Code.COMMON_SHIFT, fit.common_shift_mV, limit_mV, sd_mV=fit.shared_sd_mV)
    if bound is Bound.UPPER:
        yield finding(Code.UPPER_BOUND_ONLY, place=ion)
    if bound is Bound.LOWER:
        yield finding(Code.LOWER_BOUND_ONLY, place=series.choices.reference)
    if fit.model.offset:
        yield finding(Code.OFFSET_INSEPARABLE)


def smallest_resolvable(fit: VoltageFit, position: int) -> float | None:
    """Smallest ratio whose reversal potentials differ from those of a ratio of 0 by two standard errors; or None."""
    values = np.linspace(np.log(MIN_RESOLVABLE_RATIO), np.log(MAX_RESOLVABLE_RATIO), RESOLVABLE_GRID_SIZE)
    reached = np.flatnonzero(
        distance_from_edge(fit.model, fit.best, position, values, -LOG_RATIO_EDGE) >= RESOLVABLE_SE
    )
    return float(np.exp(values[reached[0]])) if reached.size and reached[0] > 0 else None


def ratio_at_balance(series: BathSeries, ion: str) -> float | None:
    """Smallest quotient of reference over ion outside, over the baths that contain both; None if there is none.

    A ratio far below a tenth of this number has no measurable effect on the reversal potentials of the series.
    """
    reference, _, z_reference = series.of(series.choices.reference)
    outside, _, z = series.of(ion)
    both = (reference > 0) & (outside > 0)
    return float(np.min(reference[both] / outside[both])) if np.any(both) and z * z_reference > 0 else None


def _failed(series: BathSeries, ion: str, why: Finding) -> Judged[PermeabilityRow]:
    """Row of an ion whose ratio cannot be estimated, with the reason."""
    return judge(
        PermeabilityRow,
        [why, *series.all_findings],
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        ion=ion,
        reference=series.choices.reference,
        p_ratio=None,
        ci_low=None,
        ci_high=None,
        bound=None,
        ddg_kJ_mol=None,
        n_baths=series.n_solutions,
        method=None,
        n_recordings=len(series.rows),
        n_left_out=len(series.left_out),
    )
