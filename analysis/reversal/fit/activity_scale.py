"""A series on the scale of activities, with the name of the single-ion convention it rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reversal.experiment.activities import CONVENTION, activities_of
from reversal.experiment.step_settings import CellSettings
from reversal.fit.bath_series import BathSeries
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding

CONCENTRATIONS = "concentrations"
ACTIVITIES = f"activities, Pitzer, {CONVENTION.value}"


def on_activities(series: BathSeries, settings: CellSettings) -> BathSeries:
    """The same reversals with activities outside and inside; raises DomainError where a solution has none.

    What the formulas are not made for (a pair of ions without parameters, say) is added to the findings.
    """
    warned: list[str] = []
    outside = [_of_channel(series, settings, row.bath, row.temperature_C or 0.0, warned) for row in series.rows]
    inside = [_of_channel(series, settings, row.pipette, row.temperature_C or 0.0, warned) for row in series.rows]
    return replace(
        series,
        out_mM=np.array(outside, dtype=float).reshape(series.out_mM.shape),
        in_mM=np.array(inside, dtype=float).reshape(series.in_mM.shape),
        findings=(*series.findings, *(finding(Code.ACTIVITY_UNCERTAIN, message=m) for m in dict.fromkeys(warned))),
    )


def _of_channel(
    series: BathSeries, settings: CellSettings, name: str, temperature_C: float, warned: list[str]
) -> list[float]:
    """Activity of each ion of the series in a solution [mM]; warnings are appended to ``warned``."""
    found = activities_of(settings.solutions[name], settings.ions, temperature_C)
    warned += [warning.rstrip(".") for warning in found.warnings]
    return [found.by_ion_mM.get(ion, 0.0) for ion in series.ions]
