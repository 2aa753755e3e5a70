"""How often the intervals of the fits contain the truth, counted on simulated series.

The reversal potentials come from the simulator. They get independent errors of a stated size and one error shared by
the cell; the fits see only what the tables of a cell contain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.cohort.ratio_mean import CellMean, ratio_mean
from reversal.fit.currents.current_model import currents_of, fit_currents, jackknife_interval
from reversal.fit.nernst.line import bath_means, fit_line
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.condition_pairs import condition_pair_rows
from reversal.fit.permeability.model_comparison import candidates, model_rows
from reversal.fit.permeability.ratios import permeability_rows
from reversal.statistics.meta_analysis import pool
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.findings.finding import Finding
from reversal.tables.nernst_table import Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow

BATHS = {2: (2.5, 40), 3: (2.5, 10, 40), 4: (2.5, 5, 10, 20), 5: (2.5, 5, 10, 20, 40), 6: (1, 2.5, 5, 10, 20, 40)}
RATIOS = (0.0, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
SE_mV = 0.3
SHARED_mV = 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of trials, of intervals that contain the truth, of one-sided bounds, and of trials without interval."""

    trials: int
    covered: int
    bounds: int = 0
    none: int = 0

    @property
    def percent(self) -> float:
        """Share of the given intervals that contain the truth [%]."""
        return 100 * self.covered / max(self.trials - self.none, 1)

    @property
    def percent_bounds(self) -> float:
        """Share of the trials that gives a one-sided bound [%]."""
        return 100 * self.bounds / self.trials


def ratio_coverage(ratio: float, baths: Sequence[float], repeats: int, seed: int, understated: float = 1.0) -> Coverage:
    """Intervals of P_Na/P_K.

    understated : true errors as a multiple of the stated ones
    """
    series = potassium_series({"K": 1.0, "Na": ratio}, baths)
    rows = (permeability_rows(one)[0][0].row for one in noisy(series, repeats, seed, understated))
    return count(rows, ratio)


def two_ratio_coverage(repeats: int, seed: int) -> Coverage:
    """Intervals of P_Na/P_K if P_Cs/P_K is free too."""
    baths = {
        "Na": {"Na": 150.0, "Cl": 150.0},
        "Cs": {"Cs": 150.0, "Cl": 150.0},
        "half": {"K": 75.0, "Na": 75.0, "Cl": 150.0},
        "mixed": {"K": 20.0, "Na": 65.0, "Cs": 65.0, "Cl": 150.0},
    }
    truth = {"K": 1.0, "Na": 0.05, "Cs": 0.3}
    series = series_of(_rig_with(baths), truth, Experiment(permeant=["K", "Na", "Cs"]))
    return count((permeability_rows(one)[0][0].row for one in noisy(series, repeats, seed)), truth["Na"])


def divalent_coverage(repeats: int, seed: int) -> Coverage:
    """Intervals of P_Ca/P_K."""
    baths = {f"Ca{ca:g}": {"K": 10.0, "Ca": float(ca), "Cl": 10.0 + 2 * ca} for ca in (1, 5, 20, 60)}
    series = series_of(_rig_with(baths), {"K": 1.0, "Ca": 0.5}, Experiment(ion="Ca", permeant=["K"], divalents=["Ca"]))
    return count((permeability_rows(one)[0][0].row for one in noisy(series, repeats, seed)), 0.5)


def paired_coverage(before: float, after: float, repeats: int, seed: int) -> Coverage:
    """Intervals of the ratio of P_Na/P_K in two conditions, which share one junction error."""
    first = potassium_series({"K": 1.0, "Na": before}, BATHS[4])
    second = potassium_series({"K": 1.0, "Na": after}, BATHS[4])
    rng = np.random.default_rng(seed)

    def rows() -> Iterable[ConditionPairRow]:
        for _ in range(repeats):
            shift = rng.normal() * SHARED_mV
            pair = [replace(s, e_mV=s.e_mV + shift + rng.normal(0, s.own_sd_mV)) for s in (first, second)]
            yield condition_pair_rows(*((s, permeability_rows(s)[1]) for s in pair))[0].row

    return count(rows(), after / before)


def current_coverage(ratio: float, gate: tuple[float, float] | None, repeats: int, seed: int) -> Coverage:
    """Jackknife intervals of P_Na/P_K from the currents of five baths."""
    rig = Rig()
    p = {"K": 1.0, "Na": ratio}
    series = series_of(rig, p, Experiment())
    sodium, covered = series.ions.index("Na"), 0
    for k in range(repeats):
        data = currents_of(series, iv_points(rig, p, gate, 0.05 if gate else 0.0, seed=seed * repeats + k))
        assert data is not None
        fit = fit_currents(data, 0, [sodium])
        low, high = jackknife_interval(fit, 0) or (np.inf, -np.inf)
        covered += low <= np.log(ratio) <= high
    return Coverage(repeats, covered)


def slope_coverage(baths: Sequence[float], repeats: int, seed: int, understated: float = 1.0) -> Coverage:
    """Intervals of the slope ratio of a membrane that follows Nernst."""
    series = potassium_series({"K": 1.0}, baths)
    lines = (fit_line(bath_means(one)) for one in noisy(series, repeats, seed, understated))
    return Coverage(repeats, sum(line.low <= 1 <= line.high for line in lines))


def equivalence_rate(slope: float, baths: Sequence[float], repeats: int, seed: int, se_mV: float = SE_mV) -> float:
    """Share of verdicts "equivalent" for a true slope ratio [%]; the margin is 0.05."""
    series = potassium_series({"K": 1.0}, baths, se_mV)
    scaled = replace(series, e_mV=slope * series.e_mV)
    verdicts = [nernst_row(one).row.verdict for one in noisy(scaled, repeats, seed)]
    return 100 * sum(verdict is Verdict.EQUIVALENT for verdict in verdicts) / repeats


def false_sodium_rate(baths: Sequence[float], repeats: int, seed: int, level: float = 0.05) -> float:
    """Share of pure potassium membranes for which the likelihood ratio test finds sodium permeability [%]."""
    series = potassium_series({"K": 1.0}, baths)
    p_values = [_p_value_of_sodium(one) for one in noisy(series, repeats, seed)]
    return 100 * sum(p is not None and p < level for p in p_values) / repeats


def _p_value_of_sodium(series: BathSeries) -> float | None:
    _, fit = permeability_rows(series)
    if fit is None:
        return None
    return next(row.p_value for row in model_rows(series, candidates(series, fit)) if row.model == "ghk")


def pooled_coverage(cells: int, between_sd: float, repeats: int, seed: int) -> Coverage:
    """Hartung–Knapp intervals of a mean log ratio of cells whose own errors differ by a factor of up to five."""
    rng = np.random.default_rng(seed)
    covered = 0
    for _ in range(repeats):
        own = rng.uniform(0.04, 0.2, cells)
        answer = pool(rng.normal(0, np.hypot(own, between_sd)), own)
        covered += answer.low <= 0 <= answer.high
    return Coverage(repeats, covered)


def pooled_ratio_coverage(ratio: float, cells: int, between_sd: float, repeats: int, seed: int) -> Coverage:
    """Intervals of a mean ratio of cells in five baths, in which bound-only cells take part.

    between_sd : standard deviation of the log ratio between cells
    """
    rng = np.random.default_rng(seed)

    def means() -> Iterable[CellMean | Finding]:
        for number in range(repeats):
            truths = ratio * np.exp(rng.normal(0, between_sd, cells))
            rows = [_one_ratio_row(float(truth), seed + cells * number + k) for k, truth in enumerate(truths)]
            yield ratio_mean([row for row in rows if row.bound is not None])

    found = [mean for mean in means() if isinstance(mean, CellMean)]
    covered = sum((m.low or 0.0) <= ratio <= (np.inf if m.high is None else m.high) for m in found)
    return Coverage(repeats, covered, sum(m.estimate is None for m in found), repeats - len(found))


def _one_ratio_row(ratio: float, seed: int) -> PermeabilityRow:
    """P_Na/P_K of one simulated cell."""
    (series,) = noisy(potassium_series({"K": 1.0, "Na": ratio}, BATHS[5]), 1, seed)
    return permeability_rows(series)[0][0].row


def potassium_series(p: Mapping[str, float], baths: Sequence[float], se_mV: float = SE_mV) -> BathSeries:
    """BathSeries of one cell without errors, in baths with these K⁺ concentrations [mM]."""
    return series_of(_rig_with(k_series(*baths), se_mV), p, Experiment())


def _rig_with(baths: dict[str, dict[str, float]], se_mV: float = SE_mV) -> Rig:
    rig = Rig()
    rig.se_mV, rig.shared_sd_mV, rig.baths = se_mV, SHARED_mV, baths
    return rig


def series_of(rig: Rig, p: Mapping[str, float], experiment: Experiment) -> BathSeries:
    """BathSeries of a rig's cell with true ratios ``p``."""
    return next(series_of_cell(rig.reversals(p), rig.settings(experiment)))


def noisy(series: BathSeries, repeats: int, seed: int, understated: float = 1.0) -> Iterable[BathSeries]:
    """The series ``repeats`` times, each time with new errors."""
    rng = np.random.default_rng(seed)
    for _ in range(repeats):
        own = rng.normal(0, understated * series.own_sd_mV)
        yield replace(series, e_mV=series.e_mV + own + rng.normal() * series.shared_sd_mV)


def count(rows: Iterable[PermeabilityRow | ConditionPairRow], truth: float) -> Coverage:
    """Count the intervals that contain the truth; an open end has no limit."""
    trials = covered = bounds = none = 0
    for row in rows:
        trials += 1
        none += row.bound is None
        bounds += row.bound in (Bound.UPPER, Bound.LOWER)
        low, high = row.ci_low or 0.0, np.inf if row.ci_high is None else row.ci_high
        covered += row.bound is not None and low <= truth <= high
    return Coverage(trials, covered, bounds, none)
