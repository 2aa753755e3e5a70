"""Declared choices of the fits."""

from __future__ import annotations

from pydantic import Field

from reversal.experiment.closed_model import Closed


class Fitting(Closed):
    """How permeability ratios and the Nernst line are fitted."""

    robust: bool = Field(False, description="bisquare weights instead of least squares over a cell's baths")
    bath_sd_mV: float = Field(
        0.2,
        ge=0,
        description="what differs from bath to bath and no recording shows, as 1 % in a concentration does [mV]",
    )
    offset: bool = Field(
        False, description="fit a constant voltage offset too; it cannot be told from the ion inside the cell"
    )
