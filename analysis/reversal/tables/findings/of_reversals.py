"""Findings about the reversal potential of one recording."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_REVERSALS = {
    Code.VOLTAGES_TOO_FEW: Definition(
        says="{number:.0f} voltages are too few for a reversal potential; at least {limit:.0f} are needed.",
        meaning="E_rev cannot be measured from so few points.",
        computed="Number of different voltages in the I–V.",
        remedy="Record more steps, or widen window.from_mV and window.to_mV.",
        severity=Severity.NO_REVERSAL,
        fixed_limit="3 voltages",
        why="A sign change needs two voltages; a test of it needs a third.",
    ),
    Code.CURRENT_NOT_DETECTED: Definition(
        says="The current does not differ from zero at any tested voltage.",
        meaning="There is no current whose reversal could be measured.",
        computed="Each point is compared with its standard error.",
        remedy="Check that the cell expresses the channel; average more repeats.",
        severity=Severity.NO_REVERSAL,
    ),
    Code.REVERSAL_OUT_OF_RANGE: Definition(
        says="The current is {direction} wherever it differs from zero. E_rev is {side} {number:.1f} mV.",
        meaning="Only a bound can be given.",
        computed="The most extreme voltage at which the current still differs from zero.",
        remedy="Extend the protocol beyond this voltage.",
        severity=Severity.NO_REVERSAL,
        unit="mV",
    ),
    Code.REVERSAL_EXTRAPOLATED: Definition(
        says="A line through the nearest points crosses zero at {zero_mV:.1f} mV, {number:.1f} mV {side} the last "
        "voltage at which the current differs from zero. This is {where} the tested voltages.",
        meaning="Use the value to choose the next protocol. It is not a result and does not enter any fit.",
        computed="Line through the three nearest points, where its slope differs from zero. The number is the "
        "distance of its zero from the last voltage at which the current differs from zero.",
        remedy="Add voltages on both sides of {zero_mV:.0f} mV, or average more repeats.",
        severity=Severity.NO_REVERSAL,
        unit="mV",
    ),
    Code.REVERSAL_NOT_BOUNDED: Definition(
        says="The measured current is {direction} wherever it differs from zero. At another time of the steps it may "
        "reverse. So this is no bound of E_rev.",
        meaning="Steady state and peak may be different currents. The sign of one does not bound the reversal "
        "potential of the other.",
        computed="All currents that differ from zero have one sign, and the recording has the finding `inactivation` "
        "or `kind_differs`.",
        remedy="Set `window.measure` to `peak` or `steady`.",
        severity=Severity.NO_REVERSAL,
    ),
    Code.SEVERAL_REVERSALS: Definition(
        says="The current changes sign {number:.0f} times, near {voltages} mV. Which of them is E_rev is not known.",
        meaning="No value is reported.",
        computed="Sign changes of the I–V that noise does not explain.",
        remedy="Limit the range with window.from_mV and window.to_mV, or subtract the leak.",
        severity=Severity.NO_REVERSAL,
    ),
    Code.FURTHER_SIGN_CHANGE: Definition(
        says="The current also changes sign near {voltages} mV.",
        meaning="The reported value is the crossing at which the current rises with voltage.",
        computed="Sign changes of the I–V that noise does not explain.",
        remedy="Check leak and voltage-dependent block.",
    ),
    Code.CURVE_WITHOUT_ZERO: Definition(
        says="No smooth curve near the sign change crosses zero.",
        meaning="No value is reported.",
        computed="Smooth curve and local polynomial through the points around the sign change.",
        remedy="Record more voltages near E_rev.",
        severity=Severity.NO_REVERSAL,
    ),
    Code.CURRENT_FALLS: Definition(
        says="The current falls with voltage where it changes sign.",
        meaning="The current of one conductance rises with voltage at its reversal potential. Here a gate closes, or "
        "two currents add up.",
        computed="Sign of the slope at the crossing.",
        remedy="Use tail currents or an instantaneous I–V.",
    ),
    Code.INTERVAL_OPEN: Definition(
        says="The confidence interval extends beyond the tested voltages.",
        meaning="One limit of the interval is not known.",
        computed="Voltages at which the curve does not differ from zero.",
        remedy="Extend the protocol, or average more repeats.",
    ),
    Code.PEAK_NOISE: Definition(
        says="The noise of the peaks leaves an error of ± {number:.1f} mV. ± 2 mV need about {sweeps:.1f} times as "
        "many sweeps at each voltage, or {share:.0f} % of the noise.",
        meaning="The interval contains this error; the recording does not show E_rev more precisely.",
        computed="1.96 times the part of the error that comes from the points, divided by 2 mV; the error falls with "
        "the square root of the number of sweeps.",
        remedy="Record each voltage several times in one family, lower the noise, or record larger currents.",
        severity=Severity.NOTE,
        unit="mV",
        fixed_limit="2 mV",
        why="Chosen: about the error of most junction potentials.",
    ),
    Code.INTERVAL_UNBOUNDED: Definition(
        says="The current changes sign near {number:.1f} mV, but the confidence interval contains all tested voltages.",
        meaning="No value is reported.",
        computed="Voltages at which the curve does not differ from zero.",
        remedy="Average more repeats, or record larger currents. A recording without a cell looks like this, too.",
        severity=Severity.NO_REVERSAL,
        unit="mV",
    ),
    Code.CHANNEL_REVERSAL_RANGE: Definition(
        says="E_rev is that of the whole current, because the leak is not known. With the leak of a seal of "
        "{limit:.3g} GΩ or more, E_rev of the channel would be between {low_mV:.1f} and {high_mV:.1f} mV.",
        meaning="The I–V alone does not separate channel and leak. The reported value describes the whole cell. It "
        "describes the channel only if the leak is negligible.",
        computed="Zero of the I–V after subtraction of the leak of the assumed seal. This leak reverses at the "
        "potential at which an open pipette passes no current, ± 1.96 leak.e_sd_mV. The number is the more distant end "
        "minus E_rev. If the range is within the interval of E_rev, the finding is only a note.",
        remedy="Enter the seal resistance in the column seal_GOhm, or subtract the leak (leak.subtract). If the leak "
        "is the current of interest, set leak.of_interest.",
        unit="mV",
        setting="leak.assumed_seal_GOhm",
        why="Chosen: a seal of 1 GΩ is the poorest that is usually accepted.",
    ),
    Code.CHANNEL_REVERSAL_OPEN: Definition(
        says="E_rev is that of the whole current, because the leak is not known. All of the current {side} "
        "{number:.1f} mV could be leak through a seal of {limit:.3g} GΩ.",
        meaning="The channel may reverse at any voltage on that side, or carry no current at all.",
        computed="The I–V has no zero after subtraction of the leak of the assumed seal.",
        remedy="Enter the seal resistance in the column seal_GOhm, or subtract the leak (leak.subtract). If the leak "
        "is the current of interest, set leak.of_interest.",
        unit="mV",
        setting="leak.assumed_seal_GOhm",
        why="Chosen: a seal of 1 GΩ is the poorest that is usually accepted.",
    ),
    Code.LEAK_ERROR_OPEN: Definition(
        says="Within the error of the leak ({number:.3g} nS), all of the current {side} E_rev may be leak.",
        meaning="One limit of the interval of E_rev is not known.",
        computed="The I–V has no zero after subtraction of the leak at an end of its 95 % interval.",
        remedy="Measure the seal better, or block the channel and subtract (leak.subtract: blocker).",
        unit="nS",
    ),
    Code.LEAK_ERROR_NOT_LINEAR: Definition(
        says="The error of the leak is too large for the fits of ratio and slope, which leave this recording out: at "
        "one end of its interval it moves E_rev only {number:.2f} times as much per unit as at the other end.",
        meaning="The interval of E_rev contains this error. A fit of several baths shares it and takes its effect as "
        "linear, so the interval of a ratio would be too narrow.",
        computed="E_rev after subtraction of the leak at both ends of the 95 % intervals of its conductance and of its "
        "reversal potential. Changes below 1 mV are not compared.",
        remedy="Measure the seal better, use large currents, or block the channel and subtract (leak.subtract: "
        "blocker).",
        fixed_limit="two thirds",
        severity=Severity.NOTE,
        why="Chosen: the linear effect is then wrong by more than a fifth.",
    ),
    Code.OHMIC_CURRENT: Definition(
        says="The current without the leak of the seal is a straight line of {number:.2g} nS. A leak that is larger "
        "than stated gives the same.",
        meaning="An empty cell, or a pipette without a cell, may have such an I–V, which then has no reversal "
        "potential of a channel. Ions whose concentrations differ between bath and cell pass a channel with an I–V "
        "that bends, the more the farther E_rev is from 0 mV. It is a note if E_rev is where leak reverses: the I–V "
        "of a non-selective channel is straight there, too.",
        computed="Steady currents and ramps without the leak of the seal, fitted by a line and by a constant field "
        "that reverses at E_rev, each with a free level. The line must fit (99 %). For the warning, the χ² of the "
        "constant field must be larger by 9; for the note, E_rev must be in the 95 % interval of the leak's reversal.",
        remedy="Record the same bath with the channel blocked (leak.subtract: blocker). If rectification by the "
        "channel makes the I–V straight, the difference shows it.",
        unit="nS",
        fixed_limit="99 %, three standard errors",
        why="Chosen: as for a leak that is measured in the I–V, and for sources of the leak that disagree.",
    ),
    Code.LEAK_SOURCES_DISAGREE: Definition(
        says="The leak is {number:.3g} nS from the {place}, and {seal_nS:.3g} nS from the seal resistance in the "
        "sheet.",
        meaning="One of the two is wrong. A leak can also come from the membrane, and a seal can become worse at "
        "break-in.",
        computed="Difference of the two conductances, in standard errors of the seal's.",
        remedy="Check seal_GOhm, and the window or the blocker of the subtraction.",
        unit="nS",
        fixed_limit="3 standard errors of the seal's conductance",
        why="Chosen: normal errors exceed three standard errors with p = 0.3 %.",
    ),
    Code.ESTIMATOR_DISAGREES: Definition(
        says="The {place} estimate also fits the points and reverses at {number:.1f} mV.",
        meaning="The value depends on the estimator by more than its error.",
        computed="E_rev by an estimator that fits (χ² per degree of freedom up to 2) and differs from the "
        "reported value by more than the limit. The straight line through two points is never "
        "compared, because nothing shows whether it fits.",
        remedy="Record more voltages near E_rev; report the range.",
        unit="mV",
        fixed_limit="4 standard errors of the difference, at least 1 mV",
        why="Chosen: normal errors exceed four standard errors with p = 6e-5, and 1 mV is the usual "
        "standard deviation of a junction potential.",
    ),
    Code.NERNST_UNDEFINED: Definition(
        says="There is no Nernst potential: {place} contains no {ion}.",
        meaning="E_rev is reported without a prediction.",
        computed="Free concentration of the experiment's ion on both sides.",
        remedy="Set `ion` to an ion that both solutions contain.",
        severity=Severity.NOTE,
    ),
    Code.REVERSAL_BEYOND_IONS: Definition(
        says="E_rev {number:.1f} mV is {side} the Nernst potentials of all ions on the two sides. The nearest is "
        "{place}, {limit:.1f} mV.",
        meaning="The passive current of no channel reverses there. A solution or the zeroing of the amplifier is "
        "not as declared, too much leak was subtracted, the electrode has drifted, or the recording has no cell.",
        computed="Nernst potentials of all ions that the solutions list, infinite for an ion on one side only. The "
        "95 % interval of E_rev, every error included, must reach to within 3 mV of their range.",
        remedy="Check solutions, zeroing_bath, junction correction and seal_GOhm, and whether the recording is of a "
        "cell.",
        unit="mV",
        fixed_limit="3 mV from the range of the Nernst potentials",
        why="Chosen: a concentration that is wrong by 12 % moves the Nernst potential of a monovalent ion by 3 mV.",
    ),
}
