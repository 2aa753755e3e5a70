"""A series on the scale of activities, with the name of the single-ion convention it rests on."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import lru_cache

import numpy as np

from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings
from reversal.fit.bath_series import BathSeries
from reversal.physics.ion import Ion
from reversal.physics.pitzer import Convention, single_ion_gammas
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding

CONCENTRATIONS = "concentrations"
ACTIVITIES = f"activities, Pitzer, {Convention.GUGGENHEIM.value}"


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
    activities, messages = _activities(_recipe(settings.solutions[name], settings), temperature_C)
    warned += messages
    return [activities.get(ion, 0.0) for ion in series.ions]


def _recipe(solution: Solution, settings: CellSettings) -> tuple[tuple[Ion, float], ...]:
    """Ions with what of each is free to act [mM]."""
    return tuple(
        (Ion(name, settings.ions[name].z, settings.ions[name].mobility, ""), solution.free(name))
        for name in sorted(solution.ions_mM)
        if solution.free(name) > 0
    )


@lru_cache(maxsize=4096)
def _activities(recipe: tuple[tuple[Ion, float], ...], temperature_C: float) -> tuple[dict[str, float], list[str]]:
    ions = [ion for ion, _ in recipe]
    amounts = np.array([amount for _, amount in recipe])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gamma = single_ion_gammas(ions, amounts, temperature_C).gamma
    activity = {ion.name: float(a) for ion, a in zip(ions, amounts * gamma, strict=True)}
    return activity, [str(warning.message).rstrip(".") for warning in caught]
