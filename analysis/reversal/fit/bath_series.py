"""The reversal potentials of one cell in one condition, with the solutions in which they were measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reversal.arrays import FloatArray
from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.experiment.step_settings import CellSettings
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding
from reversal.tables.reversals_table import ReversalRow, Unusable, own_sd_mV, why_unusable
from reversal.tables.sides import Sides, sides_of
from reversal.tables.status import Status

Recipe = tuple[tuple[str, float], ...]
"""Free concentration [mM] of every ion of a solution, by name, without its activity."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """Recipes on both sides of the membrane; two names of one recipe are the same solution."""

    bath: Recipe
    inside: Recipe

    def of(self, ion: str) -> tuple[float, float]:
        """Free concentration of an ion outside and inside [mM]."""
        return dict(self.bath).get(ion, 0.0), dict(self.inside).get(ion, 0.0)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A recording that is not used in a fit."""

    recording: str
    why: Unusable


@dataclass(frozen=True, slots=True)
class BathSeries:
    """The data that are fitted for one experiment and condition of a cell.

    rows : the n reversal potentials in use
    solutions : (n,) recipes outside and inside of each recording
    ions : names of the m ions: reference, series ion, permeant ions, divalents and chloride; z : (m,) their charges
    out_mM, in_mM : (n, m) free concentration or activity of each ion in each recording [mM]
    e_mV : (n,) reversal potentials [mV]
    own_sd_mV : (n,) standard deviation of the error of each recording alone [mV]
    shared_sd_mV : (n,) standard deviation of the error that all recordings of the cell share (junction) [mV]
    leak_mV : (n, 3) change for one standard deviation of the known leak's conductance and reversal potential, and by a
        current that does not decay; all shared by the recordings of the cell [mV]
    temperature_C : (n,) [°C]
    left_out : recordings of the cell and condition that are not used
    findings : about the recordings in use; :attr:`all_findings` adds the recordings that are not
    """

    experiment: str
    cell: str
    condition: str
    choices: Experiment
    rows: tuple[ReversalRow, ...]
    solutions: tuple[Solutions, ...]
    ions: tuple[str, ...]
    z: FloatArray
    out_mM: FloatArray
    in_mM: FloatArray
    e_mV: FloatArray
    own_sd_mV: FloatArray
    shared_sd_mV: FloatArray
    leak_mV: FloatArray
    temperature_C: FloatArray
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...]

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Findings about the recordings in use, and one that lists the recordings that are not."""
        if not self.left_out:
            return self.findings
        named = ", ".join(f"{each.recording} ({each.why})" for each in self.left_out)
        return (*self.findings, finding(Code.RECORDINGS_LEFT_OUT, len(self.left_out), place=named))

    @property
    def n_flagged(self) -> int:
        """Number of flagged recordings in use."""
        return sum(row.status is Status.FLAGGED for row in self.rows)

    @property
    def solution(self) -> NDArray[np.intp]:
        """(n,) number of the pair of solutions of each recording, by recipe, in order of first appearance."""
        numbers = {pair: k for k, pair in enumerate(dict.fromkeys(self.solutions))}
        return np.array([numbers[pair] for pair in self.solutions], dtype=np.intp)

    @property
    def n_solutions(self) -> int:
        """Number of different pairs of solutions outside and inside, by recipe."""
        return len(set(self.solutions))

    @property
    def solution_names(self) -> tuple[str, ...]:
        """Name of each pair of solutions: the bath, with the solution inside where these differ."""
        first = dict(zip(self.solutions[::-1], self.rows[::-1], strict=True))
        pairs = [first[pair].solutions for pair in dict.fromkeys(self.solutions)]
        names = self.sides.names_of(pairs)
        return tuple(names[pair] for pair in pairs)

    @property
    def sides(self) -> Sides:
        """Names of the two sides of the membrane."""
        return sides_of(self.choices.ground_chamber)

    def of(self, ion: str) -> tuple[FloatArray, FloatArray, float]:
        """Outside and inside concentration of one ion [mM], each (n,), and its charge."""
        column = self.ions.index(ion)
        return self.out_mM[:, column], self.in_mM[:, column], float(self.z[column])

    def covariance(self) -> FloatArray:
        """(n, n) covariance of the reversal potentials [mV²]: own errors on the diagonal, shared errors everywhere."""
        return self.covariance_without_shift() + np.outer(self.shared_sd_mV, self.shared_sd_mV)

    def covariance_without_shift(self) -> FloatArray:
        """The covariance without the junction error, which shifts all reversal potentials by the same amount [mV²]."""
        return np.diag(self.own_sd_mV**2) + self.leak_mV @ self.leak_mV.T


def series_of_cell(reversals: Sequence[ReversalRow], settings: CellSettings) -> Iterator[BathSeries]:
    """One series for each experiment and condition that occurs in the sheet or in the reversal potentials.

    There is no series for a condition that is subtracted from the others.
    """
    declared = [(e.experiment, e.condition) for e in settings.entries.values()]
    measured = [(r.experiment, r.condition) for r in reversals]
    for experiment, condition in dict.fromkeys([*declared, *measured]):
        if settings.experiments[experiment].subtracts(condition):
            continue
        of_condition = [r for r in reversals if (r.experiment, r.condition) == (experiment, condition)]
        yield _series(experiment, condition, of_condition, settings)


def _series(experiment: str, condition: str, reversals: Sequence[ReversalRow], settings: CellSettings) -> BathSeries:
    choices = settings.experiments[experiment]
    unusable = {row.recording: why for row in reversals if (why := why_unusable(row)) is not None}
    used = tuple(row for row in reversals if row.recording not in unusable)
    chloride = ["Cl"] if "Cl" in settings.ions else []
    ions = tuple(dict.fromkeys([choices.reference, choices.ion, *choices.permeant, *choices.divalents, *chloride]))
    outside = [[settings.solutions[row.extracellular].free(ion) for ion in ions] for row in used]
    inside = [[settings.solutions[row.intracellular].free(ion) for ion in ions] for row in used]
    own = [own_sd_mV(row) or 0.0 for row in used]
    return BathSeries(
        experiment=experiment,
        cell=settings.cell,
        condition=condition,
        choices=choices,
        rows=used,
        solutions=tuple(
            Solutions(_recipe(settings.solutions[row.extracellular]), _recipe(settings.solutions[row.intracellular]))
            for row in used
        ),
        ions=ions,
        z=np.array([_charge(ion, settings) for ion in ions], dtype=float),
        out_mM=np.array(outside, dtype=float).reshape(len(used), len(ions)),
        in_mM=np.array(inside, dtype=float).reshape(len(used), len(ions)),
        e_mV=np.array([row.e_rev_mV for row in used], dtype=float),
        own_sd_mV=np.hypot(own, choices.fitting.bath_sd_mV),
        shared_sd_mV=np.array([row.shared_sd_mV or 0.0 for row in used], dtype=float),
        leak_mV=np.array([_leak_mV(row) for row in used]).reshape(-1, 3),
        temperature_C=np.array([row.temperature_C for row in used], dtype=float),
        left_out=(
            *(LeftOut(name, why) for name, why in unusable.items()),
            *_not_measured(experiment, condition, reversals, settings),
        ),
        findings=_flagged_finding(used),
    )


def _leak_mV(row: ReversalRow) -> tuple[float, float, float]:
    """Effects of leak and of a current that does not decay. A bias that is not corrected counts with its square."""
    return row.leak_g_shift_mV or 0.0, row.leak_e_shift_mV or 0.0, row.background_shift_mV or 0.0


def _recipe(solution: Solution) -> Recipe:
    return tuple((ion, solution.free(ion)) for ion in sorted(solution.ions_mM) if solution.free(ion) > 0)


def _flagged_finding(used: Sequence[ReversalRow]) -> tuple[Finding, ...]:
    names = [row.recording for row in used if row.status is Status.FLAGGED]
    return (finding(Code.RECORDINGS_FLAGGED, len(names), place=", ".join(names)),) if names else ()


def _not_measured(
    experiment: str, condition: str, reversals: Sequence[ReversalRow], settings: CellSettings
) -> list[LeftOut]:
    """Declared recordings that have no row of measured values."""
    known = {row.recording for row in reversals}
    return [
        LeftOut(entry.recording, Unusable.EXCLUDED if entry.exclude else Unusable.NO_VALUE)
        for name, entry in settings.entries.items()
        if name not in known and (entry.experiment, entry.condition) == (experiment, condition)
    ]


def _charge(ion: str, settings: CellSettings) -> int:
    """Charge of an ion; 1 for an ion in none of the solutions, which carries no current."""
    return settings.ions[ion].z if ion in settings.ions else 1
