"""Membrane test of real recordings: a model cell with known components, and cancelled transients."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.measure.membrane.membrane_test import MembraneTest, membrane_test
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording

pytestmark = pytest.mark.real

HEKA = "GabStoelting+HEKAimport/tests/test2.dat"
MODEL_CELL = "swharden+pyABF/data/abfs/model_vc_step.abf"


def found_in(path: Path, channel: str | None = None) -> MembraneTest:
    if not path.exists():
        pytest.skip(f"{path.name} is not among the real recordings")
    test = membrane_test(Sweeps.of(read_recording(path, ReadingOptions(channel=channel))))
    assert test is not None
    return test


def test_components_of_a_model_cell_are_recovered(shared_data: Path) -> None:
    """Components given by the manufacturer: 10 MΩ in series with 500 MΩ parallel to 33 pF."""
    test = found_in(shared_data / MODEL_CELL)
    assert test.exponentials == 1
    assert test.rs_MOhm is not None
    assert test.cm_pF is not None
    assert test.rm_MOhm is not None
    assert test.rs_MOhm.value == pytest.approx(10.0, rel=0.15)
    assert test.cm_pF.value == pytest.approx(33.0, rel=0.03)
    assert test.rm_MOhm.value == pytest.approx(500.0, rel=0.03)


@pytest.mark.parametrize("series", ["E-25/2", "E-26/1", "E-27/1", "E-28/1", "E-28/2", "E-28/3", "E-28/4", "E-28/5"])
def test_residual_ringing_of_a_cancelled_transient_gives_neither_r_s_nor_c_m(shared_data: Path, series: str) -> None:
    test = found_in(shared_data / HEKA, series)
    assert test.rs_MOhm is None
    assert test.cm_pF is None
