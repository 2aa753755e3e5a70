"""Passive properties: R_s, C_m and R_m from the sheet, the amplifier's telegraph and a small step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.experiment.settings import Entry
from analysis.measure.axis import SeriesResistance
from analysis.measure.curve import common_stretches, stack
from analysis.recordings.model import Recording, Shape

LARGEST_TEST_mV = 30.0


@dataclass(frozen=True, slots=True)
class Passive:
    """Passive properties of a recording; None where not known.

    rs : series resistance and what compensation leaves
    cm_pF : membrane capacitance as declared, else telegraphed
    rm_MOhm : input resistance from a small step
    holding_pA : current at the holding potential
    """

    rs: SeriesResistance | None
    cm_pF: float | None
    rm_MOhm: float | None
    holding_pA: float | None


def passive_properties(recording: Recording, entry: Entry) -> Passive:
    """Take each property from its best source: the sheet, then the telegraph, then the trace."""
    telegraph = recording.telegraph
    rs = None
    source = "sheet" if entry.rs_MOhm is not None else "telegraph"
    value = entry.rs_MOhm if entry.rs_MOhm is not None else telegraph.rs_MOhm
    if value is not None:
        compensation = entry.rs_compensation
        if compensation is None:
            compensation = telegraph.rs_compensation or 0.0
        rs = SeriesResistance(value, value * (1 - compensation), None, source)
    cm = entry.cm_pF if entry.cm_pF is not None else telegraph.cm_pF
    return Passive(rs, cm, _input_resistance(recording), _holding(recording))


def _holding(recording: Recording) -> float | None:
    stretches = [epoch for _, _, epoch in common_stretches(recording) if epoch.shape is Shape.HOLD]
    if not stretches or stretches[0].stop - stretches[0].start < 4:
        return None
    first = stretches[0]
    sweeps = range(len(recording.sweeps))
    rows = stack(recording, tuple(sweeps), np.full(len(sweeps), first.start), first.stop - first.start)
    return float(rows.mean())


def _input_resistance(recording: Recording) -> float | None:
    """ΔV/ΔI at the end of a small step that all sweeps share; None without one or where ΔI cannot be told from zero."""
    for _, before, step in common_stretches(recording):
        change = step.level_mV - before.level_mV
        if step is before or not 1.0 <= abs(change) <= LARGEST_TEST_mV or before.shape not in (Shape.STEP, Shape.HOLD):
            continue
        length = min(step.stop - step.start, before.stop - before.start) // 4
        if length < 4:
            continue
        sweeps = tuple(range(len(recording.sweeps)))
        late = stack(recording, sweeps, np.full(len(sweeps), step.stop - length), length).mean(1)
        early = stack(recording, sweeps, np.full(len(sweeps), before.stop - length), length).mean(1)
        rise = late - early
        error = rise.std(ddof=1) / np.sqrt(rise.size) if rise.size > 1 else np.inf
        if rise.mean() * change <= 0 or abs(rise.mean()) < 3 * error:
            return None
        return float(change / rise.mean() * 1000.0)
    return None
