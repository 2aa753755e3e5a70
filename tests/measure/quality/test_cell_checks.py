"""Checks across the recordings of a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reversal.calibration.case_rig import cell_of, declared, protocol_of
from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import measured_case
from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.measure_settings import Quality
from reversal.measure.measure_cell import cell_recording
from reversal.measure.measure_recording import measure_recording
from reversal.measure.quality.cell_checks import (
    return_to_bath,
    run_down_over_baths,
    series_resistance_over_cell,
)
from reversal.measure.quality.cell_recording import CellRecording
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.tables.findings.code import Code


def measured_with(case: Case, name: str, rs_MOhm: float, left_MOhm: float, sheet_MOhm: float | None) -> CellRecording:
    """A recording with an R_s, its residual after compensation, and the R_s given in the sheet."""
    amplifier = Amplifier(rs_MOhm=rs_MOhm, rs_compensation=1.0 - left_MOhm / rs_MOhm)
    cell, around = replace(cell_of(case), cm_pF=25.0), conditions_in(case.bath)
    recording = recording_of(cell, amplifier, around, protocol_of(case), 7, telegraphed=False)
    entry, settings = declared(case)
    row = entry.model_copy(update={"recording": name, "rs_MOhm": sheet_MOhm, "rs_compensation": 0.8})
    return cell_recording(measure_recording(row, recording, settings))


def test_a_clogging_pipette_is_detected_although_r_s_in_the_sheet_is_constant(case: Case) -> None:
    """8 of 10 MΩ are compensated; the residual increases from 2 to 6 MΩ."""
    first, later = (
        measured_with(case, name, 8.0 + residual, residual, 10.0) for name, residual in (("first", 2.0), ("later", 6.0))
    )
    ((recording, found),) = series_resistance_over_cell([first, later], Quality())
    assert recording == "later"
    assert not found.passed
    assert found.finding.number == pytest.approx(0.4, abs=0.05)
    assert found.finding.place == "first"


def test_a_constant_r_s_gives_no_finding(case: Case) -> None:
    series = [measured_with(case, name, 10.0, 2.0, 10.0) for name in ("first", "later")]
    ((_, found),) = series_resistance_over_cell(series, Quality())
    assert found.passed
    assert found.finding.number == pytest.approx(0.0, abs=0.02)


def test_a_changed_r_s_in_the_sheet_is_used(case: Case) -> None:
    first, later = (measured_with(case, name, rs, 0.2 * rs, rs) for name, rs in (("first", 8.0), ("later", 14.0)))
    ((_, found),) = series_resistance_over_cell([first, later], Quality())
    assert found.finding.number == pytest.approx(0.75)


def test_a_bath_is_not_repeated_with_another_pipette_condition_or_temperature(case: Case) -> None:
    """Perfused inside, in another drug or 14 °C warmer, E_rev and conductance differ for another reason."""
    first, again = in_bath(case, 1, 1.0), in_bath(replace(case, leak_nS=1.0), 1, 0.4, "back")
    other = [
        replace(again, inside="K20"),
        replace(again, condition="drug"),
        replace(again, temperature_C=first.temperature_C + 14),
    ]
    for one in other:
        assert not list(return_to_bath([first, one], Quality()))
        assert not list(run_down_over_baths([first, replace(one, bath="K20")], Quality()))
    warmer = replace(again, temperature_C=first.temperature_C + 0.2)
    found = {one.finding.code: one.passed for _, one in return_to_bath([first, warmer], Quality())}
    assert found[Code.RETURN_TO_BATH] is False


def test_a_recording_without_a_reversal_potential_does_not_hide_the_next(case: Case) -> None:
    first, again = in_bath(case, 1, 1.0), in_bath(replace(case, leak_nS=1.0), 1, 0.4, "back")
    blank = replace(first, recording="blank", estimate=None)
    assert {name for name, _ in return_to_bath([blank, first, again], Quality())} == {"back"}


def in_bath(case: Case, n: int, remaining: float, name: str = "") -> CellRecording:
    """The case in the n-th bath of the series, with a remaining fraction of its channel conductance."""
    here = replace(case, bath=SERIES[n], scale=case.scale * remaining)
    (one,) = measured_case(here, n, repeats=1)
    entry = one.measured.entry.model_copy(update={"recording": name or f"r{n}"})
    return cell_recording(replace(one.measured, entry=entry))


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("steady", "background_potassium"),
        ("steady", "weakly_gated_potassium"),
        ("steady", "inward_rectifier"),
        ("tail", "slow_delayed_rectifier"),
    ],
)
def test_a_change_of_bath_is_not_run_down(case: Case, kind: str, channel: str) -> None:
    here = replace(case, kind=kind, channel=channel, high_mV=20.0 if kind == "tail" else 60.0)
    series = [in_bath(here, n, 1.0) for n in range(len(SERIES))]
    assert all(found.passed for _, found in run_down_over_baths(series, Quality()))


def test_a_rectifier_whose_conductance_grows_with_the_root_of_the_concentration_is_not_run_down(case: Case) -> None:
    rectifier = replace(case, channel="inward_rectifier")
    for order in (1, -1):
        series = [in_bath(rectifier, n, SERIES[n].mM("K") ** 0.5) for n in (0, 2, 4)][::order]
        assert all(found.passed for _, found in run_down_over_baths(series, Quality()))


def test_run_down_of_a_rectifier_between_baths_is_a_finding(case: Case) -> None:
    rectifier = replace(case, channel="inward_rectifier", leak_nS=0.0)
    series = [in_bath(rectifier, n, remaining) for n, remaining in enumerate((1.0, 0.85, 0.7, 0.55, 0.4))]
    found = [one for name, one in run_down_over_baths(series, Quality()) if name == "r4"]
    assert [one.passed for one in found] == [False]


def test_run_down_between_baths_is_a_finding_with_its_size(case: Case) -> None:
    series = [in_bath(case, n, remaining) for n, remaining in enumerate((1.0, 0.85, 0.7, 0.55, 0.4))]
    found = {name: one for name, one in run_down_over_baths(series, Quality()) if not one.passed}
    assert set(found) == {"r4"}  # the series does not return to its first bath
    assert found["r4"].finding.code is Code.TREND_WITHOUT_RETURN
    assert found["r4"].finding.number == pytest.approx(-0.6, abs=0.05)
    assert found["r4"].finding.place == "r0"


def test_a_repeated_bath_is_compared_with_its_first_recording(case: Case) -> None:
    """K5, K20, K5 again: the same cell is below the limits; half the channel and 1 nS of leak are above both."""
    first, between, again = in_bath(case, 1, 1.0), in_bath(case, 3, 1.0), in_bath(case, 1, 1.0, "back")
    same = {(name, one.finding.code): one for name, one in return_to_bath([first, between, again], Quality())}
    assert set(same) == {("back", Code.RETURN_TO_BATH), ("back", Code.RUN_DOWN)}
    assert all(one.passed for one in same.values())
    worse = in_bath(replace(case, leak_nS=1.0), 1, 0.4, "back")
    found = {one.finding.code: one for _, one in return_to_bath([first, between, worse], Quality())}
    assert not found[Code.RETURN_TO_BATH].passed
    assert worse.estimate is not None
    assert first.estimate is not None
    assert found[Code.RETURN_TO_BATH].finding.number == pytest.approx(worse.estimate.e_mV - first.estimate.e_mV)
    assert found[Code.RETURN_TO_BATH].finding.values["bath"] == "K5"
