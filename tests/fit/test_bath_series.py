"""Data of a fit: errors of the reversal potentials, and which of them are used."""

from __future__ import annotations

import numpy as np

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.bath_series import series_of_cell
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Unusable
from reversal.tables.status import Status


def test_covariance_has_own_errors_on_the_diagonal_and_the_junction_error_everywhere() -> None:
    rig = Rig()
    rig.baths, rig.se_mV, rig.shared_sd_mV = k_series(5, 40), 0.3, 1.5
    settings = rig.settings(Experiment(fitting=Fitting(bath_sd_mV=0.4)))
    (series,) = series_of_cell(rig.reversals({"K": 1.0}), settings)
    expected = np.diag([0.3**2 + 0.4**2] * 2) + 1.5**2
    np.testing.assert_allclose(series.covariance(), expected)


def test_leak_and_a_current_that_does_not_decay_shift_all_baths_together() -> None:
    rig = Rig()
    rig.baths = k_series(5, 40)
    shifts = {"leak_g_shift_mV": (0.5, 0.2), "leak_e_shift_mV": (-0.3, -0.1), "background_shift_mV": (1.8, 1.2)}
    rows = [
        row.model_copy(update={name: values[n] for name, values in shifts.items()})
        for n, row in enumerate(rig.reversals({"K": 1.0}))
    ]
    (series,) = series_of_cell(rows, rig.settings(Experiment()))
    np.testing.assert_allclose(series.leak_mV.T, list(shifts.values()))
    own = np.diag(series.own_sd_mV**2)
    shared = sum(np.outer(values, values) for values in shifts.values())
    np.testing.assert_allclose(series.covariance_without_shift(), own + shared)


def test_series_has_each_ion_once() -> None:
    rig = Rig()
    rig.baths = k_series(40, 5, 10)
    experiment = Experiment(permeant=["K", "Na", "Rb"], divalents=["Ca"])
    (series,) = series_of_cell(rig.reversals({"K": 1.0}), rig.settings(experiment))
    assert series.ions == ("K", "Na", "Rb", "Ca", "Cl")
    assert series.z.tolist() == [1, 1, 1, 1, -1]  # 1 for an ion in none of the solutions
    outside, inside, z = series.of("Na")
    assert (outside.tolist(), inside.tolist(), z) == ([110.0, 145.0, 140.0], [10.0] * 3, 1.0)


def test_solutions_are_distinguished_by_recipe_and_not_by_name() -> None:
    """A second name of a recipe is the same solution; an ion outside the series makes another one."""
    rig = Rig()
    rig.baths = {
        "K5": {"K": 5.0, "Na": 145.0, "Cl": 150.0},
        "K5 again": {"Cl": 150.0, "Na": 145.0, "K": 5.0},
        "K5 with Rb": {"K": 5.0, "Na": 100.0, "Rb": 45.0, "Cl": 150.0},
    }
    (series,) = series_of_cell(rig.reversals({"K": 1.0}), rig.settings(Experiment()))
    assert (series.solution.tolist(), series.n_solutions) == ([0, 0, 1], 2)
    assert series.solution_names == ("K5", "K5 with Rb")


def test_flagged_recordings_are_named() -> None:
    rig = Rig()
    rows = rig.reversals({"K": 1.0})
    rows[1] = rows[1].model_copy(update={"status": Status.FLAGGED})
    (series,) = series_of_cell(rows, rig.settings(Experiment()))
    assert [(f.code, f.place) for f in series.all_findings] == [(Code.RECORDINGS_FLAGGED, "control_K5")]


def test_excluded_and_missing_recordings_are_left_out_with_a_reason() -> None:
    rig = Rig()
    rows = rig.reversals({"K": 1.0})
    settings = rig.settings(Experiment())
    entry = settings.sheet_rows[4].entry
    assert entry is not None
    excluded = settings.sheet_rows[4].model_copy(update={"entry": entry.model_copy(update={"exclude": "spilt"})})
    settings = settings.model_copy(update={"sheet_rows": (*settings.sheet_rows[:4], excluded)})
    (series,) = series_of_cell([rows[0].model_copy(update={"status": Status.FAILED}), *rows[1:3]], settings)
    assert [(one.recording, one.why) for one in series.left_out] == [
        ("control_K2.5", Unusable.FAILED), ("control_K20", Unusable.NO_VALUE), ("control_K40", Unusable.EXCLUDED),
    ]  # fmt: skip
    (found,) = series.all_findings
    assert (found.code, found.number) == (Code.RECORDINGS_LEFT_OUT, 3)
