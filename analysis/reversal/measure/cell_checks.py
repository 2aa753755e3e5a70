"""What a cell's recordings say of each other: R_s over the cell, return to a bath, a bath other than declared.

Each check is one function that yields the recording it is about and what it found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from reversal.experiment.measure_settings import Quality
from reversal.measure.measure_recording import Measured
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.quality.recording_checks import Checked
from reversal.measure.quality.tail_completeness import constant_field
from reversal.physics.nernst import thermal_voltage_mV

SeriesFinding = tuple[str, Checked]

SAME_SETTING = 0.01  # difference of two compensations that is none
SEEN = 3.0  # standard errors from which a change of E_rev is one
NO_CHANGE_mV = 1.0
CLEAR = 8.0  # standard errors from which a current is compared
OUTWARD_mV = 20.0  # driving force from which on a current is held against another bath's


def series_resistance_over_cell(recordings: Sequence[Measured], limits: Quality) -> Iterator[SeriesFinding]:
    """R_s creeps up as the pipette clogs; what was compensated at first is not any more."""
    known = [one for one in recordings if one.passive.rs is not None]
    limit = limits.series_resistance_drift
    for one in known[1:]:
        change = _series_resistance_change(known[0].passive, one.passive)
        if change is not None:
            sentence = f"R_s has changed by {100 * change:+.0f} % since {known[0].entry.recording}"
            yield (
                one.entry.recording,
                Checked("series_resistance_over_cell", change, limit, abs(change) > limit, sentence),
            )


def _series_resistance_change(first: Passive, one: Passive) -> float | None:
    """Relative change of R_s as it is told or by the traces, the larger one; None where neither speaks of both.

    Compensation does not follow a change: under one setting, what it leaves changes by as many MΩ as there are more.
    """
    was, now = first.rs, one.rs
    if was is None or now is None:
        return None
    changes = [now.rs_MOhm / was.rs_MOhm - 1.0] if now.source == was.source else []
    before, after = (each.test.rs_MOhm if each.test is not None else None for each in (first, one))
    same = abs(was.residual_MOhm / was.rs_MOhm - now.residual_MOhm / now.rs_MOhm) < SAME_SETTING
    if same and before is not None and after is not None:
        change = after.value - before.value
        if abs(change) > SEEN * np.hypot(before.se, after.se):
            changes.append(change / was.rs_MOhm)
    return max(changes, key=abs, default=None)


def return_to_bath(recordings: Sequence[Measured], limits: Quality) -> Iterator[SeriesFinding]:
    """Back in a bath, the cell should be as it was there before."""
    before: dict[tuple[str, str], Measured] = {}
    for one in recordings:
        key = (one.entry.bath, one.entry.condition)
        earlier = before.setdefault(key, one)
        if earlier is one or one.reversal.estimate is None or earlier.reversal.estimate is None:
            continue
        moved = one.reversal.estimate.e_mV - earlier.reversal.estimate.e_mV
        noise = float(np.hypot(one.reversal.estimate.se_mV, earlier.reversal.estimate.se_mV))
        limit = max(limits.return_mV, SEEN * noise)
        sentence = f"back in {one.entry.bath} E_rev is {moved:+.1f} mV from {earlier.entry.recording}"
        yield one.entry.recording, Checked("return_to_bath", moved, limit, abs(moved) > limit, sentence)
        change = _conductance_nS(one) / _conductance_nS(earlier) - 1.0
        sentence = f"back in {one.entry.bath} the conductance has changed by {100 * change:+.0f} %"
        yield one.entry.recording, Checked("run_down", change, limits.run_down, abs(change) > limits.run_down, sentence)


def run_down_over_baths(recordings: Sequence[Measured], limits: Quality) -> Iterator[SeriesFinding]:
    """Outward current comes from the pipette, which stays the same: what it loses from bath to bath is run-down.

    A constant field through each recording's own reversal potential takes out what the bath makes of it. A cation of
    one charge is meant; the recordings of one bath are compared as they return.
    """
    first: dict[str, Measured] = {}
    for one in recordings:
        earlier = first.setdefault(one.entry.condition, one)
        if earlier.entry.bath == one.entry.bath or earlier.curve.kind is not one.curve.kind:
            continue
        change = _outward_change(earlier, one)
        if change is not None:
            sentence = (
                f"the outward current, for its driving force, has changed by {100 * change:+.0f} % since "
                f"{earlier.entry.recording}: run-down, or the bath opens the channel"
            )
            beyond = abs(change) > limits.run_down
            yield one.entry.recording, Checked("run_down", change, limits.run_down, beyond, sentence)


def _outward_change(earlier: Measured, one: Measured) -> float | None:
    """Relative change of outward current over constant field; median over the commands at which both are outward."""
    if earlier.prediction.z != 1 or earlier.reversal.estimate is None or one.reversal.estimate is None:
        return None
    was, now = (_outward(each, each.reversal.estimate.e_mV) for each in (earlier, one) if each.reversal.estimate)
    changes = [now[level] / was[level] - 1.0 for level in was if level in now]
    return float(np.median(changes)) if changes else None


def _outward(one: Measured, e_mV: float) -> dict[float, float]:
    """Current over constant field by command, where it is outward and no noise."""
    curve, v = one.curve, one.v_membrane_mV
    clear = (v - e_mV > OUTWARD_mV) & (curve.i_pA > CLEAR * curve.se_pA)
    field = constant_field(v[clear], e_mV, float(thermal_voltage_mV(one.entry.temperature_C)))
    return dict(zip(curve.v_command_mV[clear].round(2).tolist(), (curve.i_pA[clear] / field).tolist(), strict=True))


def declared_bath(recordings: Sequence[Measured], limits: Quality) -> Iterator[SeriesFinding]:
    """E_rev that moves against the declared change of bath speaks of another solution than the declared one."""
    for earlier, one in itertools.pairwise(recordings):
        was, now = earlier.reversal.estimate, one.reversal.estimate
        told = [earlier.prediction.e_nernst_mV, one.prediction.e_nernst_mV]
        same = (earlier.entry.condition, earlier.entry.experiment) == (one.entry.condition, one.entry.experiment)
        if was is None or now is None or told[0] is None or told[1] is None or not same:
            continue
        expected, moved = told[1] - told[0], now.e_mV - was.e_mV
        noise = float(np.hypot(was.se_mV, now.se_mV))
        if abs(expected) <= limits.bath_mV:
            continue
        sentence = (
            f"E_rev moves by {moved:+.1f} mV from {earlier.entry.bath} to {one.entry.bath}, where the declared "
            f"solutions move it by {expected:+.1f} mV: is it that solution?"
        )
        along = float(np.sign(expected)) * moved
        limit = -max(SEEN * noise, NO_CHANGE_mV)
        yield one.entry.recording, Checked("declared_bath", along, limit, along < limit, sentence)


CHECKS: tuple[Callable[[Sequence[Measured], Quality], Iterator[SeriesFinding]], ...] = (
    series_resistance_over_cell,
    return_to_bath,
    run_down_over_baths,
    declared_bath,
)


def checked_series(recordings: Sequence[Measured], limits: Quality) -> dict[str, tuple[Checked, ...]]:
    """Answers of all checks, by recording; recordings in the order they were made."""
    found: dict[str, tuple[Checked, ...]] = {}
    for check in CHECKS:
        for recording, one in check(recordings, limits):
            found[recording] = (*found.get(recording, ()), one)
    return found


def _conductance_nS(one: Measured) -> float:
    """Chord conductance of the used I-V over its whole range."""
    points = one.used.points
    return float((points.i_pA[-1] - points.i_pA[0]) / (points.v_mV[-1] - points.v_mV[0]))
