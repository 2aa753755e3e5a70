"""A leak of known conductance and reversal potential; effects of its errors, and of an unknown leak, on E_rev.

The pipette solution fills the cleft of the seal. Without current, its potential differs from that of the bath by their
junction potential. So the leak of a seal reverses at a membrane potential of −V_L of pipette and bath. In the bath in
which the amplifier was zeroed, this is a command of 0 mV. Seal resistance and leak reversal are the same for all
recordings of a cell, and so are their errors.

Source: Lei et al., Phil. Trans. R. Soc. A 378:20190348 (2020); Lei et al., Wellcome Open Res. 5:152 (2020).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.experiment.measure_settings import Leak
from reversal.experiment.step_settings import SheetEntry
from reversal.measure.iv.points import Points
from reversal.measure.reversal.reversal_constants import (
    MIN_LEAK_LINEARITY,
    MIN_NONLINEAR_SHIFT_mV,
    SENSITIVITY_LEAK_nS,
)
from reversal.measure.reversal.reversal_potential import reversal_of
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import LeakSource


@dataclass(frozen=True, slots=True)
class OhmicLeak:
    """Conductance [nS] and reversal potential [mV, membrane] of a leak, with their standard deviations."""

    source: LeakSource
    g_nS: float
    g_sd_nS: float
    e_mV: float
    e_sd_mV: float

    def current_pA(self, v_mV: FloatArray) -> FloatArray:
        """Current of the leak at membrane potentials, same shape."""
        return self.g_nS * (v_mV - self.e_mV)

    @property
    def conductances_nS(self) -> tuple[float, float]:
        """95 % limits of the conductance."""
        return self.conductances_at(TWO_SIDED_95)

    def conductances_at(self, deviate: float) -> tuple[float, float]:
        """Limits of the conductance [nS]; a seal is known to a factor, so its limits are symmetric on a log scale."""
        if self.source is LeakSource.SEAL:
            factor = float(np.exp(deviate * self.g_sd_nS / self.g_nS))
            return self.g_nS / factor, self.g_nS * factor
        width = deviate * self.g_sd_nS
        return max(self.g_nS - width, 0.0), self.g_nS + width

    @property
    def reversals_mV(self) -> tuple[float, float]:
        """95 % limits of the reversal potential."""
        width = TWO_SIDED_95 * self.e_sd_mV
        return self.e_mV - width, self.e_mV + width


@dataclass(frozen=True, slots=True)
class Displacement:
    """Shifts of E_rev by the errors of a leak.

    down_mV, up_mV : to the ends of the 95 % interval, ≥ 0; None where the current no longer reverses
    g_mV, e_mV : change of E_rev for one standard deviation of conductance and of reversal potential, signed
    linearity : smaller over larger change of E_rev per unit of leak, to both ends of its 95 % interval; 1 if E_rev is
        linear in the leak, 0 if an end is open or both ends move E_rev to the same side
    """

    down_mV: float | None
    up_mV: float | None
    g_mV: float
    e_mV: float
    linearity: float = 1.0

    @property
    def sd_mV(self) -> float:
        """Standard deviation of E_rev from both errors."""
        return float(np.hypot(self.g_mV, self.e_mV))

    @property
    def is_open(self) -> bool:
        """Whether the shift to one side is not known."""
        return self.down_mV is None or self.up_mV is None

    @property
    def is_linear(self) -> bool:
        """Whether the change of E_rev is proportional to the error of the leak, as fits assume."""
        return self.linearity >= MIN_LEAK_LINEARITY


@dataclass(frozen=True, slots=True)
class ChannelRange:
    """E_rev of the channel if a leak between 0 and g_nS was not subtracted; an end is None if it is not known."""

    g_nS: float
    low_mV: float | None
    high_mV: float | None


def known_leak(entry: SheetEntry, leak: Leak, seal_e_mV: float) -> OhmicLeak | None:
    """Leak whose conductance is declared; if no method is declared, that of the seal; None without either.

    seal_e_mV : membrane potential at which the seal's leak reverses
    """
    if leak.subtract == "declared" and leak.g_nS is not None:
        return OhmicLeak(LeakSource.DECLARED, leak.g_nS, leak.g_sd_nS, leak.e_mV, leak.e_sd_mV)
    return None if leak.subtract != "none" or leak.of_interest else leak_of_seal(entry, leak, seal_e_mV)


def leak_of_seal(entry: SheetEntry, leak: Leak, seal_e_mV: float) -> OhmicLeak | None:
    """Leak of the seal resistance in the sheet; None if it is empty."""
    return None if entry.seal_GOhm is None else _of_seal(entry.seal_GOhm, leak, seal_e_mV)


def assumed_leak(leak: Leak, seal_e_mV: float) -> OhmicLeak:
    """Leak of the seal that the configuration assumes if the leak is not known."""
    return _of_seal(leak.assumed_seal_GOhm, leak, seal_e_mV)


def _of_seal(seal_GOhm: float, leak: Leak, e_mV: float) -> OhmicLeak:
    g_nS = 1.0 / seal_GOhm
    return OhmicLeak(LeakSource.SEAL, g_nS, leak.seal_relative_sd * g_nS, e_mV, leak.e_sd_mV)


def displacement(total: Points, leak: OhmicLeak, e_rev_mV: float) -> Displacement:
    """Effect of the errors of a subtracted leak on E_rev, by subtraction of leaks at the ends of their intervals.

    total : the I–V before subtraction;  e_rev_mV : its reversal potential after it
    """
    conductances, reversals = leak.conductances_nS, leak.reversals_mV
    g = _ends(total, [replace(leak, g_nS=g_nS) for g_nS in conductances])
    e = _ends(total, [replace(leak, e_mV=e_mV) for e_mV in reversals])
    return Displacement(
        down_mV=_quadrature([_reach(ends, e_rev_mV, leak.e_mV, downward=True) for ends in (g, e)]),
        up_mV=_quadrature([_reach(ends, e_rev_mV, leak.e_mV, downward=False) for ends in (g, e)]),
        g_mV=_per_sd(g, e_rev_mV),
        e_mV=_per_sd(e, e_rev_mV),
        linearity=min(_linearity(g, e_rev_mV, conductances, leak.g_nS), _linearity(e, e_rev_mV, reversals, leak.e_mV)),
    )


def channel_range(total: Points, leak: OhmicLeak, e_rev_mV: float) -> ChannelRange:
    """Range of the channel's E_rev for a leak between none and ``leak``, its reversal potential in error."""
    ends = _ends(total, [replace(leak, e_mV=e_mV) for e_mV in leak.reversals_mV])
    down = _reach(ends, e_rev_mV, leak.e_mV, downward=True)
    up = _reach(ends, e_rev_mV, leak.e_mV, downward=False)
    return ChannelRange(leak.g_nS, None if down is None else e_rev_mV - down, None if up is None else e_rev_mV + up)


def largest_conductance_nS(total: Points, leak: OhmicLeak, e_whole_mV: float) -> float:
    """Largest conductance that a leak in an I–V can have, whatever the stated one; infinite if the I–V allows any.

    E_rev of the whole current is between those of channel and leak. Beyond that of the leak, channel and leak carry
    current in the same direction, so the leak carries no more than the whole current. If both reverse at the same
    potential within the error of the leak's, this applies at both ends of the tested range.

    e_whole_mV : E_rev of the whole current
    """
    low_mV, high_mV = leak.reversals_mV
    ends = [(low_mV - total.v_mV[0], -total.i_pA[0], e_whole_mV < low_mV)]
    ends.append((total.v_mV[-1] - high_mV, total.i_pA[-1], e_whole_mV > high_mV))
    chords_nS = [i_pA / distance_mV for distance_mV, i_pA, of_channel in ends if distance_mV > 0 and not of_channel]
    return max(float(min(chords_nS)), 0.0) if chords_nS else math.inf


def sensitivity_mV(total: Points, e_rev_mV: float) -> float | None:
    """Change of E_rev by a leak of 0.1 nS that reverses at 0 mV; None if the current does not reverse without it."""
    small = OhmicLeak(LeakSource.DECLARED, SENSITIVITY_LEAK_nS, 0.0, 0.0, 0.0)
    without = _e_rev_mV(total, small)
    return None if without is None else e_rev_mV - without


def _ends(total: Points, leaks: list[OhmicLeak]) -> tuple[float | None, float | None]:
    low, high = (_e_rev_mV(total, leak) for leak in leaks)
    return low, high


def _e_rev_mV(total: Points, leak: OhmicLeak) -> float | None:
    """Zero of the remaining current at which it rises with voltage; if it falls, more than the leak was subtracted."""
    found = reversal_of(replace(total, i_pA=total.i_pA - leak.current_pA(total.v_mV)), compare=False)
    falls = any(one.code is Code.CURRENT_FALLS for one in found.findings)
    return None if found.estimate is None or falls else found.estimate.e_mV


def _reach(
    ends: tuple[float | None, float | None], e_rev_mV: float, leak_e_mV: float, *, downward: bool
) -> float | None:
    """Farthest distance of the ends from E_rev on one side, ≥ 0; None if the current of an end reverses nowhere there.

    Subtraction moves E_rev away from the leak's reversal potential. If there is no zero, that side is open.
    """
    if None in ends and (e_rev_mV < leak_e_mV) is downward:
        return None
    signed = [(e_rev_mV - end) if downward else (end - e_rev_mV) for end in ends if end is not None]
    return max([0.0, *signed])


def _quadrature(reaches: list[float | None]) -> float | None:
    known = [reach for reach in reaches if reach is not None]
    return float(np.linalg.norm(known)) if len(known) == len(reaches) else None


def _linearity(
    ends: tuple[float | None, float | None], e_rev_mV: float, limits: tuple[float, float], leak: float
) -> float:
    """Smaller over larger change of E_rev per unit of a property of the leak; 1 if both changes are negligible.

    ends : E_rev at both ``limits`` of the property;  leak : its value
    """
    low, high = ends
    if low is None or high is None:
        return 0.0
    shifts = low - e_rev_mV, high - e_rev_mV
    if max(map(abs, shifts)) < MIN_NONLINEAR_SHIFT_mV:
        return 1.0
    if shifts[0] * shifts[1] > 0:
        return 0.0
    per_unit = [abs(shift / (limit - leak)) for shift, limit in zip(shifts, limits, strict=True)]
    return min(per_unit) / max(per_unit)


def _per_sd(ends: tuple[float | None, float | None], e_rev_mV: float) -> float:
    """Signed change of E_rev for one standard deviation upward; where the two ends differ, that of the farther one."""
    low, high = ends
    changes = [0.0 if low is None else e_rev_mV - low, 0.0 if high is None else high - e_rev_mV]
    return max(changes, key=abs) / TWO_SIDED_95
