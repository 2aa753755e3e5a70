"""Reversal potential of a recording: without its leak, of the total current, and how much of that may be leak."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.experiment.measure_settings import Leak
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points
from reversal.measure.reversal.leak import Separability, Subtracted, separability
from reversal.measure.reversal.reversal_potential import Reversal, reversal_of
from reversal.measure.voltage.nernst_prediction import Carriers
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class MeasuredReversal:
    """A reversal potential and how it depends on leak.

    points : the I–V that it is read from, leak subtracted where declared
    of_total : reversal of the total current
    separability : how much of the current may be leak; None where leak was subtracted or cannot be judged
    """

    points: Points
    reversal: Reversal
    of_total: Reversal
    separability: Separability | None


def measure_reversal(iv: MeasuredIV, used: Subtracted, carriers: Carriers | None, leak: Leak) -> MeasuredReversal:
    """Reversal potential of an I–V without its leak.

    carriers : permeant ions for the estimate by GHK currents, None without any
    """
    reversal = reversal_of(used.points, carriers)
    of_total = reversal if used.leak_pA is None else reversal_of(iv.total, None, compare=False)
    # the decaying part of a tail shows what is channel; its instantaneous I–V is as straight as that of a leak
    known = leak.of_interest or used.leak_pA is not None or iv.curve.kind is IVKind.TAIL
    return MeasuredReversal(used.points, reversal, of_total, None if known else separability(iv.total, reversal))
