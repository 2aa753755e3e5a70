"""Sources of the error of a reversal potential: those of the recording, and those shared by the recordings of a cell.

Own errors: noise and curve of the points with their leak (the interval of the estimator), the error of R_s if current
flows at E_rev, and drift of E_rev during the recording. Shared errors are reported separately: junction potential, and
temperature in the prediction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reversal.measure.iv.points import Points
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.reversal_constants import UNIFORM_VARIANCE_DIVISOR
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.voltage.junction_correction import Offset
from reversal.measure.voltage.nernst_prediction import Prediction
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED


@dataclass(frozen=True, slots=True)
class Budget:
    """Standard deviations of a reversal potential [mV].

    points_mV : noise, curve and leak of the I–V
    series_mV : error of R_s, for the total current that flows at E_rev
    drift_mV : drift of E_rev during the recording, or disagreement of its repeats
    junction_mV, temperature_mV : shared by the cell's recordings; temperature_mV is that of the Nernst potential
    low_mV, high_mV : 95 % limits with the recording's own errors, None where open
    """

    points_mV: float
    series_mV: float
    drift_mV: float
    junction_mV: float
    temperature_mV: float
    low_mV: float | None
    high_mV: float | None

    @property
    def own_mV(self) -> float:
        """The recording's own standard deviation."""
        return float(np.linalg.norm([self.points_mV, self.series_mV, self.drift_mV]))

    @property
    def shared_mV(self) -> float:
        """Standard deviation that the cell's recordings share."""
        return float(np.hypot(self.junction_mV, self.temperature_mV))


def budget_of(
    reversal: Reversal,
    total: Points,
    series: SeriesResistance | None,
    offset: Offset,
    prediction: Prediction,
    temperature_C: float,
    drift_mV: float | None = None,
) -> Budget | None:
    """Error budget of a reversal potential; None without one.

    drift_mV : change of E_rev during the recording, None without one
    """
    estimate = reversal.estimate
    if estimate is None:
        return None
    series_mV = 0.0
    if series is not None:
        current_pA = float(np.interp(estimate.e_mV, total.v_mV, total.i_pA))
        series_mV = abs(current_pA) * series.sd_MOhm * 1e-3
    temperature_mV = nernst_sd_mV(prediction.e_nernst_mV, temperature_C)
    # the crossing may be recorded in any sweep: uniform distribution over the whole change, to either side
    moved_mV = abs(drift_mV or 0.0) / np.sqrt(UNIFORM_VARIANCE_DIVISOR)
    low, high = _widened(estimate, float(np.hypot(series_mV, moved_mV)))
    return Budget(estimate.se_mV, series_mV, moved_mV, offset.sd_mV, temperature_mV, low, high)


def _widened(estimate: Estimate, sd_mV: float) -> tuple[float | None, float | None]:
    """Limits with an error added in quadrature on each side."""
    low, high, e = estimate.low_mV, estimate.high_mV, estimate.e_mV
    more = TWO_SIDED_95_ROUNDED * sd_mV
    return (
        None if low is None else e - float(np.hypot(e - low, more)),
        None if high is None else e + float(np.hypot(high - e, more)),
    )
