"""Cases of the voltage axis: the errors of junction and thermometer."""

from __future__ import annotations

import numpy as np

from reversal.calibration.constant_cases.case import Answers, Known, exactly, turning
from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Junction
from reversal.experiment.step_settings import IonFacts
from reversal.measure.assessment import beyond_ions
from reversal.measure.given_values import entered_reversal
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.voltage.junction_correction import Offset, junction_offset
from reversal.measure.voltage.nernst_prediction import IonPotential, IonRange
from reversal.measure.voltage.thermometer_error import nernst_sd_mV
from reversal.tables.estimates_table import Estimator


def a_measured_junction_potential() -> Answers:
    """A junction potential that the user measured is known to 0.5 mV, a computed one to 1 mV."""
    settings = Rig().settings(Experiment())
    entry = next(iter(settings.entries.values()))
    measured = junction_offset(entry.model_copy(update={"ljp_mV": 4.0}), settings)
    return {
        "measured_mV": exactly(measured.sd_mV, 0.5),
        "computed_mV": exactly(junction_offset(entry, settings).sd_mV, 1.0),
    }


def error_of_a_thermometer() -> Answers:
    """Half a degree moves −90 mV at 20 °C by 0.5 · 90/293.15 mV."""
    return {"sd_mV": exactly(nernst_sd_mV(-90.0, 20.0), 0.5 * 90.0 / 293.15)}


def an_undeclared_zeroing_bath() -> Answers:
    """Change of the junction correction by another zeroing bath that is reported."""
    changes = (1.0, 1.4, 1.6, 2.9, 3.1, 5.9, 6.1)
    reported = turning(changes, lambda mV: Offset(0.0, 0.0, 0.0, undeclared_mV=mV).findings)
    return {"change_mV": exactly(reported, 3.1)}


def an_undeclared_ground_without_chloride() -> Answers:
    """AgCl keeps 0.0134 mM of chloride in a bath without any: (RT/F) ln(150/0.0134) above a bridge at 22 °C."""
    rig = Rig()
    rig.baths = {"a": {"Na": 150.0, "Cl": 150.0}, "c": {"Na": 150.0, "gluconate": 150.0}}
    settings = rig.settings(Experiment())
    settings = settings.model_copy(update={"ions": {ion: IonFacts.of(ion_table()[ion]) for ion in settings.ions}})
    entry = settings.entries["control_c"].model_copy(update={"zeroing_bath": "a"})
    offset = junction_offset(entry, settings)
    step_mV = offset.undeclared_ground_mV - offset.reference_mV
    return {"step_mV": Known(step_mV, 25.4345 * float(np.log(150.0 / 0.0134)), 0.1)}


def a_reversal_beyond_all_ions() -> Answers:
    """Distance below E_K of the end of the interval that no passive current explains."""
    ions = IonRange((IonPotential(-90.0, "K"), IonPotential(60.0, "Na")))
    distances = (1.0, 1.4, 1.6, 2.9, 3.1, 5.9, 6.1)
    reported = turning(distances, lambda mV: beyond_ions(_estimate(-91.0 - mV), _budget(-90.0 - mV), ions))
    return {"distance_mV": exactly(reported, 3.1)}


def _estimate(e_mV: float) -> Estimate:
    return Estimate(e_mV, e_mV - 1.0, e_mV + 1.0, 0.5, Estimator.SMOOTH_CURVE, None)


def _budget(high_mV: float) -> Budget:
    return Budget(0.5, 0.0, 0.0, 0.0, 0.0, 0.0, high_mV - 2.0, high_mV, high_mV - 2.0, high_mV)


def an_entered_reversal_potential() -> Answers:
    """A reversal potential that is entered without an error has one of 1 mV."""
    settings = Rig().settings(Experiment(junction=Junction(apply=False, reference_electrode="none")))
    entry = next(iter(settings.entries.values())).model_copy(update={"e_rev_mV": -80.0})
    return {"sd_mV": exactly(entered_reversal(entry, settings).sd_mV, 1.0)}


CASES = (
    a_measured_junction_potential,
    error_of_a_thermometer,
    an_undeclared_zeroing_bath,
    an_undeclared_ground_without_chloride,
    a_reversal_beyond_all_ions,
    an_entered_reversal_potential,
)
