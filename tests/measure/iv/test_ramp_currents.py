"""Ramp currents without the charging current."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.ramp_currents import read_ramp
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import nonselective
from reversal.simulate.model_cell import Cell
from reversal.simulate.stimuli import ramp_up_and_down


@pytest.mark.parametrize("known", [True, False])
def test_ramp_of_an_ohmic_cell_gives_a_straight_line(known: bool) -> None:
    """5 nS reversing at −20 mV, 40 pF: a ramp up and down needs no C_m, a one-way ramp does."""
    around = conditions_in(SERIES[1])
    cell, amplifier = Cell("c", nonselective(5.0, -20.0), 40.0, 0.001), Amplifier(rs_MOhm=10.0, rs_compensation=0.8)
    protocol = ramp_up_and_down(-100, 40)
    recording = recording_of(cell, amplifier, around, protocol, 3)
    if known:  # without the downward ramp
        sweeps = tuple(
            replace(command, epochs=tuple(e for e in command.epochs if e.name != "F"))
            for command in recording.command.sweeps
        )
        recording = replace(recording, command=replace(recording.command, sweeps=sweeps))
    clamp = Clamp(0.08, 4000.0, 2.0, 40.0 if known else None)
    ramp = read_ramp(Sweeps.of(recording), plan(recording, Window()), 2.0, clamp)
    offset = around.junctions(SERIES[1]).offset_mV
    v = ramp.v_mV - offset - ramp.i_pA * 2.0e-3
    np.testing.assert_allclose(ramp.i_pA, 5.001 * (v + 20.0), atol=max(4 * float(ramp.se_pA[0]), 1.0))
