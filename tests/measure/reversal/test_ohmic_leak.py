"""A leak of known conductance in an I–V of straight lines, where every effect has a closed formula."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.experiment.measure_settings import Leak
from reversal.experiment.step_settings import SheetEntry
from reversal.measure.iv.points import Points
from reversal.measure.reversal.leak import without_leak
from reversal.measure.reversal.ohmic_leak import (
    Displacement,
    OhmicLeak,
    assumed_leak,
    channel_range,
    displacement,
    known_leak,
    leak_of_seal,
    sensitivity_mV,
)
from reversal.tables.reversals_table import LeakSource

V = np.arange(-120.0, 61.0, 10.0)
G_nS, E_mV, LEAK_nS, LEAK_E_mV = 5.0, -90.0, 0.5, -10.0
E_TOTAL_mV = (G_nS * E_mV + LEAK_nS * LEAK_E_mV) / (G_nS + LEAK_nS)
TOTAL = Points(V, G_nS * (V - E_mV) + LEAK_nS * (V - LEAK_E_mV), np.full(V.size, 0.5), 60)


def entry(**columns: object) -> SheetEntry:
    row = {"recording": "r", "cell": "c", "file": "r.abf", "bath": "b", "pipette": "p", "temperature_C": 22.0}
    return SheetEntry.model_validate({**row, **columns})


def zero_mV(subtracted_nS: float, leak_e_mV: float = LEAK_E_mV) -> float:
    """Zero of the straight total current less a leak."""
    g = G_nS + LEAK_nS - subtracted_nS
    return (G_nS * E_mV + LEAK_nS * LEAK_E_mV - subtracted_nS * leak_e_mV) / g


def test_the_seal_in_the_sheet_gives_the_leak_with_its_errors() -> None:
    """2 GΩ ± 23 % are 0.5 ± 0.115 nS."""
    leak = known_leak(entry(seal_GOhm=2.0), Leak(), -12.0)
    assert leak == OhmicLeak(LeakSource.SEAL, 0.5, pytest.approx(0.115), -12.0, 10.0)
    assert known_leak(entry(), Leak(), -12.0) is None
    assert known_leak(entry(seal_GOhm=2.0), Leak(of_interest=True), -12.0) is None
    line = Leak(subtract="linear", from_mV=-120, to_mV=-60)
    assert known_leak(entry(seal_GOhm=2.0), line, -12.0) is None
    assert leak_of_seal(entry(seal_GOhm=2.0), line, -12.0) == leak


def test_a_declared_leak_has_its_declared_errors() -> None:
    leak = known_leak(entry(seal_GOhm=2.0), Leak(subtract="declared", g_nS=3.0, g_sd_nS=0.4, e_mV=-5.0, e_sd_mV=2.0), 0)
    assert leak == OhmicLeak(LeakSource.DECLARED, 3.0, 0.4, -5.0, 2.0)


def test_the_leak_is_subtracted_from_every_point() -> None:
    known = OhmicLeak(LeakSource.SEAL, LEAK_nS, 0.1, LEAK_E_mV, 10.0)
    found = without_leak(TOTAL, Leak(), known)
    np.testing.assert_allclose(found.points.i_pA, G_nS * (V - E_mV), atol=1e-9)
    np.testing.assert_allclose(found.points.se_pA, TOTAL.se_pA)  # the error of the leak is shared by the recordings
    assert (found.source, found.g_nS, found.e_mV, found.known) == (LeakSource.SEAL, LEAK_nS, LEAK_E_mV, known)


def test_errors_of_the_leak_move_the_reversal_as_those_of_two_straight_lines() -> None:
    """0.5 ± 0.1 nS reversing at −10 ± 10 mV, and 5 nS reversing at −90 mV."""
    found = displacement(TOTAL, OhmicLeak(LeakSource.SEAL, LEAK_nS, 0.1, LEAK_E_mV, 10.0), E_mV)
    by_g = [zero_mV(LEAK_nS * np.exp(sign * 1.96 * 0.2)) for sign in (-1, 1)]
    by_e = [zero_mV(LEAK_nS, LEAK_E_mV + sign * 19.6) for sign in (-1, 1)]
    assert found.down_mV == pytest.approx(np.hypot(E_mV - by_g[1], E_mV - by_e[1]), rel=1e-3)
    assert found.up_mV == pytest.approx(np.hypot(by_g[0] - E_mV, by_e[0] - E_mV), rel=1e-3)
    assert found.g_mV == pytest.approx((by_g[1] - E_mV) / 1.96, rel=1e-3)  # the farther of both ends
    assert found.e_mV == pytest.approx(-LEAK_nS / G_nS * 10.0, rel=1e-3)
    assert found.sd_mV == pytest.approx(np.hypot(found.g_mV, found.e_mV))


def test_a_seal_is_known_to_a_factor_and_a_declared_conductance_to_a_difference() -> None:
    seal = OhmicLeak(LeakSource.SEAL, 0.5, 0.1, LEAK_E_mV, 10.0)
    assert seal.conductances_nS == pytest.approx((0.5 / np.exp(0.392), 0.5 * np.exp(0.392)), rel=1e-4)
    declared = OhmicLeak(LeakSource.DECLARED, 0.5, 0.1, LEAK_E_mV, 10.0)
    assert declared.conductances_nS == pytest.approx((0.304, 0.696), abs=1e-4)
    assert OhmicLeak(LeakSource.DECLARED, 0.1, 0.1, LEAK_E_mV, 10.0).conductances_nS[0] == 0.0


def coverage(relative_sd: float, channel_nS: float, leak_nS: float) -> float:
    """Share of intervals with the channel's E_rev, from the zeros of straight lines.

    The seal is known within a factor of 1.5, all else with its default errors: 10 mV of the leak's reversal, and a
    junction potential of 1 mV.
    """
    rng = np.random.default_rng(2)
    stated_nS = leak_nS * 1.5 ** rng.uniform(-1.0, 1.0, 20_000)
    true_e_mV, junction_mV = LEAK_E_mV + 10.0 * rng.standard_normal(20_000), rng.standard_normal(20_000)

    def zero(g_nS: np.ndarray, e_mV: float) -> np.ndarray:
        return (channel_nS * E_mV + leak_nS * true_e_mV - g_nS * e_mV) / (channel_nS + leak_nS - g_nS)

    limits = OhmicLeak(LeakSource.SEAL, 1.0, relative_sd, LEAK_E_mV, 10.0)
    found = zero(stated_nS, LEAK_E_mV)
    g_down, g_up = (zero(stated_nS * g, LEAK_E_mV) - found for g in reversed(limits.conductances_nS))
    e_up, e_down = (zero(stated_nS, e_mV) - found for e_mV in limits.reversals_mV)
    low, high = (np.linalg.norm([g, e, np.full_like(g, 1.96)], axis=0) for g, e in ((g_down, e_down), (g_up, e_up)))
    error = found + junction_mV - E_mV
    return float(np.mean((error <= low) & (-error <= high)))


@pytest.mark.parametrize(("channel_nS", "leak_nS"), [(20.0, 2.0), (10.0, 2.0), (5.0, 0.5), (3.0, 0.5)])
def test_the_default_error_is_that_of_a_seal_known_within_a_factor_of_one_and_a_half(
    channel_nS: float, leak_nS: float
) -> None:
    default = Leak().seal_relative_sd
    assert default == pytest.approx(np.log(1.5) / np.sqrt(3.0), abs=0.005)
    assert 0.95 < coverage(default, channel_nS, leak_nS) < 0.98
    assert coverage(0.2, channel_nS, leak_nS) == pytest.approx(0.94, abs=0.005)
    assert coverage(default / 2, channel_nS, leak_nS) < 0.9
    assert coverage(2 * default, channel_nS, leak_nS) > 0.99


def test_a_leak_that_may_be_the_whole_current_leaves_that_side_open() -> None:
    found = displacement(TOTAL, OhmicLeak(LeakSource.SEAL, 4.0, 1.0, LEAK_E_mV, 0.0), zero_mV(4.0))
    assert found.down_mV is None
    assert found.up_mV is not None


def changes(leak: OhmicLeak, e_channel_mV: float = E_mV) -> Displacement:
    """Effect of the errors of a leak beside 5 nS."""
    total = Points(V, 5.0 * (V - e_channel_mV) + leak.current_pA(V), np.full(V.size, 0.5), 60)
    return displacement(total, leak, e_channel_mV)


@pytest.mark.parametrize(
    ("leak", "linear"),
    [
        (OhmicLeak(LeakSource.SEAL, 0.5, 0.1, LEAK_E_mV, 10.0), True),
        (OhmicLeak(LeakSource.SEAL, 2.3, 0.46, LEAK_E_mV, 0.0), True),  # 4.3 nS of the channel at one end, 3.9 at 0.63
        (OhmicLeak(LeakSource.SEAL, 2.6, 0.52, LEAK_E_mV, 0.0), False),
        (OhmicLeak(LeakSource.DECLARED, 2.0, 0.4, LEAK_E_mV, 10.0), True),
        (OhmicLeak(LeakSource.DECLARED, 2.0, 0.6, LEAK_E_mV, 10.0), False),
        (OhmicLeak(LeakSource.SEAL, 4.0, 1.0, LEAK_E_mV, 0.0), False),  # may be the whole current
        (OhmicLeak(LeakSource.SEAL, 4.0, 0.0, LEAK_E_mV, 10.0), True),  # a conductance without an error
    ],
)
def test_the_effect_of_a_leak_is_linear_if_it_leaves_the_channel_similar_conductances(
    leak: OhmicLeak, linear: bool
) -> None:
    assert changes(leak).is_linear is linear


def test_a_large_leak_near_its_own_reversal_does_not_count_as_nonlinear() -> None:
    leak = OhmicLeak(LeakSource.SEAL, 3.0, 0.6, LEAK_E_mV, 0.0)
    assert changes(leak, LEAK_E_mV - 2.0).is_linear
    assert not changes(leak, LEAK_E_mV - 5.0).is_linear


def test_a_leak_whose_errors_both_move_the_reversal_to_one_side_is_not_linear() -> None:
    bent = Points(V, 0.02 * (V - E_mV) * np.abs(V - E_mV) + 0.5 * (V - E_mV), np.full(V.size, 0.5), 60)
    found = displacement(bent, OhmicLeak(LeakSource.SEAL, 0.5, 0.1, LEAK_E_mV, 10.0), E_mV + 30.0)
    assert found.linearity == 0.0


def test_range_of_the_channel_is_that_of_the_assumed_seal() -> None:
    """1 GΩ takes 1 nS: from the zero of the whole current to that without 1 nS reversing at −10 ± 19.6 mV."""
    found = channel_range(TOTAL, assumed_leak(Leak(), LEAK_E_mV), E_TOTAL_mV)
    assert found.g_nS == 1.0
    assert found.low_mV == pytest.approx(zero_mV(1.0, LEAK_E_mV + 19.6), abs=0.02)
    assert found.high_mV == pytest.approx(E_TOTAL_mV)


def test_range_of_the_channel_is_open_if_the_assumed_leak_is_all_of_the_current() -> None:
    found = channel_range(TOTAL, assumed_leak(Leak(assumed_seal_GOhm=0.17), LEAK_E_mV), E_TOTAL_mV)
    assert found.low_mV is None
    assert found.high_mV == pytest.approx(E_TOTAL_mV)


def test_range_is_above_a_reversal_that_is_above_that_of_the_leak() -> None:
    chloride = Points(V, 5.0 * (V - 30.0) + 0.5 * (V + 10.0), np.full(V.size, 0.5), 60)
    whole_mV = (150.0 - 5.0) / 5.5
    found = channel_range(chloride, assumed_leak(Leak(), LEAK_E_mV), whole_mV)
    assert found.low_mV == pytest.approx(whole_mV)
    assert found.high_mV is not None
    assert found.high_mV > 30.0


def test_sensitivity_is_the_shift_by_a_tenth_of_a_nanosiemens() -> None:
    """0.1 nS at 0 mV and 5.5 nS that reverse at −82.7 mV: without it, the zero is at E · 5.5/5.4."""
    assert sensitivity_mV(TOTAL, E_TOTAL_mV) == pytest.approx(E_TOTAL_mV - E_TOTAL_mV * 5.5 / 5.4, rel=0.01)
