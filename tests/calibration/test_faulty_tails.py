"""Tails of cells with a slow clamp or with a space in which K⁺ accumulates: how many wrong values have no warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from reversal.calibration.drawn_cases import Case
from reversal.calibration.measured_cases import recorded_case
from reversal.experiment.measure_settings import Quality
from reversal.measure.assessment import assessed
from reversal.measure.measure_cell import cell_recording
from reversal.measure.quality.cell_checks import cell_checks
from reversal.simulate.bath import SERIES
from reversal.simulate.model_cell import RestrictedSpace
from reversal.tables.findings.code import Code
from reversal.tables.status import Severity

CHANNELS = ("slow_delayed_rectifier", "hyperpolarisation_activated")
OF_UNKNOWN_LEAK = {Code.CHANNEL_REVERSAL_RANGE, Code.CHANNEL_REVERSAL_OPEN}  # nearly every recording without a seal
NEW = {Code.TAIL_SHIFT, Code.TAIL_SIGN, Code.TAIL_ACCUMULATION}


def drawn(rng: np.random.Generator, what: str) -> Case:
    """A cell with large currents: an ordinary one, one with a slow clamp, or one in which K⁺ accumulates."""
    case = Case(
        "tail",
        str(rng.choice(CHANNELS)),
        float(np.exp(rng.uniform(np.log(0.1), np.log(0.8)))),
        float(rng.choice([1.5, 3.0, 5.0])),
        float(rng.uniform(4.0, 15.0)),
        float(rng.choice([0.0, 0.6, 0.8])),
        0.02,
        SERIES[0],
        low_mV=-120.0,
        high_mV=20.0,
        mV_per_pA=0.2,
        step_mV=float(rng.choice([5.0, 10.0])),
        cancelled=float(rng.integers(2)),
        cm_pF=float(np.exp(rng.uniform(np.log(8.0), np.log(40.0)))),
    )
    if what == "slow clamp":
        return replace(case, rs_MOhm=float(rng.uniform(12, 20)), compensation=0.2, cm_pF=float(rng.uniform(40, 120)))
    if what == "accumulation":
        width_nm, exchange_ms = np.exp(rng.uniform(np.log([20.0, 8.0]), np.log([200.0, 200.0])))
        return replace(case, space=RestrictedSpace(float(width_nm), float(exchange_ms)))
    return case


@dataclass(frozen=True, slots=True)
class Counted:
    """One recording: whether its value is more than 1 mV from the truth, its warnings, and a note on its charge.

    excluded : whether the truth is outside the interval
    warnings : without those about a leak that is not known
    """

    wrong: bool
    excluded: bool
    warnings: frozenset[Code]
    noted: bool


def counted(what: str, cells: int, seed: int, *, alone: bool = False, scale: float = 1.0) -> Iterator[Counted]:
    """Cells in the five baths of the series.

    alone : whether each recording is checked without the others of its cell; scale : of the currents
    """
    for number in range(cells):
        rng = np.random.default_rng((seed, number))
        drawn_case, measured, true_mV = drawn(rng, what), [], []
        case = replace(drawn_case, scale=scale * drawn_case.scale)
        for bath in SERIES:
            for made in recorded_case(replace(case, bath=bath), int(rng.integers(2**31)), repeats=1):
                entry = made.entry.model_copy(update={"recording": bath.name, "bath": bath.name})
                measured.append(replace(made, entry=entry).measured())
                true_mV.append(made.true_mV)
        found = {} if alone else cell_checks([cell_recording(one) for one in measured], Quality())
        for one, truth in zip(measured, true_mV, strict=True):
            if one.reversal.estimate is not None:
                every = assessed(one, found.get(one.entry.recording, ()), ())
                findings = (*every.of_recording, *every.of_reversal)
                budget = every.measured.budget
                assert budget is not None
                yield Counted(
                    abs(one.reversal.estimate.e_mV - truth) > 1.0,
                    not budget.contains(truth, truth),
                    frozenset(each.code for each in findings if each.severity is not Severity.NOTE) - OF_UNKNOWN_LEAK,
                    any(each.code is Code.TAIL_CHARGE for each in findings),
                )


@pytest.mark.long
@pytest.mark.parametrize(("what", "most_silent"), [("slow clamp", 0.02), ("accumulation", 0.05), ("ordinary", 0.02)])
def test_wrong_values_of_tails_have_a_warning(what: str, most_silent: float) -> None:
    """Of accumulation, what is left is small, or the space exchanges more slowly than the tails decay.

    The interval of a value without a warning contains the truth.
    """
    results = list(counted(what, cells=24, seed=5))
    silent = [one for one in results if one.wrong and not one.warnings]
    assert len(results) > 100
    assert len(silent) <= most_silent * len(results)
    assert not any(one.excluded for one in silent)
    if what == "accumulation":
        assert sum(one.wrong for one in results) > 0.4 * len(results)
    if what == "ordinary":
        right = [one for one in results if not one.wrong]
        assert sum(bool(one.warnings & NEW) for one in right) < 0.05 * len(right)


@pytest.mark.long
@pytest.mark.parametrize(
    ("what", "scale", "most_excluded"),
    [("accumulation", 1.0, 0.0), ("accumulation", 0.2, 0.06), ("ordinary", 1.0, 0.0)],
)
def test_one_recording_of_tails_says_what_it_does_not_exclude(what: str, scale: float, most_excluded: float) -> None:
    """Where the space exchanges more slowly than the tails decay, no finding shows the shift, but the interval does.

    Of faint currents, those are excluded whose space exchanges more slowly than in the assumed 100 ms.
    """
    results = list(counted(what, cells=24, seed=5, alone=True, scale=scale))
    silent = [one for one in results if one.wrong and not one.warnings]
    assert len(results) > 100
    assert sum(one.excluded for one in silent) <= most_excluded * len(results)
    assert all(one.noted for one in silent)
    if what == "ordinary":
        assert not silent
        assert sum(bool(one.warnings & NEW) for one in results) < 0.05 * len(results)
        assert sum(one.noted for one in results) < 0.65 * len(results)
