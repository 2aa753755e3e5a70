"""Findings about the fits to the reversal potentials and currents of one cell."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_FITS = {
    Code.RECORDINGS_FLAGGED: Definition(
        says="Flagged recordings are used: {place}.",
        meaning="The result is as good as these recordings; see the findings of each of them.",
        computed="Recordings with status flagged that enter the fit.",
        remedy="Read their findings; leave a code out with quality.exclude.",
    ),
    Code.RECORDINGS_LEFT_OUT: Definition(
        says="Not used: {place}.",
        meaning="These recordings of the cell and condition do not enter the fit.",
        computed="Recordings that failed, were excluded, or have no bracketed reversal potential with an error.",
        severity=Severity.NOTE,
    ),
    Code.NO_REVERSALS: Definition(
        says="Cannot tell, because no recording gave a reversal potential.",
        meaning="There is nothing to fit.",
        computed="Reversal potentials with status ok or flagged, bracketed and with an error.",
        remedy="See why each recording has none.",
        severity=Severity.FAILURE,
    ),
    Code.ION_ABSENT: Definition(
        says="Cannot tell, because {place} is in none of the solutions.",
        meaning="An ion that is nowhere carries no current.",
        computed="Free concentrations in all baths and pipettes of the series.",
        remedy="Correct `permeant`, or the recipes.",
        severity=Severity.FAILURE,
    ),
    Code.REFERENCE_ABSENT: Definition(
        says="Cannot tell, because the reference ion {place} is in none of the solutions.",
        meaning="A ratio needs its reference.",
        computed="Free concentrations in all baths and pipettes of the series.",
        remedy="Choose another `reference`.",
        severity=Severity.FAILURE,
    ),
    Code.SOLUTIONS_TOO_FEW: Definition(
        says="Cannot tell, because {number:.0f} different solutions cannot determine {limit:.0f} unknowns "
        "({unknowns}).",
        meaning="More ratios are free than the baths can fix.",
        computed="Number of different combinations of bath and pipette.",
        remedy="Add baths, or take ions out of `permeant`.",
        severity=Severity.FAILURE,
    ),
    Code.FORMULA_REFUSED: Definition(
        says="Cannot tell, because the formula is not defined here: {message}",
        meaning="A number is outside the range of the formula.",
        computed="The domain of the formula is checked before it is used.",
        remedy="Check concentrations and temperature.",
        severity=Severity.FAILURE,
    ),
    Code.RATIO_UNRESOLVED: Definition(
        says="Cannot tell, because these solutions do not distinguish the ratio from 0 or from infinity.",
        meaning="The reversal potentials do not depend on the ratio by more than their errors.",
        computed="Profile likelihood of the ratio between 0 and infinity.",
        remedy="Add a bath in which the ion dominates.",
        severity=Severity.FAILURE,
    ),
    Code.ONE_BATH: Definition(
        says="There is one bath: the ratio rests on the pipette recipe and the junction correction alone.",
        meaning="An error of a millivolt in either goes into the ratio undetected.",
        computed="Number of different baths.",
        remedy="Add a bath.",
    ),
    Code.EXCESS_SCATTER: Definition(
        says="The baths scatter more than their errors allow (p = {number:.2g}). The errors are understated, or one "
        "ratio "
        "does not hold in all baths. The interval is computed from the scatter.",
        meaning="The interval is wider than the errors of the recordings imply.",
        computed="Probability of this much scatter about the fit if the stated errors are right (χ²).",
        remedy="Look for a bath that is wrong, anomalous mole fraction behaviour, or another permeant ion.",
    ),
    Code.COMMON_SHIFT: Definition(
        says="All reversal potentials are {number:+.1f} mV from the fit, more than the junction error ({sd_mV:.1f} mV) "
        "explains.",
        meaning="Something common to the series is wrong.",
        computed="Shift that the fit attributes to the shared junction error; the limit is three standard deviations.",
        remedy="Check the junction correction, the pipette recipe, and whether another ion permeates.",
        unit="mV",
        setting="junction.sd_mV",
    ),
    Code.UPPER_BOUND_ONLY: Definition(
        says="{place} cannot be distinguished from an impermeant ion: the ratio has an upper bound only.",
        meaning="The ratio may be zero.",
        computed="Profile likelihood of the ratio.",
        remedy="Add baths with more of this ion and less of the reference.",
    ),
    Code.LOWER_BOUND_ONLY: Definition(
        says="{place} cannot be distinguished from an impermeant ion: the ratio has a lower bound only.",
        meaning="The reference ion may not permeate at all.",
        computed="Profile likelihood of the ratio.",
        remedy="Choose another reference ion.",
    ),
    Code.OFFSET_INSEPARABLE: Definition(
        says="A free offset cannot be distinguished from the concentration inside the cell.",
        meaning="The offset may be an error of the pipette recipe or of the cytosol.",
        computed="The fit has a free offset (`fitting.offset`).",
        remedy="Fix the offset by measuring the junction potential.",
    ),
    Code.ACTIVITY_UNCERTAIN: Definition(
        says="Activities: {message}.",
        meaning="An activity coefficient is used outside the range of its parameters.",
        computed="Warnings of the Pitzer equations for the recipes of the series.",
        remedy="Compare with `activity: concentration`; the other scale is listed with each ratio.",
    ),
    Code.BATH_WITHOUT_BALANCE: Definition(
        says="No ratio of {place} balances the currents in this bath.",
        meaning="The reversal potential is outside the range that any ratio allows.",
        computed="Sum of the GHK currents at E_rev.",
        severity=Severity.NOTE,
    ),
    Code.ION_ABSENT_OUTSIDE: Definition(
        says="{place}: no {ion} outside, so there is no Nernst potential.",
        meaning="These recordings do not enter the line.",
        computed="Free concentration in the bath.",
    ),
    Code.ONE_CONCENTRATION: Definition(
        says="Cannot tell, because all recordings have the same {place} concentration outside; a slope needs two.",
        meaning="There is no line to fit.",
        computed="Number of different outside concentrations.",
        remedy="Record at a second concentration.",
        severity=Severity.FAILURE,
    ),
    Code.TWO_BATHS: Definition(
        says="Cannot tell, because two baths leave no scatter about the line: the interval rests on the stated errors "
        "alone.",
        meaning="There is no verdict.",
        computed="Degrees of freedom of the line.",
        remedy="Record at a third concentration.",
    ),
    Code.SLOPE_UNDECIDED: Definition(
        says="Cannot tell, because the 90 % interval of the slope ratio, {low:.3f} to {high:.3f}, is wider than "
        "{margin_low:.2f} to {margin_high:.2f} and its 95 % interval contains 1.",
        meaning="The line is neither shown to follow Nernst nor shown to differ.",
        computed="Two one-sided tests at the declared margin, and the 95 % interval of the slope.",
        remedy="Add baths or repeats, or a wider range of concentrations.",
        setting="equivalence_margin",
        why="Chosen: 5 % of the slope is about 3 mV per decade.",
    ),
    Code.ONE_DEGREE_OF_FREEDOM: Definition(
        says="Three baths leave one degree of freedom.",
        meaning="Student's t makes the interval very wide.",
        computed="Degrees of freedom of the line.",
        remedy="Add a bath.",
        severity=Severity.NOTE,
    ),
    Code.LINE_CURVED: Definition(
        says="The line is curved (p = {number:.2g}). A second permeant ion flattens its low end, which a slope does "
        "not "
        "describe; see the permeability ratios.",
        meaning="One slope does not describe the series.",
        computed="F test of a quadratic term; the limit is p = {limit:.2f}.",
        remedy="Report the permeability ratio instead of the slope.",
        why="The usual level of a test.",
    ),
    Code.ROBUST_WEIGHTS: Definition(
        says="Bisquare weights: the interval is approximate.",
        meaning="Outlying baths count less.",
        computed="`fitting.robust` is on and there are enough baths.",
        severity=Severity.NOTE,
    ),
    Code.CURRENTS_TOO_FEW: Definition(
        says="Cannot tell, because fewer than two baths have an I–V.",
        meaning="The currents of one bath cannot give a ratio.",
        computed="Baths with I–V points that are used.",
        severity=Severity.FAILURE,
    ),
    Code.CURRENTS_DO_NOT_RISE: Definition(
        says="Cannot tell, because the currents do not rise with voltage as those of a channel do.",
        meaning="The model has no positive permeability.",
        computed="Fitted permeability of the reference ion.",
        severity=Severity.FAILURE,
    ),
    Code.CURRENTS_MISFIT: Definition(
        says="Cannot tell, because the model misses the currents by {percent:.0f} % of their size, more than "
        "{limit_percent:.0f} %.",
        meaning="A constant field with one gate and a linear leak does not describe this channel.",
        computed="Root mean square misfit divided by the standard deviation of the currents.",
        severity=Severity.FAILURE,
    ),
    Code.CURRENTS_INSENSITIVE: Definition(
        says="Cannot tell, because the currents hardly depend on the ratio.",
        meaning="The value would be arbitrary.",
        computed="Logarithm of the ratio and width of its interval.",
        severity=Severity.FAILURE,
    ),
    Code.CURRENTS_WITHOUT_INTERVAL: Definition(
        says="Two baths give no interval.",
        meaning="The interval comes from leaving out one bath at a time.",
        computed="Number of baths.",
    ),
    Code.CURRENTS_DISAGREE: Definition(
        says="The ratio from the currents disagrees with the one from the reversal potentials: the intervals do not "
        "overlap.",
        meaning="Leak, or a model that does not hold, moves one of them.",
        computed="The two 95 % intervals are compared.",
        remedy="Look at the leak of the fit, and at the I–V near E_rev.",
    ),
    Code.LEAK_DOMINATES_RATIO: Definition(
        says="Cannot tell from the reversal potentials, because a leak of {leak_nS:.2g} nS is {percent:.0f} % of the "
        "membrane conductance: they give {by_reversals}, the currents of all baths {by_currents}.",
        meaning="The reversal potentials are those of channel and leak together; the ratio is withdrawn.",
        computed="Leak of the fit to the currents divided by the slope of the I–V, where both ratios disagree.",
        remedy="Subtract the leak, or record with a better seal.",
        severity=Severity.FAILURE,
    ),
    Code.LEAK_DOMINATES_SLOPE: Definition(
        says="Cannot tell, because a leak of {leak_nS:.2g} nS is {percent:.0f} % of the membrane conductance: a slope "
        "ratio "
        "of {slope_ratio:.2g} is that of channel and leak.",
        meaning="Slope and verdict are withdrawn.",
        computed="Leak of the fit to the currents divided by the slope of the I–V, where both ratios disagree.",
        remedy="Subtract the leak, or record with a better seal.",
        severity=Severity.FAILURE,
    ),
    Code.CONDITION_WITHOUT_RATIO: Definition(
        says="Cannot tell, because one condition has no ratio.",
        meaning="There is nothing to compare.",
        computed="Fits of both conditions.",
        severity=Severity.FAILURE,
    ),
    Code.CONDITIONS_UNRESOLVED: Definition(
        says="Cannot tell, because neither condition resolves the ratio.",
        meaning="The factor between the conditions may be anything.",
        computed="Profile likelihood of the factor.",
        severity=Severity.FAILURE,
    ),
    Code.CONDITIONS_BOUND_ONLY: Definition(
        says="There is a bound only: one condition does not resolve the ratio.",
        meaning="The factor has one limit.",
        computed="Profile likelihood of the factor.",
    ),
}
