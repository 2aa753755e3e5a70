"""Every fit on the same baths with concentrations and with activities: each finds the truth of its own scale."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, row_of
from reversal.experiment.activities import effective_mM
from reversal.experiment.configuration import Experiment
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.fit_cell import fit_cell
from reversal.physics.ghk_constant_field import ghk_current
from reversal.tables.iv_table import IVPoint
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.results import CellFits

SCALES = ("concentration", "pitzer")
VOLTAGES_mV = np.arange(-120.0, 61.0, 10.0)


def fits_on(scale: str, p_sodium: float, celsius: tuple[float, ...], seed: int = 1) -> CellFits:
    """A cell whose channel follows GHK on a scale, in baths of 3 to 300 mM KCl with 20 mM NaCl at each temperature."""
    rig, rng = Rig(), np.random.default_rng(seed)
    rig.baths = {f"K{k:g}": {"K": k, "Na": 20.0, "Cl": k + 20} for k in (3.0, 10.0, 30.0, 100.0, 300.0)}
    settings = rig.settings(Experiment(activity=scale))  # type: ignore[arg-type]
    ions, p = settings.ions, {"K": 1.0, "Na": p_sodium}
    rows, points = [], []
    for temperature in celsius:
        rig.celsius = temperature
        inside = effective_mM(settings.solutions["pip"], ions, scale, temperature)
        for bath in rig.baths:
            out = effective_mM(settings.solutions[bath], ions, scale, temperature)
            e_mV = goldman_mV(out, inside, p, temperature) + float(rng.normal(0, 0.02))
            name = f"{bath}_{temperature:g}"
            rows.append(row_of(bath, e_mV, rig).model_copy(update={"recording": name}))
            points += currents(name, out, inside, p, temperature)
    return fit_cell(rows, settings, points)


def goldman_mV(out: Mapping[str, float], inside: Mapping[str, float], p: Mapping[str, float], celsius: float) -> float:
    """Reversal potential for monovalent cations (Goldman 1943; Hodgkin & Katz 1949)."""
    thermal_mV = 8.31446261815324 * (celsius + 273.15) / 96.48533212331
    outward, inward = (sum(ratio * side[ion] for ion, ratio in p.items()) for side in (inside, out))
    return thermal_mV * math.log(inward / outward)


def currents(
    name: str, out: Mapping[str, float], inside: Mapping[str, float], p: Mapping[str, float], celsius: float
) -> list[IVPoint]:
    """An I–V of the channel, without a gate."""
    amounts = [np.array([side[ion] for ion in p]) for side in (out, inside)]
    parts = ghk_current(VOLTAGES_mV[:, None], 1.0, *amounts, np.ones(len(p)), celsius)
    i_pA = np.asarray(parts) @ np.array(list(p.values()))
    return [
        IVPoint(experiment="default", cell="c1", recording=name, condition="control", sweep=k, v_command_mV=float(v),
                v_membrane_mV=float(v), i_pA=float(i), se_pA=1.0, kind="steady")
        for k, (v, i) in enumerate(zip(VOLTAGES_mV, i_pA, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize("scale", SCALES)
def test_every_fit_of_a_cell_finds_the_truth_of_its_scale(scale: str) -> None:
    fits = fits_on(scale, 0.02, (22.0,))
    (ratio,), (currents_ratio,) = fits.permeabilities, fits.current_ratios
    assert ratio.p_ratio == pytest.approx(0.02, rel=0.02)
    assert ratio.other_scale_p_ratio != pytest.approx(0.02, rel=0.02)
    assert currents_ratio.p_ratio == pytest.approx(0.02, rel=0.02)
    ghk = {row.model: row for row in fits.models}["ghk"]
    assert (ghk.chi2 or 9) < 1
    assert [row.p_ratio_without for row in fits.influence] == pytest.approx([0.02] * 5, rel=0.05)
    assert [row.p_ratio for row in fits.bath_ratios if row.bath in ("K3", "K10")] == pytest.approx([0.02] * 2, rel=0.05)


@pytest.mark.parametrize("scale", SCALES)
def test_every_slope_is_one_on_its_scale(scale: str) -> None:
    """Pure potassium membranes at two temperatures, between which the activity of a bath changes."""
    ratios: list[PermeabilityRow] = []
    lines: list[NernstRow] = []
    points: list[LinePointRow] = []
    for number in range(4):
        fits = fits_on(scale, 0.0, (22.0, 22.3), seed=number)
        name = {"cell": f"c{number}"}
        ratios += [row.model_copy(update=name) for row in fits.permeabilities]
        lines += [row.model_copy(update=name) for row in fits.nernst]
        points += [row.model_copy(update=name) for row in fits.line_points]
        nernst = {row.model: row for row in fits.models}["nernst"]
        assert (nernst.chi2 or 99) < 1
    assert {(row.n_baths, row.n_recordings, row.verdict) for row in lines} == {(5, 10, Verdict.EQUIVALENT)}
    assert {row.n_baths for row in ratios} == {5}
    pooled = fit_cohort(ratios, lines, points).pooled
    slopes = [row for row in pooled if row.quantity == "slope ratio"]
    assert [row.method for row in slopes] == ["Hartung-Knapp-Sidik-Jonkman, spread by REML", "mixed model, REML"]
    assert [row.estimate for row in slopes] == pytest.approx([1.0, 1.0], abs=2e-3)


@pytest.mark.parametrize("scale", SCALES)
def test_both_scales_count_the_same_baths(scale: str) -> None:
    fits = fits_on(scale, 0.02, (22.0, 22.1, 22.2))
    assert (fits.nernst[0].n_baths, fits.permeabilities[0].n_baths, len(fits.influence)) == (5, 5, 5)
    assert len(fits.line_points) == 5


@pytest.mark.parametrize("scale", SCALES)
def test_one_bath_at_three_temperatures_is_one_bath(scale: str) -> None:
    rig = Rig()
    rig.baths = {"K5": rig.baths["K5"]}
    rows = []
    for temperature in (22.0, 22.1, 36.0):
        rig.celsius = temperature
        rows += [
            row.model_copy(update={"recording": f"{temperature}"}) for row in rig.reversals({"K": 1.0, "Na": 0.02})
        ]
    fits = fit_cell(rows, rig.settings(Experiment(activity=scale)))  # type: ignore[arg-type]
    assert "There is one pair of solutions" in (fits.permeabilities[0].reason or "")
    assert (fits.nernst[0].n_baths, fits.nernst[0].slope_ratio) == (1, None)
