"""Range of slope and ratio for an unknown leak, against the reversal potentials of straight lines with that leak."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series, row_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.fit_settings import Fitting
from reversal.fit.fit_cell import fit_cell
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.tables.findings.code import Code
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.results import CellFits
from reversal.tables.reversals_table import Current, ReversalRow
from reversal.tables.status import Status

E_LEAK_mV = 0.0


def rig_of(*k_mM: float, inside_mM: float = 140.0) -> Rig:
    rig = Rig()
    rig.baths = k_series(*k_mM)
    rig.pipette = {"K": inside_mM, "Na": 150.0 - inside_mM, "Cl": 150.0}
    return rig


def whole(rig: Rig, channel_mV: dict[str, float], share: float, condition: str = "control") -> list[ReversalRow]:
    """Rows of the whole current: the leak has this share of the conductance and reverses at 0 mV."""
    rows = []
    for bath, e_mV in channel_mV.items():
        of_whole = e_mV + share * (E_LEAK_mV - e_mV)
        low, high = sorted((e_mV, of_whole))
        columns = {"assumed_leak_nS": 1.0, "channel_low_mV": low, "channel_high_mV": high}
        rows.append(row_of(bath, of_whole, rig, condition).model_copy(update={"e_rev_of": Current.WHOLE, **columns}))
    return rows


def fitted(rig: Rig, rows: list[ReversalRow], **fitting: bool) -> CellFits:
    return fit_cell(rows, rig.settings(Experiment(permeant=["K"], fitting=Fitting(**fitting))))


def nernst_of(rig: Rig) -> dict[str, float]:
    return {bath: 25.4345 * float(np.log(ions["K"] / rig.pipette["K"])) for bath, ions in rig.baths.items()}


def test_slope_of_baths_on_both_sides_of_the_leak_reversal_has_the_channels_in_its_range() -> None:
    """Without 6 % of leak, E_rev below 0 mV moves down and above 0 mV up: the slope rises from 0.94 to 1."""
    rig = rig_of(5.0, 10.0, 20.0, 40.0, 80.0, 140.0, inside_mM=30.0)
    (row,) = fitted(rig, whole(rig, nernst_of(rig), 0.06)).nernst
    assert row.slope_ratio == pytest.approx(0.94, abs=1e-3)
    assert row.slope_of is Current.WHOLE
    assert row.ratio_leak_high == pytest.approx(1.0, abs=1e-3)
    assert row.ratio_leak_low is not None
    assert row.ratio_leak_low <= 0.941


def test_a_range_beyond_the_interval_flags_the_slope_and_one_within_it_does_not() -> None:
    rig = rig_of(2.5, 5.0, 10.0, 20.0, 40.0)
    scatter_mV = dict(zip(rig.baths, (0.3, -0.4, 0.1, 0.2, -0.2), strict=True))
    channel_mV = {bath: e_mV + scatter_mV[bath] for bath, e_mV in nernst_of(rig).items()}
    wide, narrow = (fitted(rig, whole(rig, channel_mV, share)) for share in (0.1, 1e-3))
    assert (wide.nernst[0].status, Code.LEAK_RANGE_WIDE in codes(wide)) == (Status.FLAGGED, True)
    assert (narrow.nernst[0].status, narrow.nernst[0].verdict) == (Status.OK, Verdict.EQUIVALENT)
    assert Code.LEAK_RANGE_WIDE not in codes(narrow)


def test_range_of_a_robust_slope_is_that_of_robust_fits() -> None:
    """One bath is 15 mV off. A range of width zero changes no slope, whatever the weights."""
    rig = rig_of(2.5, 5.0, 10.0, 20.0, 40.0, 80.0)
    channel_mV = nernst_of(rig) | {"K10": nernst_of(rig)["K10"] + 15.0}
    (row,) = fitted(rig, whole(rig, channel_mV, 0.0), robust=True).nernst
    assert row.slope_ratio == pytest.approx(1.0, abs=0.01)
    assert (row.ratio_leak_low, row.ratio_leak_high) == pytest.approx((row.slope_ratio, row.slope_ratio), rel=1e-9)


def test_an_open_range_tells_that_slope_and_ratio_of_the_channel_are_not_known() -> None:
    rig = rig_of(2.5, 5.0, 10.0, 20.0, 40.0)
    rows = whole(rig, nernst_of(rig), 0.1)
    fits = fitted(rig, [rows[0].model_copy(update={"channel_low_mV": None}), *rows[1:]])
    row: NernstRow = fits.nernst[0]
    assert (row.status, row.ratio_leak_low, row.ratio_leak_high) == (Status.FLAGGED, None, None)
    assert Code.LEAK_RANGE_OPEN in codes(fits)


def test_range_of_a_ratio_goes_from_that_of_the_whole_current_to_that_of_the_channel() -> None:
    """P_Na/P_K 0.02 of the channel; 10 % of leak that reverses at 0 mV looks like more Na⁺ permeability."""
    rig = rig_of(2.5, 5.0, 10.0, 20.0, 40.0)
    channel_mV = {
        bath: float(ghk_voltage_mV([1.0, 0.02], [ions["K"], ions["Na"]], [140.0, 10.0], [1, 1], 22.0))
        for bath, ions in rig.baths.items()
    }
    fits = fit_cell(whole(rig, channel_mV, 0.1), rig.settings(Experiment(permeant=["K", "Na"])))
    row: PermeabilityRow = fits.permeabilities[0]
    assert row.p_of is Current.WHOLE
    assert row.p_ratio is not None
    assert row.p_ratio > 0.03
    assert row.leak_low == pytest.approx(0.02, rel=0.01)
    assert row.leak_high == pytest.approx(row.p_ratio, rel=1e-6)
    assert row.status is Status.FLAGGED


def in_two_conditions(rig: Rig, share: float, leak_in_drug: bool = True) -> CellFits:
    """P_Na/P_K 0.02 in control and 0.05 with a drug, each with this share of leak."""
    rows = []
    for condition, p_na in (("control", 0.02), ("drug", 0.05)):
        channel_mV = {
            bath: float(ghk_voltage_mV([1.0, p_na], [ions["K"], ions["Na"]], [140.0, 10.0], [1, 1], 22.0))
            for bath, ions in rig.baths.items()
        }
        made = whole(rig, channel_mV, share, condition)
        if condition == "drug" and not leak_in_drug:
            known = {"e_rev_of": Current.CHANNEL, "assumed_leak_nS": None}
            made = [row.model_copy(update={**known, "e_rev_mV": channel_mV[row.bath]}) for row in made]
        rows += made
    return fit_cell(rows, rig.settings(Experiment(permeant=["K", "Na"]), ("control", "drug")))


def test_the_change_between_conditions_has_a_range_for_an_unknown_leak() -> None:
    """The factor of the channel is 2.5; with 10 % of leak in both conditions it looks smaller."""
    fits = in_two_conditions(rig_of(2.5, 5.0, 10.0, 20.0, 40.0), 0.1)
    (pair,) = fits.condition_pairs
    assert pair.ratio_of_ratios is not None
    assert pair.ratio_of_ratios < 2.3
    assert pair.change_of is Current.WHOLE
    assert pair.leak_high == pytest.approx(2.5, rel=0.01)
    assert pair.leak_low == pytest.approx(pair.ratio_of_ratios, rel=0.01)
    assert (pair.status, pair.assumed_seal_GOhm) == (Status.FLAGGED, 1.0)
    (found,) = [one for one in fits.fit_findings if one.code is Code.LEAK_RANGE_WIDE and one.table == "condition_pairs"]
    assert found.place == "the change of P_Na/P_K"


def test_a_small_leak_leaves_the_change_between_conditions_ok() -> None:
    (pair,) = in_two_conditions(rig_of(2.5, 5.0, 10.0, 20.0, 40.0), 1e-4).condition_pairs
    assert pair.status is Status.OK
    assert pair.leak_high == pytest.approx(2.5, rel=0.01)


def test_the_change_from_a_condition_with_known_leak_keeps_the_range_of_the_other() -> None:
    fits = in_two_conditions(rig_of(2.5, 5.0, 10.0, 20.0, 40.0), 0.1, leak_in_drug=False)
    (pair,) = fits.condition_pairs
    assert pair.change_of is Current.WHOLE
    assert pair.leak_high == pytest.approx(2.5, rel=0.01)
    assert (pair.leak_low or 9.0) < 1.8


def test_with_an_open_range_the_change_between_conditions_is_not_known() -> None:
    rig = rig_of(2.5, 5.0, 10.0, 20.0, 40.0)
    rows = whole(rig, nernst_of(rig), 0.1) + whole(rig, nernst_of(rig), 0.1, "drug")
    rows[0] = rows[0].model_copy(update={"channel_low_mV": None})
    fits = fit_cell(rows, rig.settings(Experiment(permeant=["K", "Na"]), ("control", "drug")))
    (pair,) = fits.condition_pairs
    assert (pair.leak_low, pair.leak_high) == (None, None)
    assert Code.LEAK_RANGE_OPEN in {one.code for one in fits.fit_findings if one.table == "condition_pairs"}


def codes(fits: CellFits) -> set[Code]:
    return {row.code for row in fits.fit_findings}
