"""Reversal potentials with ion activities instead of concentrations."""

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
    """The same reversal potentials with activities [mM] outside and inside.

    A finding lists every case outside the range of the Pitzer equations (for example, ion pairs without parameters).
    Raises DomainError if the activities of a solution cannot be computed.
    """
    warned: list[str] = []
    outside = [
        _activities_mM(series, settings, row.extracellular, row.temperature_C or 0.0, warned) for row in series.rows
    ]
    inside = [
        _activities_mM(series, settings, row.intracellular, row.temperature_C or 0.0, warned) for row in series.rows
    ]
    return replace(
        series,
        out_mM=np.array(outside, dtype=float).reshape(series.out_mM.shape),
        in_mM=np.array(inside, dtype=float).reshape(series.in_mM.shape),
        findings=(*series.findings, *(finding(Code.ACTIVITY_UNCERTAIN, message=m) for m in dict.fromkeys(warned))),
    )


def _activities_mM(
    series: BathSeries, settings: CellSettings, name: str, temperature_C: float, warned: list[str]
) -> list[float]:
    """Activity of each ion of the series in a solution [mM]; warnings are appended to ``warned``."""
    found = activities_of(settings.solutions[name], settings.ions, temperature_C)
    warned += [warning.rstrip(".") for warning in found.warnings]
    return [found.by_ion_mM.get(ion, 0.0) for ion in series.ions]
