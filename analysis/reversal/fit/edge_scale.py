"""Scale of a permeability ratio that includes 0, on which errors of reversal potentials are symmetric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reversal.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class EdgeScale:
    """ln(1 + ratio/balance), which is 0 at a ratio of 0, linear far below the balance and logarithmic far above it.

    By the GHK voltage equation E_rev is linear in it. Without a balance the scale is the ratio itself.

    balance : reference over ion outside, the ratio at which both carry equal current
    """

    balance: float | None

    def of(self, ratio: ArrayLike) -> FloatArray:
        """Position of ratios above minus ``balance``, any shape -> same shape."""
        known = np.asarray(ratio, dtype=float)
        return known if self.balance is None else np.log1p(known / self.balance)

    def ratio(self, position: ArrayLike) -> FloatArray:
        """The ratios at positions, any shape -> same shape."""
        known = np.asarray(position, dtype=float)
        return known if self.balance is None else self.balance * np.expm1(known)

    def slope(self, ratio: ArrayLike) -> FloatArray:
        """Change of position per change of ratio, at ratios of any shape -> same shape."""
        known = np.asarray(ratio, dtype=float)
        return np.ones_like(known) if self.balance is None else 1 / (self.balance + known)
