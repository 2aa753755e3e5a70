"""Quantities pooled over cells; the cell is the statistical unit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit.cohort.group_comparison import comparison_rows
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.cohort.ratio_mean import value_near_0, value_near_infinity
from reversal.fit.fit_cell import fit_cell
from reversal.fit.fit_constants import EQUAL_WEIGHT_SE
from reversal.fit.nernst.verdict import slope_verdict
from reversal.statistics.meta_analysis import pool
from reversal.statistics.statistics_constants import EQUIVALENCE_LEVEL
from reversal.statistics.student_t import interval
from reversal.tables.findings.code import Code
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import Bound, PermeabilityRow
from reversal.tables.pooled_table import Selection
from reversal.tables.status import Status
from tests.fit.findings_by_code import found_by_code


@pytest.mark.parametrize(("true", "count"), [(0.95, 5), (1.05, 3), (1.05, 5), (1.05, 10)])
def test_a_mean_slope_at_the_margin_is_equivalent_in_five_of_a_hundred_cohorts(true: float, count: int) -> None:
    """Student's t is exact for normal slopes with equal weights; the limits are three counting errors of 5 %."""
    cohorts = 600
    slopes = np.random.default_rng(count).normal(true, 0.02, (cohorts, count))
    found = 0
    for values in slopes:
        mean = pool(values, np.full(count, EQUAL_WEIGHT_SE))
        limits = interval(mean.mean, mean.se, count - 1, EQUIVALENCE_LEVEL)
        found += slope_verdict((mean.low, mean.high), limits, 0.05) is Verdict.EQUIVALENT
    assert found / cohorts == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / cohorts))


def cells(
    ratios: dict[str, list[float]], seed: int = 1, first: int = 0
) -> tuple[list[PermeabilityRow], list[NernstRow], list[LinePointRow]]:
    """Fit a cell for each ratio; the conditions at one position of the lists belong to the same cell."""
    rng = np.random.default_rng(seed)
    fitted: tuple[list[PermeabilityRow], list[NernstRow], list[LinePointRow]] = ([], [], [])
    rig = Rig()
    for number in range(len(next(iter(ratios.values())))):
        shift = rng.normal(0, 1)
        rows = []
        for condition, values in ratios.items():
            noise = rng.normal(0, 0.2, 5) + shift
            rows += rig.reversals({"K": 1.0, "Na": values[number]}, noise, condition)
        fits = fit_cell(rows, rig.settings(Experiment(), tuple(ratios)))
        name = {"cell": f"cell{first + number}"}
        fitted[0].extend(row.model_copy(update=name) for row in fits.permeabilities)
        fitted[1].extend(row.model_copy(update=name) for row in fits.nernst)
        fitted[2].extend(row.model_copy(update=name) for row in fits.line_points)
    return fitted


def test_pooled_ratio_is_the_geometric_mean_of_cells_that_differ() -> None:
    ratios = [0.015, 0.02, 0.03, 0.018, 0.026]
    fitted = cells({"control": ratios})
    row = next(r for r in fit_cohort(*fitted).pooled if r.quantity == "P_Na/P_K")
    assert row.estimate == pytest.approx(np.exp(np.log(ratios).mean()), rel=0.05)
    assert row.between_cell_sd == pytest.approx(np.log(ratios).std(ddof=1), rel=0.05)
    assert (row.n_cells, row.n_recordings, row.status) == (5, 25, Status.OK)


def test_one_cell_gives_no_mean_and_a_finding() -> None:
    fits = fit_cohort(*cells({"control": [0.02]}))
    row = fits.pooled[0]
    assert (row.status, row.estimate, row.between_cell_sd, row.n_cells) == (Status.FAILED, None, None, 1)
    found = found_by_code(fits.findings, table="pooled", quantity="P_Na/P_K")[Code.CELLS_TOO_FEW]
    assert (found.number, found.limit) == (1, 2)


@pytest.mark.parametrize("count", [1, 2])
def test_flagged_cells_are_named_where_there_is_a_mean(count: int) -> None:
    permeabilities, nernst, _ = cells({"control": [0.02, 0.025][:count]})
    flagged = [row.model_copy(update={"status": Status.FLAGGED}) for row in permeabilities]
    fits = fit_cohort(flagged, nernst)
    found = found_by_code(fits.findings, table="pooled", quantity="P_Na/P_K")
    assert (Code.CELLS_FLAGGED in found) is (fits.pooled[0].estimate is not None) is (count == 2)


def test_cells_with_only_a_bound_are_in_the_mean_and_named() -> None:
    fits = fit_cohort(*cells({"control": [0.02, 0.025, 0.0]}))
    row = fits.pooled[0]
    assert (row.n_cells, row.n_bounded, row.status) == (3, 1, Status.FLAGGED)
    found = found_by_code(fits.findings, table="pooled", quantity="P_Na/P_K")
    assert (found[Code.CELLS_NEAR_EDGE].number, found[Code.CELLS_NEAR_EDGE].place) == (1, "cell2")


def test_twelve_impermeant_cells_give_a_bound_and_no_mean() -> None:
    """Errors of 0.2 mV move E_rev in 2.5 mM K⁺ as a ratio of 0.00013 does; twelve cells resolve less than that."""
    fits = fit_cohort(*cells({"control": [0.0] * 12}, seed=4))
    row = fits.pooled[0]
    assert (row.n_cells, row.estimate, row.ci_low) == (12, None, None)
    assert 1e-5 < (row.ci_high or 0) < 2e-4
    found = found_by_code(fits.findings, table="pooled", quantity="P_Na/P_K")
    assert found[Code.UPPER_BOUND_ONLY].place == "Na"


def test_an_impermeant_reference_gives_a_lower_bound() -> None:
    rig, rows = Rig(), []
    rig.baths = {f"Na{na:g}": {"K": 150.0 - na, "Na": float(na), "Cl": 150.0} for na in (5, 20, 80)}
    rig.pipette = {"K": 10.0, "Na": 140.0, "Cl": 150.0}
    rng = np.random.default_rng(6)
    for number in range(4):
        errors = rng.normal(0, 0.3, 3) + rng.normal()
        fits = fit_cell(rig.reversals({"K": 0.0, "Na": 1.0}, errors), rig.settings(Experiment(ion="Na")))
        rows += [row.model_copy(update={"cell": f"c{number}"}) for row in fits.permeabilities]
    assert {row.bound for row in rows} == {Bound.LOWER}
    pooled = fit_cohort(rows, [])
    (row,) = pooled.pooled
    assert (row.estimate, row.ci_high, row.n_bounded) == (None, None, 4)
    assert (row.ci_low or 0) > max(r.ci_low or 0 for r in rows)
    assert found_by_code(pooled.findings, table="pooled")[Code.LOWER_BOUND_ONLY].place == "K"


def test_opposite_bounds_give_no_mean() -> None:
    zero, infinite = rows_with_errors([0.001, 100.0], [2.0, 2.0])
    rows = [
        zero.model_copy(update={"bound": Bound.UPPER, "ci_low": None, "p_ratio": None}),
        infinite.model_copy(update={"bound": Bound.LOWER, "ci_high": None, "p_ratio": None}),
    ]
    fits = fit_cohort(rows, [])
    assert (fits.pooled[0].status, fits.pooled[0].estimate) == (Status.FAILED, None)
    assert found_by_code(fits.findings, table="pooled")[Code.CELLS_WITH_OPPOSITE_BOUNDS].place == "c0, c1"


@pytest.mark.parametrize(
    ("bound", "open_end"), [(Bound.UPPER, {"ci_low": None}), (Bound.LOWER, {"ci_high": None})], ids=["upper", "lower"]
)
@pytest.mark.parametrize("resolved", [0, 2])
def test_a_bound_without_a_value_gives_no_mean(bound: Bound, open_end: dict[str, None], resolved: int) -> None:
    """Values of 0 would have no spread, and the mean a bound of 0."""
    without_value = {"bound": bound, "p_ratio": None, "free_p_ratio": None, "free_se": None, **open_end}
    rows = rows_with_errors([0.01, 0.02, 0.03, 0.04], [2.0] * 4)
    rows[resolved:] = [row.model_copy(update=without_value) for row in rows[resolved:]]
    fits = fit_cohort(rows, [])
    (row,) = fits.pooled
    assert (row.status, row.estimate, row.ci_low, row.ci_high) == (Status.FAILED, None, None, None)
    found = found_by_code(fits.findings, table="pooled")[Code.CELLS_WITH_BOUND_BUT_NO_VALUE]
    assert (found.number, found.place) == (4 - resolved, ", ".join(r.cell for r in rows[resolved:]))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"bound": Bound.UPPER, "p_ratio": None, "ci_low": None, "free_p_ratio": -0.001, "free_se": 0.01},
        {"bound": Bound.LOWER, "p_ratio": None, "ci_high": None, "free_p_ratio": 0.0, "free_se": 0.01},
    ],
    ids=["two limits", "upper bound", "lower bound"],
)
def test_equal_ratios_give_no_mean(changes: dict[str, object]) -> None:
    rows = [row.model_copy(update=changes) for row in rows_with_errors([0.01] * 3, [2.0] * 3)]
    fits = fit_cohort(rows, [])
    assert (fits.pooled[0].status, fits.pooled[0].ci_low, fits.pooled[0].ci_high) == (Status.FAILED, None, None)
    assert found_by_code(fits.findings, table="pooled")[Code.CELLS_WITHOUT_SPREAD].number == 3


def test_cells_with_flagged_recordings_are_pooled_once_with_and_once_without_them() -> None:
    rows = rows_with_errors([0.20, 0.21, 0.22, 0.9, 0.8], [1.1] * 5)
    rows[3:] = [row.model_copy(update={"n_flagged": 1, "status": Status.FLAGGED}) for row in rows[3:]]
    lines = nernst_rows([1.0, 0.99, 1.01, 0.5, 0.6], 1)
    lines[3:] = [row.model_copy(update={"n_flagged": 1, "status": Status.FLAGGED}) for row in lines[3:]]
    fits = fit_cohort(rows, lines)
    assert [(r.quantity, r.selection, r.n_cells, r.status) for r in fits.pooled] == [
        ("P_Na/P_K", Selection.ALL, 5, Status.FLAGGED), ("P_Na/P_K", Selection.UNFLAGGED, 3, Status.OK),
        ("slope ratio", Selection.ALL, 5, Status.FLAGGED), ("slope ratio", Selection.UNFLAGGED, 3, Status.OK),
    ]  # fmt: skip
    assert fits.pooled[1].estimate == pytest.approx((0.20 * 0.21 * 0.22) ** (1 / 3), rel=1e-3)
    assert fits.pooled[3].estimate == pytest.approx(1.0)


def test_without_flagged_recordings_there_is_one_mean() -> None:
    assert [r.selection for r in fit_cohort(rows_with_errors([0.2, 0.21], [1.1, 1.1]), []).pooled] == [Selection.ALL]


def test_recordings_left_out_are_counted_and_their_cells_are_named() -> None:
    rig = Rig()
    rows = rig.reversals({"K": 1.0, "Na": 0.02})
    gone = rows[0].model_copy(update={"status": Status.EXCLUDED, "reason": "bath not exchanged"})
    fits = fit_cell([gone, *rows[2:]], rig.settings(Experiment()))
    others, nernst, _ = cells({"control": [0.02, 0.025]}, first=5)
    cohort = fit_cohort([*fits.permeabilities, *others], [*fits.nernst, *nernst])
    assert [row.n_excluded for row in cohort.pooled] == [2, 2]
    for row in cohort.pooled:
        incomplete = found_by_code(cohort.findings, table="pooled", quantity=row.quantity)[Code.CELLS_INCOMPLETE]
        assert (incomplete.number, incomplete.place) == (1, rows[0].cell)
    (found,) = [row for row in fits.fit_findings if row.table == "nernst" and row.code is Code.RECORDINGS_LEFT_OUT]
    assert found.place == "control_K2.5 (excluded), control_K5 (no reversal potential)"


def test_mixed_model_and_meta_analysis_agree_on_balanced_cells() -> None:
    slopes = [
        row
        for row in fit_cohort(*cells({"control": [0.001, 0.002, 0.003, 0.0015, 0.0005]})).pooled
        if row.quantity == "slope ratio"
    ]
    assert [row.method for row in slopes] == ["Hartung-Knapp-Sidik-Jonkman, spread by REML", "mixed model, REML"]
    assert slopes[1].estimate == pytest.approx(slopes[0].estimate, abs=1e-3)
    assert (slopes[1].ci_low or 0) < (slopes[1].estimate or 0) < (slopes[1].ci_high or 0)


def test_conditions_on_the_same_cells_are_paired() -> None:
    control = [0.01, 0.02, 0.04, 0.03]
    permeabilities, _, _ = cells({"control": control, "drug": [2 * value for value in control]})
    row = comparison_rows(permeabilities)[0].row
    assert (row.design, row.condition, row.against_condition) == ("paired", "drug", "control")
    assert row.factor == pytest.approx(2.0, rel=0.06)
    assert (row.p_value or 1) < 0.001


def test_different_cells_match_welch_test_of_scipy() -> None:
    from scipy.stats import ttest_ind

    wild, _, _ = cells({"wild type": [0.010, 0.012, 0.009, 0.011]})
    mutant, _, _ = cells({"mutant": [0.03, 0.05, 0.02]}, seed=2, first=10)
    row = comparison_rows([*wild, *mutant])[0].row
    logs = [[math.log(r.p_ratio or 0) for r in group] for group in (mutant, wild)]
    assert row.design == "unpaired"
    assert row.p_value == pytest.approx(ttest_ind(*logs, equal_var=False).pvalue, rel=1e-9)
    assert (row.n_cells, row.n_cells_against) == (3, 4)


def rows_with_errors(ratios: list[float], factors: list[float]) -> list[PermeabilityRow]:
    """Cells whose 95 % limits differ from the ratio by a factor on each side."""
    return [
        PermeabilityRow(
            experiment="default", cell=f"c{n}", condition="control", ion="Na", reference="K", p_ratio=ratio,
            ci_low=ratio / factor, ci_high=ratio * factor, bound=Bound.TWO_SIDED, ddg_kJ_mol=None, n_baths=5,
            method="m", status=Status.OK, reason=None, n_recordings=5,
        )
        for n, (ratio, factor) in enumerate(zip(ratios, factors, strict=True))
    ]  # fmt: skip


def test_pooled_ratio_weights_cells_by_error_and_spread() -> None:
    """Hartung–Knapp is weighted least squares of a constant (statsmodels); the spread of Sidik and Jonkman is the
    scale of a second one. Standard errors are ln(high/low)/(2 · 1.959964)."""
    import statsmodels.api as sm

    ratios, factors = [0.010, 0.030, 0.018, 0.026, 0.015], [1.05, 2.0, 1.4, 1.1, 3.0]
    logs, errors = np.log(ratios), np.log(factors) / 1.959964
    one = np.ones(5)
    raw = np.mean((logs - logs.mean()) ** 2)
    between = sm.WLS(logs, one, weights=1 / (errors**2 / raw + 1)).fit().scale
    expected = sm.WLS(logs, one, weights=1 / (errors**2 + between)).fit()
    (row,) = fit_cohort(rows_with_errors(ratios, factors), []).pooled
    assert row.estimate == pytest.approx(math.exp(expected.params[0]), rel=1e-6)
    assert (row.ci_low, row.ci_high) == pytest.approx(tuple(np.exp(expected.conf_int()[0])), rel=1e-5)
    assert (row.n_cells, row.n_recordings, row.n_bounded, row.n_excluded) == (5, 25, 0, 0)
    assert row.quantity == "P_Na/P_K"


@pytest.mark.parametrize("factor", [1.1, 1.3, 1.6, 3.0])
def test_the_spread_between_cells_is_without_the_errors_of_the_cells(factor: float) -> None:
    """With equal errors REML is the variance of the log ratios less that of an error, and 0 if errors explain it."""
    ratios = [0.010, 0.015, 0.018, 0.026, 0.030]
    error = math.log(factor) / 1.959964
    expected = max(float(np.log(ratios).var(ddof=1)) - error**2, 0.0)
    (row,) = fit_cohort(rows_with_errors(ratios, [factor] * 5), []).pooled
    assert row.between_cell_sd == pytest.approx(math.sqrt(expected), rel=1e-4, abs=1e-5)


def test_the_spread_of_slopes_is_their_standard_deviation() -> None:
    slopes = [0.90, 1.0, 1.05, 0.98]
    (row,) = fit_cohort([], nernst_rows(slopes, 1)).pooled
    assert row.between_cell_sd == pytest.approx(np.std(slopes, ddof=1), rel=1e-3)


def nernst_rows(slopes: list[float], z: int, n_baths: int = 5) -> list[NernstRow]:
    return [
        NernstRow(
            experiment="default", cell=f"c{n}", condition="control", ion="K", n_baths=n_baths,
            slope_mV_per_decade=None, ci_low=None, ci_high=None, expected_mV_per_decade=None, slope_ratio=slope,
            ratio_ci_low=slope - 0.1, ratio_ci_high=slope + 0.1, verdict=None, status=Status.OK, reason=None,
            n_recordings=n_baths, n_left_out=0, z=z,
        )
        for n, slope in enumerate(slopes)
    ]  # fmt: skip


@pytest.mark.parametrize("ion", ["K", "Cl", "Ca"])
def test_slope_of_the_mixed_model_is_a_ratio_for_any_charge(ion: str) -> None:
    """Membranes of one ion follow Nernst with slopes 58, −58 and 29 mV per decade: a ratio of 1."""
    rig, levels = Rig(), (0.5, 2.0, 10.0, 50.0)
    rig.baths = {f"{c:g}": {"Ca": c, "Cl": 2 * c} if ion == "Ca" else {"K": c, "Cl": c} for c in levels}
    rig.pipette = {"Ca": 0.1, "Cl": 0.2} if ion == "Ca" else {"K": 150.0, "Cl": 150.0}
    carriers = {"permeant": ["K"], "divalents": ["Ca"]} if ion == "Ca" else {"permeant": [ion]}
    declared = Experiment(ion=ion, reference=ion, **carriers)
    rng, lines, points = np.random.default_rng(2), [], []
    for number in range(4):
        fits = fit_cell(rig.reversals({ion: 1.0}, rng.normal(0, 0.2, 4)), rig.settings(declared))
        name = {"cell": f"c{number}"}
        lines += [row.model_copy(update=name) for row in fits.nernst]
        points += [row.model_copy(update=name) for row in fits.line_points]
    two, one = fit_cohort([], lines, points).pooled
    assert (one.method, two.estimate) == ("mixed model, REML", pytest.approx(1.0, abs=0.01))
    assert one.estimate == pytest.approx(1.0, abs=0.01)
    assert (one.ci_low or 9) < 1 < (one.ci_high or 0)


def test_the_mean_uses_slopes_from_three_baths_but_not_from_two() -> None:
    rows = [*nernst_rows([1.0, 1.1], 1), *nernst_rows([5.0], 1, n_baths=2)]
    (row,) = fit_cohort([], rows).pooled
    assert (row.n_cells, row.estimate) == (2, pytest.approx(1.05))
    (row,) = fit_cohort([], [*nernst_rows([1.0, 1.1], 1), *nernst_rows([1.2], 1, n_baths=3)]).pooled
    assert (row.n_cells, row.estimate) == (3, pytest.approx(1.1))


def test_without_a_free_value_the_error_of_a_cell_is_that_of_its_limits() -> None:
    """Their distance is 2 · 1.959964 standard errors; those of an inverse ratio are the inverse limits."""
    (row,) = rows_with_errors([0.02], [2.0])
    assert value_near_0(row) == pytest.approx((0.02, (0.04 - 0.01) / 3.919928))
    assert value_near_infinity(row) == pytest.approx((50.0, (100.0 - 25.0) / 3.919928))
    assert value_near_0(row.model_copy(update={"free_p_ratio": -0.003, "free_se": 0.01})) == (-0.003, 0.01)
    assert value_near_infinity(row.model_copy(update={"free_p_ratio": -0.003, "free_se": 0.01}))[0] == 50.0


@pytest.mark.parametrize("bound", [Bound.UPPER, Bound.LOWER])
def test_a_bounded_cell_and_cells_of_limits_alone_are_averaged_by_their_errors(bound: Bound) -> None:
    """The weighted mean of ratios, or of inverse ratios, as in statsmodels; the limits are far from 0."""
    import statsmodels.api as sm

    ratios, factors = [0.30, 0.26, 0.34, 0.28, 0.31], [1.3, 1.05, 1.2, 1.5, 1.1]
    if bound is Bound.LOWER:
        ratios = [1.0 / ratio for ratio in ratios]
    open_end = {"ci_low": None} if bound is Bound.UPPER else {"ci_high": None}
    bounded = {"bound": bound, "p_ratio": None, "free_p_ratio": 0.22, "free_se": 0.14, **open_end}
    rows = rows_with_errors(ratios, factors)
    rows[0] = rows[0].model_copy(update=bounded)
    values = np.array([0.22, 0.26, 0.34, 0.28, 0.31])
    halves = values * (np.array(factors) - 1.0 / np.array(factors)) / 2.0
    errors = np.append(0.14, halves[1:] / 1.959964)
    one = np.ones(values.size)
    between = sm.WLS(values, one, weights=1 / (errors**2 / np.var(values) + 1)).fit().scale
    expected = sm.WLS(values, one, weights=1 / (errors**2 + between)).fit()
    (row,) = fit_cohort(rows, []).pooled
    found = np.array([row.estimate, row.ci_low, row.ci_high], dtype=float)
    wanted = [expected.params[0], *expected.conf_int()[0]]
    assert (found if bound is Bound.UPPER else 1.0 / found[[0, 2, 1]]) == pytest.approx(wanted, rel=1e-4)


def near_0(ratios: list[float], errors: list[float], balances: list[float | None]) -> list[PermeabilityRow]:
    """Cells whose ratio may be 0; the first one has an upper bound only."""
    rows = [
        row.model_copy(update={"free_p_ratio": ratio, "free_se": error, "ratio_at_balance": balance})
        for row, ratio, error, balance in zip(
            rows_with_errors(ratios, [1.2] * len(ratios)), ratios, errors, balances, strict=True
        )
    ]
    return [rows[0].model_copy(update={"bound": Bound.UPPER, "p_ratio": None, "ci_low": None}), *rows[1:]]


def test_ratios_near_0_are_averaged_as_logarithms_of_one_and_the_ratio_over_the_largest_balance() -> None:
    """Equal errors of 0.05 on this scale: Student's t of plain means; the spread is that of the ratios."""
    from scipy.stats import t

    ratios = [0.008, 0.02, 0.04, 0.03, 0.012, 0.022]
    positions = np.log1p(np.array(ratios) / 0.05)
    rows = near_0(ratios, [0.05 * (0.05 + ratio) for ratio in ratios], [0.02, 0.05, 0.01, 0.03, 0.05, 0.02])
    (row,) = fit_cohort(rows, []).pooled
    ends = positions.mean() + t.ppf([0.5, 0.975], 5) * positions.std(ddof=1) / math.sqrt(6)
    estimate, high = 0.05 * np.expm1(ends)
    assert (row.estimate, row.ci_high) == pytest.approx((estimate, high), rel=1e-4)
    between = math.sqrt(positions.var(ddof=1) - 0.05**2)
    assert row.between_cell_sd == pytest.approx(between * (0.05 + estimate) / estimate, rel=1e-4)


@pytest.mark.parametrize("balances", [[None] * 5, [None, 0.05, 0.05, 0.05, 0.05]])
def test_without_a_balance_of_each_cell_the_ratios_themselves_are_averaged(balances: list[float | None]) -> None:
    ratios = [0.01, 0.02, 0.04, 0.03, 0.012]
    (row,) = fit_cohort(near_0(ratios, [0.004] * 5, balances), []).pooled
    assert row.estimate == pytest.approx(np.mean(ratios), rel=1e-6)
    assert row.between_cell_sd == pytest.approx(
        math.sqrt(np.var(ratios, ddof=1) - 0.004**2) / np.mean(ratios), rel=1e-4
    )


def test_the_spread_of_ratios_near_infinity_is_that_of_their_inverses() -> None:
    inverses = np.array([0.01, 0.02, 0.04, 0.03, 0.012])
    rows = rows_with_errors((1.0 / inverses).tolist(), [1.2] * 5)
    rows[0] = rows[0].model_copy(update={"bound": Bound.LOWER, "ci_high": None, "p_ratio": None})
    rows[0] = rows[0].model_copy(update={"free_p_ratio": 0.01, "free_se": 0.004})
    for n, inverse in enumerate(inverses[1:].tolist(), start=1):
        limits = {"ci_low": 1.0 / (inverse + 0.004 * 1.959964), "ci_high": 1.0 / (inverse - 0.004 * 1.959964)}
        rows[n] = rows[n].model_copy(update=limits)
    (row,) = fit_cohort(rows, []).pooled
    assert row.estimate == pytest.approx(1.0 / inverses.mean(), rel=1e-6)
    spread = math.sqrt(inverses.var(ddof=1) - 0.004**2) / inverses.mean()
    assert row.between_cell_sd == pytest.approx(spread, rel=1e-4)
