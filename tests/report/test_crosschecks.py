"""Cross-check tables show known values and leave out empty columns."""

from __future__ import annotations

from types import ModuleType

from reversal.report.cell.cross_check_tables import comparisons_table, crosschecks
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.estimates_table import EstimateRow, Estimator
from reversal.tables.models_table import ModelRow
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.status import Status


def test_column_without_a_known_value_is_left_out(rows: ModuleType) -> None:
    reversal = rows.reversal_row("c1", "r1", 5.0, e_rev_mV=-73.3)
    local = EstimateRow(
        experiment="default",
        cell="c1",
        recording="r1",
        estimator=Estimator.LOCAL_POLYNOMIAL,
        primary=False,
        e_mV=-73.42,
        ci_low_mV=-74.0,
        ci_high_mV=None,
        se_mV=0.3,
        misfit=1.1,
        agrees=True,
    )
    (estimators,) = crosschecks(CellMeasures((), (), (reversal,), (local,)), CellFits((), (), ()))
    assert estimators.head == ("recording", "bath", "reported", "local polynomial")
    assert [entry.text for entry in estimators.body[0]] == ["r1", "K5", "−73.3", "≈ −73.4 (−74.0 to –)"]


def test_alternative_models_are_shown_with_their_tests() -> None:
    model = {"experiment": "default", "cell": "c", "condition": "control", "n_parameters": 1, "n_recordings": 4}
    nernst = ModelRow(**model, model="nernst", free="", chi2=2928.0, delta_aicc=2923.6)
    ghk = ModelRow(**model, model="ghk", free="Na", chi2=0.0353, delta_aicc=0.0, against="nernst", p_value=1e-9)
    (table,) = crosschecks(CellMeasures((), (), (), ()), CellFits((), (), (), models=(nernst, ghk)))
    shown = [[entry.text for entry in row] for row in table.body]
    assert shown[0][:4] == ["control", "nernst", "–", "2928"]
    assert "< 0.001" in shown[1]


def test_cell_without_cross_checks_has_none() -> None:
    assert list(crosschecks(CellMeasures((), (), (), ()), CellFits((), (), ()))) == []


def test_comparison_of_groups_has_the_corrected_p() -> None:
    row = ComparisonRow(
        ion="Na",
        reference="K",
        experiment="default",
        condition="drug",
        against_experiment="default",
        against_condition="control",
        design="paired",
        factor=2.31,
        ci_low=1.6,
        ci_high=3.4,
        p_value=0.004,
        p_holm=0.012,
        n_cells=6,
        n_cells_against=6,
        method="paired t",
        status=Status.OK,
        reason=None,
    )
    table = comparisons_table([row])
    shown = dict(zip(table.head, (entry.text for entry in table.body[0]), strict=True))
    assert (shown["factor"], shown["95 % interval"], shown["p"]) == ("2.3", "1.6 to 3.4", "0.012")
