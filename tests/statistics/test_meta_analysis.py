"""Pooled estimates, checked with the published meta-analysis of the BCG vaccine trials."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.statistics.meta_analysis import PooledMean, limits_above, pool, reml_variance, sidik_jonkman_variance

BCG = np.array(
    [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
     (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
     (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)], dtype=float,
)  # fmt: skip
"""Thirteen vaccine trials of Colditz et al., JAMA 271:698 (1994): ill and well, treated and not."""


def test_reml_spread_matches_the_published_meta_analysis() -> None:
    """Log risk ratios: 0.3132 by REML (output of metafor); with it the weighted mean is −0.7145."""
    log_risk, variance = _vaccine_trials()
    between = reml_variance(log_risk, variance)
    weight = 1 / (variance + between)
    assert between == pytest.approx(0.3132, abs=5e-5)
    assert np.sum(weight * log_risk) / np.sum(weight) == pytest.approx(-0.7145, abs=5e-5)
    assert pool(log_risk, np.sqrt(variance)).between_sd ** 2 == pytest.approx(0.3132, abs=5e-5)


def test_sidik_jonkman_spread_matches_metafor() -> None:
    """0.3455: output of metafor, method SJ, for the vaccine trials."""
    assert sidik_jonkman_variance(*_vaccine_trials()) == pytest.approx(0.3455, abs=5e-5)


def test_sidik_jonkman_weights_are_not_dominated_by_the_most_precise_cell() -> None:
    """If REML gives no spread, weights from the errors alone would use almost only one cell."""
    values, errors = np.array([0.0, 0.05, -0.05, 0.02]), np.array([0.01, 0.1, 0.1, 0.1])
    weight = 1 / (errors**2 + sidik_jonkman_variance(values, errors**2))
    alone = 1 / errors**2
    assert reml_variance(values, errors**2) == 0
    assert weight.max() / weight.sum() < 0.95 * alone.max() / alone.sum()


def test_hartung_knapp_with_equal_errors_is_the_t_interval_of_the_mean() -> None:
    from scipy.stats import t

    values = np.array([1.0, 1.3, 0.8, 1.6, 1.1])
    answer = pool(values, np.full(5, 0.05))
    reach = t.ppf(0.975, 4) * values.std(ddof=1) / math.sqrt(5)
    assert (answer.low, answer.high) == pytest.approx((values.mean() - reach, values.mean() + reach))


def test_one_estimate_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="two cells"):
        pool(np.array([1.0]), np.array([0.1]))


def _vaccine_trials() -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios of the trials and their sampling variances."""
    ill, well, ill_control, well_control = BCG.T
    log_risk = np.log(ill / (ill + well)) - np.log(ill_control / (ill_control + well_control))
    return log_risk, 1 / ill - 1 / (ill + well) + 1 / ill_control - 1 / (ill_control + well_control)


@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0, 30.0])
@pytest.mark.parametrize("cells", [3, 6])
def test_limits_above_an_edge_cover_95_percent(distance: float, cells: int) -> None:
    """Cells of equal error about a mean so many standard errors of the mean above the edge."""
    rng, truth = np.random.default_rng(3), distance / np.sqrt(cells)
    trials = 600
    found = [limits_above(pool(rng.normal(truth, 1.0, cells), np.ones(cells)), 0.0) for _ in range(trials)]
    covered = np.mean([(low or 0.0) <= truth <= high for low, high in found])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / trials))
    bounds = np.mean([low is None for low, _ in found])
    assert (bounds > 0.9) if distance == 0 else (bounds == 0 if distance == 30 else 0 < bounds < 0.95)


def test_limits_far_above_an_edge_are_those_of_the_mean() -> None:
    mean = pool(np.array([10.0, 10.4, 9.7, 10.1]), np.full(4, 0.1))
    assert limits_above(mean, 0.0) == pytest.approx((mean.low, mean.high), rel=1e-6)


def test_limits_of_cells_without_spread_are_the_mean_or_the_edge() -> None:
    assert limits_above(PooledMean(0.5, 0.5, 0.5, 0.0, 0.0, 3), 0.0) == (0.5, 0.5)
    assert limits_above(PooledMean(-0.5, -0.5, -0.5, 0.0, 0.0, 3), 0.0) == (None, 0.0)
