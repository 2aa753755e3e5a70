"""Concentrations of the free ions of a solution, or their activities by Pitzer's equations."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import IonFacts
from reversal.physics.ion import Ion
from reversal.physics.pitzer import Convention, single_ion_gammas

CONVENTION = Convention.GUGGENHEIM


@dataclass(frozen=True, slots=True)
class Activities:
    """Activities in one solution.

    by_ion_mM : activity of each ion that is free in the solution [mM]
    warnings : limits of the equations that the solution exceeds, such as a pair of ions without parameters
    """

    by_ion_mM: Mapping[str, float]
    warnings: tuple[str, ...]


def activities_of(solution: Solution, ions: Mapping[str, IonFacts], temperature_C: float) -> Activities:
    """Single-ion activities by Pitzer's equations, in the convention of Guggenheim.

    ions : charge and mobility of every ion of the solution

    Raises DomainError if the equations are not valid for the solution.
    """
    recipe = tuple(
        (Ion(name, ions[name].z, ions[name].mobility, ""), solution.free(name))
        for name in sorted(solution.ions_mM)
        if solution.free(name) > 0
    )
    return _activities(recipe, temperature_C)


def effective_mM(
    solution: Solution, ions: Mapping[str, IonFacts], activity: str, temperature_C: float
) -> Mapping[str, float]:
    """Concentration or activity of each free ion [mM], for the Nernst and GHK equations.

    activity : "concentration" or "pitzer"

    Raises DomainError if the equations are not valid for the solution.
    """
    if activity == "pitzer":
        return activities_of(solution, ions, temperature_C).by_ion_mM
    return {name: solution.free(name) for name in sorted(solution.ions_mM) if solution.free(name) > 0}


@lru_cache(maxsize=4096)
def _activities(recipe: tuple[tuple[Ion, float], ...], temperature_C: float) -> Activities:
    """Activities in a recipe, kept because a cell needs the same few solutions many times."""
    ions = [ion for ion, _ in recipe]
    amounts = np.array([amount for _, amount in recipe])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gamma = single_ion_gammas(ions, amounts, temperature_C, CONVENTION).gamma
    by_ion = {ion.name: float(activity) for ion, activity in zip(ions, amounts * gamma, strict=True)}
    return Activities(by_ion, tuple(str(warning.message) for warning in caught))
