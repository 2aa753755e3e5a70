"""Baths that could be added to a plan, with what each of them gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reversal.cli.design.planned_series import PlannedSeries, expected_series
from reversal.cli.design.precision import Expected, draws, ratio_rows, slope_precision
from reversal.errors import DomainError, Refusal
from reversal.experiment.salts import BY_pH
from reversal.experiment.solutions import Solution

LEVELS_mM = (0.0, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 120.0)
SAME_LEVEL = 1.2  # a level within this factor of a bath of the series is no other bath
SLOPE_DRAWS = 40
USUAL_SUBSTITUTES = {1: "NMDG", -1: "gluconate"}  # by charge


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bath to add, and the intervals of one cell with it.

    ions_mM : the two ions that differ from a bath of the series, for a bath that is made from it; else empty
    smallest : smallest ratio that the cell distinguishes from 0, by ion
    """

    name: str
    made_from: str | None
    ions_mM: dict[str, float]
    e_rev_mV: float
    ratios: dict[str, Expected]
    smallest: dict[str, float | None]
    slope: Expected


def candidates(plan: PlannedSeries) -> list[Candidate]:
    """Every bath that can be added: the other solutions of the project, and a bath of the series with another level."""
    found = []
    for bath in (*_of_project(plan), *_made(plan)):
        try:
            found.append(_candidate(bath, plan))
        except (Refusal, DomainError):  # no voltage is a reversal potential in it, or it has no activities
            continue
    return found


Bath = tuple[str, Solution, str | None, dict[str, float]]
"""Name, recipe, the bath of the series that it is made from, and the two ions that differ from that one."""


def _of_project(plan: PlannedSeries) -> Iterator[Bath]:
    """Other baths of the project."""
    yield from ((name, one, None, {}) for name, one in plan.solutions.items() if _is_other_bath(name, plan))


def _is_other_bath(name: str, plan: PlannedSeries) -> bool:
    one = plan.solutions[name]
    if name in (*plan.baths, plan.pipette, plan.inside) or any(one.ions_mM == b.ions_mM for b in _recipes(plan)):
        return False
    return _looks_like(one, plan)


def _looks_like(one: Solution, plan: PlannedSeries) -> bool:
    """Whether a solution is nearer to the baths of the series than to the solution on the other side."""
    other = plan.solutions[plan.inside or plan.pipette]
    return min(_distance(one, bath) for bath in _recipes(plan)) < _distance(one, other)


def _distance(one: Solution, other: Solution) -> float:
    return sum(abs(one.total_mM(ion) - other.total_mM(ion)) for ion in {*one.ions_mM, *other.ions_mM})


def _recipes(plan: PlannedSeries) -> list[Solution]:
    return [plan.solutions[name] for name in plan.baths]


def _made(plan: PlannedSeries) -> Iterator[Bath]:
    """Baths in which the series ion is exchanged for the ion that replaces it in the series."""
    ion, base = plan.experiment.ion, plan.baths[0]
    recipe = plan.solutions[base]
    counter = counter_ion(plan)
    if counter is None:
        return
    total_mM = recipe.total_mM(ion) + recipe.total_mM(counter)
    taken = [one.total_mM(ion) for one in _recipes(plan)]
    for level in LEVELS_mM:
        if level > total_mM or any(_is_same_level(level, one) for one in taken):
            continue
        ions = {ion: level, counter: total_mM - level}
        made = recipe.model_copy(
            update={"ions_mM": {name: c for name, c in {**recipe.ions_mM, **ions}.items() if c > 0}}
        )
        yield f"{base} with {ion} {level:g} mM", made, base, ions


def counter_ion(plan: PlannedSeries) -> str | None:
    """The ion that replaces the series ion: the one of its charge with the largest concentration in the baths.

    Without one, the usual substitute; None if the ion has none.
    """
    ion = plan.experiment.ion
    z = plan.ions[ion].z
    amounts: dict[str, float] = {}
    for recipe in _recipes(plan):
        for other, mM in recipe.ions_mM.items():
            if other not in (ion, *BY_pH, *recipe.free_mM) and plan.ions[other].z == z:
                amounts[other] = max(mM, amounts.get(other, 0.0))
    usual = USUAL_SUBSTITUTES.get(z)
    return max(amounts, key=lambda other: amounts[other], default=None if usual == ion else usual)


def _is_same_level(level: float, other: float) -> bool:
    return level == other or (min(level, other) > 0 and max(level, other) / min(level, other) < SAME_LEVEL)


def _candidate(bath: Bath, plan: PlannedSeries) -> Candidate:
    name, recipe, made_from, ions = bath
    series = expected_series(plan.adding(name, recipe))
    rows = ratio_rows(series)
    return Candidate(
        name=name,
        made_from=made_from,
        ions_mM=ions,
        e_rev_mV=float(series.e_mV[-1]),
        ratios={row.ion: Expected(plan.p_ratios[row.ion], row.ci_low, row.ci_high) for row in rows},
        smallest={row.ion: row.smallest_resolvable for row in rows},
        slope=slope_precision(series, list(draws(series, SLOPE_DRAWS))).cell,
    )
