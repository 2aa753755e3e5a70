"""Reversal potentials of groups of cells: the mean in each bath, and the shift between two groups.

A group is an experiment and a condition. The cell is the unit: recordings of one cell in one bath are averaged with
their errors as weights. Potentials are scaled to the mean temperature of the group, as E_rev ∝ T in the Nernst and GHK
equations. A shift is compared in the same solutions, so that the error of the junction potential cancels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reversal.fit.cohort.asked import Asked, Group
from reversal.fit.cohort.two_groups import TwoGroups, two_groups
from reversal.fit.fit_constants import MIN_POOLED_CELLS, MIN_SLOPE_BATHS
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.multiple_testing import holm_of_known
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.statistics.student_t import two_sided_quantile
from reversal.tables.answer_sentences import shift_sentence
from reversal.tables.cell_values import cell_values_text
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.findings_table import Judged, judge
from reversal.tables.group_reversals_table import GroupReversalRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.reversals_table import Current, ReversalRow, own_sd_mV, why_unusable
from reversal.tables.shifts_table import Design, Shifted, ShiftRow
from reversal.tables.sides import Pair
from reversal.tables.status import Status

ByCell = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GroupBath:
    """Recordings of a group in one bath.

    rows : reversal potentials in use;  every : these and those that are not
    """

    group: Group
    place: Pair
    rows: tuple[ReversalRow, ...]
    every: tuple[ReversalRow, ...]

    @property
    def temperature_C(self) -> float:
        """Mean temperature [°C]."""
        return float(np.mean([row.temperature_C for row in self.rows if row.temperature_C is not None]))

    def cells(self, temperature_C: float) -> dict[str, float]:
        """Reversal potential of each cell, scaled to a temperature [mV]."""
        return {cell: _mean_mV(rows, temperature_C) for cell, rows in _by_cell(self.rows).items()}


def group_baths(reversals: Sequence[ReversalRow]) -> list[GroupBath]:
    """The baths of each group, in order of first appearance."""
    found: dict[tuple[Group, Pair], list[ReversalRow]] = {}
    for row in reversals:
        key = (row.experiment, row.condition), row.solutions
        found.setdefault(key, []).append(row)
    baths = []
    for (group, place), rows in found.items():
        used = tuple(row for row in rows if why_unusable(row) is None)
        baths.append(GroupBath(group, place, used, tuple(rows)))
    return baths


def group_reversal_rows(reversals: Sequence[ReversalRow]) -> list[Judged[GroupReversalRow]]:
    """Mean reversal potential of each group in each bath."""
    return [_mean_row(bath) for bath in group_baths(reversals)]


def shift_rows(
    reversals: Sequence[ReversalRow], lines: Sequence[NernstRow], asked: Asked | None = None
) -> list[Judged[ShiftRow]]:
    """Shifts between pairs of groups with the same ion: over all their baths, in each bath, and of the slope.

    asked : the pairs that are compared; None for all. Holm's correction is over the rows of one kind, because each kind
        is one question.
    """
    baths = [bath for bath in group_baths(reversals) if bath.rows]
    pairs = (asked or Asked()).pairs(list(dict.fromkeys(bath.group for bath in baths)))
    pairs = [(b, a) for b, a in pairs if _ion(baths, a) == _ion(baths, b)]
    overall: list[Judged[ShiftRow]] = []
    single: list[Judged[ShiftRow]] = []
    slopes: list[Judged[ShiftRow]] = []
    for first, second in pairs:
        places = {place: found for place in _places(baths) if (found := _both(baths, first, second, place)) is not None}
        if not places:
            continue
        ion = _ion(baths, first)
        each = {place: _cells_of_both(of_both) for place, of_both in places.items()}
        if len(each) > 1:
            overall.append(_shift(first, second, ion, Shifted.E_REV, None, _mean_shift(each.values())))
        names = baths[0].every[0].sides.names_of(each)
        for place, cells in each.items():
            into = single if len(each) > 1 else overall
            into.append(_shift(first, second, ion, Shifted.E_REV, names[place], cells))
        of_slopes = _slopes(lines, first), _slopes(lines, second)
        if all(of_slopes):
            slopes.append(_shift(first, second, ion, Shifted.SLOPE_RATIO, None, of_slopes))
    return [*_with_holm(overall), *_with_holm(single), *_with_holm(slopes)]


def _mean_row(bath: GroupBath) -> Judged[GroupReversalRow]:
    rows, celsius = bath.rows, bath.temperature_C if bath.rows else None
    of_cells = {} if celsius is None else bath.cells(celsius)
    cells = list(of_cells.values())
    shared_mV = float(np.mean([row.shared_sd_mV or 0.0 for row in rows])) if rows else None
    nernst = [row.e_nernst_mV for row in rows if row.e_nernst_mV is not None]
    low, high, sd = _interval(cells, shared_mV or 0.0)
    mean = float(np.mean(cells)) if cells else None
    e_nernst = float(np.mean(nernst)) if nernst else None
    of = {row.e_rev_of for row in rows}
    ends = [_mean_end(rows, name) for name in ("channel_low_mV", "channel_high_mV")]
    return judge(
        GroupReversalRow,
        _about_cells(bath, cells),
        experiment=bath.group[0],
        condition=bath.group[1],
        bath=bath.place.bath,
        outside=None if bath.place.outside == bath.place.bath else bath.place.outside,
        inside=bath.place.inside,
        ion=bath.every[0].ion,
        out_mM=bath.every[0].out_mM,
        in_mM=bath.every[0].in_mM,
        ground=bath.every[0].ground,
        temperature_C=celsius,
        e_rev_mV=mean,
        ci_low_mV=low,
        ci_high_mV=high,
        between_cell_sd_mV=sd,
        shared_sd_mV=shared_mV,
        e_nernst_mV=e_nernst,
        deviation_mV=None if mean is None or e_nernst is None else mean - e_nernst,
        n_cells=len(cells),
        n_recordings=len(rows),
        n_left_out=len(bath.every) - len(rows),
        e_rev_of=Current.WHOLE if Current.WHOLE in of else Current.CHANNEL if Current.CHANNEL in of else None,
        channel_low_mV=ends[0],
        channel_high_mV=ends[1],
        cells_mV=cell_values_text(of_cells),
    )


def _about_cells(bath: GroupBath, cells: Sequence[float]) -> list[Finding]:
    """Too few cells for an interval, and flagged recordings in the mean."""
    found = []
    if len(cells) < MIN_POOLED_CELLS:
        found.append(finding(Code.CELLS_TOO_FEW, len(cells), MIN_POOLED_CELLS))
    flagged = [row.recording for row in bath.rows if row.status is Status.FLAGGED]
    if flagged:
        found.append(finding(Code.RECORDINGS_FLAGGED, len(flagged), place=", ".join(flagged)))
    return found


def _interval(cells_mV: Sequence[float], shared_sd_mV: float) -> tuple[float | None, float | None, float | None]:
    """95 % limits of the mean and the standard deviation of the cells; None with one cell."""
    if len(cells_mV) < MIN_POOLED_CELLS:
        return None, None, None
    values = np.array(cells_mV)
    sd, dof = float(values.std(ddof=1)), values.size - 1
    of_cells = two_sided_quantile(dof) * sd / np.sqrt(values.size)
    reach = float(np.hypot(of_cells, TWO_SIDED_95 * shared_sd_mV))
    return float(values.mean()) - reach, float(values.mean()) + reach, sd


def _mean_end(rows: Sequence[ReversalRow], column: str) -> float | None:
    """Mean over cells of one end of the channel's range; E_rev itself where the leak is known; None if one is open."""
    if all(row.assumed_leak_nS is None for row in rows):
        return None
    of_cells = []
    for of_cell in _by_cell(rows).values():
        ends = [
            end
            for row in of_cell
            if (end := getattr(row, column) if row.assumed_leak_nS is not None else row.e_rev_mV) is not None
        ]
        if len(ends) < len(of_cell):
            return None
        of_cells.append(float(np.mean(ends)))
    return float(np.mean(of_cells))


def _by_cell(rows: Iterable[ReversalRow]) -> dict[str, list[ReversalRow]]:
    cells: dict[str, list[ReversalRow]] = {}
    for row in rows:
        cells.setdefault(row.cell, []).append(row)
    return cells


def _mean_mV(rows: Sequence[ReversalRow], temperature_C: float) -> float:
    """Weighted mean of the recordings of one cell, scaled to a temperature [mV]."""
    scale = [float(thermal_voltage_mV(temperature_C) / thermal_voltage_mV(row.temperature_C or 0.0)) for row in rows]
    e_mV = [(row.e_rev_mV or 0.0) * factor for row, factor in zip(rows, scale, strict=True)]
    return float(np.average(e_mV, weights=[1 / (own_sd_mV(row) or 1.0) ** 2 for row in rows]))


def _places(baths: Sequence[GroupBath]) -> Iterable[Pair]:
    return dict.fromkeys(bath.place for bath in baths)


def _both(baths: Sequence[GroupBath], first: Group, second: Group, place: Pair) -> tuple[GroupBath, GroupBath] | None:
    """The bath of both groups; None if one does not have it."""
    found = [bath for group in (first, second) for bath in baths if (bath.group, bath.place) == (group, place)]
    return (found[0], found[1]) if len(found) == 2 else None


def _cells_of_both(of_both: tuple[GroupBath, GroupBath]) -> tuple[ByCell, ByCell]:
    """Reversal potential of each cell of both groups, at their common mean temperature [mV]."""
    celsius = replace(of_both[0], rows=(*of_both[0].rows, *of_both[1].rows)).temperature_C
    return of_both[0].cells(celsius), of_both[1].cells(celsius)


def _mean_shift(of_baths: Iterable[tuple[ByCell, ByCell]]) -> tuple[ByCell, ByCell]:
    """Mean over the baths of the cells that have all of them: a cell without a bath would move the mean."""
    first, second = zip(*of_baths, strict=True)
    return _in_all_baths(first), _in_all_baths(second)


def _in_all_baths(baths: Sequence[ByCell]) -> dict[str, float]:
    cells = set.intersection(*(set(bath) for bath in baths))
    return {cell: float(np.mean([bath[cell] for bath in baths])) for cell in baths[0] if cell in cells}


def _slopes(lines: Sequence[NernstRow], group: Group) -> dict[str, float]:
    """Slope ratio of each cell with three baths or more."""
    of_group = [row for row in lines if (row.experiment, row.condition) == group and row.n_baths >= MIN_SLOPE_BATHS]
    return {row.cell: row.slope_ratio for row in of_group if row.slope_ratio is not None}


def _ion(baths: Sequence[GroupBath], group: Group) -> str:
    return next(bath.rows[0].ion for bath in baths if bath.group == group)


def _shift(
    first: Group, second: Group, ion: str, quantity: Shifted, bath: str | None, cells: tuple[ByCell, ByCell]
) -> Judged[ShiftRow]:
    """The shift of one quantity; without a test, a finding gives the reason."""
    which: TwoGroups = two_groups(*cells)
    test = None if which.design is Design.NONE else which.difference(*cells)
    none = finding(Code.GROUPS_WITHOUT_SPREAD, len(which.first), against=len(which.second))
    return judge(
        ShiftRow,
        [*([none] if test is None else []), *which.findings],
        experiment=first[0],
        condition=first[1],
        against_experiment=second[0],
        against_condition=second[1],
        quantity=quantity,
        ion=ion,
        bath=bath,
        difference=None if test is None else test.mean,
        ci_low=None if test is None else test.low,
        ci_high=None if test is None else test.high,
        p_value=None if test is None else test.p,
        p_holm=None,
        n_tests=0,
        design=Design.NONE if test is None else which.design,
        n_cells=len(which.first),
        n_cells_against=len(which.second),
        cells=cell_values_text({name: cells[0][name] - cells[1][name] for name in which.first} if which.paired else {}),
        sentence="",
    )


def _with_holm(rows: Sequence[Judged[ShiftRow]]) -> list[Judged[ShiftRow]]:
    """Rows of one kind with their corrected probability, and the sentence that gives it."""
    corrected = holm_of_known([one.row.p_value for one in rows])
    tests = sum(p is not None for p in corrected)
    known = [one.adding(p_holm=p, n_tests=tests) for one, p in zip(rows, corrected, strict=True)]
    return [one.adding(sentence=shift_sentence(one.row)) for one in known]
