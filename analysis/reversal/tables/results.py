"""The results of a step as a set of tables; a field is a table, and its file has the field's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from reversal.tables.answers_table import AnswerRow
from reversal.tables.bath_ratios_table import BathRatioRow
from reversal.tables.checks_table import CheckRow
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.condition_pairs_table import ConditionPairRow
from reversal.tables.current_ratios_table import CurrentRatioRow
from reversal.tables.curves_table import CurvePoint
from reversal.tables.estimates_table import EstimateRow
from reversal.tables.files import Row, read_table, write_rows
from reversal.tables.findings_table import FindingRow
from reversal.tables.group_reversals_table import GroupReversalRow
from reversal.tables.influence_table import InfluenceRow
from reversal.tables.iv_table import IVPoint
from reversal.tables.line_points_table import LinePointRow
from reversal.tables.models_table import ModelRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledRow
from reversal.tables.profiles_table import ProfilePoint
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.shifts_table import ShiftRow
from reversal.tables.whole_file import whole_files

ROW_OF: Mapping[str, type[Row]] = {
    "recordings": RecordingRow,
    "iv": IVPoint,
    "reversals": ReversalRow,
    "estimates": EstimateRow,
    "checks": CheckRow,
    "findings": FindingRow,
    "permeabilities": PermeabilityRow,
    "nernst": NernstRow,
    "line_points": LinePointRow,
    "curves": CurvePoint,
    "profiles": ProfilePoint,
    "models": ModelRow,
    "influence": InfluenceRow,
    "bath_ratios": BathRatioRow,
    "condition_pairs": ConditionPairRow,
    "current_ratios": CurrentRatioRow,
    "answers": AnswerRow,
    "fit_findings": FindingRow,
    "pooled": PooledRow,
    "comparisons": ComparisonRow,
    "group_reversals": GroupReversalRow,
    "shifts": ShiftRow,
}
"""The row model of each table, by the name of its file without ``.csv``."""


@dataclass(frozen=True, slots=True)
class CellMeasures:
    """Everything measured on a cell."""

    recordings: tuple[RecordingRow, ...]
    iv: tuple[IVPoint, ...]
    reversals: tuple[ReversalRow, ...]
    estimates: tuple[EstimateRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class CellFits:
    """Everything fitted to the reversal potentials and currents of a cell."""

    permeabilities: tuple[PermeabilityRow, ...]
    nernst: tuple[NernstRow, ...]
    line_points: tuple[LinePointRow, ...] = ()
    curves: tuple[CurvePoint, ...] = ()
    profiles: tuple[ProfilePoint, ...] = ()
    models: tuple[ModelRow, ...] = ()
    influence: tuple[InfluenceRow, ...] = ()
    bath_ratios: tuple[BathRatioRow, ...] = ()
    condition_pairs: tuple[ConditionPairRow, ...] = ()
    current_ratios: tuple[CurrentRatioRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    fit_findings: tuple[FindingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class CohortFits:
    """Everything fitted over cells, with what was found about it."""

    pooled: tuple[PooledRow, ...]
    comparisons: tuple[ComparisonRow, ...] = ()
    group_reversals: tuple[GroupReversalRow, ...] = ()
    shifts: tuple[ShiftRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Cohort:
    """Every table over all cells."""

    recordings: tuple[RecordingRow, ...]
    reversals: tuple[ReversalRow, ...]
    permeabilities: tuple[PermeabilityRow, ...]
    nernst: tuple[NernstRow, ...]
    curves: tuple[CurvePoint, ...] = ()
    pooled: tuple[PooledRow, ...] = ()
    comparisons: tuple[ComparisonRow, ...] = ()
    group_reversals: tuple[GroupReversalRow, ...] = ()
    shifts: tuple[ShiftRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()


R = TypeVar("R", CellMeasures, CellFits, Cohort)


def tables_of(result: type[CellMeasures | CellFits | Cohort], folder: Path) -> dict[str, Path]:
    """Files of the tables of a result in a folder, by the name of the table."""
    return {field.name: folder / f"{field.name}.csv" for field in fields(result)}


def write_results(result: CellMeasures | CellFits | Cohort, files: Mapping[str, str | Path]) -> None:
    """Write each table of a result to the file of its name: all files of one folder, all of them whole."""
    names = [field.name for field in fields(result)]
    with whole_files([Path(files[name]) for name in names]) as targets:
        for name, target in zip(names, targets, strict=True):
            write_rows(target, getattr(result, name), ROW_OF[name])


def read_results(result: type[R], files: Mapping[str, str | Path], without: Collection[str] = ()) -> R:
    """Read back what :func:`write_results` wrote; tables ``without`` which the result is used are empty."""
    tables: dict[str, Any] = {
        field.name: tuple(read_table(Path(files[field.name]), ROW_OF[field.name]))
        for field in fields(result)
        if field.name not in without
    }
    return result(**tables)


def gathered(name: str, files: Iterable[str | Path]) -> list[Any]:
    """The rows of one table of many cells, in the order of the files."""
    return [row for path in files for row in read_table(Path(path), ROW_OF[name])]
