"""Recordings of a cell in several baths in turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.bath_visits import BathVisit, record_series
from reversal.simulate.channels import background_potassium
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import RecordingConditions, RigRecording
from reversal.simulate.stimuli import repeated_step

PROTOCOL = repeated_step(0.0, repeats=2, step_ms=30.0)
A, B = SERIES[1], SERIES[3]


@pytest.fixture
def cell() -> Cell:
    return Cell("k", background_potassium(), cm_pF=10.0, leak_nS=0.5)


def plateau_pA(made: RigRecording, sweep: int = -1) -> float:
    start, stop = PROTOCOL.edges(0)[-2]
    return float(made.i_pA[sweep, (start + stop) // 2 : stop].mean())


def test_current_is_the_same_after_return_to_the_first_bath(
    cell: Cell, silent: Amplifier, k5: RecordingConditions
) -> None:
    first, other, again = (
        plateau_pA(r) for r in record_series(cell, silent, k5, [BathVisit(A), BathVisit(B), BathVisit(A)], PROTOCOL, 1)
    )
    assert again == pytest.approx(first, abs=0.1)
    assert abs(other - first) > 50


def test_run_down_reduces_the_current_after_return(cell: Cell, silent: Amplifier, k5: RecordingConditions) -> None:
    nearly_ideal = replace(silent, rs_MOhm=0.2)
    visits = [BathVisit(A), BathVisit(B), BathVisit(A), BathVisit(A, blocked=1.0)]
    made = record_series(cell, nearly_ideal, k5, visits, PROTOCOL, 1, run_down_per_recording=0.2)
    first, _, again, leak = (plateau_pA(recording) for recording in made)
    assert (again - leak) / (first - leak) == pytest.approx(0.8**2, abs=0.002)


def test_noise_of_the_recordings_is_independent(cell: Cell, k5: RecordingConditions) -> None:
    one, other = record_series(cell, Amplifier(noise_pA=20.0), k5, [BathVisit(A), BathVisit(A)], PROTOCOL, 1)
    start, stop = PROTOCOL.edges(0)[-2]
    noises = [made.i_pA[0, start + 200 : stop] for made in (one, other)]
    assert abs(np.corrcoef(noises)[0, 1]) < 0.3


def test_slow_bath_exchange_is_incomplete_in_the_first_sweep(
    cell: Cell, silent: Amplifier, k5: RecordingConditions
) -> None:
    slow = record_series(cell, silent, k5, [BathVisit(A), BathVisit(B)], PROTOCOL, 1, wash_s=1.0)
    first, second = plateau_pA(slow[1], 0), plateau_pA(slow[1], 1)
    assert first == pytest.approx(plateau_pA(slow[0]), abs=0.1)  # the exchange starts with the recording
    assert second < first - 20
