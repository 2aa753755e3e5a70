"""Findings about the fits to the reversal potentials and currents of one cell."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_FITS = {
    Code.RECORDINGS_FLAGGED: Definition(
        says="Flagged recordings are used: {place}.",
        meaning="The result depends on recordings with findings. See the findings of each recording.",
        computed="Recordings with status flagged that enter the fit.",
        remedy="Read their findings. To leave recordings with a finding out of the fits, add the code of its check to "
        "quality.exclude.",
    ),
    Code.RECORDINGS_LEFT_OUT: Definition(
        says="Not used: {place}.",
        meaning="These recordings of the cell and condition do not enter the fit.",
        computed="Recordings that failed, were excluded, or have no bracketed reversal potential with an error "
        "that is known on both sides and linear in the leak.",
        remedy="See the findings of each of them.",
        severity=Severity.NOTE,
    ),
    Code.NO_REVERSALS: Definition(
        says="Cannot tell, because no recording gave a reversal potential that a fit can use.",
        meaning="There is nothing to fit.",
        computed="Reversal potentials with status ok or flagged, bracketed and with an error.",
        remedy="See the reason in the row of each recording.",
        severity=Severity.FAILURE,
    ),
    Code.ION_ABSENT: Definition(
        says="Cannot tell, because {place} is in none of the solutions.",
        meaning="An ion that is in no solution carries no current.",
        computed="Free concentrations in all baths and pipettes of the series.",
        remedy="Correct `permeant`, or the recipes.",
        severity=Severity.FAILURE,
    ),
    Code.REFERENCE_ABSENT: Definition(
        says="Cannot tell, because the reference ion {place} is in none of the solutions.",
        meaning="A ratio cannot be computed without its reference ion.",
        computed="Free concentrations in all baths and pipettes of the series.",
        remedy="Choose another `reference`.",
        severity=Severity.FAILURE,
    ),
    Code.SOLUTIONS_TOO_FEW: Definition(
        says="Cannot tell, because {number:.0f} different solutions cannot determine {limit:.0f} unknowns "
        "({unknowns}).",
        meaning="There are more free ratios than the baths can determine.",
        computed="Number of different combinations of bath and pipette.",
        remedy="Add solutions, or take ions out of `permeant`.",
        severity=Severity.FAILURE,
        fixed_limit="as many solutions as unknowns (free ratios, and the offset if it is free)",
        why="Each unknown needs a solution of its own.",
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
        remedy="Add a solution in which the ion dominates.",
        severity=Severity.FAILURE,
    ),
    Code.ONE_BATH: Definition(
        says="There is one pair of solutions: the ratio depends on their recipes and the junction correction alone.",
        meaning="An error of 1 mV in either changes the ratio and is not detected.",
        computed="Number of different pairs of bath and pipette, by recipe.",
        remedy="Add a solution.",
    ),
    Code.EXCESS_SCATTER: Definition(
        says="The reversal potentials scatter more than their errors explain (p = {number:.2g}). The errors may be too "
        "small, or one ratio may not describe all solutions. The interval is computed from the scatter.",
        meaning="The interval is wider than the errors of the recordings imply.",
        computed="Probability of this much scatter about the fit if the stated errors are right (χ²).",
        remedy="Look for a wrong solution. Other possible causes are, for example, anomalous mole fraction "
        "behaviour or another permeant ion.",
        fixed_limit="p = 0.10",
        why="Chosen: at a smaller level, errors that are too small would not be detected. One series in ten with "
        "correct errors gets this finding by chance.",
    ),
    Code.COMMON_SHIFT: Definition(
        says="All reversal potentials are {number:+.1f} mV from the fit, more than the shared error of "
        "junction and temperature ({sd_mV:.1f} mV) explains.",
        meaning="A value that all recordings of the series share may be wrong.",
        computed="Shift that the fit attributes to the error that all recordings share (junction potential "
        "and thermometer).",
        remedy="Check the junction correction, the pipette recipe, and whether another ion permeates.",
        unit="mV",
        fixed_limit="3 standard deviations of the shared error (junction.sd_mV and the error of the thermometer)",
        why="Chosen: a common shift with normal errors is larger with p = 0.3 %.",
    ),
    Code.LEAK_RANGE_WIDE: Definition(
        says="The leak is not known: {place} is that of the whole current. With the leak of a seal of {limit:.3g} GΩ "
        "or more, it would be between {low:.3g} and {high:.3g}. This range exceeds its interval.",
        meaning="The interval contains the error of the measurement, not that of an unknown leak.",
        computed="The fit repeated with the reversal potentials at both ends of the channel's range.",
        remedy="Enter the seal resistance in the column seal_GOhm, or subtract the leak (leak.subtract).",
        setting="leak.assumed_seal_GOhm",
        why="Chosen: a seal of 1 GΩ is the poorest that is usually accepted.",
    ),
    Code.LEAK_RANGE_OPEN: Definition(
        says="Cannot tell {place} of the channel, because all of the current of a recording could be leak through a "
        "seal of {limit:.3g} GΩ. The value is that of the whole current.",
        meaning="The channel may have any ratio.",
        computed="In a recording of the fit, the I–V has no zero after subtraction of the leak of the assumed seal.",
        remedy="Enter the seal resistance in the column seal_GOhm, or subtract the leak (leak.subtract).",
        setting="leak.assumed_seal_GOhm",
        why="Chosen: a seal of 1 GΩ is the poorest that is usually accepted.",
    ),
    Code.UPPER_BOUND_ONLY: Definition(
        says="{place} cannot be distinguished from an impermeant ion: the ratio has an upper bound only.",
        meaning="The ratio may be zero.",
        computed="Profile likelihood of the ratio.",
        remedy="Add solutions with more of this ion and less of the reference.",
    ),
    Code.LOWER_BOUND_ONLY: Definition(
        says="{place} cannot be distinguished from an impermeant ion: the ratio has a lower bound only.",
        meaning="The reference ion may not permeate at all.",
        computed="Profile likelihood of the ratio.",
        remedy="Choose another reference ion.",
    ),
    Code.OFFSET_INSEPARABLE: Definition(
        says="A free offset cannot be distinguished from an error of a concentration that all recordings share.",
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
    Code.BATH_RATIO_BOUNDED: Definition(
        says="No value of these solutions alone, because all recordings together give only a bound for {place}.",
        meaning="The ratio is near 0, or the ratios of several ions compensate one another. The interval contains what "
        "the bath gives for all ratios of the other ions within their bounds.",
        computed="Limits of the profile likelihood of the fit to all baths, with several free ratios.",
        remedy="Add a solution in which an impermeant ion replaces part of one of the ions.",
        severity=Severity.NOTE,
    ),
    Code.BATH_WITHOUT_BALANCE: Definition(
        says="No ratio of {place} balances the currents in these solutions.",
        meaning="The reversal potential is outside the range that any ratio allows.",
        computed="Sum of the GHK currents at E_rev.",
        remedy="Check recipe, junction correction and leak of this solution.",
        severity=Severity.NOTE,
    ),
    Code.ION_ABSENT_OUTSIDE: Definition(
        says="{place}: no {ion} {where}, so there is no Nernst potential.",
        meaning="These recordings do not enter the line.",
        computed="Free concentration in the bath.",
        remedy="Use solutions that contain the ion, or choose another ion for the line; the permeability ratios "
        "do not need it there.",
    ),
    Code.ION_ABSENT_INSIDE: Definition(
        says="{place}: no {ion} {where}, so there is no Nernst potential.",
        meaning="These recordings do not enter the line, because other pipettes of the series contain the ion.",
        computed="Free concentration in the pipette.",
        remedy="Give recordings with different pipettes different conditions, or choose another ion for the line.",
    ),
    Code.SAME_CONCENTRATION_DIFFERS: Definition(
        says="E_rev differs by {number:+.1f} mV between {place}, which have the same {ion} concentrations. {ion} alone "
        "does not determine E_rev.",
        meaning="The solutions differ in another ion that carries current, or one of them is not the declared one. "
        "Each solution is a separate point on the line.",
        computed="Largest difference of E_rev between solutions with the same concentrations of the series ion outside "
        "and inside.",
        remedy="Compare solutions that differ in the series ion only, for example by separate conditions. The "
        "permeability ratios use all solutions.",
        unit="mV",
        fixed_limit="3 standard errors of the difference, at least 1 mV",
        why="Chosen: normal errors exceed three standard errors with p = 0.3 %, and 1 mV is the usual standard "
        "deviation of a junction correction.",
    ),
    Code.ION_IN_NO_BATH: Definition(
        says="Cannot tell, because no recording has {place} {where}; the line needs it there.",
        meaning="There is no Nernst potential and no line. The ion may be in the pipette.",
        computed="Free concentration of the series ion in the baths of the recordings with a reversal potential.",
        remedy="Use solutions that contain the ion, or choose another ion for the line; the permeability ratios do not "
        "need it there.",
        severity=Severity.FAILURE,
    ),
    Code.ONE_CONCENTRATION: Definition(
        says="Cannot tell, because all recordings have the same {place} concentrations; a slope needs two on one side.",
        meaning="There is no line to fit.",
        computed="Number of Nernst potentials that differ by more than 0.5 mV. Smaller differences may come from "
        "activity coefficients alone.",
        remedy="Record at a second concentration.",
        severity=Severity.FAILURE,
    ),
    Code.TWO_BATHS: Definition(
        says="Cannot tell, because two points leave no scatter about the line. The interval uses the stated errors "
        "alone.",
        meaning="There is no verdict.",
        computed="Degrees of freedom of the line.",
        remedy="Record at a third concentration.",
    ),
    Code.SLOPE_UNDECIDED: Definition(
        says="Cannot tell, because the 90 % interval of the slope ratio, {low:.3f} to {high:.3f}, is wider than "
        "{margin_low:.2f} to {margin_high:.2f} and its 95 % interval contains 1.",
        meaning="The data do not show whether the line follows Nernst or differs from it.",
        computed="Two one-sided tests at the declared margin, and the 95 % interval of the slope.",
        remedy="Add solutions or repeats, or a wider range of concentrations.",
        setting="equivalence_margin",
        why="Chosen: 5 % of the slope is about 3 mV per decade.",
    ),
    Code.ONE_DEGREE_OF_FREEDOM: Definition(
        says="Three points leave one degree of freedom.",
        meaning="Student's t makes the interval very wide.",
        computed="Degrees of freedom of the line.",
        remedy="Add a solution.",
        severity=Severity.NOTE,
    ),
    Code.LINE_CURVED: Definition(
        says="The points deviate from a straight line (p = {number:.2g}). For example, a second permeant "
        "ion may flatten the low end of the line, or leak or a wrong solution may bend it. See the "
        "permeability ratios.",
        meaning="One slope does not describe the series.",
        computed="Two-sided t test of a quadratic term, which finds curvature of either sign and from any cause.",
        remedy="Check leak and solutions. If a second ion permeates, report the permeability ratio instead of the "
        "slope.",
        fixed_limit="p = 0.05",
        why="The usual level of a test: one straight line in twenty is reported as curved.",
    ),
    Code.LINE_CURVED_BY_GHK: Definition(
        says="The points deviate from a straight line (p = {number:.2g}), as the permeability ratios predict.",
        meaning="The series follows GHK, which is not a straight line. One slope does not describe it.",
        computed="As for `line_curved`, if the answer of the series is that it follows GHK.",
        remedy="Report the permeability ratio instead of the slope.",
        severity=Severity.NOTE,
        fixed_limit="p = 0.05",
        why="The same limit as for a line that GHK does not explain.",
    ),
    Code.ROBUST_WEIGHTS: Definition(
        says="Bisquare weights: the interval is approximate.",
        meaning="Outlying baths have less weight.",
        computed="`fitting.robust` is on and there are enough baths.",
        remedy="Compare with the result without `fitting.robust`.",
        severity=Severity.NOTE,
    ),
    Code.CURRENTS_TOO_FEW: Definition(
        says="Cannot tell, because fewer than two solutions have an I–V.",
        meaning="The currents of one bath cannot give a ratio.",
        computed="Baths with I–V points that are used.",
        remedy="Record the I–V in a second solution; see the findings of recordings that have none.",
        severity=Severity.FAILURE,
    ),
    Code.CURRENTS_DO_NOT_RISE: Definition(
        says="Cannot tell, because the currents do not rise with voltage as those of a channel do.",
        meaning="The model has no positive permeability.",
        computed="Fitted permeability of the reference ion.",
        remedy="Check the sign of the current and the leak; use the ratio from the reversal potentials.",
        severity=Severity.FAILURE,
    ),
    Code.CURRENTS_MISFIT: Definition(
        says="Cannot tell, because the model differs from the currents by {percent:.0f} % of their size, more than "
        "{limit_percent:.0f} %.",
        meaning="A constant field with one gate and a linear leak does not describe this channel.",
        computed="Root mean square misfit divided by the standard deviation of the currents.",
        remedy="Use the ratio from the reversal potentials; check for leak and run-down.",
        severity=Severity.FAILURE,
        fixed_limit="5 % of the standard deviation of the currents",
        why="Chosen: larger residuals show that the model does not apply (for example, rectification or run-down). Its "
        "ratio then has no meaning.",
    ),
    Code.CURRENTS_INSENSITIVE: Definition(
        says="Cannot tell, because the currents hardly depend on the ratio.",
        meaning="The value would be arbitrary.",
        computed="Logarithm of the ratio and width of its interval.",
        remedy="Use the ratio from the reversal potentials, or add a solution in which the ion dominates.",
        severity=Severity.FAILURE,
        fixed_limit="7 (natural logarithm, a factor of about 1100) for the ratio and for the width of its interval",
        why="Chosen: above this limit the currents do not depend on the ratio.",
    ),
    Code.CURRENTS_INDISTINGUISHABLE: Definition(
        says="Cannot tell, because the currents in these solutions do not {distinguish}.",
        meaning="Many combinations of the permeabilities fit the currents equally well. Each gives another ratio.",
        computed="Curvature of the misfit at the best fit: part of the effect of the ratio on the currents that "
        "changes of the other parameters (permeabilities, gate, leak) cannot imitate.",
        remedy="Add solutions in which an impermeant ion replaces part of the {replaced}, for example NMDG⁺ for a "
        "cation or gluconate for an anion. One solution determines the ratio, two its interval. If one of the ions "
        "does not permeate, take it out of `permeant`.",
        severity=Severity.FAILURE,
        fixed_limit="0.001 of the effect of the ratio on the currents",
        why="Chosen: what is left below this limit is smaller than the error of a recipe.",
    ),
    Code.CURRENTS_FROM_ONE_BATH: Definition(
        says="Without {place} the currents do not determine the ratio: its interval is from leaving out voltages.",
        meaning="Other intervals come from leaving out one bath at a time. In a substitution series, one bath alone "
        "shows the ratio of its ion: an error in its recipe, and rundown between the baths, are not in the interval.",
        computed="As for `currents_indistinguishable`, without each bath in turn. The interval is a jackknife over "
        "blocks of neighbouring voltages, plus the change without each of the other baths.",
        remedy="Record the I–V in a second solution of this kind.",
        severity=Severity.NOTE,
    ),
    Code.CURRENTS_PARAMETER_UNKNOWN: Definition(
        says="The currents in these solutions do not determine the {place}: it is not reported.",
        meaning="Other parameters imitate its effect on the currents.",
        computed="As for `currents_indistinguishable`, for the permeability of the reference ion and for the leak.",
        remedy="Test a wider range of voltages, or add a solution.",
        severity=Severity.NOTE,
    ),
    Code.CURRENTS_WITHOUT_INTERVAL: Definition(
        says="Two solutions give no interval.",
        meaning="The interval comes from leaving out one bath at a time.",
        computed="Number of baths.",
        remedy="Record the I–V in a third solution.",
    ),
    Code.CURRENTS_DISAGREE: Definition(
        says="The ratio from the currents disagrees with the one from the reversal potentials: the intervals do not "
        "overlap.",
        meaning="Leak, or a model that does not apply, changes one of them.",
        computed="The two 95 % intervals are compared.",
        remedy="Look at the leak of the fit, and at the I–V near E_rev.",
    ),
    Code.LEAK_DOMINATES_RATIO: Definition(
        says="Cannot tell from the reversal potentials, because a leak of {leak_nS:.2g} nS is {percent:.0f} % of the "
        "membrane conductance. They give {by_reversals}; all currents together give {by_currents}.",
        meaning="The reversal potentials are those of channel and leak together. The ratio is withdrawn.",
        computed="Leak of the fit to the currents, divided by the slope of a straight line through the whole I–V "
        "(median over the baths). Reported if the ratio from the currents and the one from the reversal potentials "
        "disagree.",
        remedy="Subtract the leak, or record with a better seal.",
        severity=Severity.FAILURE,
        fixed_limit="10 % of the membrane conductance",
        why="Chosen: a leak of a tenth of the conductance can explain that the two ratios disagree. A smaller one "
        "shifts E_rev too little.",
    ),
    Code.LEAK_DOMINATES_SLOPE: Definition(
        says="Cannot tell, because a leak of {leak_nS:.2g} nS is {percent:.0f} % of the membrane conductance. The "
        "slope ratio of {slope_ratio:.2g} is that of channel and leak together.",
        meaning="Slope and verdict are withdrawn.",
        computed="Leak of the fit to the currents, divided by the slope of a straight line through the whole I–V "
        "(median over the baths). Reported if the ratio from the currents and the one from the reversal potentials "
        "disagree.",
        remedy="Subtract the leak, or record with a better seal.",
        severity=Severity.FAILURE,
        fixed_limit="10 % of the membrane conductance",
        why="Chosen: a leak of a tenth of the conductance can explain that the two ratios disagree. A smaller one "
        "shifts E_rev too little.",
    ),
    Code.CONDITION_WITHOUT_RATIO: Definition(
        says="Cannot tell, because one condition has no ratio.",
        meaning="There is nothing to compare.",
        computed="Fits of both conditions.",
        remedy="See the findings of the fit of that condition.",
        severity=Severity.FAILURE,
    ),
    Code.CONDITIONS_UNRESOLVED: Definition(
        says="Cannot tell, because neither condition resolves the ratio.",
        meaning="The factor between the conditions may be anything.",
        computed="Profile likelihood of the factor.",
        remedy="Record both conditions in solutions that resolve the ratio.",
        severity=Severity.FAILURE,
    ),
    Code.CONDITIONS_BOUND_ONLY: Definition(
        says="There is a bound only: one condition does not resolve the ratio.",
        meaning="The factor has one limit.",
        computed="Profile likelihood of the factor.",
        remedy="Record that condition in solutions that resolve the ratio.",
    ),
}
