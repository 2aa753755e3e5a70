"""Change of a permeability ratio between two conditions of one cell, as a factor.

Both conditions are fitted together. Their shared junction error mostly cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.permeability.ghk_model import VoltageModel, best_fit, minimise
from reversal.fit.permeability.profile_interval import limits
from reversal.fit.permeability.ratios import VoltageFit, bound_of
from reversal.statistics.least_squares import Minimum
from reversal.statistics.whitening import covariance_of, whitening
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.permeabilities_table import Bound


def condition_pair_rows(
    first: tuple[BathSeries, VoltageFit | None], second: tuple[BathSeries, VoltageFit | None]
) -> list[Judged[ConditionPairRow]]:
    """Ratio in the second condition over that in the first: one row for each ion that is free in both fits."""
    (a, fit_a), (b, fit_b) = first, second
    if fit_a is None or fit_b is None:
        ions = [ion for ion in a.choices.permeant if ion != a.choices.reference]
        return [_row(a, b, ion, finding(Code.CONDITION_WITHOUT_RATIO)) for ion in ions]
    return [_compare(a, fit_a, b, fit_b, ion) for ion in fit_a.ions if ion in fit_b.ions]


def _compare(a: BathSeries, fit_a: VoltageFit, b: BathSeries, fit_b: VoltageFit, ion: str) -> Judged[ConditionPairRow]:
    """Fit both conditions together and give the change of one ratio with its interval."""
    try:
        joint = fit_together(a, fit_a, b, fit_b, ion)
        scale = max(fit_a.widening, fit_b.widening)
        ends = limits(joint.model, joint.e_mV, joint.best, 1, scale=scale)
    except DomainError as refused:
        return _row(a, b, ion, finding(Code.FORMULA_REFUSED, message=str(refused)))
    bound = bound_of(ends)
    if bound is None:
        return _row(a, b, ion, finding(Code.CONDITIONS_UNRESOLVED))
    return _row(
        a,
        b,
        ion,
        None if bound is Bound.TWO_SIDED else finding(Code.CONDITIONS_BOUND_ONLY),
        joint.change if bound is Bound.TWO_SIDED else None,
        None if ends.low is None else float(np.exp(ends.low)),
        None if ends.high is None else float(np.exp(ends.high)),
        bound,
    )


@dataclass(frozen=True, slots=True)
class JointFit:
    """Both conditions fitted together; the second parameter is the logarithm of the change of the ratio."""

    model: VoltageModel
    e_mV: FloatArray
    best: Minimum

    @property
    def change(self) -> float:
        """Ratio in the second condition over that in the first."""
        return float(np.exp(self.best.theta[0, 1]))


def fit_together(a: BathSeries, fit_a: VoltageFit, b: BathSeries, fit_b: VoltageFit, ion: str) -> JointFit:
    """Fit both conditions together. Raises DomainError if no voltage balances the currents."""
    model = _joint_model(a, fit_a, b, fit_b, ion)
    e_mV = np.concatenate([a.e_mV, b.e_mV])
    start = fit_a.best.theta[0, fit_a.ions.index(ion)], fit_b.best.theta[0, fit_b.ions.index(ion)]
    rest = [
        value for fit in (fit_a, fit_b) for name, value in zip(fit.ions, fit.best.theta[0], strict=False) if name != ion
    ]
    best = minimise(model, e_mV[None], np.array([[start[0], start[1] - start[0], *rest]]))
    coarse = best_fit(model, e_mV) if model.size <= 2 else best
    return JointFit(model, e_mV, coarse if coarse.chi2[0] < best.chi2[0] else best)


def _joint_model(a: BathSeries, fit_a: VoltageFit, b: BathSeries, fit_b: VoltageFit, ion: str) -> VoltageModel:
    """Model of both conditions: a column per ion and condition; parameters: log ratio, its change, other log ratios."""
    p = np.concatenate([fit_a.model.p, fit_b.model.p])
    width = len(a.ions)
    columns = [a.ions.index(ion), width + b.ions.index(ion)]
    columns += [a.ions.index(name) for name in fit_a.ions if name != ion]
    columns += [width + b.ions.index(name) for name in fit_b.ions if name != ion]
    mix = np.eye(len(columns))
    mix[1, 0] = 1.0
    own = np.concatenate([_own_sd(a, fit_a), _own_sd(b, fit_b)])
    shared = np.concatenate([np.column_stack([each.shared_sd_mV, each.leak_mV]) for each in (a, b)])
    return VoltageModel(
        out_mM=_block_diagonal(a.out_mM, b.out_mM),
        in_mM=_block_diagonal(a.in_mM, b.in_mM),
        z=np.concatenate([a.z, b.z]),
        temperature_C=np.concatenate([a.temperature_C, b.temperature_C]),
        whiten=whitening(np.diag(own**2) + shared @ shared.T),
        p=p,
        free=tuple(columns),
        mix=mix,
    )


def _own_sd(series: BathSeries, fit: VoltageFit) -> np.ndarray:
    """Own errors [mV] that the fit of the condition used, including its scale factor for excess scatter."""
    covariance = covariance_of(fit.model.whiten)
    shared = series.shared_sd_mV**2 + np.sum(series.leak_mV**2, axis=1)
    return np.asarray(np.sqrt(np.maximum(np.diag(covariance) - shared, 1e-12)))


def _block_diagonal(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.block([[a, np.zeros((len(a), b.shape[1]))], [np.zeros((len(b), a.shape[1])), b]])


def _row(
    a: BathSeries,
    b: BathSeries,
    ion: str,
    obstacle: Finding | None,
    ratio: float | None = None,
    low: float | None = None,
    high: float | None = None,
    bound: Bound | None = None,
) -> Judged[ConditionPairRow]:
    return judge(
        ConditionPairRow,
        [] if obstacle is None else [obstacle],
        experiment=b.experiment,
        cell=b.cell,
        condition=b.condition,
        against=a.condition,
        ion=ion,
        reference=b.choices.reference,
        ratio_of_ratios=ratio,
        ci_low=low,
        ci_high=high,
        bound=bound,
        n_baths=len({*a.solutions, *b.solutions}),
    )
