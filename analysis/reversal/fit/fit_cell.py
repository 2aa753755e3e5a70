"""Everything that is fitted to the reversal potentials, and to the currents, of one cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from reversal.errors import DomainError
from reversal.experiment.step_settings import CellSettings
from reversal.fit.activity_scale import ACTIVITIES, CONCENTRATIONS, on_activities
from reversal.fit.bath_series import Series, series_of_cell
from reversal.fit.currents.leak_verdict import leak_at_fault, without_leaky_ratios, without_leaky_verdict
from reversal.fit.currents.ratios_from_currents import current_rows
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.condition_pairs import paired_rows
from reversal.fit.permeability.model_comparison import candidates, influence_rows, model_rows
from reversal.fit.permeability.ratios import VoltageFit, fit_voltage, permeability_rows
from reversal.fit.permeability.single_baths import bath_ratio_rows
from reversal.fit.prediction_curves import curves
from reversal.tables.bath_ratios_table import BathRatioRow
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.iv_table import IVPoint
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.results import CellFits
from reversal.tables.reversals_table import ReversalRow


@dataclass(frozen=True, slots=True)
class _Answer:
    """One experiment and condition: its series, its ratios, and the fit behind them where there is one."""

    series: Series
    ratios: list[PermeabilityRow]
    fit: VoltageFit | None
    currents: list[CurrentRatioRow]

    @property
    def leak(self) -> CurrentRatioRow | None:
        """What shows that a leak carries the reversals; None where nothing does."""
        return leak_at_fault(self.currents)


def fit_cell(reversals: Sequence[ReversalRow], settings: CellSettings, iv: Sequence[IVPoint] = ()) -> CellFits:
    """Permeability ratios, Nernst line, models and curves of a cell, for every experiment and condition it has.

    Only reversals inside the tested range with status ok or flagged enter; what is left out stands in the reason.
    A quantity that cannot be had is a row with status failed and the sentence why. With the I-V points of the cell
    the ratios are fitted to the currents too.
    """
    answers = [_answer(series, settings, iv) for series in series_of_cell(reversals, settings)]
    fitted = [(a, candidates(a.series, a.fit)) for a in answers if a.fit is not None]
    return CellFits(
        permeabilities=tuple(chain.from_iterable(a.ratios for a in answers)),
        nernst=tuple(without_leaky_verdict(nernst_row(a.series), a.leak) for a in answers),
        curves=tuple(chain.from_iterable(curves(a.series, a.ratios) for a in answers if a.series.rows)),
        models=tuple(chain.from_iterable(model_rows(a.series, models) for a, models in fitted)),
        influence=tuple(chain.from_iterable(influence_rows(a.series, models) for a, models in fitted)),
        bath_ratios=tuple(chain.from_iterable(_bath_ratios(a) for a, _ in fitted)),
        paired=tuple(_paired(answers)),
        currents=tuple(chain.from_iterable(a.currents for a in answers)),
    )


def _answer(series: Series, settings: CellSettings, iv: Sequence[IVPoint]) -> _Answer:
    """Fit on the declared scale, and put the best ratio of the other scale beside it."""
    try:
        active: Series | None = on_activities(series, settings)
        refusal = ""
    except DomainError as refused:
        active, refusal = None, str(refused)
    if series.choices.activity == "concentration":
        used, other, names = series, active, (CONCENTRATIONS, ACTIVITIES)
    else:
        used, other, names = active or _without_rows(series, refusal), series, (ACTIVITIES, CONCENTRATIONS)
    rows, fit = permeability_rows(used)
    beside = _best_ratios(other, fit) if other is not None and fit is not None else {}
    currents = current_rows(used, rows, iv) if iv and fit is not None else []
    scaled = [
        row.model_copy(update={"scale": names[0], "other_scale": names[1], "other_scale_p_ratio": beside[row.ion]})
        if row.ion in beside and row.p_ratio is not None
        else row.model_copy(update={"scale": names[0]})
        for row in rows
    ]
    return _Answer(used, without_leaky_ratios(scaled, currents), fit, currents)


def _best_ratios(series: Series, fit: VoltageFit) -> dict[str, float]:
    try:
        other = fit_voltage(series, fit.ions, fit.model.offset)
    except DomainError:
        return {}
    return {ion: float(np.exp(other.best.theta[0, k])) for k, ion in enumerate(fit.ions)}


def _without_rows(series: Series, why: str) -> Series:
    nothing = {
        name: getattr(series, name)[:0]
        for name in ("rows", "out_mM", "in_mM", "e_mV", "own_sd_mV", "shared_sd_mV", "temperature_C")
    }
    return replace(series, **nothing, left_out=(why, *series.left_out))


def _bath_ratios(answer: _Answer) -> list[BathRatioRow]:
    if answer.fit is None:
        return []
    ratios = {ion: float(np.exp(answer.fit.best.theta[0, k])) for k, ion in enumerate(answer.fit.ions)}
    return [row for ion in answer.fit.ions for row in bath_ratio_rows(answer.series, ion, ratios)]


def _paired(answers: Sequence[_Answer]) -> list[ConditionPairRow]:
    """Every condition against the first of its experiment (control, where there is one)."""
    rows = []
    for experiment in dict.fromkeys(a.series.experiment for a in answers):
        mine = [a for a in answers if a.series.experiment == experiment]
        first = next((a for a in mine if a.series.condition == "control"), mine[0])
        for other in mine:
            if other is not first:
                pair = [(a.series, None if a.leak else a.fit) for a in (first, other)]
                rows += paired_rows(*pair)
    return rows
