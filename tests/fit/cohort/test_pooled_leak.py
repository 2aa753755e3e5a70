"""Range of a mean over cells for an unknown leak, against means of the ends of the cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series, row_of
from reversal.experiment.configuration import Experiment
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.fit_cell import fit_cell
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.findings.code import Code
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.results import CohortFits
from reversal.tables.reversals_table import Current
from reversal.tables.status import Status

LEAK = {Code.LEAK_RANGE_WIDE, Code.LEAK_RANGE_OPEN}


def ratio(number: int, value: float | None, low: float | None, high: float | None, **columns: Any) -> PermeabilityRow:
    """A cell whose ratio is known to 10 %, with its range for the leak of 1 GΩ."""
    made = dict.fromkeys(PermeabilityRow.model_fields)
    names = {"experiment": "e", "cell": f"c{number}", "condition": "control", "ion": "Na", "reference": "K"}
    counts = {"n_baths": 3, "n_recordings": 3, "n_left_out": 0, "n_flagged": 0, "status": Status.OK}
    interval = {} if value is None else {"ci_low": 0.9 * value, "ci_high": 1.1 * value, "bound": Bound.TWO_SIDED}
    free = {} if value is None else {"free_p_ratio": value, "free_se": 0.05 * value, "ratio_at_balance": 0.1}
    leak = {"leak_low": low, "leak_high": high, "p_of": Current.WHOLE, "assumed_seal_GOhm": 1.0}
    return PermeabilityRow.model_construct(
        **made | names | counts | {"p_ratio": value} | interval | free | leak | columns
    )


def known(number: int, value: float) -> PermeabilityRow:
    return ratio(number, value, None, None, p_of=Current.CHANNEL, assumed_seal_GOhm=None)


def leak_codes(fits: CohortFits, quantity: str = "P_Na/P_K") -> set[Code]:
    return {row.code for row in fits.findings if row.quantity == quantity} & LEAK


def mean_of(rows: list[PermeabilityRow]) -> tuple[PooledRow, set[Code]]:
    fits = fit_cohort(rows, [])
    return fits.pooled[0], leak_codes(fits)


def test_range_of_a_mean_is_that_of_the_means_of_the_ends() -> None:
    values, lows = [0.02, 0.022, 0.018, 0.021], [0.010, 0.012, 0.009, 0.011]
    row, codes = mean_of([ratio(n, p, low, p) for n, (p, low) in enumerate(zip(values, lows, strict=True))])
    assert row.leak_low == pytest.approx(np.exp(np.mean(np.log(lows))), rel=0.02)
    assert row.leak_high == pytest.approx(row.estimate)
    assert (row.estimate_of, row.assumed_seal_GOhm, row.status) == (Current.WHOLE, 1.0, Status.FLAGGED)
    assert codes == {Code.LEAK_RANGE_WIDE}
    assert "the mean P_Na/P_K is that of the whole current" in (row.reason or "")


def test_a_range_within_the_interval_of_the_mean_is_no_finding() -> None:
    values = [0.02, 0.03, 0.014, 0.022]
    row, codes = mean_of([ratio(n, p, 0.99 * p, p) for n, p in enumerate(values)])
    assert row.leak_low == pytest.approx(0.99 * (row.estimate or 0.0), rel=1e-3)
    assert (row.status, codes) == (Status.OK, set())


def test_only_the_cells_whose_leak_is_not_known_move_the_mean() -> None:
    row, _ = mean_of([known(0, 0.02), known(1, 0.021), known(2, 0.019), ratio(3, 0.02, 0.01, 0.02)])
    assert row.leak_low == pytest.approx(np.exp(np.mean(np.log([0.02, 0.021, 0.019, 0.01]))), rel=0.02)
    assert row.estimate_of is Current.WHOLE


def test_a_mean_of_cells_with_known_leak_has_no_range() -> None:
    row, codes = mean_of([known(n, 0.02 + 0.001 * n) for n in range(3)])
    assert (row.estimate_of, row.leak_low, row.leak_high, row.assumed_seal_GOhm) == (Current.CHANNEL, *[None] * 3)
    assert (row.status, codes) == (Status.OK, set())


def test_a_mean_with_a_cell_whose_range_is_open_is_open() -> None:
    row, codes = mean_of([known(0, 0.02), known(1, 0.022), ratio(2, 0.021, None, None)])
    assert (row.leak_low, row.leak_high, row.status, codes) == (None, None, Status.FLAGGED, {Code.LEAK_RANGE_OPEN})


def test_the_lowest_assumed_seal_of_the_cells_is_reported() -> None:
    row, _ = mean_of(
        [ratio(n, 0.02 + n / 1000, 0.01, 0.03, assumed_seal_GOhm=seal) for n, seal in enumerate((2.0, 0.5, 1.0))]
    )
    assert row.assumed_seal_GOhm == 0.5


def test_a_mean_that_cannot_be_given_has_no_range() -> None:
    row, codes = mean_of([ratio(0, 0.02, 0.01, 0.02)])
    assert (row.estimate, row.leak_low, row.estimate_of, codes) == (None, None, Current.WHOLE, set())


@pytest.mark.parametrize("lows", [[0.002, 0.001, 0.003, 0.002], [1e-9, 1e-9, 0.001, 1e-9], [1e-9] * 4])
def test_cells_whose_channel_may_have_a_ratio_of_0_have_a_mean_near_0_at_the_low_end(lows: list[float]) -> None:
    row, codes = mean_of([ratio(n, 0.02 + n / 1000, low, 0.023, free_se=0.002) for n, low in enumerate(lows)])
    assert row.leak_low is not None
    assert 0.0 <= row.leak_low < 1.5 * float(np.mean(lows))
    assert codes == {Code.LEAK_RANGE_WIDE}


def test_bounds_of_cells_have_a_range_too() -> None:
    bound = {"ci_low": None, "ci_high": 0.004, "bound": Bound.UPPER, "free_se": 0.002}
    free = [0.001, 0.0015, -0.001, 0.0005]
    row, codes = mean_of(
        [ratio(n, 0.001, 1e-9, 0.001 + 0.01 * n, **bound, free_p_ratio=value) for n, value in enumerate(free)]
    )
    assert row.estimate is None
    assert row.leak_high == pytest.approx(0.016, rel=0.2)
    assert codes == {Code.LEAK_RANGE_WIDE}


def test_lower_bounds_of_cells_are_moved_as_inverse_ratios() -> None:
    bound = {"ci_low": 5.0, "ci_high": None, "bound": Bound.LOWER, "free_se": 0.08}
    row, codes = mean_of([ratio(n, None, 4.0 + n, 20.0 + n, **bound, free_p_ratio=0.05 + 0.01 * n) for n in range(3)])
    assert row.leak_low == pytest.approx(3 / (1 / 4 + 1 / 5 + 1 / 6), rel=0.01)
    assert row.leak_high == pytest.approx(3 / (1 / 20 + 1 / 21 + 1 / 22), rel=0.01)
    assert codes == {Code.LEAK_RANGE_WIDE}


def whole_cells(
    share: float, known_seals: bool = False
) -> tuple[list[PermeabilityRow], list[NernstRow], list[LinePointRow]]:
    """Four cells with P_Na/P_K 0.02 whose whole current contains a share of leak that reverses at 0 mV."""
    rig, rng = Rig(), np.random.default_rng(3)
    rig.baths, rig.pipette = k_series(2.5, 5.0, 10.0, 20.0, 40.0), {"K": 140.0, "Na": 10.0, "Cl": 150.0}
    made: tuple[list[PermeabilityRow], list[NernstRow], list[LinePointRow]] = ([], [], [])
    for number in range(4):
        rows = []
        for bath, ions in rig.baths.items():
            channel_mV = float(ghk_voltage_mV([1.0, 0.02], [ions["K"], ions["Na"]], [140.0, 10.0], [1, 1], 22.0))
            channel_mV += float(rng.normal(0.0, 0.3))
            of_whole = (1.0 - share) * channel_mV
            columns = {"assumed_leak_nS": 1.0, "channel_low_mV": channel_mV, "channel_high_mV": of_whole}
            one = row_of(bath, channel_mV if known_seals else of_whole, rig)
            of = {"e_rev_of": Current.CHANNEL} if known_seals else {"e_rev_of": Current.WHOLE, **columns}
            rows.append(one.model_copy(update=of))
        fits = fit_cell(rows, rig.settings(Experiment(permeant=["K", "Na"])))
        name = {"cell": f"c{number}"}
        for into, tables in zip(made, (fits.permeabilities, fits.nernst, fits.line_points), strict=True):
            into.extend(row.model_copy(update=name) for row in tables)
    return made


def test_from_currents_with_leak_the_range_of_every_mean_contains_that_of_the_channel() -> None:
    found, truth = fit_cohort(*whole_cells(0.1)), fit_cohort(*whole_cells(0.1, known_seals=True))
    assert len(found.pooled) == len(truth.pooled) == 3  # ratio, slope by cells, slope by points
    for whole, channel in zip(found.pooled, truth.pooled, strict=True):
        assert channel.estimate is not None
        assert whole.leak_low is not None
        assert whole.leak_high is not None
        assert whole.leak_low - 1e-3 <= channel.estimate <= whole.leak_high + 1e-3
        nearest = min((whole.leak_low, whole.leak_high), key=lambda end: abs(end - channel.estimate))
        assert nearest == pytest.approx(channel.estimate, rel=0.05)
        assert whole.status is Status.FLAGGED
        assert leak_codes(found, whole.quantity) == {Code.LEAK_RANGE_WIDE}
        assert (channel.leak_low, channel.estimate_of) == (None, Current.CHANNEL)


def test_a_small_leak_flags_no_mean() -> None:
    fits = fit_cohort(*whole_cells(1e-3))
    assert not any(leak_codes(fits, row.quantity) for row in fits.pooled)
    assert all(row.leak_low is not None and row.leak_high is not None for row in fits.pooled)


def compared(rows: list[PermeabilityRow]) -> tuple[ComparisonRow, set[Code]]:
    fits = fit_cohort(rows, [])
    codes = {row.code for row in fits.findings if row.table == "comparisons"} & LEAK
    return fits.comparisons[0], codes


def in_groups(values: dict[str, list[tuple[float, float]]], paired: bool) -> list[PermeabilityRow]:
    """Ratio and low end of the cells of each condition; the conditions share their cells if paired."""
    rows = []
    for place, (condition, pairs) in enumerate(values.items()):
        for number, (value, low) in enumerate(pairs):
            cell = number if paired else 10 * place + number
            rows.append(ratio(cell, value, low, value, condition=condition))
    return rows


@pytest.mark.parametrize("paired", [True, False])
def test_range_of_a_factor_is_from_the_ends_of_the_groups(paired: bool) -> None:
    """The second group has larger currents: its leak moves it less. Different cells have different leaks."""
    control = [(0.020, 0.010), (0.022, 0.011), (0.019, 0.009)]
    drug = [(0.021, 0.019), (0.024, 0.022), (0.0205, 0.0185)]
    row, codes = compared(in_groups({"control": control, "drug": drug}, paired))
    assert row.design == ("paired" if paired else "unpaired")
    logs = [np.log(np.array(pairs)).mean(axis=0) for pairs in (control, drug)]
    at_value, at_low = np.exp(logs[1] - logs[0])
    opposite = np.exp(logs[1][1] - logs[0][0]), np.exp(logs[1][0] - logs[0][1])
    assert row.factor == pytest.approx(at_value)
    assert (row.leak_low, row.leak_high) == pytest.approx((at_value, at_low) if paired else opposite)
    assert (row.factor_of, row.status, codes) == (Current.WHOLE, Status.FLAGGED, {Code.LEAK_RANGE_WIDE})


CONTROL, DRUG = ([(p, 0.5 * p) for p in values] for values in ([0.02, 0.022, 0.019], [0.03, 0.034, 0.028]))


def test_in_two_conditions_of_the_same_cells_the_same_leak_moves_both() -> None:
    row, codes = compared(in_groups({"control": CONTROL, "drug": DRUG}, paired=True))
    assert row.leak_low == pytest.approx(row.factor)
    assert (row.status, codes) == (Status.OK, set())


def test_the_leak_may_be_that_of_one_group_of_cells_alone() -> None:
    """Each ratio may be half as large: the factor may be half or twice as large."""
    row, codes = compared(in_groups({"control": CONTROL, "drug": DRUG}, paired=False))
    assert row.leak_low == pytest.approx(0.5 * (row.factor or 0.0))
    assert row.leak_high == pytest.approx(2.0 * (row.factor or 0.0))
    assert (row.status, codes) == (Status.FLAGGED, {Code.LEAK_RANGE_WIDE})


@pytest.mark.parametrize("groups", [("control",), ("drug",), ("control", "drug")])
def test_a_factor_with_a_ratio_that_may_be_0_is_open(groups: tuple[str, ...]) -> None:
    with_zero = {name: [(rows[0][0], 0.0), *rows[1:]] for name, rows in (("control", CONTROL), ("drug", DRUG))}
    chosen = {"control": CONTROL, "drug": DRUG} | {name: with_zero[name] for name in groups}
    row, codes = compared(in_groups(chosen, paired=False))
    assert (row.leak_low, row.leak_high, codes) == (None, None, {Code.LEAK_RANGE_OPEN})


def test_a_factor_with_a_cell_whose_range_is_open_is_open() -> None:
    rows = in_groups({"control": [(0.02, 0.01), (0.022, 0.011)], "drug": [(0.03, 0.02), (0.033, 0.02)]}, paired=False)
    rows[0] = rows[0].model_copy(update={"leak_low": None, "leak_high": None})
    row, codes = compared(rows)
    assert (row.leak_low, row.leak_high, codes) == (None, None, {Code.LEAK_RANGE_OPEN})


def test_a_factor_of_channels_has_no_range() -> None:
    rows = [known(n, 0.02 + 0.001 * n).model_copy(update={"condition": "ab"[n % 2]}) for n in range(4)]
    row, codes = compared(rows)
    assert (row.factor_of, row.leak_low, row.assumed_seal_GOhm, codes) == (Current.CHANNEL, None, None, set())
