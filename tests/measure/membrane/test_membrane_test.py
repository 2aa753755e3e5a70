"""Passive properties of simulated cells, compared with the parameters of the simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration import simulated_recording
from reversal.experiment.step_settings import SheetEntry
from reversal.measure.membrane.charging_model import bessel
from reversal.measure.membrane.membrane_test import membrane_test
from reversal.measure.membrane.passive_properties import passive_properties
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Recording, Telegraph
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import nonselective
from reversal.simulate.model_cell import Cell, Compartment
from reversal.simulate.stimuli import step_family
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind

AROUND = simulated_recording.conditions_in(SERIES[1])


def recording_of(
    rs_MOhm: float,
    compensation: float,
    cm_pF: float,
    lowpass_Hz: float = 4000.0,
    compartment: Compartment | None = None,
    **amplifier_has: float,
) -> Recording:
    """A cell of 1 GΩ with a −10 mV test in each of nine sweeps."""
    cell = Cell("c", nonselective(0.5, -10.0), cm_pF, 0.5, compartment=compartment)
    amplifier = Amplifier(rs_MOhm=rs_MOhm, rs_compensation=compensation, lowpass_Hz=lowpass_Hz, **amplifier_has)
    return simulated_recording.recording_of(cell, amplifier, AROUND, step_family(-100, 60, 20), 5, telegraphed=False)


@pytest.mark.parametrize(("rs", "compensation", "cm"), [(12.0, 0.0, 40.0), (20.0, 0.0, 60.0), (25.0, 0.3, 100.0)])
def test_r_s_r_m_and_c_m_are_recovered_with_a_slow_clamp(rs: float, compensation: float, cm: float) -> None:
    test = membrane_test(Sweeps.of(recording_of(rs, compensation, cm)))
    assert test is not None
    assert test.exponentials == 1
    assert test.rs_MOhm is not None
    assert test.cm_pF is not None
    assert test.rm_MOhm is not None
    assert test.rs_MOhm.value == pytest.approx(rs * (1 - compensation), rel=0.05)
    assert test.cm_pF.value == pytest.approx(cm, rel=0.05)
    assert test.rm_MOhm.value == pytest.approx(1000.0, rel=0.25)


@pytest.mark.parametrize("cm", [8.0, 20.0])
def test_c_m_is_recovered_with_a_clamp_faster_than_the_filter(cm: float) -> None:
    test = membrane_test(Sweeps.of(recording_of(8.0, 0.8, cm)))
    assert test is not None
    assert test.cm_pF is not None
    assert test.cm_pF.value == pytest.approx(cm, rel=0.05)
    if test.rs_MOhm is not None:
        assert test.rs_MOhm.low < 1.6 < test.rs_MOhm.high


def entry_with(**facts: object) -> SheetEntry:
    row = {"recording": "r", "cell": "c", "file": "r.abf", "bath": "b", "pipette": "p", "temperature_C": 22.0}
    return SheetEntry.model_validate({**row, **facts})


def test_the_filter_is_a_bessel_filter_of_four_poles() -> None:
    """Compared with the same filter designed by SciPy."""
    from scipy.signal import bessel as designed

    zeros, poles, gain = designed(4, 2 * np.pi, analog=True, output="zpk", norm="mag")
    ours, residues = (np.array(each) for each in bessel())
    s = 2j * np.pi * np.array([0.0, 0.3, 1.0, 2.5])
    response = sum(r / (s - p) + np.conj(r) / (s - np.conj(p)) for p, r in zip(ours, residues, strict=True))
    assert zeros.size == 0
    assert response == pytest.approx(gain / np.prod(s[:, None] - poles, axis=1), rel=1e-9)


@pytest.mark.parametrize("compensation", [0.0, 0.8])
@pytest.mark.parametrize("coupling_MOhm", [50.0, 150.0])
def test_a_second_compartment_is_detected_and_does_not_change_r_s(compensation: float, coupling_MOhm: float) -> None:
    test = membrane_test(
        Sweeps.of(recording_of(10.0, compensation, 20.0, compartment=Compartment(15.0, coupling_MOhm)))
    )
    assert test is not None
    assert test.exponentials == 2
    assert test.rs_MOhm is not None
    assert test.cm_pF is not None
    assert test.slow_fraction is not None
    assert test.rs_MOhm.value == pytest.approx(10.0 * (1 - compensation), rel=0.1)
    assert test.cm_pF.value == pytest.approx(35.0, rel=0.03)


def test_a_cancelled_transient_gives_neither_r_s_nor_c_m() -> None:
    test = membrane_test(Sweeps.of(recording_of(10.0, 0.0, 30.0, capacitance_compensated=1.0)))
    assert test is not None
    assert test.rs_MOhm is None
    assert test.cm_pF is None
    assert test.rm_MOhm is not None
    assert test.rm_MOhm.low < 1000.0 < test.rm_MOhm.high


def test_a_partly_cancelled_transient_is_detected_by_the_telegraphed_capacitance() -> None:
    """A tenth of the transient has the shape of a tenth of C_m with ten times R_s."""
    recording = recording_of(8.0, 0.0, 40.0, capacitance_compensated=0.9)
    found = membrane_test(Sweeps.of(recording))
    assert found is not None
    assert found.rs_MOhm is not None
    passive = passive_properties(Sweeps.of(recording), entry_with(cm_pF=40.0))
    assert passive.rs is None
    assert passive.test is not None
    assert passive.test.rs_MOhm is None


def test_a_clipped_transient_gives_neither_r_s_nor_c_m() -> None:
    """10 mV across 4 MΩ give 2.5 nA; the digitiser clips at 1 nA."""
    test = membrane_test(Sweeps.of(recording_of(4.0, 0.0, 60.0, mV_per_pA=10.0)))
    assert test is not None
    assert test.rs_MOhm is None
    assert test.cm_pF is None


@pytest.mark.parametrize("kind", ["nothing", "a level", "noise", "a ramp", "a spike", "ringing", "the wrong way"])
def test_other_currents_give_neither_r_s_nor_c_m(kind: str) -> None:
    recording = recording_of(10.0, 0.0, 30.0)
    rng, samples = np.random.default_rng(1), recording.sweeps[0].i_pA.size
    time, zero = np.arange(samples, dtype=float), np.zeros(samples)
    edges = np.flatnonzero(np.diff([e.level_mV for e in recording.command.sweeps[0].epochs])) + 1
    start = recording.command.sweeps[0].epochs[int(edges[0])].start
    after = np.maximum(time - start, 0.0)

    def current(sweep: int) -> np.ndarray:
        noise = rng.normal(0.0, 3.0, samples)
        made = {
            "nothing": zero,
            "a level": zero + 100.0 + sweep,
            "noise": noise,
            "a ramp": 0.1 * time + noise,
            "a spike": np.where(time == start + 3, 2000.0, 0.0) + noise,
            "ringing": np.where(after > 0, 500.0 * np.cos(after) * np.exp(-after / 10.0), 0.0) + noise,
            "the wrong way": np.where(after > 0, 500.0 * np.exp(-after / 10.0), 0.0) + noise,
        }
        return made[kind]

    other = tuple(replace(sweep, current=current(n)) for n, sweep in enumerate(recording.sweeps))
    test = membrane_test(Sweeps.of(replace(recording, sweeps=other)))
    assert test is not None
    assert test.rs_MOhm is None
    assert test.cm_pF is None


def test_one_sweep_gives_no_interval_and_no_value() -> None:
    recording = recording_of(15.0, 0.0, 40.0)
    one = replace(
        recording,
        sweeps=recording.sweeps[:1],
        command=replace(recording.command, sweeps=recording.command.sweeps[:1]),
    )
    assert membrane_test(Sweeps.of(one)) is None


def test_polarity_of_the_step_does_not_matter() -> None:
    recording = recording_of(15.0, 0.0, 40.0)
    turned = replace(
        recording,
        sweeps=tuple(replace(sweep, current=-sweep.i_pA) for sweep in recording.sweeps),
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
    there, back = membrane_test(Sweeps.of(recording)), membrane_test(Sweeps.of(turned))
    assert there is not None
    assert back is not None
    assert there.rs_MOhm == back.rs_MOhm
    assert there.cm_pF == back.cm_pF


def test_an_increasing_series_resistance_is_detected() -> None:
    """Each sweep is from a different recording, R_s from 15 to 24 MΩ."""
    sweeps = [recording_of(rs, 0.0, 40.0) for rs in np.linspace(15.0, 24.0, 9)]
    drifting = replace(sweeps[0], sweeps=tuple(one.sweeps[n] for n, one in enumerate(sweeps)))
    test = membrane_test(Sweeps.of(drifting))
    assert test is not None
    drift = test.rs_drift_MOhm()
    assert drift is not None
    assert drift == pytest.approx(9.0, rel=0.1)


def test_drift_is_a_fraction_of_the_uncompensated_r_s() -> None:
    """R_s increases by 4 % of 10 MΩ per sweep, +32 % in total; the residual at 80 % compensation increases by 160 %."""
    recording = recording_of(10.0, 0.8, 40.0, rs_drift_per_sweep=0.04)
    passive = passive_properties(Sweeps.of(recording), entry_with(rs_MOhm=10.0, rs_compensation=0.8))
    assert passive.rs_drift == pytest.approx(0.32, rel=0.15)


def test_a_constant_series_resistance_has_no_drift() -> None:
    test = membrane_test(Sweeps.of(recording_of(10.0, 0.0, 40.0)))
    assert test is not None
    assert test.rs_drift_MOhm() is None


def test_without_a_small_step_there_is_no_membrane_test() -> None:
    recording = recording_of(15.0, 0.0, 40.0)
    epochs = tuple(
        replace(sweep, epochs=tuple(replace(e, from_mV=-80.0, level_mV=-80.0) for e in sweep.epochs))
        for sweep in recording.command.sweeps
    )
    flat = replace(recording, command=replace(recording.command, sweeps=epochs), telegraph=Telegraph())
    assert membrane_test(Sweeps.of(flat)) is None


def test_a_small_step_at_the_end_of_the_sweeps_is_a_membrane_test() -> None:
    """The family before it has only large steps, none of them small enough for a membrane test."""
    cell = Cell("c", nonselective(0.5, -10.0), 25.0, 0.5)
    epochs = (
        AbfEpoch(EpochKind.STEP, -20.0, 1000, level_step_mV=40.0),
        AbfEpoch(EpochKind.STEP, -80.0, 1200),
        AbfEpoch(EpochKind.STEP, -90.0, 600),
        AbfEpoch(EpochKind.STEP, -80.0, 400),
    )
    protocol = AbfProtocol(epochs, -80.0, 4, 4096, 20000.0, interval_s=2.0, name="test at the end")
    recording = simulated_recording.recording_of(
        cell, Amplifier(rs_MOhm=10.0, rs_compensation=0.0), AROUND, protocol, 3, telegraphed=False
    )
    test = membrane_test(Sweeps.of(recording))
    assert test is not None
    assert test.rs_MOhm is not None
    assert test.cm_pF is not None
    assert test.rs_MOhm.value == pytest.approx(10.0, rel=0.1)
    assert test.cm_pF.value == pytest.approx(25.0, rel=0.05)
