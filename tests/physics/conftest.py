"""Strategies and the ion table that the tests of physics share."""

from __future__ import annotations

import pytest

from analysis.experiment.ions import IonTable, ion_table


@pytest.fixture(scope="session")
def ions() -> IonTable:
    return ion_table()
