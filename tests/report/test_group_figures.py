"""Figures and sentences of groups of cells: E_rev by bath, shifts, and series whose inside is changed."""

from __future__ import annotations

import pytest

from reversal.report.cohort.group_figures import (
    drawn_lines,
    reversal_lines,
    reversals_in_words,
    shift_lines,
    shift_scale,
    shifts_in_words,
)
from reversal.report.figure.changed_side import against_changed_side, nernst_lines
from reversal.report.figure.style import SIZES
from reversal.tables.group_reversals_table import GroupReversalRow
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.shifts_table import Design, Shifted, ShiftRow
from reversal.tables.status import Status


def mean(bath: str, condition: str, e_rev_mV: float, e_nernst_mV: float = -88.0, n_cells: int = 5) -> GroupReversalRow:
    return GroupReversalRow.model_construct(
        experiment="default", condition=condition, bath=bath, inside="pip", ion="K", e_rev_mV=e_rev_mV,
        ci_low_mV=e_rev_mV - 1.2, ci_high_mV=e_rev_mV + 1.2, e_nernst_mV=e_nernst_mV, n_cells=n_cells,
        status=Status.OK,
    )  # fmt: skip


def shift(bath: str | None, difference: float | None, against: str = "control") -> ShiftRow:
    return ShiftRow.model_construct(
        experiment="default", condition="drug", against_experiment="default", against_condition=against, bath=bath,
        quantity=Shifted.E_REV, difference=difference, ci_low=3.0, ci_high=5.0, design=Design.PAIRED, n_cells=6,
        n_cells_against=6, n_tests=2, status=Status.OK, sentence=f"drug differs in {bath}.",
    )  # fmt: skip


MEANS = [mean("K5", "control", -82.0), mean("K20", "control", -49.0), mean("K5", "drug", -78.0)]


def test_the_groups_of_a_bath_are_next_to_each_other_with_its_nernst_potential() -> None:
    lines = reversal_lines(MEANS)
    assert [line.label for line in lines] == ["K5 · control (n = 5)", "K5 · drug (n = 5)", "K20 · control (n = 5)"]
    assert [line.mark for line in lines] == [-88.0] * 3
    assert lines[0].look == lines[2].look != lines[1].look


def test_the_means_are_a_sentence_for_each_group() -> None:
    assert reversals_in_words(MEANS) == (
        "E_rev of control was −82.0 mV (95 %: −83.2 to −80.8; n = 5 cells) in K5 and −49.0 mV (95 %: −50.2 to −47.8; "
        "n = 5 cells) in K20. E_rev of drug was −78.0 mV (95 %: −79.2 to −76.8; n = 5 cells) in K5."
    )


def test_one_pair_of_groups_is_named_once_and_several_on_each_line() -> None:
    one, several = [shift(None, 4.0), shift("K5", 4.2)], [shift(None, 4.0), shift(None, 4.1, "mutant")]
    assert [line.label for line in shift_lines(one)] == ["all baths (paired, n = 6)", "K5 (paired, n = 6)"]
    assert shift_scale(one) == "E_rev, drug − control (mV)"
    assert shift_lines(several)[1].label == "drug − mutant, all baths (paired, n = 6)"
    assert shifts_in_words(one) == "drug differs in None."


def test_each_cell_of_a_paired_test_is_a_dot_and_its_two_conditions_are_joined() -> None:
    one = shift(None, 4.0).model_copy(update={"cells": '{"a": 3.5, "b": 4.5}'})
    (line,) = shift_lines([one])
    assert line.cells == {"a": 3.5, "b": 4.5}
    text = drawn_lines([line], "E_rev (mV)", True, "shifts", SIZES[0]).svg("shifts")
    assert text.count("<circle") + text.count("<use") >= 2

    cells = ('{"a": -82.5, "b": -81.5}', '{"a": -78.5, "c": -77.5}')
    groups = [mean("K5", name, -80.0).model_copy(update={"cells_mV": of}) for name, of in zip("xy", cells, strict=True)]
    joined = drawn_lines(reversal_lines(groups), "E_rev (mV)", False, "groups", SIZES[0]).svg("groups")
    apart = [groups[0], groups[1].model_copy(update={"bath": "K20"})]
    alone = drawn_lines(reversal_lines(apart), "E_rev (mV)", False, "groups", SIZES[0]).svg("groups")
    assert joined.count("<path") == alone.count("<path") + 1  # the cell that is in both groups


def test_a_shift_without_a_test_is_no_line() -> None:
    assert shift_lines([shift(None, None)]) == ()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.ending or "page")
def test_a_figure_has_its_values_inside_each_size(size: object) -> None:
    drawing = drawn_lines(shift_lines([shift(None, 4.0), shift("K5", 4.2)]), "E_rev (mV)", True, "shifts", size)  # type: ignore[arg-type]
    text = drawing.svg("shifts")
    assert "all baths" in text
    assert drawing.width == size.width  # type: ignore[attr-defined]


def reversal(out_mM: float, in_mM: float, e_nernst_mV: float) -> ReversalRow:
    return ReversalRow.model_construct(
        experiment="default", cell="c", condition="control", ion="K", out_mM=out_mM, in_mM=in_mM,
        e_nernst_mV=e_nernst_mV, e_rev_mV=e_nernst_mV + 2.0, ground=None,
    )  # fmt: skip


def test_a_series_whose_inside_is_changed_is_against_the_inside() -> None:
    rows = [reversal(5.0, 140.0, -84.0), reversal(5.0, 35.0, -49.0)]
    seen = against_changed_side(rows, (), "K⁺")
    assert (seen.label, seen.side, seen.column, seen.other) == ("[K⁺]ᵢ", "inside", "in", "")
    assert [(row.out_mM, row.in_mM) for row in seen.reversals] == [(140.0, 5.0), (35.0, 5.0)]
    assert nernst_lines(seen.reversals) == [[(35.0, -49.0), (140.0, -84.0)]]


@pytest.mark.parametrize(("inside", "other"), [((140.0, 140.0), ""), ((140.0, 70.0), "[K⁺]ᵢ")])
def test_a_series_whose_outside_is_changed_stays_against_the_outside(inside: tuple[float, float], other: str) -> None:
    rows = [reversal(5.0, inside[0], -84.0), reversal(20.0, inside[1], -49.0)]
    seen = against_changed_side(rows, (), "K⁺")
    assert (seen.label, seen.reversals, seen.other) == ("[K⁺]ₒ", tuple(rows), other)
    assert len(nernst_lines(seen.reversals)) == len(set(inside))


@pytest.mark.parametrize(("ground", "changed", "other"), [("trans", "cis", "trans"), ("cis", "trans", "cis")])
def test_a_bilayer_is_against_its_chamber(ground: str, changed: str, other: str) -> None:
    rows = [reversal(50.0, mM, 0.0).model_copy(update={"ground": ground}) for mM in (500.0, 150.0)]
    seen = against_changed_side(rows, (), "K⁺")
    assert (seen.label, seen.side, seen.column, seen.other_column) == (f"{changed} [K⁺]", changed, changed, other)
