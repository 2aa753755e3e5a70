"""Sweeps of one recording that record two different currents are refused; one current that changes is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.calibration.case_rig import amplifier_of, declared
from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import conditions_in, recording_of
from reversal.experiment.measure_settings import Leak
from reversal.measure.measure_cell import measure_cell
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.measure.quality.repeats import Repeats
from reversal.measure.quality.two_currents import TwoCurrents, two_currents
from reversal.recordings.recording.recording import Recording, SweepSelection
from reversal.recordings.recording.store import Ingested
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import background_potassium, inward_rectifier
from reversal.simulate.model_cell import Cell, OhmicChannel
from reversal.simulate.stimuli import ramp_one_way, ramp_up_and_down, step_family
from reversal.simulate.stimulus_protocol import AbfProtocol
from reversal.tables.findings.code import Code
from reversal.tables.status import Status
from tests.measure.test_chosen_sweeps import with_selection

CASE = Case("steady", "background_potassium", 0.1, 2.0, 5.0, 0.8, 0.1, SERIES[3])
V = np.arange(-100.0, 41.0, 10.0)
BASE_nS, BASE_mV = 3.0, -65.0

PROTOCOLS = {
    "ramp": replace(ramp_up_and_down(-120, 60), sweeps=1),
    "one-way ramp": replace(ramp_one_way(-120, 60), sweeps=1),
    "steps": step_family(-120, 60, 10),
    "steps of 20 mV": step_family(-120, 60, 20),
}


def line(g_nS: float, e_mV: float) -> FloatArray:
    return g_nS * (V - e_mV)


BASE = line(BASE_nS, BASE_mV)


def kinds(*rows: FloatArray, se_pA: float = 1.0) -> TwoCurrents | None:
    """The groups of repeats with these currents, one sweep each."""
    i_pA = np.array(rows)
    sweeps = tuple((n,) for n in range(i_pA.shape[0]))
    mean = i_pA.mean(0)
    return two_currents(Repeats(V, i_pA, np.full(i_pA.shape, se_pA), sweeps), float(np.interp(0.0, mean, V)))


def joined(*parts: Recording) -> Recording:
    """Sweeps of several recordings as one recording."""
    commands = tuple(command for one in parts for command in one.command.sweeps)
    sweeps = tuple(sweep for one in parts for sweep in one.sweeps)
    return replace(parts[0], sweeps=sweeps, command=replace(parts[0].command, sweeps=commands))


def recorded(
    protocol: AbfProtocol, seed: int, agonist_nS: float, e_mV: float = -20.0, leak_nS: float = 3.0
) -> Recording:
    """A leak that reverses at −65 mV, and the conductance that an agonist opens."""
    cell = Cell("c", OhmicChannel(agonist_nS, e_mV), 15.0, leak_nS, BASE_mV)
    return recording_of(cell, amplifier_of(CASE), conditions_in(SERIES[3]), protocol, seed)


def measured(recording: Recording) -> Measured:
    entry, settings = declared(CASE)
    return measure_recording(entry, recording, settings)


@pytest.mark.parametrize("kind", PROTOCOLS)
@pytest.mark.parametrize("agonist_first", [False, True])
def test_baseline_and_agonist_in_one_recording_are_refused(kind: str, agonist_first: bool) -> None:
    """3 nS at −65 mV, and the same with 6 nS at −20 mV: E_rev −65 and −35 mV."""
    parts = [recorded(PROTOCOLS[kind], 1, 0.0), recorded(PROTOCOLS[kind], 2, 6.0)]
    one = measured(joined(*(parts[::-1] if agonist_first else parts)))
    assert one.refused is not None
    assert one.refused.code is Code.TWO_CURRENTS
    assert one.refused.number == pytest.approx(30.0, abs=1.0)
    assert one.refused.values["difference_mV"] == pytest.approx(-20.0, abs=1.0)


def test_the_sweeps_of_both_kinds_are_named_by_their_numbers_in_the_file() -> None:
    """Two baseline ramps, three with the agonist, and one after wash-out; the file has two more sweeps before them."""
    ramp = PROTOCOLS["one-way ramp"]
    agonist_nS = (0.0, 0.0, 6.0, 5.8, 5.6, 0.0)
    recording = joined(*(recorded(ramp, n, g) for n, g in enumerate(agonist_nS)))
    chosen = replace(recording, selection=SweepSelection(8, tuple(range(2, 8))))
    refused = measured(chosen).refused
    assert refused is not None
    assert (refused.values["without"], refused.values["more"]) == ("2-3, 7", "4-6")
    assert "sweeps 2-3, 7 and 4-6" in refused.remedy


def test_the_difference_of_two_resistive_currents_is_exact() -> None:
    """(9 nS at −35 mV) − (3 nS at −65 mV) is 6 nS at −20 mV, in either order."""
    for rows in ((BASE, BASE + line(6.0, -20.0)), (BASE + line(6.0, -20.0), BASE)):
        found = kinds(*rows)
        assert found is not None
        assert found.difference_mV == pytest.approx(-20.0)
        assert (found.without_mV, found.with_mV) == (pytest.approx(-65.0), pytest.approx(-35.0))
        assert found.gap_mV == pytest.approx(30.0)


def test_a_family_with_a_baseline_of_fewer_levels_is_compared_where_both_have_points() -> None:
    fewer = np.where((V > -90.0) & (V < 0.0), BASE, np.nan)
    found = kinds(BASE + line(6.0, -20.0), fewer)
    assert found is not None
    assert found.difference_mV == pytest.approx(-20.0)


def test_a_bath_change_is_not_two_currents() -> None:
    """[K⁺]ₒ 5 and 20 mM: a GHK current becomes more inward at every voltage; repeats_disagree reports it."""
    ramp = PROTOCOLS["one-way ramp"]
    cell = Cell("c", background_potassium(20.0), 15.0, 0.1)
    parts = [recording_of(cell, amplifier_of(CASE), conditions_in(SERIES[bath]), ramp, bath) for bath in (1, 3)]
    one = measured(joined(*parts))
    assert one.refused is None
    assert Code.REPEATS_DISAGREE in {found.code for found in one.findings}


def test_an_inward_rectifier_in_two_baths_is_refused() -> None:
    """[K⁺]ₒ 5 and 20 mM: K⁺ outside opens the rectifier, so that its outward currents cross over."""
    ramp = PROTOCOLS["one-way ramp"]
    cell = Cell("c", inward_rectifier(60.0), 15.0, 0.1)
    parts = [recording_of(cell, amplifier_of(CASE), conditions_in(SERIES[bath]), ramp, bath) for bath in (1, 3)]
    refused = measured(joined(*parts)).refused
    assert refused is not None
    assert "each with its own bath or condition" in refused.remedy


def test_a_shift_of_the_voltage_is_not_two_currents() -> None:
    """A junction potential that moves by 20 mV."""
    assert kinds(line(9.0, -65.0), line(9.0, -45.0)) is None


def test_a_channel_that_runs_down_by_half_next_to_a_leak_is_not_two_currents() -> None:
    """10 and 5 nS at −85 mV, 1 nS at 0 mV: E_rev −77.3 and −70.8 mV."""
    leak = line(1.0, 0.0)
    assert kinds(leak + line(10.0, -85.0), leak + line(5.0, -85.0)) is None


@pytest.mark.parametrize("half_time", [2.0, 4.0])
def test_a_current_that_washes_in_or_out_slowly_is_not_two_currents(half_time: float) -> None:
    """Eight repeats, in which the conductance of an agonist rises, or falls after a blocker, exponentially."""
    rest = 0.5 ** (np.arange(8) / half_time)
    for opened in (1.0 - rest, rest):
        assert kinds(*(BASE + line(6.0 * fraction, -20.0) for fraction in opened)) is None


def test_a_baseline_before_a_fast_wash_in_is_the_other_current() -> None:
    found = kinds(*(BASE + line(g_nS, -20.0) for g_nS in (0.0, 5.6, 5.9, 6.0)))
    assert found is not None
    assert (found.without, found.with_more) == ((0,), (1, 2, 3))


def test_run_down_alone_is_not_two_currents() -> None:
    assert kinds(*(line(g, -65.0) for g in (9.0, 4.0, 2.0))) is None


def test_noise_makes_no_two_currents() -> None:
    """Equal repeats of 0.5 nS with noise of 20 pA, whose reversal potentials scatter by tens of millivolts."""
    rng = np.random.default_rng(3)
    noisy = [[line(0.5, -40.0) + 20.0 * rng.standard_normal(V.size) for _ in range(2)] for _ in range(300)]
    assert sum(kinds(*rows, se_pA=20.0) is not None for rows in noisy) == 0


def both_kinds(kind: str) -> Recording:
    return joined(recorded(PROTOCOLS[kind], 1, 0.0), recorded(PROTOCOLS[kind], 2, 6.0))


def test_a_refused_recording_gives_no_number_to_any_table() -> None:
    entry, settings = declared(CASE)
    found = measure_cell([Ingested(entry.recording, both_kinds("one-way ramp"), None)], settings)
    (row,) = found.recordings
    assert row.status is Status.FAILED
    assert (found.iv, found.reversals, found.estimates, found.checks) == ((), (), (), ())
    assert [one.code for one in found.findings] == [Code.TWO_CURRENTS]


@pytest.mark.parametrize("kind", PROTOCOLS)
def test_the_sweeps_of_both_kinds_as_two_rows_give_their_difference(kind: str) -> None:
    """The remedy: the same file twice, with `sweeps`, and the baseline as the condition that is subtracted."""
    entry, settings = declared(CASE, Leak(subtract="blocker", blocker="baseline"))
    file = both_kinds(kind)
    half = len(file.sweeps) // 2
    parts = {
        "baseline": entry.model_copy(update={"recording": "a", "condition": "baseline", "sweeps": f"0-{half - 1}"}),
        "agonist": entry.model_copy(
            update={"recording": "b", "condition": "agonist", "sweeps": f"{half}-{2 * half - 1}"}
        ),
    }
    rows = tuple(
        settings.sheet_rows[0].model_copy(update={"recording": one.recording, "entry": one}) for one in parts.values()
    )
    read = [
        Ingested("a", with_selection(file, SweepSelection(2 * half, tuple(range(half)))), None),
        Ingested("b", with_selection(file, SweepSelection(2 * half, tuple(range(half, 2 * half)))), None),
    ]
    found = measure_cell(read, settings.model_copy(update={"sheet_rows": rows}))
    (row,) = found.reversals
    assert row.recording == "b"
    assert row.e_rev_mV == pytest.approx(-20.0, abs=1.5)


def test_a_baseline_of_two_currents_is_not_subtracted() -> None:
    entry, settings = declared(CASE, Leak(subtract="blocker", blocker="baseline"))
    baseline = entry.model_copy(update={"recording": "a", "condition": "baseline"})
    agonist = entry.model_copy(update={"recording": "b", "condition": "agonist"})
    rows = tuple(
        settings.sheet_rows[0].model_copy(update={"recording": one.recording, "entry": one})
        for one in (baseline, agonist)
    )
    read = [
        Ingested("a", both_kinds("one-way ramp"), None),
        Ingested("b", recorded(PROTOCOLS["one-way ramp"], 2, 6.0), None),
    ]
    found = measure_cell(read, settings.model_copy(update={"sheet_rows": rows}))
    codes = {(one.recording, one.code) for one in found.findings}
    assert {("a", Code.TWO_CURRENTS), ("b", Code.BLOCKED_RECORDING_MISSING)} <= codes
    assert found.reversals[0].status is Status.FLAGGED


def with_zeros(*e_mV: float) -> TwoCurrents | None:
    """A leak and so much of a conductance at −20 mV that the sum reverses at each voltage."""
    return kinds(*(BASE + line(BASE_nS * (e - BASE_mV) / (-20.0 - e), -20.0) for e in e_mV))


def test_two_currents_reverse_more_than_10_mV_apart() -> None:
    found = with_zeros(-65.0, -54.9)
    assert found is not None
    assert found.gap_mV == pytest.approx(10.1)
    assert with_zeros(-65.0, -55.1) is None


def test_the_gap_between_two_currents_is_more_than_twice_as_wide_as_a_group() -> None:
    """A group 8 mV wide, of the smaller or of the larger conductance."""
    for found in (with_zeros(-65.0, -57.0, -40.8), with_zeros(-65.0, -48.8, -40.8)):
        assert found is not None
        assert found.gap_mV == pytest.approx(16.2)
        assert found.difference_mV == pytest.approx(-20.0)
    assert with_zeros(-65.0, -57.0, -41.2) is None
    assert with_zeros(-65.0, -49.2, -41.2) is None


def test_the_reversal_potential_of_a_group_is_the_mean_of_its_repeats() -> None:
    found = with_zeros(-65.0, -40.0, -36.0)
    assert found is not None
    assert (found.without_mV, found.with_mV) == (pytest.approx(-65.0), pytest.approx(-38.0))


def test_an_offset_of_the_current_is_not_two_currents() -> None:
    """60 pA more at every voltage shifts the zero by 20 mV; the difference reverses nowhere."""
    assert kinds(BASE, BASE + 60.0) is None
