"""AICc, checked with statsmodels."""

from __future__ import annotations

import math

import pytest

from reversal.statistics.information_criteria import aicc, unknown_error_deviance


@pytest.mark.parametrize(("parameters", "n"), [(1, 5), (2, 10), (4, 100)])
def test_aicc_matches_statsmodels(parameters: int, n: int) -> None:
    from statsmodels.tools.eval_measures import aicc as expected

    assert aicc(12.5, parameters, n) == pytest.approx(expected(-12.5 / 2, n, parameters))


def test_aicc_is_infinite_for_too_few_data() -> None:
    assert aicc(1.0, 4, 5) == math.inf


def test_deviance_with_unknown_errors_matches_the_normal_likelihood() -> None:
    """Maximum of the normal likelihood: −2 ln L = n ln(S/n) + n ln 2π + n."""
    from scipy.stats import norm

    n, sums = 20, (3.0, 7.0)
    likelihoods = []
    for total in sums:
        sigma = math.sqrt(total / n)
        residuals = [sigma * (-1) ** k for k in range(n)]
        likelihoods.append(-2 * norm.logpdf(residuals, scale=sigma).sum())
    difference = unknown_error_deviance(sums[1], n) - unknown_error_deviance(sums[0], n)
    assert difference == pytest.approx(likelihoods[1] - likelihoods[0])
