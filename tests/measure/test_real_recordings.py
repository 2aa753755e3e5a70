"""Real recordings with reversal potentials that are published or visible in their traces."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Junction, Window
from reversal.experiment.protocols import Protocol
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.measure.measure_recording import Measured, measure_recording
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Crossing
from tests.measure.findings_by_code import found_by_code

pytestmark = pytest.mark.real

HCN = "haganenoneko+EphysAnalysisTools/data/recording_abf"
HERG = "mirams+sine-wave"
HEKA = "GabStoelting+HEKAimport/tests/test2.dat"


def measured(
    path: Path, experiment: Experiment, outside: dict[str, float], inside: dict[str, float], celsius: float, **how: Any
) -> Measured:
    """Measure a file with its known or assumed solutions."""
    if not path.exists():
        pytest.skip(f"{path.name} is not among the real recordings")
    solutions = {
        "bath": Solution(ions_mM={**outside, "Cl": sum(outside.values())}),
        "pipette": Solution(ions_mM={**inside, "Cl": sum(inside.values())}),
    }
    entry = SheetEntry(recording="r", cell="c", file=path.name, bath="bath", pipette="pipette", temperature_C=celsius)
    table = ion_table()
    settings = CellSettings(
        cell="c",
        sheet_rows=(SheetRow(row=2, recording="r", cell="c", experiment="default", entry=entry),),
        experiments={"default": experiment},
        solutions=solutions,
        ions={ion: IonFacts.of(table[ion]) for one in solutions.values() for ion in one.ions_mM},
    )
    return measure_recording(entry, read_recording(path, ReadingOptions(**how)), settings)


def on_the_command_axis(path: Path, **how: Any) -> Measured:
    """Measure a file with unknown solutions, without junction correction."""
    experiment = Experiment(junction=Junction(apply=False))
    return measured(path, experiment, {"K": 5.0, "Na": 145.0}, {"K": 140.0, "Na": 10.0}, 22.0, **how)


@pytest.mark.parametrize("name", ["19d08005", "20d03004", "20917009", "20117008"])
def test_hcn_tails_cross_zero_once(shared_data: Path, name: str) -> None:
    one = measured(
        shared_data / HCN / f"{name}.abf", Experiment(), {"K": 30.0, "Na": 110.0}, {"K": 130.0, "Na": 10.0}, 22.0
    )
    assert one.iv.plan.protocol_kind == "tail"
    assert one.reversal.crossing is Crossing.BRACKETED
    assert one.reversal.others_mV == ()
    assert one.budget is not None
    assert one.budget.low_mV is not None
    assert one.budget.high_mV is not None
    assert -35 < one.budget.low_mV < one.budget.high_mV < -5


def test_a_family_with_a_user_list_crosses_once_near_minus_18(shared_data: Path) -> None:
    one = on_the_command_axis(shared_data / HCN / "21416007.abf")
    assert one.budget is not None
    assert one.budget.low_mV is not None
    assert one.budget.high_mV is not None
    assert one.budget.low_mV < -17.8 < one.budget.high_mV
    assert one.reversal.others_mV == ()


def herg_protocol(folder: Path) -> Protocol:
    """The published command: sixteen sweeps of 29,006 samples at 10 kHz."""
    from scipy.io import loadmat

    content = loadmat(folder / "Protocols" / "inactivation_protocol.mat")
    (array,) = [value for name, value in content.items() if not name.startswith("__")]
    sweeps = array.ravel().reshape(16, 29006)
    edges = [0, *(np.flatnonzero(np.abs(np.diff(sweeps[0])) > 0.5) + 1).tolist(), sweeps.shape[1]]
    epochs = []
    for start, stop in itertools.pairwise(edges):
        levels = [float(level) for level in sweeps[:, start + 2]]
        epochs.append({"step": levels if len(set(levels)) > 1 else levels[0], "ms": (stop - start) / 10.0})
    return Protocol.model_validate(
        {"holding_mV": -80, "epochs": epochs, "sample_rate_Hz": 1e4, "current_unit": "nA", "sweep_samples": 29006}
    )


@pytest.mark.parametrize(
    ("name", "celsius", "nernst_mV"),
    [("16713003", 21.3, -88.33), ("16715049", 21.4, -88.36), ("16713110", 21.4, -88.36)],
)
def test_herg_tails_reverse_within_4_mV_of_the_authors_nernst_potential(
    shared_data: Path, name: str, celsius: float, nernst_mV: float
) -> None:
    """Beattie et al., J. Physiol. 596:1813 (2018): K⁺ 4 and 130 mM, junction already corrected, leak subtracted."""
    folder = shared_data / HERG
    if not folder.is_dir():
        pytest.skip(f"{HERG} is not among the real recordings")
    (path,) = (folder / "ExperimentalData" / name).glob("*.mat")
    experiment = Experiment(
        permeant=["K"], junction=Junction(apply=False), window=Window(measure="tail", to_mV=0)
    )  # above 0 mV these channels inactivate during the transient
    one = measured(path, experiment, {"K": 4.0}, {"K": 130.0}, celsius, protocol=herg_protocol(folder))
    assert one.prediction.e_nernst_mV == pytest.approx(nernst_mV, abs=0.05)
    assert one.reversal.estimate is not None
    assert one.reversal.estimate.e_mV == pytest.approx(nernst_mV, abs=4.0)


def test_steps_that_never_reach_zero_give_a_bound(shared_data: Path) -> None:
    one = on_the_command_axis(shared_data / "swharden+pyABF/data/abfs/17o05024_vc_steps.abf")
    assert one.reversal.estimate is None
    assert one.reversal.bound is not None
    assert one.reversal.bound.side == "above"


@pytest.mark.parametrize(
    ("path", "expected_mV", "within_mV"),
    [
        ("imlijunda+abf2load/data/example.abf", -11.0, 1.0),
        ("myokit+myokit/myokit/tests/data/formats/abf-v1.abf", -0.3, 0.2),
    ],
)
def test_step_families_cross_where_their_currents_change_sign(
    shared_data: Path, path: str, expected_mV: float, within_mV: float
) -> None:
    one = on_the_command_axis(shared_data / path)
    assert one.uncorrected_mV == pytest.approx(expected_mV, abs=within_mV)


@pytest.mark.parametrize("series", ["E-25/2", "E-26/1", "E-27/1", "E-28/1", "E-28/2", "E-28/3", "E-28/4", "E-28/5"])
def test_each_heka_series_crosses_once_with_an_interval(shared_data: Path, series: str) -> None:
    one = on_the_command_axis(shared_data / HEKA, channel=series)
    assert one.reversal.crossing is Crossing.BRACKETED
    assert one.reversal.others_mV == ()
    assert one.budget is not None
    assert one.budget.low_mV is not None
    assert one.budget.high_mV is not None
    assert one.budget.high_mV - one.budget.low_mV < 20.0


@pytest.mark.parametrize(("name", "leaks"), [("19d08005", True), ("20d03004", False), ("20917009", False)])
def test_leak_in_hcn_tails_is_detected_by_the_relaxing_current(shared_data: Path, name: str, leaks: bool) -> None:
    """At −20 mV the tails of 19d08005 decay inward although its total current is outward; the others do not."""
    one = measured(
        shared_data / HCN / f"{name}.abf", Experiment(), {"K": 30.0, "Na": 110.0}, {"K": 130.0, "Na": 10.0}, 22.0
    )
    assert (Code.TAIL_LEAK in found_by_code(one)) is leaks


def test_a_seal_that_fails_in_a_heka_family_is_a_finding(shared_data: Path) -> None:
    """E-26/1: from −55 to −45 mV the current jumps from −57 to −136 pA, and the holding current from 7 to 14 pA."""
    found = found_by_code(on_the_command_axis(shared_data / HEKA, channel="E-26/1"))
    assert (found[Code.JUMP].number or 0.0) > 10.0
    assert Code.JUMP not in found_by_code(on_the_command_axis(shared_data / HEKA, channel="E-28/3"))
