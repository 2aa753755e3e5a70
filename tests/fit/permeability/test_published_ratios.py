"""Published permeability ratios, computed again from the published voltages and solutions."""

from __future__ import annotations

import math

import pytest

from reversal.calibration.simulated_series import Rig, row_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.fit.fit_cell import fit_cell
from reversal.tables.permeabilities_table import Bound


def bi_ionic(rig: Rig, ion: str, e_mV: float, experiment: Experiment) -> tuple[float, float, float]:
    """Ratio of the ion with its interval from a single bath, with concentrations."""
    (bath,) = rig.baths
    row = next(r for r in fit_cell([row_of(bath, e_mV, rig)], rig.settings(experiment)).permeabilities if r.ion == ion)
    assert row.p_ratio is not None
    assert row.ci_low is not None
    assert row.ci_high is not None
    return row.p_ratio, row.ci_low, row.ci_high


def test_castor_sodium() -> None:
    """Charpentier et al., Plant Cell 20:3467 (2008), table 3: +17.9 ± 2 mV gives P_K/P_Na 2.0.

    Potassium on one side and sodium on the other at equal concentrations, 20 °C. Here sodium is outside, so the
    voltage has the opposite sign.
    """
    rig = Rig()
    rig.celsius, rig.se_mV, rig.shared_sd_mV = 20.0, 2.0, 0.0
    rig.baths, rig.pipette = {"Na": {"Na": 100.0, "Cl": 100.0}}, {"K": 100.0, "Cl": 100.0}
    ratio, low, high = bi_ionic(rig, "Na", -17.9, Experiment())
    assert 1 / ratio == pytest.approx(2.0, abs=0.05)
    assert 1 / high < 2.0 < 1 / low


def test_castor_calcium() -> None:
    """The same table: 5.0 ± 1 mV gives P_K/P_Ca 1.4.

    Equal concentrations of calcium and potassium, which the table does not give, give 1.48.
    """
    rig = Rig()
    rig.celsius, rig.se_mV, rig.shared_sd_mV = 20.0, 1.0, 0.0
    rig.baths, rig.pipette = {"Ca": {"Ca": 100.0, "Cl": 200.0}}, {"K": 100.0, "Cl": 100.0}
    experiment = Experiment(ion="Ca", permeant=["K"], divalents=["Ca"])
    ratio, low, high = bi_ionic(rig, "Ca", 5.0, experiment)
    assert 1 / ratio == pytest.approx(1.479, abs=0.005)
    assert 1 / high < 1.4 < 1 / low


@pytest.mark.parametrize(("ion", "ratio"), [("Tl", 2.3), ("Rb", 0.92), ("NH4", 0.13)])
def test_hille_potassium_channel_from_the_shift_of_each_substitute(ion: str, ratio: float) -> None:
    """Hille, J. Gen. Physiol. 61:669 (1973): frog node, P_X/P_K; a bath with X compared with one with potassium.

    The paper's ratios are defined by the shift RT/F ln(P_X/P_K) at equal concentrations. A junction error common to
    both baths must not change the ratio.
    """
    rig = Rig()
    rig.celsius = 20.0
    rig.baths = {"K": {"K": 110.0, "Cl": 110.0}, ion: {ion: 110.0, "Cl": 110.0}}
    rig.pipette = {"K": 110.0, "Cl": 110.0}
    shift_mV = 25.2617 * math.log(ratio)
    rows = [row_of("K", 2.0, rig), row_of(ion, 2.0 + shift_mV, rig)]
    found = fit_cell(rows, rig.settings(Experiment(permeant=["K", ion]))).bath_ratios
    of_ion = next(row for row in found if row.bath == ion)
    assert of_ion.shift_p_ratio == pytest.approx(ratio, rel=1e-4)


def test_hille_sodium_in_the_potassium_channel_is_an_upper_limit() -> None:
    """The same paper: P_Na/P_K < 0.01, no reversal observed. An impermeant ion gives a bound, never 0."""
    rig = Rig()
    rig.celsius = 20.0
    rig.baths = {"K": {"K": 110.0, "Cl": 110.0}, "K2.5": {"K": 2.5, "Na": 107.5, "Cl": 110.0}}
    rig.pipette = {"K": 110.0, "Cl": 110.0}
    row = fit_cell(rig.reversals({"K": 1.0}, -0.1), rig.settings(Experiment())).permeabilities[0]
    assert row.bound is Bound.UPPER
    assert row.ci_high is not None
    assert 0 < row.ci_high < 0.01


def test_hodgkin_and_horowicz_series_gives_one_percent_sodium_permeability() -> None:
    """V = 58 log10(([K]o + 0.01 [Na]o)/140), a common fit to frog muscle, J. Physiol. 148:127 (1959).

    58 mV per decade corresponds to 19.17 °C. The formula neglects sodium inside.
    """
    rig = Rig()
    rig.celsius, rig.pipette = 58.0 / math.log(10) * 96.48533212331 / 8.31446261815324 - 273.15, {"K": 140.0}
    potassium = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 100.0)
    rig.baths = {f"K{k:g}": {"K": k, "Na": 120.0 - k} for k in potassium}
    rows = [
        row_of(name, 58.0 * math.log10((bath["K"] + 0.01 * bath["Na"]) / 140.0), rig)
        for name, bath in rig.baths.items()
    ]
    fits = fit_cell(rows, rig.settings(Experiment()))
    assert fits.permeabilities[0].p_ratio == pytest.approx(0.01, rel=1e-3)
    assert fits.nernst[0].curvature_p is not None
    assert fits.nernst[0].curvature_p < 0.05


def test_cahalan_and_begenisich_ratio_is_not_constant() -> None:
    """J. Gen. Physiol. 68:111 (1976): P_Na/P_K 12.8, 5.7 and 3.5 at 530, 180 and 50 mM potassium inside.

    Reversal potentials computed from these ratios return each ratio from its own solution. The joint fit finds that no
    single ratio fits all three.
    """
    rig = Rig()
    rig.celsius, rig.baths = 10.0, {"sea water": {"Na": 440.0, "Cl": 440.0}}
    published = {530.0: 12.8, 180.0: 5.7, 50.0: 3.5}
    thermal = 8.31446261815324 * 283.15 / 96.48533212331
    experiment = Experiment(ion="Na", permeant=["Na", "K"])
    pipettes, rows = {}, []
    for inside, ratio in published.items():
        rig.pipette = {"K": inside, "Cl": inside}
        e_mV = thermal * math.log(ratio * 440.0 / inside)
        found, low, high = bi_ionic(rig, "Na", e_mV, experiment)
        assert found == pytest.approx(ratio, rel=1e-3)
        assert low < ratio < high
        pipettes[f"{inside:g} K"] = Solution(ions_mM=rig.pipette)
        row = row_of("sea water", e_mV, rig)
        rows.append(row.model_copy(update={"pipette": f"{inside:g} K", "recording": f"{inside:g}"}))
    settings = rig.settings(experiment)
    together = fit_cell(rows, settings.model_copy(update={"solutions": {**settings.solutions, **pipettes}}))
    assert together.permeabilities[0].constancy_p is not None
    assert together.permeabilities[0].constancy_p < 1e-6
    assert [r.p_ratio for r in together.bath_ratios] == pytest.approx(list(published.values()), rel=1e-3)


@pytest.mark.parametrize(
    ("k_in", "na_in", "e_k", "e_na", "e_rev", "printed"),
    [
        (25.0, 125.0, -61.0, -29.0, -34.8, 4.5),
        (50.0, 100.0, -79.0, -23.0, -34.9, 3.7),
        (130.0, 20.0, -104.0, 20.0, -18.4, 2.23),
    ],
)
def test_chord_conductances_of_a_background_sodium_current(
    k_in: float, na_in: float, e_k: float, e_na: float, e_rev: float, printed: float
) -> None:
    """J. Physiol. 599:1855 (2021), table 4: g_Na/g_K at 42.1 mM sodium and 2.5 mM potassium outside, near 33 °C.

    The published value is a conductance ratio, which differs from the permeability ratio of the same row.
    """
    rig = Rig()
    rig.celsius = 33.0
    rig.baths, rig.pipette = {"bath": {"Na": 42.1, "K": 2.5, "Cl": 44.6}}, {"K": k_in, "Na": na_in, "Cl": k_in + na_in}
    (row,) = fit_cell([row_of("bath", e_rev, rig)], rig.settings(Experiment())).bath_ratios
    assert (e_rev - e_k) / (e_na - e_rev) == pytest.approx(printed, abs=0.05)
    assert row.conductance_ratio == pytest.approx(printed, rel=0.06)  # their potentials are rounded to 1 mV
    assert row.p_ratio != pytest.approx(row.conductance_ratio, rel=0.1)
