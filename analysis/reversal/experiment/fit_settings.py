"""Settings of the fits."""

from __future__ import annotations

from pydantic import Field

from reversal.experiment.closed_model import ClosedModel


class Fitting(ClosedModel):
    """Fits of the permeability ratios and of the Nernst line."""

    robust: bool = Field(False, description="use bisquare weights instead of least squares over the baths of a cell")
    bath_sd_mV: float = Field(
        0.2,
        ge=0,
        description="extra bath-to-bath standard deviation of E_rev, for example from 1 % pipetting error [mV]",
    )
    offset: bool = Field(
        False,
        description="also fit a constant voltage offset; it cannot be separated from the ion concentration in the cell",
    )
