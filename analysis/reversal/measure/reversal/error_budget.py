"""Sources of the error of a reversal potential: those of the recording, and those shared by the recordings of a cell.

Own errors: noise and curve of the points (the interval of the estimator), bends that coarse steps do not show, the
error of R_s if current flows at E_rev, and drift of E_rev and mains hum during the recording. Shared errors: junction
potential, temperature in the prediction, a leak of known conductance, and a current that does not decay in tails or
peaks. That shifts E_rev to one side by a known amount: it moves the limit on this side, so that the interval contains
the E_rev of the decaying part as well as it does the whole one. The interval that is reported contains all errors, and
a shift by accumulated ions that is not excluded; fits use the own part and share the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reversal.measure.iv.points import Points
from reversal.measure.membrane.clamp import SeriesResistance
from reversal.measure.reversal.measured_reversal import MeasuredReversal
from reversal.measure.reversal.reversal_constants import UNIFORM_VARIANCE_DIVISOR
from reversal.measure.voltage.junction_correction import Offset
from reversal.measure.voltage.nernst_prediction import Prediction
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED


@dataclass(frozen=True, slots=True)
class Budget:
    """Standard deviations of a reversal potential [mV].

    points_mV : noise and curve of the I–V, and a leak that was measured in it
    steps_mV : bends of the I–V that coarse steps do not show
    series_mV : error of R_s, for the total current that flows at E_rev
    drift_mV : drift of E_rev during the recording, or disagreement of its repeats, and mains hum
    junction_mV, temperature_mV : shared by the cell's recordings; temperature_mV is that of the Nernst potential
    leak_mV : error of a leak of known conductance, shared by the cell's recordings
    background_mV : shift of E_rev by a current that does not decay, with its sign, shared by the cell's recordings
    own_low_mV, own_high_mV : 95 % limits with the recording's own errors, None where open
    low_mV, high_mV : 95 % limits with every error, None where open
    """

    points_mV: float
    series_mV: float
    drift_mV: float
    junction_mV: float
    temperature_mV: float
    leak_mV: float
    own_low_mV: float | None
    own_high_mV: float | None
    low_mV: float | None
    high_mV: float | None
    steps_mV: float = 0.0
    background_mV: float = 0.0

    @property
    def own_mV(self) -> float:
        """The recording's own standard deviation."""
        return float(np.linalg.norm([self.points_mV, self.steps_mV, self.series_mV, self.drift_mV]))

    def contains(self, low_mV: float, high_mV: float) -> bool:
        """Whether a range of potentials is within the interval with every error."""
        above = self.low_mV is None or low_mV >= self.low_mV
        return above and (self.high_mV is None or high_mV <= self.high_mV)

    def without_unseen(self, e_mV: float) -> Budget:
        """The budget without shifts by accumulated ions or another current, where no leak was subtracted."""
        shared_mV = TWO_SIDED_95_ROUNDED * self.shared_mV
        low, high = _lower(e_mV, self.own_low_mV, shared_mV), _upper(e_mV, self.own_high_mV, shared_mV)
        return replace(self, low_mV=low, high_mV=high)

    @property
    def shared_mV(self) -> float:
        """Standard deviation that the cell's recordings share, without that of the leak."""
        return float(np.hypot(self.junction_mV, self.temperature_mV))


def budget_of(
    result: MeasuredReversal,
    total: Points,
    series: SeriesResistance | None,
    offset: Offset,
    prediction: Prediction,
    temperature_C: float,
    drift_mV: float | None = None,
    unseen_mV: float = 0.0,
) -> Budget | None:
    """Error budget of a reversal potential; None without one.

    drift_mV : range over which E_rev moves in the recording, None without one
    unseen_mV : shift of E_rev by accumulated ions that is not excluded, positive if E_rev may be too positive
    """
    estimate, leak = result.reversal.estimate, result.leak_errors
    if estimate is None:
        return None
    series_mV = 0.0
    if series is not None:
        current_pA = float(np.interp(estimate.e_mV, total.v_mV, total.i_pA))
        series_mV = abs(current_pA) * series.sd_MOhm * 1e-3
    temperature_mV = nernst_sd_mV(prediction.e_nernst_mV, temperature_C)
    # the crossing may be recorded in any sweep: uniform distribution over the whole change, to either side
    moved_mV = abs(drift_mV or 0.0) / np.sqrt(UNIFORM_VARIANCE_DIVISOR)
    e, own_mV = estimate.e_mV, TWO_SIDED_95_ROUNDED * float(np.hypot(series_mV, moved_mV))
    own_low, own_high = _lower(e, estimate.low_mV, own_mV), _upper(e, estimate.high_mV, own_mV)
    shared_mV = TWO_SIDED_95_ROUNDED * float(np.hypot(offset.sd_mV, temperature_mV))
    down, up = (leak.down_mV, leak.up_mV) if leak is not None else (0.0, 0.0)
    low = _lower(e, own_low, shared_mV, down, _width(unseen_mV))
    high = _upper(e, own_high, shared_mV, up, _width(-unseen_mV))
    background = result.background
    farther_down, farther_up = (0.0, 0.0) if background is None else background.sides_mV
    return Budget(
        points_mV=float(np.sqrt(max(estimate.se_mV**2 - estimate.steps_mV**2, 0.0))),
        series_mV=series_mV,
        drift_mV=moved_mV,
        junction_mV=offset.sd_mV,
        temperature_mV=temperature_mV,
        leak_mV=leak.sd_mV if leak is not None else 0.0,
        own_low_mV=own_low,
        own_high_mV=own_high,
        low_mV=_moved(low, farther_down),
        high_mV=_moved(high, farther_up),
        steps_mV=estimate.steps_mV,
        background_mV=0.0 if background is None else background.shown_mV,
    )


def _width(mV: float) -> float | None:
    """Half-width by a shift to one side; None if nothing limits it."""
    return max(mV, 0.0) if mV < np.inf else None


def _lower(e_mV: float, low_mV: float | None, *more_mV: float | None) -> float | None:
    """Lower limit with further half-widths added in quadrature; None if one of them is open."""
    known = [width for width in more_mV if width is not None]
    if low_mV is None or len(known) < len(more_mV):
        return None
    return e_mV - float(np.linalg.norm([e_mV - low_mV, *known]))


def _moved(limit_mV: float | None, by_mV: float | None) -> float | None:
    return None if limit_mV is None or by_mV is None else limit_mV + by_mV


def _upper(e_mV: float, high_mV: float | None, *more_mV: float | None) -> float | None:
    mirrored = _lower(-e_mV, None if high_mV is None else -high_mV, *more_mV)
    return None if mirrored is None else -mirrored
