"""Findings about a recording: how it was declared, read and measured, and its quality checks."""

from __future__ import annotations

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.status import Severity

OF_RECORDINGS = {
    Code.SHEET_FAULT: Definition(
        says="{message}",
        meaning="The row of the recording sheet cannot be used. The other rows are not affected.",
        computed="The row is compared with the columns, solutions, experiments and protocols that are declared.",
        remedy="Correct the row; `reversal check` lists every fault with its line.",
        severity=Severity.FAILURE,
    ),
    Code.POINTS_ENTERED: Definition(
        says="The I–V was measured before ({number:.0f} points). R_s, capacitance, drift, settling and noise of the "
        "recording cannot be checked.",
        meaning="Junction, leak, estimators and errors are as for a recording. Checks that need traces are unknown.",
        computed="Points of the table `iv_points`.",
        remedy="Analyse the recording itself, if you have it.",
        severity=Severity.NOTE,
    ),
    Code.POINT_ERRORS_ESTIMATED: Definition(
        says="The points have no errors; {number:.3g} pA is estimated from their scatter.",
        meaning="A curved I–V adds to this error, so that the interval is rather too wide.",
        computed="Root mean square distance of the points from the lines through their neighbours, divided by the "
        "error that independent points give it.",
        remedy="Give the standard error of each point in the column se_pA.",
        unit="pA",
        severity=Severity.NOTE,
    ),
    Code.REVERSAL_ENTERED: Definition(
        says="The reversal potential was entered. Its I–V, leak, R_s and drift cannot be checked.",
        meaning="Only the junction is corrected, as the experiment declares. No check of a recording is known.",
        computed="Column `e_rev_mV` of the recording sheet.",
        remedy="Analyse the recording itself, if you have it.",
        severity=Severity.NOTE,
    ),
    Code.REVERSAL_WITHOUT_ERROR: Definition(
        says="The reversal potential was entered without an error; {number:.1f} mV is assumed.",
        meaning="Its interval, and its weight in the fits, depend on this assumption.",
        computed="Column `e_rev_sd_mV` of the recording sheet is empty.",
        remedy="Enter the standard error in the column e_rev_sd_mV.",
        unit="mV",
    ),
    Code.NOT_READ: Definition(
        says="{message}",
        meaning="The file could not be read as a recording.",
        computed="The reader for the file's content refused it, with the reason given.",
        remedy="Follow the remedy in the message; `reversal inspect FILE` shows what the file contains.",
        severity=Severity.FAILURE,
    ),
    Code.PROGRAM_ERROR: Definition(
        says="{message}",
        meaning="Reversal itself failed at this recording, or at the fits of this cell. The others are not affected.",
        computed="An exception that nobody expected ended the work; the sentence names it and the line of the program.",
        remedy="Report the error with the file and with the traceback, which is in `logs/measure_cells` of the folder "
        "of results. Until it is repaired, write a reason into the column `exclude` to leave the recording out.",
        severity=Severity.FAILURE,
    ),
    Code.RECORDING_ABSENT: Definition(
        says="The recording is not in recordings.h5 of its cell.",
        meaning="The recordings were read before the row was added to the sheet.",
        computed="Names of the recordings in the file.",
        remedy="Delete recordings.h5 of the cell and run again.",
        severity=Severity.FAILURE,
    ),
    Code.FILE_LOST: Definition(
        says="The file can no longer be read: {message}. The recording is that of an earlier run, in recordings.h5 of "
        "the cell.",
        meaning="The file was read before. Since then it has been moved, removed, emptied or damaged, or its folder "
        "cannot be opened. The samples are those of the file that was read.",
        computed="Reading ends with the reason given, and the file is another one than before, or cannot be opened. "
        "File, channel, sweeps and declared protocol are those of the copy.",
        remedy="Restore the file; if it was renamed, correct the column `file`.",
    ),
    Code.NOT_MEASURABLE: Definition(
        says="{message}",
        meaning="The recording was read, but no I–V can be measured in it as declared.",
        computed="The measurement stopped at the reason given.",
        remedy="Follow the remedy in the message; usually `window.epoch` or a declared protocol is missing.",
        severity=Severity.FAILURE,
    ),
    Code.TWO_CURRENTS: Definition(
        says="The sweeps record two different currents. E_rev is {without_mV:.1f} mV in sweeps {without} and "
        "{with_mV:.1f} mV in sweeps {more}, {number:.1f} mV apart. The difference of the two currents reverses at "
        "{difference_mV:.1f} mV.",
        meaning="A conductance is present in some sweeps and absent in the others, for example before and during an "
        "agonist. An inward rectifier in two baths differs in the same way. The mean is the I–V of neither, so the "
        "recording is not used.",
        computed="E_rev of each repeat, as for `repeats_disagree`. The widest gap between them is above the limit and "
        "more than twice as wide as either group, and the difference of the mean currents of the groups changes sign "
        "once. Repeats that change gradually are not refused, and neither are those whose difference has one sign at "
        "all voltages, as after a change of the bath of a GHK current.",
        remedy="Write two rows with the same file in the recording sheet, with sweeps {without} and {more} in the "
        "column `sweeps`, each with its own bath or condition. For the current that an agonist adds or a blocker "
        "removes, set leak.subtract to `blocker`, and leak.blocker to the condition of sweeps {without}.",
        severity=Severity.FAILURE,
        unit="mV",
        fixed_limit="10 mV",
        why="Run-down of half the current of a channel next to the leak of a seal shifts E_rev by less.",
    ),
    Code.EXCLUDED: Definition(
        says="Excluded in the recording sheet ({message}).",
        meaning="The user left the recording out.",
        computed="Column `exclude` of the recording sheet.",
        remedy="Clear the column `exclude` of the row to use the recording.",
        severity=Severity.EXCLUSION,
    ),
    Code.SERIES_RESISTANCE: Definition(
        says="R_s {number:.1f} MΩ is above {limit:.1f} MΩ.",
        meaning="Current through R_s shifts the membrane potential away from the command, and R_s slows the clamp.",
        computed="R_s before compensation: sheet, telegraph or membrane test, in this order.",
        remedy="Use a pipette of lower resistance, clear the tip, or compensate.",
        unit="MΩ",
        setting="quality.series_resistance_MOhm",
        why="Chosen: at a current of 200 pA, 20 MΩ shift the membrane potential by 4 mV before compensation. Where the "
        "total current is 0, R_s shifts nothing.",
    ),
    Code.SERIES_RESISTANCE_DRIFT: Definition(
        says="R_s changes by {percent:+.0f} % during the recording, more than {limit_percent:.0f} %.",
        meaning="The sweeps of a family are recorded at different membrane potentials.",
        computed="Change of R_s over the sweeps by the membrane test, relative to R_s before compensation.",
        remedy="Wait until the access is stable, or record again.",
        setting="quality.series_resistance_drift",
        why="Chosen: common practice in whole-cell work rejects a change of 20 %.",
    ),
    Code.SERIES_RESISTANCE_MISMATCH: Definition(
        says="The membrane test gives a residual R_s of {tested:.1f} MΩ; {reported:.1f} MΩ is declared or telegraphed.",
        meaning="One of the two values is wrong, and so is the correction of the voltage axis.",
        computed="Difference of the residual R_s by membrane test and by sheet or telegraph; the limit is the largest "
        "of the declared fraction, four standard errors of the test and a tenth of the R_s limit. The error of the "
        "test is a fraction of R_s; if the test gives the larger value, the two are compared on a log scale.",
        remedy="Check R_s and compensation in the sheet, and whether the amplifier's telegraph was connected.",
        unit="MΩ",
        setting="quality.series_resistance_apart",
        why="Chosen: if the compensation is read from a dial, the residual R_s is rarely known to better than a factor "
        "of two.",
    ),
    Code.CAPACITANCE_MISMATCH: Definition(
        says="The membrane test gives {tested:.1f} pF; {reported:.1f} pF is declared or telegraphed.",
        meaning="The value belongs to another cell, or part of the membrane is not clamped.",
        computed="Relative difference of C_m by membrane test and by sheet or telegraph; the limit is at least four "
        "standard errors of the test.",
        remedy="Check C_m in the sheet.",
        setting="quality.capacitance_apart",
        why="Chosen: electronic cancellation and membrane test commonly differ by a tenth to a fifth.",
    ),
    Code.SECOND_COMPARTMENT: Definition(
        says="The membrane charges with two time constants: {fast_percent:.0f} % with {fast_ms:.2f} ms and "
        "{slow_percent:.0f} % with {slow_ms:.2f} ms.",
        meaning="A resistance inside the cell separates part of the membrane from the pipette. This part is not at the "
        "command potential, and R_s and C_m are not those of a single compartment.",
        computed="Smaller fraction of the charge in a fit of two exponentials to the charging current.",
        remedy="Use a compact cell, an isolated patch, or a slower protocol; interpret E_rev with care.",
        setting="quality.second_compartment",
        why="Chosen: below one fifth the second component is often residual pipette capacitance.",
    ),
    Code.SERIES_OVER_INPUT: Definition(
        says="Residual R_s is {percent:.0f} % of the input resistance, above {limit_percent:.0f} %.",
        meaning="The membrane potential changes by only R_m/(R_s + R_m) of each step.",
        computed="Residual R_s divided by the input resistance at holding. It is a note in the cases in which a large "
        "holding current is one (holding_current).",
        remedy="Compensate R_s, or reduce the conductance.",
        setting="quality.series_over_input",
        why="Chosen: at 10 %, a step of 100 mV changes the membrane potential by about 90 mV.",
    ),
    Code.INPUT_RESISTANCE: Definition(
        says="Input resistance {number:.1f} MΩ is below {limit:.1f} MΩ.",
        meaning="A leak adds its own current and shifts every E_rev towards its own reversal potential.",
        computed="Input resistance by the membrane test at holding: seal, leak and open channels together. It is a "
        "note in the cases in which a large holding current is one (holding_current).",
        remedy="Record again with a better seal, or subtract the leak.",
        unit="MΩ",
        setting="quality.input_resistance_MOhm",
        why="Chosen: 10 MΩ pass 8 nA at −80 mV; intact patch-clamped cells are rarely that leaky.",
    ),
    Code.HOLDING_CURRENT: Definition(
        says="The holding current {number:.0f} pA is above ±{limit:.0f} pA.",
        meaning="There is a leak, the cell was lost, or its channels conduct this much at the holding potential.",
        computed="Mean current before the first change of the command. It is a note if the current is that of the "
        "channel, and all of the residual R_s moves a steady E_rev by less than its interval (I × R_s at E_rev, where "
        "only leak flows). It is that of the channel if the leak by itself passes the check: the leak that was "
        "measured, or the largest one that the I–V allows. Beyond the reversal potential of the leak, the leak "
        "carries no more than the whole current.",
        remedy="Check the seal; raise the limit for oocytes and other large cells.",
        unit="pA",
        setting="quality.holding_pA",
        why="Chosen for patch clamp; two-electrode recordings need their own limit.",
    ),
    Code.VOLTAGE_ERROR: Definition(
        says="Residual R_s shifts the membrane by {number:.1f} mV near E_rev, above {limit:.1f} mV.",
        meaning="The corrected voltage is only as accurate as R_s.",
        computed="I × residual R_s of the two points nearest E_rev, the larger of the two.",
        remedy="Compensate R_s, or reduce the current near E_rev.",
        unit="mV",
        setting="quality.voltage_error_mV",
        why="Chosen: with R_s known to 10 %, a correction of 5 mV is uncertain by 0.5 mV.",
    ),
    Code.CLAMP_SPEED: Definition(
        says="The window starts {number:.2f} ms after the step; {limit:.2f} ms are needed for the clamp to settle.",
        meaning="The window contains charging current.",
        computed="Shortest time between step and window; the limit is a number of clamp time constants R_s·C_m.",
        remedy="Start the window later (window.start_ms, window.blank_ms), or compensate R_s.",
        unit="ms",
        setting="quality.clamp_constants",
        why="Three time constants leave exp(−3) = 5 % of the charging current.",
    ),
    Code.TAIL_EXTRAPOLATION: Definition(
        says="{percent:.0f} % of the tail current is extrapolated to the step (t = 0), above {limit_percent:.0f} %.",
        meaning="Much of the tail decayed during the capacitive transient. Its size depends on the fitted time course.",
        computed="Fraction of the decaying tail current that decays before the window starts, over the sweeps in which "
        "it is well resolved.",
        remedy="Shorten the transient (compensation, smaller cells), lower the temperature, or shorten "
        "window.blank_ms.",
        setting="quality.extrapolated_tail",
        why="Chosen: calibrated as a whole by docs/calibration.md (tails).",
    ),
    Code.TAIL_COMPLETENESS: Definition(
        says="A tail current is {percent:.0f} % of the size expected in a constant field from the other "
        "tails or from the current before the step. It may have decayed before it could be measured, "
        "or the channel may rectify.",
        meaning="Channels do not close instantly: the missing part of a tail may have been too fast to be measured.",
        computed="The smallest of two kinds of fraction. First, the decaying tail current at each voltage on "
        "the side of E_rev where the most distant voltage is, divided by the one that a constant "
        "field implies from the largest tail (its value minus two standard errors). Second, the tail "
        "current at the most distant voltage divided by the one implied by the current before the "
        "step. Voltages within 20 mV of E_rev are not used. Not computed if most of the tail at the "
        "most distant voltage decays within the window.",
        remedy="Shorten window.blank_ms, lower the temperature, or use voltages nearer E_rev.",
        setting="quality.tail_completeness",
        why="Chosen: calibrated by the row 'tails that decay within the transient' in docs/calibration.md.",
    ),
    Code.TAIL_NOT_SEEN: Definition(
        says="No tail decays clearly in the window, and the current before the step is too small to tell how large the "
        "tails should be. E_rev may be that of leak.",
        meaning="Channels that close within the blanked time leave no tail, only the current that does not decay.",
        computed="The largest decaying current of a tail in standard errors. Only computed if `tail_completeness` is "
        "not known.",
        remedy="Use a larger or longer conditioning step, shorten window.blank_ms, lower the temperature, or record "
        "more sweeps.",
        unit="SE",
        setting="quality.tail_decay_se",
        why="Noise alone is larger in fewer than 1 of 500 recordings.",
    ),
    Code.TAIL_LEAK: Definition(
        says="The decaying part of the tails reverses at {decaying_mV:.1f} mV, {number:+.1f} mV from the whole "
        "current. The cause is leak or another current that does not decay.",
        meaning="The instantaneous tail current contains leak; its decaying part does not.",
        computed="Reversal potential of the difference between tail current at the step and at the end of the window, "
        "minus E_rev; the limit is at least three standard errors. What its error does not explain is part of the "
        "interval below the limit too.",
        remedy="Subtract the leak, or use the reversal potential of the decaying part.",
        unit="mV",
        setting="quality.tail_leak_mV",
        why="Chosen: half the distance that separates the leaky from the clean cells of a public HCN data set.",
    ),
    Code.PEAK_BACKGROUND: Definition(
        says="The inactivating part of the current reverses {where} {decaying_mV:.1f} mV, {number:+.1f} mV from the "
        "whole peak current. The cause is leak or another current that does not inactivate.",
        meaning="The peak current contains the other current. Its inactivating part does not, unless the other current "
        "changes during the step: a delayed rectifier that opens meanwhile moves the reversal of that part too far.",
        computed="Reversal potential of the difference between the current at the peak and at the end of the window, "
        "minus E_rev; the limit is at least three standard errors. What its error does not explain is part of the "
        "interval below the limit too. If the difference has one sign on both sides of E_rev, the number is the "
        "distance to the last voltage at which it exceeds four standard errors; the interval is open on this side.",
        remedy="Block the other current, or subtract a recording with the channel blocked (leak.subtract: blocker).",
        unit="mV",
        setting="quality.tail_leak_mV",
        why="The same limit as for the decaying part of tails.",
    ),
    Code.TAIL_SHIFT: Definition(
        says="The reversal potential of the tails shifts by {number:+.1f} mV while they decay. E_rev at the "
        "step is not that of the channel in the declared bath.",
        meaning="Ions that the conditioning step carried out accumulate at the membrane and leave it during the tail, "
        "or charging current remains, or two channels with different reversal potentials decay. A current reduces the "
        "gradient that drives it. Therefore the interval is open on the side of E_rev away from the conditioning step.",
        computed="The decaying current of stretches of the tail is compared with its mean; the ratio is a smooth "
        "function of voltage, exp of a parabola within 30 mV of the reversal, and a shift of the zero is fitted with "
        "it. The number is the trend of the shifts from the first stretch to the last that keeps 15 % of the current "
        "on both sides of the reversal; the limit is at least three standard errors. If the tails start with charging "
        "current, the first stretch begins after it. Leak and gating have no effect.",
        remedy="Use a shorter or smaller conditioning step and check whether E_rev changes. Use a smaller current, or "
        "compare with a ramp in the same bath.",
        unit="mV",
        setting="quality.tail_shift_mV",
        why="Chosen: the part that occurs during a tail is often a tenth to a half of the whole shift. So 0.5 mV "
        "correspond to a whole shift of 1 to 5 mV.",
    ),
    Code.TAIL_CHARGE: Definition(
        says="The last 100 ms of the conditioning step move {number:+.1f} pC/pF (positive: out of the cell), up to "
        "{raised_mM:.1f} mM of a monovalent ion in a space of {width_nm:.0f} nm at the membrane. The tails do not "
        "exclude that this accumulation shifted E_rev by {most}. The interval is extended {side} E_rev by this.",
        meaning="If the bath exchanges freely at the membrane, nothing accumulates. In a narrow space, E_rev of the "
        "tails is determined by the concentrations at the membrane. If the space exchanges more slowly than the tails "
        "decay, E_rev hardly shifts during the tails, and a recording alone only limits the accumulation.",
        computed="Charge of the last 100 ms of the conditioning step divided by C_m. The concentration is the charge "
        "divided by Faraday's constant and by the volume: membrane area (1 µF/cm²) times the width of the space, "
        "without exchange with the bath. The shift that is not excluded is the smallest of three: the upper 95 % "
        "limit of the shift that the tails show, divided by the part of it that disappears during them if the space "
        "exchanges within 100 ms; the shift by that concentration; the distance to the lowest (after outward "
        "current) or highest Nernst potential of all ions. It is part of `ci_low_mV` to `ci_high_mV` and not of "
        "the recording's own error. Given from 1 mV on.",
        remedy="Repeat the tails after a shorter or smaller conditioning step, or compare with a ramp in the "
        "same bath. If the bath reaches the membrane freely, set quality.tail_space_nm to 0.",
        severity=Severity.NOTE,
        unit="pC/pF",
        setting="quality.tail_space_nm",
        why="The space at the squid axon (Frankenhaeuser & Hodgkin 1956). A shift below 1 mV is within the error of "
        "most junction potentials.",
    ),
    Code.TAIL_SIGN: Definition(
        says="On the side of the conditioning step, the decaying part of the tails does not reverse within "
        "{number:.0f} mV of E_rev. A leak that reverses near 0 mV does not explain this.",
        meaning="A channel that closes has a decaying current that reverses where the channel does. Here the current "
        "at the step reverses elsewhere, because of ions that accumulated at the membrane, or another channel. The "
        "interval is open on the side of E_rev away from the conditioning step.",
        computed="Distance from E_rev to the reversal of the difference between the current at the start and at the "
        "end of the window, if that is on the side of the conditioning step and nearer to 0 mV than E_rev; without a "
        "reversal, to the last voltage. Only differences above four standard errors count, 20 mV or more from the "
        "conditioning step, on the side of it where E_rev is. The limit is at least three standard errors.",
        remedy="Use a shorter or smaller conditioning step, or a wider range of voltages.",
        unit="mV",
        setting="quality.tail_leak_mV",
        why="The same limit as for the reversal of the decaying part.",
    ),
    Code.HOLDING_DRIFT: Definition(
        says="The holding current drifts during the recording by an amount that would shift E_rev by {number:+.1f} mV.",
        meaning="The bath is still exchanging, or the cell changes.",
        computed="Trend of the holding current over the sweeps divided by the slope of the I–V at E_rev.",
        remedy="Wait until the holding current is steady.",
        unit="mV",
        setting="quality.drift_mV",
        why="Chosen: about the size of a small junction correction.",
    ),
    Code.JUMP: Definition(
        says="Holding current and I–V jump between two sweeps by an amount that would shift E_rev by {number:+.1f} mV.",
        meaning="The seal or the cell changed within the family: the I–V combines two states of the cell.",
        computed="Looked for only where the largest step of the holding current between two sweeps exceeds "
        "four standard deviations of these steps, within 60 mV of E_rev. The number is the jump of "
        "the I–V current between the same two sweeps, in excess of the slopes of the neighbours, "
        "divided by the slope at E_rev.",
        remedy="Use only the sweeps before the jump, or record again.",
        unit="mV",
        setting="quality.drift_mV",
        why="The same limit as for drift.",
    ),
    Code.WASH_IN: Definition(
        says="E_rev moves by {number:+.1f} mV from the first repeat to the last; bath exchange may be incomplete.",
        meaning="The reversal potential is not that of a single solution.",
        computed="Trend of E_rev over the repeats of the ramp or family.",
        remedy="Wait until repeats agree, or use the last repeats only.",
        unit="mV",
        setting="quality.drift_mV",
        why="The same limit as for drift.",
    ),
    Code.REPEATS_DISAGREE: Definition(
        says="The {repeats:.0f} repeats disagree: their E_rev is between {low_mV:.1f} and {high_mV:.1f} mV, a range of "
        "{number:.1f} mV. The interval includes all of them.",
        meaning="The state of the cell changed between the repeats. Their mean is not the I–V of any one state.",
        computed="Highest minus lowest E_rev of the repeats: sweeps of a ramp, or runs of a family (steps, tails or "
        "peaks) in which levels occur more than once. E_rev of each is that of a local polynomial through its own "
        "points. The limit is at least the range that noise exceeds once in a thousand recordings. A range above that "
        "of noise also widens the interval.",
        remedy="Measure the repeats as separate recordings, leave out those that do not belong to the bath, or wait "
        "until repeats agree.",
        unit="mV",
        setting="quality.drift_mV",
        why="The same limit as for drift.",
    ),
    Code.SETTLING: Definition(
        says="The current has not reached steady state. E_rev would shift by about {number:+.1f} mV with longer steps.",
        meaning="The window measures a current that still changes.",
        computed="Change of the current through the window, extrapolated to steady state. It is accurate to about a "
        "factor of two.",
        remedy="Use longer steps, or a later window.",
        unit="mV",
        setting="quality.drift_mV",
        why="The same limit as for drift.",
    ),
    Code.HYSTERESIS: Definition(
        says="Hysteresis: E_rev differs by {number:+.1f} mV between the forward and the return ramp.",
        meaning="The gates do not follow the ramp: each direction has its own reversal potential.",
        computed="Difference of E_rev between the two directions of the ramp that charging current and lag do not "
        "explain.",
        remedy="Use a slower ramp.",
        unit="mV",
        setting="quality.drift_mV",
        why="The same limit as for drift.",
    ),
    Code.HUM: Definition(
        says="Mains hum of {frequency_Hz:.0f} Hz with {amplitude_pA:.3g} pA may shift E_rev by up to {number:.1f} mV.",
        meaning="Windows that are not whole periods of the mains contain a part of the hum. If sweeps start at the "
        "same phase of the mains, it shifts all currents alike, and averaging does not reduce it.",
        computed="Amplitude at 50 or 60 Hz, in all phases, in the measured steps nearest to E_rev, or in the longest "
        "stretch with the same command in all sweeps if that is longer. Of windows at steady state, its largest mean "
        "over the window counts. It is divided by the slope conductance at E_rev. A line and four exponentials are "
        "fitted with the hum; what they leave and noise are not counted. The interval of E_rev contains the shift. "
        "Not known without a stretch of a period (20 ms).",
        remedy="Find the ground loop; switch off lamps and pumps. Measure in windows of whole periods of the mains (20 "
        "or 16.7 ms), or do not trigger the sweeps by the mains.",
        unit="mV",
        setting="quality.drift_mV",
        why="The same limit as for drift.",
    ),
    Code.SATURATION: Definition(
        says="{number:.0f} samples in the windows are clipped: at the limit of the digitiser, or at a flat maximum or "
        "minimum below that limit.",
        meaning="A clipped current is smaller than the real one.",
        computed="Samples in the measured windows whose absolute value is at least 99.9 % of the digitiser's limit in "
        "the header, which only Axon files give. If there are none, samples in runs of five or more that are within "
        "two steps of the digitiser of the largest or smallest value of all windows. The runs are longer than expected "
        "by chance: the probability that neighbouring samples are so similar is estimated from the other samples, and "
        "less than one such run in a million recordings is expected.",
        remedy="Lower the amplifier gain, or use a range of the amplifier (feedback resistor) for larger currents.",
        setting="quality.saturated_samples",
        why="The value of a clipped sample is always wrong.",
    ),
    Code.SERIES_RESISTANCE_OVER_CELL: Definition(
        says="R_s has changed by {percent:+.0f} % since recording {place}.",
        meaning="The pipette clogs or the membrane reseals. The compensation is no longer right.",
        computed="Change of R_s since the cell's first recording: the larger of the change by sheet or telegraph and "
        "the change by membrane test.",
        remedy="Set R_s compensation again before each recording.",
        setting="quality.series_resistance_drift",
        why="The same limit as within a recording.",
    ),
    Code.RETURN_TO_BATH: Definition(
        says="Back in {bath}, E_rev differs by {number:+.1f} mV from recording {place}.",
        meaning="The cell or the electrode changed between the two recordings. The recordings between them may be "
        "affected too.",
        computed="E_rev minus E_rev of the first recording with the same bath, pipette and condition, at the same "
        "temperature within 1 °C; the limit is at least three standard errors.",
        remedy="Check drift of the electrode offset, wash longer, or use only the recordings before the change.",
        unit="mV",
        setting="quality.return_mV",
        why="Chosen: two typical errors of a junction correction.",
    ),
    Code.RUN_DOWN: Definition(
        says="The {quantity} has changed by {percent:+.0f} % since recording {place}: run-down, or the bath opens the "
        "channel.",
        meaning="The membrane changed between the recordings of the cell.",
        computed="Change of the conductance on return to a bath, or of the outward current divided by its GHK driving "
        "force from bath to bath; with the same pipette and condition, at the same temperature within 1 °C. For inward "
        "rectifiers, the smallest of three changes: at equal commands, at equal distances from E_rev, and the same "
        "divided by the square root of the concentration outside.",
        remedy="Record faster, or bracket each bath with a return to the control bath.",
        setting="quality.run_down",
        why="Chosen: E_rev is insensitive to smaller changes of a single conductance.",
    ),
    Code.TREND_WITHOUT_RETURN: Definition(
        says="The outward current has changed by {percent:+.0f} % since recording {place}, and the series does not "
        "return to its first bath: it cannot be told whether the bath or run-down changed it.",
        meaning="The recordings alone do not show whether the membrane stayed the same. E_rev and ratios are given as "
        "measured.",
        computed="As for run-down from bath to bath, for the recording of the series with the largest change. It is "
        "said once for a series of one pipette solution, condition and temperature.",
        remedy="Record the first bath again at the end of the series.",
        setting="quality.run_down",
        severity=Severity.NOTE,
        why="The same limit as for run-down.",
    ),
    Code.DECLARED_BATH: Definition(
        says="E_rev moves by {moved_mV:+.1f} mV from {earlier} to {bath}; the declared solutions predict "
        "{expected_mV:+.1f} mV.",
        meaning="The solution in the chamber may not be the declared one.",
        computed="Change of E_rev in the direction that Nernst predicts, negative if it moves in the other direction. "
        "The limit is minus three standard errors, at least minus 1 mV. Predicted changes up to quality.bath_mV are "
        "not checked.",
        remedy="Check which solution was perfused and which one the row declares.",
        unit="mV",
        setting="quality.bath_mV",
        why="Smallest predicted change that is checked: below 5 mV it can be hidden by other permeant "
        "ions. The limit of the number itself is given under its computation.",
    ),
    Code.SHIFT_BEYOND_IONS: Definition(
        says="E_rev moves by {moved_mV:+.1f} mV from {earlier} to {later}; the declared ions explain at most "
        "{largest_mV:+.1f} mV.",
        meaning="A channel of constant permeabilities cannot do this. The electrode has drifted, the seal has become "
        "worse, a conductance has run down, a solution is not as declared, or another current flows at one of the two "
        "potentials.",
        computed="Change of E_rev between two recordings, in the direction that Nernst predicts. At constant "
        "permeabilities it is at most RT/F times the logarithm of the largest change of an ion's concentration, or the "
        "sum for a cation and an anion; an ion of higher charge counts as monovalent. The limit is above that by four "
        "standard errors, because many pairs are compared, with an error of 1 % of each concentration. "
        "The pair with the largest excess is named in all recordings of its series, because it does not show which of "
        "them are wrong. Predicted changes up to quality.bath_mV are not checked.",
        remedy="Record the first bath again. Check the seal, the reference electrode and the solutions.",
        unit="mV",
        setting="quality.bath_mV",
        why="Smallest predicted change that is checked, as for declared_bath. The limit of the number itself is given "
        "under its computation.",
    ),
    Code.CELL_BEYOND_IONS: Definition(
        says="In all {solutions:.0f} solutions, E_rev is {side} the Nernst potentials of all ions on the two sides: on "
        "average by {number:.1f} mV, where the errors explain {limit:.1f} mV.",
        meaning="The passive current of no channel reverses there. The amplifier has an offset, the zeroing or the "
        "solution in the cell is not as declared, or too much leak was subtracted.",
        computed="Mean distance of E_rev from the nearest Nernst potential over the recordings of the cell, if none is "
        "on the other side of it. The errors of junction, thermometer and leak are shared by the recordings; their own "
        "errors are independent. The limit is at least 3 mV, as for one recording, over the root of the number of "
        "solutions, whose concentrations are wrong independently.",
        remedy="Check the offset of the amplifier, the solutions, zeroing_bath, junction correction and seal_GOhm.",
        unit="mV",
        setting="quality.beyond_ions_se",
        why="Chosen: one-sided 99 %, so that of the cells whose E_rev is at a Nernst potential 1 % are flagged.",
    ),
    Code.LEAK_BEYOND_CURRENT: Definition(
        says="In {place} the current without the leak is {side} the Nernst potentials of all ions, on average "
        "{number:.3g} pA, where the errors explain {limit:.3g} pA.",
        meaning="No passive current flows in that direction: the subtracted leak is larger than the whole current. The "
        "seal is better than stated, the current is larger than the file says (gain of the amplifier), or a solution "
        "is not as declared. Recordings of the cell with the same leak are flagged, too.",
        computed="Mean current after subtraction of a leak of known conductance, at voltages more than 3 mV from the "
        "Nernst potentials of all ions. The limit is that of the errors of points, conductance and reversal potential "
        "of the leak.",
        remedy="Check seal_GOhm, the gain and the unit of the current.",
        unit="pA",
        setting="quality.beyond_ions_se",
        why="Chosen: one-sided 99 %; of the cells without any other current at these voltages, 1 % are flagged.",
    ),
    Code.SWEEPS_LEFT_OUT: Definition(
        says="{number:.0f} of {in_file:.0f} sweeps are left out because they are marked in the file: {listed}.",
        meaning="The I–V and every check are those of the other sweeps.",
        computed="Marks that the acquisition program wrote: a rejected record or a leak sub-pulse of WinWCP, a leak "
        "trace of Patchmaster, the invalid times of an NWB file. Sweeps are counted from 0.",
        remedy="To use such a sweep, remove its mark in the acquisition software.",
        severity=Severity.NOTE,
    ),
    Code.SWEEPS_CHOSEN: Definition(
        says="Of {in_file:.0f} sweeps in the file, {number:.0f} are used: {listed}.",
        meaning="The I–V and every check are those of the chosen sweeps.",
        computed="Columns `sweeps` and `channel` of the recording sheet. Sweeps are counted from 0.",
        remedy="Clear the column `sweeps` of the row to use all sweeps of the run.",
        severity=Severity.NOTE,
    ),
    Code.TAIL_ACCUMULATION: Definition(
        says="The reversal potential of the tails of this cell shifts while they decay, most clearly in recording "
        "{place}. The conditioning steps of this recording move {percent:.0f} % of the charge moved there: its E_rev "
        "may be shifted too.",
        meaning="The space at the membrane and its exchange with the bath are properties of the cell. Accumulation "
        "that shifts E_rev in one recording also shifts it in others that move a similar charge, even if their tails "
        "do not show it.",
        computed="Charge of the last 100 ms of the conditioning step divided by that of the recording of the cell that "
        "shows the shift most clearly. Checked if that recording shifts by more than four standard errors, if the "
        "decaying part of its tails does not reverse, or if the tails of all baths together shift in the direction "
        "and with the dependence on the bath that accumulation has, by more than 1.96 standard errors.",
        remedy="Use a shorter or smaller conditioning step in the whole series, or a ramp.",
        setting="quality.accumulated_charge",
        why="Chosen: a quarter of the charge gives a quarter of the accumulated concentration.",
    ),
    Code.TAIL_AGAINST_STEADY: Definition(
        says="E_rev of the tails differs by {number:+.1f} mV from that of recording {place} in the same bath, which "
        "has steps or a ramp.",
        meaning="One channel in one bath has one reversal potential. Ions accumulated before the tails, charging "
        "current in them, or leak in the steady current changes one of the two.",
        computed="E_rev of the tails minus that of steps or ramps in the same bath and condition; the limit is at "
        "least three standard errors.",
        remedy="Compare the leak of both. Use a smaller conditioning step and check whether E_rev of the tails "
        "changes.",
        unit="mV",
        setting="quality.return_mV",
        why="The same limit as for the return to a bath.",
    ),
    Code.JUNCTION_ONLINE: Definition(
        says="The acquisition software had already corrected {number:+.1f} mV of junction potential. Only the "
        "difference was applied.",
        meaning="The command in the file is not the voltage that the amplifier applied.",
        computed="Junction potential given in the file's header.",
        remedy="Check that the value in the header is the one that was in use.",
        unit="mV",
    ),
    Code.GROUND_UNDECLARED: Definition(
        says="The ground is not declared, and chloride changes. If it is a bare Ag/AgCl electrode, E_rev is wrong by "
        "{number:.1f} mV; a 3 M KCl bridge was assumed.",
        meaning="The potential of a bare Ag/AgCl electrode depends on chloride; that of a bridge hardly changes.",
        computed="Change of an Ag/AgCl electrode's potential minus that of a bridge, from the zeroing bath to the "
        "bath; from any other bath of the cell if `zeroing_bath` is empty.",
        remedy="Declare the type of the ground in `junction.reference_electrode`.",
        unit="mV",
        fixed_limit="3 mV",
        why="Chosen: three usual standard deviations of a junction potential.",
    ),
    Code.ZEROING_BATH_UNDECLARED: Definition(
        says="The zeroing bath is not declared. The junction correction changes by up to {number:.1f} mV if the "
        "amplifier was zeroed in another of the declared solutions.",
        meaning="E_rev is right only if the amplifier was zeroed again in this bath, before break-in.",
        computed="Largest change of V_L and of the reference electrode's potential if any other bath of the cell was "
        "the zeroing bath; where the cell has several baths, also if a solution was that no recording has. Not "
        "computed if `zeroing_bath` is given. If the rig corrected the junction (`junction.apply: false`) and the "
        "baths of the cell differ, the recording is refused instead.",
        remedy="Write the bath in which the pipette was zeroed in the column `zeroing_bath`.",
        unit="mV",
        fixed_limit="3 mV",
        why="Chosen: three usual standard deviations of a junction potential.",
    ),
    Code.CYTOSOL_IN_PIPETTE: Definition(
        says="{place} indicates a cytosol or a perforated patch. The junction potential was computed for pipette "
        "solution {pipette}; in a perforated patch it is that of the solution that fills the pipette.",
        meaning="The correction may be wrong by more than 10 mV.",
        computed="Names of pipette solution, condition and experiment. Not reported if V_L was measured or not "
        "corrected, or if the column `inside` names another solution than the pipette.",
        remedy="In a perforated patch, set `configuration: perforated`, and write the solution that fills the pipette "
        "in the column `pipette` and the cytosol in the column `inside`. With two microelectrodes, set `configuration: "
        "two_electrode`. With one, write V_L of the filling solution against the zeroing bath in the column ljp_mV and "
        "keep the cytosol as `pipette`. In a whole-cell recording, give the pipette solution another name.",
    ),
    Code.INACTIVATION: Definition(
        says="The current inactivates before the steady-state window. At the start of the steps it reverses at a "
        "command of {number:.1f} mV.",
        meaning="The current at steady state is not the one at the start of the steps.",
        computed="Reversal of the current at the start of the steps, where it differs from the steady state.",
        remedy="Set `window.measure` to `peak` or `steady`.",
        unit="mV",
    ),
    Code.KIND_DIFFERS: Definition(
        says="This recording was measured at its {kind}, the same steps in {place} at their {other}.",
        meaning="Peak and steady state may be different currents. Their reversal potentials are no series, and the "
        "sign of one current does not bound the reversal potential of the other: no bound is given.",
        computed="Number of recordings of the cell with steps of the same timing in which the automatic choice between "
        "peak and steady state (window.measure: auto) was the other one.",
        remedy="Set `window.measure` to `peak` or `steady`.",
    ),
    Code.PEAK_NOT_DETECTED: Definition(
        says="No sweep has a peak above the noise. The current at the start of the window was used.",
        meaning="The I–V is that of the start of the window.",
        computed="Peak deflections are compared with the noise of the sweeps.",
        remedy="Average more repeats, or set `window.measure` to `steady`.",
        fixed_limit="1.5 times the largest deflection expected of noise",
        why="Chosen: noise alone rarely exceeds 1.5 times its expected maximum.",
    ),
    Code.PEAK_IN_BLANK: Definition(
        says="Near E_rev the current does not rise to a peak within the window. It may peak during the time blanked "
        "after the step.",
        meaning="The true peak may be missed, and the I–V may be wrong.",
        computed="Rise of the mean time course of the sweeps nearest E_rev compared with its noise.",
        remedy="Shorten window.blank_ms, compensate, or lower the temperature.",
        fixed_limit="3 standard errors",
        why="Noise alone rises by this much with p = 0.1 %.",
    ),
    Code.TRANSIENT_CANCELLED: Definition(
        says="The charging current is that of {number:.1f} pF; {reported_pF:.1f} pF is declared or telegraphed. "
        "R_s and C_m are not tested.",
        meaning="The amplifier has probably cancelled the charging current. If it has not, all currents are too small "
        "by this ratio: the gain is not as declared.",
        computed="C_m by membrane test.",
        remedy="If the amplifier did not cancel the capacitance, check the gain and cm_pF.",
        unit="pF",
        severity=Severity.NOTE,
        fixed_limit="three quarters of the C_m of sheet or telegraph",
        why="Chosen: a C_m that is more than 25 % too small is seldom that of the same membrane.",
    ),
    Code.RAMP_CAPACITANCE_MISMATCH: Definition(
        says="The capacitive current at the start of the ramp corresponds to {corner_pF:.1f} pF, the membrane test to "
        "{tested_pF:.1f} pF. The ramp's own value was subtracted.",
        meaning="The capacitive current on the ramp is uncertain, and so is E_rev.",
        computed="Difference of two capacitances: jump of the current at the start of the ramp divided by dV/dt, and "
        "C_m by membrane test; the limit is four standard errors.",
        remedy="Use a ramp in both directions, or a slower one.",
        unit="pF",
        fixed_limit="4 standard errors of the difference",
        why="Two estimates of one quantity with normal errors differ by more with p = 6e-5.",
    ),
    Code.RAMP_CAPACITANCE_UNKNOWN: Definition(
        says="C_m is not known. The capacitive current of the ramp was not subtracted.",
        meaning="E_rev is shifted by C_m·dV/dt divided by the slope of the I–V.",
        computed="The start of the ramp, a membrane test and the sheet do not give C_m.",
        remedy="Use a ramp in both directions, add a membrane test to the protocol, or give cm_pF in the sheet.",
    ),
    Code.RAMP_CAPACITANCE_ASSUMED: Definition(
        says="{number:+.1f} pA, the charging current of {capacitance_pF:.1f} pF, was subtracted from the ramp. It is "
        "not known whether the amplifier had already cancelled it.",
        meaning="If the amplifier cancelled the current, it was subtracted twice.",
        computed="C_m of the sheet or telegraph times the slope of the ramp.",
        remedy="Use a ramp in both directions, or add a membrane test to the protocol.",
        unit="pA",
    ),
    Code.SUB_PULSES_MISSING: Definition(
        says="The sweeps contain no sub-pulses (P/N) of the measured pulse. No leak was subtracted.",
        meaning="`leak.subtract: pn` was declared, but there is nothing to subtract.",
        computed="The same sweeps are searched for smaller copies of the measured pulse.",
        remedy="Set leak.subtract to another method, or use files in which the sub-pulses were saved.",
    ),
    Code.SUB_PULSE_TIME_COURSE: Definition(
        says="The current of the sub-pulses changes with time: channels may open in them.",
        meaning="The subtracted current is not leak alone.",
        computed="Conductance at the start and at the end of the sub-pulses.",
        remedy="Give the sub-pulses from a potential where no channel opens.",
        fixed_limit="10 % of the conductance, and at least 4 standard errors",
        why="Chosen: smaller deviations from a constant conductance are not reported.",
    ),
    Code.SUB_PULSE_PROPORTION: Definition(
        says="The currents of the sub-pulses are not proportional to their steps: channels may open in them.",
        meaning="The subtracted current is not leak alone.",
        computed="Scatter of the sub-pulse currents about a line through zero.",
        remedy="Give the sub-pulses from a potential where no channel opens.",
        fixed_limit="10 % of the largest current of a sub-pulse, and more scatter than noise explains",
        why="Chosen: smaller deviations from a constant conductance are not reported.",
    ),
    Code.LEAK_WINDOW_POINTS: Definition(
        says="The leak window contains {number:.0f} points, fewer than {limit:.0f}. No leak was subtracted.",
        meaning="With so few points, it cannot be tested whether the leak is a straight line.",
        computed="Points of the I–V between leak.from_mV and leak.to_mV.",
        remedy="Widen leak.from_mV and leak.to_mV.",
        fixed_limit="3 points",
        why="A line through three points has one degree of freedom.",
    ),
    Code.LEAK_WINDOW_CURVED: Definition(
        says="The I–V is not straight within the leak window. No leak was subtracted.",
        meaning="The window contains more than leak.",
        computed="Scatter of the points about the line, and runs of its residuals (Wald & Wolfowitz 1940).",
        remedy="Choose a window in which no channel is open.",
        fixed_limit="p = 0.01 for each of the two tests",
        why="Chosen: each test rejects one straight leak in a hundred.",
    ),
    Code.LEAK_WINDOW_FLAT: Definition(
        says="The leak window shows no conductance. No leak was subtracted.",
        meaning="There is no leak to subtract, or the window is wrong.",
        computed="Slope of the line through the leak window.",
        remedy="Check leak.from_mV and leak.to_mV.",
    ),
    Code.SUBTRACTED: Definition(
        says="This recording is subtracted from the other recordings of its bath. It gives no reversal potential.",
        meaning="Its condition gives no ratio, no line and no mean.",
        computed="The condition is `leak.blocker` of its experiment.",
        severity=Severity.NOTE,
    ),
    Code.BLOCKED_RECORDING_MISSING: Definition(
        says="There is no recording of this bath, pipette and temperature in condition {place}. No leak was "
        "subtracted.",
        meaning="`leak.subtract: blocker` was declared, but there is nothing to subtract.",
        computed="Recordings of the same cell, bath and pipette in the blocked condition, at the same temperature "
        "within 1 °C. One of another experiment counts if that experiment subtracts the condition too.",
        remedy="Record the bath with the blocker, or correct bath, pipette, temperature and condition in the sheet. If "
        "the recording is in another experiment, declare the same `leak` there.",
    ),
    Code.BLOCKED_RECORDINGS_DISAGREE: Definition(
        says="Recording {used} was subtracted. Less recording {place}, which has the same bath and condition, E_rev "
        "would differ by {number:+.1f} mV.",
        meaning="The leak changed between the recordings with the blocker, or one of them was not blocked.",
        computed="E_rev less each recording of the blocked condition; the last one is used.",
        remedy="Leave out the wrong one with the column `exclude`.",
        unit="mV",
        fixed_limit="95 % intervals that do not overlap",
        why="Two values of the same E_rev have intervals that do not overlap with p = 0.6 %.",
    ),
    Code.BLOCKED_VOLTAGES_MISSING: Definition(
        says="Fewer than {limit:.0f} voltages are shared with condition {place}. No leak was subtracted.",
        meaning="The difference current covers too little of the I–V.",
        computed="Number of voltages within the range of the recording with the blocker.",
        remedy="Record both conditions with the same protocol.",
        fixed_limit="4 voltages",
        why="The smooth curve that gives E_rev needs at least four points.",
    ),
    Code.LEAK_UNKNOWN_AT_VOLTAGE: Definition(
        says="The current to subtract is not known at this voltage.",
        meaning="The point is shown but not used.",
        computed="The recording with the blocker does not reach this voltage.",
        remedy="Record both conditions with the same protocol.",
        severity=Severity.NOTE,
    ),
}
