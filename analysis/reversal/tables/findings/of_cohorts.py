"""Findings about quantities over cells."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_COHORTS = {
    Code.LEAK_UNKNOWN: Definition(
        says="{number:.0f} of {measured:.0f} reversal potentials are those of the whole current, because the leak is "
        "not known. Cells: {place}.",
        meaning="These values describe the whole cell. They describe the channel only if the leak is negligible. Their "
        "rows give the range of the channel's E_rev.",
        computed="Reversal potentials without a subtracted leak, in each experiment.",
        remedy="Enter the seal resistance that you read before break-in in the column `seal_GOhm` of the recording "
        "sheet.",
    ),
    Code.CELLS_TOO_FEW: Definition(
        says="Cannot tell, because the spread between cells needs at least {limit:.0f} cells (found: {number:.0f}).",
        meaning="There is no mean with an interval.",
        computed="Cells with a two-sided value.",
        remedy="Record more cells.",
        severity=Severity.FAILURE,
        fixed_limit="2 cells",
        why="Two cells are the fewest that show a spread.",
    ),
    Code.MIXED_MODEL_CELLS: Definition(
        says="Cannot tell, because a mixed model needs at least {limit:.0f} cells (found: {number:.0f}).",
        meaning="The slope in one stage is not available; the one in two stages may be.",
        computed="Cells with a line.",
        remedy="Record more cells.",
        severity=Severity.FAILURE,
        fixed_limit="3 cells",
        why="Intercepts and slopes that differ between cells cannot be estimated from two cells.",
    ),
    Code.MIXED_MODEL_UNSOLVED: Definition(
        says="Cannot tell, because the likelihood of the mixed model has no maximum.",
        meaning="The fit cannot separate the scatter about the lines from the differences between the lines, usually "
        "because there is hardly any scatter. The slope in one stage is not available; the one in two stages may be.",
        computed="REML with random intercept and slope of each cell; residual variance at its maximum.",
        remedy="Use the slope in two stages; record more solutions in each cell.",
        severity=Severity.FAILURE,
    ),
    Code.CELLS_WITHOUT_VALUE: Definition(
        says="Cells without a value that can enter the mean: {place}.",
        meaning="These cells do not enter the mean.",
        computed="Cells whose fit gives no value. For slopes, also cells with fewer than three baths: their "
        "slope has no scatter. See the findings of each cell.",
        remedy="See the findings of each cell.",
        severity=Severity.NOTE,
    ),
    Code.CELLS_FLAGGED: Definition(
        says="Flagged cells are in the mean: {place}.",
        meaning="The mean depends on cells with findings; see the findings of each of them.",
        computed="Cells in the mean whose ratio is flagged, or whose slope uses flagged recordings. Given only if "
        "there is a mean. An undecided verdict alone does not count. If cells have flagged recordings, a second mean "
        "leaves these cells out.",
        remedy="See the findings of each cell.",
    ),
    Code.CELLS_INCOMPLETE: Definition(
        says="Cells with recordings that are not used: {place}.",
        meaning="The value of these cells uses fewer recordings than were made.",
        computed="Cells with a value that can enter the mean and with at least one recording left out of their fit.",
        remedy="See the recordings that the findings of each cell list as not used.",
        severity=Severity.NOTE,
    ),
    Code.CELLS_BOUND_ONLY: Definition(
        says="Cells with a bound only are not compared: {place}. A comparison without them is biased away from the "
        "bound.",
        meaning="The other cells do not represent all cells of their groups.",
        computed="Cells whose ratio has one limit and no value with an error, or whose limit is on the other side than "
        "that of another cell.",
        remedy="Choose solutions that resolve the ratio in every cell.",
    ),
    Code.CELLS_NEAR_EDGE: Definition(
        says="Cells with a bound only are in the mean: {place}.",
        meaning="The mean, or the factor between two groups, is computed on a scale that includes a ratio of 0. On "
        "this scale the value and the error of each cell come from its profile likelihood; the value may be below 0. "
        "The interval of the mean may be a bound.",
        computed="Cells whose ratio has one limit.",
        remedy="Choose solutions that resolve the ratio in every cell.",
        severity=Severity.NOTE,
    ),
    Code.CELLS_WITH_OPPOSITE_BOUNDS: Definition(
        says="Cannot tell, because the ratio may be 0 in some cells and infinite in others: {place}.",
        meaning="No scale includes both, so there is no mean.",
        computed="Cells with an upper bound and cells with a lower bound in one group.",
        remedy="Choose solutions that resolve the ratio in every cell.",
        severity=Severity.FAILURE,
    ),
    Code.CELLS_WITH_BOUND_BUT_NO_VALUE: Definition(
        says="Cannot tell, because cells have a bound, but no value with an error: {place}.",
        meaning="There is no mean. If these cells entered it with a ratio of 0, their spread and the bound of the mean "
        "would be too small. Without them, the mean would be biased away from the bound.",
        computed="Cells whose ratio has one limit and whose profile likelihood is not a parabola on a scale that "
        "includes 0.",
        remedy="Choose solutions that resolve the ratio in every cell.",
        severity=Severity.FAILURE,
    ),
    Code.CELLS_WITHOUT_SPREAD: Definition(
        says="Cannot tell, because all {number:.0f} cells have exactly the same ratio.",
        meaning="There is no mean: its interval comes from the spread between the cells.",
        computed="Cells whose ratios are equal in all digits, which independent recordings do not give.",
        remedy="Check whether the cells have the same recordings.",
        severity=Severity.FAILURE,
    ),
    Code.CELLS_REPEATED: Definition(
        says="Cells that contain a recording of another cell are not counted: {place}.",
        meaning="The mean or comparison counts each recording once.",
        computed="Cells with a value and with a recording that has the same samples as one of an earlier cell of the "
        "experiment that is counted.",
        remedy="See the findings of each recording: correct its file, or give both rows the same cell.",
    ),
    Code.CELLS_IN_ONE_GROUP: Definition(
        says="Cells in one group only, not in the paired comparison: {place}.",
        meaning="The comparison uses the cells that have both.",
        computed="Cells with a value in one of the two groups.",
        remedy="Measure these cells in the other group too.",
    ),
    Code.CELLS_UNPAIRED: Definition(
        says="Cells in both groups: {number:.0f} ({place}); a paired test needs {limit:.0f}. They are not in the test.",
        meaning="A test of different cells would count these cells twice. It compares the other cells only.",
        computed="Cells with a value in both groups.",
        remedy="Measure more cells in both groups.",
        fixed_limit="3 cells",
        why="Two pairs leave one degree of freedom, whose interval is too wide to decide anything.",
    ),
    Code.GROUPS_WITHOUT_SPREAD: Definition(
        says="Cannot tell, because groups of {number:.0f} and {against:.0f} cells leave no spread to compare with.",
        meaning="There is no test.",
        computed="Cells with a two-sided value in each group.",
        remedy="Record more cells.",
        severity=Severity.FAILURE,
    ),
}
