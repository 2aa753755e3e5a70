"""Comparison of models of a cell's reversal potentials: Nernst, GHK, GHK with an offset, GHK with chloride.

The errors are known, so minus twice the log likelihood is the weighted sum of squares up to a constant. A ratio that
may be 0 is tested with the mixture of χ² distributions at a boundary
(:func:`reversal.statistics.likelihood_ratio.edge_p`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import (
    MIN_INDEPENDENT_EFFECT,
    MIN_INFLUENCE_BATHS,
    MIN_LINE_BATHS,
    EXCLUDED_BATH_SD_mV,
)
from reversal.fit.nernst.line import bath_means, concentration_levels, line_of
from reversal.fit.permeability.ghk_model import VoltageModel, best_fit, minimise, slopes
from reversal.fit.permeability.ratios import VoltageFit, voltage_model
from reversal.statistics.chi_square import upper_tail
from reversal.statistics.information_criteria import aicc
from reversal.statistics.least_squares import Minimum
from reversal.statistics.likelihood_ratio import edge_p
from reversal.statistics.whitening import covariance_of, whitening
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding, reason_of
from reversal.tables.influence_table import InfluenceRow
from reversal.tables.models_table import ModelRow


@dataclass(frozen=True, slots=True)
class CandidateModel:
    """A model with its best fit and its leave-one-bath-out predictions.

    ions : names of the ions with a free ratio
    without : fits without each bath in turn, theta (baths, k); None with too few baths
    predicted_mV : (n,) prediction for each recording from the other baths [mV]; None with too few baths
    first_known : (baths,) whether the first ratio is determined without each bath
    bath_known : (baths,) whether the other baths determine the prediction for each bath
    """

    name: str
    ions: tuple[str, ...]
    model: VoltageModel
    best: Minimum
    without: Minimum | None
    predicted_mV: FloatArray | None
    first_known: NDArray[np.bool_] | None = None
    bath_known: NDArray[np.bool_] | None = None

    @property
    def every_bath_known(self) -> bool:
        """Whether each bath is predicted by the others."""
        return self.bath_known is not None and bool(self.bath_known.all())


def candidates(series: BathSeries, fit: VoltageFit) -> list[CandidateModel]:
    """Fit every model that has no more parameters than there are baths, with the covariance of ``fit``."""
    wanted: list[tuple[str, tuple[str, ...], bool]] = [("nernst", (), False), ("ghk", fit.ions, False)]
    wanted.append(("ghk+offset", fit.ions, True))
    if "Cl" in series.ions and "Cl" not in (*fit.ions, series.choices.reference):
        wanted.append(("ghk+Cl", (*fit.ions, "Cl"), False))
    found = []
    for name, ions, offset in wanted:
        if len(ions) + offset > series.n_solutions:
            continue
        try:
            model = replace(voltage_model(series, ions, offset), whiten=fit.model.whiten)
            already_fitted = name == "ghk" and not fit.model.offset
            best = fit.best if already_fitted else best_fit(model, series.e_mV)
            found.append(_candidate(series, name, ions, model, best))
        except DomainError:
            continue
    return found


def model_rows(series: BathSeries, found: list[CandidateModel]) -> list[ModelRow]:
    """One row per model: AICc, likelihood-ratio test against the simpler model, leave-one-bath-out error."""
    chi2 = {c.name: float(c.best.chi2[0]) for c in found}
    n = len(series.rows)
    score = {c.name: aicc(chi2[c.name], c.model.size, n) for c in found}
    lowest = min(score.values(), default=math.inf)
    rows = []
    for c in found:
        simpler = {"nernst": None, "ghk": "nernst"}.get(c.name, "ghk")
        p = None if simpler not in chi2 else _p_value(chi2[simpler] - chi2[c.name], c, found)
        value = score[c.name] if math.isfinite(score[c.name]) else None
        rows.append(
            ModelRow(
                experiment=series.experiment,
                cell=series.cell,
                condition=series.condition,
                model=c.name,
                free=" ".join([*c.ions, *(["offset"] if c.model.offset else [])]),
                n_parameters=c.model.size,
                n_recordings=n,
                chi2=chi2[c.name],
                aicc=value,
                delta_aicc=None if value is None else value - lowest,
                against=simpler if p is not None else None,
                p_value=p,
                loo_rms_mV=None
                if c.predicted_mV is None or not c.every_bath_known
                else float(np.sqrt(np.mean((series.e_mV - c.predicted_mV) ** 2))),
                reason=reason_of([finding(Code.OFFSET_INSEPARABLE)]) if c.model.offset else None,
            )
        )
    return rows


def influence_rows(series: BathSeries, found: list[CandidateModel]) -> list[InfluenceRow]:
    """GHK fit and Nernst slope without each bath in turn; empty with fewer than three baths.

    What the other baths do not determine is empty: a fit stops anywhere in the valley of its misfit.
    """
    ghk = next((c for c in found if c.name == "ghk"), None)
    if ghk is None or ghk.without is None or ghk.predicted_mV is None or series.n_solutions < 3:
        return []
    first_known, bath_known = ghk.first_known, ghk.bath_known
    if first_known is None or bath_known is None:
        return []
    slope = _slopes_without(series)
    rows = []
    for k, bath in enumerate(series.solution_names):
        of_bath = np.flatnonzero(series.solution == k)
        predicted = float(np.mean(ghk.predicted_mV[of_bath])) if bath_known[k] else None
        rows.append(
            InfluenceRow(
                experiment=series.experiment,
                cell=series.cell,
                condition=series.condition,
                bath=bath,
                predicted_mV=predicted,
                error_mV=None if predicted is None else float(np.mean(series.e_mV[of_bath])) - predicted,
                p_ratio_without=float(np.exp(ghk.without.theta[k, 0])) if ghk.ions and first_known[k] else None,
                slope_ratio_without=slope.get(k),
            )
        )
    return rows


def _candidate(
    series: BathSeries, name: str, ions: tuple[str, ...], model: VoltageModel, best: Minimum
) -> CandidateModel:
    """A fitted model with its fits and predictions without each bath in turn.

    A bath is removed by giving its recordings a very large error. The residuals of the other baths estimate the shared
    junction error, which is added to the prediction.
    """
    baths = series.n_solutions
    if baths <= max(model.size, 1):
        return CandidateModel(name, ions, model, best, None, None)
    member = series.solution == np.arange(baths)[:, None]
    covariance = covariance_of(model.whiten)
    inflated = covariance + np.einsum("bi,ij->bij", member * EXCLUDED_BATH_SD_mV**2, np.eye(member.shape[1]))
    whiten = whitening(inflated)
    data = np.broadcast_to(series.e_mV, (baths, series.e_mV.size))
    start = np.broadcast_to(best.theta, (baths, model.size))
    without = minimise(replace(model, whiten=whiten), data, start)
    expected = model.predict_mV(without.theta)
    residual = np.where(member, 0.0, data - expected)
    shared = covariance - np.diag(np.diag(covariance))  # covariance between recordings: the junction error
    weighted = (whiten.swapaxes(-1, -2) @ (whiten @ residual[..., None]))[..., 0]
    predicted = expected + weighted @ shared
    without_own_bath = predicted[np.argmax(member, axis=0), np.arange(member.shape[1])]
    known = _known_without(model, without.theta, member)
    return CandidateModel(name, ions, model, best, without, without_own_bath, *known)


def _known_without(
    model: VoltageModel, theta: FloatArray, member: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the other baths determine the first parameter, and the prediction for the bath that is left out.

    theta : (baths, k) fits without each bath;  member : (baths, n) recordings of each bath

    A change of the parameters that the other baths do not feel leads along a valley of their misfit.
    """
    first, bath = np.ones(len(theta), dtype=bool), np.ones(len(theta), dtype=bool)
    if model.size == 0:
        return first, bath
    effects = slopes(replace(model, whiten=np.eye(member.shape[1])), theta)
    for k, (of_all, left_out) in enumerate(zip(effects, member, strict=True)):
        size = np.linalg.norm(of_all[~left_out], axis=0)
        unit = of_all / np.where(size > 0.0, size, 1.0)
        _, felt, directions = np.linalg.svd(unit[~left_out], full_matrices=True)
        valleys = directions[np.append(felt, np.zeros(model.size))[: model.size] < MIN_INDEPENDENT_EFFECT]
        first[k] = not valleys.size or bool(np.abs(valleys[:, 0]).max() < MIN_INDEPENDENT_EFFECT)
        moved = np.abs(unit[left_out] @ valleys.T).max(initial=0.0)
        bath[k] = bool(moved < MIN_INDEPENDENT_EFFECT * max(float(np.linalg.norm(unit[left_out])), 1e-12))
    return first, bath


def _slopes_without(series: BathSeries) -> dict[int, float | None]:
    """Slope ratio without each bath, by its number; empty where the line has fewer than three points."""
    points = bath_means(series)
    if points.x_mV.size < MIN_INFLUENCE_BATHS or concentration_levels(points.x_mV) < MIN_LINE_BATHS:
        return {}
    return dict(zip(points.solution, line_of(series).influence, strict=True))


def _p_value(ratio: float, candidate: CandidateModel, found: list[CandidateModel]) -> float:
    """p of a likelihood ratio: χ² for an offset, which has any sign; boundary mixture for ratios, which may be 0."""
    drop = max(ratio, 0.0)
    if candidate.model.offset:
        return upper_tail(drop, 1)
    simpler = 0 if candidate.name == "ghk" else len(next(c for c in found if c.name == "ghk").ions)
    return edge_p(drop, len(candidate.ions) - simpler)
