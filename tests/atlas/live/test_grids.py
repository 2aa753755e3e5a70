"""Courses of the movable simulations are those of the program."""

from __future__ import annotations

import json

import numpy as np
import pytest

from reversal.atlas.live.grids import SIMULATIONS, simulations
from reversal.atlas.systems.energy_failure import cell_in_tissue, lose_energy
from reversal.atlas.systems.pump_leak import PumpLeakCell, run, steady_state


@pytest.fixture(scope="module")
def computed():
    return simulations()


@pytest.mark.long
def test_every_course_has_the_same_times_and_is_finite(computed):
    for key, one in computed.items():
        assert one["values"] == sorted(one["values"])
        for name, courses in one["rows"].items():
            assert len(courses) == len(one["values"]), (key, name)
            assert {len(course) for course in courses} == {len(one["time"])}
            assert np.all(np.isfinite(np.array(courses, dtype=float)))


@pytest.mark.long
def test_rows_at_a_value_of_the_grid_are_those_of_the_program(computed):
    for key in ("endosome", "exchanger", "action-potential"):
        one = SIMULATIONS[key]
        times, rows = one.course(one.values[-1])
        assert computed[key]["time"] == pytest.approx(times, rel=1e-4)
        for name, row in rows.items():
            assert computed[key]["rows"][name][-1] == pytest.approx(row, rel=1e-4, abs=1e-9)


@pytest.mark.long
def test_data_fit_into_a_page(computed):
    assert len(json.dumps(computed, separators=(",", ":"))) < 300_000


def test_points_of_a_course_are_those_of_an_integration_to_this_time():
    """10 % of the pumps for 3 h, and ischaemia of 5 min in a fifth of the tissue, each integrated alone."""
    hours, rows = SIMULATIONS["pump-leak"].course(0.1)
    cell = PumpLeakCell()
    alone = run(cell, float(hours[30]) * 3600, pump=0.1, start=steady_state(cell), points=2)
    assert rows["V"][30] == pytest.approx(alone.v_mV[-1], abs=0.01)
    assert rows["volume"][30] == pytest.approx(alone.volume_pL[-1] / alone.volume_pL[0], rel=1e-4)
    minutes, rows = SIMULATIONS["ischaemia"].course(0.2)
    k = int(np.argmin(np.abs(minutes - 5)))
    failed = lose_energy(cell_in_tissue(), float(minutes[k]) * 60, points=400)
    assert rows["V"][k] == pytest.approx(failed.course.v_mV[-1], abs=0.01)
    assert rows["K_o"][k] == pytest.approx(failed.course.out_mM[1, -1], abs=0.01)
