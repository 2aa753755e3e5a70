"""Numbers of a project for the sections of the atlas ("In your data"), from the tables of its cohort.

The rows have the words and the rounding of the morning page. What is derived here (an energy, a fraction of the ions,
an effect of activities) is computed with the formula of its section. A section without such numbers has no such part.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from reversal.atlas.systems.membrane_charge import fraction_of_bulk, sphere_capacitance_pF
from reversal.physics.selectivity import selectivity_energy
from reversal.report.cell.answers import ratio_known
from reversal.report.cohort.group_answers import group_reversals_table, group_sentences
from reversal.report.text.labels import counted, ratio_name
from reversal.report.text.pages import TEMPLATES, rendered
from reversal.report.text.rounding import interval_ratio, millivolts, ratio, significant
from reversal.report.text.tabulated import (
    Table,
    cohort_table,
    known_columns,
    number,
    ratio_text,
    state,
    table_of,
    words,
)
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.pooled_table import PooledKind, PooledRow
from reversal.tables.results import Cohort
from reversal.tables.reversals_table import Crossing, ReversalRow

ATLAS_TEMPLATES = Path(__file__).parent / "templates"
CHANGE_mV = 100.0  # change of the voltage for which the ions that cross are given
FIRST_SHOWN = 12  # cells in a table; the morning page has all
NO_PERMEABILITY = 1e-6  # a fit at its lower end, where no current of the ion is seen
MARK = re.compile(r"<!-- in your data: ([a-z-]+) -->\n?")
Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class YourData:
    """What the recordings of a project say about one section: sentences and tables."""

    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.sentences) or any(table.body for table in self.tables)


def with_your_data(page: str, cohort: Cohort | None) -> str:
    """The atlas with the numbers of a project at the marks of its sections; without a cohort, without them."""
    parts = {} if cohort is None else your_data(cohort)

    def block(found: re.Match[str]) -> str:
        data = parts.get(found[1])
        return "" if data is None else rendered("in_your_data.html.j2", (ATLAS_TEMPLATES, TEMPLATES), data=data)

    return MARK.sub(block, page)


def your_data(cohort: Cohort) -> dict[str, YourData]:
    """Numbers of the cohort by the key of the section that explains them; sections without any are left out."""
    made = {key: make(cohort) for key, make in SECTIONS_WITH_DATA.items()}
    return {key: data for key, data in made.items() if data.known}


def _nernst(cohort: Cohort) -> YourData:
    """Answers for the groups, and the pooled slopes; without any, those of the cells."""
    answers = tuple(one.sentence for one in group_sentences(cohort))
    pooled = _pooled(cohort, PooledKind.SLOPE_RATIO)
    cells = [row for row in cohort.nernst if row.slope_ratio is not None]
    table = table_of(
        "Slopes of the cells",
        [] if pooled else cells[:FIRST_SHOWN],
        ("cell", lambda r: words(r.cell)),
        ("condition", lambda r: words(r.condition)),
        ("ion", lambda r: words(r.ion)),
        ("slope (mV per decade)", lambda r: number(millivolts(r.slope_mV_per_decade, r.ci_low, r.ci_high))),
        ("Nernst slope", lambda r: number(millivolts(r.expected_mV_per_decade))),
        ("slope / Nernst slope", lambda r: number(ratio(r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.slope_ratio, r.ratio_ci_low, r.ratio_ci_high))),
        ("status", lambda r: state(r.status, None)),
    )
    return YourData(answers, (cohort_table(pooled), table))


def _ghk(cohort: Cohort) -> YourData:
    """The pooled ratios; without any, those of the cells."""
    pooled = _pooled(cohort, PooledKind.PERMEABILITY_RATIO)
    return YourData(tables=(cohort_table(pooled), _ratios_of_cells([] if pooled else cohort.permeabilities)))


def _clamp(cohort: Cohort) -> YourData:
    """Reversal potentials by bath, and how many are in the tested range."""
    rows = cohort.reversals
    if not rows:
        return YourData()
    inside = [row for row in rows if row.crossing is Crossing.BRACKETED and row.e_rev_mV is not None]
    of = f"{counted(len(rows), 'recording')} of {counted(len({row.cell for row in rows}), 'cell')}"
    return YourData(
        (f"E_rev is in the tested range in {len(inside)} of {of}.",), (group_reversals_table(cohort.group_reversals),)
    )


def _selectivity(cohort: Cohort) -> YourData:
    """Pooled ratios as differences of barrier energies, at the mean temperature of their recordings."""
    celsius = _temperatures(cohort.reversals)
    rows = [row for row in _pooled(cohort, PooledKind.PERMEABILITY_RATIO) if (row.experiment, row.condition) in celsius]
    table = table_of(
        "Pooled permeability ratios as energies; positive: the ion permeates less than the reference",
        rows,
        ("experiment", lambda r: words(r.experiment)),
        ("condition", lambda r: words(r.condition)),
        ("ratio", lambda r: words(r.quantity)),
        ("pooled", lambda r: words(r.selection.value)),
        ("estimate", lambda r: number(ratio(r.estimate, r.ci_low, r.ci_high))),
        ("T (°C)", lambda r: number(f"{celsius[r.experiment, r.condition]:.1f}")),
        ("ΔΔG (kJ/mol)", lambda r: number(ratio(*_energies(r, celsius[r.experiment, r.condition])))),
        ("95 % interval", lambda r: number(interval_ratio(*_energies(r, celsius[r.experiment, r.condition])))),
        ("status", lambda r: state(r.status, None)),
    )
    return YourData(tables=(known_columns(table), _ratios_of_cells([] if rows else cohort.permeabilities)))


def _ratios_of_cells(rows: Sequence[PermeabilityRow]) -> Table:
    """Ratios of the first cells and their energies, for a project with nothing to pool."""
    table = table_of(
        "Permeability ratios of the cells",
        [row for row in rows if ratio_known(row)][:FIRST_SHOWN],
        ("cell", lambda r: words(r.cell)),
        ("condition", lambda r: words(r.condition)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("estimate", lambda r: number(ratio_text(r))),
        ("95 % interval", lambda r: number(interval_ratio(r.p_ratio, r.ci_low, r.ci_high))),
        ("ΔΔG (kJ/mol)", lambda r: number(ratio(r.ddg_kJ_mol, r.ddg_ci_low, r.ddg_ci_high))),
        ("status", lambda r: state(r.status, None)),
    )
    return known_columns(table)


def _energies(row: PooledRow, celsius: float) -> tuple[float | None, float | None, float | None]:
    """Energy of a pooled ratio and its 95 % limits; an upper bound of the ratio is a lower bound of the energy."""
    return _energy(row.estimate, celsius), _energy(row.ci_high, celsius), _energy(row.ci_low, celsius)


def _energy(p_ratio: float | None, celsius: float) -> float | None:
    return None if p_ratio is None or p_ratio <= 0 else float(selectivity_energy(p_ratio, celsius).kJ_per_mol)


def _activity(cohort: Cohort) -> YourData:
    """Ratios of the cells by concentrations and by activities."""
    rows = [row for row in cohort.permeabilities if row.p_ratio is not None and row.other_scale_p_ratio is not None]
    table = table_of(
        "Permeability ratios on two scales",
        rows[:FIRST_SHOWN],
        ("cell", lambda r: words(r.cell)),
        ("condition", lambda r: words(r.condition)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("estimate", lambda r: number(_on_a_scale(r.p_ratio))),
        ("scale", lambda r: words(r.scale)),
        ("on the other scale", lambda r: number(_on_a_scale(r.other_scale_p_ratio))),
        ("other scale", lambda r: words(r.other_scale)),
    )
    return YourData(tables=(table,))


def _on_a_scale(p_ratio: float | None) -> str | None:
    """A ratio with three digits. One below the limit cannot be distinguished from 0."""
    return None if p_ratio is None else "0" if p_ratio < NO_PERMEABILITY else significant(p_ratio)


def _junctions(cohort: Cohort) -> YourData:
    """Junction potentials that were subtracted, by bath and pipette."""
    groups: dict[Group, list[float]] = {}
    for row in cohort.reversals:
        if row.ljp_mV is not None:
            groups.setdefault((row.bath, row.pipette), []).append(row.ljp_mV)
    table = table_of(
        "Junction potentials that were subtracted from the command",
        list(groups.items()),
        ("bath", lambda g: words(g[0][0])),
        ("pipette", lambda g: words(g[0][1])),
        ("junction (mV)", lambda g: number(_range_mV(g[1]))),
        ("recordings", lambda g: number(str(len(g[1])))),
    )
    return YourData(tables=(known_columns(table),))


def _membrane(cohort: Cohort) -> YourData:
    """Radius of a sphere with the median C_m of the cells, and the part of the ions that a change of V moves."""
    by_cell: dict[str, list[float]] = {}
    for row in cohort.recordings:
        if row.cm_pF is not None and row.cm_pF > 0:
            by_cell.setdefault(row.cell, []).append(row.cm_pF)
    inside = [row.in_mM for row in cohort.reversals if row.in_mM is not None and row.in_mM > 0]
    if not by_cell or not inside:
        return YourData()
    cm = median(median(values) for values in by_cell.values())
    radius = math.sqrt(cm / float(sphere_capacitance_pF(1.0)))
    part = float(fraction_of_bulk(CHANGE_mV, radius, median(inside)))
    sphere = (
        f"The median C_m of {counted(len(by_cell), 'cell')} is {significant(cm)} pF. A sphere with this C_m, "
        f"at 1 µF/cm², has a radius of {significant(radius)} µm. If it contains {median(inside):g} mM of the ion, "
        f"{significant(1e6 * part, 2)} of a million ions cross when the voltage changes by {CHANGE_mV:g} mV."
    )
    return YourData((sphere,))


def _chloride(cohort: Cohort) -> YourData:
    """Reversal potentials of chloride currents."""
    return YourData(tables=(group_reversals_table([row for row in cohort.group_reversals if row.ion == "Cl"]),))


def _pooled(cohort: Cohort, kind: PooledKind) -> list[PooledRow]:
    """Rows with a value or a bound."""
    rows = [row for row in cohort.pooled if row.kind is kind]
    return [row for row in rows if not (row.estimate is row.ci_low is row.ci_high is None)]


def _temperatures(rows: Iterable[ReversalRow]) -> dict[Group, float]:
    """Mean temperature of the recordings of each experiment and condition [°C]."""
    groups: dict[Group, list[float]] = {}
    for row in rows:
        if row.temperature_C is not None:
            groups.setdefault((row.experiment, row.condition), []).append(row.temperature_C)
    return {group: sum(values) / len(values) for group, values in groups.items()}


def _range_mV(values: Sequence[float]) -> str:
    low, high = millivolts(min(values)), millivolts(max(values))
    return low if low == high else f"{low} to {high}"


SECTIONS_WITH_DATA: dict[str, Callable[[Cohort], YourData]] = {
    "nernst": _nernst,
    "ghk": _ghk,
    "selectivity": _selectivity,
    "activity": _activity,
    "junctions": _junctions,
    "membrane": _membrane,
    "gaba": _chloride,
    "clamp": _clamp,
}
