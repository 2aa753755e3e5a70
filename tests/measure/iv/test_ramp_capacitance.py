"""The charging current of one-way ramps is subtracted only if the amplifier has not cancelled it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import declared
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.measure_settings import Window
from reversal.measure.iv.ramp_capacitance import Onset, charging_capacitance
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.membrane.clamp import Capacitance
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Recording
from reversal.simulate.amplifier import COUNTS, RANGE_V, Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import nonselective
from reversal.simulate.model_cell import Cell
from reversal.simulate.stimuli import ramp_one_way
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.tables.findings.code import Code

AROUND = conditions_in(SERIES[1])
CELL = Cell("c", nonselective(2.0, -20.0), 30.0, 0.001)  # 2 nS through −20 mV; 30 pF take 10.8 pA on the ramp
RAMP = ramp_one_way(-120.0, 60.0)


def recorded(cancelled: float = 0.0, reported_pF: float = 30.0, protocol: AbfProtocol = RAMP) -> Recording:
    amplifier = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=2.0, capacitance_compensated=cancelled)
    recording = recording_of(CELL, amplifier, AROUND, protocol, 4)
    return replace(recording, telegraph=replace(recording.telegraph, cm_pF=reported_pF))


def measured(recording: Recording) -> Measured:
    entry, settings = declared(Case("ramp", "", 0.1, 2.0, 5.0, 0.8, 0.0, SERIES[1]))
    return measure_recording(entry, recording, settings)


@pytest.mark.parametrize("cancelled", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("reported_pF", [30.0, 45.0])
def test_a_telegraphed_capacitance_does_not_shift_e_rev(cancelled: float, reported_pF: float) -> None:
    """If the amplifier has cancelled 30 pF, subtracting the telegraphed value would shift E_rev by 5.4 mV."""
    one = measured(recorded(cancelled, reported_pF))
    assert one.reversal.estimate is not None
    assert one.reversal.estimate.e_mV == pytest.approx(-20.0, abs=max(4 * one.reversal.estimate.se_mV, 0.2))
    assert one.reversal.estimate.se_mV < 0.5
    seen_pF = 30.0 * (1.0 - cancelled)
    noted = [Code.TRANSIENT_CANCELLED] if 0.0 < seen_pF < reported_pF else []
    assert [note.code for note in one.notes] == noted


def test_a_capacitance_without_evidence_in_the_sweeps_is_a_finding() -> None:
    """Without a flat segment before the ramp and without a small step, only the telegraphed capacitance is known."""
    whole = recorded()
    cut = whole.command.sweeps[0].epochs[5].start  # start of the ramp
    sweeps = tuple(replace(sweep, current=sweep.i_pA[cut:]) for sweep in whole.sweeps)
    epochs = tuple(replace(e, start=e.start - cut, stop=e.stop - cut) for e in whole.command.sweeps[0].epochs[5:])
    commands = tuple(replace(command, epochs=epochs) for command in whole.command.sweeps)
    bare = replace(whole, sweeps=sweeps, command=replace(whole.command, sweeps=commands))
    one = measured(bare)
    (note,) = one.notes
    assert note.code is Code.RAMP_CAPACITANCE_ASSUMED
    assert note.number == pytest.approx(10.8)
    assert note.values["capacitance_pF"] == 30.0


def test_capacitance_of_the_ramp_is_compared_with_the_membrane_test() -> None:
    recording = recorded()
    onset = Onset(0.36, 0.11, 1.0)
    of_ramp = Sweeps.of(recording), plan(recording, Window())
    held, warning = charging_capacitance(*of_ramp, 40, onset, Capacitance(30.0, 0.2), 30.0)
    assert warning is None
    assert held is not None
    assert held.pF == pytest.approx(30.0, abs=4 * held.sd_pF)
    apart, warning = charging_capacitance(*of_ramp, 40, onset, Capacitance(12.0, 0.2), 30.0)
    assert apart is not None
    assert apart.pF == pytest.approx(30.0, abs=4 * apart.sd_pF)
    assert warning is not None
    assert warning.code is Code.RAMP_CAPACITANCE_MISMATCH
    assert warning.number == pytest.approx(18.0, abs=1.0)


def test_error_of_the_charging_current_is_shared_by_all_points() -> None:
    """The subtracted current has the same error at all points, so distant points have its variance as covariance."""
    recording = recorded()
    one = measured(recording)
    correlation, se = one.iv.total.correlation, one.iv.total.se_pA
    assert correlation is not None
    far_apart = (correlation * np.outer(se, se))[np.triu_indices(se.size, k=12)]
    tested = one.passive.tested
    assert tested is not None
    onset, window = Onset(0.36, 0.11, 1.0), Window()
    held, _ = charging_capacitance(Sweeps.of(recording), plan(recording, window), 40, onset, tested, 30.0)
    assert held is not None
    assert np.median(far_apart) == pytest.approx((0.36 * held.sd_pF) ** 2, rel=0.3)


def test_rounding_to_counts_is_part_of_the_error_at_the_corner() -> None:
    """A count of 50 pA is larger than the charging current of 10.8 pA; one more or less are 140 pF."""
    amplifier = Amplifier(rs_MOhm=5.0, rs_compensation=0.8, noise_pA=0.5, mV_per_pA=1000.0 * RANGE_V / (COUNTS * 50.0))
    recording = recording_of(CELL, amplifier, AROUND, RAMP, 4)
    sweeps, onset = Sweeps.of(recording), Onset(0.36, 0.1, 1.0)
    coarse, warning = charging_capacitance(sweeps, plan(recording, Window()), 20, onset, None, None)
    assert warning is None
    assert coarse is not None
    assert abs(coarse.pF - 30.0) < 3.0 * coarse.sd_pF
    assert 50.0 / np.sqrt(12.0) / 0.36 < coarse.sd_pF < 1.1 * 50.0 / np.sqrt(6.0) / 0.36
