"""Everything that is fitted to the reversal potentials, and to the currents, of one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from reversal.errors import DomainError
from reversal.experiment.step_settings import CellSettings
from reversal.fit.activity_scale import ACTIVITIES, CONCENTRATIONS, on_activities
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.currents.leak_verdict import dominant_leak, without_leaky_ratios, without_leaky_verdict
from reversal.fit.currents.ratios_from_currents import current_rows
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.condition_pairs import condition_pair_rows
from reversal.fit.permeability.model_comparison import candidates, influence_rows, model_rows
from reversal.fit.permeability.ratios import VoltageFit, fit_voltage, permeability_rows
from reversal.fit.permeability.single_baths import bath_ratio_rows
from reversal.fit.prediction_curves import curves
from reversal.tables.bath_ratios_table import BathRatioRow
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.curves_table import CurvePoint
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import FindingRow, Judged, finding_rows
from reversal.tables.iv_table import IVPoint
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.results import CellFits
from reversal.tables.reversals_table import ReversalRow


@dataclass(frozen=True, slots=True)
class _Answer:
    """One experiment and condition: its series, its rows, and the fit behind the ratios where there is one."""

    series: BathSeries
    ratios: list[Judged[PermeabilityRow]]
    nernst: Judged[NernstRow]
    fit: VoltageFit | None
    currents: list[Judged[CurrentRatioRow]]

    @property
    def leak(self) -> CurrentRatioRow | None:
        """The row of currents whose leak explains the reversal potentials; None where none does."""
        return dominant_leak([one.row for one in self.currents])


def fit_cell(reversals: Sequence[ReversalRow], settings: CellSettings, iv: Sequence[IVPoint] = ()) -> CellFits:
    """Permeability ratios, Nernst line, models and curves of a cell, for every experiment and condition it has.

    Only reversal potentials inside the tested range with status ok or flagged enter. A quantity that cannot be had is
    a row with status failed and a finding that says why. With the I–V points of the cell the ratios are fitted to the
    currents too.
    """
    answers = [_answer(series, settings, iv) for series in series_of_cell(reversals, settings)]
    fitted = [(a, candidates(a.series, a.fit)) for a in answers if a.fit is not None]
    pairs = _condition_pairs(answers)
    return CellFits(
        permeabilities=tuple(one.row for a in answers for one in a.ratios),
        nernst=tuple(a.nernst.row for a in answers),
        curves=tuple(chain.from_iterable(_curves(a) for a in answers if a.series.rows)),
        models=tuple(chain.from_iterable(model_rows(a.series, models) for a, models in fitted)),
        influence=tuple(chain.from_iterable(influence_rows(a.series, models) for a, models in fitted)),
        bath_ratios=tuple(chain.from_iterable(_bath_ratios(a) for a, _ in fitted)),
        condition_pairs=tuple(one.row for one in pairs),
        current_ratios=tuple(one.row for a in answers for one in a.currents),
        fit_findings=tuple(chain.from_iterable(map(_found, _judged_rows(answers, pairs)))),
    )


def _answer(series: BathSeries, settings: CellSettings, iv: Sequence[IVPoint]) -> _Answer:
    """Fit on the declared scale, and list the best ratio of the other scale with it."""
    try:
        active: BathSeries | None = on_activities(series, settings)
        refusal = ""
    except DomainError as refused:
        active, refusal = None, str(refused)
    if series.choices.activity == "concentration":
        used, other, names = series, active, (CONCENTRATIONS, ACTIVITIES)
    else:
        used, other, names = active or _without_rows(series, refusal), series, (ACTIVITIES, CONCENTRATIONS)
    ratios, fit = permeability_rows(used)
    on_other = _best_ratios(other, fit) if other is not None and fit is not None else {}
    currents = current_rows(used, [one.row for one in ratios], iv) if iv and fit is not None else []
    scaled = [_with_scales(one, names, on_other) for one in ratios]
    leaks = [one.row for one in currents]
    nernst = without_leaky_verdict(nernst_row(used), dominant_leak(leaks))
    return _Answer(used, without_leaky_ratios(scaled, leaks), nernst, fit, currents)


def _with_scales(
    one: Judged[PermeabilityRow], names: tuple[str, str], on_other: Mapping[str, float]
) -> Judged[PermeabilityRow]:
    """The ratio with the names of both scales, and its value on the other one."""
    if one.row.ion in on_other and one.row.p_ratio is not None:
        return one.adding(scale=names[0], other_scale=names[1], other_scale_p_ratio=on_other[one.row.ion])
    return one.adding(scale=names[0])


def _best_ratios(series: BathSeries, fit: VoltageFit) -> dict[str, float]:
    try:
        other = fit_voltage(series, fit.ions, fit.model.offset)
    except DomainError:
        return {}
    return {ion: float(np.exp(other.best.theta[0, k])) for k, ion in enumerate(fit.ions)}


def _without_rows(series: BathSeries, why: str) -> BathSeries:
    nothing = {
        name: getattr(series, name)[:0]
        for name in ("rows", "out_mM", "in_mM", "e_mV", "own_sd_mV", "shared_sd_mV", "temperature_C")
    }
    return replace(series, **nothing, findings=(finding(Code.FORMULA_REFUSED, message=why), *series.findings))


def _curves(answer: _Answer) -> list[CurvePoint]:
    return curves(answer.series, [one.row for one in answer.ratios])


def _bath_ratios(answer: _Answer) -> list[BathRatioRow]:
    if answer.fit is None:
        return []
    ratios = {ion: float(np.exp(answer.fit.best.theta[0, k])) for k, ion in enumerate(answer.fit.ions)}
    return [row for ion in answer.fit.ions for row in bath_ratio_rows(answer.series, ion, ratios)]


def _condition_pairs(answers: Sequence[_Answer]) -> list[Judged[ConditionPairRow]]:
    """Every condition compared with the first of its experiment (control, where there is one)."""
    rows = []
    for experiment in dict.fromkeys(a.series.experiment for a in answers):
        mine = [a for a in answers if a.series.experiment == experiment]
        first = next((a for a in mine if a.series.condition == "control"), mine[0])
        for other in mine:
            if other is not first:
                pair = [(a.series, None if a.leak else a.fit) for a in (first, other)]
                rows += condition_pair_rows(*pair)
    return rows


_AnyRow = PermeabilityRow | NernstRow | CurrentRatioRow | ConditionPairRow


def _judged_rows(
    answers: Sequence[_Answer], pairs: Sequence[Judged[ConditionPairRow]]
) -> Iterator[tuple[str, _AnyRow, tuple[Finding, ...]]]:
    """Every row that has findings, with the name of its table."""
    for answer in answers:
        yield from (("permeabilities", one.row, one.findings) for one in answer.ratios)
        yield "nernst", answer.nernst.row, answer.nernst.findings
        yield from (("current_ratios", one.row, one.findings) for one in answer.currents)
    yield from (("condition_pairs", one.row, one.findings) for one in pairs)


def _found(judged_row: tuple[str, _AnyRow, tuple[Finding, ...]]) -> list[FindingRow]:
    table, row, findings = judged_row
    quantity = "slope ratio" if isinstance(row, NernstRow) else f"P_{row.ion}/P_{row.reference}"
    return finding_rows(
        findings, table, experiment=row.experiment, cell=row.cell, condition=row.condition, quantity=quantity
    )
