"""Ramps and tails of hERG in the study of R56Q, against the reversal potentials that its authors state for each cell.

Kemp et al., J. Gen. Physiol. 153:e202112923 (2021): HEK cells at 37 °C, K⁺ 4 and 130 mM, leak subtracted. The stated
values are those of a ramp from −70 to −110 mV less a junction potential of 4.5 mV; the Nernst equation gives −93.04 mV.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.configuration import Experiment
from reversal.experiment.measure_settings import Window
from reversal.experiment.protocols import Protocol
from reversal.measure.measure_recording import Measured
from tests.measure.test_real_recordings import measured

pytestmark = pytest.mark.real

REPOSITORY = "CardiacModelling+R56Q-modelling"
NERNST_mV = -93.04
STATED_mV = {
    "WT": (-91.6, -92.8, -95.1, -92.3, -106.1),
    "WT-RPR": (-87.4, -92.1, -96.1, -93.1, -106.1),
    "R56Q": (-96.0, -95.0, -90.5, -94.5, -94.5, -101.0),
    "R56Q-RPR": (-92.2, -89.0, -90.1, -95.0, -93.1, -93.4),
}
CELLS = [(group, n + 1, e_mV) for group, values in STATED_mV.items() for n, e_mV in enumerate(values)]
WITHOUT_REVERSAL = {("R56Q", 1), ("R56Q", 2), ("R56Q", 4), ("R56Q", 5), ("R56Q", 6)}
"""Cells whose ramp has no certain inward current: the fast mutant has closed before the ramp passes E_rev."""
OUTSIDE_TAILS = {("R56Q", 1), ("R56Q", 5), ("R56Q", 6)}
"""Those of them whose stated value is outside the interval of their tails, which contains the Nernst potential."""
OUTSIDE, INSIDE = {"K": 4.0, "Na": 137.0}, {"K": 130.0, "Na": 5.0}  # only K⁺ is stated
TAIL_LEVELS_mV = [-140, -110, -80, -50, -20, 10, 40]


def of_cell(
    shared_data: Path, folder: str, name: str, epochs: list[dict[str, object]], measure: str, n: int
) -> Measured:
    if not (shared_data / REPOSITORY).is_dir():
        pytest.skip(f"{REPOSITORY} is not among the real recordings")
    command = {"holding_mV": -80, "epochs": epochs, "sample_rate_Hz": 1e4, "current_unit": "pA", "sweep_samples": n}
    experiment = Experiment(permeant=["K"], window=Window(measure=measure))  # type: ignore[arg-type]
    path = shared_data / REPOSITORY / "data" / folder / f"{name}.csv"
    return measured(
        path, experiment, OUTSIDE, INSIDE, 37.0, protocol=Protocol.model_validate(command), channel="current"
    )


def ramp(shared_data: Path, group: str, cell: int) -> Measured:
    """The ramp at the end of the staircase."""
    steps: list[dict[str, object]] = [{"step": -80, "ms": 14400}, {"step": -70, "ms": 10}]
    down: dict[str, object] = {"ramp": {"from": -70, "to": -110}, "ms": 100}
    after: list[dict[str, object]] = [{"step": -120, "ms": 390}, {"step": -80, "ms": 500}]
    return of_cell(shared_data, "Staircase", f"staircase1-{group}-cell-{cell}", [*steps, down, *after], "ramp", 154_000)


def tails(shared_data: Path, group: str, cell: int) -> Measured:
    """Peaks of the tails in steps of 30 mV, after 500 ms at +20 mV."""
    levels: list[tuple[object, int]] = [(-80, 25), (-120, 50), (-80, 25), (20, 500), (TAIL_LEVELS_mV, 800)]
    after: list[tuple[object, int]] = [(-80, 200), (-120, 300), (-80, 100)]
    epochs: list[dict[str, object]] = [{"step": level, "ms": ms} for level, ms in (*levels, *after)]
    return of_cell(shared_data, "Inactivation", f"inactivation-{group}-cell-{cell}", epochs, "peak", 20_000)


@pytest.mark.parametrize(("cell", "stated_mV"), list(enumerate(STATED_mV["WT"], 1)))
def test_wild_type_ramps_give_the_stated_reversal_potentials(shared_data: Path, cell: int, stated_mV: float) -> None:
    found = ramp(shared_data, "WT", cell)
    assert found.reversal.estimate is not None
    assert found.reversal.estimate.e_mV == pytest.approx(stated_mV, abs=0.5)
    assert found.budget is not None
    assert found.budget.contains(stated_mV, stated_mV)


@pytest.mark.parametrize(("group", "cell", "stated_mV"), CELLS)
def test_tails_in_steps_of_30_mV_contain_the_stated_value(
    shared_data: Path, group: str, cell: int, stated_mV: float
) -> None:
    """They contain 19 of 22; in the other three cells they contain the Nernst potential instead."""
    found = tails(shared_data, group, cell)
    expected_mV = NERNST_mV if (group, cell) in OUTSIDE_TAILS else stated_mV
    assert found.budget is not None
    assert found.budget.contains(expected_mV, expected_mV)


@pytest.mark.parametrize(("group", "cell"), [(group, cell) for group, cell, _ in CELLS])
def test_a_ramp_has_a_reversal_unless_no_inward_current_is_left(shared_data: Path, group: str, cell: int) -> None:
    """Without a reversal, every current below −95 mV is within two standard errors of 0: a zero there is noise."""
    found = ramp(shared_data, group, cell)
    assert (found.reversal.estimate is None) is ((group, cell) in WITHOUT_REVERSAL)
    below = np.asarray(found.iv.v_membrane_mV) < -95.0
    in_errors = np.asarray(found.iv.curve.i_pA)[below] / np.asarray(found.iv.curve.se_pA)[below]
    assert bool((in_errors > -2.0).all()) is ((group, cell) in WITHOUT_REVERSAL)
