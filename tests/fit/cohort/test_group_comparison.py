"""Comparison of groups of cells, checked with scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from reversal.fit.cohort.group_comparison import comparison_rows
from reversal.tables.answer_sentences import comparison_sentence
from reversal.tables.findings.code import Code
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.status import Status


def rows_of(condition: str, ratios: Sequence[float], first: int = 0, **changes: Any) -> list[PermeabilityRow]:
    """One row per cell; cells are numbered from ``first``."""
    made = [
        PermeabilityRow(
            experiment="default", cell=f"c{first + n}", condition=condition, ion="Na", reference="K", p_ratio=ratio,
            ci_low=ratio / 1.2, ci_high=ratio * 1.2, bound=Bound.TWO_SIDED, ddg_kJ_mol=None, n_baths=5, method="m",
            status=Status.OK, reason=None,
        )
        for n, ratio in enumerate(ratios)
    ]  # fmt: skip
    return [row.model_copy(update=changes) for row in made]


CONTROL, DRUG = [0.010, 0.021, 0.043, 0.030], [0.022, 0.039, 0.090, 0.055]


def test_pairs_match_paired_t_test_of_scipy() -> None:
    from scipy.stats import ttest_rel

    (one,) = comparison_rows([*rows_of("control", CONTROL), *rows_of("drug", DRUG)])
    logs = np.log(DRUG), np.log(CONTROL)
    expected = ttest_rel(*logs)
    interval = expected.confidence_interval(0.95)
    row = one.row
    assert (row.design, row.method) == ("paired", "paired t of log ratios")
    assert row.factor == pytest.approx(math.exp(np.mean(logs[0] - logs[1])), rel=1e-9)
    assert (row.ci_low, row.ci_high) == pytest.approx((math.exp(interval.low), math.exp(interval.high)), rel=1e-9)
    assert row.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert row.p_holm == pytest.approx(expected.pvalue, rel=1e-9)
    assert (row.n_cells, row.n_cells_against) == (4, 4)
    assert one.findings == ()


def test_different_cells_are_compared_by_welch() -> None:
    from scipy.stats import ttest_ind

    (one,) = comparison_rows([*rows_of("wild type", CONTROL), *rows_of("mutant", DRUG[:3], first=10)])
    expected = ttest_ind(np.log(DRUG[:3]), np.log(CONTROL), equal_var=False)
    interval = expected.confidence_interval(0.95)
    row = one.row
    assert (row.design, row.method) == ("unpaired", "Welch t of log ratios")
    assert (row.ci_low, row.ci_high) == pytest.approx((math.exp(interval.low), math.exp(interval.high)), rel=1e-9)
    assert (row.n_cells, row.n_cells_against) == (3, 4)


@pytest.mark.parametrize(("shared", "design"), [(2, "unpaired"), (3, "paired")])
def test_three_shared_cells_make_a_paired_comparison(shared: int, design: str) -> None:
    (one,) = comparison_rows([*rows_of("control", CONTROL), *rows_of("drug", DRUG, first=4 - shared)])
    assert one.row.design == design
    codes = {found.code: found.number for found in one.findings}
    if design == "paired":
        assert codes == {Code.CELLS_IN_ONE_GROUP: 2}
        assert (one.row.n_cells, one.row.n_cells_against) == (3, 3)
    else:
        assert codes == {Code.CELLS_UNPAIRED: 2}


def test_cells_in_both_groups_are_left_out_of_an_unpaired_test() -> None:
    """A test of different cells would count them twice."""
    from scipy.stats import ttest_ind

    (one,) = comparison_rows([*rows_of("control", CONTROL), *rows_of("drug", DRUG, first=2)])
    expected = ttest_ind(np.log(DRUG[2:]), np.log(CONTROL[:2]), equal_var=False)
    assert one.row.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert (one.row.n_cells, one.row.n_cells_against) == (2, 2)
    assert {f.code: f.place for f in one.findings} == {Code.CELLS_UNPAIRED: "c2, c3"}


def test_two_cells_in_both_groups_and_no_others_give_no_test() -> None:
    (one,) = comparison_rows([*rows_of("control", CONTROL[:2]), *rows_of("drug", DRUG[:2])])
    assert (one.row.p_value, one.row.factor, one.row.status) == (None, None, Status.FAILED)
    assert {f.code for f in one.findings} == {Code.GROUPS_WITHOUT_SPREAD, Code.CELLS_UNPAIRED}


def test_cells_with_a_bound_but_no_value_are_excluded_and_named() -> None:
    bounded = rows_of("drug", [0.5], first=4, bound=Bound.UPPER)
    (one,) = comparison_rows([*rows_of("control", [*CONTROL, 0.02]), *rows_of("drug", DRUG), *bounded])
    assert one.row.n_cells == 4
    found = {f.code: (f.number, f.place) for f in one.findings}
    assert found[Code.CELLS_BOUND_ONLY] == (1, "c4")
    assert found[Code.CELLS_IN_ONE_GROUP] == (1, "c4")


def bounded_cells(condition: str, free: Sequence[float], first: int = 0) -> list[PermeabilityRow]:
    """Cells with an upper bound and these values, which may be below 0."""
    rows = rows_of(condition, [max(value, 0.0) for value in free], first, bound=Bound.UPPER, free_se=0.002, ci_low=None)
    return [row.model_copy(update={"free_p_ratio": value}) for row, value in zip(rows, free, strict=True)]


def test_cells_with_only_a_bound_are_compared_on_a_scale_that_includes_0() -> None:
    """A drug that abolishes P_Na leaves cells with bounds only; without them there would be no comparison."""
    from scipy.stats import ttest_ind

    free = [0.001, -0.002, 0.0005, -0.0004]
    (one,) = comparison_rows([*rows_of("control", CONTROL), *bounded_cells("drug", free, first=10)])
    row = one.row
    assert (row.n_cells, row.ci_low, row.design) == (4, None, "unpaired")
    assert (row.ci_high or 1.0) < 0.3
    assert {f.code: f.number for f in one.findings}[Code.CELLS_NEAR_EDGE] == 4
    # without a balance, the scale is that of the ratio; the mean below 0 is at the edge, so that p is not that of Welch
    assert row.p_value == pytest.approx(ttest_ind(free, CONTROL, equal_var=False).pvalue, rel=0.1)


def test_groups_without_spread_have_no_p_value() -> None:
    (one,) = comparison_rows([*rows_of("control", [0.02] * 3), *rows_of("drug", [0.04] * 3)])
    row = one.row
    assert (row.factor, row.ci_low, row.ci_high, row.p_value, row.p_holm, row.method) == (None,) * 6
    assert [f.code for f in one.findings] == [Code.GROUPS_WITHOUT_SPREAD]
    (one,) = comparison_rows([*rows_of("control", [0.02]), *rows_of("drug", DRUG, first=5)])
    assert one.row.p_value is None


def test_holm_correction_covers_all_comparisons_of_a_cohort() -> None:
    """Holm over three comparisons, by statsmodels."""
    from statsmodels.stats.multitest import multipletests

    third = [0.011, 0.024, 0.040, 0.033]
    rows = comparison_rows([*rows_of("a", CONTROL), *rows_of("b", DRUG), *rows_of("c", third)])
    assert [(one.row.condition, one.row.against_condition) for one in rows] == [("b", "a"), ("c", "a"), ("c", "b")]
    expected = multipletests([one.row.p_value for one in rows], method="holm")[1]
    assert [one.row.p_holm for one in rows] == pytest.approx(expected.tolist())


def test_the_sentence_of_a_ratio_is_that_of_its_p() -> None:
    of_all = [
        *rows_of("control", CONTROL),
        *rows_of("drug", DRUG),
        *rows_of("washout", [1.2 * p for p in CONTROL[::-1]]),
    ]
    drug, washout, _ = (comparison_sentence(one.row) for one in comparison_rows(of_all))
    assert drug.startswith("P_Na/P_K of drug is 2 times that of control (95 %: 1.7 to 2.3; paired, n = 4 cells; p ")
    assert " after Holm)." in drug
    assert washout.startswith("P_Na/P_K of washout does not differ significantly from that of control: it is 1.2 times")
