"""Nernst and GHK curves."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.fit.fit_cell import fit_cell

THERMAL_mV = 8.31446261815324 * 295.15 / 96.48533212331  # at 22 °C


def lines_of(rig: Rig, sodium: float) -> dict[str, np.ndarray]:
    points = fit_cell(rig.reversals({"K": 1.0, "Na": sodium}), rig.settings(Experiment())).curves
    return {kind: np.array([(p.out_mM, p.e_mV) for p in points if p.kind == kind]).T for kind in ("nernst", "ghk")}


def test_curves_extend_beyond_the_baths_by_a_factor_of_1_5(rig: Rig) -> None:
    for line in lines_of(rig, 0.02).values():
        np.testing.assert_allclose(line[0], np.geomspace(2.5 / 1.5, 40 * 1.5, 61))


def test_curves_match_the_nernst_and_ghk_equations(rig: Rig) -> None:
    """The series replaces K by Na in 150 mM: (RT/F) ln((K + α (150 − K))/(140 + 10 α))."""
    lines = lines_of(rig, 0.02)
    k = lines["ghk"][0]
    goldman = THERMAL_mV * np.log((k + 0.02 * (150.0 - k)) / (140.0 + 0.02 * 10.0))
    np.testing.assert_allclose(lines["nernst"][1], THERMAL_mV * np.log(k / 140.0), atol=1e-6)
    np.testing.assert_allclose(lines["ghk"][1], goldman, atol=0.02)


def test_other_ions_are_interpolated_between_the_baths(rig: Rig) -> None:
    """Na is 145 mM at 5 mM K and 60 mM at 40 mM K: linear between and beyond, never below 0."""
    rig.baths = {
        "a": {"K": 5.0, "Na": 145.0, "Cl": 150.0},
        "b": {"K": 40.0, "Na": 60.0, "Cl": 100.0},
        "c": {"K": 80.0, "Na": 20.0, "Cl": 100.0},
    }
    k, e_mV = lines_of(rig, 0.1)["ghk"]
    sodium = np.maximum(np.where(k < 40, 145 - (k - 5) * 85 / 35, 60 - (k - 40)), 0.0)
    goldman = THERMAL_mV * np.log((k + 0.1 * sodium) / (140.0 + 0.1 * 10.0))
    np.testing.assert_allclose(e_mV, goldman, atol=0.03)


def test_one_bath_has_curves(rig: Rig) -> None:
    rig.baths = k_series(5)
    lines = lines_of(rig, 0.02)
    assert lines["ghk"][1][30] == pytest.approx(rig.reversals({"K": 1.0, "Na": 0.02})[0].e_rev_mV, abs=1e-3)
