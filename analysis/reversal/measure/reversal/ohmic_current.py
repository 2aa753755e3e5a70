"""Whether the current that is left without the leak of the seal is itself that of a leak.

If the seal leaks more than the sheet states, the rest of the leak stays in the I–V. A recording of an empty cell, or of
no cell, is then a straight line that reverses somewhere. Ions of unequal concentration pass a channel in unequal
numbers, so that its I–V bends by as much as E_rev is far from 0 mV: at least as much as in a constant field, unless its
gates or a block make it straight. An I–V that reverses at the potential of the leak may be either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.arrays import FloatArray
from reversal.measure.iv.points import Points
from reversal.measure.reversal.ohmic_leak import OhmicLeak
from reversal.measure.reversal.reversal_constants import LEAK_DISAGREEMENT_SE, ONE_SIDED_99
from reversal.physics.ghk_constant_field import constant_field
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.chi_square import normal_deviate
from reversal.statistics.least_squares import LinearFit, linear_fit


@dataclass(frozen=True, slots=True)
class OhmicCurrent:
    """A current that is a straight line of voltage.

    g_nS : its conductance;  at_leak : whether it reverses where the leak does, within the error of that
    """

    g_nS: float
    at_leak: bool


def ohmic_current(points: Points, leak: OhmicLeak, e_rev_mV: float, temperature_C: float) -> OhmicCurrent | None:
    """The current as a line, if it is one and reverses as leak does, or bends less than ions do; else None.

    points : the I–V without the leak;  leak : what was subtracted
    """
    v, ones = points.v_mV, np.ones_like(points.v_mV)
    line = _fit(points, np.stack([v, ones], axis=1))
    if line is None or normal_deviate(line.chi2, line.dof) > ONE_SIDED_99:
        return None
    low_mV, high_mV = leak.reversals_mV
    at_leak = low_mV <= e_rev_mV <= high_mV
    bent = _fit(points, np.stack([constant_field(v, e_rev_mV, float(thermal_voltage_mV(temperature_C))), ones], axis=1))
    if not at_leak and (bent is None or bent.chi2 - line.chi2 < LEAK_DISAGREEMENT_SE**2):
        return None
    return OhmicCurrent(float(line.coefficients[0]), at_leak)


def _fit(points: Points, design: FloatArray) -> LinearFit | None:
    """Fit of two columns (points, 2); None without a degree of freedom."""
    se = points.independent_se_pA
    return linear_fit(design / se[:, None], points.i_pA / se) if se.size > design.shape[1] else None
