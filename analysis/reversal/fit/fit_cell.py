"""All fits of one cell, to its reversal potentials and to its currents."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reversal.errors import DomainError, ProgramError, bugs_as_refusals
from reversal.experiment.step_settings import CellSettings
from reversal.fit.activity_scale import ACTIVITIES, CONCENTRATIONS, on_activities
from reversal.fit.answers.cell_answer import cell_answer, explained_by
from reversal.fit.answers.deviations import BathDeviations, deviations, line_points
from reversal.fit.bath_series import BathSeries, series_of_cell
from reversal.fit.currents.leak_verdict import dominant_leak, without_leaky_ratios, without_leaky_verdict
from reversal.fit.currents.ratios_from_currents import current_rows
from reversal.fit.leak_range import with_leak_in_pairs, with_leak_in_ratios, with_leak_in_slope
from reversal.fit.nernst.verdict import nernst_row
from reversal.fit.permeability.condition_pairs import condition_pair_rows
from reversal.fit.permeability.model_comparison import candidates, influence_rows, model_rows
from reversal.fit.permeability.profile_points import profile_points
from reversal.fit.permeability.ratios import VoltageFit, fit_voltage, permeability_rows
from reversal.fit.permeability.single_baths import bath_ratio_rows, values_within_bound
from reversal.fit.prediction_curves import curves
from reversal.tables.answers_table import AnswerRow
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
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.results import CellFits
from reversal.tables.reversals_table import ReversalRow

log = logging.getLogger("reversal")


@dataclass(frozen=True, slots=True)
class _ConditionFits:
    """Fits of one experiment and condition.

    fit : None if the ratios could not be fitted;  deviations : None without a bath that contains the ion
    """

    series: BathSeries
    ratios: list[Judged[PermeabilityRow]]
    nernst: Judged[NernstRow]
    fit: VoltageFit | None
    currents: list[Judged[CurrentRatioRow]]
    deviations: BathDeviations | None
    answer: Judged[AnswerRow]

    @property
    def leak(self) -> CurrentRatioRow | None:
        """Row of the current fit whose leak explains the reversal potentials; None if there is none."""
        return dominant_leak([judged.row for judged in self.currents])


def fit_cell(reversals: Sequence[ReversalRow], settings: CellSettings, iv: Sequence[IVPoint] = ()) -> CellFits:
    """Permeability ratios, Nernst slope, models and curves of a cell, for each of its experiments and conditions.

    reversals : reversal potentials of the cell; only those inside the tested range, with status ok or flagged, are used
    iv : I–V points of the cell; if given, the ratios are also fitted to the currents

    A quantity that cannot be estimated is a row with status failed and a finding that gives the reason. After a bug,
    these are all quantities of the cell.
    """
    try:
        with bugs_as_refusals():
            return _fits(series_of_cell(reversals, settings), settings, iv)
    except ProgramError as bug:
        log.warning("%s: %s", settings.cell, bug, exc_info=bug)
        reason = finding(Code.PROGRAM_ERROR, message=str(bug))
        empty = series_of_cell((), settings)
        return _fits((replace(one, findings=(reason, *one.findings)) for one in empty), settings, ())


def _fits(of_cell: Iterable[BathSeries], settings: CellSettings, iv: Sequence[IVPoint]) -> CellFits:
    conditions = [_fit_condition(series, settings, iv) for series in of_cell]
    fitted = [(a, candidates(a.series, a.fit)) for a in conditions if a.fit is not None]
    pairs = _condition_pairs(conditions)
    return CellFits(
        permeabilities=tuple(one.row for a in conditions for one in a.ratios),
        nernst=tuple(a.nernst.row for a in conditions),
        line_points=tuple(chain.from_iterable(line_points(a.series, a.deviations) for a in conditions)),
        curves=tuple(chain.from_iterable(_curves(a) for a in conditions if a.series.rows)),
        profiles=tuple(chain.from_iterable(map(_profiles, conditions))),
        models=tuple(chain.from_iterable(model_rows(a.series, models) for a, models in fitted)),
        influence=tuple(chain.from_iterable(influence_rows(a.series, models) for a, models in fitted)),
        bath_ratios=tuple(chain.from_iterable(_bath_ratios(a) for a, _ in fitted)),
        condition_pairs=tuple(one.row for one in pairs),
        current_ratios=tuple(one.row for a in conditions for one in a.currents),
        answers=tuple(a.answer.row for a in conditions),
        fit_findings=tuple(chain.from_iterable(map(_finding_rows_of, _rows_with_findings(conditions, pairs)))),
    )


def _fit_condition(series: BathSeries, settings: CellSettings, iv: Sequence[IVPoint]) -> _ConditionFits:
    """Fit on the declared scale (concentrations or activities), and report the ratio on the other scale with it."""
    try:
        activities: BathSeries | None = on_activities(series, settings)
        refusal = ""
    except DomainError as refused:
        activities, refusal = None, str(refused)
    if series.choices.activity == "concentration":
        used, other, names = series, activities, (CONCENTRATIONS, ACTIVITIES)
    else:
        used, other, names = activities or _without_rows(series, refusal), series, (ACTIVITIES, CONCENTRATIONS)
    ratios, fit = permeability_rows(used)
    on_other = _best_ratios(other, fit) if other is not None and fit is not None else {}
    currents = current_rows(used, [one.row for one in ratios], iv) if iv and fit is not None else []
    scaled = [_with_scales(one, names, on_other) for one in with_leak_in_ratios(ratios, used, fit)]
    leaks = [one.row for one in currents]
    nernst = without_leaky_verdict(with_leak_in_slope(nernst_row(used), used), dominant_leak(leaks))
    kept, found = without_leaky_ratios(scaled, leaks), deviations(used, fit)
    answer = cell_answer(used, found, nernst, kept, fit)
    line = explained_by(answer.row.answer, nernst)
    return _ConditionFits(used, kept, line, fit, currents, found, answer)


def _with_scales(
    one: Judged[PermeabilityRow], names: tuple[str, str], on_other: Mapping[str, float]
) -> Judged[PermeabilityRow]:
    """The ratio with the names of both scales and its value on the other scale."""
    if one.row.ion in on_other and one.row.p_ratio is not None:
        return one.adding(scale=names[0], other_scale=names[1], other_scale_p_ratio=on_other[one.row.ion])
    return one.adding(scale=names[0])


def _best_ratios(series: BathSeries, fit: VoltageFit) -> dict[str, float]:
    """Ratios of the same ions on the scale of ``series``; empty if they cannot be fitted there."""
    try:
        return fit_voltage(series, fit.ions, fit.model.offset).p_ratios
    except DomainError:
        return {}


def _without_rows(series: BathSeries, refusal: str) -> BathSeries:
    """The series without reversal potentials, with the reason why its scale cannot be computed."""
    empty = {
        name: getattr(series, name)[:0]
        for name in (
            *("rows", "solutions", "out_mM", "in_mM", "e_mV"),
            *("own_sd_mV", "shared_sd_mV", "leak_mV", "temperature_C"),
        )
    }
    return replace(series, **empty, findings=(finding(Code.FORMULA_REFUSED, message=refusal), *series.findings))


def _curves(one: _ConditionFits) -> list[CurvePoint]:
    return curves(one.series, [judged.row for judged in one.ratios], one.fit)


def _profiles(one: _ConditionFits) -> list[ProfilePoint]:
    return [] if one.fit is None else profile_points(one.series, one.fit, [judged.row for judged in one.ratios])


def _bath_ratios(one: _ConditionFits) -> list[BathRatioRow]:
    if one.fit is None:
        return []
    ratios, rows = one.fit.p_ratios, [judged.row for judged in one.ratios]
    bounded = {row.ion: values for row in rows if len(ratios) > 1 and (values := values_within_bound(row)) is not None}
    return [row for ion in ratios for row in bath_ratio_rows(one.series, ion, ratios, bounded)]


def _condition_pairs(conditions: Sequence[_ConditionFits]) -> list[Judged[ConditionPairRow]]:
    """Compare every condition with the control of its experiment; without a control, with the first condition."""
    rows = []
    for experiment in dict.fromkeys(a.series.experiment for a in conditions):
        of_experiment = [a for a in conditions if a.series.experiment == experiment]
        first = next((a for a in of_experiment if a.series.condition == "control"), of_experiment[0])
        for other in of_experiment:
            if other is not first:
                pair = [(a.series, None if a.leak else a.fit) for a in (first, other)]
                rows += with_leak_in_pairs(condition_pair_rows(*pair), *pair)
    return rows


_FittedRow = PermeabilityRow | NernstRow | CurrentRatioRow | ConditionPairRow


def _rows_with_findings(
    conditions: Sequence[_ConditionFits], pairs: Sequence[Judged[ConditionPairRow]]
) -> Iterator[tuple[str, _FittedRow, tuple[Finding, ...]]]:
    """Every fitted row with the name of its table and its findings."""
    for each in conditions:
        yield from (("permeabilities", one.row, one.findings) for one in each.ratios)
        yield "nernst", each.nernst.row, each.nernst.findings
        yield from (("current_ratios", one.row, one.findings) for one in each.currents)
    yield from (("condition_pairs", one.row, one.findings) for one in pairs)


def _finding_rows_of(judged_row: tuple[str, _FittedRow, tuple[Finding, ...]]) -> list[FindingRow]:
    table, row, findings = judged_row
    quantity = "slope ratio" if isinstance(row, NernstRow) else f"P_{row.ion}/P_{row.reference}"
    return finding_rows(
        findings, table, experiment=row.experiment, cell=row.cell, condition=row.condition, quantity=quantity
    )
