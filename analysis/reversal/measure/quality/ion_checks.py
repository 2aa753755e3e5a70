"""Checks of a cell's recordings against what passive currents of the declared ions can do.

A passive current reverses between the Nernst potentials of its ions, and flows inward below all of them. If the
permeabilities stay the same, whatever they are, E_rev moves from bath to bath no farther than these potentials allow.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.experiment.measure_settings import Quality
from reversal.measure.quality.cell_recording import CellRecording, RecordingCheck
from reversal.measure.quality.check import Check, above
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.voltage.nernst_prediction import IonRange, largest_shift_mV
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.measure.voltage.voltage_constants import MAX_BEYOND_IONS_mV
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.statistics_constants import DETECTION_SE, SOLUTION_SD
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class _Reversal:
    """A recording whose reversal potential, errors and ions are known."""

    of: CellRecording
    e_mV: float
    budget: Budget
    ions: IonRange

    @property
    def leak_mV(self) -> tuple[float, float]:
        """Change of E_rev by one standard deviation of the leak's conductance and of its reversal potential, signed."""
        errors = self.of.leak_errors
        return (0.0, 0.0) if errors is None else (errors.g_mV, errors.e_mV)


def _reversals(recordings: Sequence[CellRecording]) -> list[_Reversal]:
    return [
        _Reversal(one, one.estimate.e_mV, one.budget, one.ions)
        for one in recordings
        if one.estimate is not None and one.budget is not None and one.ions is not None
    ]


def shift_beyond_ions(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """At constant permeabilities, E_rev moves from bath to bath by no more than the Nernst potentials do.

    Two recordings that contradict each other do not show which of them is wrong, and a cause such as drift is in all
    that follow. So the largest contradiction of a series is that of each of its recordings.
    """
    series: dict[tuple[str, IVKind], list[_Reversal]] = defaultdict(list)
    for one in _reversals(recordings):
        series[one.of.condition, one.of.curve.kind].append(one)
    for known in series.values():
        pairs = itertools.combinations(known, 2)
        checks = [check for earlier, one in pairs if (check := _shift(earlier, one, limits)) is not None]
        for one in known if checks else ():
            yield one.of.recording, max(checks, key=lambda check: check.excess)


def _shift(earlier: _Reversal, one: _Reversal, limits: Quality) -> Check | None:
    """Shift of E_rev in the direction that Nernst predicts; :func:`declared_bath` checks the other direction."""
    was_mV, now_mV = earlier.of.prediction.e_nernst_mV, one.of.prediction.e_nernst_mV
    if was_mV is None or now_mV is None or abs(now_mV - was_mV) <= limits.bath_mV:
        return None
    moved, direction = one.e_mV - earlier.e_mV, math.copysign(1.0, now_mV - was_mV)
    down, up = largest_shift_mV(earlier.ions, one.ions, one.of.temperature_C)
    bound = up if direction > 0 else -down
    if math.isinf(bound) or not one.of.has_temperature_of(earlier.of):
        return None
    leak = np.subtract(one.leak_mV, earlier.leak_mV)
    solution = SOLUTION_SD * float(thermal_voltage_mV(one.of.temperature_C))
    thermometer = nernst_sd_mV(bound, one.of.temperature_C)
    own = (earlier.budget.own_mV, one.budget.own_mV)
    error = float(np.linalg.norm([*own, *leak, solution, solution, thermometer]))
    return above(
        Code.SHIFT_BEYOND_IONS,
        direction * moved,
        bound + DETECTION_SE * error,
        moved_mV=moved,
        largest_mV=direction * bound,
        earlier=earlier.of.solutions_beside(one.of),
        later=one.of.solutions_beside(earlier.of),
    )


def cell_beyond_ions(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """The recordings of a cell share the errors of junction and leak: together they show what none shows alone."""
    known = _reversals(recordings)
    solutions = len({(one.of.bath, one.of.inside) for one in known})
    if solutions < 2:
        return
    own_mV = float(np.linalg.norm([one.budget.own_mV for one in known])) / len(known)
    shared = np.mean([(one.budget.junction_mV, one.budget.temperature_mV, *one.leak_mV) for one in known], axis=0)
    error_mV = float(np.linalg.norm([own_mV, *shared]))
    limit_mV = max(limits.beyond_ions_se * error_mV, MAX_BEYOND_IONS_mV / math.sqrt(solutions))
    beyond = {
        "below": [one.ions.low.e_mV - one.e_mV for one in known],
        "above": [one.e_mV - one.ions.high.e_mV for one in known],
    }
    for side, distances in beyond.items():
        if min(distances) > 0:
            for one in known:
                check = above(
                    Code.CELL_BEYOND_IONS, float(np.mean(distances)), limit_mV, side=side, solutions=solutions
                )
                yield one.of.recording, check


def leak_beyond_current(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """If a current is outward below all Nernst potentials, the subtracted leak is larger than that of the cell.

    The same seal was subtracted from the other recordings.
    """
    by_leak: dict[float, list[CellRecording]] = defaultdict(list)
    for one in recordings:
        if one.leak is not None:
            by_leak[one.leak.g_nS].append(one)
    for same in by_leak.values():
        checks = [check for one in same if (check := _left_current(one, limits)) is not None]
        for one in same if checks else ():
            yield one.recording, max(checks, key=lambda check: check.excess)


def _left_current(one: CellRecording, limits: Quality) -> Check | None:
    """Mean current without the leak, in the direction that no passive current has, below and above all ions."""
    leak, ions, points = one.leak, one.ions, one.points
    if leak is None or ions is None:
        return None
    sides = {
        "outward below": (1.0, points.v_mV < ions.low.e_mV - MAX_BEYOND_IONS_mV),
        "inward above": (-1.0, points.v_mV > ions.high.e_mV + MAX_BEYOND_IONS_mV),
    }
    checks = []
    for side, (sign, beyond) in sides.items():
        if beyond.any():
            away_mV = float(np.abs(points.v_mV[beyond] - leak.e_mV).mean())
            less_nS = leak.g_nS - leak.conductances_at(limits.beyond_ions_se)[0]
            # errors of the points may be of one origin, so that their mean is no more certain than one of them
            error_pA = limits.beyond_ions_se * np.hypot(points.se_pA[beyond].mean(), leak.g_nS * leak.e_sd_mV)
            left_pA, limit_pA = sign * points.i_pA[beyond].mean(), np.hypot(error_pA, less_nS * away_mV)
            place = one.recording
            checks.append(above(Code.LEAK_BEYOND_CURRENT, float(left_pA), float(limit_pA), place=place, side=side))
    return max(checks, key=lambda check: check.excess, default=None)
