"""Reversal potentials of groups and their shifts, checked with scipy and statsmodels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, row_of
from reversal.fit.cohort.asked import Asked
from reversal.fit.cohort.reversal_groups import group_reversal_rows, shift_rows
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Crossing, ReversalRow
from reversal.tables.shifts_table import Design, Shifted
from reversal.tables.status import Status

CONTROL, DRUG = [-92.1, -90.4, -93.0, -91.7, -92.4], [-86.0, -85.1, -88.2, -84.9, -86.6]


def cells(
    condition: str, e_mV: Sequence[float], bath: str = "K5", first: int = 0, shared_sd_mV: float = 1.0
) -> list[ReversalRow]:
    """One reversal potential a cell."""
    rig = Rig()
    rows = [row_of(bath, value, rig, condition) for value in e_mV]
    changes = {"shared_sd_mV": shared_sd_mV, "e_nernst_mV": -84.8}
    return [row.model_copy(update={**changes, "cell": f"c{first + n}"}) for n, row in enumerate(rows)]


def test_the_mean_of_a_bath_has_the_interval_of_the_cells_and_the_junction() -> None:
    from scipy.stats import t

    (one,) = group_reversal_rows(cells("control", CONTROL))
    row = one.row
    of_cells = t.ppf(0.975, 4) * np.std(CONTROL, ddof=1) / np.sqrt(5)
    assert row.e_rev_mV == pytest.approx(np.mean(CONTROL))
    assert (row.ci_high_mV or 0) - (row.e_rev_mV or 0) == pytest.approx(np.hypot(of_cells, 1.96), rel=1e-3)
    assert (row.n_cells, row.n_recordings, row.status) == (5, 5, Status.OK)
    assert row.deviation_mV == pytest.approx(np.mean(CONTROL) + 84.8)


def test_recordings_of_one_cell_count_once_and_unused_ones_are_counted() -> None:
    rows = [*cells("control", CONTROL[:2]), *cells("control", [-90.0])]  # c0 has -92.1 and -90.0
    rows.append(rows[0].model_copy(update={"crossing": Crossing.NONE, "cell": "c7"}))
    (one,) = group_reversal_rows(rows)
    assert one.row.e_rev_mV == pytest.approx(np.mean([np.mean([-92.1, -90.0]), -90.4]))
    assert (one.row.n_cells, one.row.n_recordings, one.row.n_left_out) == (2, 3, 1)


def test_one_cell_has_a_value_and_no_interval() -> None:
    (one,) = group_reversal_rows(cells("control", [-90.0]))
    assert (one.row.e_rev_mV, one.row.ci_low_mV, one.row.status) == (-90.0, None, Status.FAILED)
    assert [found.code for found in one.findings] == [Code.CELLS_TOO_FEW]


def test_two_temperatures_are_scaled_to_their_mean() -> None:
    """At 22 and 32 °C, a Nernst potential of -80 mV at 27 °C is -78.67 and -81.33 mV."""
    low, high = cells("control", [-80 * 295.15 / 300.15, -80 * 305.15 / 300.15])
    (one,) = group_reversal_rows([low, high.model_copy(update={"temperature_C": 32.0})])
    assert (one.row.e_rev_mV, one.row.temperature_C) == (pytest.approx(-80.0), 27.0)
    assert one.row.between_cell_sd_mV == pytest.approx(0.0, abs=1e-9)


def test_a_shift_within_cells_is_a_paired_t_test() -> None:
    from scipy.stats import ttest_rel

    (one,) = shift_rows([*cells("control", CONTROL), *cells("drug", DRUG)], [])
    expected = ttest_rel(DRUG, CONTROL)
    interval = expected.confidence_interval(0.95)
    row = one.row
    assert (row.design, row.n_cells, row.quantity) == (Design.PAIRED, 5, Shifted.E_REV)
    assert (row.difference, row.ci_low, row.ci_high) == pytest.approx(
        (np.mean(np.subtract(DRUG, CONTROL)), interval.low, interval.high)
    )
    assert row.p_value == pytest.approx(expected.pvalue)
    assert row.sentence.startswith("drug differs from control in E_rev in K5 by +5.8 mV (95 %: ")
    assert "paired, n = 5 cells" in row.sentence


def test_a_shift_between_different_cells_is_a_welch_test() -> None:
    from scipy.stats import ttest_ind

    (one,) = shift_rows([*cells("wild type", CONTROL), *cells("mutant", DRUG[:3], first=10)], [])
    assert one.row.design is Design.UNPAIRED
    assert one.row.p_value == pytest.approx(ttest_ind(DRUG[:3], CONTROL, equal_var=False).pvalue)
    assert "unpaired, n = 3 and 5 cells" in one.row.sentence


def test_two_cells_in_both_groups_give_no_unpaired_test() -> None:
    (one,) = shift_rows([*cells("control", CONTROL[:2]), *cells("drug", DRUG[:2])], [])
    assert (one.row.design, one.row.p_value, one.row.status) == (Design.NONE, None, Status.FAILED)
    assert "too few cells can be compared" in one.row.sentence


def test_holm_is_over_the_shifts_in_single_baths() -> None:
    from statsmodels.stats.multitest import multipletests

    rows = [*cells("control", CONTROL), *cells("drug", DRUG)]
    rows += [
        *cells("control", [-72, -71, -73.1, -70, -72], "K10"),
        *cells("drug", [-71, -70.4, -73, -70.2, -71], "K10"),
    ]
    made = [one.row for one in shift_rows(rows, [])]
    mean, *single = made
    assert (mean.bath, [row.bath for row in single]) == (None, ["K5", "K10"])
    expected = multipletests([row.p_value for row in single], method="holm")[1]
    assert [row.p_holm for row in single] == pytest.approx(expected.tolist())
    assert mean.p_holm == mean.p_value
    assert mean.difference == pytest.approx(np.mean([row.difference for row in single]))


def test_other_solutions_inside_are_other_baths() -> None:
    """Between different pipettes the junction potential does not cancel, and E_rev is not comparable."""
    other = [row.model_copy(update={"pipette": "Cs"}) for row in cells("drug", DRUG)]
    assert shift_rows([*cells("control", CONTROL), *other], []) == []
    assert len(group_reversal_rows([*cells("control", CONTROL), *other])) == 2


THREE_GROUPS = [*cells("a", DRUG, first=20), *cells("control", CONTROL), *cells("b", DRUG[:4], first=30)]


def test_without_a_question_all_pairs_are_compared_and_corrected() -> None:
    rows = [one.row for one in shift_rows(THREE_GROUPS, [])]
    assert [(row.condition, row.against_condition) for row in rows] == [("control", "a"), ("b", "a"), ("b", "control")]
    assert {row.n_tests for row in rows} == {3}


def test_holm_is_over_the_comparisons_with_the_declared_condition() -> None:
    from statsmodels.stats.multitest import multipletests

    rows = [one.row for one in shift_rows(THREE_GROUPS, [], Asked({"default": "control"}))]
    assert [(row.condition, row.against_condition) for row in rows] == [("a", "control"), ("b", "control")]
    expected = multipletests([row.p_value for row in rows], method="holm")[1]
    assert [row.p_holm for row in rows] == pytest.approx(expected.tolist())


@pytest.mark.parametrize(
    ("compare_with", "pairs"),
    [
        ({}, [("b", "a"), ("c", "a"), ("c", "b")]),
        ({"wt": "a", "ko": "c"}, [("b", "a"), ("c", "a")]),
        ({"wt": "b"}, [("a", "b"), ("c", "b")]),
        ({"ko": "d"}, [("b", "a")]),
    ],
)
def test_two_experiments_are_compared_in_the_conditions_that_they_declare(
    compare_with: dict[str, str], pairs: list[tuple[str, str]]
) -> None:
    found = Asked(compare_with).pairs([("wt", "a"), ("wt", "b"), ("ko", "c")])
    assert [(one[1], against[1]) for one, against in found] == pairs


def test_patches_with_different_pipettes_outside_have_means_of_their_own() -> None:
    """Cell-attached patches face the pipette: in one bath, two pipette solutions give two reversal potentials."""
    pipettes = {"a": cells("control", CONTROL), "b": cells("control", DRUG, first=5)}
    rows = [row.model_copy(update={"outside": name, "inside": "cell"}) for name in pipettes for row in pipettes[name]]
    means = {one.row.outside: one.row.e_rev_mV for one in group_reversal_rows(rows)}
    assert means == {"a": pytest.approx(np.mean(CONTROL)), "b": pytest.approx(np.mean(DRUG))}


def test_a_shift_in_a_bath_names_the_inside_where_this_differs() -> None:
    rows = [
        row.model_copy(update={"pipette": pipette})
        for pipette in ("KCl", "NaCl")
        for row in (*cells("control", CONTROL), *cells("drug", DRUG))
    ]
    found = [one.row.bath for one in shift_rows(rows, ()) if one.row.quantity is Shifted.E_REV]
    assert found == [None, "K5, KCl inside", "K5, NaCl inside"]


def test_a_shift_that_may_be_chance_is_not_called_a_difference() -> None:
    same = [value + move for value, move in zip(CONTROL, (0.4, -0.3, 0.2, -0.4, 0.3), strict=True)]
    (one,) = shift_rows([*cells("control", CONTROL), *cells("washout", same)], ())
    assert one.row.sentence.startswith(
        "washout does not differ significantly from control in E_rev in K5: +0.0 mV (95 %"
    )
