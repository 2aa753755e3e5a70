"""Ratios from the currents of all baths, compared with those from the reversal potentials."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, iv_points, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.fit_cell import fit_cell
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.iv_table import IVPoint
from reversal.tables.status import Status
from tests.fit.findings_by_code import found_by_code

TRUTH = {"K": 1.0, "Na": 0.05}


def judged(
    rig: Rig, points: list[IVPoint], of_reversals: float = TRUTH["Na"]
) -> tuple[CurrentRatioRow, dict[Code, FindingRow]]:
    """Ratio from the currents, and the findings about it."""
    fits = fit_cell(rig.reversals({"K": 1.0, "Na": of_reversals}), rig.settings(Experiment()), points)
    (row,) = fits.current_ratios
    return row, found_by_code(fits.fit_findings, table="current_ratios")


def row_of(rig: Rig, points: list[IVPoint]) -> CurrentRatioRow:
    return judged(rig, points)[0]


def size_of(points: list[IVPoint]) -> float:
    """Standard deviation of the currents [pA]."""
    return float(np.std([p.i_pA for p in points]))


@pytest.mark.parametrize("gate", [(-20.0, 10.0), (-60.0, -8.0)])
def test_permeability_gate_and_leak_are_recovered_without_starting_values(rig: Rig, gate: tuple[float, float]) -> None:
    row = row_of(rig, iv_points(rig, TRUTH, gate, leak_nS=0.1))
    assert row.p_ratio == pytest.approx(0.05, rel=0.05)
    assert (row.ci_low or 0) < 0.05 < (row.ci_high or 0)
    assert row.p_reference_um3_per_s == pytest.approx(300.0, rel=0.01)
    assert (row.v_half_mV, row.gate_slope_mV) == pytest.approx(gate, abs=0.5)
    assert row.leak_nS == pytest.approx(0.1, abs=0.02)
    assert row.agrees is True


def test_a_channel_without_a_gate_is_fitted_without_one(rig: Rig) -> None:
    row = row_of(rig, iv_points(rig, TRUTH, None))
    assert row.p_ratio == pytest.approx(0.05, rel=0.02)
    assert (row.v_half_mV, row.leak_nS) == (None, None)


def test_instantaneous_tails_are_fitted_without_a_gate(rig: Rig) -> None:
    assert row_of(rig, iv_points(rig, TRUTH, None, kind="tail")).v_half_mV is None


def test_disagreement_with_the_reversal_potentials_is_a_finding(rig: Rig) -> None:
    row, found = judged(rig, iv_points(rig, TRUTH, (-20.0, 10.0)), of_reversals=0.2)
    assert (row.agrees, row.status) == (False, Status.FLAGGED)
    assert Code.CURRENTS_DISAGREE in found


def test_a_leak_that_determines_the_reversal_potentials_withdraws_ratio_and_verdict(rig: Rig) -> None:
    """A seal leak of 20 nS shifts every E_rev towards 0 mV. Here E_rev is where channel current and leak cancel."""
    points = iv_points(rig, TRUTH, (-40.0, -25.0), leak_nS=20.0)
    reversals = []
    for row in rig.reversals(TRUTH):
        mine = [p for p in points if p.recording == row.recording]
        zero = float(np.interp(0.0, [p.i_pA for p in mine], [p.v_command_mV for p in mine]))
        reversals.append(row.model_copy(update={"e_rev_mV": zero}))
    fits = fit_cell(reversals, rig.settings(Experiment()), points)
    assert fits.current_ratios[0].p_ratio == pytest.approx(0.05, rel=0.15)
    assert fits.current_ratios[0].leak_nS == pytest.approx(20.0, rel=0.02)
    assert (fits.permeabilities[0].status, fits.permeabilities[0].p_ratio) == (Status.FAILED, None)
    assert (fits.nernst[0].status, fits.nernst[0].verdict) == (Status.FAILED, None)
    for table, code in (("permeabilities", Code.LEAK_DOMINATES_RATIO), ("nernst", Code.LEAK_DOMINATES_SLOPE)):
        (found,) = found_by_code(fits.fit_findings, table=table).values()  # none about the withdrawn number
        assert found.code is code
        assert (found.number, found.limit) == (fits.current_ratios[0].leak_share, 0.1)


def test_currents_that_the_model_does_not_fit_give_no_ratio(rig: Rig) -> None:
    points = [p.model_copy(update={"i_pA": 300 * math.sin(p.v_command_mV / 15)}) for p in iv_points(rig, TRUTH, None)]
    row, found = judged(rig, points)
    assert (row.status, row.p_ratio, row.agrees) == (Status.FAILED, None, None)
    misfit = found[Code.CURRENTS_MISFIT]
    assert misfit.number == pytest.approx((row.rms_pA or 0) / size_of(points))
    assert misfit.limit == 0.05


def test_a_gate_that_does_not_close_completely_is_recovered(rig: Rig) -> None:
    closed = iv_points(rig, TRUTH, (-40.0, -25.0))
    opened = iv_points(rig, TRUTH, None, seed=6)
    mixed = [c.model_copy(update={"i_pA": 0.8 * c.i_pA + 0.2 * o.i_pA}) for c, o in zip(closed, opened, strict=True)]
    row = row_of(rig, mixed)
    assert row.gate_floor == pytest.approx(0.2, abs=0.02)
    assert row.p_ratio == pytest.approx(0.05, rel=0.1)


def test_currents_of_one_bath_give_a_failed_row_with_a_reason(rig: Rig) -> None:
    rig.baths = k_series(5)
    row, found = judged(rig, iv_points(rig, TRUTH, (-20.0, 10.0)))
    assert row.status is Status.FAILED
    assert Code.CURRENTS_TOO_FEW in found


def test_points_with_a_reason_are_not_used(rig: Rig) -> None:
    points = iv_points(rig, TRUTH, (-20.0, 10.0))
    bad = [p.model_copy(update={"i_pA": 1e5, "used": False}) if p.v_membrane_mV == 59.0 else p for p in points]
    row = row_of(rig, bad)
    assert row.p_ratio == pytest.approx(0.05, rel=0.05)
    assert row.n_points == len(points) - len(rig.baths)


def width_of(rig: Rig, shared_sd_mV: float) -> float:
    """Width of the interval of the log ratio without noise, for a junction error of this size."""
    rig.shared_sd_mV = shared_sd_mV
    points = [p.model_copy(update={"i_pA": p.i_pA - noise}) for p, noise in zip(*noiseless(rig), strict=True)]
    row = row_of(rig, points)
    assert row.ci_low is not None
    assert row.ci_high is not None
    return math.log(row.ci_high / row.ci_low)


def noiseless(rig: Rig) -> tuple[list[IVPoint], np.ndarray]:
    points = iv_points(rig, TRUTH, None)
    rng = np.random.default_rng(5)
    return points, np.concatenate([rng.normal(size=len(points) // len(rig.baths)) for _ in rig.baths])


def test_interval_is_proportional_to_the_junction_error_without_noise(rig: Rig) -> None:
    """Without noise, only the junction error contributes: twice the error gives twice the width."""
    assert width_of(rig, 2.0) / width_of(rig, 1.0) == pytest.approx(2.0, rel=0.05)


def test_a_negative_permeability_gives_no_ratio(rig: Rig) -> None:
    points = [p.model_copy(update={"i_pA": -p.i_pA}) for p in iv_points(rig, TRUTH, None, kind="tail")]
    row, found = judged(rig, points)
    assert (row.p_ratio, row.p_reference_um3_per_s) == (None, 0.0)
    assert set(found) == {Code.CURRENTS_DO_NOT_RISE}


@pytest.mark.parametrize(("part", "misfits"), [(0.03, False), (0.1, True)])
def test_a_misfit_above_five_percent_of_the_currents_gives_no_ratio(rig: Rig, part: float, misfits: bool) -> None:
    points = iv_points(rig, TRUTH, None)
    size = size_of(points)
    rough = [p.model_copy(update={"i_pA": p.i_pA + part * size * (-1) ** p.sweep}) for p in points]
    row, found = judged(rig, rough)
    assert (row.p_ratio is None) is misfits
    assert (Code.CURRENTS_MISFIT in found) is misfits


def test_a_ratio_that_the_currents_do_not_depend_on_is_not_reported(rig: Rig) -> None:
    points = [p.model_copy(update={"i_pA": p.i_pA - noise}) for p, noise in zip(*noiseless(rig), strict=True)]
    assert row_of(rig, points).p_ratio is not None
    tiny = iv_points(rig, {"K": 1.0, "Na": 0.0}, None)
    row, found = judged(rig, tiny)
    assert row.p_ratio is None
    assert Code.CURRENTS_INSENSITIVE in found


def test_leak_share_is_the_leak_over_the_slope_conductance(rig: Rig) -> None:
    """Leak over the slope of the I–V curve (regression by scipy, median of the baths)."""
    from scipy.stats import linregress

    points = iv_points(rig, TRUTH, (-20.0, 10.0), leak_nS=2.0)
    slopes = []
    for bath in rig.baths:
        mine = [p for p in points if p.recording == f"control_{bath}"]
        slopes.append(linregress([p.v_membrane_mV for p in mine], [p.i_pA for p in mine]).slope)
    row = row_of(rig, points)
    assert row.leak_share == pytest.approx(row.leak_nS / np.median(slopes), rel=1e-6)
    assert row.leak_nS == pytest.approx(2.0, rel=0.03)
    assert row.e_leak_mV == pytest.approx(0.0, abs=1.0)


def test_two_baths_give_a_ratio_without_an_interval(rig: Rig) -> None:
    rig.baths = k_series(2.5, 40)
    row, found = judged(rig, iv_points(rig, TRUTH, None))
    assert row.p_ratio == pytest.approx(0.05, rel=0.05)
    assert (row.ci_low, row.ci_high, row.agrees) == (None, None, None)
    assert Code.CURRENTS_WITHOUT_INTERVAL in found
