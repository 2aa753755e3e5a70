"""Declared choices of the fits."""

from __future__ import annotations

from pydantic import Field

from analysis.experiment.base import Closed


class Fitting(Closed):
    """How permeability ratios and the Nernst line are fitted."""

    robust: bool = Field(False, description="bisquare weights instead of least squares over a cell's baths")
