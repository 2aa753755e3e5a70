"""Properties of the voltage clamp: series resistance, the capacitance that charges, and the delay of the current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reversal.measure.membrane.membrane_constants import (
    BESSEL_DELAY_PERIODS,
    REPORTED_VALUE_RELATIVE_SD,
    UNKNOWN_DELAY_SD_ms,
)


@dataclass(frozen=True, slots=True)
class SeriesResistance:
    """Series resistance of a recording.

    rs_MOhm : before compensation
    residual_MOhm : left by compensation
    sd_MOhm : standard deviation of the residual
    """

    rs_MOhm: float
    residual_MOhm: float
    sd_MOhm: float
    source: Literal["sheet", "telegraph", "membrane test"]


@dataclass(frozen=True, slots=True)
class Capacitance:
    """A capacitance and its standard deviation [pF]."""

    pF: float
    sd_pF: float


@dataclass(frozen=True, slots=True)
class Clamp:
    """Properties of the clamp; None if not known.

    tau_ms : time constant; lowpass_Hz : corner frequency of the filter; residual_MOhm : R_s left by compensation
    cm_pF : membrane capacitance; charging : capacitance that charges in the trace, by membrane test
    """

    tau_ms: float | None = None
    lowpass_Hz: float | None = None
    residual_MOhm: float | None = None
    cm_pF: float | None = None
    charging: Capacitance | None = None

    @property
    def delay_ms(self) -> float:
        """Delay of the current relative to the command, as far as it is known."""
        filtered = BESSEL_DELAY_PERIODS * 1000.0 / self.lowpass_Hz if self.lowpass_Hz else 0.0
        return (self.tau_ms or 0.0) + filtered

    @property
    def delay_sd_ms(self) -> float:
        """Standard deviation of that delay."""
        clamp = UNKNOWN_DELAY_SD_ms if self.tau_ms is None else REPORTED_VALUE_RELATIVE_SD * self.tau_ms
        return float(np.hypot(clamp, 0.0 if self.lowpass_Hz else UNKNOWN_DELAY_SD_ms))
