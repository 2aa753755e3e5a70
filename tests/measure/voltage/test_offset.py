"""Declared junction terms between command and membrane potential."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Junction
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import IonFacts
from reversal.measure.voltage.junction_correction import JunctionRefused, Offset, junction_offset
from reversal.measure.voltage.membrane_voltage import membrane_mV
from reversal.tables.findings.code import Code


def offset_of(junction: Junction, online_mV: float | None = None, **changes: Any) -> Offset:
    """Offset of a bath with 5 mM K and the pipette solution of the simulated rig."""
    rig = Rig()
    rig.baths = k_series(5, 40)
    settings = rig.settings(Experiment(junction=junction))
    entry = next(iter(settings.entries.values())).model_copy(update=changes)
    return junction_offset(entry, settings, online_mV)


def test_a_junction_that_the_rig_corrected_is_not_subtracted_again() -> None:
    found = offset_of(Junction(apply=False), 3.0, ljp_mV=7.0, zeroing_bath="K5")
    assert (found.zeroing_mV, found.reference_mV, found.sd_mV, found.online_mV) == (0.0, 0.0, 0.0, 0.0)
    assert found.measured is False
    assert found.total_mV == 0.0


def chloride_rig() -> Rig:
    """Baths with 150, 30 and 0 mM chloride, the rest gluconate."""
    rig = Rig()
    rig.baths = {
        "a": {"Na": 150.0, "Cl": 150.0},
        "b": {"Na": 150.0, "Cl": 30.0, "gluconate": 120.0},
        "c": {"Na": 150.0, "gluconate": 150.0},
    }
    return rig


def chloride_offset(recording: str, junction: Junction, **changes: Any) -> Offset:
    settings = chloride_rig().settings(Experiment(junction=junction))
    ions = {ion: IonFacts.of(ion_table()[ion]) for ion in settings.ions}
    settings = settings.model_copy(update={"ions": ions})
    return junction_offset(settings.entries[recording].model_copy(update=changes), settings)


@pytest.mark.parametrize("apply", [True, False])
def test_the_reference_electrode_moves_with_the_bath_whoever_corrected_the_junction(apply: bool) -> None:
    """A bare Ag/AgCl ground falls by (RT/F) ln 5 = 40.93 mV from 150 to 30 mM chloride at 22 °C."""
    junction = Junction(apply=apply, reference_electrode="ag_agcl")
    moved = chloride_offset("control_b", junction, zeroing_bath="a")
    assert moved.reference_mV == pytest.approx(-40.934, abs=0.001)
    assert (abs(moved.zeroing_mV) > 1.0) is apply
    assert moved.sd_mV == 1.0
    assert chloride_offset("control_b", junction, zeroing_bath="b").reference_mV == 0.0
    bridge = chloride_offset("control_b", Junction(apply=apply), zeroing_bath="a")
    assert 0.5 < abs(bridge.reference_mV) < 2.0


def test_a_correction_by_the_rig_before_a_bath_change_needs_the_zeroing_bath() -> None:
    """Without it, the voltage of all baths but one is wrong by up to 40.9 mV; with a salt bridge by 1.2 mV."""
    rigs = Junction(apply=False, reference_electrode="ag_agcl")
    with pytest.raises(JunctionRefused, match=r"zeroing bath is not declared.* up to 40\.9 mV.*zeroing_bath"):
        chloride_offset("control_b", rigs)
    with pytest.raises(JunctionRefused, match="needs chloride"):
        chloride_offset("control_c", rigs)
    assert chloride_offset("control_b", Junction(apply=False)).total_mV == 0.0


def test_an_estimated_mobility_adds_to_the_error_of_the_junction() -> None:
    """100 mM of PIPES²⁻ in the pipette: V_L at the ends of the range of its mobility, 0.30 ± 0.07."""
    rig = Rig()
    rig.baths = k_series(5)
    settings = rig.settings(Experiment())
    pipette = Solution(ions_mM={"K": 200.0, "PIPES2": 100.0})
    ions = {ion: IonFacts.of(ion_table()[ion]) for ion in ("K", "Na", "Cl", "PIPES2")}
    settings = settings.model_copy(update={"ions": ions, "solutions": {**settings.solutions, "pip": pipette}})
    entry = next(iter(settings.entries.values()))

    def zeroing_mV(mobility: float) -> float:
        facts = ions | {"PIPES2": IonFacts(z=-2, mobility=mobility)}
        return junction_offset(entry, settings.model_copy(update={"ions": facts})).zeroing_mV

    half = abs(zeroing_mV(0.37) - zeroing_mV(0.23)) / 2
    assert half > 1.0
    assert junction_offset(entry, settings).sd_mV == pytest.approx(math.hypot(1.0, half))
    assert junction_offset(entry.model_copy(update={"ljp_mV": 10.0}), settings).sd_mV <= 1.0  # measured


def test_an_undeclared_zeroing_bath_is_a_finding_with_its_size() -> None:
    """V_L of the two baths differs, and the pellet by 40.9 mV: the finding has the sum."""
    found = chloride_offset("control_b", Junction(reference_electrode="ag_agcl"))
    declared = chloride_offset("control_b", Junction(reference_electrode="ag_agcl"), zeroing_bath="a")
    (undeclared,) = found.findings
    assert undeclared.code is Code.ZEROING_BATH_UNDECLARED
    assert undeclared.number == pytest.approx(abs(declared.total_mV - found.total_mV))
    assert undeclared.number > 30.0
    assert declared.findings == ()
    assert offset_of(Junction()).findings == ()  # 5 and 40 mM K: V_L differs by less than 3 mV


def unused_offset(baths: Mapping[str, Mapping[str, float]], junction: Junction, **changes: Any) -> Offset:
    """Offset of the first bath; the solutions file has a bath of potassium gluconate that no recording has."""
    rig = Rig()
    rig.baths = {name: dict(ions) for name, ions in baths.items()}
    unused = {"Kglu": Solution(ions_mM={"K": 140.0, "Na": 10.0, "Cl": 20.0, "gluconate": 130.0})}
    ions = {ion: IonFacts.of(ion_table()[ion]) for ion in ("K", "Na", "Cl", "gluconate")}
    settings = rig.settings(Experiment(junction=junction)).model_copy(update={"ions": ions, "unused_solutions": unused})
    return junction_offset(next(iter(settings.entries.values())).model_copy(update=changes), settings)


@pytest.mark.parametrize(
    "junction",
    [
        Junction(reference_electrode="salt_bridge_3M_KCl"),
        Junction(apply=False, reference_electrode="ag_agcl"),
    ],
)
def test_a_solution_of_no_recording_may_be_the_zeroing_bath_of_a_series(junction: Junction) -> None:
    """V_L of a chloride pipette changes by more than 10 mV; an Ag/AgCl ground by (RT/F) ln 7.5 = 51.2 mV at 22 °C."""
    (found,) = unused_offset(k_series(5, 40), junction).findings
    declared = unused_offset(k_series(5, 40), junction, zeroing_bath="Kglu")
    assert found.code is Code.ZEROING_BATH_UNDECLARED
    assert found.number == pytest.approx(abs(declared.total_mV - unused_offset(k_series(5), junction).total_mV))
    assert found.number is not None
    assert found.number > 10.0 if junction.apply else found.number == pytest.approx(51.2, abs=0.1)
    assert declared.findings == ()


def test_a_solution_of_no_recording_is_no_finding_where_the_bath_stays() -> None:
    assert unused_offset(k_series(5), Junction()).findings == ()


def test_a_measured_junction_replaces_the_computed_one_with_a_smaller_error() -> None:
    found = offset_of(Junction(), ljp_mV=7.0)
    assert (found.zeroing_mV, found.sd_mV, found.measured) == (7.0, 0.5, True)
    assert offset_of(Junction(sd_mV=0.2), ljp_mV=7.0).sd_mV == 0.2
    computed = offset_of(Junction(sd_mV=1.4))
    assert (computed.sd_mV, computed.measured, computed.reference_mV) == (1.4, False, 0.0)


def test_a_correction_by_the_rig_is_not_applied_again() -> None:
    assert offset_of(Junction(), 3.0, ljp_mV=7.0).total_mV == pytest.approx(4.0)
    assert offset_of(Junction(), None, ljp_mV=7.0).total_mV == pytest.approx(7.0)


def test_a_bare_silver_electrode_follows_chloride_from_the_zeroing_bath() -> None:
    """Ag/AgCl shifts by −(RT/F) ln of the chloride ratio; RT/F is 25.4336 mV at 22 °C. No electrode, no term."""
    rig = Rig()
    rig.baths = {"a": {"K": 5.0, "Na": 145.0, "Cl": 150.0}, "b": {"K": 5.0, "Na": 145.0, "Cl": 15.0, "HCO3": 135.0}}
    for electrode, size in (("ag_agcl", 25.4336 * math.log(10.0)), ("none", 0.0)):
        settings = rig.settings(Experiment(junction=Junction(reference_electrode=electrode)))
        entry = settings.entries["control_b"].model_copy(update={"zeroing_bath": "a", "ljp_mV": 2.0})
        found = junction_offset(entry, settings)
        assert abs(found.reference_mV) == pytest.approx(size, rel=1e-4)
        assert found.zeroing_mV == 2.0
        same = entry.model_copy(update={"zeroing_bath": "b"})
        assert junction_offset(same, settings).reference_mV == 0.0


def test_membrane_potential_is_command_minus_junctions_and_series_resistance_error() -> None:
    """−60 − (7 − 3) − (−2) − 500 pA · 4 MΩ = −64 mV."""
    offset = Offset(7.0, -2.0, 1.0, online_mV=3.0)
    command, current = np.array([-60.0]), np.array([500.0])
    assert membrane_mV(command, current, offset, 4.0) == pytest.approx([-64.0])
    assert membrane_mV(command, current, offset, None) == pytest.approx([-62.0])


def test_an_undeclared_ground_is_a_finding_where_chloride_changes() -> None:
    """A bare electrode falls by 40.93 mV from 150 to 30 mM chloride; a 3 M KCl bridge moves by less than 4 mV."""
    undeclared = chloride_offset("control_b", Junction(), zeroing_bath="a")
    bridge = chloride_offset("control_b", Junction(reference_electrode="salt_bridge_3M_KCl"), zeroing_bath="a")
    assert undeclared.total_mV == bridge.total_mV
    assert undeclared.undeclared_ground_mV == pytest.approx(40.93 + bridge.reference_mV, abs=0.01)
    assert abs(bridge.reference_mV) < 4.0
    assert Code.GROUND_UNDECLARED in {one.code for one in undeclared.findings}
    assert bridge.undeclared_ground_mV == 0.0
    assert chloride_offset("control_b", Junction(apply=False), zeroing_bath="a").undeclared_ground_mV > 36.0


def test_an_undeclared_ground_is_no_finding_where_chloride_stays() -> None:
    found = chloride_offset("control_a", Junction(), zeroing_bath="a")
    assert found.undeclared_ground_mV == 0.0
    assert found.findings == ()


def test_a_bath_without_chloride_counts_as_saturated_with_silver_chloride() -> None:
    """0.0134 mM from the solubility product of AgCl, 1.8e-10 M² (CRC Handbook): 237.2 mV below 150 mM at 22 °C."""
    found = chloride_offset("control_c", Junction(reference_electrode="salt_bridge_3M_KCl"), zeroing_bath="a")
    undeclared = chloride_offset("control_c", Junction(), zeroing_bath="a")
    step_mV = 25.4345 * math.log(150.0 / 0.0134)
    assert undeclared.undeclared_ground_mV == pytest.approx(step_mV + found.reference_mV, abs=0.1)
