"""Tails of a cell in whose narrow space K⁺ accumulates, and of the same cell without that space."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import MeasuredCase, recorded_case
from reversal.experiment.measure_settings import Quality
from reversal.experiment.project import load_project, read_configuration
from reversal.measure.assessment import Assessed, assessed
from reversal.measure.iv.tail_reversal_shift import ReversalShift
from reversal.measure.measure_cell import cell_recording, measure_cell
from reversal.measure.measure_recording import Measured
from reversal.measure.quality.cell_checks import (
    cell_checks,
    return_to_bath,
    tail_accumulation,
    tail_against_steady,
)
from reversal.measure.quality.cell_recording import CellRecording
from reversal.measure.quality.tail_charge import UnseenShift, accumulated_mM, unseen_shift
from reversal.measure.reversal.error_budget import budget_of
from reversal.measure.table_rows import reversal_row
from reversal.recordings.ingest_cell import ingest_cell
from reversal.simulate.bath import SERIES
from reversal.simulate.model_cell import RestrictedSpace
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import Unusable, why_unusable
from reversal.tables.status import Status

TAILS = {"kind": "tail", "channel": "slow_delayed_rectifier", "scale": 0.4, "cm_pF": 12.0, "high_mV": 20.0}
SPACE = RestrictedSpace(width_nm=40.0, exchange_ms=60.0)
HCN = "hyperpolarisation_activated"
SHIFTED = {Code.TAIL_SHIFT, Code.TAIL_SIGN, Code.TAIL_ACCUMULATION}


def measured_in(case: Case, bath: int, space: RestrictedSpace | None, **changes: object) -> MeasuredCase:
    """One recording of tails in the bath with this number in the series, named after it."""
    here = replace(replace(case, **TAILS, bath=SERIES[bath], space=space), **changes)  # type: ignore[arg-type]
    (made,) = recorded_case(here, 3, repeats=1)
    entry = made.entry.model_copy(update={"recording": here.bath.name, "bath": here.bath.name})
    return MeasuredCase(here, made.true_mV, replace(made, entry=entry).measured())


def in_cell(measured: Sequence[Measured]) -> list[Assessed]:
    """Every recording with the findings against the others of the cell."""
    found = cell_checks([cell_recording(one) for one in measured], Quality())
    return [assessed(one, found.get(one.entry.recording, ()), ()) for one in measured]


def codes(found: Sequence[Finding]) -> set[Code]:
    return {one.code for one in found}


def contains(one: Assessed, true_mV: float) -> bool:
    budget = one.measured.budget
    assert budget is not None
    low, high = (-np.inf if budget.low_mV is None else budget.low_mV), budget.high_mV
    return bool(low <= true_mV) and (high is None or true_mV <= high)


@pytest.mark.parametrize("bath", range(5))
def test_accumulated_potassium_flags_the_tails_and_opens_their_interval(case: Case, bath: int) -> None:
    """K⁺ raises E_rev by up to 30 mV in 2.5 mM and by a few millivolts in 40 mM."""
    one = measured_in(case, bath, SPACE)
    estimate = one.measured.reversal.estimate
    assert estimate is not None
    assert estimate.e_mV - one.true_mV > 1.0
    (found,) = in_cell([one.measured])
    assert codes(found.of_recording) & SHIFTED
    assert Code.TAIL_CHARGE not in codes(found.of_recording)
    assert contains(found, one.true_mV)
    assert reversal_row(found).open_error


@pytest.mark.parametrize("bath", range(5))
def test_the_same_cell_without_the_space_is_not_flagged(case: Case, bath: int) -> None:
    one = measured_in(case, bath, None)
    (found,) = in_cell([one.measured])
    assert not codes(found.of_recording) & SHIFTED
    assert one.measured.budget is not None
    assert None not in (one.measured.budget.low_mV, one.measured.budget.high_mV)
    assert not reversal_row(found).open_error


def test_what_accumulates_in_one_recording_of_a_cell_flags_the_others_by_their_charge(case: Case) -> None:
    """Tails with noise of 60 pA do not show the shift; a prepulse of a tenth of the current moves a tenth."""
    shows = measured_in(case, 0, SPACE).measured
    noisy = measured_in(case, 2, SPACE, noise_pA=60.0).measured
    small = measured_in(case, 3, SPACE, noise_pA=5.0, scale=0.04).measured
    series = [cell_recording(one) for one in (small, noisy, shows)]
    found = dict(tail_accumulation(series, Quality()))
    assert {name: check.passed for name, check in found.items()} == {"K10": False, "K20": True}
    assert found["K10"].finding.number == pytest.approx(1.0, abs=0.2)
    assert found["K20"].finding.number == pytest.approx(0.1, abs=0.05)
    assert found["K10"].finding.place == "K2.5"
    assert list(tail_accumulation(series[:1], Quality())) == []


def with_shift(one: CellRecording, shift_mV: float, se_mV: float) -> CellRecording:
    """The recording with this shift of its reversal potential during the decay."""
    decay = one.curve.tail_decay
    assert decay is not None
    return replace(
        one, curve=replace(one.curve, tail_decay=replace(decay, shift=ReversalShift(shift_mV, se_mV, seen=0.3)))
    )


@pytest.fixture(scope="module")
def two_baths(case: Case) -> tuple[CellRecording, CellRecording]:
    """Tails of an ordinary cell in 2.5 and 10 mM K⁺, after outward current."""
    low, high = (cell_recording(measured_in(case, bath, None).measured) for bath in (0, 2))
    return low, high


@pytest.mark.parametrize(
    ("low_mV", "high_mV", "found"),
    [
        (-2.0, -0.6, True),  # as accumulation does: less in the bath with more K⁺
        (2.0, 0.6, False),  # outward current does not lower the concentration outside
        (-0.6, -0.6, False),  # 1.6 standard errors together
        (-0.45, -0.12, False),  # within the limit of a shift, however well it is known
    ],
)
def test_tails_of_several_baths_show_together_what_none_shows_alone(
    two_baths: tuple[CellRecording, CellRecording], low_mV: float, high_mV: float, found: bool
) -> None:
    """A shift of two standard errors in one bath is no finding; the same pattern in two baths is."""
    low, high = two_baths
    se_mV = 0.1 if abs(low_mV) < 0.5 else 0.8
    series = [with_shift(low, low_mV, se_mV), with_shift(high, high_mV, se_mV * 0.5)]
    checks = dict(tail_accumulation(series, Quality()))
    assert set(checks) == ({"K2.5", "K10"} if found else set())
    for check in checks.values():
        assert not check.passed
        assert check.finding.place == "K2.5"
    assert list(tail_accumulation(series[:1], Quality())) == []


def test_the_charge_before_tails_is_a_note_where_the_tails_cannot_show_a_shift(case: Case) -> None:
    clear, noisy = measured_in(case, 3, None, channel=HCN).measured, measured_in(case, 0, None, noise_pA=60.0).measured
    assert Code.TAIL_CHARGE not in codes(clear.notes)
    assert clear.unseen is None
    (note,) = (found for found in noisy.notes if found.code is Code.TAIL_CHARGE)
    charge_pC = noisy.iv.curve.conditioning_pC
    assert charge_pC is not None
    assert note.number == pytest.approx(charge_pC / 12.0, rel=0.01)
    assert Code.TAIL_CHARGE not in codes(measured_in(case, 4, None, noise_pA=5.0, scale=0.01).measured.notes)


@pytest.fixture(scope="module")
def faint(case: Case) -> Measured:
    """Tails of an ordinary cell in 5 mM K⁺, in noise that hides a shift."""
    return measured_in(case, 1, None, noise_pA=8.0, scale=0.1).measured


def unseen(
    one: Measured,
    shift: ReversalShift | None = None,
    fraction: float = 1.0,
    away_mV: float = 0.0,
    space_nm: float = 30.0,
) -> float:
    """Shift that is not excluded [mV], for another shift of the tails, a fraction of the charge, or a moved E_rev."""
    curve, estimate = one.iv.curve, one.reversal.estimate
    assert curve.tail_decay is not None
    assert curve.conditioning is not None
    assert estimate is not None
    before = replace(curve.conditioning, charge_pC=fraction * curve.conditioning.charge_pC)
    curve = replace(curve, tail_decay=replace(curve.tail_decay, shift=shift), conditioning=before)
    moved = replace(estimate, e_mV=estimate.e_mV + away_mV)
    found = unseen_shift(
        curve, one.passive.cm_pF, moved, one.prediction, one.ions_mV, one.entry.temperature_C, space_nm
    )
    return 0.0 if found is None else found.mV


def test_the_smallest_of_three_limits_is_the_shift_that_is_not_excluded(faint: Measured) -> None:
    assert faint.ions_mV is not None
    estimate = faint.reversal.estimate
    assert estimate is not None
    to_lowest_ion_mV = estimate.e_mV - faint.ions_mV.low.e_mV
    assert unseen(faint) == pytest.approx(to_lowest_ion_mV)  # the tails show nothing, the charge is large
    assert unseen(faint, away_mV=2.0) == pytest.approx(to_lowest_ion_mV + 2.0)
    assert 1.0 < unseen(faint, fraction=0.1) < to_lowest_ion_mV
    assert unseen(faint, ReversalShift(-0.2, 0.1, seen=0.2)) == pytest.approx((0.2 + 1.645 * 0.1) / 0.2, rel=1e-3)
    assert unseen(faint, ReversalShift(0.2, 0.1, seen=0.1)) == pytest.approx(1.645, rel=1e-3)  # away from accumulation
    assert unseen(faint, ReversalShift(0.0, 0.1, seen=0.2)) == 0.0  # below 1 mV
    assert unseen(faint, fraction=0.1, space_nm=60.0) < unseen(faint, fraction=0.1)
    assert unseen(faint, space_nm=0.0) == 0.0  # the bath reaches the membrane freely


@pytest.mark.parametrize("fraction", [1.0, -1.0])
def test_the_interval_is_extended_away_from_the_conditioning_current(faint: Measured, fraction: float) -> None:
    """Its own part, which fits use, does not change."""
    assert faint.unseen is not None
    alone = replace(faint.result, background=None)
    without, moved_mV = (
        budget_of(alone, faint.iv.total, None, faint.offset, faint.prediction, 22.0, unseen_mV=mV)
        for mV in (0.0, fraction * faint.unseen.mV)
    )
    assert without is not None
    assert moved_mV is not None
    (same, now), (was, extended) = (
        ((one.high_mV, one.low_mV) if fraction > 0 else (one.low_mV, one.high_mV)) for one in (without, moved_mV)
    )
    e_mV = faint.result.reversal.estimate.e_mV
    assert was == same
    assert abs(extended - e_mV) == pytest.approx(np.hypot(now - e_mV, faint.unseen.mV))
    assert (without.own_low_mV, without.own_high_mV) == (moved_mV.own_low_mV, moved_mV.own_high_mV)
    # a leak is compared with the interval without the shift
    assert moved_mV.without_unseen(e_mV) == without


def test_a_shift_that_nothing_limits_opens_the_interval(faint: Measured) -> None:
    budget = budget_of(faint.result, faint.iv.total, None, faint.offset, faint.prediction, 22.0, unseen_mV=np.inf)
    assert budget is not None
    assert budget.low_mV is None
    assert budget.high_mV is not None
    assert "by an unknown amount" in UnseenShift(10.0, 30.0, np.inf).finding().sentence


def test_charge_per_capacitance_as_a_concentration() -> None:
    """1 pA for 1 s in 1 pF is 1 C/F, 1 µC/cm²: 1e-6/96485 mol/cm² in 30 nm (3e-6 cm) are 3.455 mM."""
    assert accumulated_mM(1.0, 30.0) == pytest.approx(3.455, rel=1e-3)


def beside(one: CellRecording, name: str, kind: IVKind, moved_mV: float) -> CellRecording:
    """The same recording as another kind of I–V, with its E_rev moved."""
    assert one.estimate is not None
    estimate = replace(one.estimate, e_mV=one.estimate.e_mV + moved_mV)
    return replace(one, recording=name, curve=replace(one.curve, kind=kind), estimate=estimate)


@pytest.mark.parametrize("kind", [IVKind.STEADY, IVKind.RAMP])
@pytest.mark.parametrize("tail_first", [True, False])
def test_tails_that_reverse_elsewhere_than_the_steady_current_of_their_bath_are_flagged(
    measured: Callable[..., MeasuredCase], kind: IVKind, tail_first: bool
) -> None:
    steady = cell_recording(measured().measured)
    tail, other = beside(steady, "tail", IVKind.TAIL, 8.0), beside(steady, "other", kind, 0.0)
    series = [tail, other] if tail_first else [other, tail]
    ((name, check),) = tail_against_steady(series, Quality())
    assert (name, check.passed, check.finding.place) == ("tail", False, "other")
    assert check.finding.number == pytest.approx(8.0)
    assert list(return_to_bath(series, Quality())) == []
    ((_, close),) = tail_against_steady([beside(tail, "tail", IVKind.TAIL, -7.0), other], Quality())
    assert close.passed
    assert list(tail_against_steady([replace(tail, bath="another"), other], Quality())) == []


def test_recordings_of_a_cell_with_accumulation_are_flagged_and_contain_the_truth(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five baths of one cell; the files are those of another simulator."""
    folder = root.parent / "shared" / "cases" / "analysis" / "tail_K_accumulation"
    if not folder.is_dir():
        pytest.skip("the recordings of another simulator are not next to the project")
    monkeypatch.chdir(folder)
    project = load_project(read_configuration(Path("config/config.yaml")))
    true_mV = json.loads((folder / "truth.json").read_text())["e_rev"]
    (cell,) = project.cells
    measures = measure_cell(ingest_cell(project.reading_settings(cell)), project.measuring_settings(cell))
    assert len(measures.reversals) == 5
    for row in measures.reversals:
        assert row.status is Status.FLAGGED
        assert row.ci_low_mV is None
        assert why_unusable(row) is Unusable.OPEN_ERROR
        assert row.ci_high_mV is not None
        assert row.ci_high_mV > true_mV[row.recording]
