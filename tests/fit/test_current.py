"""Currents of all baths fitted at once, beside the reversals."""

from __future__ import annotations

import pytest

from analysis.experiment.configuration import Experiment
from analysis.fit.cell import fit_cell
from analysis.fit.results import CurrentRow
from analysis.measure.results import IVPoint, Status
from tests.fit.rig import Rig, iv_points, k_series

TRUTH = {"K": 1.0, "Na": 0.05}


def row_of(rig: Rig, points: list[IVPoint], of_reversals: float = TRUTH["Na"]) -> CurrentRow:
    reversals = rig.reversals({"K": 1.0, "Na": of_reversals})
    (row,) = fit_cell(reversals, rig.settings(Experiment()), points).currents
    return row


@pytest.mark.parametrize("gate", [(-20.0, 10.0), (-60.0, -8.0)])
def test_permeability_gate_and_leak_are_recovered_without_starts_from_the_user(
    rig: Rig, gate: tuple[float, float]
) -> None:
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


def test_instantaneous_tails_take_no_gate(rig: Rig) -> None:
    assert row_of(rig, iv_points(rig, TRUTH, None, kind="tail")).v_half_mV is None


def test_reversals_that_disagree_with_the_currents_are_shown(rig: Rig) -> None:
    row = row_of(rig, iv_points(rig, TRUTH, (-20.0, 10.0)), of_reversals=0.2)
    assert (row.agrees, row.status) == (False, Status.FLAGGED)
    assert "disagrees with the ratio from the reversals" in (row.reason or "")


def test_one_bath_of_currents_is_a_failed_row_with_its_reason(rig: Rig) -> None:
    rig.baths = k_series(5)
    row = row_of(rig, iv_points(rig, TRUTH, (-20.0, 10.0)))
    assert row.status is Status.FAILED
    assert "fewer than two baths have an I-V" in (row.reason or "")


def test_points_with_a_reason_do_not_enter(rig: Rig) -> None:
    points = iv_points(rig, TRUTH, (-20.0, 10.0))
    bad = [p.model_copy(update={"i_pA": 1e5, "reason": "saturated"}) if p.v_membrane_mV == 59.0 else p for p in points]
    row = row_of(rig, bad)
    assert row.p_ratio == pytest.approx(0.05, rel=0.05)
    assert row.n_points == len(points) - len(rig.baths)
