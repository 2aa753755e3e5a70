"""The voltage axis and the leak, against numbers from elsewhere and against the simulator's truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from reversal.calibration.case_rig import declared, recording_of_case
from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import Outcome, measured_case
from reversal.calibration.simulated_recording import surroundings_in
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Junction, Leak
from reversal.experiment.solutions import Solution
from reversal.measure.iv.points import Points
from reversal.measure.measure_recording import measure_recording
from reversal.measure.reversal.leak import separability, without_leak
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.measure.voltage.membrane_voltage import Offset, junction_offset, membrane_mV
from reversal.measure.voltage.nernst_prediction import predict
from reversal.recordings.recording import Recording
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code
from tests.measure.findings_by_code import found_by_code

V = np.arange(-120.0, 61.0, 10.0)


def recorded_case(case: Case) -> Recording:
    return recording_of_case(case, 1, Amplifier())


def test_one_nanoampere_through_one_megohm_is_one_millivolt() -> None:
    v = membrane_mV(np.array([0.0]), np.array([1000.0]), Offset(0.0, 0.0, 0.0), 1.0)
    assert v[0] == pytest.approx(-1.0)


def test_what_the_software_has_subtracted_is_not_subtracted_again() -> None:
    offset = Offset(zeroing_mV=13.0, reference_mV=0.5, sd_mV=1.0, online_mV=10.0)
    assert offset.total_mV == pytest.approx(3.5)
    assert membrane_mV(np.array([-70.0]), np.zeros(1), offset, None)[0] == pytest.approx(-73.5)


def test_junction_with_another_zeroing_bath_is_what_adds_up_on_the_rig(case: Case) -> None:
    """The simulator states its junctions itself; ion mobilities of two tables differ by some hundredths of a mV."""
    entry, settings = declared(replace(case, bath=SERIES[4]))
    expected = surroundings_in(SERIES[4]).junctions(SERIES[4]).offset_mV
    offset = junction_offset(entry, settings)
    assert offset.total_mV == pytest.approx(expected, abs=0.05)
    assert offset.total_mV == pytest.approx(offset.zeroing_mV + offset.reference_mV)


def test_a_measured_junction_takes_the_place_of_the_computed_one(case: Case) -> None:
    entry, settings = declared(case)
    offset = junction_offset(entry.model_copy(update={"ljp_mV": 10.0}), settings)
    assert offset.zeroing_mV == 10.0
    assert offset.sd_mV < junction_offset(entry, settings).sd_mV


def test_pellet_sees_the_whole_chloride_step(case: Case) -> None:
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


def test_total_current_reverses_at_the_same_place_whatever_the_series_resistance(
    measured: Callable[..., Outcome],
) -> None:
    """At zero total current nothing drops over R_s, compensated or not."""
    for rs, compensation in ((3.0, 0.0), (15.0, 0.0), (15.0, 0.8)):
        one = measured(rs_MOhm=rs, compensation=compensation, channel="weakly_gated_potassium")
        estimate = one.measured.reversal.estimate
        assert estimate is not None
        assert estimate.e_mV == pytest.approx(one.true_mV, abs=4 * estimate.se_mV)


def leaky(noise: np.ndarray | float = 0.0) -> Points:
    """A gate that opens above −60 mV, reversal −20 mV, on 2 nS of leak through −5 mV."""
    channel = 8.0 * (V + 20.0) / (1.0 + np.exp(-(V + 25.0) / 4.0))
    return Points(V, channel + 2.0 * (V + 5.0) + noise, np.full(V.size, 1.0), 60)


def test_a_linear_leak_is_taken_off_and_the_reversal_moves_to_the_channels() -> None:
    leak = Leak(subtract="linear", from_mV=-120, to_mV=-70)
    found = without_leak(leaky(np.random.default_rng(2).standard_normal(V.size)), leak)
    assert found.g_nS == pytest.approx(2.0, abs=0.1)
    assert found.e_mV == pytest.approx(-5.0, abs=3.0)
    before, after = reversal_of(leaky(), beside=False).estimate, reversal_of(found.points, beside=False).estimate
    assert before is not None
    assert after is not None
    assert after.low_mV is not None
    assert after.high_mV is not None
    assert after.low_mV < -20.0 < after.high_mV
    assert before.e_mV != pytest.approx(-20.0, abs=1.0)


def test_the_error_of_the_leak_is_in_every_point_and_grows_with_distance() -> None:
    found = without_leak(leaky(), Leak(subtract="linear", from_mV=-120, to_mV=-70))
    assert found.points.correlation is not None
    assert np.all(np.diff(found.points.se_pA[-8:]) > 0)
    assert found.points.correlation[-1, -2] > 0.8


def test_a_bent_window_is_no_leak() -> None:
    found = without_leak(leaky(), Leak(subtract="linear", from_mV=-120, to_mV=0))
    assert found.leak_pA is None
    assert [one.code for one in found.findings] == [Code.LEAK_WINDOW_CURVED]


def test_a_leak_of_interest_is_never_subtracted() -> None:
    with pytest.raises(ValidationError, match="current of interest"):
        Leak(subtract="linear", from_mV=-120, to_mV=-70, of_interest=True)


def test_a_cell_that_is_nearly_all_leak_says_where_the_channel_may_reverse(measured: Callable[..., Outcome]) -> None:
    one = measured(leak_nS=40.0, scale=0.05).measured
    found = found_by_code(one)
    assert one.separability is not None
    assert one.separability.fraction > 0.8
    assert Code.LEAK_FRACTION in found
    assert found.keys() & {Code.CHANNEL_REVERSAL_RANGE, Code.CHANNEL_REVERSAL_OPEN}


def test_a_declared_leak_gives_back_the_channels_reversal(case: Case) -> None:
    leaking = replace(case, leak_nS=1.0, noise_pA=1.5, channel="inward_rectifier")
    declared_leak = Leak(subtract="declared", g_nS=1.0, e_mV=0.0, g_sd_nS=0.02)
    (one,) = measured_case(leaking, 3, repeats=1, leak=declared_leak)
    (clean,) = measured_case(replace(leaking, leak_nS=1e-6), 3, repeats=1)
    budget = one.measured.budget
    assert budget is not None
    assert budget.low_mV is not None
    assert budget.high_mV is not None
    assert budget.low_mV < clean.true_mV < budget.high_mV
    assert budget.series_mV > 0  # current flows at E_rev now, so the error of R_s counts


def test_activities_move_nernst_by_what_the_printed_coefficients_say(case: Case) -> None:
    """KCl, 5 against 140 mM at 25 °C: 5.7 mV by the parameters of Pitzer & Mayorga, J. Phys. Chem. 77:2300 (1973)."""
    entry, settings = declared(case)
    solutions = {"out": Solution(ions_mM={"K": 5.0, "Cl": 5.0}), "in": Solution(ions_mM={"K": 140.0, "Cl": 140.0})}
    row = entry.model_copy(update={"bath": "out", "pipette": "in", "temperature_C": 25.0})
    plain, active = (
        predict(row, settings.model_copy(update={"solutions": solutions, "experiments": {"default": one}})).e_nernst_mV
        for one in (Experiment(), Experiment(activity="pitzer"))
    )
    assert plain is not None
    assert active is not None
    assert plain == pytest.approx(-85.61, abs=0.01)
    assert active - plain == pytest.approx(5.7, abs=0.1)


def test_a_junction_that_the_rig_has_taken_off_is_not_taken_off_twice(case: Case) -> None:
    """HEKA programs correct the command before they store it: 5 mV taken off there leave 5 mV less to take off here."""
    recording, settings = recorded_case(case), declared(case)
    without = measure_recording(settings[0], recording, settings[1])
    told = replace(recording, telegraph=replace(recording.telegraph, junction_mV=5.0))
    online = measure_recording(settings[0], told, settings[1])
    assert online.offset.total_mV == pytest.approx(without.offset.total_mV - 5.0)
    assert online.reversal.estimate is not None
    assert without.reversal.estimate is not None
    assert online.reversal.estimate.e_mV == pytest.approx(without.reversal.estimate.e_mV + 5.0, abs=1e-6)
    assert [(found.code, found.number) for found in online.notes] == [(Code.JUNCTION_ONLINE, 5.0)]


def test_noise_of_closed_gates_in_the_leak_window_stops_no_cell() -> None:
    """Points of the window itself keep no error of level and slope; a reversal beside them is still looked for."""
    leak = Leak(subtract="linear", from_mV=-120, to_mV=-70)
    for seed in range(60):
        found = without_leak(leaky(3.0 * np.random.default_rng(seed).standard_normal(V.size)), leak)
        reversal_of(found.points)


def test_a_current_that_falls_with_voltage_bounds_no_leak() -> None:
    """An inward rectifier with a negative slope: the leak may be larger than the smallest slope of the whole."""
    falling = Points(V, np.where(V > -60, 60.0 - 0.5 * (V + 60.0), 3.0 * (V + 60.0) + 60.0), np.full(V.size, 0.5), 60)
    assert separability(falling, reversal_of(falling)) is None
