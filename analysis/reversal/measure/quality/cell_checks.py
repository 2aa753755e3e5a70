"""Quality checks of a recording against the others of its cell: R_s, return to a bath, run-down, the declared bath.

Each check is one function that yields the name of the recording it is about, and the check.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Quality
from reversal.measure.iv.points import Points
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.quality.cell_recording import CellRecording, RecordingCheck
from reversal.measure.quality.check import Check, above, below, outside
from reversal.measure.quality.ion_checks import cell_beyond_ions, leak_beyond_current, shift_beyond_ions
from reversal.measure.quality.quality_constants import (
    COMMAND_DECIMALS,
    COMPENSATION_TOLERANCE,
    MIN_RECTIFICATION,
    OUTWARD_CURRENT_SE,
    MIN_DRIVING_FORCE_mV,
    MIN_REVERSAL_SHIFT_mV,
)
from reversal.measure.reversal.estimate import Estimate
from reversal.physics.ghk_constant_field import constant_field
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.statistics_constants import CHANGE_SE, DETECTION_SE, TWO_SIDED_95
from reversal.tables.findings.code import Code
from reversal.tables.iv_table import IVKind


def series_resistance_over_cell(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """R_s rises if the pipette clogs. The first compensation is then no longer right."""
    known = [one for one in recordings if one.passive.rs is not None]
    for one in known[1:]:
        change = _series_resistance_change(known[0].passive, one.passive)
        if change is not None:
            code, limit = Code.SERIES_RESISTANCE_OVER_CELL, limits.series_resistance_drift
            yield one.recording, outside(code, change, limit, place=known[0].recording)


def _series_resistance_change(first: Passive, one: Passive) -> float | None:
    """Relative change of R_s, the larger of the reported and the tested one; None if neither is known for both.

    Compensation does not follow a change: with one setting, residual and total R_s change by the same amount.
    """
    was, now = first.rs, one.rs
    if was is None or now is None:
        return None
    changes = [now.rs_MOhm / was.rs_MOhm - 1.0] if now.source == was.source else []
    before, after = (each.test.rs_MOhm if each.test is not None else None for each in (first, one))
    same_setting = abs(was.residual_MOhm / was.rs_MOhm - now.residual_MOhm / now.rs_MOhm) < COMPENSATION_TOLERANCE
    if same_setting and before is not None and after is not None:
        change = after.value - before.value
        if abs(change) > CHANGE_SE * np.hypot(before.se, after.se):
            changes.append(change / was.rs_MOhm)
    return max(changes, key=abs, default=None)


def return_to_bath(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """After return to a bath, E_rev and conductance should be the same as before."""
    known = [one for one in recordings if one.estimate is not None]
    for one in known:
        alike = (other for other in known if other.is_comparable(one) and other.is_tail is one.is_tail)
        earlier = next(other for other in alike if other.bath == one.bath)
        if earlier is one or one.estimate is None or earlier.estimate is None:
            continue
        shift = one.estimate.e_mV - earlier.estimate.e_mV
        limit = max(limits.return_mV, CHANGE_SE * _error_mV(one.estimate, earlier.estimate))
        yield one.recording, outside(Code.RETURN_TO_BATH, shift, limit, place=earlier.recording, bath=one.bath)
        change = _conductance_nS(one.points) / _conductance_nS(earlier.points) - 1.0
        yield one.recording, _run_down(change, "conductance", earlier, limits)


def tail_accumulation(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """If ions accumulate in one recording of a cell, they also do in others that move a similar charge."""
    tails = [one for one in recordings if one.curve.conditioning_pC and one.estimate is not None]
    source = _shifted_source(tails, limits)
    together = source is None and _shifts_together(tails, limits)
    if together:
        source = max(tails, key=_toward_accumulation)
    for one in tails:
        if source is not None and (one is not source or together):
            moved = _charge_pC(one) / _charge_pC(source)
            yield (
                one.recording,
                above(Code.TAIL_ACCUMULATION, moved, limits.accumulated_charge, place=source.recording),
            )


def _shifted_source(tails: Sequence[CellRecording], limits: Quality) -> CellRecording | None:
    """The recording with the clearest shift of E_rev of its tails; None if none of them shows one by itself."""
    for one in tails:
        if one.tails_without_reversal:
            return one
    known = [(one, one.tail_shift) for one in tails if one.tail_shift is not None]
    if not known:
        return None
    source, shift = max(known, key=lambda pair: abs(pair[1].mV) / pair[1].se_mV)
    return source if abs(shift.mV) > max(limits.tail_shift_mV, DETECTION_SE * shift.se_mV) else None


def _shifts_together(tails: Sequence[CellRecording], limits: Quality) -> bool:
    """Whether the tails of the cell together show the shift that accumulation causes.

    Its direction is known: a current reduces the gradient that drives it. So is its size in one recording relative to
    another: the concentration at the membrane changes by an amount proportional to the charge, and E_rev by that
    change over the concentration.
    """
    known = [(one, one.tail_shift) for one in tails if one.tail_shift is not None]
    if len(known) < 2:
        return False
    expected, toward, se = (
        np.array(values)
        for values in zip(
            *((_expected_shift(one), _toward_accumulation(one), shift.se_mV) for one, shift in known), strict=True
        )
    )
    expected /= expected.max()
    power = float(np.sum((expected / se) ** 2))
    largest_mV = float(np.sum(expected * toward / se**2)) / power
    return bool(largest_mV > max(limits.tail_shift_mV, TWO_SIDED_95 * power**-0.5))


def _toward_accumulation(one: CellRecording) -> float:
    """Shift of E_rev while the tails decay, positive if accumulated ions leave [mV]; 0 if not known."""
    return 0.0 if one.tail_shift is None else -float(np.sign(one.curve.conditioning_pC or 0.0)) * one.tail_shift.mV


def _expected_shift(one: CellRecording) -> float:
    """Shift of E_rev by accumulation, up to a factor that the recordings of the cell share.

    E_rev shows the concentration of permeant ions outside relative to that inside.
    """
    assert one.estimate is not None
    outside = np.exp(one.prediction.z * one.estimate.e_mV / float(thermal_voltage_mV(one.temperature_C)))
    return _charge_pC(one) / float(outside)


def _charge_pC(one: CellRecording) -> float:
    return abs(one.curve.conditioning_pC or 0.0)


def tail_against_steady(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """Tails and steady current of one channel in one bath have one reversal potential."""
    tails = [one for one in recordings if one.is_tail and one.estimate is not None]
    for one in tails:
        others = [
            other
            for other in recordings
            if other.curve.kind in (IVKind.STEADY, IVKind.RAMP)
            and other.estimate is not None
            and other.bath == one.bath
            and other.is_comparable(one)
        ]
        for other in others[:1]:
            assert one.estimate is not None
            assert other.estimate is not None
            limit = max(limits.return_mV, CHANGE_SE * _error_mV(one.estimate, other.estimate))
            shift = one.estimate.e_mV - other.estimate.e_mV
            yield one.recording, outside(Code.TAIL_AGAINST_STEADY, shift, limit, place=other.recording)


def run_down_over_baths(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """Outward current comes from the pipette: if it falls from bath to bath with one pipette solution, it runs down.

    The current is divided by the GHK driving force at each recording's own E_rev, which accounts for the bath; this is
    for a monovalent cation. Recordings of one bath are compared by :func:`return_to_bath`. A series that never returns
    to its first bath shows a trend, not its reason: that is said once, for its largest change.
    """
    known = [one for one in recordings if one.estimate is not None]
    trends: dict[str, list[tuple[CellRecording, float]]] = defaultdict(list)
    for one in known:
        first = next(other for other in known if other.is_comparable(one))
        if first.bath == one.bath or first.curve.kind is not one.curve.kind:
            continue
        change = _outward_change(first, one)
        if change is None:
            continue
        if _returns(known, first):
            yield one.recording, _run_down(change, "outward current", first, limits)
        else:
            trends[first.recording].append((one, change))
    for first_name, changes in trends.items():
        one, change = max(changes, key=lambda of: abs(of[1]))
        yield one.recording, outside(Code.TREND_WITHOUT_RETURN, change, limits.run_down, place=first_name)


def _returns(known: Sequence[CellRecording], first: CellRecording) -> bool:
    """Whether a recording in another bath is followed by one in the bath of the first."""
    series = [one for one in known if first.is_comparable(one)]
    left = next((n for n, one in enumerate(series) if one.bath != first.bath), len(series))
    return any(one.bath == first.bath for one in series[left:])


def _run_down(change: float, quantity: str, earlier: CellRecording, limits: Quality) -> Check:
    return outside(Code.RUN_DOWN, change, limits.run_down, place=earlier.recording, quantity=quantity)


def _outward_change(earlier: CellRecording, one: CellRecording) -> float | None:
    """Relative change of outward current over driving force; None if the two have no voltages in common.

    Gates open with the membrane potential, an inward rectifier with the distance from the reversal potential, and its
    conductance may increase with the square root of the concentration outside. So the recordings are compared at equal
    commands and, if both rectify, at equal distances, with and without that root; the smallest change counts.
    Source: Hagiwara & Takahashi, J. Membr. Biol. 18:61 (1974).
    """
    if earlier.prediction.z != 1 or earlier.estimate is None or one.estimate is None:
        return None
    was, now = _outward(earlier, earlier.estimate.e_mV), _outward(one, one.estimate.e_mV)
    _, before, after = np.intersect1d(was.command_mV, now.command_mV, return_indices=True)
    if not before.size:
        return None
    changes = [float(np.median(now.ratio[after] / was.ratio[before])) - 1.0]
    within = (now.away_mV >= was.away_mV.min()) & (now.away_mV <= was.away_mV.max())
    if within.any() and was.rectifies_inward and now.rectifies_inward:
        order = np.argsort(was.away_mV)
        equal = np.interp(now.away_mV[within], was.away_mV[order], was.ratio[order])
        ratio = float(np.median(now.ratio[within] / equal))
        root = (
            float(np.sqrt(one.prediction.out_mM / earlier.prediction.out_mM)) if earlier.prediction.out_mM > 0 else 0.0
        )
        changes += [ratio - 1.0, *([ratio / root - 1.0] if root > 0 else [])]
    return min(changes, key=abs)


@dataclass(frozen=True, slots=True)
class _Outward:
    """Clear outward currents: command, distance from E_rev, and current over GHK driving force; (points,).

    rectifies_inward : whether that ratio is much larger for inward currents
    """

    command_mV: FloatArray
    away_mV: FloatArray
    ratio: FloatArray
    rectifies_inward: bool


def _outward(one: CellRecording, e_mV: float) -> _Outward:
    """Outward currents above the noise, with some distance from the reversal potential."""
    curve, v = one.curve, one.v_membrane_mV
    far, clear = np.abs(v - e_mV) > MIN_DRIVING_FORCE_mV, np.abs(curve.i_pA) > OUTWARD_CURRENT_SE * curve.se_pA
    field = constant_field(v, e_mV, float(thermal_voltage_mV(one.temperature_C)))
    ratio = np.divide(curve.i_pA, field, out=np.zeros_like(field), where=far)
    outward, inward = far & clear & (v > e_mV) & (curve.i_pA > 0), far & clear & (v < e_mV)
    rectifies = outward.any() and inward.any()
    rectifies = rectifies and np.median(ratio[inward]) > MIN_RECTIFICATION * np.median(ratio[outward])
    command = curve.v_command_mV[outward].round(COMMAND_DECIMALS)
    return _Outward(command, v[outward] - e_mV, ratio[outward], bool(rectifies))


def declared_bath(recordings: Sequence[CellRecording], limits: Quality) -> Iterator[RecordingCheck]:
    """If E_rev moves against the predicted direction, the solution may not be the declared one."""
    for earlier, one in itertools.pairwise(recordings):
        was, now = earlier.estimate, one.estimate
        before_mV, after_mV = earlier.prediction.e_nernst_mV, one.prediction.e_nernst_mV
        if was is None or now is None or before_mV is None or after_mV is None or earlier.condition != one.condition:
            continue
        expected, moved = after_mV - before_mV, now.e_mV - was.e_mV
        if abs(expected) <= limits.bath_mV:
            continue
        yield (
            one.recording,
            below(
                Code.DECLARED_BATH,
                float(np.sign(expected)) * moved,
                -max(CHANGE_SE * _error_mV(was, now), MIN_REVERSAL_SHIFT_mV),
                moved_mV=moved,
                expected_mV=expected,
                earlier=earlier.solutions_beside(one),
                bath=one.solutions_beside(earlier),
            ),
        )


def _conductance_nS(points: Points) -> float:
    """Chord conductance over the whole I–V."""
    return float((points.i_pA[-1] - points.i_pA[0]) / (points.v_mV[-1] - points.v_mV[0]))


def _error_mV(one: Estimate, other: Estimate) -> float:
    """Standard error of the difference of two reversal potentials."""
    return float(np.hypot(one.se_mV, other.se_mV))


CHECKS: tuple[Callable[[Sequence[CellRecording], Quality], Iterator[RecordingCheck]], ...] = (
    series_resistance_over_cell,
    return_to_bath,
    run_down_over_baths,
    declared_bath,
    shift_beyond_ions,
    cell_beyond_ions,
    leak_beyond_current,
    tail_accumulation,
    tail_against_steady,
)


def cell_checks(recordings: Sequence[CellRecording], limits: Quality) -> dict[str, tuple[Check, ...]]:
    """Every check whose number is known, by recording; recordings in the order in which they were made."""
    found: dict[str, tuple[Check, ...]] = {}
    for check in CHECKS:
        for recording, one in check(recordings, limits):
            found[recording] = (*found.get(recording, ()), one)
    return found
