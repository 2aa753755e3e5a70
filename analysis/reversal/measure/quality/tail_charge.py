"""The charge of the conditioning step before tails, as a concentration in a narrow space at the membrane."""

from __future__ import annotations

from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.quality.quality_constants import (
    MAX_UNSEEN_SHIFT_mV,
    MEMBRANE_F_PER_m2,
    MIN_ACCUMULATING_pC_PER_pF,
    SPACE_WIDTH_nm,
)
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


def tail_charge(curve: IVCurve, cm_pF: float | None) -> Finding | None:
    """Note on the charge before tails; None if it is small, or if the tails exclude a shift of E_rev by it."""
    if curve.tail_decay is None or curve.conditioning_pC is None or cm_pF is None:
        return None
    shift, pC_per_pF = curve.tail_decay.shift, curve.conditioning_pC / cm_pF
    excluded = shift is not None and abs(shift.mV) + TWO_SIDED_95_ROUNDED * shift.se_mV < MAX_UNSEEN_SHIFT_mV
    if excluded or abs(pC_per_pF) < MIN_ACCUMULATING_pC_PER_pF:
        return None
    raised_mM = accumulated_mM(abs(pC_per_pF), SPACE_WIDTH_nm)
    return finding(Code.TAIL_CHARGE, pC_per_pF, raised_mM=raised_mM, width_nm=SPACE_WIDTH_nm)


def accumulated_mM(charge_pC_per_pF: float, width_nm: float) -> float:
    """Rise of a monovalent ion in a space along the membrane, without exchange.

    >>> round(accumulated_mM(9.6485, 100.0), 2)
    10.0
    """
    mol_per_m2 = charge_pC_per_pF * MEMBRANE_F_PER_m2 / FARADAY_C_PER_MOL  # 1 pC/pF is 1 V
    return mol_per_m2 / (width_nm * 1e-9)  # mol/m³ is mM
