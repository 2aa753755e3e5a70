"""Rows of the tables of a measured recording."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reversal.calibration.measured_cases import MeasuredCase


def test_current_density_is_current_divided_by_capacitance(measured: Callable[..., MeasuredCase]) -> None:
    from reversal.measure.assessment import assessed
    from reversal.measure.table_rows import iv_rows

    for point in iv_rows(assessed(measured().measured, (), ())):
        assert point.i_pA_per_pF == pytest.approx(point.i_pA / 15.0)
