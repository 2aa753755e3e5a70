"""Whether what is declared about a recording is plausible: solutions, Nernst potentials, and values of the sheet.

An impossible value is a fault and is refused when it is read. An unusual value is a finding: it flags the recording,
and `reversal check` prints it before the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reversal.experiment.configuration import Experiment
from reversal.experiment.preparations import USUAL, Clamped, MAX_NERNST_mV, MAX_PORE_mV, Range, UsualValues
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import SheetEntry
from reversal.physics.nernst import nernst_mV
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding

IDENTITY = (
    "bath",
    "pipette",
    "inside",
    "condition",
    "temperature_C",
    "window_start_ms",
    "window_stop_ms",
)  # columns that must be equal in two rows of one recording
INSIDE_CATIONS = ("K", "Rb", "Cs")
REPLACEMENTS = (
    "NMDG",
    "TEA",
    "choline",
    "Tris",
)  # a pipette with one of these has little Na⁺ and no K⁺, and is not a bath
mM_PER_M = 1e3
SHEET_UNITS = {"rs_MOhm": " MΩ", "rs_compensation": "", "cm_pF": " pF", "ljp_mV": " mV", "temperature_C": " °C"}


def implausible(
    entry: SheetEntry, experiment: Experiment, solutions: Mapping[str, Solution], charges: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Findings about what is declared for one recording; charges : charge number of each ion."""
    usual, perforated = USUAL[experiment.preparation], experiment.configuration is Clamped.PERFORATED
    outside, inside = solutions[entry.extracellular], solutions[entry.intracellular]
    names = dict.fromkeys((entry.bath, entry.pipette, entry.intracellular))
    recipes = tuple(_concentrations({name: solutions[name] for name in names}, usual))
    has_wrong_unit = any(one.code is Code.CONCENTRATION_IMPLAUSIBLE for one in recipes)  # then all follows from it
    return (
        *recipes,
        *(() if has_wrong_unit else _nernst_potentials(entry, experiment, outside, inside, charges)),
        *(_swapped(entry, outside, inside) if usual.sides and not has_wrong_unit else ()),
        *(_pore_potential(entry, solutions[entry.pipette], inside, charges) if perforated else ()),
        *_sheet_values(entry, usual),
        *([finding(Code.VALUES_GUESSED, columns=entry.guessed)] if entry.guessed else ()),
    )


def repeat_of(first: SheetEntry, again: SheetEntry) -> Finding:
    """The finding that a row is the same recording as an earlier one: entered twice, or in contradiction to it."""
    differing = [name for name in IDENTITY if getattr(first, name) != getattr(again, name)]
    if not differing:
        return finding(Code.RECORDING_REPEATED, place=first.recording)
    return finding(Code.RECORDING_CONTRADICTED, place=first.recording, columns=", ".join(differing))


def _concentrations(solutions: Mapping[str, Solution], usual: UsualValues) -> Iterator[Finding]:
    totals = {name: solution.solutes_mM for name, solution in solutions.items()}
    outside = {name: total for name, total in totals.items() if not _within(total, usual.solutes_mM)}
    low, high = usual.solutes_mM
    for name, total in outside.items():
        moles = _within(total * mM_PER_M, usual.solutes_mM)
        question = "Were they entered in mol/L?" if moles else "Is one missing, or in another unit?"
        limit = low if total < low else high
        yield finding(
            Code.CONCENTRATION_IMPLAUSIBLE, total, limit, place=name, low_mM=low, high_mM=high, question=question
        )
    if not outside:
        ratio = max(totals.values()) / min(totals.values())
        if ratio > usual.solute_ratio:
            yield finding(Code.CONCENTRATIONS_APART, ratio, usual.solute_ratio, place=", ".join(totals))


def _nernst_potentials(
    entry: SheetEntry, experiment: Experiment, bath: Solution, inside: Solution, charges: Mapping[str, int]
) -> Iterator[Finding]:
    """Ions with a Nernst potential that no membrane has; an ion on one side only has none."""
    for ion in dict.fromkeys([experiment.ion, *experiment.permeant, *experiment.divalents]):
        out_mM, in_mM, z = bath.free(ion), inside.free(ion), charges.get(ion, 0)
        if out_mM <= 0 or in_mM <= 0 or abs(z) not in MAX_NERNST_mV:
            continue
        e_mV, limit = float(nernst_mV(out_mM, in_mM, z, entry.temperature_C)), MAX_NERNST_mV[abs(z)]
        if abs(e_mV) > limit:
            yield finding(Code.NERNST_IMPLAUSIBLE, e_mV, limit, place=ion)


def _swapped(entry: SheetEntry, bath: Solution, cell: Solution) -> Iterator[Finding]:
    """More Na⁺ (or its replacement) than K⁺ in the cell, and the reverse in the bath."""
    inside, outside = (sum(one.total_mM(ion) for ion in INSIDE_CATIONS) for one in (cell, bath))
    replaced, in_bath = (sum(one.total_mM(ion) for ion in REPLACEMENTS) for one in (cell, bath))
    if cell.total_mM("Na") > inside + replaced and outside > bath.total_mM("Na"):
        yield finding(Code.SOLUTIONS_SWAPPED, bath=entry.extracellular, pipette=entry.intracellular, cation="Na⁺")
    elif replaced > inside and cell.total_mM("K") > 0 and outside > bath.total_mM("Na") + in_bath:
        cation = max(REPLACEMENTS, key=cell.total_mM)
        yield finding(Code.SOLUTIONS_SWAPPED, bath=entry.extracellular, pipette=entry.intracellular, cation=cation)


def _pore_potential(
    entry: SheetEntry, pipette: Solution, inside: Solution, charges: Mapping[str, int]
) -> Iterator[Finding]:
    """Potential between pipette and cytosol if monovalent cations pass the pores of a perforated patch."""
    if entry.ljp_mV is not None:
        return
    in_pipette, in_cell = (sum(one.free(ion) for ion in one.ions_mM if charges[ion] == 1) for one in (pipette, inside))
    if in_pipette <= 0 or in_cell <= 0:
        return
    pore_mV = float(nernst_mV(in_pipette, in_cell, 1, entry.temperature_C))
    if abs(pore_mV) > MAX_PORE_mV:
        yield finding(Code.PORE_POTENTIAL, pore_mV, MAX_PORE_mV, pipette=entry.pipette, inside=entry.intracellular)


def _sheet_values(entry: SheetEntry, usual: UsualValues) -> Iterator[Finding]:
    for column, unit in SHEET_UNITS.items():
        value, (low, high) = getattr(entry, column), getattr(usual, column)
        if value is not None and not _within(value, (low, high)):
            limit = low if value < low else high
            yield finding(Code.SHEET_VALUE_IMPLAUSIBLE, value, limit, place=column, low=low, high=high, unit_text=unit)


def _within(value: float, limits: Range) -> bool:
    return limits[0] <= value <= limits[1]
