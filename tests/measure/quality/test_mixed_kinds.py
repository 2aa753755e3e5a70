"""Recordings of a cell of which some were measured at peaks and others at steady state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reversal.calibration.measured_cases import MeasuredCase
from reversal.measure.assessment import assessed
from reversal.measure.measure_cell import cell_recording
from reversal.measure.measure_recording import Measured
from reversal.measure.quality.cell_recording import CellRecording
from reversal.measure.quality.mixed_kinds import mixed_kinds
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.reversal.sign_changes import OneSidedLimit
from reversal.measure.table_rows import reversal_row
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import Crossing
from reversal.tables.status import Status
from tests.measure.quality.test_cell_check_numbers import one


def steps(name: str, kind: IVKind, **changes: Any) -> CellRecording:
    return one(name, kind=kind, **{"chosen_step_ms": (20, 70), **changes})


def test_each_recording_names_those_that_were_measured_in_the_other_way() -> None:
    peak, *steady = steps("a", IVKind.PEAK, bath="K20"), steps("b", IVKind.STEADY), steps("c", IVKind.STEADY)
    found = mixed_kinds([peak, *steady])
    assert {name: (each.number, each.place) for name, each in found.items()} == {
        "a": (2, "b, c"),
        "b": (1, "a"),
        "c": (1, "a"),
    }
    assert found["a"].values == {"kind": "peak", "other": "steady state"}
    assert found["b"].values == {"kind": "steady state", "other": "peak"}
    assert mixed_kinds(steady) == {}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, True),
        ({"chosen_step_ms": (20, 120)}, False),
        ({"chosen_step_ms": None}, False),  # declared
        ({"condition": "drug"}, False),
        ({"condition": "blocked", "subtracted": True}, True),
    ],
)
def test_only_the_same_steps_are_compared(changes: dict[str, Any], named: bool) -> None:
    found = mixed_kinds([steps("a", IVKind.PEAK), steps("b", IVKind.STEADY, **changes)])
    assert set(found) == ({"a", "b"} if named else set())


@pytest.mark.parametrize(
    "why",
    [
        finding(Code.INACTIVATION, 36.0),
        finding(Code.KIND_DIFFERS, 1, place="a", kind="steady state", other="peak"),
    ],
)
def test_a_current_at_another_time_gives_no_bound(measured: Callable[..., MeasuredCase], why: Finding) -> None:
    bound = Reversal(
        None,
        Crossing.EXTRAPOLATED,
        bound=OneSidedLimit("below", -19.6),
        extrapolated_mV=-25.0,
        findings=(finding(Code.REVERSAL_OUT_OF_RANGE, -19.6, direction="outward", side="below"),),
    )
    base = measured().measured
    made: Measured = replace(base, result=MeasuredReversal(base.result.points, bound, bound), budget=None)
    row = reversal_row(assessed(made, (), (), (why,)))
    assert (row.bound, row.bound_mV, row.extrapolated_mV, row.crossing) == (None, None, None, Crossing.NONE)
    assert row.status is Status.NO_REVERSAL
    assert "-19.6" not in (row.reason or "")
    assert "outward wherever it differs from zero" in (row.reason or "")
    assert reversal_row(assessed(made, (), ())).bound_mV == -19.6


def test_only_an_automatic_choice_is_compared(measured: Callable[..., MeasuredCase]) -> None:
    chosen = measured().measured
    assert cell_recording(chosen).chosen_step_ms is not None
    plan = replace(chosen.iv.plan, chosen=False)
    assert cell_recording(replace(chosen, iv=replace(chosen.iv, plan=plan))).chosen_step_ms is None
