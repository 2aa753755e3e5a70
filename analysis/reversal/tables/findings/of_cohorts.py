"""Findings about quantities over cells."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_COHORTS = {
    Code.CELLS_TOO_FEW: Definition(
        says="Cannot tell, because the spread between cells needs at least {limit:.0f} cells (found: {number:.0f}).",
        meaning="There is no mean with an interval.",
        computed="Cells with a two-sided value.",
        remedy="Record more cells.",
        severity=Severity.FAILURE,
    ),
    Code.MIXED_MODEL_CELLS: Definition(
        says="Cannot tell, because a mixed model needs at least {limit:.0f} cells (found: {number:.0f}).",
        meaning="The slope in one stage is not available; the one in two stages may be.",
        computed="Cells with a line.",
        remedy="Record more cells.",
        severity=Severity.FAILURE,
    ),
    Code.MIXED_MODEL_UNSOLVED: Definition(
        says="Cannot tell, because the mixed model has no solution: {message}.",
        meaning="The slope in one stage is not available; the one in two stages may be.",
        computed="REML with random intercept and slope (statsmodels).",
        severity=Severity.FAILURE,
    ),
    Code.CELLS_WITHOUT_VALUE: Definition(
        says="Cells without a value: {place}.",
        meaning="These cells do not enter the mean.",
        computed="Cells whose fit failed; see the findings of each of them.",
        severity=Severity.NOTE,
    ),
    Code.CELLS_FLAGGED: Definition(
        says="Flagged cells are in the mean: {place}.",
        meaning="The mean is as good as these cells; see the findings of each of them.",
        computed="Cells with status flagged.",
    ),
    Code.CELLS_INCOMPLETE: Definition(
        says="Cells with recordings that are not used: {place}.",
        meaning="The value of these cells rests on fewer recordings than were made.",
        computed="Recordings left out of the fits.",
        severity=Severity.NOTE,
    ),
    Code.CELLS_BOUND_ONLY: Definition(
        says="Cells with a bound only, not in the mean: {place}. The mean is biased away from the bound.",
        meaning="A mean over the other cells is not the mean of all cells.",
        computed="Cells whose ratio has one limit.",
        remedy="Choose baths that resolve the ratio in every cell.",
    ),
    Code.CELLS_IN_ONE_GROUP: Definition(
        says="Cells in one group only, not in the paired comparison: {place}.",
        meaning="The comparison uses the cells that have both.",
        computed="Cells with a value in one of the two groups.",
    ),
    Code.CELLS_UNPAIRED: Definition(
        says="Cells in both groups: {number:.0f}; a paired test needs {limit:.0f}.",
        meaning="The groups are compared as if their cells were different.",
        computed="Cells with a value in both groups.",
    ),
    Code.GROUPS_WITHOUT_SPREAD: Definition(
        says="Cannot tell, because groups of {number:.0f} and {against:.0f} cells leave no spread to compare with.",
        meaning="There is no test.",
        computed="Cells with a two-sided value in each group.",
        remedy="Record more cells.",
        severity=Severity.FAILURE,
    ),
}
