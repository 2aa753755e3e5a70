"""Models refuse values outside their ranges when they are made, and name model, field and range."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest

import reversal.atlas.systems
from reversal.atlas.systems.chloride import TransportConditions
from reversal.atlas.systems.dendrite import steady_dendrite
from reversal.atlas.systems.driving import ohmic_current_pA
from reversal.atlas.systems.endosome import Endosome, acidify
from reversal.atlas.systems.potassium import Clearance, Firing, clear_potassium, resting_mV, spatial_buffering
from reversal.atlas.systems.pump_leak import PumpLeakCell, run, rundown_time_s, steady_state
from reversal.atlas.systems.transporters import ion_motive_force_mV
from reversal.errors import DomainError

NAN, INF = float("nan"), float("inf")


def models() -> Iterator[type]:
    """Every class of the systems that people fill with numbers: a dataclass with a number as a default."""
    for module in pkgutil.iter_modules(reversal.atlas.systems.__path__):
        named = importlib.import_module(f"reversal.atlas.systems.{module.name}")
        for kind in vars(named).values():
            own = isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == named.__name__
            if own and any(isinstance(field.default, float) for field in fields(kind)):
                yield kind


def required(model: type) -> dict[str, float]:
    return {field.name: 1.0 for field in fields(model) if field.default is MISSING}


FIELDS = [(model, field.name) for model in models() for field in fields(model)]


def test_the_models_are_found() -> None:
    assert {model.__name__ for model in models()} >= {
        "PumpLeakCell",
        "Endosome",
        "TransportConditions",
        "Clearance",
        "Firing",
    }


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda part: getattr(part, "__name__", part))
@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_no_field_takes_what_is_no_number(model: type, name: str, value: float) -> None:
    default = next(field.default for field in fields(model) if field.name == name)
    wrong: Any = (value, *default[1:]) if isinstance(default, tuple) else value
    with pytest.raises(DomainError, match=rf"{model.__name__}\.{name} is outside its range.*Expected: a"):
        model(**{**required(model), name: wrong})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PumpLeakCell(temperature_C=310.0), r"PumpLeakCell.temperature_C .*Is 310 kelvin\? 36.85 °C"),
        (lambda: PumpLeakCell(pump_max_pA=-120.0), "PumpLeakCell.pump_max_pA is outside its range. Found: -120.0"),
        (lambda: PumpLeakCell(g_na_nS=-1.0), "PumpLeakCell.g_na_nS is outside its range. Found: -1.0"),
        (lambda: PumpLeakCell(volume_pL=0.0), "PumpLeakCell.volume_pL is outside its range. Found: 0.0"),
        (lambda: PumpLeakCell(outside_mM=(145.0, 5.0, 100.0)), r"not electroneutral. Found: '\+50 mM"),
        (lambda: PumpLeakCell(outside_mM=(0.145, 0.005, 0.15)), "differ too much in osmolarity.*mol/L"),
        (
            lambda: PumpLeakCell(outside_mM=(0.145, 0.005, 0.15), water_pL_per_s_mOsm=0.0),
            "differ too much in osmolarity.*at most 500 times.*mol/L",
        ),
        (lambda: PumpLeakCell(start_mM=(0.012, 0.14)), "no chloride at the start"),
        (lambda: PumpLeakCell(start_mM=(0.012, 0.14), impermeant_fmol=0.1), "differ too much in osmolarity.*mol/L"),
        (lambda: PumpLeakCell(outside_volume_pL=0.05), "outside_volume_pL is not above its minimum volume"),
        (lambda: PumpLeakCell(outside_min_fraction=0.0), "PumpLeakCell.outside_min_fraction"),
        (lambda: PumpLeakCell(outside_min_fraction=1.0), "PumpLeakCell.outside_min_fraction"),
        (lambda: Endosome(chloride_fS=-1.0), "Endosome.chloride_fS is outside its range. Found: -1.0"),
        (lambda: Endosome(radius_um=0.0), "Endosome.radius_um is outside its range. Found: 0.0"),
        (lambda: Endosome(temperature_C=310.0), "Endosome.temperature_C.*kelvin"),
        (lambda: Endosome(atp_kJ_per_mol=-57.0), "Endosome.atp_kJ_per_mol.*without the minus sign"),
        (lambda: TransportConditions(k_in_mM=0.0), "TransportConditions.k_in_mM"),
        (lambda: TransportConditions(temperature_C=310.0), "TransportConditions.temperature_C.*kelvin"),
        (lambda: Clearance(-2.0), "Clearance.max_mM_per_s"),
        (lambda: Clearance(2.0, half_mM=0.0), "Clearance.half_mM"),
        (lambda: Firing(6.0, width_mV=0.0), "Firing.width_mV"),
    ],
)
def test_model_outside_its_range_is_refused_when_it_is_made(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        make()


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda: run(PumpLeakCell(), NAN), "duration"),
        (lambda: run(PumpLeakCell(), INF), "duration_s"),
        (lambda: run(PumpLeakCell(), 10.0, pump=NAN), "active fraction of the pumps"),
        (lambda: run(PumpLeakCell(), 10.0, pump=lambda t: 1.0 if t < 1 else 1.5), "active fraction of the pumps"),
        (lambda: steady_state(PumpLeakCell(), pump=-0.1), "active fraction of the pumps"),
        (lambda: steady_state(PumpLeakCell(), settle_s=NAN), "settle_s"),
        (lambda: rundown_time_s(2.0, 100.0, 0.0), "leak_pA"),
        (lambda: acidify(Endosome(), INF), "duration_s"),
        (lambda: clear_potassium(lambda _t: 1.0, -5.0, Clearance(2.0)), "duration_s"),
        (lambda: resting_mV(3.0, 0.05, 310), "kelvin"),
        (lambda: resting_mV(3.0, 0.05, 37, NAN), "k_in_mM"),
        (lambda: Firing(6.0).activity(NAN), "v_mV"),
        (lambda: Clearance(2.0).rate_mM_per_s(NAN), "k_out_mM"),
        (lambda: spatial_buffering([0, 1, 2], [3, 3, 3], 1, diffusion_um2_per_s=-700.0), "diffusion_um2_per_s"),
        (lambda: spatial_buffering([0, 1, 2], [3, 3, 3], 1, uptake_mM_per_s_mV=-0.05), "uptake_mM_per_s_mV"),
        (lambda: spatial_buffering([0, 1, 2], [3, 3, NAN], 1), "start_mM"),
        (lambda: ohmic_current_pA(-1.0, -70, -90), "g_nS"),
        (lambda: ion_motive_force_mV(-70, 1, 1, 37, z=0), "charge number z"),
        (
            lambda: steady_dendrite(
                [0, 1, 2],
                5.0,
                0.1,
                cl_out_mM=135,
                rest_mV=NAN,
                rest_nS_per_um=0.02,
                axial_nS_um=300,
                temperature_C=37,
            ),
            "rest_mV",
        ),
    ],
)
def test_arguments_of_models_outside_their_range_are_refused(compute: Callable[[], object], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        compute()


def test_a_walled_cell_in_pond_water_is_allowed() -> None:
    """1 mM of NaCl and 0.1 mM of KCl outside, 300 mOsm inside, and no water flow."""
    pond = PumpLeakCell(outside_mM=(1.0, 0.1, 1.1), water_pL_per_s_mOsm=0.0)
    assert run(pond, 1.0).v_mV[-1] < -100
