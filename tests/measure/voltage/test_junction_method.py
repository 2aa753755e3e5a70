"""Junction potential of a recording by each declared method."""

from __future__ import annotations

import pytest

from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.measure.voltage.junction_correction import junction_offset

BATH = {"K": 2.8, "Na": 145, "Cl": 148.8, "Mg": 2, "Ca": 1, "HEPES": 5}
PIPETTE = {"K": 145, "Na": 13, "Cl": 10, "gluconate": 145, "Mg": 1, "HEPES": 5}


@pytest.fixture
def offset():
    def by(method):
        entry = SheetEntry(recording="r", cell="c", file="f.abf", bath="bath", pipette="pipette", temperature_C=20)
        settings = CellSettings(
            cell="c",
            sheet_rows=(SheetRow(row=2, recording="r", cell="c", experiment="default", entry=entry),),
            experiments={"default": Experiment.model_validate({"junction": {"method": method}})},
            solutions={"bath": Solution(ions_mM=BATH), "pipette": Solution(ions_mM=PIPETTE)},
            ions={name: IonFacts.of(ion_table()[name]) for name in {*BATH, *PIPETTE}},
        )
        return junction_offset(entry, settings)

    return by


@pytest.mark.parametrize(("method", "expected"), [("henderson", 15.6), ("nernst_planck", 16.046)])
def test_both_methods_match_the_published_junction_potential(method, expected, offset):
    """AxoBits 39, page 8: 15.6 mV by Henderson at 20 °C; 16.046 by an independent Nernst–Planck solver."""
    assert offset(method).total_mV == pytest.approx(expected, abs=0.05)
