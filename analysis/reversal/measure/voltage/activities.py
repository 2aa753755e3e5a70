"""What a channel sees of a solution: concentrations, or activities by Pitzer with a single-ion convention."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings


def seen_mM(solution: Solution, settings: CellSettings, activity: str, temperature_C: float) -> Mapping[str, float]:
    """Amount of each ion that acts on a channel [mM]: the free concentration, or its activity.

    activity : "concentration" or "pitzer" (Guggenheim's convention for single ions). Raises DomainError where the
    formulas do not reach.
    """
    names = [name for name in sorted(solution.ions_mM) if solution.free(name) > 0]
    amounts = np.array([solution.free(name) for name in names])
    if activity == "pitzer":
        from reversal.physics.ion import Ion
        from reversal.physics.pitzer import single_ion_gammas

        ions = [Ion(name, settings.ions[name].z, settings.ions[name].mobility, "") for name in names]
        with warnings.catch_warnings():  # doubts about parameters are told by the fits, once a series
            warnings.simplefilter("ignore")
            amounts = amounts * np.asarray(single_ion_gammas(ions, amounts, temperature_C).gamma)
    return dict(zip(names, amounts.tolist(), strict=True))
