"""Rows that are read in parts give the numbers of the whole array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from reversal.arrays import FloatArray
from reversal.statistics.autocorrelation import window_means
from reversal.statistics.quantisation import rounding_of
from reversal.statistics.row_parts import by_row, chosen_rows, less, parts_of


@dataclass
class InParts:
    rows: FloatArray
    at_once: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.rows.shape[1]

    def parts(self) -> Iterator[FloatArray]:
        for first in range(0, len(self.rows), self.at_once):
            yield self.rows[first : first + self.at_once]


def filtered(sweeps: int) -> FloatArray:
    white = np.random.default_rng(7).normal(size=(sweeps, 300))
    return np.cumsum(white, axis=1) * 0.02 + white + np.linspace(0.0, 3.0, 300)


@pytest.mark.parametrize("at_once", [1, 3, 7, 40])
@pytest.mark.parametrize("sweeps", [1, 5, 16, 23, 40])
def test_means_in_parts_are_those_of_all_rows(sweeps: int, at_once: int) -> None:
    rows = filtered(sweeps)
    whole, found = window_means(rows), window_means(InParts(rows, at_once))
    for name in ("mean", "se", "slope", "slope_se", "n_effective"):
        np.testing.assert_allclose(getattr(found, name), getattr(whole, name), rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("at_once", [1, 4, 23])
def test_rounding_in_parts_is_that_of_all_rows(at_once: int) -> None:
    rows = np.round(filtered(23) * 2.0) / 2.0
    assert rounding_of(InParts(rows, at_once), 0.5).variance == pytest.approx(rounding_of(rows, 0.5).variance)


def test_results_by_row_are_in_the_order_of_the_rows() -> None:
    rows = filtered(9)
    np.testing.assert_array_equal(by_row(lambda part: part.sum(1), InParts(rows, 2)), rows.sum(1))


@pytest.mark.parametrize("at_once", [1, 4, 9])
def test_chosen_rows_are_in_the_order_of_their_numbers(at_once: int) -> None:
    rows, numbers = filtered(9), np.array([7, 0, 3, 8])
    np.testing.assert_array_equal(chosen_rows(InParts(rows, at_once), numbers), rows[numbers])
    np.testing.assert_array_equal(chosen_rows(rows, numbers), rows[numbers])
    assert chosen_rows(InParts(rows, at_once), numbers[:0]).shape == (0, 300)


@pytest.mark.parametrize("at_once", [1, 4, 9])
def test_a_value_of_each_row_is_subtracted_in_parts_and_at_once(at_once: int) -> None:
    rows = filtered(9)
    expected = rows - rows.mean(1)[:, None]
    found = less(InParts(rows, at_once), rows.mean(1))
    assert found.shape == rows.shape
    np.testing.assert_array_equal(np.concatenate(list(parts_of(found))), expected)
    np.testing.assert_array_equal(less(rows, rows.mean(1)), expected)
