"""A bug in the fits of a cell is a reason in its rows: the cohort needs the tables of every cell."""

from __future__ import annotations

import pytest

import reversal.fit.fit_cell as fit_cell_module
from reversal.calibration.simulated_series import Rig
from reversal.experiment.configuration import Experiment
from reversal.fit.fit_cell import fit_cell
from reversal.tables.findings.code import Code
from reversal.tables.status import Status


@pytest.mark.parametrize("stage", ["permeability_rows", "nernst_row", "curves", "model_rows"])
def test_every_quantity_of_the_cell_fails_with_the_reason(
    stage: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sound = getattr(fit_cell_module, stage)

    def planted(*values: object) -> object:
        with_rows = any(len(getattr(value, "rows", ())) > 0 for value in values)
        if with_rows:
            raise ZeroDivisionError("planted")
        return sound(*values)

    monkeypatch.setattr(fit_cell_module, stage, planted)
    fits = fit_cell(Rig().reversals({"K": 1.0}), Rig().settings(Experiment()))
    assert {row.status for row in (*fits.permeabilities, *fits.nernst)} == {Status.FAILED}
    bugs = [row for row in fits.fit_findings if row.code is Code.PROGRAM_ERROR]
    assert {row.table for row in bugs} == {"permeabilities", "nernst"}
    assert all("ZeroDivisionError: planted, in fit/fit_cell.py, line " in row.sentence for row in bugs)
    assert "Traceback" in caplog.text
