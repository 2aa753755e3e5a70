"""Passive properties of simulated cells, against what the simulator was given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.measure.membrane import membrane_test
from analysis.recordings.model import Recording, Telegraph
from analysis.simulate.amplifier import Amplifier
from analysis.simulate.bath import PIPETTE, SERIES
from analysis.simulate.cell import Cell
from analysis.simulate.channels import nonselective
from analysis.simulate.rig import Surroundings
from analysis.simulate.stimuli import step_family
from tests.measure.rig import recorded


def recording_of(rs_MOhm: float, compensation: float, cm_pF: float, lowpass_Hz: float = 4000.0) -> Recording:
    """A cell of 1 GΩ with a −10 mV test in each of nine sweeps."""
    cell = Cell("c", nonselective(0.5, -10.0), cm_pF, 0.5)
    amplifier = Amplifier(rs_MOhm=rs_MOhm, rs_compensation=compensation, lowpass_Hz=lowpass_Hz)
    around = Surroundings(PIPETTE, SERIES[1], SERIES[1], 23.0)
    return recorded(cell, amplifier, around, step_family(-100, 60, 20), 5, telegraphed=False)[0]


@pytest.mark.parametrize(("rs", "compensation", "cm"), [(12.0, 0.0, 40.0), (20.0, 0.0, 60.0), (25.0, 0.3, 100.0)])
def test_a_slow_clamp_gives_back_its_three_parts(rs: float, compensation: float, cm: float) -> None:
    test = membrane_test(recording_of(rs, compensation, cm))
    assert test is not None
    assert test.exponentials == 1
    assert test.rs_MOhm is not None
    assert test.cm_pF is not None
    assert test.rm_MOhm is not None
    assert test.rs_MOhm.value == pytest.approx(rs * (1 - compensation), rel=0.05)
    assert test.cm_pF.value == pytest.approx(cm, rel=0.05)
    assert test.rm_MOhm.value == pytest.approx(1000.0, rel=0.25)


@pytest.mark.parametrize("cm", [8.0, 20.0])
def test_a_clamp_faster_than_the_filter_still_gives_its_capacitance(cm: float) -> None:
    test = membrane_test(recording_of(8.0, 0.8, cm))
    assert test is not None
    assert test.cm_pF is not None
    assert test.cm_pF.value == pytest.approx(cm, rel=0.05)
    if test.rs_MOhm is not None:
        assert test.rs_MOhm.low < 1.6 < test.rs_MOhm.high


def test_polarity_of_the_step_does_not_matter() -> None:
    recording = recording_of(15.0, 0.0, 40.0)
    turned = replace(
        recording,
        sweeps=tuple(replace(sweep, i_pA=-sweep.i_pA) for sweep in recording.sweeps),
        command=replace(
            recording.command,
            sweeps=tuple(
                replace(
                    sweep,
                    epochs=tuple(replace(e, from_mV=-e.from_mV, level_mV=-e.level_mV) for e in sweep.epochs),
                )
                for sweep in recording.command.sweeps
            ),
        ),
    )
    there, back = membrane_test(recording), membrane_test(turned)
    assert there is not None
    assert back is not None
    assert there.rs_MOhm == back.rs_MOhm
    assert there.cm_pF == back.cm_pF


def test_a_growing_series_resistance_is_seen_through_the_recording() -> None:
    """Each sweep from a recording of its own, R_s from 15 to 24 MΩ."""
    sweeps = [recording_of(rs, 0.0, 40.0) for rs in np.linspace(15.0, 24.0, 9)]
    drifting = replace(sweeps[0], sweeps=tuple(one.sweeps[n] for n, one in enumerate(sweeps)))
    test = membrane_test(drifting)
    assert test is not None
    drift = test.rs_drift_MOhm()
    assert drift is not None
    assert drift == pytest.approx(9.0, rel=0.1)


def test_without_a_small_step_nothing_is_said() -> None:
    recording = recording_of(15.0, 0.0, 40.0)
    epochs = tuple(
        replace(sweep, epochs=tuple(replace(e, from_mV=-80.0, level_mV=-80.0) for e in sweep.epochs))
        for sweep in recording.command.sweeps
    )
    flat = replace(recording, command=replace(recording.command, sweeps=epochs), telegraph=Telegraph())
    assert membrane_test(flat) is None
