"""How far ions that the conditioning step moved may have shifted E_rev of tails without a sign of it in the tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.tail_reversal_shift import ReversalShift
from reversal.measure.quality.quality_constants import MAX_UNSEEN_SHIFT_mV, MEMBRANE_F_PER_m2
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.voltage.nernst_prediction import IonRange, Prediction
from reversal.physics.constants import FARADAY_C_PER_MOL
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.statistics_constants import TWO_SIDED_90_SIX_DECIMALS
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class UnseenShift:
    """Charge before tails, and the largest shift of E_rev by it that the recording does not exclude.

    space_nm : width of the space at the membrane
    mV : positive if E_rev may be too positive; infinite if nothing limits it
    """

    pC_per_pF: float
    space_nm: float
    mV: float

    def finding(self) -> Finding:
        """Note on the charge and the shift."""
        return finding(
            Code.TAIL_CHARGE,
            self.pC_per_pF,
            raised_mM=accumulated_mM(abs(self.pC_per_pF), self.space_nm),
            width_nm=self.space_nm,
            most=f"up to {abs(self.mV):.1f} mV" if np.isfinite(self.mV) else "an unknown amount",
            side="below" if self.mV > 0 else "above",
        )


def unseen_shift(
    curve: IVCurve,
    cm_pF: float | None,
    estimate: Estimate | None,
    prediction: Prediction,
    ions: IonRange | None,
    temperature_C: float,
    space_nm: float,
) -> UnseenShift | None:
    """Shift of E_rev by accumulation that the recording does not exclude; None below 1 mV, without a space or tails.

    A current reduces its own gradient: outward current makes E_rev too positive. What the tails show of the shift, the
    charge, and the Nernst potentials of all ions each limit it; the smallest limit counts.
    """
    if curve.tail_decay is None or curve.conditioning_pC is None or cm_pF is None or estimate is None or not space_nm:
        return None
    e_mV, pC_per_pF = estimate.e_mV, curve.conditioning_pC / cm_pF
    sign = float(np.sign(pC_per_pF))
    limits = (
        _limit_of_tails(curve.tail_decay.shift, sign),
        _limit_of_charge(accumulated_mM(pC_per_pF, space_nm), e_mV, prediction, temperature_C),
        np.inf if ions is None else max(e_mV - ions.low.e_mV if sign > 0 else ions.high.e_mV - e_mV, 0.0),
    )
    largest_mV = float(min(limits))
    return UnseenShift(pC_per_pF, space_nm, sign * largest_mV) if largest_mV > MAX_UNSEEN_SHIFT_mV else None


def _limit_of_tails(shift: ReversalShift | None, sign: float) -> float:
    """Upper 95 % limit of the shift at the step [mV], from the part of it that disappears while the tails decay."""
    if shift is None:
        return np.inf
    return (max(-sign * shift.mV, 0.0) + TWO_SIDED_90_SIX_DECIMALS * shift.se_mV) / shift.seen


def _limit_of_charge(raised_mM: float, e_mV: float, prediction: Prediction, temperature_C: float) -> float:
    """Shift by the whole charge in the narrow space [mV], infinite if all ions at the membrane may come from it.

    raised_mM : for a monovalent cation, negative for inward current
    """
    thermal_mV = float(thermal_voltage_mV(temperature_C)) / prediction.z
    # E_rev shows the concentration of permeant ions at the membrane relative to that inside
    now_mM = prediction.in_mM * float(np.exp(e_mV / thermal_mV))
    before_mM = now_mM - raised_mM / prediction.z
    return abs(thermal_mV * float(np.log(now_mM / before_mM))) if now_mM > 0.0 and before_mM > 0.0 else np.inf


def accumulated_mM(charge_pC_per_pF: float, width_nm: float) -> float:
    """Rise of a monovalent ion in a space along the membrane, without exchange.

    >>> round(accumulated_mM(9.6485, 100.0), 2)
    10.0
    """
    mol_per_m2 = charge_pC_per_pF * MEMBRANE_F_PER_m2 / FARADAY_C_PER_MOL  # 1 pC/pF is 1 V
    return mol_per_m2 / (width_nm * 1e-9)  # mol/m³ is mM
