"""Whether the repeats of a recording are of two kinds: a current flows in some of them that does not in the others.

Examples are a ramp before and a ramp during an agonist, light or a blocker. The mean of both is the I–V of neither, and
the reversal potential of the current in question may lie outside the range of the repeats.

Two signs distinguish this from one current that changes. The reversal potentials of the repeats are in two groups with
a gap between them, where run-down, wash-in and drift give a series. And the difference of the two groups reverses. A
change of the concentrations on one side, or of the voltage, changes a GHK current in one direction at all voltages; a
conductance that is switched on adds a current that reverses at a potential of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.measure.quality.quality_constants import GROUP_GAP_RATIO, MIN_GROUP_GAP_mV
from reversal.measure.quality.repeats import Repeats, Zero, zero_of_repeat, zeros_of
from reversal.measure.reversal.sign_changes import significant_sign_changes
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class TwoCurrents:
    """Two groups of repeats.

    without, with_more : positions of the repeats in the plan, of the smaller and of the larger conductance
    without_mV, with_mV : mean reversal potential of each group
    difference_mV : reversal potential of the current that the first group lacks
    gap_mV : distance between the groups
    """

    without: tuple[int, ...]
    with_more: tuple[int, ...]
    without_mV: float
    with_mV: float
    difference_mV: float
    gap_mV: float

    def found_in(self, sweeps: Sequence[int]) -> Finding:
        """The finding; sweeps : number in the file of each sweep of the plan."""
        return finding(
            Code.TWO_CURRENTS,
            self.gap_mV,
            MIN_GROUP_GAP_mV,
            without=listed_sweeps(sweeps[n] for n in self.without),
            more=listed_sweeps(sweeps[n] for n in self.with_more),
            without_mV=self.without_mV,
            with_mV=self.with_mV,
            difference_mV=self.difference_mV,
        )


def two_currents(repeats: Repeats, e_mV: float) -> TwoCurrents | None:
    """The two groups of the repeats; None if they are not two currents.

    e_mV : reversal potential of the mean of the repeats
    """
    zeros = zeros_of(repeats, e_mV)
    groups = _apart(zeros)
    if groups is None:
        return None
    currents = [_mean(repeats, group) for group in groups]
    (low_pA, low_se), (high_pA, high_se) = currents
    difference, se = high_pA - low_pA, np.hypot(high_se, low_se)
    known = np.isfinite(difference)
    turns = significant_sign_changes(difference[known], se[known])
    if len(turns) != 1:
        return None
    sign = 1.0 if turns[0].rising else -1.0
    zero = zero_of_repeat(repeats.v_mV, sign * difference, se, e_mV)
    if zero is None:
        return None
    without, more = groups if turns[0].rising else groups[::-1]
    gap_mV = groups[1][0].e_mV - groups[0][-1].e_mV
    return TwoCurrents(
        _sweeps(repeats, without), _sweeps(repeats, more), _mean_mV(without), _mean_mV(more), zero[0], gap_mV
    )


def _apart(zeros: Sequence[Zero]) -> tuple[Sequence[Zero], Sequence[Zero]] | None:
    """The repeats on both sides of the widest gap, if it is wide and clearly wider than either group; else None."""
    if len(zeros) < 2:
        return None
    gaps = np.diff([zero.e_mV for zero in zeros])
    at = int(np.argmax(gaps)) + 1
    low, high = zeros[:at], zeros[at:]
    widest_mV = max(group[-1].e_mV - group[0].e_mV for group in (low, high))
    return (low, high) if gaps[at - 1] > max(MIN_GROUP_GAP_mV, GROUP_GAP_RATIO * widest_mV) else None


def _mean(repeats: Repeats, group: Sequence[Zero]) -> tuple[FloatArray, FloatArray]:
    """Mean current of a group and its standard error, (points,); NaN where a repeat lacks a voltage."""
    rows = [zero.repeat for zero in group]
    return repeats.i_pA[rows].mean(0), np.sqrt((repeats.se_pA[rows] ** 2).sum(0)) / len(rows)


def _mean_mV(group: Sequence[Zero]) -> float:
    return float(np.mean([zero.e_mV for zero in group]))


def _sweeps(repeats: Repeats, group: Sequence[Zero]) -> tuple[int, ...]:
    return tuple(n for zero in group for n in repeats.sweeps[zero.repeat])
