"""What passive currents of the declared ions cannot do: made-up recordings of a cell, with E_rev in mV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from reversal.experiment.measure_settings import Quality
from reversal.measure.iv.points import Points
from reversal.measure.quality.cell_recording import CellRecording
from reversal.measure.quality.ion_checks import cell_beyond_ions, leak_beyond_current, shift_beyond_ions
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.reversal.ohmic_leak import OhmicLeak
from reversal.measure.voltage.nernst_prediction import IonPotential, IonRange, Prediction, largest_shift_mV
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.tables.reversals_table import LeakSource
from tests.measure.quality.test_cell_check_numbers import THERMAL_mV, one

LIMITS = Quality()
CHARGES = {"K": 1, "Na": 1, "Ca": 2, "Cl": -1}
INSIDE = {"K": 140.0, "Na": 10.0, "Cl": 150.0}
SERIES_mM = (2.5, 5.0, 10.0, 20.0)


def ions(outside: Mapping[str, float], inside: Mapping[str, float] = INSIDE) -> IonRange:
    """Nernst potentials at 22 °C."""
    with np.errstate(divide="ignore"):
        potentials = [
            IonPotential(
                float(THERMAL_mV / CHARGES[ion] * np.log(np.divide(outside.get(ion, 0.0), inside.get(ion, 0.0)))),
                ion,
                CHARGES[ion],
                outside.get(ion, 0.0),
                inside.get(ion, 0.0),
            )
            for ion in {**outside, **inside}
        ]
    return IonRange(tuple(potentials))


def in_bath(k_mM: float, e_mV: float | None, own_mV: float = 0.2, junction_mV: float = 1.0) -> CellRecording:
    """A recording in a bath of K⁺ and Na⁺, 152 mM together."""
    found = ions({"K": k_mM, "Na": 152.0 - k_mM, "Cl": 152.0})
    nernst_mV = THERMAL_mV * float(np.log(k_mM / 140.0))
    budget = Budget(own_mV, 0.0, 0.0, junction_mV, 0.3, 0.0, None, None, None, None)
    return one(
        f"K{k_mM}",
        f"K{k_mM}",
        e_mV,
        own_mV,
        prediction=Prediction("K", 1, k_mM, 140.0, nernst_mV),
        ions=found,
        budget=budget,
    )


def series(values_mV: Sequence[float | None], **changes: float) -> list[CellRecording]:
    return [in_bath(k_mM, e_mV, **changes) for k_mM, e_mV in zip(SERIES_mM, values_mV, strict=False)]


def selective(p_na: float, shift_mV: float = 0.0) -> list[float]:
    """E_rev of a channel with this P_Na/P_K, by Goldman, Hodgkin and Katz."""
    k_mM = np.array(SERIES_mM)
    return list(THERMAL_mV * np.log((k_mM + p_na * (152.0 - k_mM)) / (140.0 + p_na * 10.0)) + shift_mV)


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        ({"K": 5.0, "Na": 145.0}, {"K": 10.0, "Na": 140.0}, np.log(140 / 145), np.log(2)),
        ({"K": 10.0, "Na": 140.0}, {"K": 5.0, "Na": 145.0}, -np.log(2), np.log(145 / 140)),
        ({"K": 5.0, "Ca": 1.0}, {"K": 5.0, "Ca": 10.0}, 0.0, np.log(10)),  # as if it were monovalent
        ({"K": 5.0, "Cl": 100.0}, {"K": 10.0, "Cl": 10.0}, 0.0, np.log(20)),  # a cation and an anion
        ({"K": 5.0, "Na": 145.0}, {"K": 5.0, "Na": 145.0}, 0.0, 0.0),
        ({"K": 5.0}, {"K": 5.0, "Na": 145.0}, 0.0, np.inf),
        ({"K": 5.0, "Na": 145.0}, {"K": 5.0}, -np.inf, 0.0),
    ],
)
def test_the_largest_shift_is_that_of_the_ions_that_change(
    before: dict[str, float], after: dict[str, float], low: float, high: float
) -> None:
    found = largest_shift_mV(ions(before), ions(after), 22.0)
    assert found == pytest.approx((THERMAL_mV * low, THERMAL_mV * high))


def test_no_permeabilities_move_e_rev_farther_than_the_largest_shift() -> None:
    """Mixtures of monovalent ions, an anion and a divalent, in random baths and cells."""
    random = np.random.default_rng(11)
    z = np.array(list(CHARGES.values()))
    near = 0.0
    for _ in range(100):
        before, after, inside = (dict(zip(CHARGES, 10.0 ** random.uniform(-1, 2, 4), strict=True)) for _ in range(3))
        low, high = largest_shift_mV(ions(before, inside), ions(after, inside), 22.0)
        p = 10.0 ** random.uniform(-3, 3, (50, 4))
        was, now = (ghk_voltage_mV(p, list(out.values()), list(inside.values()), z, 22.0) for out in (before, after))
        assert np.all((now - was > low - 1e-6) & (now - was < high + 1e-6))
        near = max(near, float(np.max((now - was - low) / (high - low))))
    assert near > 0.9  # the bound is not merely wide


def test_an_electrode_that_drifts_moves_e_rev_beyond_the_ions() -> None:
    """Drift of 4 mV a bath: from 5 to 20 mM E_rev moves by 38.4 mV, E_K by 35.3 mV."""
    found = dict(shift_beyond_ions(series([-90.2, -74.1, -55.6, -35.7]), LIMITS))
    assert set(found) == {"K2.5", "K5.0", "K10.0", "K20.0"}
    assert not any(check.passed for check in found.values())
    check = found["K2.5"]
    assert check.finding.number == pytest.approx(38.4)
    assert check.finding.values["largest_mV"] == pytest.approx(THERMAL_mV * np.log(4.0))
    assert (check.finding.values["earlier"], check.finding.values["later"]) == ("K5.0", "K20.0")


@pytest.mark.parametrize("p_na", [0.0, 0.01, 0.1, 1.0])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_channel_of_any_selectivity_passes(p_na: float, backwards: bool) -> None:
    recordings = series(selective(p_na))
    checked = list(shift_beyond_ions(recordings[::-1] if backwards else recordings, LIMITS))
    assert len(checked) == 4
    assert all(check.passed for _, check in checked)


def test_the_shift_may_exceed_that_of_the_ions_by_four_standard_errors() -> None:
    def passed(beyond_mV: float, own_mV: float) -> bool:
        e_mV = THERMAL_mV * float(np.log(2.0)) - 90.0 + beyond_mV
        return all(check.passed for _, check in shift_beyond_ions(series([-90.0, e_mV], own_mV=own_mV), LIMITS))

    assert (passed(1.4, 0.01), passed(1.5, 0.01)) == (True, False)  # 1 % of two concentrations
    assert (passed(5.7, 1.0), passed(6.0, 1.0)) == (True, False)


def test_recordings_that_cannot_be_compared_have_no_shift() -> None:
    first, second = series([-90.0, -60.0])
    assert list(shift_beyond_ions([first, replace(second, condition="drug")], LIMITS)) == []
    assert list(shift_beyond_ions([first, replace(second, temperature_C=25.0)], LIMITS)) == []
    assert list(shift_beyond_ions([first, replace(second, estimate=None)], LIMITS)) == []
    assert list(shift_beyond_ions([first, replace(second, ions=None)], LIMITS)) == []


def test_an_offset_of_the_amplifier_shows_in_all_baths_together() -> None:
    """15 pA at the amplifier: each of the intervals of ± 2 mV is within 3 mV of E_K, their mean is 2.9 mV below it."""
    recordings = series([-105.2, -88.0, -70.1, -52.0])
    found = list(cell_beyond_ions(recordings, LIMITS))
    assert [name for name, _ in found] == ["K2.5", "K5.0", "K10.0", "K20.0"]
    assert all(not check.passed and check.finding.values["side"] == "below" for _, check in found)
    mean_mV = float(np.mean(np.array(selective(0.0)) - [-105.2, -88.0, -70.1, -52.0]))
    assert found[0][1].finding.number == pytest.approx(mean_mV)
    assert found[0][1].finding.limit == pytest.approx(2.33 * np.hypot(0.1, np.hypot(1.0, 0.3)), rel=1e-3)


@pytest.mark.parametrize(("shift_mV", "passed"), [(-1.0, True), (-2.3, True), (-2.6, False)])
def test_errors_that_the_recordings_share_are_no_offset(shift_mV: float, passed: bool) -> None:
    found = list(cell_beyond_ions(series(selective(0.0, shift_mV)), LIMITS))
    assert [check.passed for _, check in found] == [passed] * 4


def test_one_recording_between_the_ions_or_a_single_bath_is_not_beyond() -> None:
    assert list(cell_beyond_ions(series([-105.2, -88.0, -70.1, -49.0]), LIMITS)) == []
    assert list(cell_beyond_ions([in_bath(5.0, -95.0), in_bath(5.0, -95.0)], LIMITS)) == []


def test_errors_of_the_recordings_themselves_average() -> None:
    """Own errors of 2 mV and a known junction: 1.4 mV for the mean of two baths, 1 mV for that of four."""
    for count in (2, 4):
        recordings = series(selective(0.0, -4.0)[:count], own_mV=2.0, junction_mV=0.0)
        (_, check), *_ = cell_beyond_ions(recordings, LIMITS)
        assert check.finding.limit == pytest.approx(2.33 * np.hypot(2.0 / np.sqrt(count), 0.3), rel=1e-3)


def less_leak(seal_GOhm: float, current: float, k_mM: float = 5.0) -> CellRecording:
    """A potassium current of 0.5 nS, recorded at a fraction of its size, less the leak of a seal of 20 % error."""
    v = np.arange(-140.0, 1.0, 10.0)
    leak = OhmicLeak(LeakSource.SEAL, 1.0 / seal_GOhm, 0.2 / seal_GOhm, 0.0, 10.0)
    whole = current * (0.5 * (v + 85.0) + v / seal_GOhm)
    return replace(
        in_bath(k_mM, None), leak=leak, points=Points(v, whole - leak.current_pA(v), np.full(v.size, 0.3), 60)
    )


@pytest.mark.parametrize(("current", "stated", "passed"), [(1.0, 5.0, True), (1.0, 3.5, True), (0.1, 5.0, False)])
def test_a_leak_larger_than_the_current_is_not_that_of_the_cell(current: float, stated: float, passed: bool) -> None:
    """At a tenth of the gain the leak is larger than the current; the bath in which it is not has the same leak."""
    recordings = [less_leak(stated, current), less_leak(stated, current, 20.0)]
    found = dict(leak_beyond_current(recordings, LIMITS))
    assert {name: check.passed for name, check in found.items()} == {"K5.0": passed, "K20.0": passed}
    assert all(check.finding.values["side"] == "outward below" for check in found.values())


def test_a_seal_that_is_wrong_by_half_is_within_its_error() -> None:
    """The leak alone, of a seal of 7.5 GΩ where 5 GΩ are stated."""
    alone = less_leak(5.0, 1.0)
    assert alone.leak is not None
    left = Points(alone.points.v_mV, alone.points.v_mV * (1 / 7.5 - 1 / 5.0), alone.points.se_pA, 60)
    ((_, check),) = leak_beyond_current([replace(alone, points=left)], LIMITS)
    assert check.passed
    assert list(leak_beyond_current([replace(alone, leak=None)], LIMITS)) == []
