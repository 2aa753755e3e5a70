"""Cases of the fits to a cell's baths and to cohorts, against simulated channels with known ratios."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, Known, exactly, first, turning
from reversal.calibration.simulated_series import Rig, k_series, row_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.answers.rule import AnswerEvidence, Misfit, answer_of
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.nernst.line import BathMeans, bath_means, concentration_levels, fit_line
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.condition_pairs import condition_pair_rows
from reversal.fit.permeability.ratios import fit_voltage, permeability_rows
from reversal.fit.permeability.single_baths import bath_ratio_rows
from reversal.fit.prediction_bands import nernst_band
from reversal.physics.nernst import thermal_voltage_mV
from reversal.tables.answers_table import Answer
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import Judged
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import ReversalRow

BATHS_mM = (2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 120.0)
RATIO = 0.02
SIZES = tuple(0.05 * 1.04**n for n in range(160))


def series_of(
    ratio: float = RATIO,
    errors_mV: Sequence[float] | float = 0.0,
    baths: int = 5,
    robust: bool = False,
    se_mV: float = 0.3,
    scale: float = 1.0,
) -> BathSeries:
    """Reversal potentials of a channel with P_Na/P_K = ``ratio``, plus errors, times ``scale``."""
    rig, rows = _simulated(ratio, baths)
    errors = np.broadcast_to(errors_mV, (baths,)).tolist()
    rows = [
        row.model_copy(update={"e_rev_mV": scale * (row.e_rev_mV or 0.0) + error, "se_mV": se_mV})
        for row, error in zip(rows, errors, strict=True)
    ]
    experiment = Experiment(permeant=["K", "Na"], fitting=Fitting(robust=robust))
    return next(iter(series_of_cell(rows, rig.settings(experiment))))


@cache
def _simulated(ratio: float, baths: int) -> tuple[Rig, list[ReversalRow]]:
    rig = Rig()
    rig.baths = k_series(*BATHS_mM[:baths])
    return rig, rig.reversals({"K": 1.0, "Na": ratio})


def _ratio(series: BathSeries) -> Judged[PermeabilityRow]:
    return permeability_rows(series)[0][0]


def _codes(one: Judged[PermeabilityRow] | Judged[NernstRow]) -> list[Code]:
    return [found.code for found in one.findings]


def _scatter(baths: int, size_mV: float) -> list[float]:
    """Errors that no line, no ratio and no common shift follow."""
    pattern = np.array([1.0, -1.5, 0.3, 1.2, -1.0, 0.4, -0.4])[:baths]
    return [float(error) for error in size_mV * pattern]


def fewest_baths_of_a_line() -> Answers:
    """Baths from which there is a slope, its change without a bath, its curvature, and robust weights."""

    def row(n: int, robust: bool = False) -> Judged[NernstRow]:
        return nernst_row(series_of(0.0, _scatter(n, 0.3), n, robust))

    counts = range(1, 8)
    return {
        "slope": exactly(first(counts, lambda n: row(n).row.slope_ratio is not None), 2.0),
        "influence": exactly(first(range(2, 8), lambda n: fit_line(bath_means(series_of(baths=n))).influence), 3.0),
        "curvature": exactly(first(counts, lambda n: row(n).row.curvature_p is not None), 4.0),
        "robust": exactly(first(counts, lambda n: Code.ROBUST_WEIGHTS in _codes(row(n, True))), 5.0),
    }


def baths_of_one_concentration() -> Answers:
    """Nernst potentials that are one concentration, concentrations of a curved line, and E_rev that differ in one."""
    rig, rows = _simulated(0.0, 3)
    rig = _with_baths(rig, {**rig.baths, "again": {**rig.baths["K10"], "Ca": 1.0}})
    settings = rig.settings(Experiment(permeant=["K", "Na"]))

    def curved(levels: int) -> bool:
        x = 20.0 * np.minimum(np.arange(8.0), levels - 1.0)
        e_mV = x + np.array([*_scatter(7, 0.2), 0.1])
        return fit_line(BathMeans(x, e_mV, 0.09 * np.eye(8), 22.0, np.zeros((8, 2)))).curvature_p is not None

    def differs(shift_mV: float) -> bool:
        last = rows[-1].model_copy(update={"recording": "control_again", "bath": "again"})
        of_bath = last.model_copy(update={"e_rev_mV": (last.e_rev_mV or 0.0) + shift_mV})
        precise = [row.model_copy(update={"se_mV": 0.01}) for row in (*rows, of_bath)]
        return Code.SAME_CONCENTRATION_DIFFERS in _codes(nernst_row(next(iter(series_of_cell(precise, settings)))))

    apart = (0.2, 0.24, 0.26, 0.4, 0.49, 0.51, 0.9, 1.01)
    shifts = (0.3, 0.45, 0.55, 0.9, 1.1, 1.5, 1.9, 2.1)
    return {
        "apart_mV": exactly(first(apart, lambda mV: concentration_levels(np.array([40.0, 40.0 + mV])) == 2), 0.51),
        "levels": exactly(first(range(2, 9), curved), 3.0),
        "differ_mV": exactly(first(shifts, differs), 1.1),
    }


def _with_baths(rig: Rig, baths: dict[str, dict[str, float]]) -> Rig:
    """The rig with other baths."""
    other = Rig()
    other.se_mV, other.baths = rig.se_mV, baths
    return other


def nernst_line_of_a_potassium_channel() -> Answers:
    """Slope of a channel that conducts potassium alone, with limits, in five baths and in two."""
    five, two = (nernst_row(series_of(0.0, _scatter(n, 0.3), n)).row for n in (5, 2))
    return {
        "slope_ratio": Known(five.slope_ratio, 1.0, 0.02),
        "low": five.ratio_ci_low,
        "tost_low": five.tost_low,
        "two_low": two.ratio_ci_low,
        "two_tost_low": two.tost_low,
        "verdict": None if five.verdict is None else five.verdict.value,
    }


def robust_line_with_a_wrong_bath() -> Answers:
    """One wrong bath of six (by 15 mV) does not change the slope of the line."""
    series = series_of(0.0, [0.1, -0.1, 0.2, 15.0, -0.2, 0.1], 6, robust=True)
    row = nernst_row(series).row
    return {"slope_ratio": Known(row.slope_ratio, 1.0, 0.02), "low": row.ratio_ci_low}


def curved_and_flat_lines() -> Answers:
    """Curvature of a line that is reported [mV at its ends], and slope from which it gives an inside concentration."""
    x = np.linspace(-1.0, 1.0, 5)

    def curved(size: float) -> bool:
        errors = np.array(_scatter(5, 0.2)) + size * (x**2 - 0.5)
        return Code.LINE_CURVED in _codes(nernst_row(series_of(0.0, errors.tolist())))

    def inside(scale: float) -> bool:
        return nernst_row(series_of(0.0, scale=scale)).row.in_mM_of_line is not None

    slopes = (0.2, 0.24, 0.26, 0.35, 0.48, 0.52, 0.7, 0.97, 1.02)
    return {"bend_mV": turning(SIZES, curved), "slope": exactly(first(slopes, inside), 0.52)}


def ratio_of_a_cell() -> Answers:
    """P_Na/P_K of 0.02 in five baths with errors of 0.3 mV: limits, energy, and the smallest ratio that is resolved."""
    row = _ratio(series_of(errors_mV=_scatter(5, 0.2))).row
    return {
        "p_ratio": Known(row.p_ratio, RATIO, 0.002),
        "low": row.ci_low,
        "high": row.ci_high,
        "smallest_resolvable": row.smallest_resolvable,
        "constancy_p": row.constancy_p,
    }


def ratio_in_each_bath() -> Answers:
    """The ratio from the bath with least potassium alone."""
    row = bath_ratio_rows(series_of(), "Na", {}, {})[0]
    return {"p_ratio": exactly(row.p_ratio, RATIO), "low": row.ci_low, "high": row.ci_high}


def ratios_that_compensate_one_another() -> Answers:
    """Difference in chloride of one bath from which bounded ratios of three ions have a value for means."""

    def has_value(less_mM: float) -> bool:
        rig, truth = Rig(), {"K": 1.0, "Na": 0.3, "Cl": 0.2}
        low = {"K": 5.0, "Na": 145.0, "Cl": 150.0 - less_mM, "gluconate": less_mM}
        rig.baths = {**k_series(*BATHS_mM[:5]), "low": low}
        rows = rig.reversals(truth)
        series = next(iter(series_of_cell(rows, rig.settings(Experiment(permeant=list(truth))))))
        return permeability_rows(series)[0][0].row.free_p_ratio is not None

    return {"less_mM": first((0.5, 1.0, 1.3, 2.0, 2.6, 3.6), has_value)}


def small_ratios() -> Answers:
    """Ratios whose effect on the reversal potentials is 0.2 to 1.2 standard errors: p of the scatter, and limits."""
    answers: dict[str, float | None] = {}
    for ratio in (0.00004, 0.00009, 0.00018, 0.0003):
        row = _ratio(series_of(ratio, [0.0, 0.25, -0.25, -0.25, 0.25])).row
        answers[f"p_{ratio:g}"], answers[f"high_{ratio:g}"] = row.constancy_p, row.ci_high
    return answers


def scatter_of_a_cell() -> Answers:
    """Errors, relative to the stated ones, from which the scatter gives the errors."""

    def wide(size: float) -> bool:
        return fit_voltage(series_of(errors_mV=_scatter(5, 0.3 * size)), ("Na",)).widening > 1.0

    return {"scatter": turning(SIZES, wide)}


def common_shift_of_a_cell() -> Answers:
    """Common shift, relative to its stated error of 1 mV, that is reported."""

    def reported(size: float) -> bool:
        return Code.COMMON_SHIFT in _codes(_ratio(series_of(errors_mV=size)))

    return {"shift": exactly(turning((1.4, 2.0, 3.0, 3.6, 6.0, 7.5), reported), 3.6)}


def robust_ratio() -> Answers:
    """A ratio with one wrong bath; fewest baths of which one is left out; and errors like the stated ones."""

    def moved(n: int) -> bool:
        errors = [0.1, 12.0, -0.1, 0.1, -0.1, 0.1, -0.1][:n]
        plain, robust = (_ratio(series_of(errors_mV=errors, baths=n, robust=r)).row.p_ratio for r in (False, True))
        return plain is not None and robust is not None and abs(robust / plain - 1.0) > 1e-6

    calm = _ratio(series_of(errors_mV=_scatter(6, 0.25), baths=6, robust=True)).row
    wrong = _ratio(series_of(errors_mV=[0.1, -0.1, 0.2, 15.0, -0.2, 0.1], baths=6, robust=True)).row
    return {
        "baths": exactly(first(range(2, 8), moved), 4.0),
        "calm": calm.p_ratio,
        "calm_high": calm.ci_high,
        "wrong": Known(wrong.p_ratio, RATIO, 0.003),
    }


def ratio_near_its_edge() -> Answers:
    """Smallest log ratio that is printed: a factor e above 1e-9, which means 0."""
    logs = tuple(-17.5 - 0.2 * n for n in range(20))
    rig = Rig()
    rig.baths, rig.pipette = {"Na": {"Na": 150.0, "Cl": 150.0}}, {"K": 150.0, "Cl": 150.0}
    settings = rig.settings(Experiment(permeant=["K", "Na"]))

    def printed(log_ratio: float) -> bool:
        """E_rev is (RT/F) ln (ratio · 150/150)."""
        row = row_of("Na", float(thermal_voltage_mV(rig.celsius)) * log_ratio, rig)
        return _ratio(next(iter(series_of_cell([row], settings)))).row.p_ratio is not None

    return {"withheld": Known(turning(logs, lambda log: not printed(log)), -19.7, 0.2)}


def change_of_a_ratio() -> Answers:
    """Ratio in one condition over that in another, 0.04/0.02."""
    pair = [(one, permeability_rows(one)[1]) for one in (series_of(0.02), series_of(0.04))]
    row = condition_pair_rows(pair[0], pair[1])[0].row
    return {"factor": Known(row.ratio_of_ratios, 2.0, 0.02), "low": row.ci_low, "high": row.ci_high}


@cache
def _row_of_a_cell() -> tuple[PermeabilityRow, NernstRow]:
    series = series_of(errors_mV=_scatter(5, 0.2))
    return _ratio(series).row, nernst_row(series).row


def _cohort(
    log_ratios: FloatArray, baths: int = 5, condition: str = "control"
) -> tuple[list[PermeabilityRow], list[NernstRow]]:
    """Rows of cells with these log ratios, and slopes that differ in the same way, each from so many baths."""
    ratio, line = _row_of_a_cell()
    ratios, lines = [], []
    for n, log_ratio in enumerate(log_ratios.tolist()):
        limits = {
            name: float(np.exp(log_ratio + off)) for name, off in (("p_ratio", 0.0), ("ci_low", -0.2), ("ci_high", 0.2))
        }
        cell = {"cell": f"c{n}", "condition": condition}
        ratios.append(ratio.model_copy(update={**cell, **limits}))
        lines.append(line.model_copy(update={**cell, "slope_ratio": 1.0 + 0.05 * log_ratio, "n_baths": baths}))
    return ratios, lines


def cells_of_a_cohort() -> Answers:
    """Geometric mean of ratios e^−1 … e^1, and the fewest cells and baths of a mean, a slope and a comparison."""
    logs = np.array([-1.0, 1.0, -0.5, 0.5, 0.2, -0.2])

    def pooled(n: int, baths: int = 5) -> list[bool]:
        return [row.estimate is not None for row in fit_cohort(*_cohort(logs[:n], baths)).pooled]

    def compared(n: int) -> str:
        """Design of the comparison of n cells in two conditions."""
        (first_ratios, _), (second_ratios, _) = _cohort(logs[:n]), _cohort(0.3 + 1.1 * logs[:n], condition="test")
        return fit_cohort([*first_ratios, *second_ratios], []).comparisons[0].design

    def method(standard_errors: float) -> str | None:
        """Method of the mean of ratios that are so many standard errors above 0."""
        ratios, lines = _cohort(logs)
        rows = [row.model_copy(update={"free_se": (row.p_ratio or 0.0) / standard_errors}) for row in ratios]
        rows = [row.model_copy(update={"free_p_ratio": row.p_ratio}) for row in rows]
        return fit_cohort(rows, lines).pooled[0].method

    row = fit_cohort(*_cohort(logs)).pooled[0]
    ratios_in_se = (1.5, 1.9, 2.1, 3.0, 3.9, 4.1, 6.0, 7.9, 8.1, 9.0)
    return {
        "mean": exactly(row.estimate, 1.0),
        "high": row.ci_high,
        "between_sd": row.between_cell_sd,
        "resolved_se": exactly(first(ratios_in_se, lambda one: method(one) == method(100.0)), 4.1),
        "cells": exactly(first(range(1, 7), lambda n: pooled(n)[0]), 2.0),
        "baths": exactly(first(range(1, 8), lambda baths: pooled(6, baths)[1]), 3.0),
        "paired": exactly(first(range(1, 7), lambda n: compared(n) == "paired"), 3.0),
    }


def rejected_models() -> Answers:
    """Probability of the deviations of one bath below which the answer is that E_rev follows neither model."""

    def is_rejected(p: float) -> bool:
        far = Misfit(p, "K10", 6.0)
        return answer_of(AnswerEvidence(Verdict.DIFFERENT, 0.8, 0.7, 0.9, 0.05, 1.7, None, far, far)) is Answer.NEITHER

    not_rejected = first((0.002, 0.004, 0.006, 0.009, 0.011, 0.015, 0.019, 0.021), lambda p: not is_rejected(p))
    return {"p": exactly(not_rejected, 0.011)}


def band_of_a_nernst_line() -> Answers:
    """Half-width at the concentration inside, where the thermometer has no effect: 1 % of each of two solutions."""
    band = nernst_band(series_of(), np.array([0.0]), 1.0, 22.0)
    half_mV = 1.959964 * float(np.sqrt(2.0)) * 0.01 * float(thermal_voltage_mV(22.0))
    return {"half_mV": Known(float(band.high_mV[0]), half_mV, 1e-4)}


CASES = (
    fewest_baths_of_a_line,
    baths_of_one_concentration,
    nernst_line_of_a_potassium_channel,
    robust_line_with_a_wrong_bath,
    curved_and_flat_lines,
    ratio_of_a_cell,
    ratio_in_each_bath,
    ratios_that_compensate_one_another,
    small_ratios,
    scatter_of_a_cell,
    common_shift_of_a_cell,
    robust_ratio,
    ratio_near_its_edge,
    change_of_a_ratio,
    cells_of_a_cohort,
    rejected_models,
    band_of_a_nernst_line,
)
