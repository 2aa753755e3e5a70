"""Public recordings of empty cells, of blocked cells and without a cell: none has the reversal potential of a channel.

Lei et al., Wellcome Open Res. 5:152 (2020): automated patch clamp at 5 kHz. The start of the command is documented:
a ramp from −120 to −80 mV, then steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Current
from reversal.tables.status import Status
from tests.cases.project import Run, run_project

pytestmark = pytest.mark.real

FOLDER = "CardiacModelling+nonlinear-time-dependent-leak"
RATE_Hz = 5000
EPOCHS = [
    {"step": -80, "ms": 250},
    {"step": -120, "ms": 50},
    {"ramp": {"from": -120, "to": -80}, "ms": 400},
    {"step": -80, "ms": 200},
    {"step": 40, "ms": 1000},
    {"step": -120, "ms": 500},
    {"step": -80, "ms": 1000},
]
SOLUTIONS = {
    "bath": {"ions_mM": {"K": 4, "Na": 145, "Cl": 149}},
    "pipette": {"ions_mM": {"K": 130, "Na": 10, "Cl": 140}},
}
LINE = {"subtract": "linear", "from_mV": -118, "to_mV": -100}
EMPTY_OR_BLOCKED = ("cho-empty-auto", "cho-herg")


@pytest.fixture
def run(shared_data: Path, tmp_path: Path) -> Callable[..., Run]:
    """Run a project of the documented start of each recording; skip where the recordings are absent."""
    files = sorted((shared_data / FOLDER).rglob("*.csv"))
    if not files:
        pytest.skip(f"the recordings of {FOLDER} are not next to the project")

    def run(leak: Mapping[str, Any], seal_GOhm: float | None, solutions: Mapping[str, Any] = SOLUTIONS) -> Run:
        (tmp_path / "raw").mkdir()
        samples = sum(epoch["ms"] for epoch in EPOCHS) * RATE_Hz // 1000
        head = ["cell", "recording", "file", "bath", "pipette", "temperature_C", "protocol", "seal_GOhm"]
        lines = ["\t".join(head)]
        for number, file in enumerate(files):
            name = f"{file.parent.name}_{number}"
            current_pA = np.loadtxt(file, skiprows=1, max_rows=samples)
            np.savetxt(tmp_path / "raw" / f"{name}.csv", current_pA, header="current", comments="")
            seal = "" if seal_GOhm is None else str(seal_GOhm)
            lines.append("\t".join([name, name, f"{name}.csv", "bath", "pipette", "25", "start", seal]))
        (tmp_path / "recordings.tsv").write_text("\n".join(lines), encoding="utf-8")
        (tmp_path / "solutions.yaml").write_text(yaml.safe_dump(dict(solutions)), encoding="utf-8")
        protocol = {"holding_mV": -80, "sample_rate_Hz": RATE_Hz, "current_unit": "pA", "epochs": EPOCHS}
        places = {name: name for name in ("results_dir", "reports_dir")}
        files_of = {"raw_dir": "raw", "recordings": "recordings.tsv", "solutions": "solutions.yaml"}
        experiments = {"default": {"window": {"measure": "ramp"}, "leak": dict(leak)}}
        config = places | files_of | {"experiments": experiments, "protocols": {"start": protocol}}
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        return run_project(tmp_path)

    return run


def test_without_a_seal_no_value_is_that_of_a_channel(run: Callable[..., Run]) -> None:
    found = run({}, None)
    assert len(found.recordings) == 12
    assert {row.status for row in found.recordings.values()} <= {Status.NO_REVERSAL, Status.FLAGGED}
    for name, row in found.reversals.items():
        assert row.e_rev_of is not Current.CHANNEL
        if row.e_rev_mV is not None:
            assert found.codes(recording=name) & {Code.CHANNEL_REVERSAL_RANGE, Code.CHANNEL_REVERSAL_OPEN}


@pytest.mark.parametrize("seal_GOhm", [1.0, *(pytest.param(one, marks=pytest.mark.long) for one in (0.5, 2.0, 10.0))])
def test_with_a_seal_empty_and_blocked_cells_have_no_reversal_that_fits_use(
    run: Callable[..., Run], seal_GOhm: float
) -> None:
    found = run({}, seal_GOhm)
    assert len(found.reversals) == 12
    for row in found.reversals.values():
        assert row.status is not Status.OK, row.recording
    beyond = [row.recording for row in found.reversals.values() if row.e_rev_mV is not None]
    assert all(Code.REVERSAL_BEYOND_IONS in found.codes(recording=name) for name in beyond)
    ratios = [row for row in found.cohort.permeabilities if row.cell.startswith(EMPTY_OR_BLOCKED)]
    assert {row.p_ratio for row in ratios} == {None}


def test_solutions_that_allow_any_reversal_make_no_channel_of_a_recording_without_a_cell(
    run: Callable[..., Run],
) -> None:
    """One of them reverses below −100 mV without its leak, where E_K is −125 mV in 1 mM K⁺."""
    low = {**SOLUTIONS, "bath": {"ions_mM": {"K": 1, "Na": 145, "Cl": 146}}}
    found = run({}, 2.0, low)
    assert Status.OK not in {row.status for row in found.reversals.values()}
    named = [row.recording for row in found.reversals.values() if row.e_rev_mV is not None]
    assert named
    assert all(Code.OHMIC_CURRENT in found.codes(recording=name) for name in named)


def test_without_a_line_through_the_ramp_nothing_is_left(run: Callable[..., Run]) -> None:
    found = run(LINE, None)
    assert Status.OK not in {row.status for row in found.reversals.values()}
    rows = [row for row in found.reversals.values() if row.recording.startswith(EMPTY_OR_BLOCKED)]
    assert {row.e_rev_mV for row in rows} == {None}
