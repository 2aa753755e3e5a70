"""The ion table that the tests of the atlas share."""

from __future__ import annotations

import pytest

from reversal.experiment.ion_table import IonTable, ion_table


@pytest.fixture(scope="session")
def ions() -> IonTable:
    return ion_table()
