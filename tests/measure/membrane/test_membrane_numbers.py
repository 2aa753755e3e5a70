"""The membrane test on exact charging currents: values by Ohm's law, errors by Student's t."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from reversal.measure.membrane.membrane_test import MembraneTest, membrane_test, without_transient
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Telegraph
from tests.measure.made_recordings import recording, steps
from tests.measure.membrane.charging_currents import PER_MS, charging, response

BEFORE, LENGTH, AFTER, LATER = 400, 600, 600, 100
LAG = 0.4  # samples


def membrane_of(
    cells: list[tuple[float, float, float]],
    change_mV: float = -10.0,
    noise_pA: float = 0.0,
    lowpass_Hz: float | None = 4000.0,
    **changes: Any,
) -> MembraneTest:
    """Test of sweeps, one for each (R_s, C_m, R_m), with the step before a family of large steps."""
    total = BEFORE + LENGTH + AFTER + LATER
    t = np.arange(total) - BEFORE - LAG
    rows = np.array(
        [change_mV * (charging(t, *cell) - charging(t - LENGTH, *cell)) for cell in cells]
    ) + noise_pA * np.random.default_rng(1).standard_normal((len(cells), total))
    rows[:, -LATER:] += 500.0
    commands = [
        steps((-80.0, BEFORE), (-80.0 + change_mV, LENGTH), (-80.0, AFTER), (v, LATER))
        for v in np.linspace(-20.0, 40.0, len(cells)).tolist()
    ]
    telegraph = Telegraph(lowpass_Hz=lowpass_Hz)
    found = membrane_test(Sweeps.of(recording(rows, commands, 1000.0 * PER_MS, telegraph, **changes)))
    assert found is not None
    return found


CELLS = {"fast": (5.0, 20.0, 500.0), "slow": (20.0, 40.0, 300.0), "leaky": (15.0, 30.0, 60.0)}


@pytest.mark.parametrize("change_mV", [-10.0, 5.0])
@pytest.mark.parametrize("cell", CELLS)
def test_resistances_and_capacitance_of_an_exact_current(cell: str, change_mV: float) -> None:
    rs, cm, rm = CELLS[cell]
    found = membrane_of([CELLS[cell]] * 5, change_mV, 0.1)
    assert found.rs_MOhm is not None
    assert found.cm_pF is not None
    assert found.rm_MOhm is not None
    assert found.rs_MOhm.value == pytest.approx(rs, rel=0.01)
    assert found.cm_pF.value == pytest.approx(cm, rel=0.01)
    assert found.rm_MOhm.value == pytest.approx(rm, rel=0.01)
    assert found.tau_ms == pytest.approx(cm * rs * rm / (rs + rm) / 1000.0, rel=0.02)
    assert found.taus_ms == pytest.approx((found.tau_ms,))
    assert (found.exponentials, found.slow_fraction) == (1, None)


def test_error_is_students_t_of_the_values_of_the_sweeps() -> None:
    """Defined as the half width of the 95 % interval over 1.96, here for five sweeps."""
    rng = np.random.default_rng(2)
    each = [(10.0 + rng.normal(0, 0.8), 30.0 + rng.normal(0, 2.0), 400.0 + rng.normal(0, 40.0)) for _ in range(5)]
    found = membrane_of(each)
    quantile = student.ppf(0.975, 4) / 1.96
    for one, values in zip((found.rs_MOhm, found.cm_pF, found.rm_MOhm), zip(*each, strict=True), strict=True):
        assert one is not None
        assert one.value == pytest.approx(np.mean(values), rel=0.02)
        assert one.se == pytest.approx(quantile * np.std(values, ddof=1) / np.sqrt(5), rel=0.12)
    assert found.by_sweep_MOhm == pytest.approx([rs for rs, _, _ in each], rel=0.03)


def test_sweeps_with_a_larger_step_weigh_more() -> None:
    """Steps of a family to −100 and −90 mV from −80 mV: weights 0.8 and 0.2 of the squared heights, and so on."""
    levels = np.array([-100.0, -90.0, -70.0, -60.0, 0.0])
    rs = np.array([12.0, 9.0, 9.0, 10.0, 10.0])
    t = np.arange(BEFORE + LENGTH) - BEFORE - LAG
    rows = np.array([(v + 80.0) * charging(t, one, 30.0, 400.0) for v, one in zip(levels, rs, strict=True)])
    commands = [steps((-80.0, BEFORE), (v, LENGTH)) for v in levels.tolist()]
    made = recording(rows, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=4000.0))
    found = membrane_test(Sweeps.of(made))
    assert found is not None
    assert found.rs_MOhm is not None
    weights = np.array([400.0, 100.0, 100.0, 400.0]) / 1000.0
    assert found.rs_MOhm.value == pytest.approx(weights @ rs[:4], rel=0.01)
    alike = 1.0 / (weights @ weights)  # sweeps of equal weight
    spread = np.sqrt((weights**2 @ (rs[:4] - weights @ rs[:4]) ** 2) * alike / (alike - 1.0))
    assert found.rs_MOhm.se == pytest.approx(student.ppf(0.975, alike - 1.0) / 1.96 * spread, rel=0.1)


def test_one_sweep_with_most_of_the_weight_gives_no_test() -> None:
    """Steps of 30 and 14 mV: the larger one has 82 % of the squares; with 15 mV, 80 %."""
    t = np.arange(BEFORE + LENGTH) - BEFORE - LAG
    for smaller, known in ((14.0, False), (15.1, True)):
        levels = [-110.0, -80.0 - smaller, 0.0]
        rows = np.array([(v + 80.0) * charging(t, 10.0, 30.0, 400.0) for v in levels])
        commands = [steps((-80.0, BEFORE), (v, LENGTH)) for v in levels]
        made = recording(rows, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=4000.0))
        assert (membrane_test(Sweeps.of(made)) is not None) is known


def test_without_the_filter_the_first_samples_are_left_out() -> None:
    """A time constant well above the 16 samples that are left out is found; the lag is known to 3 samples alone."""
    cell = (50.0, 60.0, 800.0)
    found = membrane_of([cell] * 5, noise_pA=0.05, lowpass_Hz=None)
    assert found.rs_MOhm is not None
    assert found.cm_pF is not None
    assert found.rs_MOhm.value == pytest.approx(50.0, abs=2.0 * found.rs_MOhm.se)
    assert found.cm_pF.value == pytest.approx(60.0, abs=2.0 * found.cm_pF.se)
    # 3 samples of 0.15 ms each of the 57 of the time constant
    assert found.rs_MOhm.se == pytest.approx(50.0 * 3.0 / 57.0, rel=0.5)
    assert membrane_of([(10.0, 20.0, 800.0)] * 5, noise_pA=0.05, lowpass_Hz=None).rs_MOhm is None


def test_a_filter_above_half_of_the_sample_rate_is_as_good_as_none() -> None:
    cell = (10.0, 20.0, 800.0)
    assert membrane_of([cell] * 5, lowpass_Hz=10001.0).rs_MOhm is None
    assert membrane_of([cell] * 5, lowpass_Hz=9000.0).rs_MOhm is not None


def test_resistance_above_100_MOhm_or_a_membrane_below_half_of_the_step_is_no_cell() -> None:
    for rs, known in ((95.0, True), (106.0, False)):
        assert (membrane_of([(rs, 20.0, 900.0)] * 5, noise_pA=0.01).rs_MOhm is not None) is known
    for rm, known in ((32.0, True), (28.0, False)):
        assert (membrane_of([(30.0, 60.0, rm)] * 5, noise_pA=0.01).rs_MOhm is not None) is known


def test_a_clipped_step_gives_the_input_resistance_alone() -> None:
    """From the last quarter of the step; the unknown R_s adds 10 MΩ to its error."""
    rng = np.random.default_rng(3)
    each = [(10.0, 30.0, 400.0 + rng.normal(0, 40.0)) for _ in range(5)]
    plain = membrane_of(each)
    peak = 10.0 * float(np.abs(charging(np.arange(60.0), *each[0])).max())
    clipped = membrane_of(each, limit_pA=0.9 * peak)
    assert (clipped.rs_MOhm, clipped.cm_pF, clipped.tau_ms, clipped.exponentials) == (None, None, None, 0)
    assert clipped.rm_MOhm is not None
    conductances = np.array([1000.0 / (rs + rm) for rs, _, rm in each])
    assert clipped.rm_MOhm.value == pytest.approx(1000.0 / conductances.mean(), rel=1e-3)
    se = student.ppf(0.975, 4) / 1.96 * conductances.std(ddof=1) / np.sqrt(5) * 1000.0 / conductances.mean() ** 2
    assert clipped.rm_MOhm.se == pytest.approx(np.hypot(se, 10.0), rel=1e-2)
    assert plain.rm_MOhm is not None
    assert without_transient(plain) == MembraneTest(None, None, plain.rm_MOhm)


def test_input_resistance_is_the_change_of_current_from_before_the_step_to_its_end() -> None:
    """Baselines differ between sweeps; the current at the end of the step is read in its last quarter."""
    total = BEFORE + LENGTH + 300 + LATER
    rows = np.zeros((4, total))
    rows += np.array([5.0, -20.0, 60.0, 0.0])[:, None]
    rows[:, BEFORE : BEFORE + LENGTH] -= 30.0
    rows[:, BEFORE + 450 : BEFORE + LENGTH] += 10.0
    rows[:, : BEFORE // 2] += 1000.0  # only the second half before the step counts
    rows += 0.01 * np.random.default_rng(1).standard_normal(rows.shape)
    commands = [steps((-80.0, BEFORE), (-90.0, LENGTH), (-80.0, 300), (v, LATER)) for v in (-20.0, 0.0, 20.0, 40.0)]
    found = membrane_test(Sweeps.of(recording(rows, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=4000.0))))
    assert found is not None
    assert found.rs_MOhm is None
    assert found.rm_MOhm is not None
    assert found.rm_MOhm.value == pytest.approx(1000.0 * 10.0 / 20.0, rel=1e-3)
    flat = np.random.default_rng(1).standard_normal(rows.shape)
    none = membrane_test(Sweeps.of(recording(flat, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=4000.0))))
    assert none is not None
    assert none.rm_MOhm is None


def short_step(length: int, lowpass_Hz: float | None) -> MembraneTest | None:
    """A step of so many samples, directly before the family, of a cell with a time constant of 1 ms (20 samples)."""
    t = np.arange(BEFORE + length + LATER) - BEFORE - LAG
    row = -10.0 * charging(t, 50.0, 21.0, 1000.0)
    row[-LATER:] += 300.0
    rows = row + 0.01 * np.random.default_rng(1).standard_normal((5, row.size))
    commands = [steps((-80.0, BEFORE), (-90.0, length), (v, LATER)) for v in (-40.0, -20.0, 0.0, 20.0, 40.0)]
    return membrane_test(Sweeps.of(recording(rows, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=lowpass_Hz))))


@pytest.mark.parametrize(
    ("lowpass_Hz", "length", "fitted"),
    [
        (4000.0, 25, False),
        (4000.0, 26, True),
        (2000.0, 35, False),
        (2000.0, 36, True),
        (None, 89, False),
        (None, 90, True),
    ],
)
def test_a_fitted_step_has_16_samples_more_than_two_periods_and_four_times_what_is_left_out(
    lowpass_Hz: float | None, length: int, fitted: bool
) -> None:
    """A period of 4 kHz is 5 samples at 20 kHz; without a filter it is taken for 5, and 16 samples are left out."""
    found = short_step(length, lowpass_Hz)
    assert found is not None
    assert (found.exponentials > 0) is fitted


def test_a_step_of_less_than_16_samples_gives_no_test() -> None:
    assert short_step(15, 4000.0) is None
    assert short_step(16, 4000.0) is not None


def test_two_compartments_have_their_fraction_of_the_charge_and_a_mean_time_constant() -> None:
    """Charges of 60 and 30 pF with 1 and 3 ms, in sweeps that differ in size by a factor of almost two."""
    total = BEFORE + LENGTH + AFTER + LATER
    t, sizes = np.arange(total) - BEFORE - LAG, np.array([0.7, 0.9, 1.0, 1.1, 1.3])
    parts = [(60.0 * PER_MS, 1.0 * PER_MS), (30.0 * PER_MS, 3.0 * PER_MS)]
    one = response(t, 2.0, parts, 5.0) - response(t - LENGTH, 2.0, parts, 5.0)
    rows = -10.0 * sizes[:, None] * one + 0.05 * np.random.default_rng(1).standard_normal((5, total))
    rows[:, -LATER:] += 500.0
    commands = [
        steps((-80.0, BEFORE), (-90.0, LENGTH), (-80.0, AFTER), (v, LATER)) for v in (-40.0, -20.0, 0.0, 20.0, 40.0)
    ]
    found = membrane_test(Sweeps.of(recording(rows, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=4000.0))))
    assert found is not None
    assert found.exponentials == 2
    assert found.slow_fraction == pytest.approx(1 / 3, rel=0.02)
    assert found.taus_ms == pytest.approx((1.0, 3.0), rel=0.02)
    assert found.tau_ms == pytest.approx(2 / 3 * 1.0 + 1 / 3 * 3.0, rel=0.02)
    start = 2.0 + 60.0 / 1.0 + 30.0 / 3.0  # nS: conductance at the step, 1/R_s
    rs = 1000.0 / start
    assert found.rs_MOhm is not None
    assert found.cm_pF is not None
    assert found.rm_MOhm is not None
    assert found.rs_MOhm.value == pytest.approx(rs, rel=0.05)
    left = 1.0 - 2.0 / start
    assert found.cm_pF.value == pytest.approx(90.0 / left**2, rel=0.02)
    assert found.rm_MOhm.value == pytest.approx(1000.0 * left / 2.0, rel=0.02)


@pytest.mark.parametrize(("slow_nS", "of_channels"), [(1.6, True), (2.4, False)])
def test_a_relaxation_slower_than_charging_belongs_to_the_channels(slow_nS: float, of_channels: bool) -> None:
    """A conductance that falls with 9 ms to 2 nS: R_m is that at the start of the step.

    What starts with more conductance than it leaves is no channel, and as slow as this no charging current.
    """
    total = BEFORE + LENGTH + LATER
    t = np.arange(total) - BEFORE - LAG
    parts = [(40.0 * PER_MS, 1.0 * PER_MS), (slow_nS * 9.0 * PER_MS, 9.0 * PER_MS)]
    rows = -10.0 * response(t, 2.0, parts, 5.0) + 0.02 * np.random.default_rng(1).standard_normal((5, total))
    rows[:, -LATER:] += 500.0
    commands = [steps((-80.0, BEFORE), (-90.0, LENGTH), (v, LATER)) for v in (-40.0, -20.0, 0.0, 20.0, 40.0)]
    found = membrane_test(Sweeps.of(recording(rows, commands, 1000.0 * PER_MS, Telegraph(lowpass_Hz=4000.0))))
    assert found is not None
    if not of_channels:
        assert (found.rs_MOhm, found.cm_pF) == (None, None)
        return
    whole, membrane = 40.0 / 1.0 + 2.0 + slow_nS, 2.0 + slow_nS  # nS at the step, and of the membrane in series to R_s
    left = 1.0 - membrane / whole
    assert found.rs_MOhm is not None
    assert found.cm_pF is not None
    assert found.rm_MOhm is not None
    assert (found.exponentials, found.slow_fraction) == (1, None)
    assert found.taus_ms == pytest.approx((1.0,), rel=0.02)
    assert found.rs_MOhm.value == pytest.approx(1000.0 / whole, rel=0.02)
    assert found.cm_pF.value == pytest.approx(40.0 / left**2, rel=0.02)
    assert found.rm_MOhm.value == pytest.approx(1000.0 * left / membrane, rel=0.02)
