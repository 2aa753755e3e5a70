"""The profile of a ratio in the tables agrees with its interval."""

from __future__ import annotations

import pytest

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit.fit_cell import fit_cell
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.results import CellFits


def fits_of(rig: Rig, sodium: float) -> CellFits:
    return fit_cell(rig.reversals({"K": 1.0, "Na": sodium}), rig.settings(Experiment()))


def at(points: tuple[ProfilePoint, ...], p_ratio: float) -> ProfilePoint:
    return min(points, key=lambda point: abs(point.p_ratio - p_ratio))


def test_profile_is_zero_at_the_best_value_and_at_its_limit_at_the_ends(rig: Rig) -> None:
    fits = fits_of(rig, 0.02)
    (row,) = fits.permeabilities
    assert row.p_ratio is not None
    assert at(fits.profiles, row.p_ratio).likelihood_ratio == pytest.approx(0.0, abs=1e-6)
    for end in (row.ci_low, row.ci_high):
        assert end is not None
        point = at(fits.profiles, end)
        assert point.p_ratio == pytest.approx(end)
        assert point.likelihood_ratio == pytest.approx(point.limit, rel=0.01)
    inside = [point.likelihood_ratio < point.limit for point in fits.profiles]
    assert inside == sorted(inside[: inside.index(True) + 1]) + sorted(inside[inside.index(True) + 1 :], reverse=True)


def test_profile_of_a_bound_is_below_its_limit_down_to_a_small_ratio(rig: Rig) -> None:
    fits = fits_of(rig, 0.0)
    (row,) = fits.permeabilities
    assert row.ci_low is None
    assert row.ci_high
    below = [point for point in fits.profiles if point.p_ratio < 0.999 * row.ci_high]
    assert min(point.p_ratio for point in below) == pytest.approx(row.ci_high / 1000)
    assert all(point.likelihood_ratio < point.limit for point in below)
    assert at(fits.profiles, row.ci_high).likelihood_ratio == pytest.approx(
        at(fits.profiles, row.ci_high).limit, rel=0.01
    )


def test_ratio_without_an_interval_has_no_profile(rig: Rig) -> None:
    lost = [row.model_copy(update={"e_rev_mV": None}) for row in rig.reversals({"K": 1.0, "Na": 0.02})]
    assert fit_cell(lost, rig.settings(Experiment())).profiles == ()
