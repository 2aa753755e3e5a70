"""Nernst and GHK curves."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.activities import activities_of
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


def test_both_sides_changed_give_a_line_for_each_inside() -> None:
    """2.5 to 40 mM K⁺ outside with 140 and 35 mM inside: (RT/F) ln((K + 0.02 (150 − K))/(K inside + 0.02 · 10))."""
    rig, rows, settings = Rig(), [], None
    for inside in (140.0, 35.0):
        rig.pipette = {"K": inside, "Na": 10.0, "Cl": inside + 10.0}
        of_one = rig.settings(Experiment())
        name = f"in{inside:g}"
        renamed = {"pipette": name, "in_mM": inside}
        rows += [
            row.model_copy(update={**renamed, "recording": f"{row.recording}_{name}"})
            for row in rig.reversals({"K": 1.0, "Na": 0.02})
        ]
        known = {} if settings is None else settings.solutions
        solutions = {**of_one.solutions, **known, name: of_one.solutions["pip"]}
        settings = of_one.model_copy(update={"solutions": solutions})
    assert settings is not None
    points = fit_cell(rows, settings).curves
    for inside in (140.0, 35.0):
        for kind, of_sodium in (("nernst", 0.0), ("ghk", 0.02)):
            line = [point for point in points if (point.kind, point.in_mM) == (kind, inside)]
            k, e_mV = np.array([(point.out_mM, point.e_mV) for point in line]).T
            assert (k[0], k[-1]) == (pytest.approx(2.5 / 1.5), pytest.approx(40 * 1.5))
            true_mV = THERMAL_mV * np.log((k + of_sodium * (150 - k)) / (inside + of_sodium * 10))
            np.testing.assert_allclose(e_mV, true_mV, atol=0.03)


def test_curves_of_activities_are_over_concentrations(rig: Rig) -> None:
    """The Nernst line of activities passes through the Nernst potentials at the concentrations of the baths."""
    settings = rig.settings(Experiment(activity="pitzer"))
    points = [p for p in fit_cell(rig.reversals({"K": 1.0}), settings).curves if p.kind == "nernst"]
    assert (points[0].out_mM, points[-1].out_mM) == (pytest.approx(2.5 / 1.5), pytest.approx(40 * 1.5))
    solutions = (settings.solutions[name] for name in ("K5", "pip"))
    out, inside = (activities_of(one, settings.ions, 22.0).by_ion_mM["K"] for one in solutions)
    at_5_mM = float(np.interp(5.0, [p.out_mM for p in points], [p.e_mV for p in points]))
    assert at_5_mM == pytest.approx(THERMAL_mV * np.log(out / inside), abs=0.1)
