"""Reversal potential of a recording, without its leak and of the whole current, and the effect of leak on it."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.experiment.measure_settings import Leak
from reversal.measure.iv.measured_iv import MeasuredIV
from reversal.measure.iv.points import Points
from reversal.measure.reversal.background import Background, background_of
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.ohmic_leak import (
    ChannelRange,
    Displacement,
    assumed_leak,
    channel_range,
    displacement,
    sensitivity_mV,
)
from reversal.measure.reversal.reversal_potential import Reversal, reversal_of
from reversal.measure.voltage.nernst_prediction import Carriers


@dataclass(frozen=True, slots=True)
class MeasuredReversal:
    """A reversal potential and how it depends on leak.

    points : the I–V that it is read from, leak subtracted where known
    of_total : reversal of the whole current
    leak_errors : effect of the errors of a subtracted leak of known conductance; None for other leaks
    channel : range of the channel's E_rev where no leak was subtracted; None if it was, or is the current of interest
    background : current of tails or peaks that does not decay; None for other kinds, or if it is not known
    leak_sensitivity_mV : change of E_rev by a leak of 0.1 nS that reverses at 0 mV
    """

    points: Points
    reversal: Reversal
    of_total: Reversal
    leak_errors: Displacement | None = None
    channel: ChannelRange | None = None
    background: Background | None = None
    leak_sensitivity_mV: float | None = None


def measure_reversal(
    iv: MeasuredIV, used: Subtracted, carriers: Carriers | None, leak: Leak, seal_e_mV: float
) -> MeasuredReversal:
    """Reversal potential of an I–V without its leak.

    carriers : permeant ions for the estimate by GHK currents, None without any
    seal_e_mV : membrane potential at which a leak through the seal reverses
    """
    reversal = reversal_of(used.points, carriers)
    of_total = reversal if used.leak_pA is None else reversal_of(iv.total, None, compare=False)
    if reversal.estimate is None:
        return MeasuredReversal(used.points, reversal, of_total)
    e_rev_mV, curve = reversal.estimate.e_mV, used.curve or iv.curve
    open_question = used.source is None and not leak.of_interest
    return MeasuredReversal(
        used.points,
        reversal,
        of_total,
        displacement(iv.total, used.known, e_rev_mV) if used.known is not None else None,
        channel_range(iv.total, assumed_leak(leak, seal_e_mV), e_rev_mV) if open_question else None,
        None if leak.of_interest else background_of(iv.v_membrane_mV, curve, reversal.estimate),
        sensitivity_mV(used.points, e_rev_mV),
    )
