"""What Nernst predicts for a recording, at its own temperature."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import Refusal
from analysis.experiment.settings import CellSettings, Entry
from analysis.measure.models import Carriers
from analysis.physics.nernst import nernst_mV


class PredictionRefused(Refusal):
    """A Nernst potential that cannot be computed as declared."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """Concentrations of the experiment's ion and its equilibrium potential.

    out_mM, in_mM : free concentrations as declared; e_nernst_mV : None where the ion is on one side only
    """

    ion: str
    out_mM: float
    in_mM: float
    e_nernst_mV: float | None


def predict(entry: Entry, settings: CellSettings) -> Prediction:
    """Nernst potential of the experiment's ion between a recording's bath and pipette.

    Raises PredictionRefused for a scale of activity that is not available.
    """
    experiment = settings.experiments[entry.experiment]
    if experiment.activity != "concentration":
        raise PredictionRefused(
            "activities are not available",
            place=f"experiment {entry.experiment}",
            found=experiment.activity,
            expected="concentration",
        )
    out_mM = settings.solutions[entry.bath].free(experiment.ion)
    in_mM = settings.solutions[entry.pipette].free(experiment.ion)
    if out_mM <= 0 or in_mM <= 0:
        return Prediction(experiment.ion, out_mM, in_mM, None)
    z = settings.ions[experiment.ion].z
    return Prediction(experiment.ion, out_mM, in_mM, float(nernst_mV(out_mM, in_mM, z, entry.temperature_C)))


def carriers_of(entry: Entry, settings: CellSettings) -> Carriers | None:
    """Permeant ions of the experiment as they lie on both sides; None where nothing could carry a current."""
    experiment = settings.experiments[entry.experiment]
    bath, pipette = settings.solutions[entry.bath], settings.solutions[entry.pipette]
    names = [name for name in (*experiment.permeant, *experiment.divalents) if bath.free(name) + pipette.free(name) > 0]
    if not names:
        return None
    return Carriers(
        tuple(bath.free(name) for name in names),
        tuple(pipette.free(name) for name in names),
        tuple(settings.ions[name].z for name in names),
        entry.temperature_C,
    )
