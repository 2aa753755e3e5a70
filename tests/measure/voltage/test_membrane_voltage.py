"""Membrane voltage: series resistance, junction potentials, and corrections of the acquisition software."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import declared, recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase
from reversal.calibration.simulated_recording import conditions_in
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Junction
from reversal.experiment.solutions import Solution
from reversal.measure.measure_recording import measure_recording
from reversal.measure.voltage.junction_correction import Offset, junction_offset
from reversal.measure.voltage.membrane_voltage import membrane_mV
from reversal.recordings.recording.recording import Recording
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code


def recorded_case(case: Case) -> Recording:
    return recording_of_case(case, 1, Amplifier())


def test_one_nanoampere_through_one_megohm_is_one_millivolt() -> None:
    v = membrane_mV(np.array([0.0]), np.array([1000.0]), Offset(0.0, 0.0, 0.0), 1.0)
    assert v[0] == pytest.approx(-1.0)


def test_a_correction_by_the_software_is_not_applied_again() -> None:
    offset = Offset(zeroing_mV=13.0, reference_mV=0.5, sd_mV=1.0, online_mV=10.0)
    assert offset.total_mV == pytest.approx(3.5)
    assert membrane_mV(np.array([-70.0]), np.zeros(1), offset, None)[0] == pytest.approx(-73.5)


def test_junction_with_a_different_zeroing_bath_is_the_simulated_sum(case: Case) -> None:
    """The simulator has its own table of ion mobilities, which differs by a few hundredths of a mV."""
    entry, settings = declared(replace(case, bath=SERIES[4]))
    expected = conditions_in(SERIES[4]).junctions(SERIES[4]).offset_mV
    offset = junction_offset(entry, settings)
    assert offset.total_mV == pytest.approx(expected, abs=0.05)
    assert offset.total_mV == pytest.approx(offset.zeroing_mV + offset.reference_mV)


def test_a_measured_junction_replaces_the_computed_one(case: Case) -> None:
    entry, settings = declared(case)
    offset = junction_offset(entry.model_copy(update={"ljp_mV": 10.0}), settings)
    assert offset.zeroing_mV == 10.0
    assert offset.sd_mV < junction_offset(entry, settings).sd_mV


def test_an_agcl_pellet_adds_the_nernst_potential_of_the_chloride_change(case: Case) -> None:
    """Bare Ag/AgCl: RT/F ln(145/75) = 16.65 mV at 20 °C."""
    entry, settings = declared(case)
    solutions = {
        **settings.solutions,
        "high": Solution(ions_mM={"Na": 145.0, "Cl": 145.0}),
        "low": Solution(ions_mM={"Na": 75.0, "Cl": 75.0}),
    }
    experiment = Experiment(junction=Junction(reference_electrode="ag_agcl"))
    pellets = settings.model_copy(update={"solutions": solutions, "experiments": {"default": experiment}})
    row = entry.model_copy(update={"bath": "high", "zeroing_bath": "low", "temperature_C": 20.0})
    assert junction_offset(row, pellets).reference_mV == pytest.approx(16.65, abs=0.01)


def test_series_resistance_does_not_shift_the_reversal_of_the_total_current(
    measured: Callable[..., MeasuredCase],
) -> None:
    """At zero total current there is no voltage drop across R_s, compensated or not."""
    for rs, compensation in ((3.0, 0.0), (15.0, 0.0), (15.0, 0.8)):
        one = measured(rs_MOhm=rs, compensation=compensation, channel="weakly_gated_potassium")
        estimate = one.measured.reversal.estimate
        assert estimate is not None
        assert estimate.e_mV == pytest.approx(one.true_mV, abs=4 * estimate.se_mV)


def test_a_junction_corrected_by_the_software_is_not_corrected_again(case: Case) -> None:
    """HEKA programs correct the command before they store it: 5 mV corrected there are not corrected here."""
    recording, settings = recorded_case(case), declared(case)
    without = measure_recording(settings[0], recording, settings[1])
    telegraphed = replace(recording, telegraph=replace(recording.telegraph, junction_mV=5.0))
    online = measure_recording(settings[0], telegraphed, settings[1])
    assert online.offset.total_mV == pytest.approx(without.offset.total_mV - 5.0)
    assert online.reversal.estimate is not None
    assert without.reversal.estimate is not None
    assert online.reversal.estimate.e_mV == pytest.approx(without.reversal.estimate.e_mV + 5.0, abs=1e-6)
    assert [(found.code, found.number) for found in online.notes] == [(Code.JUNCTION_ONLINE, 5.0)]
