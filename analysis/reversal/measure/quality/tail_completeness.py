"""Checks of the decaying part of tail currents: whether it was measured completely, and whether it reverses.

Channels do not close instantly. The current at the end of the conditioning step and the tails at all levels belong to
the same instantaneous I–V. Through the measured reversal potential, a constant field predicts each tail from the others
and from the current before the step. The most distant tails are tested, because they close fastest.
"""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.quality.quality_constants import (
    EXPECTED_TAIL_LOWER_LIMIT_SE,
    MAX_TAIL_RELATIVE_ERROR,
    MOSTLY_DECAYING_FRACTION,
    MIN_DRIVING_FORCE_mV,
)
from reversal.physics.ghk_constant_field import constant_field
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.statistics_constants import DETECTION_SE
from reversal.tables.iv_table import IVKind


def tail_completeness(
    curve: IVCurve,
    v_mV: FloatArray,
    offset_mV: float,
    e_mV: float,
    temperature_C: float,
) -> float | None:
    """Smallest measured / expected current of a distant tail; None without one.

    None also if most of the most distant tail decays within the window, because then it was measured.

    v_mV : membrane potential of each point of the curve, (points,); offset_mV : command minus membrane potential
    """
    before = curve.conditioning
    if curve.kind is not IVKind.TAIL or before is None or curve.decaying_pA is None or curve.decaying_se_pA is None:
        return None
    held_mV = before.level_mV - offset_mV
    far = int(np.argmax(np.abs(v_mV - held_mV)))
    drive = np.abs(v_mV - e_mV)
    was_measured = abs(curve.decaying_pA[far]) > max(
        MOSTLY_DECAYING_FRACTION * abs(curve.i_pA[far]), DETECTION_SE * curve.decaying_se_pA[far]
    )
    if drive[far] < MIN_DRIVING_FORCE_mV or was_measured:
        return None
    thermal = float(thermal_voltage_mV(temperature_C))
    field = constant_field(v_mV, e_mV, thermal)
    fractions = []
    decaying, error = curve.decaying_pA / field, curve.decaying_se_pA / np.abs(field)
    clear = (drive >= MIN_DRIVING_FORCE_mV) & (decaying > DETECTION_SE * error)
    if clear.any():
        expected = float((decaying - EXPECTED_TAIL_LOWER_LIMIT_SE * error)[clear].max())
        tested = (
            (drive >= MIN_DRIVING_FORCE_mV)
            & ((v_mV - e_mV) * (v_mV[far] - e_mV) > 0)
            & (error < MAX_TAIL_RELATIVE_ERROR * expected)
        )
        fractions.extend((decaying[tested] / expected).tolist())
    expected = before.end_pA / float(constant_field(np.array([held_mV]), e_mV, thermal)[0])
    if abs(held_mV - e_mV) >= MIN_DRIVING_FORCE_mV and expected * abs(field[far]) > DETECTION_SE * curve.se_pA[far]:
        fractions.append(float(curve.i_pA[far]) / float(field[far]) / expected)
    return min(fractions, default=None)


def one_sign_mV(
    curve: IVCurve,
    v_mV: FloatArray,
    offset_mV: float,
    e_mV: float,
    decaying_mV: float | None,
) -> float | None:
    """Distance from E_rev toward the conditioning level over which the decaying current does not reverse [mV].

    Gates that close give a decaying current that reverses where the channel does. A leak that reverses near 0 mV moves
    E_rev towards 0 mV. It does not explain a decaying current that reverses nearer to 0 mV than E_rev. 0 if the
    decaying current reverses at or before E_rev, or if a leak explains it; None without a clear decay on both sides.
    Only voltages on the near side of the conditioning level count, at which its gates close.

    v_mV : membrane potential of each point of the curve, (points,); offset_mV : command minus membrane potential
    decaying_mV : reversal of the decaying current, None if it has not exactly one
    """
    before, decay = curve.conditioning, curve.tail_decay
    if before is None or decay is None:
        return None
    held_mV = before.level_mV - offset_mV
    clear = np.abs(decay.early_pA) > DETECTION_SE * decay.early_se_pA
    clear &= np.abs(v_mV - held_mV) > MIN_DRIVING_FORCE_mV
    clear &= (v_mV - held_mV) * (e_mV - held_mV) > 0
    toward, away = (clear & (side * (v_mV - e_mV) * (held_mV - e_mV) > 0) for side in (1.0, -1.0))
    if not toward.any() or not away.any():
        return None
    if np.unique(np.sign(decay.early_pA)[toward | away]).size == 1:
        return float(np.abs(v_mV - e_mV)[toward].max())
    if decaying_mV is None or (decaying_mV - e_mV) * (held_mV - e_mV) < 0 or abs(decaying_mV) > abs(e_mV):
        return 0.0
    return abs(decaying_mV - e_mV)
