"""A series on the scale of activities, with the name of the single-ion convention it rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.experiment.activities import CONVENTION, activities_of
from reversal.experiment.step_settings import CellSettings
from reversal.fit.bath_series import Series

CONCENTRATIONS = "concentrations"
ACTIVITIES = f"activities, Pitzer, {CONVENTION.value}"


def on_activities(series: Series, settings: CellSettings) -> Series:
    """The same reversals with activities outside and inside; raises DomainError where a solution has none.

    What the equations are not made for (a pair of ions without parameters, say) is added to the doubts.
    """
    doubts: list[str] = []
    outside = [_of_channel(series, settings, row.bath, row.temperature_C or 0.0, doubts) for row in series.rows]
    inside = [_of_channel(series, settings, row.pipette, row.temperature_C or 0.0, doubts) for row in series.rows]
    return replace(
        series,
        out_mM=np.array(outside, dtype=float).reshape(series.out_mM.shape),
        in_mM=np.array(inside, dtype=float).reshape(series.in_mM.shape),
        doubts=(*series.doubts, *dict.fromkeys(doubts)),
    )


def _of_channel(
    series: Series, settings: CellSettings, name: str, temperature_C: float, doubts: list[str]
) -> list[float]:
    """Activity of each ion of the series in a solution [mM]; warnings are appended to ``doubts``."""
    found = activities_of(settings.solutions[name], settings.ions, temperature_C)
    doubts += [f"activities: {warning}" for warning in found.warnings]
    return [found.by_ion_mM.get(ion, 0.0) for ion in series.ions]
