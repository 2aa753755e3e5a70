"""What coarse steps do not show is part of the interval; fine steps keep theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.measure.iv.points import Points
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.measure.reversal.sign_changes import Bracket
from reversal.measure.reversal.unseen_bend import admissible_mV, with_unseen_bend
from reversal.tables.estimates_table import Estimator

E_mV = -86.0
V = np.arange(-130.0, 51.0, 30.0)
AROUND = Bracket(1, 2, rising=True)  # -100 and -70 mV
READ = Estimate(E_mV, E_mV - 3.0, E_mV + 4.0, 1.8, Estimator.SMOOTH_CURVE, None)


def family(conductance_nS: np.ndarray, v_mV: np.ndarray = V, error_pA: float = 1.0) -> Points:
    return Points(v_mV, conductance_nS * (v_mV - E_mV), np.full(v_mV.size, error_pA), 60)


def rectifier_nS(v_mV: np.ndarray, efold_mV: float = 10.0, half_mV: float = -80.0) -> np.ndarray:
    return np.asarray(20.0 / (1.0 + np.exp((v_mV - half_mV) / efold_mV)))


@pytest.mark.parametrize("efold_mV", [np.inf, 40.0, -25.0])
def test_a_conductance_that_changes_steadily_admits_one_potential(efold_mV: float) -> None:
    """The logarithm of its chord conductance is a straight line of voltage, on every side of the reversal."""
    found = admissible_mV(family(5.0 * np.exp(-V / efold_mV)), AROUND)
    if found is not None:  # the grid of the search is 0.1 mV wide
        assert found == pytest.approx((E_mV, E_mV), abs=0.15)


def test_a_rectifier_admits_a_range_that_contains_its_reversal() -> None:
    found = admissible_mV(family(rectifier_nS(V)), AROUND)
    assert found is not None
    assert found[0] < E_mV - 1.0
    assert found[1] > E_mV
    assert found[1] - found[0] < 20.0


OUTERMOST = Bracket(0, 1, rising=True)


def test_a_reversal_in_the_outermost_step_is_less_certain() -> None:
    at = ((V, AROUND), (V[1:], OUTERMOST))
    inner, outer = (admissible_mV(family(rectifier_nS(v), v), bracket) for v, bracket in at)
    assert inner is not None
    assert outer is not None
    assert outer[1] - outer[0] > inner[1] - inner[0]


def test_a_part_of_the_range_is_added_to_each_limit_and_to_the_error() -> None:
    """Steps of 30 mV exceed fine outermost steps of 6 mV by 24/36 of what makes the whole range count."""
    points = family(rectifier_nS(V[1:]), V[1:])
    found = admissible_mV(points, OUTERMOST)
    assert found is not None
    widened = with_unseen_bend(READ, points, OUTERMOST)
    down, up = (24.0 / 36.0 * reach for reach in (E_mV - found[0], found[1] - E_mV))
    assert widened.low_mV == pytest.approx(E_mV - np.hypot(3.0, down))
    assert widened.high_mV == pytest.approx(E_mV + np.hypot(4.0, up))
    assert widened.steps_mV == pytest.approx(0.5 * (down + up) / 1.96, rel=1e-3)
    assert widened.se_mV == pytest.approx(np.hypot(1.8, widened.steps_mV))


@pytest.mark.parametrize(
    ("step_mV", "outermost", "widened"),
    [(5.0, True, False), (15.0, True, True), (20.0, True, True), (20.0, False, False), (30.0, False, True)],
)
def test_fine_steps_keep_their_interval(step_mV: float, outermost: bool, widened: bool) -> None:
    v = E_mV - (0.4 if outermost else 1.4) * step_mV + step_mV * np.arange(7)
    found = reversal_of(family(rectifier_nS(v), v), compare=False).estimate
    assert found is not None
    assert (found.steps_mV > 0.0) is widened


def test_a_reversal_in_the_last_step_is_in_the_outermost_step_too() -> None:
    v = E_mV + np.array([-150.0, -120.0, -90.0, -60.0, -30.0, -10.0, 20.0])
    found = reversal_of(family(np.full(7, 5.0), v), compare=False).estimate
    assert found is not None
    assert found.steps_mV > 0.0


def test_an_open_limit_stays_open_and_a_falling_current_is_left_as_it_is() -> None:
    points = family(rectifier_nS(V[1:]), V[1:])
    assert with_unseen_bend(replace(READ, low_mV=None), points, OUTERMOST).low_mV is None
    assert with_unseen_bend(READ, points, Bracket(0, 1, rising=False)) is READ


@pytest.mark.parametrize("step_mV", [20.0, 30.0])
def test_intervals_of_a_rectifier_that_reverses_in_the_outermost_step_contain_its_reversal(step_mV: float) -> None:
    """A smooth curve alone contains it in 85 and 75 of 100 such families."""
    rng = np.random.default_rng(5)
    covered, made = 0, 0
    for _ in range(160):
        v = E_mV - rng.uniform(0.0, 1.0) * step_mV + step_mV * np.arange(7)
        exact = family(rectifier_nS(v, rng.uniform(8.0, 18.0), E_mV + rng.uniform(-20.0, 20.0)), v)
        found = reversal_of(replace(exact, i_pA=exact.i_pA + rng.normal(0.0, 1.0, v.size)), compare=False).estimate
        if found is not None:
            low, high = found.low_mV or -np.inf, found.high_mV or np.inf
            made, covered = made + 1, covered + (low <= E_mV <= high)
    assert made > 130
    assert 0.89 < covered / made < 1.0
