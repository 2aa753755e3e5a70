"""Peaks, tails and ramps, each against a current that is known at every moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reversal.calibration.case_rig import amplifier_of, cell_of, declared, protocol_of
from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import Outcome, measured_case
from reversal.calibration.simulated_recording import recording_of, surroundings_in
from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Leak, Window
from reversal.experiment.step_settings import SheetRow
from reversal.measure.iv.peak_currents import Course, begins_elsewhere_mV, course_of, peak_currents
from reversal.measure.iv.ramp_currents import read_ramp
from reversal.measure.iv.tail_currents import edge_currents, noise_of
from reversal.measure.measure_cell import measure_cell
from reversal.measure.membrane.clamp import Clamp
from reversal.measure.protocol.measured_epoch import plan
from reversal.recordings.store import Ingested
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import nonselective
from reversal.simulate.model_cell import Cell
from reversal.simulate.rig import Fading, truth_of
from reversal.simulate.stimuli import ramp_up_and_down
from reversal.tables.iv_table import IVKind
from reversal.tables.results import CellMeasures

MS = 20  # samples a millisecond


def noisy(rows: np.ndarray, sd: float = 2.0) -> np.ndarray:
    return rows + sd * np.random.default_rng(8).standard_normal(rows.shape)


def test_peaks_are_signed_and_not_pushed_away_from_zero_where_there_is_none() -> None:
    t = np.arange(30 * MS) / MS
    shape = (1 - np.exp(-t / 0.5)) * np.exp(-t / 3.0)
    size = np.array([-400.0, -200.0, -50.0, 0.0, 0.0, 0.0, 50.0, 200.0, 400.0])
    peaks = peak_currents(noisy(size[:, None] * shape), np.arange(-40.0, 50.0, 10.0), 4000.0, 20000.0)
    expected = size * shape.max()
    np.testing.assert_allclose(peaks.mean, expected, atol=5 * peaks.se[0] + 0.02 * np.abs(expected).max())
    assert abs(peaks.mean[3:6].mean()) < 2 * peaks.se[0]


def test_an_extremum_of_noise_is_no_peak() -> None:
    """Hundreds of sweeps of noise with two true peaks beside: the mean of the rest is zero, not an extremum's."""
    rows = np.zeros((402, 600))
    shape = (1 - np.exp(-np.arange(600) / 10)) * np.exp(-np.arange(600) / 60.0)
    rows[0], rows[-1] = -300.0 * shape, 300.0 * shape
    peaks = peak_currents(noisy(rows), np.linspace(-100.0, 100.0, 402), 4000.0, 20000.0)
    assert abs(np.abs(peaks.mean[1:-1]).mean() / peaks.se[0] - np.sqrt(2 / np.pi)) < 0.12
    assert abs(peaks.mean[1:-1].mean()) < 4 * peaks.se[0] / np.sqrt(400)


LEVELS = np.arange(-80.0, 70.0, 10.0)
OPEN = 1.0 / (1.0 + np.exp(-(LEVELS + 30.0) / 7.0)) * (LEVELS - 40.0) * 5.0
SINCE = np.arange(60 * MS) / MS
COURSES = {
    "comes and goes": (Course.RISES_AND_FALLS, OPEN[:, None] * (1 - np.exp(-SINCE / 0.5)) * np.exp(-SINCE / 3.0)),
    "goes from the begin on": (Course.FALLS, OPEN[:, None] * np.exp(-SINCE / 3.0)),
    "comes": (Course.LASTS, OPEN[:, None] * (1 - np.exp(-SINCE / 5.0))),
    "is there": (Course.LASTS, OPEN[:, None] * np.ones_like(SINCE)),
    "goes by a third": (Course.LASTS, OPEN[:, None] * (0.67 + 0.33 * np.exp(-SINCE / 3.0))),
    "charges": (Course.LASTS, (LEVELS[:, None] + 80.0) * (0.5 + 20.0 * np.exp(-SINCE / 1.0))),
    "rings": (Course.LASTS, LEVELS[:, None] ** 2 * 0.1 * np.cos(SINCE / 0.3) * np.exp(-SINCE / 2.0)),
    "is an event in one sweep": (Course.LASTS, (LEVELS[:, None] == 0.0) * 80.0 * SINCE * np.exp(-SINCE / 2.0)),
    "is noise": (Course.LASTS, np.zeros((LEVELS.size, SINCE.size))),
}


@pytest.mark.parametrize("course", COURSES)
def test_the_course_of_a_family_is_that_of_its_gated_current(course: str) -> None:
    expected, rows = COURSES[course]
    assert course_of(noisy(rows + 2.0 * LEVELS[:, None]), LEVELS) is expected


def test_a_family_that_reverses_elsewhere_as_it_begins_says_where() -> None:
    leak = 2.0 * (LEVELS + 20.0)[:, None]
    rows = COURSES["goes from the begin on"][1] + leak
    expected = _zero(OPEN * np.exp(-0.6 / 3.0) + leak[:, 0])
    assert begins_elsewhere_mV(noisy(rows), LEVELS) == pytest.approx(expected, abs=1.0)
    assert begins_elsewhere_mV(noisy(leak * (1.0 + np.exp(-SINCE / 3.0))), LEVELS) is None


def _zero(i_pA: np.ndarray) -> float:
    return float(np.interp(0.0, i_pA[LEVELS > 0], LEVELS[LEVELS > 0]))


@pytest.mark.parametrize("kind", ["auto", "steady"])
def test_a_declared_kind_is_not_overruled(kind: str) -> None:
    case = Case("peak", "transient_sodium", 0.1, 2.0, 5.0, 0.8, 0.1, SERIES[1], -70.0, 90.0)
    (one,) = measured_case(case, 1, repeats=1, window=Window.model_validate({"measure": kind}))
    assert one.measured.iv.curve.kind is (IVKind.PEAK if kind == "auto" else IVKind.STEADY)


@pytest.mark.parametrize("tau_ms", [5.0, 30.0, 150.0])
def test_tails_are_led_back_to_the_edge(tau_ms: float) -> None:
    first = 2 * MS
    t = (first + np.arange(200 * MS)) / MS
    start = np.array([-300.0, -100.0, 0.0, 100.0, 300.0])
    rows = 0.1 * start[:, None] + 0.9 * start[:, None] * np.exp(-t / tau_ms)
    found = edge_currents(noisy(rows), start / 5.0, first, noise_of(noisy(rows)), transient=False)
    assert np.all(np.abs(found.at_edge - start) < 4 * found.se)
    assert found.se.max() < 6.0


def test_the_rest_of_a_transient_is_not_led_back_with_the_tail() -> None:
    first = MS
    t = (first + np.arange(200 * MS)) / MS
    start = np.array([-300.0, -100.0, 0.0, 100.0, 300.0])
    rows = start[:, None] * np.exp(-t / 60.0) + 150.0 * np.exp(-t / 1.2)
    found = edge_currents(noisy(rows), start / 5.0, first, noise_of(noisy(rows)), transient=True)
    assert np.all(np.abs(found.at_edge - start) < np.maximum(4 * found.se, 6.0))


@pytest.mark.parametrize("known", [True, False])
def test_a_ramp_gives_an_ohmic_cell_its_line_without_the_charging_current(known: bool) -> None:
    """5 nS through −20 mV and 40 pF: up and down together need no C_m, one way alone needs it."""
    around = surroundings_in(SERIES[1])
    cell, amplifier = Cell("c", nonselective(5.0, -20.0), 40.0, 0.001), Amplifier(rs_MOhm=10.0, rs_compensation=0.8)
    protocol = ramp_up_and_down(-100, 40)
    recording = recording_of(cell, amplifier, around, protocol, 3)
    if known:  # without the way down
        sweeps = tuple(
            replace(command, epochs=tuple(e for e in command.epochs if e.name != "F"))
            for command in recording.command.sweeps
        )
        recording = replace(recording, command=replace(recording.command, sweeps=sweeps))
    clamp = Clamp(0.08, 4000.0, 2.0, 40.0 if known else None)
    ramp = read_ramp(recording, plan(recording, Window()), 2.0, clamp)
    offset = around.junctions(SERIES[1]).offset_mV
    v = ramp.v_mV - offset - ramp.i_pA * 2.0e-3
    np.testing.assert_allclose(ramp.i_pA, 5.001 * (v + 20.0), atol=max(4 * float(ramp.se_pA[0]), 1.0))


def with_and_without_blocker(leaking: Case, blocked_to_mV: float) -> tuple[CellMeasures, float]:
    """A cell recorded with all steps and, blocked, with steps up to some voltage; and the channel's reversal."""
    rig = cell_of(leaking), amplifier_of(leaking), surroundings_in(leaking.bath)
    shorter = protocol_of(replace(leaking, high_mV=blocked_to_mV))
    truth = truth_of(cell_of(leaking), surroundings_in(leaking.bath), protocol_of(leaking))
    entry, settings = declared(leaking)
    entries = (
        entry.model_copy(update={"recording": "control"}),
        entry.model_copy(update={"recording": "blocked", "condition": "blocker"}),
    )
    settings = settings.model_copy(
        update={
            "sheet_rows": tuple(
                SheetRow(row=n, recording=e.recording, cell=e.cell, experiment="default", entry=e)
                for n, e in enumerate(entries, start=2)
            ),
            "experiments": {"default": Experiment(leak=Leak(subtract="blocker", blocker="blocker"))},
        }
    )
    outcomes = [
        Ingested("control", recording_of(*rig, protocol_of(leaking), 1), None),
        Ingested("blocked", recording_of(*rig, shorter, 2, fading=Fading(blocked=1.0)), None),
    ]
    return measure_cell(outcomes, settings), truth.e_rev_channel_mV


def test_a_blocker_leaves_the_current_it_blocks(case: Case) -> None:
    """Leak of 2 nS through 0 mV in both: the difference reverses where the channel does."""
    measures, truth = with_and_without_blocker(replace(case, leak_nS=2.0, noise_pA=1.5), 60.0)
    (row,) = [row for row in measures.reversals if row.recording == "control"]
    assert row.ci_low_mV is not None
    assert row.ci_high_mV is not None
    assert row.ci_low_mV < truth < row.ci_high_mV
    assert row.leak_shift_mV is not None
    assert row.leak_shift_mV < -5.0


def test_points_at_voltages_without_a_blocked_current_are_not_used(case: Case) -> None:
    measures, truth = with_and_without_blocker(replace(case, leak_nS=2.0, noise_pA=1.5), 20.0)
    points = [point for point in measures.iv if point.recording == "control"]
    assert {point.v_command_mV for point in points if point.reason} == {30.0, 40.0, 50.0, 60.0}
    assert all((point.leak_pA is None) == (point.reason is not None) for point in points)
    (row,) = [row for row in measures.reversals if row.recording == "control"]
    assert row.e_rev_mV == pytest.approx(truth, abs=1.0)


def test_the_error_of_a_difference_is_that_of_both_its_parts(case: Case) -> None:
    measures, _ = with_and_without_blocker(replace(case, leak_nS=2.0, noise_pA=1.5), 60.0)
    of_both, of_one = (
        np.array([point.se_pA for point in measures.iv if point.recording == name]) for name in ("control", "blocked")
    )
    np.testing.assert_allclose(of_both, np.sqrt(2.0) * of_one, rtol=0.35)  # two errors, each known from some sweeps


def test_current_density_is_current_over_capacitance(measured: Callable[..., Outcome]) -> None:
    from reversal.measure.assessment import assessed
    from reversal.measure.table_rows import iv_rows

    for point in iv_rows(assessed(measured().measured, (), ())):
        assert point.i_pA_per_pF == pytest.approx(point.i_pA / 15.0)


@pytest.mark.parametrize("by_mV", [20.0, 25.0])
def test_peaks_of_a_coarse_family_are_seen(by_mV: float) -> None:
    """With steps of 25 mV two sweeps alone carry large peaks; an event in one sweep is still none."""
    levels = np.arange(-80.0, 71.0, by_mV)
    open_pA = 1.0 / (1.0 + np.exp(-(levels + 30.0) / 7.0)) * (levels - 40.0) * 5.0
    rows = open_pA[:, None] * (1 - np.exp(-SINCE / 0.5)) * np.exp(-SINCE / 3.0)
    assert course_of(noisy(rows + 2.0 * levels[:, None]), levels) is Course.RISES_AND_FALLS
    event = (np.arange(levels.size) == 3)[:, None] * 80.0 * SINCE * np.exp(-SINCE / 2.0)
    assert course_of(noisy(event + 2.0 * levels[:, None]), levels) is Course.LASTS
